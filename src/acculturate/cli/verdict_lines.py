"""A verdict on the screen: its headline, what it rests on, and a table of what needs no model."""

from acculturate.cli.grid import Column, print_grid
from acculturate.cli.saying import say
from acculturate.cli.terminal_tables import REFERENCE
from acculturate.records.results.conclusion import Verdict
from acculturate.records.results.differences import TestedDifference


def print_verdict(verdict: Verdict) -> None:
    """Print a verdict, a line of it in each paragraph, and differences from what needs no model."""
    says = [verdict.headline, verdict.steps_said]
    for text in dict.fromkeys(says + [line.said for line in verdict.lines if not line.levels]):
        if text:
            say(f"\n{text}")
    beside = [line.levels for line in verdict.lines if line.levels]
    names = dict.fromkeys(row.against for levels in beside for row in levels)
    if names:
        say("")
        print_grid(
            "minus what needs no model (mean over cultures, [95% interval])",
            [Column("", [name.removeprefix(REFERENCE) for name in names], number=False)],
            [
                Column(levels[0].arm, [_told(rows.get(name)) for name in names])
                for levels in beside
                for rows in [{row.against: row for row in levels}]
            ],
        )


def _told(row: TestedDifference | None) -> str:
    if row is None or row.value is None:
        return "-"
    between = "" if row.low is None or row.high is None else f" [{row.low:+.3f}, {row.high:+.3f}]"
    return f"{row.value:+.3f}{between}"
