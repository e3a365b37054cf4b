"""Languages by BCP 47 tag, and which tags stand in for one that there is no text in.

The lookup of RFC 4647, section 3.4: a tag is cut at its end until a text is found, so that
`zh-Hans-CN` is met with `zh-Hans`, then with `zh`. Nothing is met with a narrower tag or with
another language.

    >>> chain("zh-hans-cn")
    ('zh-Hans-CN', 'zh-Hans', 'zh')
"""

import functools
from collections.abc import Mapping
from typing import TypeVar

Text = TypeVar("Text")


@functools.cache
def chain(tag: str) -> tuple[str, ...]:
    """Return the tag in the usual case of letters, then what stands in for it, nearest first."""
    parts = [_cased(k, part) for k, part in enumerate(tag.strip().split("-"))]
    tags = []
    while parts:
        tags.append("-".join(parts))
        parts.pop()
        # a single letter or digit opens an extension, which says nothing when it stands last
        while len(parts) > 1 and len(parts[-1]) == 1:
            parts.pop()
    return tuple(tags)


def look_up(texts: Mapping[str, Text], tag: str) -> Text | None:
    """Return what a mapping by tags holds for `tag`, or for the nearest tag that stands
    in for it.
    """
    return next((texts[near] for near in chain(tag) if near in texts), None)


def _cased(place: int, part: str) -> str:
    if place == 0:
        return part.lower()
    if len(part) == 4 and part.isalpha():
        return part.title()
    return part.upper() if len(part) == 2 else part.lower()
