"""Audit: slurs and sweeping statements about groups in synthetic dialogues, searched and counted.

Two ways beside each other: patterns (audit.toml), which find plain cases and give the very words,
and the judge's verdict on stereotypes. The paper names the bias of synthetic dialogues as a limit
of the method; this shows how much of it there is, in dialogues kept and dropped alike. Nations are
those of the whole table of cultures, not only the dialogue's own: a prejudice is mostly about
somebody else.

    found = audit(dialogues, judged.verdicts)
    found.counts, found.of("DEU").counts
"""

import functools
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

from acculturate.clca.judges.verdicts import Verdict
from acculturate.clca.play.dialogue import Dialogue
from acculturate.culture import Culture, cultures, find_culture
from acculturate.records.language import look_up

FindingKind = Literal["slur", "generalisation"]
KINDS: tuple[FindingKind, ...] = ("slur", "generalisation")


@dataclass(frozen=True, slots=True)
class Finding:
    """Words that a pattern found in the move at `place` (from 0) of a dialogue."""

    dialogue: str
    culture: str
    place: int
    kind: FindingKind
    words: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found. `cultures` are those of all dialogues searched, by their ids; `verdicts` are
    those on stereotypes, by dialogue.
    """

    findings: tuple[Finding, ...]
    cultures: Mapping[str, str]
    verdicts: Mapping[str, Verdict]

    @property
    def dialogues(self) -> int:
        """How many were searched."""
        return len(self.cultures)

    @property
    def judged(self) -> int:
        """How many have a verdict on stereotypes."""
        return len(self.verdicts)

    @property
    def biased(self) -> int:
        """Of how many of these the judge is at least confident that they are not free of them."""
        return sum(not verdict.good and _sure(verdict) for verdict in self.verdicts.values())

    @property
    def unsure(self) -> int:
        """Of how many of these the judge is not sure, or does not state how sure it is."""
        return sum(not _sure(verdict) for verdict in self.verdicts.values())

    @property
    def counts(self) -> dict[str, int]:
        """Dialogues with at least one finding of a kind."""
        pairs = {(finding.kind, finding.dialogue) for finding in self.findings}
        counts = Counter(kind for kind, _ in pairs)
        return {kind: counts[kind] for kind in KINDS}

    def of(self, culture: str) -> "Audit":
        """Return the same of one culture's dialogues."""
        own = {key: code for key, code in self.cultures.items() if code == culture}
        return Audit(
            tuple(finding for finding in self.findings if finding.dialogue in own),
            own,
            {key: verdict for key, verdict in self.verdicts.items() if key in own},
        )


def audit(
    dialogues: Sequence[Dialogue],
    verdicts: Sequence[Verdict] = (),
    cultures: Sequence[Culture] = (),
) -> Audit:
    """Search every move that has words or an act."""
    by_code = {culture.code: culture for culture in cultures}
    findings = tuple(
        finding
        for dialogue in dialogues
        for finding in _search(
            dialogue, by_code.get(dialogue.culture) or find_culture(dialogue.culture)
        )
    )
    codes = {dialogue.id: dialogue.culture for dialogue in dialogues}
    asked = {verdict.dialogue: verdict for verdict in verdicts if verdict.question == "stereotype"}
    return Audit(findings, codes, {key: count for key, count in asked.items() if key in codes})


def _sure(verdict: Verdict) -> bool:
    return verdict.confidence in ("very confident", "confident")


ARTICLE = re.compile(r"^[a-zäöü]+ (?=[A-ZÄÖÜÁÉÍ])")
"""Of a territory's name: one says `de Estados Unidos` and `de los Estados Unidos`."""


def _search(dialogue: Dialogue, culture: Culture) -> Iterator[Finding]:
    patterns = _compiled(dialogue.language, culture.adjective, culture.named(dialogue.language))
    for place, utterance in enumerate(dialogue.utterances):
        for kind, pattern in patterns:
            match = pattern.search(utterance.text)
            if match:
                yield Finding(dialogue.id, dialogue.culture, place, kind, match[0])


@functools.lru_cache(maxsize=256)
def _compiled(
    language: str, adjective: str, name: str
) -> tuple[tuple[FindingKind, re.Pattern[str]], ...]:
    """Return the patterns of a language; the culture's own words are among the nations'."""
    words = _words(language, adjective, name)
    return tuple(
        (kind, re.compile(_put(pattern, words), re.I))
        for kind in KINDS
        for pattern in look_up(_table()[kind], language) or ()
    )


def _words(language: str, adjective: str, name: str) -> Mapping[str, str]:
    """Return what stands for the slots of a pattern in a language."""
    table = _table()
    places = [name, *(culture.named(language) for culture in cultures().values())]
    names = _any([*places, *(ARTICLE.sub("", place) for place in places)])
    own = language.partition("-")[0]
    people: str = look_up(table["people"], language) or names
    nation = "|".join(filter(None, (look_up(table["nation"], language), people, names)))
    if own == "en":
        nation = _any([adjective, *(culture.adjective for culture in cultures().values())])
        # "the Chinese" are people, "Chinese" alone is a language
        people = rf"(?:{nation})(?:s| people| men| women| girls| boys)|the (?:{nation})"
    elif own in ("zh", "ja"):
        people = f"(?:{names})人"
    group = look_up(table["group"], language) or ""
    return {"people": people, "nation": nation, "group": group, "who": f"{people}|{group}"}


def _put(pattern: str, words: Mapping[str, str]) -> str:
    for slot, text in words.items():
        pattern = pattern.replace(f"{{{slot}}}", f"(?:{text})")
    return pattern


def _any(words: Iterable[str]) -> str:
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(re.escape(phrase) for phrase in longest_first)


@functools.cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    source = resources.files(__package__) / "audit.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
