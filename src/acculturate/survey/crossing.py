"""Crossing: a survey's respondents by demographics, each cell of it a culture of its own.

`crossed(survey, ["sex", "age_band"], ["DEU"])` is the same survey with groups such as
`DEU-female-30-39` beside the territories: weighted counts of their people, and who they are, so
that a framing can say it. Any demographic of the respondents may be named; `age_band` is made of
`age` where a survey has no such column. Cells of fewer than `FEWEST` respondents are no cultures.
Axes: N respondents.

    >>> from acculturate.survey.fictitious import fictitious_survey
    >>> people = fictitious_survey(300, cultures=["DEU"], items=["Q1"])
    >>> survey = crossed(people, ["sex"], ["DEU"])
    >>> [cell.code for cell in survey.groups.cells]
    ['DEU-male', 'DEU-female']
    >>> survey.culture("DEU-female").traits
    (('sex', 'female'),)
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from acculturate.culture import Culture
from acculturate.errors import SurveyError, nearest
from acculturate.records.results.grouped import GroupCell, GroupNote
from acculturate.sheets.sheet import number
from acculturate.survey.model import Survey
from acculturate.survey.respondents import Group, Respondents, Trait

FEWEST = 50
"""Respondents below which a cell says too little of its people."""
LISTED = 10
"""Groups left out that a sentence names; the results hold them all."""
AGE, AGE_BAND = "age", "age_band"
BAND_EDGES = (30, 40, 50, 60, 70)
BANDS = ("under 30", "30-39", "40-49", "50-59", "60-69", "70 or older")


def crossed(survey: Survey, columns: Sequence[str], cultures: Sequence[str]) -> Survey:
    """Return the survey with a culture for each cell of `cultures` by `columns`, and what was left
    out in `Survey.groups`.

    Raises `SurveyError` for a survey without respondents, a column that they do not have, and a
    culture none of whose cells has enough people.
    """
    survey.check_cultures(cultures)
    people, traits = _parted_by(survey, columns)
    note = GroupNote(tuple(columns), FEWEST)
    for culture in dict.fromkeys(cultures):
        row_N = people.rows(culture)
        cells = tuple(_cells(people, culture, traits))
        _check_people(culture, columns, cells)
        lost = len(row_N) - sum(cell.n for cell in cells)
        note = replace(note, cells=(*note.cells, *cells), unknown=note.unknown + lost)
    kept = [cell for cell in note.cells if cell.kept]
    groups = {
        cell.code: Group(cell.of, {name: [text] for name, text in cell.traits.items()})
        for cell in kept
    }
    own = {cell.code: _culture(survey.culture(cell.of), cell) for cell in kept}
    with_cells = replace(
        survey,
        respondents=replace(people, groups={**people.groups, **groups}),
        own={**survey.own, **own},
        groups=note,
    )
    return with_cells.reweighted(survey.weighted)


def every_cell(survey: Survey, columns: Sequence[str]) -> tuple[GroupCell, ...]:
    """Return the cells of all cultures of the survey, those of too few people among them; no counts
    are made.

    Raises `SurveyError` for a survey without respondents, and a column that they do not have.
    """
    people, traits = _parted_by(survey, columns)
    return tuple(cell for culture in people.cultures for cell in _cells(people, culture, traits))


def parted_culture(survey: Survey, code: str) -> str:
    """Return the culture whose group a slug names, the longest that begins it; the culture itself
    where it is one.
    """
    begun = [base for base in survey.counts if code == base or code.startswith(f"{base}-")]
    return max(begun, key=len, default=code)


def measured_cells(survey: Survey, code: str) -> Sequence[str]:
    """Return the groups that a culture was parted into and that have enough people; a group alone
    where `code` names one.

    Raises `SurveyError` for a group that is not there or too small.
    """
    note = survey.groups
    assert note is not None, "the survey has been parted"
    of_culture = [cell.code for cell in note.cells if cell.of == code and cell.kept]
    if of_culture:
        return of_culture
    cells = {cell.code: cell for cell in note.cells}
    if code not in cells:
        raise SurveyError(
            f"There is no group '{code}' by {' and '.join(note.by)}.{nearest(code, cells)} "
            f"There are {', '.join(cells)}."
        )
    if not cells[code].kept:
        raise SurveyError(
            f"The group '{code}' has {cells[code].n} people, fewer than {note.least}: leave it out "
            "of the cultures that are measured, or name fewer columns as groups."
        )
    return [code]


def _parted_by(survey: Survey, columns: Sequence[str]) -> tuple[Respondents, dict[str, Trait]]:
    """Return the respondents, with bands of age where these are named, and the columns."""
    people = survey.respondents
    if people is None:
        raise SurveyError(
            f"The survey '{survey.name}' has counts of answers and no respondents, so its people "
            "cannot be parted into groups: import one with respondents (acculturate survey import "
            "FILE --name NAME), or try the survey fictitious-wvs7-large."
        )
    banded = _with_age_band(people)
    traits = {name: banded.trait(name) for name in columns}
    return (banded if AGE_BAND in columns else people), traits


def _with_age_band(people: Respondents) -> Respondents:
    """Return the respondents with bands of ten years, where they have an age and no such column."""
    if AGE_BAND in people.traits or AGE not in people.traits:
        return people
    age = people.trait(AGE)
    years = [number(text) for text in age.texts]
    # one more at the end, where the -1 of those whose age is not known points to
    band_T = np.array(
        [-1 if np.isnan(year) else np.digitize(year, BAND_EDGES) for year in years] + [-1],
        dtype=np.int32,
    )
    band = Trait(band_T[age.index_N], BANDS)
    return replace(people, traits={**people.traits, AGE_BAND: band})


def _cells(people: Respondents, culture: str, traits: dict[str, Trait]) -> Iterator[GroupCell]:
    """Yield the cells of a culture that have anybody, in the order of the columns' texts."""
    row_N = people.rows(culture)
    index_DN = np.stack([trait.index_N[row_N] for trait in traits.values()])
    known_N = (index_DN >= 0).all(0)
    weight_N = people.weight_N[row_N].astype(np.float64)
    total = float(weight_N[known_N].sum()) or 1.0
    slugs = [_slugs(name, trait.texts) for name, trait in traits.items()]
    present = [np.unique(index_N[known_N]).tolist() for index_N in index_DN]
    for places in itertools.product(*present):
        inside_N = (index_DN == np.array(places)[:, None]).all(0)
        n = int(inside_N.sum())
        if n:
            yield GroupCell(
                code="-".join([culture, *(slugs[d][at] for d, at in enumerate(places))]),
                of=culture,
                traits=_texts(traits, places),
                n=n,
                share=float(weight_N[inside_N].sum()) / total,
                kept=n >= FEWEST,
            )


