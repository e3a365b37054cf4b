"""The intake: a sheet becomes respondents; rows and cells that cannot be read are reported.

Rows that are no people and people that stand twice are errors (person_rows.py), so are codes that
an item does not have (cells.py). Such rows are left out of what comes back and such cells are
missing in it: the caller decides whether errors stop it (`Findings.stop_at_errors`).

Axes: I items, N rows.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.sheets.findings import Findings
from acculturate.sheets.sheet import Sheet
from acculturate.survey.cells import TOLD, answers, plain_number, trait
from acculturate.survey.layout import ItemSection, Layout, TraitSection, conditions
from acculturate.survey.person_rows import persons, respondent_ids, tell_doubled, territories
from acculturate.survey.respondents import MISSING, Respondents, Trait

Bools = NDArray[np.bool_]
MOST = 1e12  # a weight, or a number of people
MANY = 100  # answers; among fewer an unused option is no wonder


@dataclass(frozen=True, slots=True)
class Plan:
    """Which columns of a file are read as what; made by `plan`."""

    layout: Layout
    sections: Mapping[str, ItemSection]
    traits: Mapping[str, TraitSection]
    culture: str
    respondent: str
    weight: str

    def columns(self) -> list[str]:
        """Return every column that is needed, each once."""
        wanted = [self.culture, self.respondent, self.weight, *self.layout.where]
        wanted += [section.column for section in self.traits.values()]
        wanted += [section.column or key for key, section in self.sections.items()]
        return list(dict.fromkeys(name for name in wanted if name))


def plan(layout: Layout, names: Collection[str], findings: Findings, *, whole: bool) -> Plan:
    """Choose among the file's columns.

    With `whole`, a layout's column that is missing is an error; without, it is noted (a shipped
    layout knows more columns than a file may have).
    """
    file = findings.file
    sections = {k: v for k, v in layout.sections().items() if whole or (v.column or k) in names}
    traits = {k: v for k, v in layout.demographics.items() if whole or v.column in names}
    if not layout.sections():
        raise SurveyError("The layout describes no items: add [items.ID] for each question.")
    if not sections:
        raise SurveyError(
            f"{file} has none of the columns of the {len(layout.sections())} items, such as "
            f"'{next(iter(layout.sections()), '')}': choose another --format, or describe its "
            "columns in a TOML file (docs/surveys.md)."
        )
    left = len(layout.sections()) - len(sections)
    if left:
        findings.note(f"{left} of {len(layout.sections())} items have no column in the file")
    if not set(layout.columns.culture) & set(names):
        raise SurveyError(
            f"{file} has no column {' or '.join(layout.columns.culture)}, which says where a "
            "person was asked."
        )
    columns = layout.columns
    return Plan(
        layout=layout,
        sections=sections,
        traits=traits,
        culture=_first(columns.culture, names, whole),
        respondent=_first(columns.respondent, names, whole),
        weight=_first(columns.weight, names, whole),
    )


def _first(wanted: Sequence[str], names: Collection[str], whole: bool) -> str:
    """Return the first wanted column that is there; where none is, the first of all if it is a
    must.
    """
    return next((name for name in wanted if name in names), wanted[0] if wanted and whole else "")


def take_in(sheet: Sheet, scheme: Plan, findings: Findings) -> Respondents:
    """Return everyone in the sheet who can be read, as respondents."""
    layout = scheme.layout
    chosen_N = _chosen(sheet, layout)
    culture_N, cultures = territories(sheet, scheme.culture, layout, chosen_N, findings)
    weight_N = _weights(sheet, scheme, culture_N >= 0, findings)
    keep_N = (culture_N >= 0) & np.isfinite(weight_N)
    keep_N &= persons(sheet, scheme.respondent, keep_N, findings)
    items = tuple(section.item(key) for key, section in scheme.sections.items())
    answer_IN = np.full((len(items), sheet.rows), MISSING, dtype=np.int8)
    for i, section in enumerate(scheme.sections.values()):
        answer_IN[i] = answers(sheet, layout, items[i], section, keep_N, findings)
    everyone = Respondents(
        items=items,
        cultures=cultures,
        culture_N=culture_N,
        weight_N=weight_N.astype(np.float32),
        answer_IN=answer_IN,
        ids=respondent_ids(sheet, scheme.respondent),
        traits={name: trait(sheet, section, layout) for name, section in scheme.traits.items()},
    )
    doubled_N, ids = tell_doubled(sheet, everyone, keep_N, findings)
    people = _only(replace(everyone, ids=ids), np.flatnonzero(keep_N & ~doubled_N))
    if not len(people):
        findings.stop_at_errors()
        raise SurveyError(f"{findings.file} holds no respondents that could be read.")
    _tell_weightless(people, scheme.weight, findings)
    _tell_gaps(people, findings)
    groups = {slug: section.group() for slug, section in layout.groups.items()}
    return replace(people, groups=groups)


def _chosen(sheet: Sheet, layout: Layout) -> Bools:
    """Return rows that fit `[where]`."""
    chosen_N = np.ones(sheet.rows, dtype=np.bool_)
    for name, condition in conditions(layout.where).items():
        column = sheet.columns[name]
        chosen_N &= Trait(column.index_N, tuple(map(plain_number, column.texts))).chosen(condition)
    return chosen_N


def _weights(sheet: Sheet, scheme: Plan, keep_N: Bools, findings: Findings) -> NDArray[np.float64]:
    """Return weights; 1 where the survey has none, NaN where a row's weight cannot be one."""
    if not scheme.weight:
        return np.ones(sheet.rows)
    column = sheet.columns[scheme.weight]
    values = [_weight(text) for text in column.texts]
    weight_N = np.array([*values, np.nan])[column.index_N]
    wrong = np.flatnonzero(keep_N & ~np.isfinite(weight_N))
    if len(wrong):
        cell = column.cell(int(wrong[0])) or "nothing"
        findings.error(
            f"'{cell}' is no weight: expected a number from 0 to {MOST:.0e}",
            row=sheet.row(int(wrong[0])),
            column=scheme.weight,
            times=len(wrong),
        )
    return weight_N


