"""Start-up: what `acculturate --help` takes beyond an empty Python program, in seconds."""

import subprocess
import sys

from benchmarks.timing import Options, Timing, timed

STARTS = 5
"""Of each program in a pair; the quickest counts."""


class Startup:
    """Row `startup`: the figure is the difference, not a ratio."""

    def __init__(self, options: Options) -> None:
        self.help = [sys.executable, "-m", "acculturate.cli.main", "--help"]
        self.empty = [sys.executable, "-c", "pass"]

    def warm_up(self) -> None:
        start(self.help)

    def pair(self) -> dict[str, Timing]:
        ours = min(start(self.help) for _ in range(STARTS))
        empty = min(start(self.empty) for _ in range(STARTS))
        return {"startup": Timing(ours, empty, ours - empty, 0.0)}


def start(command: list[str]) -> float:
    """Seconds until a program has ended."""
    seconds, _ = timed(lambda: subprocess.run(command, check=True, capture_output=True))
    return seconds
