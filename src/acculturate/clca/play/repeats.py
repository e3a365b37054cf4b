"""Repeats: moves and sentences that a dialogue holds more than once, whoever says them.

Small models answer each other with each other's words, give the same move again and again, or take
turns in thanking. Names are left out before texts are compared, since "Thank you, Ana." is "Thank
you, Luis." again. Short things ("Yes.", "Thank you.") may be said twice.

    >>> repeats_another("I see it, Ana. You too.", ["I see it, Luis."], ["Ana", "Luis"], 0.8)
    False
"""

import re
from collections import Counter
from collections.abc import Sequence

from acculturate.clca.loops import SENTENCE, SHORT, length, mostly_again
from acculturate.clca.play.dialogue import Dialogue
from acculturate.similarity import normalise, similarity

AGAIN = 1 / 3
"""The largest share of all that is said that may stand in sentences of earlier moves."""


def goes_round(dialogue: Dialogue) -> bool:
    """Return whether a dialogue says or does the same again: in a move, in many, or both
    in turn.
    """
    names = [who.name for who in dialogue.scenario.pair]
    texts = [unnamed(text, names) for text in dialogue.spoken]
    done = [unnamed(utterance.text, names) for utterance in dialogue.utterances if utterance.text]
    if mostly_again(texts) or _thrice(done):
        return True
    sentences = [set(_sentences(text)) for text in texts]
    if _in_three_moves(sentences):
        return True
    again = [
        sentence
        for at, new in enumerate(sentences)
        for sentence in new & set().union(*sentences[:at])
    ]
    return sum(map(length, again)) > AGAIN * sum(
        length(sentence) for new in sentences for sentence in new
    )


def _in_three_moves(sentences: Sequence[set[str]]) -> bool:
    """Return whether a long sentence stands in three moves, whatever numbers are in it."""
    counts = Counter(
        level for new in sentences for level in {re.sub(r"\d+", "0", text) for text in new}
    )
    return any(count > 2 and length(level) > 2 * SHORT for level, count in counts.items())


def _thrice(done: Sequence[str]) -> bool:
    """Return whether one move of some length is made three times, or any in a third of them all."""
    counts = Counter(text.strip().casefold() for text in done)
    return any(
        count > 2 and (length(text) > SHORT or 3 * count > len(done))
        for text, count in counts.items()
    )


def repeats_another(
    text: str, earlier: Sequence[str], names: Sequence[str], similar: float
) -> bool:
    """Return whether a move says nothing new: nearly one before, or only sentences that
    were said.
    """
    text = unnamed(text, names)
    before = [unnamed(spoken, names) for spoken in earlier]
    if length(text) > SHORT and any(similarity(text, spoken) >= similar for spoken in before):
        return True
    own = set(_sentences(text))
    return bool(own) and own <= {sentence for text in before for sentence in _sentences(text)}


def _sentences(text: str) -> list[str]:
    """Return a text's sentences of some length, levelled."""
    sentences = (normalise(sentence) for sentence in SENTENCE.findall(text))
    return [sentence for sentence in sentences if length(sentence) > SHORT]


def unnamed(text: str, names: Sequence[str]) -> str:
    """Return a text without the names in it: "Thank you, Ana." is "Thank you, Luis." again."""
    for part in sorted({part for name in names for part in (name, *name.split())}, key=len)[::-1]:
        text = re.sub(rf"\s*{re.escape(part)}", "", text, flags=re.I)
    return text
