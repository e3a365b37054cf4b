"""Reference answerers as arms: what a score is worth is seen beside those who need no model.

`reference:uniform` knows nothing, `reference:midpoint` and `reference:first` answer without
reading, `reference:mode` is the best single answer of each people (the ceiling of every arm that
gives one answer per item), `reference:culture-blind` is the mean of the other cultures' people.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable, culture_blind_of
from acculturate.evaluation.published_reading import (
    PublishedReading,
    code_table,
    gold_codes,
    reading,
)
from acculturate.evaluation.scores import score_table
from acculturate.metrics import references
from acculturate.records import Item, Score
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import People, Survey

Floats = NDArray[np.float64]
REFERENCES = ("uniform", "midpoint", "mode", "first", "culture-blind")


def reference_tables(
    survey: Survey, cultures: Sequence[str], items: Sequence[Item]
) -> list[ArmTable]:
    """One table per reference answerer, over the same cultures and items as the arms beside it."""
    people = survey.people(cultures, items)
    blind_CIK = culture_blind_of(survey, people)
    size_I, width = people.size_I, people.count_CIK.shape[-1]
    shares = {
        "uniform": references.uniform(size_I, width),
        "midpoint": references.midpoint(size_I, width),
        "mode": references.mode(people.share_CIK),
        "first": references.first_option(size_I, width),
        "culture-blind": blind_CIK,
    }
    return [
        _table(survey, people, blind_CIK, name, np.broadcast_to(shares[name], blind_CIK.shape))
        for name in REFERENCES
    ]


def reference_scores(
    survey: Survey,
    cultures: Sequence[str],
    items: Sequence[Item],
    metrics: Sequence[str] | None = None,
    resampling: Resampling | None = None,
) -> list[Score]:
    """Rows of every reference answerer (`model` is None; nothing was asked, so no refusals)."""
    tables = reference_tables(survey, cultures, items)
    return [row for table in tables for row in score_table(table, metrics, resampling)]


def _table(
    survey: Survey, people: People, blind_CIK: Floats, name: str, share_CIK: Floats
) -> ArmTable:
    none_CI = np.zeros(people.count_CIK.shape[:2])
    return ArmTable(
        arm=f"reference:{name}",
        model=None,
        framing=None,
        language=None,
        survey=survey.name,
        kind="point" if name in ("midpoint", "mode", "first") else "expected",
        people=people,
        blind_CIK=blind_CIK,
        share_CIK=share_CIK,
        read_CI=np.ones_like(none_CI),
        mass_CI=np.full_like(none_CI, np.nan),
        asked_CI=none_CI,
        refused_CI=none_CI,
        common=False,
        published=_codes(survey, people, name),
    )


def _codes(survey: Survey, people: People, name: str) -> PublishedReading | None:
    """The one code that a reference gives; the midpoint of an even scale lies between two."""
    code_IK = code_table(people.items)
    if name == "mode":
        code_RI = gold_codes(people, survey.published_modes)
    elif name == "first":
        code_RI = np.nanmin(code_IK, axis=-1)[None]
    elif name == "midpoint":
        code_RI = (np.nanmin(code_IK, axis=-1) + np.nanmax(code_IK, axis=-1))[None] / 2
    else:
        return None
    return reading(code_RI, code_RI, people, survey.published_modes)
