"""Views: what a character is told, and whether a move of it reads that out.

Small models say their prompt instead of playing it: the goal, the secret, the background, the
culture in words, the instructions. A move does so when it shares a run of words with its speaker's
view (of signs in Chinese and Japanese), when most of its words come from there in shorter runs, or
when it holds a heading of it ("What you want:"). Persons are levelled, since "To keep her job" is
read out as "I want to keep my job". What names and the setting share is no reading out, nor is
what the other has said by then: that is an echo at most.

    view = View.of(scenario, 0, "Kenya", "en", descriptors)
    view.read_out("I want to have the branches cut before spring.")
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from acculturate.clca.descriptors import Descriptors
from acculturate.clca.play.moves import READS_OUT as READS_OUT
from acculturate.clca.scenarios.scenario import Scenario
from acculturate.clca.texts import text
from acculturate.clca.words import Words, words_in

TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af々]|[@¶]|[^\W_]+")
STOP = re.compile(r"[.:;!?。：；！？\n]")
HEADING = re.compile(r"^[-\s]*([^:：\n]{2,60})[:：]", re.M)
NAME = "@"
SOMEONE = "#"
BREAK = "¶"
NARRATED = 8
"""Words of the setting, a name among them, that are told and not said."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How long a run is that is no chance: `run` words or signs, `told` of them saying something,
    and both together `weight` at least. Runs of `part` count where they make up `share` of a move.
    """

    run: int
    told: int
    weight: int
    part: int
    share: float = 0.6


MEASURES: Mapping[str, Measure] = {
    "latin": Measure(run=6, told=3, weight=10, part=4),
    "han": Measure(run=10, told=6, weight=17, part=6),
    "kana": Measure(run=14, told=5, weight=20, part=8),
}


class View:
    """What one character of a scenario is told, as `text`."""

    def __init__(self, told: str, shared: str, names: Sequence[str], language: str) -> None:
        self.text = told
        self._words = words_in(language)
        self._measure = MEASURES[self._words.script]
        self._names = sorted(names, key=len, reverse=True)
        self._shared = shared
        self._language = language

    @classmethod
    def of(
        cls, scenario: Scenario, side: int, culture: str, language: str, descriptors: Descriptors
    ) -> "View":
        """Return the view of the character `side` (0 or 1) in a culture of this name: its own goal
        and secret, nothing of the other's.
        """
        told = text("character", language).fill(
            me=scenario.pair[side],
            other=_seen(scenario, 1 - side),
            setting=scenario.setting,
            culture=culture,
            descriptors=descriptors.text,
        )
        return cls(told, scenario.setting, [who.name for who in scenario.pair], language)

    def read_out(self, move: str, heard: Sequence[str] = ()) -> bool:
        """Return whether a move reads its speaker's view out; `heard` is what the other said
        before.
        """
        if any(heading in _spaced(move) for heading in self._headings):
            return True
        words, own = self._words_of(move), self._measure
        levelled = self._levelled(words)
        runs = _joined(self._common(levelled, own.run, heard), own.run)
        if any(self._weighs(words[start:end]) for start, end in runs):
            return True
        if self._narrated(words):
            return True
        parts = list(_joined(self._common(levelled, own.part, heard), own.part))
        covered = sum(end - start for start, end in parts)
        telling = sum(self._telling(words[start:end]) for start, end in parts)
        if telling > 1 and re.search(self._words.aloud, move, re.I):
            return True
        return covered >= max(own.run, own.share * len(levelled)) and telling > own.told

    def _weighs(self, run: Sequence[str]) -> bool:
        """Return whether a run is no chance; one of twice the length is none, whatever it says."""
        telling = self._telling(run)
        if len(run) >= 2 * self._measure.run:
            return True
        return telling >= self._measure.told and len(run) + telling >= self._measure.weight

    def _narrated(self, words: Sequence[str]) -> bool:
        """Return whether the setting is told with the names in it, as nobody speaks who
        is there.
        """
        size = NARRATED if self._words.script == "latin" else self._measure.run
        shared = _runs(tuple(self._words_of(self._shared)), size)
        runs = (tuple(words[at : at + size]) for at in range(len(words) - size + 1))
        return any(NAME in run and run in shared for run in runs)

    def _common(self, sayings: Sequence[str], size: int, heard: Sequence[str]) -> Iterator[int]:
        """Yield where runs begin that stand in the view, not in the setting or in what
        was heard.
        """
        view = _runs(self._view, size)
        others = (tuple(self._levelled(self._words_of(part))) for part in (self._shared, *heard))
        free = {run for words in others for run in _runs(words, size)}
        for at in range(len(sayings) - size + 1):
            run = tuple(sayings[at : at + size])
            if run in view and run not in free:
                yield at

    @functools.cached_property
    def _view(self) -> tuple[str, ...]:
        extra = (
            text("opening", self._language).fill(),
            text("turn", self._language).fill(history="", number=1, me={"name": self._names[0]}),
        )
        told = STOP.sub(f" {BREAK} ", "\n".join([self.text, *extra]))
        return tuple(self._levelled(self._words_of(told)))

    @functools.cached_property
    def _headings(self) -> tuple[str, ...]:
        headings = {_spaced(heading) for heading in HEADING.findall(self.text)}
        return tuple(f"{heading}:" for heading in headings if len(TOKEN.findall(heading)) > 1)

    def _words_of(self, text: str) -> list[str]:
        """Return words, or signs, in small letters, with a name's parts as `@`."""
        for name in self._names:
            text = re.sub(re.escape(name), NAME, text, flags=re.I)
        for part in (part for name in self._names for part in name.split()):
            text = re.sub(rf"\b{re.escape(part)}\b", NAME, text, flags=re.I)
        bare = re.sub(r"(?<=\w)['’](?:s|m|re|ve|d|ll)\b", "", text)
        return TOKEN.findall(bare.casefold())

    def _levelled(self, words: Sequence[str]) -> list[str]:
        """Return the words as they are compared: persons and names alike, endings left out."""
        levels = _levels(self._words)
        return [levels.get(word) or _stem(word) for word in words]

    def _telling(self, run: Sequence[str]) -> int:
        """Return how many words, or signs, of a run say something by themselves."""
        empty = _empty(self._words)
        return sum(word not in empty for word in run)


