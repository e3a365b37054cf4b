"""WorldValuesBench (Zhao et al. 2024): WVS-7 as two tables per split, joined by D_INTERVIEW.

`full_value_qa.tsv` holds the answers, `full_demographic_qa.tsv` beside it who gave them, as texts.
Its answers are not those of WVS-7 throughout: fifteen items were recoded so that every scale runs
one way. Where a recoding can be undone it is (Q56, Q119); where options were dropped (Q111, Q221,
Q222, Q254: the last one) or merged (Q241-Q249: 0 into 1), the items here have those options only,
and their figures are not to be put beside those of other readings of WVS-7. It has no weights.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.sheets.findings import Findings
from acculturate.sheets.heads import spelled_as
from acculturate.sheets.opening import open_sheet
from acculturate.sheets.sheet import Column, Sheet
from acculturate.survey.builtin import load_builtin
from acculturate.survey.intake import plan
from acculturate.survey.layout import ColumnsSection, ItemSection, Layout, shipped_layout
from acculturate.survey.model import Survey
from acculturate.survey.own_table import build

PERSON = "D_INTERVIEW"
RECODED: Mapping[str, Mapping[int, int]] = {"Q56": {2: 3, 3: 2}, "Q119": {3: 0, 4: 3, 5: 4}}
DROPPED: Mapping[str, int] = {
    **{"Q111": 3, "Q221": 4, "Q222": 4, "Q254": 5},
    **{f"Q{n}": 0 for n in range(241, 250)},
}


def read_worldvaluesbench(
    path: Path, folder: Path, findings: Findings, *, delimiter: str = "", encoding: str = ""
) -> Survey:
    """Read a split: the folder that holds its two tables, or its table of answers."""
    layout = _layout()
    values, persons = (
        spelled_as(
            open_sheet(table, folder, delimiter=delimiter, encoding=encoding),
            layout.column_names(),
            findings,
        )
        for table in _tables(path)
    )
    scheme = plan(layout, {*values.names, *persons.names}, findings, whole=False)
    wanted = scheme.columns()
    answers = values.read([name for name in wanted if name in values.names], findings)
    about = persons.read([name for name in wanted if name in persons.names], findings)
    findings.note(
        "items recoded by WorldValuesBench keep the options it kept: "
        + ", ".join(sorted(DROPPED, key=lambda key: int(key[1:])))
    )
    return build(_joined(answers, about, findings), scheme, findings)


def _tables(path: Path) -> tuple[Path, Path]:
    if path.is_dir():
        files = sorted(path.glob("*value_qa.tsv"))
        if len(files) != 1:
            raise SurveyError(
                f"{path} holds {len(files)} files *value_qa.tsv: give the folder of one split, "
                "such as WorldValuesBench/full."
            )
        path = files[0]
    person_path = path.with_name(path.name.replace("value_qa", "demographic_qa"))
    if "value_qa" not in path.name or not person_path.is_file():
        raise SurveyError(
            f"{path.name} needs its table of people beside it, {person_path.name}: give the folder "
            "that holds both."
        )
    return path, person_path


def _layout() -> Layout:
    """Return the layout of WVS-7, with the items as this data set has them."""
    layout = shipped_layout("wvs7")
    sections = {key: ItemSection(column=key, like=key) for key in load_builtin().items}
    for key, recode in RECODED.items():
        sections[key] = ItemSection(column=key, like=key, recode=dict(recode))
    for key, dropped in DROPPED.items():
        codes = tuple(code for code in load_builtin().item(key).codes if code != dropped)
        sections[key] = ItemSection(column=key, like=key, codes=codes)
    return layout.model_copy(
        update={
            "title": "WorldValuesBench (World Values Survey wave 7), respondents",
            "columns": ColumnsSection(culture=("B_COUNTRY",), respondent=(PERSON,)),
            "items_like": "",
            "items": sections,
        }
    )


def _joined(answers: Sheet, about: Sheet, findings: Findings) -> Sheet:
    """Return the answers with what is known of the people beside them, in the order of
    the answers.
    """
    order = _order(answers, about, findings)
    columns = dict(answers.columns)
    for name, column in about.columns.items():
        if name != PERSON:
            index = np.where(order < 0, -1, column.index_N[order]).astype(np.int32)
            columns[name] = Column(index, column.texts)
    return replace(answers, columns=columns)


def _order(answers: Sheet, about: Sheet, findings: Findings) -> NDArray[np.intp]:
    """Return each answer's row in the table of people, -1 where that is not sure, which is told.

    Tables with the same people in the same rows are joined by row: some people share a number.
    """
    people, known = answers.columns[PERSON], about.columns[PERSON]
    asked = [people.cell(row) for row in range(answers.rows)]
    named = [known.cell(row) for row in range(about.rows)]
    if asked == named:
        return np.arange(len(asked))
    times = Counter(named)
    place = {name: row for row, name in enumerate(named)}
    for what, lost in (
        ("is not in the table of people", [not times[name] for name in asked]),
        ("stands several times in the table of people", [times[name] > 1 for name in asked]),
    ):
        if any(lost):
            row = lost.index(True)
            findings.error(
                f"'{asked[row]}' {what}", row=answers.row(row), column=PERSON, times=sum(lost)
            )
    return np.array([place[name] if times[name] == 1 else -1 for name in asked], dtype=np.intp)
