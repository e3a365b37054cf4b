"""Cells: what a text in a column of a sheet means, an answer, a demographic, or nothing.

Each different text of a column is judged once: a code of the item (after `recode`), a label that
can be led back to a code, no answer, or neither, which is told with its row and column. Axes:
N rows, T different texts of a column.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from acculturate.records import Item
from acculturate.scales import no_answer
from acculturate.survey.findings import Findings
from acculturate.survey.labels import code_of, is_missing, number_in
from acculturate.survey.layout import ItemSection, Layout, TraitSection
from acculturate.survey.respondents import MISSING, NO_ANSWER, Trait
from acculturate.survey.sheet import Sheet

Bools = NDArray[np.bool_]
TOLD = 5  # findings of one kind told one by one; the rest are counted
UNKNOWN, SILENT = "unknown", "no answer"


def answers(
    sheet: Sheet,
    layout: Layout,
    item: Item,
    section: ItemSection,
    keep_N: Bools,
    findings: Findings,
) -> NDArray[np.int8]:
    """Positions of each row's answer in the scale, below 0 for none; tells codes the item lacks."""
    name = section.column or item.id
    column = sheet.columns[name]
    read = reader(item, section, layout)
    place: dict[int | str | None, int] = {code: at for at, code in enumerate(item.codes)}
    place[SILENT] = NO_ANSWER
    code_T = [read(text) for text in column.texts]
    known_N = keep_N & (column.index_N >= 0)
    times_T = np.bincount(column.index_N[known_N], minlength=len(code_T)).tolist()
    wrong = [at for at, code in enumerate(code_T) if code == UNKNOWN and times_T[at]]
    for at in wrong[:TOLD]:
        row = int(np.argmax(keep_N & (column.index_N == at)))
        what = _unknown(column.texts[at], item)
        findings.error(what, row=sheet.row(row), column=name, times=times_T[at])
    if rest := wrong[TOLD:]:
        row = int(np.argmax(keep_N & (column.index_N == rest[0])))
        times = sum(times_T[at] for at in rest)
        what = f"{len(rest)} more codes that the item does not have"
        findings.error(what, row=sheet.row(row), column=name, times=times)
    table = [place.get(code, MISSING) for code in code_T]
    return np.array([*table, MISSING], dtype=np.int8)[column.index_N]


def _unknown(text: str, item: Item) -> str:
    codes = sorted(item.codes)
    shown = f"{codes[0]} to {codes[-1]}" if len(codes) > 5 else ", ".join(map(str, codes))
    kind = "code" if number_in(text) is not None else "label"
    return f"the {kind} '{text[:60]}' is none of the item's ({shown})"


def reader(item: Item, section: ItemSection, layout: Layout) -> Callable[[str], int | str | None]:
    """A function from a cell to a code, `SILENT` (asked, but gave no answer), None or `UNKNOWN`."""
    missing: dict[int, str | None] = dict.fromkeys([*layout.missing.codes, *section.missing])
    missing |= dict.fromkeys([*layout.missing.no_answer, *section.no_answer], SILENT)

    def from_number(code: int) -> int | str | None:
        if code in missing:
            return missing[code]
        code = section.recode.get(code, code)
        if code in item.codes:
            return code
        return None if code < 0 and layout.missing.negative else UNKNOWN

    def from_label(text: str) -> int | str | None:
        if is_missing(text):
            return SILENT if no_answer(text) else None
        if section.like:
            found = code_of(section.like, text, item.codes)
            return UNKNOWN if found is None else found
        number = number_in(text)
        return UNKNOWN if number is None else from_number(number)

    def read(text: str) -> int | str | None:
        if text in section.labels:
            return section.labels[text]
        code = integer(text)
        return from_label(text) if code is None else from_number(code)

    return read


def integer(text: str) -> int | None:
    """A cell that is a whole number and nothing else, also written 3.0."""
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if value.is_integer() else None


def plain_number(text: str) -> str:
    """3.0 as 3, anything else as it stands."""
    return text[:-2] if text.endswith(".0") and text[:-2].lstrip("-").isdigit() else text


def trait(sheet: Sheet, section: TraitSection, layout: Layout) -> Trait:
    """A demographic as texts: the layout's, else the file's own labels, else the cells."""
    column = sheet.columns[section.column]
    given = sheet.labels.get(section.column, {})
    texts = [_trait_text(text, section, given, layout) for text in column.texts]
    kept = tuple(dict.fromkeys(text for text in texts if text))
    number = {text: at for at, text in enumerate(kept)}
    table = np.array([*(number.get(text, MISSING) for text in texts), MISSING], dtype=np.int32)
    return Trait(table[column.index_N], kept)


def _trait_text(text: str, section: TraitSection, given: Mapping[str, str], layout: Layout) -> str:
    text = plain_number(text)
    if text in section.labels:
        return section.labels[text]
    code = integer(text)
    if text in section.missing or code in (*layout.missing.codes, *layout.missing.no_answer):
        return ""
    if code is not None and code < 0 and layout.missing.negative:
        return ""
    label = given.get(text, text)
    return "" if is_missing(label) else label
