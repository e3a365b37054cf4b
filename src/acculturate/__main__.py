"""`python -m acculturate`: the command line, where the script is not on the path."""

from acculturate.cli.main import main

if __name__ == "__main__":
    main()
