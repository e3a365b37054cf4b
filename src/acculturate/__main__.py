"""`python -m acculturate`: the command line, where the script is not on the path."""

from acculturate.cli.main import main

main()
