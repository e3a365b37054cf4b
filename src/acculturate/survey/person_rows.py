"""Rows: which of a sheet's rows are people, where they were asked, and who stands twice.

A row that names no territory is a summary, a blank, or someone of a territory that is not known
here. A row that repeats another is a doubled respondent; two people under one number (as in some
releases of WVS-7) are told apart.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from acculturate.culture.territory import find_territory
from acculturate.sheets.findings import Findings
from acculturate.sheets.sheet import Sheet
from acculturate.sheets.totals import is_total
from acculturate.survey.cells import TOLD, plain_number
from acculturate.survey.layout import Layout
from acculturate.survey.respondents import Respondents

Bools = NDArray[np.bool_]
FEW = 10  # summaries are few; people of an unknown territory are many


def territories(
    sheet: Sheet, column_name: str, layout: Layout, chosen_N: Bools, findings: Findings
) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    """Return the number of each row's territory (-1: none), and the territories in the order in
    which they appear.
    """
    column = sheet.columns[column_name]
    own = {entry.code: entry.code for entry in layout.culture} | layout.cultures
    codes = [_territory(sheet, column_name, text, own) for text in column.texts]
    _, first = np.unique(column.index_N[chosen_N], return_index=True)
    seen = [column.index_N[chosen_N][row] for row in sorted(first.tolist())]
    cultures = tuple(dict.fromkeys(code for at in seen if at >= 0 and (code := codes[at])))
    number = {code: n for n, code in enumerate(cultures)}
    table = np.array([*(number.get(code or "", -1) for code in codes), -1], dtype=np.int16)
    culture_N = np.where(chosen_N, table[column.index_N], -1).astype(np.int16)
    _tell_strangers(sheet, column_name, chosen_N & (culture_N < 0), findings)
    return culture_N, cultures


def _territory(sheet: Sheet, name: str, text: str, own: Mapping[str, str]) -> str | None:
    territory = find_territory(plain_number(text), own)
    label = sheet.labels.get(name, {}).get(text)
    return territory or (find_territory(label, own) if label else None)


def _tell_strangers(sheet: Sheet, name: str, lost_N: Bools, findings: Findings) -> None:
    """Note rows without a territory: summaries at the end, blank rows, territories not in the
    table.
    """
    column = sheet.columns[name]
    strangers: dict[str, list[int]] = {}
    for row in np.flatnonzero(lost_N).tolist():
        strangers.setdefault(column.cell(row), []).append(row)
    told = list(strangers.items())
    for text, rows in told[:TOLD]:
        what = _stranger(sheet, text, rows)
        findings.error(what, row=sheet.row(rows[0]), column=name, times=len(rows))
    if rest := [row for _, rows in told[TOLD:] for row in rows]:
        what = "more rows without a known territory"
        findings.error(what, row=sheet.row(rest[0]), column=name, times=len(rest))


def _stranger(sheet: Sheet, text: str, rows: Sequence[int]) -> str:
    cells = [column.cell(rows[0]) for column in sheet.columns.values()]
    if len(rows) < FEW and any(map(is_total, cells)):
        return "the row looks like a summary row, not like a person"
    if not any(cells):
        return "the row is blank"
    if not text:
        return "the row does not say where the person was asked"
    return (
        f"'{text}' is no territory that is known here; name it under [cultures] or [[culture]] "
        "in the TOML file"
    )


def respondent_ids(sheet: Sheet, name: str) -> list[str]:
    """Return each row's respondent; the row's number where the file names none (`name` is
    empty).
    """
    if not name:
        return [str(sheet.row(row)) for row in range(sheet.rows)]
    column = sheet.columns[name]
    texts = [*map(plain_number, column.texts)]
    places = enumerate(column.index_N.tolist())
    return [texts[at] if at >= 0 else f"row {sheet.row(row)}" for row, at in places]


def persons(sheet: Sheet, name: str, keep_N: Bools, findings: Findings) -> Bools:
    """Return which rows are a person's, by their respondent: one called "Total" sums up others.
    Shape (N,).
    """
    if not name:
        return np.ones(sheet.rows, dtype=np.bool_)
    column = sheet.columns[name]
    total_N = np.array([*map(is_total, column.texts), False])[column.index_N]
    for row in np.flatnonzero(keep_N & total_N).tolist():
        what = f"the row of '{column.cell(row)}' looks like a summary row, not like a person"
        findings.error(what, row=sheet.row(row), column=name)
    if (nameless := np.flatnonzero(keep_N & (column.index_N < 0))).size:
        row = sheet.row(int(nameless[0]))
        what = f"no respondent is named: kept, as 'row {row}'"
        findings.note(what, row=row, column=name, times=len(nameless))
    return np.asarray(~total_N)


def tell_doubled(
    sheet: Sheet, people: Respondents, keep_N: Bools, findings: Findings
) -> tuple[Bools, list[str]]:
    """Return which rows say again what a row before them said, and an id for each person.

    Different people under one id are told, and get ids of their own.
    """
    doubled_N = np.zeros(len(people), dtype=np.bool_)
    ids = list(people.ids)
    for name, rows in _sharing(people, keep_N):
        seen: dict[bytes, int] = {}
        for row in rows:
            first = seen.setdefault(_said(people, row), row)
            if first != row:
                doubled_N[row] = True
                what = f"the respondent '{name}' stands here again, as in row {sheet.row(first)}"
                findings.error(what, row=sheet.row(row))
            elif len(seen) > 1:
                ids[row] = f"{name}#{len(seen)}"
        if len(seen) > 1:
            what = f"{len(seen)} people with different answers share the respondent '{name}'"
            findings.note(f"{what}: kept, as '{name}', '{name}#2' ...", row=sheet.row(rows[0]))
    return doubled_N, ids


def _sharing(people: Respondents, keep_N: Bools) -> list[tuple[str, list[int]]]:
    """Return ids that several rows of one territory have, with those rows."""
    keys = list(zip(people.culture_N.tolist(), people.ids, strict=True))
    kept = np.flatnonzero(keep_N).tolist()
    times = Counter(keys[row] for row in kept)
    rows: dict[tuple[int, str], list[int]] = {}
    for row in kept:
        if times[keys[row]] > 1:
            rows.setdefault(keys[row], []).append(row)
    return [(name, numbers) for (_, name), numbers in rows.items()]


def _said(people: Respondents, row: int) -> bytes:
    """Return all that a row says about a person."""
    traits = [int(trait.index_N[row]) for trait in people.traits.values()]
    answers = people.answer_IN[:, row].tobytes()
    return answers + repr((traits, float(people.weight_N[row]))).encode()
