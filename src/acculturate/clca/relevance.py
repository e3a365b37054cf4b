"""Relevance: which exchanges of a dialogue carry its culture. An extension; off as published.

Asked of the judge for every exchange of the kept dialogues by `choose`, in both orders of yes and
no; the mean is what is taught, as a distribution. Engines without option probabilities skip it, and
the yield says so.

    stage = RelevanceStage(judged.kept, settings)
    runner.run(stage)
    relevances = stage.collect(runner.lookup).relevances
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from acculturate.clca.judges.judging import LABELS, both_orders
from acculturate.clca.play.dialogue import Dialogue, transcript
from acculturate.clca.texts import text
from acculturate.clca.words import words_in
from acculturate.culture import Culture, find_culture
from acculturate.records import ChooseRequest, Message
from acculturate.records.yields import Yield, ranked
from acculturate.runner import Lookup, Round

WEIGHED = "exchanges were weighed by how much culture they carry"
UNANSWERED = "without an answer of the judge"


@dataclass(frozen=True, slots=True)
class Relevance:
    """The probability that the exchange from move `start` to `end` shows the culture."""

    dialogue: str
    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class Relevances:
    """Relevances in the order of dialogues."""

    relevances: tuple[Relevance, ...]
    yields: tuple[Yield, ...]


class RelevanceStage:
    """Asks of every exchange of `dialogues` whether it shows the culture."""

    def __init__(
        self,
        dialogues: Sequence[Dialogue],
        cultures: Sequence[Culture] = (),
        role: str = "judge",
        name: str = "relevance",
    ) -> None:
        self.name, self.roles = name, (role,)
        self._role = role
        by_code = {culture.code: culture for culture in cultures}
        self._cases = [
            (dialogue, start, end, self._pair(dialogue, start, end, by_code.get(dialogue.culture)))
            for dialogue in dialogues
            for start, end in dialogue.exchanges
        ]

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Yield all of it in one round."""
        requests = [request for *_, pair in self._cases for request in pair]
        if requests:
            yield Round(self._role, requests, len(requests))

    def collect(self, done: Lookup) -> Relevances:
        """Return the mean of both orders of each exchange; one without both has none."""
        relevances = []
        for dialogue, start, end, pair in self._cases:
            probability = both_orders([done(self._role, request) for request in pair])
            if probability is not None:
                relevances.append(Relevance(dialogue.id, start, end, probability))
        shown = sum(relevance.probability > 0.5 for relevance in relevances)
        note = f"{shown} more likely than not to carry the culture" if relevances else ""
        lost = ranked({UNANSWERED: len(self._cases) - len(relevances)})
        step = Yield(WEIGHED, len(relevances), len(self._cases), note, lost=lost)
        return Relevances(tuple(relevances), (step,))

    def _pair(
        self, dialogue: Dialogue, start: int, end: int, culture: Culture | None
    ) -> list[ChooseRequest]:
        return [
            ChooseRequest(
                relevance_messages(dialogue, start, end, flip=flip, culture=culture), LABELS
            )
            for flip in (False, True)
        ]


def relevance_messages(
    dialogue: Dialogue, start: int, end: int, *, flip: bool, culture: Culture | None = None
) -> tuple[Message, ...]:
    """Return the prompt for one exchange, yes as A (as B where `flip`), as asked and as trained."""
    language, scenario = dialogue.language, dialogue.scenario
    culture = culture or find_culture(dialogue.culture)
    words = words_in(language)
    options = (words.no, words.yes) if flip else (words.yes, words.no)
    name = culture.named(language)
    system = text("observer", language).fill(culture=name)
    user = text("relevance", language).fill(
        setting=scenario.setting,
        people=scenario.pair,
        transcript=transcript(dialogue, start, end),
        culture=name,
    )
    form = text("form_choice", language).fill(options=list(zip(LABELS, options, strict=True)))
    return Message("system", system), Message("user", f"{user}\n\n{form}")
