"""How a command ends: with an exit code, and where it went wrong with one sentence.

0      it did what it should
2      what the user can mend: a file, an option, a name
70     an error that nobody foresaw; a file says more
130    Ctrl-C; 143: SIGTERM
"""

import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NoReturn

import typer

from acculturate.cli.crash_report import EXIT_CODE, end_with_report
from acculturate.cli.interrupts import INTERRUPTED, heeding_signals
from acculturate.cli.saying import say
from acculturate.errors import AcculturateError, ConfigError, place_error
from acculturate.visible import sentence


def end_with(command: Callable[[], int | None]) -> NoReturn:
    """Run a command and exit; it returns an exit code or raises."""
    with heeding_signals() as signals:
        try:
            _check_words(sys.argv[1:])
            code = command() or 0
        except AcculturateError as error:
            message, code = str(error), error.exit_code
        except KeyboardInterrupt:
            message, code = "stopped.", 128 + signals[-1] if signals else INTERRUPTED
        except typer.Abort:  # of a question: Ctrl-C, or nobody who could answer
            message, code = "stopped.", 128 + signals[-1] if signals else 2
            if not signals:
                message = "nobody answered: type it at a terminal, or with --yes."
        except Exception as error:
            message, code = _unforeseen(error)
            message = sentence(message)
        else:
            stopped = code == INTERRUPTED and signals
            sys.exit(128 + signals[-1] if stopped else code)
    say(f"acculturate: {message}", err=True)
    sys.exit(code)


def _check_words(words: Sequence[str]) -> None:
    """Raise `ConfigError` for what is typed and is no text: it could be kept in no record. So for
    an empty name of what is to be written, which a shell types for a variable that is not set.
    """
    for before, word in pairwise(["", *words]):
        if (before, word) == ("--out", "") or word == "--out=":
            raise ConfigError("--out is empty: name a file or folder, or leave the option out.")
        if any("\ud800" <= letter <= "\udfff" for letter in word):
            raise ConfigError(f"'{word}' is not UTF-8: type it, or call the file, otherwise.")
        if "\0" in word:
            raise ConfigError(f"'{word}' holds the character NUL: type it otherwise.")


def _unforeseen(error: Exception) -> tuple[str, int]:
    """Return what is said of an error that is none of ours, and the exit code."""
    if isinstance(error, OSError) and error.filename is not None:
        return str(place_error(error)), 2
    if hasattr(error, "format_message"):
        return _usage(error), 2
    return end_with_report(error), EXIT_CODE


def _usage(error: Any) -> str:
    """Return what is wrong with what was typed, and where it is explained.

    A command without words says its whole help.
    """
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        sys.exit(2)
    command = error.ctx.command_path if error.ctx else "acculturate"
    message = error.format_message().removesuffix(".")
    return f"{message}. `{command} --help` explains it."
