r"""Text of others in a sentence or on a terminal: what it holds is shown and does nothing.

A terminal obeys control characters: a name from a file could colour the screen, change its title or
set a link. Marks that turn the direction of letters, and letters without width, make a name look
like another one. They are shown by their numbers here, in one place for every message.

    >>> visible("a\x1b[31m"), visible("a\u202eb\n")
    ('a\\x1b[31m', 'a\\u202eb\\n')
    >>> len(sentence("x" * 100_000 + ": type --help.")), sentence("x" * 100_000 + " end")[-4:]
    (73, ' end')
"""

import re
from collections.abc import Iterable

LONGEST = 380
"""Characters of a message: four lines of a terminal."""
WORD = 60
"""Characters of a word in a message that would be too long."""
NAMES = 220
"""Characters that a list of names may take in a message."""

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]|<>#~"})
_ONE_LINE = str.maketrans(dict.fromkeys("\r\n\t", " "))

# controls, lone surrogates, ends of lines, letters without width, and marks of direction
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ud800-\udfff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_LAID_OUT = re.compile(r"[\t\n]")


def visible(text: str, *, lines: bool = False) -> str:
    r"""Return a text with characters that cannot be seen as their numbers; with `lines`, tabs and
    ends of lines stay as they are.
    """
    return _UNSEEN.sub(lambda match: _shown(match[0], lines), text)


def in_markdown(text: object) -> str:
    r"""Return a text of others on one line, in which no mark of Markdown or HTML works.

    >>> print(in_markdown("![x](http://y) <b>\n# c"))
    !\[x\](http://y) \<b\> \# c
    """
    return visible(str(text).translate(_ONE_LINE)).translate(_MARKS)


def sentence(text: str) -> str:
    """Return a message as it can be shown: all of it visible, and at most `LONGEST` characters, of
    which the first and the last ones are kept: they say what is wrong and what to type.
    """
    text = visible(text)
    if len(text) <= LONGEST:
        return text
    # long names and paths are known by both of their ends
    text = re.sub(rf"\S{{{WORD},}}", lambda match: brief(match[0], WORD), text)
    return brief(text, LONGEST)


def brief(text: str, length: int = 80) -> str:
    """Return a text, all of it visible; of one that is too long both ends, the first being the
    longer.
    """
    text = visible(text)
    if len(text) <= length:
        return text
    last = length // 3
    return f"{text[: length - last - 3]}...{text[len(text) - last :]}"


def named(names: Iterable[str], room: int = NAMES) -> str:
    """Return names with commas between them, as many as a message has room for.

    >>> named(["a", "b"]), named(f"name {n}" for n in range(1000)).rpartition(",")[2]
    ('a, b', ' name 24 and 975 more')
    """
    names = list(names)
    for place, name in enumerate(names):
        room -= len(name) + 2
        if room < 0 and place:
            return f"{', '.join(names[:place])} and {len(names) - place} more"
    return ", ".join(names)


def _shown(character: str, lines: bool) -> str:
    if lines and _LAID_OUT.match(character):
        return character
    return character.encode("unicode_escape").decode("ascii")
