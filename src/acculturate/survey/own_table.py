"""A table of one's own: respondents (a row per person) or marginals (a row per count).

Respondents need a layout, a TOML file that says which column is what. Marginals are a table with
the columns `culture`, `item`, `code`, and `count`, or `share` with `n` (the people behind the
shares), and optionally `effective_n` (Kish's number, where the counts are weighted) and `no_answer`
(people who were asked and gave no answer, the same in each row of an item). Their items are
described in the same TOML file, or are those of the built-in survey.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from acculturate.culture import Culture, cultures
from acculturate.culture.territory import find_territory, nearest_culture
from acculturate.errors import SurveyError, nearest
from acculturate.records import Item
from acculturate.sheets.findings import Findings
from acculturate.sheets.heads import spelled_as
from acculturate.sheets.sheet import Sheet, Source
from acculturate.survey.builtin import load_builtin
from acculturate.survey.cells import integer, plain_number
from acculturate.survey.intake import MOST, Plan, plan, take_in
from acculturate.survey.layout import Layout
from acculturate.survey.model import Survey
from acculturate.survey.official import with_official

MARGINALS = ("culture", "item", "code")
SHARES_OFF = 0.02  # shares are rounded
Cell = tuple[str, str]
_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}")


def respondents_survey(
    source: Source, layout: Layout, findings: Findings, *, whole: bool
) -> Survey:
    """Read respondents by a layout; `whole`: every column that it names has to be there."""
    source = spelled_as(source, layout.column_names(), findings)
    scheme = plan(layout, source.names, findings, whole=whole)
    columns = scheme.columns()
    first = source.names[0]
    if first not in columns and [*source.names].count(first) == 1:
        columns.append(first)  # where summary rows say what they are
    return build(source.read(columns, findings), scheme, findings)


def build(sheet: Sheet, scheme: Plan, findings: Findings) -> Survey:
    """Return a survey out of a sheet of respondents."""
    people = take_in(sheet, scheme, findings)
    items = tuple(with_official(item, sheet, scheme) for item in people.items)
    layout = scheme.layout
    survey = Survey(
        name=findings.file,
        title=layout.title or findings.file,
        items={item.id: item for item in items},
        counts={},
        notice=layout.notice.strip(),
        spoken_name=layout.spoken_name,
        respondents=replace(people, items=items),
        own=layout.own_cultures(),
        published_items=tuple(item.id for item in items),
    )
    return survey.reweighted()


def marginals_survey(source: Source, layout: Layout | None, findings: Findings) -> Survey:
    """Read a table of counts."""
    source = spelled_as(source, (*MARGINALS, *_Row.numbers), findings)
    names = [name for name in (*MARGINALS, *_Row.numbers) if name in source.names]
    if "count" not in names and not {"share", "n"} <= set(names):
        raise SurveyError(
            f"{findings.file} needs a column 'count', or 'share' and 'n' (people behind the "
            "shares), beside culture, item and code."
        )
    sheet = source.read(names, findings)
    _tell_thousands(sheet, names, findings)
    rows = _rows(sheet, names, layout, findings)
    items = {row.item.id: row.item for row in rows}
    counts = _counted(rows, sheet, findings)
    own: dict[str, Culture] = layout.own_cultures() if layout else {}
    return Survey(
        name=findings.file,
        title=(layout.title if layout else "") or findings.file,
        items=items,
        counts=counts,
        notice=layout.notice.strip() if layout else "",
        spoken_name=layout.spoken_name if layout else "",
        effective=_effective(rows, counts, sheet, findings),
        no_answer=_shared_values(rows, "no_answer", sheet, findings),
        own=own,
        published_items=tuple(items),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a table of marginals."""

    at: int
    culture: str
    item: Item
    code: int
    values: Mapping[str, float] = field(default_factory=dict)

    numbers = ("count", "share", "n", "effective_n", "no_answer")


def _rows(
    sheet: Sheet, names: Sequence[str], layout: Layout | None, findings: Findings
) -> list[_Row]:
    known = _items(layout)
    rows = []
    for at in range(sheet.rows):
        cells = {name: plain_number(sheet.columns[name].cell(at)) for name in names}
        row = _row(at, cells, known, layout, sheet, findings)
        if row is not None:
            rows.append(row)
    if not rows:
        findings.stop_at_errors()
        raise SurveyError(f"{findings.file} holds no counts that could be read.")
    return rows


def _items(layout: Layout | None) -> Mapping[str, Item]:
    if layout is not None and (layout.items or layout.items_like):
        return {key: section.item(key) for key, section in layout.sections().items()}
    return load_builtin().items


def _row(
    at: int,
    cells: Mapping[str, str],
    known: Mapping[str, Item],
    layout: Layout | None,
    sheet: Sheet,
    findings: Findings,
) -> _Row | None:
    """Return one row, or None after telling what is wrong with it."""
    own = dict(layout.cultures) if layout else {}
    own |= {code: code for code in (layout.own_cultures() if layout else {})}
    culture = find_territory(cells["culture"], own)
    item = known.get(cells["item"])
    code = integer(cells["code"])
    number = sheet.row(at)
    if culture is None or (culture not in cultures() and culture not in own.values()):
        hint = nearest_culture(cells["culture"], cultures())
        what = f"'{cells['culture']}' is no culture that is known here" + (hint and f".{hint}")
        findings.error(what, row=number, column="culture")
    elif item is None:
        hint = nearest(cells["item"], known)
        what = f"'{cells['item']}' is no item" + (hint and f".{hint}")
        findings.error(what, row=number, column="item")
    elif code not in item.codes:
        what = f"the code '{cells['code']}' is none of the item's {sorted(item.codes)}"
        findings.error(what, row=number, column="code")
    else:
        values = _values(cells, sheet, at, findings)
        return None if values is None else _Row(at, culture, item, code, values)
    return None


