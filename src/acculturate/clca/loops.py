"""Loops: a text that says the same over and over, as small models do until they are stopped.

Three kinds: sentences (one again and again, two in turn), words in a row ("word word word"), and a
text whose words are few and each said many times. A laugh, "no, no, no" and thanks said twice are
none.

    >>> loops("I see. I know. I see. I know."), loops("No, no, no! Come in."), loops("so " * 20)
    (True, False, True)
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from acculturate.similarity import similarity

SENTENCE = re.compile(r"[^.!?。！？\n]*\w[^.!?。！？\n]*")
SIGN = re.compile(r"[\u4e00-\u9fff\u3040-\u30ff]")
NUMBER = re.compile(r"\W*\d+\W*")
TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
SKIPPED = re.compile(r"(?:(?:ha|he|hi|ho|je|ja|ji)+h?|[哈呵嘿嘻はフハ]|[a-z0-9])")
"""Laughs, and the letters and numbers of a list."""
TIMES = {1: 8, 2: 5, 3: 4}
"""How often a run of so many words stands in a row before it is a loop; longer ones three times."""
SIGNS = {1: 10, 2: 6, 3: 4, 4: 4, 5: 4}
"""The same for Chinese and Japanese, whose words are of one to three signs."""
LONGEST = 40
"""The longest run of words that is looked for."""
FEW = 0.3
"""A long text with a smaller share of different words than this goes round in circles."""
LONG = 40
SHORT = 3
"""Words of what may be said again: "Yes.", "Thank you."."""
DOUBLED = re.compile(
    r"\b([^\W\d_]{3,}) (?:and|und|y|or|oder|o) \1\b|([\u3400-\u9fff]{2,4})[和又与]\2", re.I
)
"""A word joined with itself ("kind and kind"); one may be an idiom ("again and again")."""
NEARLY = 0.75
"""Similarity of two sentences of a move that say the same."""


def loops(text: str) -> bool:
    """Return whether at least half of a text's three or more sentences, or its words,
    come again.
    """
    sentences = [sentence.strip().casefold() for sentence in SENTENCE.findall(text)]
    sentences = [sentence for sentence in sentences if not NUMBER.fullmatch(sentence)]
    if mostly_again(sentences) or _thrice(sentences) or _two_twice(sentences):
        return True
    if len({match[0].casefold() for match in DOUBLED.finditer(text)}) > 1:
        return True
    words = [token for token in TOKEN.findall(text.casefold()) if not SKIPPED.fullmatch(token)]
    spaced = sum(word < "\u3000" for word in words) > len(words) / 2
    if _in_a_row(words, TIMES if spaced else SIGNS):
        return True
    # the signs of Chinese and Japanese come again in any long text
    return spaced and len(words) >= LONG and len(set(words)) < FEW * len(words)


def length(text: str) -> int:
    """Return words of a Latin text, signs of a Chinese or Japanese one by twos."""
    signs = len(SIGN.findall(text))
    return signs // 2 if signs else len(text.split())


def mostly_again(texts: Sequence[str]) -> bool:
    """Return whether of three texts or more, however short, at least half were there before."""
    return len(texts) > 2 and 2 * len({text.strip().casefold() for text in texts}) <= len(texts)


def _thrice(sentences: Sequence[str]) -> bool:
    """Return whether a sentence of some length is there three times, or nearly."""
    long = [sentence for sentence in sentences if length(sentence) > SHORT]
    return any(
        sum(similarity(sentence, other) >= NEARLY for other in long) > 2
        for sentence in dict.fromkeys(long)
    )


def _two_twice(sentences: Sequence[str]) -> bool:
    """Return whether two different sentences, each of three words or more, are both said twice."""
    counts = Counter(sentence for sentence in sentences if length(sentence) >= SHORT)
    return sum(count > 1 for count in counts.values()) > 1


def _in_a_row(words: Sequence[str], times: Mapping[int, int]) -> bool:
    for size in range(1, min(LONGEST, len(words) // 3) + 1):
        again = 0
        need = size * (times.get(size, 3) - 1)
        for at in range(size, len(words)):
            again = again + 1 if words[at] == words[at - size] else 0
            if again >= need:
                return True
    return False
