r"""Documents: what has the form of a document and is not said by anybody.

Below words of their own, small models go on with a list, a heading, a table, code or the address
of a page. Such a line ends a move, and so does a bare heading above it; a reply that is a list is
no move.

    >>> document_from(["Come in.", "", "# Chapter two", "It rained."])
    1
    >>> is_list("- bread\n- milk\n- eggs\n- tea"), is_list("Come in.\nSit down.")
    (True, False)
"""

import re
from collections.abc import Sequence

LISTED = re.compile(
    r"^\s*(?:\d{1,2}[.)]|[(（]\d{1,2}[)）]|\d{1,2}\s*$|(?:[IVX]{1,4}|[a-h])[.)](?:\s|$))", re.M
)
"""The head of a numbered line."""
BULLET = re.compile(r"\s*[*＊•·-]\s+\S")
POINTS = 4
"""So many numbered lines, or first lines with a bullet, are a list, which nobody says."""
ITEMS = 2
"""So many lines with a bullet or a number below words are a list."""
FORMAL = re.compile(
    r"\s*(?:#{1,6}\s*\S|[|｜].*[|｜]\s*$|[-=_*~]{3,}\s*$|```|(?:https?://|www\.)\S)"
)
"""A heading, a row of a table, a rule, code, or a page."""
HEADING = re.compile(r"[^\W\d_][^.!?。！？…,，、\"“”„«»「」*\n]{0,30}")
WORDS = 3
"""Words of the longest bare heading."""


def is_list(text: str) -> bool:
    """Return whether a reply is a list, with numbers or with bullets."""
    if len(LISTED.findall(text)) >= POINTS:
        return True
    points = [bool(BULLET.match(line)) for line in text.splitlines() if line.strip()]
    return len(points) >= POINTS and all(points[:POINTS])


def document_from(lines: Sequence[str]) -> int | None:
    """Return the place of the first line below words from which on a reply is a document; None
    where no line is of one.
    """
    for at, line in enumerate(lines[1:], 1):
        if FORMAL.match(line) or _begins_a_list(lines[at:]):
            return above_headings(lines, at)
    return None


def _begins_a_list(lines: Sequence[str]) -> bool:
    """Return whether the first of these lines is the first of a list."""
    filled = [line for line in lines if line.strip()]
    for form in (LISTED, BULLET):
        heads = [bool(form.match(line)) for line in filled[:ITEMS]]
        if lines[0].strip() and len(heads) == ITEMS and all(heads):
            return True
    return False


def above_headings(lines: Sequence[str], at: int) -> int:
    """Return where the bare headings above a place begin; the first line is none of them."""
    while at > 1 and (not lines[at - 1].strip() or _is_heading(lines[at - 1])):
        at -= 1
    return at


def _is_heading(line: str) -> bool:
    bare = line.strip().rstrip(":：")
    return bool(HEADING.fullmatch(bare)) and len(bare.split()) <= WORDS
