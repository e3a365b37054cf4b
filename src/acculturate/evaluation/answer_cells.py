"""Cells of an answers file: whose answer it is, to which item, in what language, and what it says.

A cell that is nothing but an integer must be a code of its item. Any other text is read strictly:
without the thought that a model wrote before its answer, in the language that the row names, or
in the one that the text itself shows. Probabilities have to sum to 1 within a tolerance. Where a
file gives labels to its numbers, a number that is no culture, item or code is read by its label.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from acculturate.asking.parser import Parsed, parse
from acculturate.bounded import json_tree
from acculturate.culture.territory import find_territory, nearest_culture
from acculturate.engines.thoughts import reasoning_split
from acculturate.errors import nearest
from acculturate.evaluation.published_reading import plain_options
from acculturate.records import Item
from acculturate.sheets.missing import is_missing
from acculturate.sheets.row import Row
from acculturate.survey import Survey

# tables with gaps are often written with codes as "3.0"
BARE = re.compile(r"\s*([+-]?[0-9]{1,9})(?:\.0+)?\s*")
TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
SUM_TOLERANCE = 0.01
"""How far from 1 the sum of a row's probabilities may lie; they are then made to sum to 1."""


class Said(NamedTuple):
    """What an answer cell says: its text without a thought, and how that was read."""

    text: str
    parsed: Parsed


def item_of(row: Row, survey: Survey) -> Item:
    key = row.text("item")
    if not key:
        row.fail("item", f"empty; expected the id of an item of '{survey.name}', such as Q1.")
    if key not in survey.items and row.label("item") in survey.items:
        key = row.label("item")
    if key not in survey.items:
        row.fail(
            "item", f"the survey '{survey.name}' has no item '{key}'.{nearest(key, survey.items)}"
        )
    return survey.items[key]


def culture_of(row: Row, survey: Survey, groups: Mapping[str, str]) -> str:
    culture = row.text("culture")
    if culture in groups:
        return culture
    if culture not in survey.counts and row.label("culture"):
        label = row.label("culture")
        culture = label if label in survey.counts else find_territory(label) or label
    if culture and culture not in survey.counts:
        row.fail(
            "culture",
            f"the survey '{survey.name}' holds no people's answers for '{culture}'."
            f"{nearest_culture(culture, [*survey.counts, *groups])} It has "
            f"{', '.join(survey.counts)}{f' and {len(groups)} groups of them' if groups else ''}.",
        )
    return culture


def language_of(row: Row) -> str:
    """Return the row's language tag; ``""`` where it names none."""
    language = row.words("language").replace("_", "-")
    if language and not TAG.fullmatch(language):
        row.fail("language", f"'{language}' is not a language tag, such as en, de or zh-Hans.")
    return language


def said(row: Row, item: Item, language: str) -> Said:
    """Return what the row's `answer` says; an empty one is a refusal."""
    text = row.text("answer")
    bare = BARE.fullmatch(text)
    label = row.label("answer")
    if label:
        return _labelled(row, item, language, int(bare[1]) if bare else None, label)
    if bare is not None:
        return Said(text, Parsed(_code(row, int(bare[1]), item), "stated"))
    text = reasoning_split(text).answer
    if not text.strip():
        return Said("", Parsed(None, "refused"))
    return Said(text, parse(text, plain_options(item), language, item))


def _labelled(row: Row, item: Item, language: str, number: int | None, label: str) -> Said:
    """Return what a labelled cell says: one option that its number and its label do not
    differ on.
    """
    if is_missing(label):
        return Said("", Parsed(None, "refused"))
    parsed = parse(label, plain_options(item), language, item)
    code = parsed.code
    if code is None and number is None:
        return Said(label, parsed)
    if code is None or number == code:
        assert number is not None
        return Said(str(number), Parsed(_code(row, number, item), "stated"))
    if number in item.codes:
        row.fail(
            "answer",
            f"the file calls {number} '{_short(label)}', which is {code} of item {item.id}: save "
            "the column as texts.",
        )
    return Said(str(code), parsed)


def probabilities(row: Row, item: Item, tolerance: float) -> tuple[float, ...]:
    """Return the shares of one cell in scale order, made to sum to 1 exactly."""
    expected = f"expected {len(item.codes)} probabilities for {item.id}, in the order of its codes"
    expected += f" ({_codes(item)})"
    text = row.text("probabilities")
    try:
        value = json_tree(text)
    except ValueError:
        row.fail("probabilities", f"'{_short(text)}' is not a JSON list; {expected}.")
    if isinstance(value, dict):
        value = _by_code(row, value, item)
    if not isinstance(value, Sequence) or isinstance(value, str):
        row.fail("probabilities", f"'{_short(str(value))}' is not a list; {expected}.")
    if len(value) != len(item.codes):
        row.fail("probabilities", f"there are {len(value)}; {expected}.")
    for share in value:
        number = isinstance(share, (int, float)) and not isinstance(share, bool)
        if not number or not 0 <= share <= 1 + tolerance:  # also false of NaN
            row.fail("probabilities", f"'{_short(str(share))}' is not a probability; {expected}.")
    total = math.fsum(value)
    if abs(total - 1) > tolerance + 1e-12:
        row.fail(
            "probabilities",
            f"they sum to {total:.4g}, not to 1 within {tolerance:g} (--tolerance); {expected}.",
        )
    by_code = dict(zip(sorted(item.codes), value, strict=True))
    return tuple(by_code[code] / total for code in item.codes)


def _code(row: Row, code: int, item: Item) -> int:
    if code not in item.codes:
        row.fail(
            "answer",
            f"{code} is not a code of item {item.id}, which has {_codes(item)}; leave the cell "
            "empty for a refusal.",
        )
    return code


def _codes(item: Item) -> str:
    return ", ".join(str(code) for code in sorted(item.codes))


def _by_code(row: Row, value: dict[str, object], item: Item) -> list[object]:
    """Return the values of an object from code to probability, by ascending code; 0 where
    left out.
    """
    for key in value:
        if key not in {str(code) for code in item.codes}:
            row.fail(
                "probabilities",
                f"'{_short(key)}' is not a code of item {item.id}, which has {_codes(item)}.",
            )
    return [value.get(str(code), 0.0) for code in sorted(item.codes)]


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
