"""One question of a questionnaire, and how its answers are coded.

An `Item` keeps the stem apart from the scale, so that the scale can be shown from either end, with
other labels, in another language. Options stand in *scale order*, which is not always the order of
their codes: WVS-7 codes "about the same" 3, after "worse off" 2, yet it lies between the two ends.

    >>> from acculturate.records import Item, Wording
    >>> item = Item(id="X1", topic="Work", codes=(1, 2), scale="ordinal",
    ...             wordings={"en": (Wording("Do you like your work?", ("Yes", "No")),)})
    >>> item.wording("en").texts
    ('Yes', 'No')
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from acculturate.errors import SurveyError
from acculturate.records.language import look_up

Scale = Literal["ordinal", "nominal"]
Kind = Literal["attitude", "behaviour", "experience", "knowledge"]


@dataclass(frozen=True, slots=True)
class Wording:
    """How an item reads: its stem without the scale, and one text per option in scale order.

    On an end-anchored scale only the first and the last option have a text; the others hold ``""``.
    """

    stem: str
    texts: tuple[str, ...]

    @property
    def anchored(self) -> bool:
        """Whether only the ends of the scale are named."""
        return "" in self.texts


@dataclass(frozen=True, slots=True)
class Item:
    """A survey question: `codes` in scale order, `wordings` by BCP 47 language.

    `battery` names the grid in which the item is asked together with others: items of one battery
    are drawn together by the bootstrap and held out together.
    """

    id: str
    topic: str
    codes: tuple[int, ...]
    scale: Scale
    wordings: Mapping[str, tuple[Wording, ...]] = field(hash=False)
    battery: str = ""
    reversible: bool = True
    kind: Kind = "attitude"

    @property
    def ordinal(self) -> bool:
        return self.scale == "ordinal"

    def shares_scale(self, other: "Item") -> bool:
        """Return whether it is answered on the same scale: codes and texts alike."""
        return self._answered_on == other._answered_on

    @property
    def _answered_on(self) -> tuple[object, ...]:
        language = next(iter(self.wordings), None)
        texts = self.wording(language).texts if language else ()
        return self.ordinal, self.codes, texts

    def wording(self, language: str = "en", number: int = 0) -> Wording:
        """Return the `number`-th wording (from 0) in `language`; raises `SurveyError`
        without one.
        """
        wordings = self.wordings_in(language)
        if number >= len(wordings):
            have = ", ".join(f"{code} ({len(wording)})" for code, wording in self.wordings.items())
            raise SurveyError(
                f"Item {self.id} has no wording {number + 1} in '{language}': it has {have}."
            )
        return wordings[number]

    def wordings_in(self, language: str) -> tuple[Wording, ...]:
        """Return its wordings in the language, or in one that stands in for it (`zh` for
        `zh-Hans`).
        """
        return look_up(self.wordings, language) or ()


@dataclass(frozen=True, slots=True)
class Option:
    """An option as it is shown: its code in the data, the label shown beside it, its text."""

    code: int
    label: str
    text: str
