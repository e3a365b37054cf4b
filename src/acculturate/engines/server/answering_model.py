"""Which model answered: the name in a reply beside the name that was asked for.

A name may come back as a path, with a file's ending, or with a date or a version behind it. Any
other name is another model's: a router's second choice, or a server that has but one model and
answers to every name.

    >>> akin("gpt-x", "gpt-x-2024-08-06"), akin("gpt-x", "gpt-x-mini")
    (True, False)
"""

import re

VERSION = re.compile(r"[-@:._](\d{3,8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{2}|latest|main|[0-9a-f]{7,40})")


def akin(one: str, other: str) -> bool:
    """Return whether two names may mean one model."""
    short, long = sorted((_bare(one), _bare(other)), key=len)
    rest = long.removeprefix(short)
    return rest == "" or (len(rest) < len(long) and VERSION.fullmatch(rest) is not None)


def _bare(name: str) -> str:
    """Return the last part of a path, without a model file's ending."""
    last = re.split(r"[/\\]", name.strip().rstrip("/\\"))[-1].casefold()
    return last.removesuffix(".gguf").removesuffix("@main")
