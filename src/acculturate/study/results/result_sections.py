"""Sections of a study's results beyond its rows: each a list of rows, empty where it cannot be had.

All numbers of the report are made here and in `scored_rows`; the report only sets them.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.breakdown import By, parts
from acculturate.evaluation.comparison import Difference, compare
from acculturate.evaluation.culture_map import Position, fit, map_items, people_positions
from acculturate.evaluation.scores import MEAN, score_table
from acculturate.evaluation.specificity_scores import agreement
from acculturate.evaluation.text_agreement import text_agreement
from acculturate.metrics.specificity import double_centred
from acculturate.records import Score
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.results.measured import Measured
from acculturate.study.results.record_rows import row_of
from acculturate.survey import Survey

Rows = list[dict[str, Any]]
NOTHING = 1e-9
BREAKDOWNS: tuple[By, ...] = ("topic", "map", "continent")


def matrices(tables: Mapping[str, ArmTable]) -> Rows:
    """Answers by peoples, per arm that answers for each culture apart: alignment, and centred."""
    rows = []
    for arm, table in tables.items():
        if table.common or len(table.cultures) < 2:
            continue
        found = agreement(table)
        centred_CC = double_centred(found.value_CC)
        if np.abs(centred_CC).max() < NOTHING:  # the same answers for every culture
            continue
        rows.append(
            {
                "arm": arm,
                "cultures": list(found.cultures),
                "alignment": found.value_CC.tolist(),
                "centred": centred_CC.tolist(),
                "n": found.n,
            }
        )
    return rows


def breakdowns(
    tables: Mapping[str, ArmTable], against: Mapping[str, str], primary: str, drawn: Resampling
) -> Rows:
    """The primary metric by topic, with the culture map's items apart, and by continent, and its
    differences; means over cultures.
    """
    return [
        row for by in BREAKDOWNS for row in _breakdown(by, tables, dict(against), primary, drawn)
    ]


def _breakdown(
    by: By, tables: Mapping[str, ArmTable], against: dict[str, str], primary: str, drawn: Resampling
) -> Rows:
    cut = {arm: parts(table, by) for arm, table in tables.items()}
    names = list(dict.fromkeys(name for each in cut.values() for name in each))
    rows: Rows = []
    if len(names) < 2:
        return rows
    for name, arm in itertools.product(names, cut):
        for score in score_table(cut[arm][name], [primary], drawn):
            if score.culture == MEAN:
                rows.append(_part(by, name, arm, "", score))
        if arm in against:
            for difference in compare(cut[arm][name], cut[against[arm]][name], [primary], drawn):
                if difference.culture == MEAN:
                    rows.append(_part(by, name, arm, against[arm], difference))
    return rows


def _part(by: By, name: str, arm: str, against: str, found: Score | Difference) -> dict[str, Any]:
    who = {"by": by, "name": name, "arm": arm, "against": against}
    return {**who, **row_of(found, "metric")}


def culture_map(
    arms: Mapping[str, Measured], survey: Survey, cultures: Sequence[str], seed: int
) -> dict[str, Any] | None:
    """Where peoples and arms stand; None where the study did not ask the map's items."""
    places = [place for arm in arms.values() for place in arm.places]
    if not places or not set(map_items()) <= set(survey.items):
        return None
    people = people_positions(survey, cultures, seed=seed)
    found = fit(people)
    return {
        "people": [_place(each) for each in people],
        "arms": [{"arm": each.name, **_place(each)} for each in places],
        "fit": asdict(found) if found.n >= 3 else None,
    }


def _place(position: Position) -> dict[str, Any]:
    ellipse = position.ellipse
    return {
        "culture": position.culture,
        "self_expression": position.self_expression,
        "secular": position.secular,
        "zone": position.zone,
        "ellipse": ellipse._asdict() if ellipse else None,
    }


def asking(arms: Mapping[str, Measured]) -> dict[str, Rows]:
    """What else moved the answers: variance by source, and the habit of position."""
    return {
        "variance": [
            {"arm": name, **asdict(source)} for name, arm in arms.items() for source in arm.sources
        ],
        "position": [{"arm": name, **asdict(arm.habit)} for name, arm in arms.items() if arm.habit],
    }


def text_agreements(
    arms: Sequence[tuple[str, str, str]], tables: Mapping[str, ArmTable], seed: int
) -> Rows:
    """Option probabilities against texts, where one model was asked one way for both.

    `arms` are (id, model, framing).
    """
    rows = []
    for (one, *asked), (other, *also) in itertools.permutations(arms, 2):
        kinds = (tables[one].kind, tables[other].kind)
        if asked == also and kinds in (("expected", "sampled"), ("expected", "point")):
            found = text_agreement(tables[one], tables[other], seed)
            rows.append({"expected": one, "sampled": other, **asdict(found)})
    return rows
