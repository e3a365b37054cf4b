"""Option texts: every text by which an option of an item is known, with the option's code.

A reader knows the texts that were shown, those of all wordings of the item in every language (a
survey's own labels are wordings too), and the codebook's. What was shown comes first: a text that
names two options in two wordings is the one that stood on the page, and without a page it is none.

    >>> from acculturate.survey import load_survey
    >>> known_texts(load_survey().item("Q27"))["agree strongly"]
    1
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence

from acculturate.asking.characters import in_one_form
from acculturate.records import Item, Option
from acculturate.survey.codebook import codebook_texts

Texts = Mapping[str, int | None]
"""Codes by bare text; None where the text names several options."""

NO_WORD = re.compile(r"[\W_]+")
# English only: no other language read here has such words
CONTRACTED = re.compile(
    r"\b(?:(?P<can>can)(?:not|'?t)|(?P<will>wo)n'?t|(?P<shall>sha)n't"
    r"|(?P<verb>do|does|did|would|could|should|is|was|has|have|are|were|had|need|must)n'?t"
    r"|(?P<who>i|you|he|she|it|we|they|that|there|this)'(?P<end>d|m|re|ve|ll|s))\b"
)
ENDS = {"d": "would", "m": "am", "re": "are", "ve": "have", "ll": "will", "s": "is"}


def bare(text: str) -> str:
    """Return `text` in one case, words apart by one space, contractions spelt out, without
    punctuation.

    >>> bare("I don’t agree.")
    'i do not agree'
    """
    text = CONTRACTED.sub(_spelt_out, in_one_form(text).casefold())
    return " ".join(NO_WORD.split(text)).strip()


def _spelt_out(short: re.Match[str]) -> str:
    if short["who"]:
        return f"{short['who']} {ENDS[short['end']]}"
    verb = short["verb"] or short.lastgroup
    return f"{verb} not"


def texts_of(options: Sequence[Option], item: Item | None = None) -> Texts:
    """Return the texts by which `options` are known: those shown, before all others of
    their item.
    """
    shown = _by_text((option.text, option.code) for option in options if option.text)
    return {**known_texts(item), **shown} if item else shown


@functools.lru_cache(maxsize=4096)
def known_texts(item: Item) -> Texts:
    """Return every text of an item's options, whatever was shown."""
    return _by_text(_texts(item))


def _texts(item: Item) -> Iterator[tuple[str, int]]:
    for wordings in item.wordings.values():
        for wording in wordings:
            yield from zip(wording.texts, item.codes, strict=True)
    for code, texts in codebook_texts(item).items():
        yield from ((text, code) for text in texts)


def _by_text(texts: Iterator[tuple[str, int]]) -> dict[str, int | None]:
    options_by_text: dict[str, set[int]] = {}
    for text, code in texts:
        # an item whose texts are its numbers is read by its labels
        if bare(text) and not bare(text).isdigit():
            options_by_text.setdefault(bare(text), set()).add(code)
    return {
        text: codes.pop() if len(codes) == 1 else None for text, codes in options_by_text.items()
    }
