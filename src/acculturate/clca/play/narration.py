"""Narration: a reply that tells of people instead of being said by one.

`"Come in," Ana says, "and sit."` is read as its words, `Ana nods and smiles.` as an act, and
`Luis says, "No."` as the other's words. Where somebody is addressed ("I", "your"), it is speech.

    >>> told('Ana smiles and says, "Come in."', Speakers("Ana", "Luis"), "en")
    Told(who='me', words='Come in.', act='')
    >>> told("Ana nods.", Speakers("Ana", "Luis"), "en")
    Told(who='me', words='', act='Ana nods')
"""

import re
from typing import NamedTuple

from acculturate.clca.loops import SENTENCE, length
from acculturate.clca.play.turns import ACT, Speakers, Who
from acculturate.clca.words import addresses, read_in, words_in

WORDS = re.compile(r"[\"“”„«»「『]([^\"“”„«»「」『』]+)[\"“”«»」』]")
HAN = re.compile(r"[\u3400-\u9fff々]{2,}")
OPENED = re.compile(r"[,:]\s*[\"“„][^\"“”„\n]*$")
SPACED = re.compile(r"[A-Za-zÀ-ÿ]")
TAG = 12
"""Words, or twice as many signs, of what tells who speaks beside a quotation."""
LONGEST_ACT = 25
"""Words (signs by twos) of the longest act; half of them in more than one sentence."""
SCENES = 2
"""So often in a move "You walk", "You see a" is a narrator's."""


class Told(NamedTuple):
    """Who is told of, the words that are quoted, and what is done where nothing is."""

    who: Who
    words: str
    act: str


def told(text: str, speakers: Speakers, language: str) -> Told | None:
    """Return what a reply tells in the third person; None where it is said, not told."""
    text = _closed(text)
    beside = " ".join(WORDS.sub(" ", text).split())
    if addresses(beside, language) or not re.search(r"\w", beside):
        return None
    quoted = " ".join(word.strip() for word in WORDS.findall(text))
    who = speakers.subject(text, by_name=not quoted)
    if quoted and (who or _is_tag(text, beside, language)):
        return Told(who or _tagged(beside, speakers), _ended(quoted), "")
    if who == "me" and not quoted and "?" not in text:
        return Told("me", "", text.rstrip(".。 "))
    if who == "other" and not quoted and SPACED.match(text):
        return Told("other", "", text)
    return None


def _closed(text: str) -> str:
    """Return a text in which the quotation is closed that the end of a line cuts off."""
    return f'{text}"' if OPENED.search(text) else text


def tells(text: str, name: str, language: str) -> bool:
    """Return whether a text tells of its speaker by name ("Ana looks at you", not "I am Ana"), or
    tells the other what is seen and done in the second person ("You walk down the aisle").
    """
    own = words_in(language)
    beside = ACT.sub(" ", WORDS.sub(" ", text))
    matches = re.finditer(rf"{re.escape(name)}(?={own.told})", beside)
    if any(not re.search(own.named, beside[: match.start()], re.I) for match in matches):
        return True
    return len(re.findall(own.scene, text, re.I)) >= SCENES


def names_both(sentence: str, names: tuple[str, str], language: str) -> bool:
    """Return whether a sentence has the whole names of both, and no word for who speaks or is
    spoken to: nobody speaks so of himself.
    """
    whole = all(len(name.split()) > 1 or HAN.fullmatch(name) for name in names)
    both = whole and all(name in sentence for name in names)
    return both and not addresses(sentence, language)


def reports(text: str, language: str) -> bool:
    """Return whether a paragraph of some length has no word for who speaks or is spoken to and asks
    nothing: a tale or an essay.
    """
    least = LONGEST_ACT if words_in(language).personless else LONGEST_ACT // 2
    asks = text.rstrip().endswith(("?", "？"))
    return length(text) >= least and not asks and not addresses(text, language)


def narrates(act: str, language: str) -> bool:
    """Return whether what stands in brackets is a tale and no act of one character; what begins
    with the speaker's doing may be twice as long.
    """
    size = length(act)
    if re.match(words_in(language).doing, act):
        return size > 2 * LONGEST_ACT
    return size > LONGEST_ACT or (size >= LONGEST_ACT // 2 and len(SENTENCE.findall(act)) > 1)


def _is_tag(text: str, beside: str, language: str) -> bool:
    """Return whether what stands beside a quotation in front only says who speaks."""
    short = len(beside.split()) <= TAG and len(beside) <= 6 * TAG
    says = any(re.search(words.says, beside, re.I) for words in read_in(language))
    return short and says and bool(WORDS.match(text))


def _tagged(beside: str, speakers: Speakers) -> Who:
    """Return who speaks by the words beside a quotation: the other only where it is named there."""
    words = re.findall(r"[^\s,.;:，。、]+", beside)
    names = {speakers.called(word) for word in words if word[0].isupper()}
    return "other" if "other" in names and "me" not in names else "me"


def _ended(quoted: str) -> str:
    return re.sub(r"[,，、]$", ".", quoted)
