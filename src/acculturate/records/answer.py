"""One answer to one item, whatever way it was got."""

from dataclasses import dataclass
from typing import Literal

from acculturate.errors import SurveyError
from acculturate.records.item import Item

AnswerKind = Literal["expected", "sampled", "stated", "point"]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer under a framing, to be held against people.

    `probabilities` follow the item's codes in scale order and sum to 1 (kind `expected` and
    `stated`); `code` is the one option that a text states (kind `sampled` and `point`). Both are
    None where nothing could be read: a refusal. `mass` is the option mass, the probability of all
    labels together (kind `expected`). `wording` is the item's, `framing_wording` the framing's.
    `labels` is what stood beside the options of lists: `numbers`, `letters`, or `texts` where
    nothing did. `cut` says that the text ended at its length limit. `no_answer` are the shares of
    "don't know" and of "no answer" where both were offered, () elsewhere: `probabilities` are those
    of an answer that is given. `presentation` says whether the item stood by itself (`single`), in
    its `battery` or in an `interview`, `reasoned` whether a thought came before the answer,
    `perturbation` what was changed in the question ("" for nothing).
    """

    item: str
    kind: AnswerKind
    framing: str = ""
    culture: str = ""
    language: str = "en"
    wording: int = 0
    order: tuple[int, ...] = ()
    sample: int = 0
    probabilities: tuple[float, ...] | None = None
    code: int | None = None
    mass: float | None = None
    text: str = ""
    respondent: str = ""
    framing_wording: int = 0
    labels: str = "numbers"
    cut: bool = False
    no_answer: tuple[float, ...] = ()
    presentation: str = "single"
    reasoned: bool = False
    perturbation: str = ""

    @property
    def refused(self) -> bool:
        """Whether nothing could be read, not even that no answer is given."""
        return not self.answered and not self.no_answer

    @property
    def answered(self) -> bool:
        """Whether an option of the scale was read, or probabilities of them."""
        return self.probabilities is not None or self.code is not None

    def shares(self, item: Item) -> tuple[float, ...]:
        """Return each option's share of an answer that was read, in scale order; a stated one has
        all.

        Raises `SurveyError` for a code that is not on the scale of `item`.
        """
        if self.probabilities is not None:
            return self.probabilities
        if self.code not in item.codes:
            codes = ", ".join(str(code) for code in sorted(item.codes))
            raise SurveyError(f"{self.code} is not a code of item {item.id}: it has {codes}.")
        return tuple(float(code == self.code) for code in item.codes)
