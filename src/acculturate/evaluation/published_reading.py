"""Answers as the published evaluation of CultureSPA reads them, kept apart from our own reading.

The published rule takes the first integer of a text; ours takes a stated option. A text therefore
has two readings, and the scores named `_as_published` stand on this one. A third reading
(`_strict`) is the published one without the texts that decline to answer, whose "first integer"
is a telephone number's or a list's. Axes: C cultures, I items, K options.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.asking.parser import parse
from acculturate.asking.presentation import Presentation, shown
from acculturate.metrics.published import published_code
from acculturate.records import Answer, Item, Option
from acculturate.survey import People
from acculturate.survey.modes import code_table, modal_codes

Floats = NDArray[np.float64]


class PublishedReading(NamedTuple):
    """Codes as numbers; NaN where nothing was read or (gold) nobody was asked.

    `code_CI` under the published rule, `strict_CI` without declining texts, `gold_CI` the code
    most people chose, `share_CI` the share of respondents who chose `code_CI`.
    """

    code_CI: Floats
    strict_CI: Floats
    gold_CI: Floats
    share_CI: Floats


def read_as_published(
    answers: Sequence[Answer],
    rows: Sequence[str],
    people: People,
    modes: Mapping[tuple[str, str], int],
) -> PublishedReading | None:
    """Read every answer by the published rule.

    `rows` are the cultures answered for (one ``""`` for all), `modes` the published modal codes of
    ties. None where answers are distributions, an item was answered more than once or options
    were not shown under numbers: the published scores know one answer per item, and it is a number.
    """
    row = {culture: r for r, culture in enumerate(rows)}
    column = {item.id: i for i, item in enumerate(people.items)}
    code_RI = np.full((len(rows), len(column)), np.nan)
    strict_RI = code_RI.copy()
    seen: set[tuple[int, int]] = set()
    for answer in answers:
        if answer.culture not in row or answer.item not in column:
            continue
        at = row[answer.culture], column[answer.item]
        if answer.probabilities is not None or answer.labels != "numbers" or at in seen:
            return None
        seen.add(at)
        code, strict = _readings(answer, people.items[at[1]])
        code_RI[at], strict_RI[at] = _number(code), _number(strict)
    return reading(code_RI, strict_RI, people, modes)


def reading(
    code_RI: Floats, strict_RI: Floats, people: People, modes: Mapping[tuple[str, str], int]
) -> PublishedReading:
    """Put codes beside the people's modes and shares."""
    wide = people.count_CIK.shape[:2]
    code_CI = np.broadcast_to(code_RI, wide)
    gold_CI = modal_codes(people, modes)
    chosen_CIK = code_table(people.items) == code_CI[..., None]
    share_CI = (np.where(chosen_CIK, people.share_CIK, 0.0)).sum(-1)
    missing_CI = np.isnan(code_CI) | np.isnan(gold_CI)
    return PublishedReading(
        code_CI, np.broadcast_to(strict_RI, wide), gold_CI, np.where(missing_CI, np.nan, share_CI)
    )


@functools.lru_cache(maxsize=4096)
def plain_options(item: Item) -> tuple[Option, ...]:
    """Return an item's options as a foreign answers file knows them: the code is the label, and no
    wording is the one that was shown.
    """
    return tuple(Option(code, str(code), "") for code in item.codes)


def _readings(answer: Answer, item: Item) -> tuple[int | None, int | None]:
    """Return the published reading of an answer, and the same with declining texts as refusals."""
    if not answer.text:
        return answer.code, answer.code
    options = _options(answer, item)
    number = published_code(answer.text)
    by_label = {option.label: option.code for option in options}
    code = None if number is None else by_label.get(str(number), number)
    if code is None or answer.code is not None:
        return code, code
    declined = parse(answer.text, options, answer.language, item).reason == "refused"
    return code, None if declined else code


def _options(answer: Answer, item: Item) -> tuple[Option, ...]:
    """Return the options as they were shown, so that "1" of a reversed scale is its last option."""
    if not answer.order:
        return plain_options(item)
    return shown(item, Presentation(answer.order, answer.language, answer.wording))


def _number(code: int | None) -> float:
    return float("nan") if code is None else float(code)
