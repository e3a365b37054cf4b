"""Audit: slurs and sweeping statements about groups in synthetic dialogues, searched and counted.

Two ways beside each other: patterns (audit.toml), which find plain cases and give the very words,
and the judge's verdict on stereotypes. The paper names the bias of synthetic dialogues as a limit
of the method; this shows how much of it there is, in dialogues kept and dropped alike.

    found = audit(dialogues, judged.verdicts)
    found.counts
"""

import functools
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Literal

from acculturate.clca.dialogue import Dialogue
from acculturate.clca.verdicts import Verdict
from acculturate.culture import Culture, find_culture
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
    """What was found in `dialogues` dialogues. `judged` of them have a verdict on stereotypes, by
    which `biased` are not free of them.
    """

    findings: tuple[Finding, ...]
    dialogues: int
    judged: int
    biased: int

    @property
    def counts(self) -> dict[str, int]:
        """Dialogues with at least one finding of a kind."""
        pairs = {(each.kind, each.dialogue) for each in self.findings}
        found = Counter(kind for kind, _ in pairs)
        return {kind: found[kind] for kind in KINDS}


def audit(
    dialogues: Sequence[Dialogue],
    verdicts: Sequence[Verdict] = (),
    cultures: Sequence[Culture] = (),
) -> Audit:
    """Search every move that has words or an act."""
    by_code = {each.code: each for each in cultures}
    findings = tuple(
        finding
        for dialogue in dialogues
        for finding in _search(
            dialogue, by_code.get(dialogue.culture) or find_culture(dialogue.culture)
        )
    )
    ids = {each.id for each in dialogues}
    asked = [each for each in verdicts if each.question == "stereotype" and each.dialogue in ids]
    return Audit(findings, len(dialogues), len(asked), sum(not each.good for each in asked))


def _search(dialogue: Dialogue, culture: Culture) -> Iterator[Finding]:
    patterns = _compiled(dialogue.language, culture.adjective, culture.named(dialogue.language))
    for place, each in enumerate(dialogue.utterances):
        for kind, pattern in patterns:
            match = pattern.search(each.text)
            if match:
                yield Finding(dialogue.id, dialogue.culture, place, kind, match[0])


@functools.lru_cache(maxsize=256)
def _compiled(
    language: str, adjective: str, name: str
) -> tuple[tuple[FindingKind, re.Pattern[str]], ...]:
    english = language.partition("-")[0] == "en"
    people = rf"{re.escape(adjective)}(?:s| people| men| women)?" if english else re.escape(name)
    return tuple(
        (kind, re.compile(pattern.replace("{people}", people), re.I))
        for kind in KINDS
        for pattern in look_up(_table()[kind], language) or ()
    )


@functools.cache
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    source = resources.files(__package__) / "audit.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
