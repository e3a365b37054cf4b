"""How far a command is, and what is said where it is interrupted."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from acculturate.cli.interrupts import INTERRUPTED
from acculturate.progress import progress_here
from acculturate.runner import Progress


@contextmanager
def show_progress(quiet: bool) -> Iterator[Progress]:
    """Show bars on a terminal, lines in a file, nothing if quiet; Ctrl-C says how to go on.

    Notes on the interrupt say what of it does not go on from where it was.
    """
    shown = progress_here(quiet)
    try:
        with shown:
            yield shown
    except KeyboardInterrupt as stopped:
        notes = getattr(stopped, "__notes__", ())
        lines = [
            f"\nStopped. Type the same again to go on{'.' if notes else ' from here.'}",
            *notes,
        ]
        sys.stderr.write("".join(f"{line}\n" for line in lines))
        sys.stderr.flush()
        raise typer.Exit(INTERRUPTED) from None