def _values(
    cells: Mapping[str, str], sheet: Sheet, at: int, findings: Findings
) -> dict[str, float] | None:
    values = {}
    for name in _Row.numbers:
        if name in cells:
            try:
                values[name] = float(cells[name])
            except ValueError:
                values[name] = -1.0
            if not 0 <= values[name] <= MOST:
                what = f"'{cells[name]}' is no number from 0 to {MOST:.0e}"
                findings.error(what, row=sheet.row(at), column=name)
                return None
    return values


def _shared_values(
    rows: Sequence[_Row], name: str, sheet: Sheet, findings: Findings
) -> dict[str, dict[str, float]]:
    """Return a number that the rows of a culture and item share, where the table has it."""
    values: dict[str, dict[str, float]] = {}
    for row in rows:
        if name in row.values:
            here = row.values[name]
            first = values.setdefault(row.culture, {}).setdefault(row.item.id, here)
            if here != first:
                what = f"{here:g} stands here, and {first:g} in the first row"
                cell = f"of {row.item.id} in {row.culture}: expected one number"
                findings.error(f"{what} {cell}", row=sheet.row(row.at), column=name)
    return values


def _effective(
    rows: Sequence[_Row],
    counts: Mapping[str, Mapping[str, Sequence[float]]],
    sheet: Sheet,
    findings: Findings,
) -> dict[str, dict[str, float]]:
    """Return Kish's numbers, none of which is more than the people who answered."""
    numbers = _shared_values(rows, "effective_n", sheet, findings)
    for row in {(row.culture, row.item.id): row for row in reversed(rows)}.values():
        kish = numbers.get(row.culture, {}).get(row.item.id, 0.0)
        people = sum(counts.get(row.culture, {}).get(row.item.id, ()))
        if kish > people + 1 > 1:  # counts may be rounded
            what = f"{kish:g} is more than the {people:g} people who answered {row.item.id}"
            findings.error(f"{what} in {row.culture}", row=sheet.row(row.at), column="effective_n")
    return numbers


def _tell_thousands(sheet: Sheet, names: Sequence[str], findings: Findings) -> None:
    """Note numbers of people such as 1.640 beside 860: a thousand and more, or less than two."""
    for name in {"count", "n", "no_answer"}.intersection(names):
        texts = sheet.columns[name].texts
        marked = [text for text in texts if _THOUSANDS.fullmatch(text)]
        if marked and all(text.isdecimal() for text in texts if text not in marked):
            row = next(at for at in range(sheet.rows) if sheet.columns[name].cell(at) == marked[0])
            what = f"'{marked[0]}' may be {marked[0].replace('.', '')} people or {marked[0]}"
            raise SurveyError(
                f"{findings.file}, row {sheet.row(row)}, column {name}: {what}. Write numbers of "
                "people without a mark for thousands."
            )


def _counted(
    rows: Sequence[_Row], sheet: Sheet, findings: Findings
) -> dict[str, dict[str, tuple[float, ...]]]:
    """Return counts by culture and item."""
    cells: dict[Cell, dict[int, _Row]] = {}
    for row in rows:
        cell = cells.setdefault((row.culture, row.item.id), {})
        if row.code in cell:
            what = f"{row.culture}, {row.item.id}, code {row.code} stands here again, as in row"
            findings.error(f"{what} {sheet.row(cell[row.code].at)}", row=sheet.row(row.at))
        else:
            cell[row.code] = row
    n = _shared_values(rows, "n", sheet, findings)
    counts: dict[str, dict[str, tuple[float, ...]]] = {}
    for (culture, key), cell in cells.items():
        first = next(iter(cell.values()))
        by_code = _cell_counts(cell, n.get(culture, {}).get(key, 0.0), sheet, findings)
        ordered = tuple(by_code.get(code, 0.0) for code in first.item.codes)
        if sum(ordered):
            counts.setdefault(culture, {})[key] = ordered
        else:
            what = f"nobody answered {key} in {culture}: leave its rows out"
            findings.error(what, row=sheet.row(first.at))
    _tell_lacking(cells, findings)
    return counts


def _tell_lacking(cells: Mapping[Cell, Mapping[int, _Row]], findings: Findings) -> None:
    """Note options without a row: nobody chose them, or the table is not whole."""
    lacking = [
        f"{culture}, {key}, code {code}"
        for (culture, key), cell in cells.items()
        for code in next(iter(cell.values())).item.codes
        if code not in cell
    ]
    if lacking:
        findings.note(f"{len(lacking)} options have no row ({lacking[0]}): taken as chosen by none")


def _cell_counts(
    cell: Mapping[int, _Row], n: float, sheet: Sheet, findings: Findings
) -> dict[int, float]:
    if all("count" in row.values for row in cell.values()):
        return {code: row.values["count"] for code, row in cell.items()}
    total = sum(row.values["share"] for row in cell.values())
    first = next(iter(cell.values()))
    if abs(total - 1) > SHARES_OFF:
        what = f"the shares of {first.item.id} in {first.culture} add up to {total:.3f}, not to 1"
        findings.error(what, row=sheet.row(first.at), column="share")
    return {code: row.values["share"] / max(total, 1e-9) * n for code, row in cell.items()}
