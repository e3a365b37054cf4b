"""The context of an adaptation: what a study tells its method, and how the method has a stage run.

A method sees no study: it sees whom it adapts to, which items it may use, how arms are asked, and
the models behind its roles.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from acculturate.asking import AnswerSettings
from acculturate.culture import Culture
from acculturate.engines import DType, Engine, ModelSpec
from acculturate.records import Item
from acculturate.runner import CollectingStage
from acculturate.survey import Survey

IN = " in "
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Context:
    """What a study tells a method.

    `cultures` are those adapted to, `measured` the items that arms are asked, `seen` the attitudes
    that an adaptation may use (the others are held out by the study's split). `answers` says how
    arms are asked, `peoples` are the codes of those that arms are held against, `tested` the items
    that the verdict is on. `spec` gives the model behind a name of `[models]`.
    """

    survey: Survey
    cultures: tuple[Culture, ...]
    measured: tuple[Item, ...]
    seen: tuple[Item, ...]
    answers: AnswerSettings
    spec: Callable[[str], ModelSpec]
    peoples: tuple[str, ...] = ()
    tested: tuple[Item, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the cultures adapted to."""
        return tuple(culture.code for culture in self.cultures)


class Carrier(Protocol):
    """Carries a method's stages out on the study's models."""

    def carry(self, stage: CollectingStage[Made], refs: Mapping[str, str]) -> Made:
        """Run a stage on the models of `refs`, by role, and return what it collected."""

    def engine(self, ref: str) -> Engine:
        """Return the open engine behind a reference."""


def in_precision(ref: str, dtype: DType) -> str:
    """Return a reference to a plain model, computed in another number format than its own."""
    return f"{ref}{IN}{dtype}"
