"""Mechanisms: what an adaptation did to answers, beyond whether they came nearer.

    directions   did answers move towards the people, and each culture's towards its own?
    transfers    adapters by cultures: does an adapter serve the culture that it was made for?
    gains        did answers gain more where more of the questions shifted?
    relations    are cultures like each other in the answers as they are among peoples?

Like `result_sections`, each gives rows for the results, empty where it cannot be had.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from acculturate.evaluation import relations as kin
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.direction import directions as score_directions
from acculturate.evaluation.scores import MEAN
from acculturate.evaluation.specificity_scores import adapters_agreement, matrix_scores
from acculturate.metrics.specificity import double_centred
from acculturate.records import Score
from acculturate.records.results.cut import PartRow
from acculturate.records.results.differences import CorrectedDifference, Difference
from acculturate.records.results.kinship import Relations
from acculturate.records.results.made import ShiftRow
from acculturate.records.results.moved import (
    DirectionRow,
    GainPoint,
    GainRow,
    MetricFigure,
    Square,
    Transfer,
)
from acculturate.statistics.bootstrap import Resampling
from acculturate.statistics.permutation import upper_p
from acculturate.study.arm_section import ArmSection
from acculturate.study.schema import Study

FEWEST = 4  # points that a correlation is taken of
PERMUTATIONS = 5000


def directions(
    tables: Mapping[str, ArmTable], against: Mapping[str, str], drawn: Resampling
) -> tuple[DirectionRow, ...]:
    """Return which way each arm's answers moved from the arm that it is against."""
    return tuple(
        DirectionRow(arm, control, row.metric, row.culture, row.value, row.low, row.high, row.n)
        for arm, control in against.items()
        for row in score_directions(tables[arm], tables[control], drawn)
    )


def relations(tables: Mapping[str, ArmTable], drawn: Resampling) -> Relations | None:
    """Return how cultures stand to each other among peoples and in each arm's answers."""
    return kin.relations(list(tables.values()), drawn)


def transfers(
    study: Study,
    tables: Mapping[str, ArmTable],
    scores: Sequence[Score],
    differences: Sequence[CorrectedDifference],
    drawn: Resampling,
) -> tuple[Transfer, ...]:
    """Return the matrix of adapters by cultures of each arm on every adapter (`@id/*`)."""
    families: dict[str, list[ArmSection]] = {}
    for arm in study.arm:
        if arm.part_of and arm.seed is None:
            families.setdefault(arm.part_of, []).append(arm)
    primary, cultures = study.study.primary, study.cultures.measure
    values = {(row.arm, row.culture): row.value for row in scores if row.metric == primary}
    gained = {(row.arm, row.culture): row.value for row in differences if row.metric == primary}

    def square(arms: Sequence[ArmSection], cells: Mapping[Any, float | None]) -> Square:
        return tuple(tuple(cells.get((arm.id, code)) for code in cultures) for arm in arms)

    return tuple(
        Transfer(
            name,
            arms[0].against,
            primary,
            tuple(arm.model.partition("/")[2] for arm in arms),
            tuple(cultures),
            square(arms, values),
            square(arms, gained) if arms[0].against else None,
            *_own_adapters(arms, tables, cultures, drawn),
        )
        for name, arms in families.items()
    )


def _own_adapters(
    arms: Sequence[ArmSection],
    tables: Mapping[str, ArmTable],
    cultures: Sequence[str],
    drawn: Resampling,
) -> tuple[Square | None, tuple[MetricFigure, ...]]:
    """Return, where each culture has its adapter, the centred matrix and what its diagonal says."""
    by_name = {arm.model.partition("/")[2]: tables[arm.id] for arm in arms}
    if len(cultures) < 2 or not set(cultures) <= set(by_name):
        return None, ()
    own = {code: by_name[code] for code in cultures}
    centred_CC = double_centred(adapters_agreement(own).value_CC)
    return tuple(map(tuple, centred_CC.tolist())), tuple(
        MetricFigure(score.metric, score.value, score.low, score.high, score.n)
        for score in matrix_scores(own[cultures[0]], drawn, own)
    )


def gains(
    study: Study,
    shifts: Sequence[ShiftRow],
    differences: Sequence[CorrectedDifference],
    parts: Sequence[PartRow],
) -> tuple[GainRow, ...]:
    """Return shift rates and gains by culture and by topic, of adapted arms against plain ones.

    `shifts` are the adaptations' counts by culture and topic; controls are left out.
    """
    by_id, primary = {arm.id: arm for arm in study.arm}, study.study.primary
    rows = []
    for arm in study.arm:
        section = study.adaptation(arm.model)
        if section is None or not arm.against or arm.part_of or study.control(arm):
            continue
        if study.adaptation(by_id[arm.against].model) is not None:
            continue
        whose = (arm.id, arm.against)
        by_culture: dict[str, Difference | PartRow] = {
            row.culture: row
            for row in differences
            if (row.arm, row.against) == whose and row.metric == primary
        }
        by_topic: dict[str, Difference | PartRow] = {
            row.name: row for row in parts if row.by == "topic" and (row.arm, row.against) == whose
        }
        own = [row for row in shifts if row.adapt == section.id]
        for by, gained in (("culture", by_culture), ("topic", by_topic)):
            points = tuple(_points(own, by, gained))
            if len({point.rate for point in points}) > 1:
                named = (*whose, section.id, by, len(points))
                rows.append(GainRow(*named, *_rank(points, study.study.seed), points))
    return tuple(rows)


def _points(
    counted: Sequence[ShiftRow], by: str, gained: Mapping[str, Difference | PartRow]
) -> Iterator[GainPoint]:
    names = [row.culture if by == "culture" else row.topic for row in counted]
    for name in dict.fromkeys(names):
        gain = gained.get(name)
        if gain is None or gain.value is None or name == MEAN:
            continue
        own = [row for row, named in zip(counted, names, strict=True) if named == name]
        questions, shifts = sum(row.questions for row in own), sum(row.shifts for row in own)
        rate = shifts / questions if questions else 0.0
        yield GainPoint(name, questions, shifts, rate, gain.value, gain.low, gain.high)


def _rank(points: Sequence[GainPoint], seed: int) -> tuple[float | None, float | None]:
    """Return Spearman's correlation of rate and gain, and the share of shufflings as far from 0."""
    if len(points) < FEWEST:
        return None, None
    from scipy.stats import rankdata

    rate_N, gain_N = (
        rankdata([getattr(point, key) for point in points]) for key in ("rate", "gain")
    )
    rate_N, gain_N = rate_N - rate_N.mean(), gain_N - gain_N.mean()
    size = float(np.sqrt((rate_N @ rate_N) * (gain_N @ gain_N)))
    if not size:
        return None, None
    shuffled_BN = np.random.default_rng([seed, 7]).permuted(
        np.tile(gain_N, (PERMUTATIONS, 1)), axis=1
    )
    r = float(rate_N @ gain_N) / size
    return r, upper_p(np.abs(shuffled_BN @ rate_N) / size, abs(r))
