"""Label exports: from the text of an option back to its code.

The same option has other texts in other releases, and ends of a scale come with digits or without
("Always justifiable", "10. Always justifiable", "10"). labels.toml holds patterns for each scale of
WVS-7; a label that fits none of them, or two, is told and never guessed.

    >>> code_of("Q177", "10. Always justifiable", range(1, 11))
    10
    >>> code_of("Q121", "Rather bad", range(1, 6))
    1
"""

import functools
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from importlib import resources
from typing import Any

# what stands after the number is text: 1.5 is no label of the code 1
_NUMBER = re.compile(r"^(-?\d+)(?:\.0+)?(?:(?:\s*[.:)=-]+\s*|\s+)[^\d\s.,:)=-].*)?$")


def plain(label: str) -> str:
    """Lower case, plain quotes, single spaces."""
    label = re.sub("[\u00b4\u0060\u2018\u2019\ufffd]", "'", label.casefold())
    return re.sub(r"\s+", " ", label).strip()


def is_missing(label: str) -> bool:
    """Whether a label says that there is no answer."""
    return re.search(_table()["missing"], plain(label)) is not None


def number_in(label: str) -> int | None:
    """The code that a label begins with: 10 in ``10``, ``10. Always``, ``10 Always``."""
    match = _NUMBER.match(label.strip())
    return int(match[1]) if match else None


def code_of(item: str, label: str, codes: Collection[int]) -> int | None:
    """The code of a label of WVS-7; None where it has none, or could have two."""
    number = number_in(label)
    if number is not None:
        return number if number in codes else None
    patterns = _table()["items"].get(item, {})
    found = [code for code, pattern in patterns.items() if re.search(pattern, plain(label))]
    return found[0] if len(found) == 1 and found[0] in codes else None


@functools.cache
def _table() -> Mapping[str, Any]:
    text = (resources.files(__package__) / "labels.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    items = {item: patterns for scale in table["scale"] for item, patterns in _scale(scale).items()}
    return {"missing": table["missing"], "items": items}


def _scale(scale: Mapping[str, Any]) -> dict[str, dict[int, str]]:
    from acculturate.survey.builtin import load_builtin

    found = {}
    for item in _items(scale["items"]):
        codes = sorted(load_builtin().item(item).codes)
        if "ends" in scale:
            low, high = scale["ends"]
            found[item] = {codes[0]: low, codes[-1]: high}
        else:
            found[item] = dict(zip(codes, scale["patterns"], strict=True))
    return found


def _items(text: str) -> Iterator[str]:
    """``Q1-Q3 Q7`` one by one."""
    for part in text.split():
        first, _, last = part.partition("-")
        if last:
            yield from (f"Q{n}" for n in range(int(first[1:]), int(last[1:]) + 1))
        else:
            yield first
