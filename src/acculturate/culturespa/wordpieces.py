"""Texts as the numbers of word pieces that BERT models read: words cut at the longest known start.

`wordpieces.txt.gz` is the vocabulary of BERT (uncased): the pieces, one a line, by their numbers.

    >>> pieces = WordPieces()
    >>> pieces.numbers("Do you pray?")
    [101, 2079, 2017, 11839, 1029, 102]
"""

import gzip
import unicodedata
from collections.abc import Iterator
from importlib import resources

LONGEST = 128
"""Pieces that are read of a text, its two borders included."""
LONGEST_WORD = 100
"""Letters from which a word is not cut but unknown."""


class WordPieces:
    """The vocabulary."""

    def __init__(self) -> None:
        packed = resources.files(__package__).joinpath("wordpieces.txt.gz").read_bytes()
        lines = gzip.decompress(packed).decode().splitlines()
        self._number = {piece: number for number, piece in enumerate(lines)}

    def numbers(self, text: str) -> list[int]:
        """Return a text's pieces between the marks of its beginning and end."""
        pieces = [number for word in _words(text) for number in self._cut(word)]
        return [self._number["[CLS]"], *pieces[: LONGEST - 2], self._number["[SEP]"]]

    def _cut(self, word: str) -> list[int]:
        pieces, start = [], 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self._number), None)
            if end is None or len(word) > LONGEST_WORD:
                return [self._number["[UNK]"]]
            pieces.append(self._number[mark + word[start:end]])
            start = end
        return pieces


def _words(text: str) -> Iterator[str]:
    """Yield words in small letters without accents; each mark, and each Chinese
    character, is one.
    """
    level = unicodedata.normalize("NFD", text.lower())
    spaced = "".join(_spaced(letter) for letter in level)
    yield from spaced.split()


def _spaced(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Mn":
        return ""
    if letter.isspace() or kind == "Zs":
        return " "
    if kind.startswith("C") or letter == "\ufffd":
        return ""
    ascii_mark = letter.isascii() and not letter.isalnum()
    chinese = "\u3400" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff"
    return f" {letter} " if kind.startswith("P") or ascii_mark or chinese else letter
