"""A dialogue: what two characters of a scenario said and did, move by move.

An exchange is one move of each. How a move is written down depends on who reads it: the characters
read it as it was played (`played`), a judge reads it as quoted data, one line a move, so that
nothing in it can pass for the judge's own instructions (`transcript`).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from acculturate.clca.descriptors import Descriptors
from acculturate.clca.play.moves import Kind
from acculturate.clca.scenarios.scenario import Scenario
from acculturate.clca.words import words_in

End = Literal["left", "limit", "repetition", "failed"]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One move: `speaker` is 0 or 1, `text` its words or what is done ("" in silence)."""

    speaker: int
    kind: Kind
    text: str
    trimmed: bool = False


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What was played in a scenario, in `language`, under `descriptors`; `end` is why it ended:
    somebody left, the limit was reached, it only repeated itself, or a move could not be read.
    """

    id: str
    scenario: Scenario
    language: str
    descriptors: Descriptors
    utterances: tuple[Utterance, ...]
    end: End

    @property
    def culture(self) -> str:
        return self.scenario.culture

    @property
    def spoken(self) -> tuple[str, ...]:
        """The words of all moves that have any."""
        return tuple(
            utterance.text for utterance in self.utterances if utterance.kind in ("speak", "leave")
        )

    @property
    def exchanges(self) -> tuple[tuple[int, int], ...]:
        """(from, to) of each exchange; the last may be one move only."""
        count = len(self.utterances)
        return tuple((at, min(at + 2, count)) for at in range(0, count, 2))

    def name(self, utterance: Utterance) -> str:
        """Return who made a move."""
        return self.scenario.pair[utterance.speaker].name


def played(utterance: Utterance, language: str) -> str:
    """Return a move as the characters read and write it: words, `*an act*`, `[says nothing]`."""
    words = words_in(language)
    if utterance.kind == "act":
        return f"*{utterance.text}*"
    if utterance.kind == "silence":
        return f"[{words.silence_mark}]"
    if utterance.kind == "leave":
        return f"{utterance.text} [{words.leave_mark}]".strip()
    return utterance.text


def history(scenario: Scenario, utterances: Sequence[Utterance], language: str) -> str:
    """Return moves with their speakers, a line each."""
    names = [who.name for who in scenario.pair]
    return "\n".join(
        f"{names[utterance.speaker]}: {one_line(played(utterance, language))}"
        for utterance in utterances
    )


def transcript(dialogue: Dialogue, start: int = 0, end: int | None = None) -> str:
    """Return the moves from `start` to `end`, numbered from 1, each quoted in one line as JSON."""
    return "\n".join(_quoted_lines(dialogue, dialogue.utterances[start:end], start))


def _quoted_lines(dialogue: Dialogue, utterances: Sequence[Utterance], start: int) -> Iterator[str]:
    for number, utterance in enumerate(utterances, start + 1):
        text = json.dumps(played(utterance, dialogue.language), ensure_ascii=False)
        yield f"{number}. {dialogue.name(utterance)}: {text}"


def one_line(text: str) -> str:
    return " ".join(text.split())
