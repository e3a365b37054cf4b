"""JSON and TOML of others, read within bounds.

A file that is nested a thousand deep, or holds a number of a million digits, is a mistake or an
attack: Python's readers answer it with an error of their own kind, or their callers do later. Here
every such text is a `ValueError` that says what is wrong, and what was read can be walked, counted
and kept (integers fit into 64 bits, decimals are finite).

    >>> json_tree('{"a": [1]}'), toml_tree("a = 1")
    ({'a': [1]}, {'a': 1})
    >>> json_tree("[" * 9000)
    Traceback (most recent call last):
    ValueError: lists and tables nested more than 64 deep
"""

import json
import math
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

DEEPEST = 64
"""Lists and tables within one another."""
DIGITS = 4300
"""Of a whole number; Python reads no longer ones."""
LARGEST = 2**63 - 1
TOO_DEEP = f"lists and tables nested more than {DEEPEST} deep"
TOO_LONG = f"a number of more than {DIGITS} digits"
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(?P<half>u[dD][89a-fA-F][\da-fA-F]{2})"
    r"|.)",
    re.DOTALL,
)


def json_tree(text: str | bytes, *, pairs: Callable[[Any], Any] | None = None) -> Any:
    """Return what a text in JSON holds; raises `ValueError` for what is none, or too deep.

    `pairs` makes an object out of its keys and values. Bytes are read as UTF-8.
    """
    text = text.decode() if isinstance(text, bytes) else text
    try:
        tree = json.loads(text, object_pairs_hook=pairs)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        raise _digits(error) from None
    _check_depth(tree)
    return tree


def toml_tree(text: str) -> dict[str, Any]:
    """Return what a text in TOML holds; raises `ValueError` for what is none, or too deep."""
    try:
        tree = tomllib.loads(text)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:
        raise _digits(error) from None
    _check_depth(tree)
    return tree


def whole_letters(text: str) -> str:
    r"""Return a text in JSON in which what escapes half of a letter escapes U+FFFD instead.

    Such halves come from servers that cut a reply between the two; no file takes them.

    >>> whole_letters(r'"\ud83d \ud83d\ude00 \\ud83d"')
    '"\\ufffd \\ud83d\\ude00 \\\\ud83d"'
    """
    if "\\u" not in text:
        return text
    return _ESCAPE.sub(lambda escape: r"\ufffd" if escape["half"] else escape[0], text)


def flaw_in(tree: Any) -> tuple[tuple[str | int, ...], str] | None:
    """Return the first value that no setting can be, as its path and what is wrong; None for
    none.
    """
    for path, value in _values(tree):
        if len(path) > DEEPEST:
            return path[:DEEPEST], TOO_DEEP
        if isinstance(value, int) and abs(value) > LARGEST:
            return path, "a number that does not fit into 64 bits"
        if isinstance(value, float) and not math.isfinite(value):
            return path, f"{value} is no number that counts"
        if isinstance(value, str) and "\0" in value:
            return path, "a text with the character NUL"
        if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
            return path, "a text that is not UTF-8"
    return None


def _values(tree: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every value in lists and tables with its path, one after the other."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), tree)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if len(path) > DEEPEST:
            continue
        if isinstance(value, Mapping):
            waiting += [((*path, str(key)), part) for key, part in reversed(list(value.items()))]
        elif isinstance(value, list | tuple):
            waiting += [((*path, at), value[at]) for at in range(len(value) - 1, -1, -1)]


def _check_depth(tree: Any) -> None:
    level = [tree]
    for _ in range(DEEPEST):
        level = [part for value in level for part in _parts(value)]
        if not level:
            return
    raise ValueError(TOO_DEEP)


def _parts(value: Any) -> list[Any]:
    inner = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(inner, list):
        return []
    return [part for part in inner if isinstance(part, dict | list)]


def _digits(error: ValueError) -> ValueError:
    """Return an error of Python's reader in our words, where it is the one of long numbers."""
    return ValueError(TOO_LONG) if "digits" in str(error) else error
