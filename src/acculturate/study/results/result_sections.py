"""Sections of a study's results beyond its rows: each a list of rows, empty where it cannot be had.

All numbers of the report are made here and in `scored_rows`; the report only sets them.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.breakdown import By, parts
from acculturate.evaluation.comparison import compare
from acculturate.evaluation.culture_map import fit, map_items, people_positions, published_positions
from acculturate.evaluation.reliability import reliability, seed_repeats
from acculturate.evaluation.scores import MEAN, score_table
from acculturate.evaluation.specificity_scores import agreement
from acculturate.evaluation.text_agreement import text_agreement
from acculturate.evaluation.variance_sources import Variation
from acculturate.metrics.specificity import double_centred
from acculturate.records import Score
from acculturate.records.results.cut import Matrix, PartRow
from acculturate.records.results.differences import Difference
from acculturate.records.results.placed import CultureMap
from acculturate.records.results.plain import widened
from acculturate.records.results.varied import ArmHabit, ArmReliability, ArmSource, ArmTexts
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.results.measured import Measured
from acculturate.survey import Survey

NOTHING = 1e-9
ASKED = frozenset({"labels", "presentation", "reasoned", "no_answer"})
"""What arms of one model and framing may differ in."""
BREAKDOWNS: tuple[By, ...] = ("topic", "map", "continent")


def matrices(tables: Mapping[str, ArmTable]) -> tuple[Matrix, ...]:
    """Return answers by peoples, per arm that answers for each culture apart: alignment, and
    centred.
    """
    rows = []
    for arm, table in tables.items():
        if table.common or len(table.cultures) < 2:
            continue
        agreed = agreement(table)
        centred_CC = double_centred(agreed.value_CC)
        if np.abs(centred_CC).max() < NOTHING:  # the same answers for every culture
            continue
        cultures, alignment = tuple(agreed.cultures), _square(agreed.value_CC)
        rows.append(Matrix(arm, cultures, alignment, _square(centred_CC), agreed.n))
    return tuple(rows)


def _square(value_CC: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, value_CC.tolist()))


def breakdowns(
    tables: Mapping[str, ArmTable], against: Mapping[str, str], primary: str, drawn: Resampling
) -> tuple[PartRow, ...]:
    """Return the primary metric by topic, with the culture map's items apart, and by continent, and
    its differences; means over cultures.
    """
    return tuple(
        row for by in BREAKDOWNS for row in _breakdown(by, tables, dict(against), primary, drawn)
    )


def _breakdown(
    by: By, tables: Mapping[str, ArmTable], against: dict[str, str], primary: str, drawn: Resampling
) -> list[PartRow]:
    cut = {arm: parts(table, by) for arm, table in tables.items()}
    names = list(dict.fromkeys(name for names_of in cut.values() for name in names_of))
    rows: list[PartRow] = []
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


def _part(by: By, name: str, arm: str, against: str, figure: Score | Difference) -> PartRow:
    estimate = (figure.value, figure.low, figure.high, figure.n)
    return PartRow(by, name, arm, against, figure.metric, *estimate)


def culture_map(
    arms: Mapping[str, Measured], survey: Survey, cultures: Sequence[str], seed: int
) -> CultureMap | None:
    """Return where peoples and arms stand; None where the study did not ask the map's items."""
    places = [place for arm in arms.values() for place in arm.places]
    if not places or not set(map_items()) <= set(survey.items):
        return None
    people = people_positions(survey, cultures, seed=seed)
    fitted = fit(people)
    others = tuple(
        replace(place, culture=name)
        for name, place in published_positions().items()
        if name not in cultures
    )
    return CultureMap(tuple(people), tuple(places), fitted if fitted.n >= 3 else None, others)


def variance(arms: Mapping[str, Measured]) -> tuple[ArmSource, ...]:
    """Return the variance of each arm's answers by source."""
    return tuple(
        widened(ArmSource, source, arm=name) for name, arm in arms.items() for source in arm.sources
    )


def reliabilities(
    arms: Mapping[str, Measured], tables: Mapping[str, ArmTable], drawn: Resampling
) -> tuple[ArmReliability, ...]:
    """Return how far each arm's answers agree over ways to ask, and over training seeds."""
    by_way = {
        name: [repeats.of(arm.table.items) for repeats in arm.repeats] for name, arm in arms.items()
    }
    by_seed = {name: list(seed_repeats(table)) for name, table in tables.items()}
    return tuple(
        widened(ArmReliability, row, arm=name)
        for name in dict.fromkeys([*by_way, *by_seed])
        for row in reliability([*by_way.get(name, ()), *by_seed.get(name, ())], drawn)
    )


def variance_of_asking(
    arms: Mapping[str, Measured], alike: Sequence[Sequence[str]], survey: Survey
) -> tuple[ArmSource, ...]:
    """Return the variance by source of arms taken together that differ in how they are asked alone:
    their presentation, labels, thoughts are sources too.
    """
    rows = []
    for names in alike:
        every = Variation(survey)
        for name in names:
            if (own := arms[name].variation) is not None:
                every.take(own)
        if every.varied & ASKED:
            label = " + ".join(names)
            rows += [widened(ArmSource, source, arm=label) for source in every.sources()]
    return tuple(rows)


def positions(arms: Mapping[str, Measured]) -> tuple[ArmHabit, ...]:
    """Return the habit of position of each arm that was shown several orders."""
    return tuple(widened(ArmHabit, arm.habit, arm=name) for name, arm in arms.items() if arm.habit)


def text_agreements(
    arms: Sequence[tuple[str, str, str]], tables: Mapping[str, ArmTable], seed: int
) -> tuple[ArmTexts, ...]:
    """Return option probabilities against texts, where one model was asked one way for both.

    `arms` are (id, model, framing).
    """
    rows = []
    for (one, *asked), (other, *also) in itertools.permutations(arms, 2):
        kinds = (tables[one].kind, tables[other].kind)
        if asked == also and kinds in (("expected", "sampled"), ("expected", "point")):
            agreed = text_agreement(tables[one], tables[other], seed)
            rows.append(widened(ArmTexts, agreed, expected=one, sampled=other))
    return tuple(rows)
