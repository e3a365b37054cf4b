"""Failures: how many requests of each stage got no usable reply, and why.

The runner counts them as it carries a stage, so what is said is of this run as it stands: replies
of a model or of settings that have been changed since are not among it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from acculturate.records.results.described import FailureRow
from acculturate.runner import COUNTED, Reason
from acculturate.store import Store

NAMED = 3
"""Reasons in a sentence; a run's metrics hold `MOST`."""
MOST = 10


class Failed(NamedTuple):
    """A stage in which requests failed, and its reasons, the most frequent first."""

    stage: str
    requests: int
    reasons: tuple[Reason, ...]

    @property
    def failed(self) -> int:
        return sum(count for _, _, count in self.reasons)

    @property
    def passing(self) -> int:
        """How many of them may go well another time."""
        return sum(count for kind, _, count in self.reasons if kind == "transient")

    @property
    def sentence(self) -> str:
        """What happened, why, and what to type where a repeat can help."""
        named = " ".join(
            f"{count} of them: {message}" for _, message, count in self.reasons[:NAMED]
        )
        again = f" Type the same again: {self.passing} may go well then." if self.passing else ""
        return (
            f"{self.failed} of {self.requests} requests of '{self.stage}' got no reply and count "
            f"as refused. {named}{again}"
        )


def failed_stages(store: Store) -> Iterator[Failed]:
    """Yield the stages of a run in which requests failed."""
    for stage, counted in store.facts(COUNTED).items():
        if counted["reasons"]:
            reasons = tuple((kind, message, count) for kind, message, count in counted["reasons"])
            yield Failed(stage, counted["requests"], reasons)


def failure_rows(store: Store) -> tuple[FailureRow, ...]:
    """Return the most frequent reasons of each stage."""
    return tuple(
        FailureRow(stage.stage, stage.requests, stage.failed, kind, message, count)
        for stage in failed_stages(store)
        for kind, message, count in stage.reasons[:MOST]
    )