def _tell_weightless(people: Respondents, column: str, findings: Findings) -> None:
    """Note cultures whose people weigh nothing: they have no counts."""
    for at, culture in enumerate(people.cultures):
        here_N = people.culture_N == at
        if here_N.any() and not people.weight_N[here_N].any():
            what = f"all people of {culture} have the weight 0, so that none of them counts"
            findings.error(what, column=column, times=int(here_N.sum()))


def _weight(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return float("nan")
    return value if 0 <= value <= MOST else float("nan")


def _only(people: Respondents, rows: NDArray[np.intp]) -> Respondents:
    if len(rows) == len(people):
        return people
    return replace(
        people,
        culture_N=people.culture_N[rows],
        weight_N=people.weight_N[rows],
        answer_IN=people.answer_IN[:, rows],
        ids=[people.ids[row] for row in rows.tolist()],
        traits={
            name: Trait(trait.index_N[rows], trait.texts) for name, trait in people.traits.items()
        },
    )


def _tell_gaps(people: Respondents, findings: Findings) -> None:
    """Note items that a culture was not asked, and scales of which it used only the inside."""
    lacks: dict[str, list[str]] = {}
    shorter: dict[str, list[str]] = {}
    for item in people.items:
        tallies = people.tallies(item.id, weighted=False)
        for culture in people.cultures:
            if culture not in tallies:
                lacks.setdefault(culture, []).append(item.id)
            elif item.ordinal and _inside_only(tallies[culture].count_K):
                shorter.setdefault(culture, []).append(item.id)
    for culture, items in lacks.items():
        findings.note(f"{culture} has no answers to {len(items)} items ({_shown(items)})")
    for culture, items in shorter.items():
        findings.note(
            f"{culture} never uses the ends of {len(items)} scales ({_shown(items)}): it was asked "
            "on shorter ones, so compare these items with care"
        )


def _inside_only(count_K: NDArray[np.float64]) -> bool:
    """Return whether many people answered on a scale of four or more, and none at its ends."""
    many = len(count_K) >= 4 and count_K.sum() >= MANY
    return bool(many and count_K[0] == count_K[-1] == 0)


def _shown(items: Sequence[str]) -> str:
    return ", ".join(items[:TOLD]) + (" ..." if len(items) > TOLD else "")