def _texts(traits: dict[str, Trait], places: Sequence[int]) -> dict[str, str]:
    pairs = zip(traits.items(), places, strict=True)
    return {name: trait.texts[at] for (name, trait), at in pairs}


def _slugs(name: str, texts: Sequence[str]) -> list[str]:
    """Return each text in small letters and digits; its number where that is empty or not alone."""
    plain = [re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-") for text in texts]
    return [
        slug if slug and plain.count(slug) == 1 else f"{name.replace('_', '-')}-{at + 1}"
        for at, slug in enumerate(plain)
    ]


def _check_people(culture: str, columns: Sequence[str], cells: Sequence[GroupCell]) -> None:
    if any(cell.kept for cell in cells):
        return
    by = " and ".join(columns)
    if not cells:
        raise SurveyError(
            f"There is nobody of {culture} whose {by} is known: name other columns as groups, or "
            f"leave {culture} out of the cultures that are measured."
        )
    most = max(cells, key=lambda cell: cell.n)
    raise SurveyError(
        f"No group of {culture} by {by} has {FEWEST} people (the largest, {most.code}, has "
        f"{most.n}): name fewer columns as groups, columns with fewer values, or leave {culture} "
        "out of the cultures that are measured."
    )


def _culture(base: Culture, cell: GroupCell) -> Culture:
    return replace(base, code=cell.code, of=cell.of, traits=tuple(cell.traits.items()))


def left_out(note: GroupNote, measured: Sequence[str]) -> str:
    """Return who is not measured, in a sentence; "" where everybody is who was asked for.

    Of a country of which single groups are `measured` and others of enough people are not, nobody
    asked for those that are too small.
    """
    chosen = {cell.of for cell in note.cells if cell.kept and cell.code not in measured}
    asked = [cell for cell in note.cells if cell.of not in chosen or cell.code in measured]
    sentences = []
    if few := [cell for cell in asked if not cell.kept]:
        listed = ", ".join(f"{cell.code} ({cell.n})" for cell in few[:LISTED])
        more = f" and {len(few) - LISTED} more" if len(few) > LISTED else ""
        sentences.append(
            f"{len(few)} of {len(asked)} groups have fewer than {note.least} people and are "
            f"left out: {listed}{more}"
        )
    if note.unknown:
        sentences.append(
            f"{note.unknown} people are in no group, since their {' or '.join(note.by)} is not "
            "known"
        )
    return f"{'; '.join(sentences)}." if sentences else ""
