"""A JSON object out of a model's reply, with text around it and mistakes in its JSON.

Models wrap objects in prose and code fences, use curly quotes, leave commas too many, keys without
quotes and line breaks inside strings. What is mended is only the form; a text that holds no object
is `None`.

    >>> find_object("Here you are: {“name”: 'Ana',}")
    {'name': 'Ana'}
"""

import ast
import json
import re
import warnings
from typing import Any

from acculturate.bounded import whole_letters

QUOTES = str.maketrans(dict.fromkeys("“”„‟＂", '"'))
LONGEST = 20_000
"""A reply longer than this is no object of ours; Python's own parser would recurse on it."""


def find_object(text: str) -> dict[str, Any] | None:
    """Return the first object in a text that can be read."""
    if len(text) > LONGEST:
        return None
    text = whole_letters(text)
    for start in [match.start() for match in re.finditer(r"\{", text)][:8]:
        for source in (text[start:], _closed(text[start:])):
            for mended in (source, _mended(source)):
                tree = _strict(mended) or _literal(mended)
                if tree:
                    return tree
    return None


def _strict(source: str) -> dict[str, Any] | None:
    try:
        tree, _ = json.JSONDecoder(strict=False).raw_decode(source)
    except (ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict) else None


def _literal(source: str) -> dict[str, Any] | None:
    """Read an object in single quotes, as Python writes a dict; None where it is none."""
    end = source.rfind("}")
    if "\\U" in source:  # Python's escape for letters of eight digits, which may be half of one
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # a model's text is no code of ours
            tree = ast.literal_eval(source[: end + 1])
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return tree if isinstance(tree, dict) else None


def _mended(source: str) -> str:
    source = re.sub(r'"\s*：', '":', source.translate(QUOTES))
    source = re.sub(r'"\s*[，、]\s*"', '", "', source)
    source = re.sub(r'"\s*\n\s*"', '", "', source)
    source = re.sub(r",\s*([\]}])", r"\1", source)
    return re.sub(r"([{,]\s*)([A-Za-z_]\w*)(\s*:)", r'\1"\2"\3', source)


def _closed(source: str) -> str:
    """Return the braces that a reply cut short, or a careless one, leaves open."""
    return source.rstrip(" \n`,") + "}" * max(0, source.count("{") - source.count("}"))
