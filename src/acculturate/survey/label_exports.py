"""Label exports: from the text of an option back to its code.

The same option has other texts in other releases, and ends of a scale come with digits or without
("Always justifiable", "10. Always justifiable", "10"). labels.toml holds patterns for each scale of
WVS-7, each for a whole label; a label that fits none of them, or two, is told and never guessed.
A few labels stand for one code in some releases and for another in others: they are read by what
else stands in their column, and are unclear where that does not settle it.

    >>> code_of("Q177", "10. Always justifiable", range(1, 11))
    10
    >>> code_of("Q121", "Rather bad", range(1, 6))
    1
    >>> codes_of("Q121", ["Very bad", "Rather bad"], range(1, 6))
    {'Very bad': 1, 'Rather bad': 2}
    >>> codes_of("Q238", ["Very good", "Bad"], range(1, 5))
    {'Very good': 1, 'Bad': None}
"""

import functools
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from importlib import resources
from typing import Any, NamedTuple

from acculturate.sheets.missing import plain

# what stands after the number is text: 1.5 is no label of the code 1
_NUMBER = re.compile(r"^(-?\d+)(?:\.0+)?(?:(?:\s*[.:)=-]+\s*|\s+)([^\d\s.,:)=-].*))?$")
# what an export adds for interviewers
DIGITS = 18
"""Of a code: more are none."""
_ASIDE = re.compile(r"\s*[(\[](spontaneous|volunteered|do not read|don.?t read|dnr)[^)\]]*[)\]]$")


class _Scale(NamedTuple):
    """Patterns by code, and the codes between which a label that is unclear by itself stands."""

    patterns: Mapping[int, str] = {}
    between: Mapping[str, Collection[int]] = {}


class _Fit(NamedTuple):
    """Codes whose pattern a label matches, and codes that it has in one release or another."""

    usual: frozenset[int]
    any: frozenset[int]


def number_in(label: str) -> int | None:
    """Return the code that a label begins with: 10 in ``10``, ``10. Always``, ``10 Always``."""
    match = _NUMBER.match(label.strip())
    return int(match[1]) if match and len(match[1]) <= DIGITS else None


def text_after_number(label: str) -> str:
    """Return what stands after the code that a label begins with; empty for nothing, or for no
    code.
    """
    match = _NUMBER.match(label.strip())
    return (match[2] or "") if match else ""


def code_of(item: str, label: str, codes: Collection[int]) -> int | None:
    """Return the code of a label of WVS-7; None where it has none, or could have two."""
    return codes_of(item, [label], codes)[label]


def codes_of(item: str, labels: Collection[str], codes: Collection[int]) -> dict[str, int | None]:
    """Return the code of each label of a column; None where it has none, or could have two."""
    fits = {label: _fit(item, label, codes) for label in labels}
    taken = {code for fit in fits.values() if len(fit.any) == 1 for code in fit.any}
    return {label: _settled(fit, taken) for label, fit in fits.items()}


def possible_codes(item: str, label: str, codes: Collection[int]) -> tuple[int, ...]:
    """Return every code that a label of WVS-7 has in one release or another, in rising order."""
    return tuple(sorted(_fit(item, label, codes).any))


def _settled(fit: _Fit, taken: Collection[int]) -> int | None:
    """Return a label's code, given those that other labels of its column have for sure."""
    if len(fit.any) == 1:
        return next(iter(fit.any))
    left = fit.any.difference(taken)
    choice = left if len(left) == 1 else fit.usual & left
    return next(iter(choice)) if len(choice) == 1 else None


def _fit(item: str, label: str, codes: Collection[int]) -> _Fit:
    match = _NUMBER.match(label.strip())
    if match is None or len(match[1]) > DIGITS:
        return _by_text(item, label, codes)
    number, text = int(match[1]), match[2]
    by_text = _by_text(item, text, codes) if text else _Fit(frozenset(), frozenset())
    # a number and a text that mean different options are unclear
    agree = number in codes and (not by_text.any or number in by_text.any)
    fitting = frozenset((number,)) if agree else frozenset[int]()
    return _Fit(fitting, fitting)


def _by_text(item: str, label: str, codes: Collection[int]) -> _Fit:
    scale = _table().get(item, _Scale())
    text = _ASIDE.sub("", plain(label)).rstrip(" .;:!")
    fits = {code for code, pattern in scale.patterns.items() if re.fullmatch(pattern, text)}
    usual = frozenset(fits & {*codes})
    return _Fit(usual, usual.union(scale.between.get(text, ())))


@functools.cache
def _table() -> Mapping[str, _Scale]:
    text = (resources.files(__package__) / "labels.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return {item: patterns for scale in table["scale"] for item, patterns in _scales(scale)}


def _scales(scale: Mapping[str, Any]) -> Iterator[tuple[str, _Scale]]:
    from acculturate.survey.builtin import load_builtin

    for item in spelt_out(scale["items"]):
        codes = sorted(load_builtin().item(item).codes)
        if "ends" in scale:
            codes = [codes[0], codes[-1]]
        patterns = dict(zip(codes, scale.get("ends") or scale["patterns"], strict=True))
        yield item, _Scale(patterns, scale.get("between", {}))


def spelt_out(text: str) -> Iterator[str]:
    """Yield ``Q1-Q3 Q7`` one by one."""
    for part in text.split():
        first, _, last = part.partition("-")
        if last:
            yield from (f"Q{n}" for n in range(int(first[1:]), int(last[1:]) + 1))
        else:
            yield first
