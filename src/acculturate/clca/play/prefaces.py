r"""Prefaces: what stands before the words of a reply and is none of them.

A code fence, a tag, the number of a list, a line that leads to the words, a caption of the scene.

    >>> bare("Here is my answer:\n<p>1. Come in.</p>", "en")
    'Come in.'
    >>> is_caption("Ana at the door of Luis", ("Ana", "Luis"), "en")
    True
"""

import re

from acculturate.clca.play.character import leads_in
from acculturate.clca.play.documents import LISTED
from acculturate.clca.words import addresses

FIRST = re.compile(r"\A(?:(?:1|I|a)[.)]|[(（]1[)）])(?:\s*\n\s*|\s+(?=\D))")
"""The number of a list before what is no list."""
TAG = re.compile(r"</?[a-z][a-z0-9]{0,11}(?:\s[^<>\n]{0,80})?/?>", re.I)
ENDS = re.compile(r"[.!?。！？…]")


def bare(text: str, language: str) -> str:
    """Return a reply without what stands before its words, as characters that a file can hold."""
    text = TAG.sub("", text.encode("utf-8", "replace").decode())
    text = re.sub(r"^```\w*\n?|\n?```$", "", text.strip()).strip()
    first, _, rest = text.partition("\n")
    if rest.strip() and leads_in(first, language):
        text = rest.strip()
    return text if LISTED.search(text, 2) else FIRST.sub("", text)


def is_caption(line: str, names: tuple[str, str], language: str) -> bool:
    """Return whether a line is a heading of the scene: it names both, is no sentence and speaks to
    nobody.
    """
    both = all(any(part in line for part in (name, *name.split())) for name in names)
    return both and not ENDS.search(line) and not addresses(line, language)
