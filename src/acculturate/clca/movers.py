"""Movers: whether a sentence says what a character intends, or is something that somebody says.

Asked for the intent of a move, small models write the next line of the talk, the move again, or
what the other wants. An intent is about the mover in the third person, or has no person at all ("To
sell bread."). What asks, exclaims, addresses ("you", "I"), or begins or ends as speech does is a
line of dialogue; what has the other for its subject is about the other; what only states something
("Ana is a cook.") is no intent of anybody.

    >>> not_an_intent("To sell bread.", "en", ("Jonas", "Lena"))
    ''
    >>> not_an_intent("Would you like some bread?", "en", ("Jonas", "Lena"))
    'a line of dialogue'
    >>> not_an_intent("Lena wants to buy bread.", "en", ("Jonas", "Lena"))
    'about the other'
"""

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from acculturate.clca.play.turns import Speakers, Who
from acculturate.clca.words import QUOTATION, addresses
from acculturate.records.language import look_up

A_LINE = "a line of dialogue"
THE_OTHERS = "about the other"
ELSEWHERE = "not what the mover intends"


@dataclass(frozen=True, slots=True)
class Signs:
    """One language's patterns (intents.toml)."""

    begins: str
    ends: str
    about: str
    elsewhere: str
    third: str
    states: str
    wills: str
    meant: list[str]
    whose: list[str]


def not_an_intent(
    sentence: str, language: str, names: tuple[str, str] | None = None, *, named: Who | None = None
) -> str:
    """Return why a sentence is no intent of the mover (`names[0]`), or ``""``; `named` is whose
    name, with a colon, stood before it.
    """
    signs = _read_in(language)
    if named in ("other", "somebody") or _is_said(sentence, language, signs):
        return A_LINE
    if names and _of_the_other(sentence, Speakers(*names), names[1], signs):
        return THE_OTHERS
    if named == "me" and not any(re.match(sign.about, _bare(sentence), re.I) for sign in signs):
        return "" if names and sentence.startswith(names[0]) else A_LINE
    return ELSEWHERE if _states(sentence, signs, names) else ""


def _is_said(sentence: str, language: str, signs: Sequence[Signs]) -> bool:
    """Return whether it asks, exclaims, addresses, or begins or ends as speech does."""
    told = QUOTATION.sub(" ", sentence)
    if not re.search(r"\w", told):
        told = sentence.strip('"“”„«»「」『』')
    if addresses(told, language) or re.search(r"[?!？！]\W*$", told):
        return True
    return any(
        re.match(rf"{sign.begins}(?!\w)", told, re.I)
        or re.search(rf"{sign.ends}$", _bare(told), re.I)
        for sign in signs
    )


def _of_the_other(sentence: str, speakers: Speakers, other: str, signs: Sequence[Signs]) -> bool:
    """Return whether the other is the subject, and not only meant to do something."""
    whose = (re.match(pattern, sentence, re.I) for sign in signs for pattern in sign.whose)
    if any(label and speakers.called(label[1]) == "other" for label in whose):
        return True
    if speakers.subject(sentence) != "other":
        return False
    words = "|".join(re.escape(word) for sign in signs for word in sign.meant)
    return not re.match(
        rf"\W*(?:(?:\S+ ){{1,3}}(?:{words})\b|{re.escape(other)}(?:{words}))", sentence
    )


def _states(sentence: str, signs: Sequence[Signs], names: tuple[str, str] | None) -> bool:
    """Return whether it says what is so ("Ana is a cook.", "The bread is warm."), and nobody wants
    anything.
    """

    def has(pattern: str) -> bool:
        return any(re.search(getattr(sign, pattern), sentence, re.I) for sign in signs)

    mover = has("third") or bool(names and names[0] in sentence)
    return not has("wills") and (has("states") or (has("elsewhere") and not mover))


def _bare(sentence: str) -> str:
    return sentence.strip(' \t.。!！"“”„「」')


def _read_in(language: str) -> tuple[Signs, ...]:
    own, english = look_up(_all(), language), _all()["en"]
    return (english,) if own is None or own is english else (own, english)


@functools.cache
def _all() -> Mapping[str, Signs]:
    source = resources.files(__package__) / "intents.toml"
    tree = tomllib.loads(source.read_text(encoding="utf-8"))
    return {tag: Signs(**table) for tag, table in tree.items()}