def _seen(scenario: Scenario, side: int) -> dict[str, str]:
    """Return what a character can see of the other: never its goal or its secret."""
    who = scenario.pair[side]
    return {"name": who.name, "occupation": who.occupation, "background": who.background}


@functools.lru_cache(maxsize=256)
def _runs(tokens: tuple[str, ...], size: int) -> frozenset[tuple[str, ...]]:
    return frozenset(tokens[at : at + size] for at in range(len(tokens) - size + 1))


def _joined(starts: Iterable[int], size: int) -> Iterator[tuple[int, int]]:
    """Yield runs of `size` that overlap as one, each from its start to its end."""
    start = end = -1
    for at in starts:
        if at > end >= 0:
            yield start, end
        start, end = (at if at > end else start), at + size
    if end >= 0:
        yield start, end


def _stem(word: str) -> str:
    """Return the first five letters, as good as a word without its ending."""
    return word.removesuffix("s")[:5] if len(word) > 3 else word


def _levels(words: Words) -> Mapping[str, str]:
    """Return every word that is compared as another: persons alike, and the forms of a
    common verb.
    """
    verbs = {form: forms[0] for forms in words.same for form in forms}
    return verbs | dict.fromkeys((NAME, *words.persons), SOMEONE)


def _empty(words: Words) -> frozenset[str]:
    """Return words, or signs, that say nothing by themselves; of Japanese all of hiragana."""
    verbs = (form for forms in words.same for form in forms)
    return _frozen(words.script, (*words.function, *words.small, *words.persons, *verbs))


@functools.lru_cache(maxsize=16)
def _frozen(script: str, words: tuple[str, ...]) -> frozenset[str]:
    kana = map(chr, range(0x3041, 0x3097)) if script == "kana" else ()
    return frozenset([NAME, BREAK, *words, *kana])


def _spaced(text: str) -> str:
    return " ".join(text.casefold().replace("：", ":").split()).replace(" :", ":")
