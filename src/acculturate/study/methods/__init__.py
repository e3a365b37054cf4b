"""Methods: how training rows are made, one module each, behind one shape.

A method checks what a study asks of it, estimates it, and builds its rows on a workplace. A new one
is a module here, its name in `METHODS`, and its settings in `[[adapt]]` (study/schema.py).
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from acculturate.study.costs.workload import Counts, Work
from acculturate.study.methods import clca, culturespa
from acculturate.study.methods.taught import Taught
from acculturate.study.schema import AdaptSection, Study
from acculturate.study.workplace import Workplace
from acculturate.survey import Survey

__all__ = ["METHODS", "Method", "Taught"]


class Method(Protocol):
    """What a study needs of a method. `more`: what to type where it brought too little."""

    more: str

    def check(self, study: Study, survey: Survey, section: AdaptSection) -> None:
        """Look up every name it will use; raises the error of the first that is wrong."""

    def prompts(self, study: Study, section: AdaptSection) -> Iterator[str]:
        """Digests of the files beside the study that decide what it asks."""

    def estimate(
        self, study: Study, survey: Survey, section: AdaptSection, counts: Counts
    ) -> list[Work]:
        """The work of each stage in their order, each with what it asks, the tuning last."""

    def build(self, place: Workplace, section: AdaptSection) -> Taught:
        """Training rows, and how they came about."""


METHODS: Mapping[str, Method] = {
    "culturespa": culturespa.CultureSpa(),
    "clca": clca.Clca(),
}
