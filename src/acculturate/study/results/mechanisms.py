"""Mechanisms: what an adaptation did to answers, beyond whether they came nearer.

    directions   did answers move towards the people, and each culture's towards its own?
    transfers    adapters by cultures: does an adapter serve the culture that it was made for?
    gains        did answers gain more where more of the questions shifted?
    relations    are cultures like each other in the answers as they are among peoples?

Like `result_sections`, each gives rows for the results, empty where it cannot be had.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from acculturate.evaluation import relations as kin
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.direction import directions as score_directions
from acculturate.evaluation.scores import MEAN
from acculturate.evaluation.specificity_scores import adapters_agreement, matrix_scores
from acculturate.metrics.specificity import double_centred
from acculturate.statistics.bootstrap import Resampling
from acculturate.statistics.permutation import upper_p
from acculturate.study.results.record_rows import row_of
from acculturate.study.schema import ArmSection, Study

Rows = list[dict[str, Any]]
Row = Mapping[str, Any]
FEWEST = 4  # points that a correlation is taken of
PERMUTATIONS = 5000


def directions(
    tables: Mapping[str, ArmTable], against: Mapping[str, str], drawn: Resampling
) -> Rows:
    """Which way each arm's answers moved from the arm that it is against."""
    return [
        {"arm": arm, "against": control, **row_of(row, "metric", "culture")}
        for arm, control in against.items()
        for row in score_directions(tables[arm], tables[control], drawn)
    ]


def relations(tables: Mapping[str, ArmTable], drawn: Resampling) -> dict[str, Any] | None:
    """How cultures stand to each other among peoples and in each arm's answers."""
    found = kin.relations(list(tables.values()), drawn)
    return asdict(found) if found else None


def transfers(
    study: Study,
    tables: Mapping[str, ArmTable],
    rows: Sequence[Row],
    differences: Sequence[Row],
    drawn: Resampling,
) -> Rows:
    """The matrix of adapters by cultures of each arm on every adapter (`@id/*`)."""
    families: dict[str, list[ArmSection]] = {}
    for arm in study.arm:
        if arm.part_of:
            families.setdefault(arm.part_of, []).append(arm)
    primary = study.study.primary
    values, gains = (
        {(row["arm"], row["culture"]): row["value"] for row in each if row["metric"] == primary}
        for each in (rows, differences)
    )
    cultures = study.cultures.measure
    return [
        {
            "arm": name,
            "against": arms[0].against,
            "metric": primary,
            "adapters": [arm.model.partition("/")[2] for arm in arms],
            "cultures": list(cultures),
            "value": [[values.get((arm.id, each)) for each in cultures] for arm in arms],
            "gain": [[gains.get((arm.id, each)) for each in cultures] for arm in arms]
            if arms[0].against
            else None,
            **_own_adapters(arms, tables, cultures, drawn),
        }
        for name, arms in families.items()
    ]


def _own_adapters(
    arms: Sequence[ArmSection],
    tables: Mapping[str, ArmTable],
    cultures: Sequence[str],
    drawn: Resampling,
) -> dict[str, Any]:
    """Where each culture has its adapter: the centred matrix, and what its diagonal says."""
    by_name = {arm.model.partition("/")[2]: tables[arm.id] for arm in arms}
    if len(cultures) < 2 or not set(cultures) <= set(by_name):
        return {"centred": None, "figures": []}
    own = {code: by_name[code] for code in cultures}
    scores = matrix_scores(own[cultures[0]], drawn, own)
    return {
        "centred": double_centred(adapters_agreement(own).value_CC).tolist(),
        "figures": [row_of(score, "metric") for score in scores],
    }


def gains(
    study: Study,
    shifts: Mapping[str, Sequence[Row]],
    differences: Sequence[Row],
    parts: Sequence[Row],
) -> Rows:
    """Shift rate against gain, by culture and by topic, of each adapted arm against a plain one.

    `shifts` are an adaptation's counts by culture and topic; controls are left out.
    """
    by_id, primary = {arm.id: arm for arm in study.arm}, study.study.primary
    rows = []
    for arm in study.arm:
        section = study.adaptation(arm.model)
        plain = arm.against and study.adaptation(by_id[arm.against].model) is None
        if section is None or not plain or arm.part_of or study.control(arm):
            continue
        counted, whose = shifts.get(section.id, ()), (arm.id, arm.against)
        by_culture = {
            row["culture"]: row
            for row in differences
            if (row["arm"], row["against"]) == whose and row["metric"] == primary
        }
        by_topic = {
            row["name"]: row
            for row in parts
            if row["by"] == "topic" and (row["arm"], row["against"]) == whose
        }
        for by, gained in (("culture", by_culture), ("topic", by_topic)):
            points = list(_points(counted, by, gained))
            if len({each["rate"] for each in points}) > 1:
                named = {"arm": arm.id, "against": arm.against, "adapt": section.id, "by": by}
                rows.append({**named, **_rank(points, study.study.seed), "points": points})
    return rows


def _points(counted: Sequence[Row], by: str, gained: Mapping[str, Row]) -> Iterator[dict[str, Any]]:
    for name in dict.fromkeys(row[by] for row in counted):
        gain = gained.get(name)
        if gain is None or gain["value"] is None or name == MEAN:
            continue
        mine = [row for row in counted if row[by] == name]
        questions, shifts = (sum(row[key] for row in mine) for key in ("questions", "shifts"))
        yield {
            "name": name,
            "questions": questions,
            "shifts": shifts,
            "rate": shifts / questions if questions else 0.0,
            "gain": gain["value"],
            "low": gain["low"],
            "high": gain["high"],
        }


def _rank(points: Sequence[Row], seed: int) -> dict[str, Any]:
    """Spearman's correlation of rate and gain, and the share of shufflings as far from 0."""
    found: dict[str, Any] = {"n": len(points), "r": None, "p": None}
    if len(points) < FEWEST:
        return found
    from scipy.stats import rankdata

    rate_N, gain_N = (rankdata([each[key] for each in points]) for key in ("rate", "gain"))
    rate_N, gain_N = rate_N - rate_N.mean(), gain_N - gain_N.mean()
    size = float(np.sqrt((rate_N @ rate_N) * (gain_N @ gain_N)))
    if not size:
        return found
    shuffled_BN = np.random.default_rng([seed, 7]).permuted(
        np.tile(gain_N, (PERMUTATIONS, 1)), axis=1
    )
    r = float(rate_N @ gain_N) / size
    return {**found, "r": r, "p": upper_p(np.abs(shuffled_BN @ rate_N) / size, abs(r))}
