"""Population fidelity: whether an arm came nearer to the people by answering alike for all.

An arm can come nearer to all peoples by answering alike for every culture. Its score (see
`metrics.fidelity`) then stays where it was, and its parts say why: accuracy rises and adaptability
falls. Each figure is a mean over the items that have one, with the interval of a draw of batteries.

    >>> from acculturate.evaluation.reference_arms import reference_tables
    >>> from acculturate.survey import load_survey
    >>> survey = load_survey()
    >>> uniform = reference_tables(survey, ["CHN", "DEU", "NGA"], survey.select("all"))[0]
    >>> [row.metric for row in fidelity_scores(uniform) if not row.value]
    ['population_fidelity', 'fidelity_adaptability', 'fidelity_structure', \
'population_fidelity_as_published']
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.comparison import check_pair, span
from acculturate.evaluation.draws import draw_ratios, interval
from acculturate.evaluation.scores import MEAN, score_row
from acculturate.metrics.fidelity import Fidelity, fidelity
from acculturate.metrics.ratio import Ratio, mean
from acculturate.records import Score
from acculturate.records.results.differences import Difference
from acculturate.records.results.faithful import FidelityRow
from acculturate.statistics.bootstrap import Resampling, leave_one_out, ratio_draws
from acculturate.statistics.interval import Interval

Floats = NDArray[np.float64]

SCORE, PUBLISHED = "population_fidelity", "population_fidelity_as_published"
PARTS = ("fidelity_accuracy", "fidelity_adaptability", "fidelity_structure")
FIGURES = (SCORE, *PARTS)
PART_NAMES = tuple(name.removeprefix("fidelity_") for name in PARTS)
PEOPLE_DRAWS = 200  # each compares every two cultures on every item


def fidelity_scores(table: ArmTable, resampling: Resampling | None = None) -> list[Score]:
    """Return the score, its parts, and the score as published, each over all cultures together.

    Empty where no item has a score: fewer than three cultures, or nominal items alone. The
    published score is the geometric mean over items, so one item without a structure makes it 0;
    it has no interval.
    """
    resampling = _fewer_people(resampling or Resampling())
    ratio = _ratio(table, table.people.share_CIK)
    scored_I = ratio.scored_I[:1]
    if not scored_I.any():
        return []
    n = int(scored_I.sum())
    (draw_BF,) = draw_ratios(lambda people, drawn: [_ratio(drawn[0], people)], [table], resampling)
    rows = [
        score_row(table, name, MEAN, value, _bounds(draw_B, value, scored_I, table, resampling), n)
        for name, value, draw_B in zip(FIGURES, ratio.value().tolist(), draw_BF.T, strict=True)
    ]
    return [*rows, score_row(table, PUBLISHED, MEAN, _geometric_mean(ratio.top_I[0]), n=n)]


def fidelity_row(table: ArmTable) -> FidelityRow | None:
    """Return the score with its parts, and which of them is the lowest on how many items; None
    where no item has a score.

    Of parts that are equally low the first counts, in the order accuracy, adaptability, structure.
    """
    people = table.people
    parts = fidelity(table.share_CIK, people.share_CIK, people.size_I, people.ordinal_I)
    if not parts.scored_I.any():
        return None
    part_QI = np.stack(parts)[:, parts.scored_I]
    binding = np.bincount(part_QI.argmin(0), minlength=len(PART_NAMES)).tolist()
    accuracy, adaptability, structure = part_QI.mean(1).tolist()
    return FidelityRow(
        table.arm,
        float(parts.score_I[parts.scored_I].mean()),
        accuracy,
        adaptability,
        structure,
        binds=PART_NAMES[binding.index(max(binding))],
        accuracy_binds=binding[0],
        adaptability_binds=binding[1],
        structure_binds=binding[2],
        n=part_QI.shape[1],
    )


def fidelity_differences(
    arm: ArmTable, control: ArmTable, resampling: Resampling | None = None
) -> list[Difference]:
    """Return the paired differences of the score and its parts, on the items that both have.

    Empty where there is no such item. Raises `SurveyError` for arms that cannot be compared.
    """
    check_pair(arm, control)
    resampling = _fewer_people(resampling or Resampling())
    sides = _pair(arm.people.share_CIK, [arm, control])
    scored_I = sides[0].scored_I[:1]
    if not scored_I.any():
        return []
    value_F = sides[0].value() - sides[1].value()
    draws = draw_ratios(_pair, [arm, control], resampling)
    draw_BF = draws[0] - draws[1]
    left_NF = _left_out(sides, arm.batteries)
    n = int(scored_I.sum())
    return [
        Difference(
            name,
            MEAN,
            arm.arm,
            control.arm,
            *_bounds(draw_BF[:, f], value_F[f], scored_I, arm, resampling).of(value_F[f]),
            n,
            *span(left_NF[:, f]),
        )
        for f, name in enumerate(FIGURES)
    ]


def _fewer_people(resampling: Resampling) -> Resampling:
    return replace(resampling, people_draws=min(resampling.people_draws, PEOPLE_DRAWS))


def _ratio(table: ArmTable, people_CIK: Floats) -> Ratio:
    """Return means over items of the score and its parts; shape (..., F, I), F as `FIGURES`."""
    people = table.people
    shares = np.broadcast_arrays(table.share_CIK, people_CIK)
    flat = [share_CIK.reshape(-1, *share_CIK.shape[-3:]) for share_CIK in shares]
    drawn_BFI = np.stack(
        [
            _figures(fidelity(model_CIK, own_CIK, people.size_I, people.ordinal_I))
            for model_CIK, own_CIK in zip(*flat, strict=True)
        ]
    )
    return mean(drawn_BFI.reshape(*shares[0].shape[:-3], *drawn_BFI.shape[1:]))


def _figures(parts: Fidelity) -> Floats:
    return np.stack([parts.score_I, *parts])


def _pair(people_CIK: Floats, tables: Sequence[ArmTable]) -> list[Ratio]:
    """Return the ratios of both arms over the items that both have."""
    sides = [_ratio(table, people_CIK) for table in tables]
    both_FI = sides[0].scored_I & sides[1].scored_I
    return [side.only(both_FI) for side in sides]


def _left_out(sides: Sequence[Ratio], batteries: Sequence[str]) -> Floats:
    """Return the differences that are left when each battery is left out; shape (N, F)."""
    weight_NI = leave_one_out(batteries)
    ours_NF, theirs_NF = (ratio_draws(*side.filled(), weight_NI) for side in sides)
    return np.asarray(ours_NF - theirs_NF)


def _bounds(
    draw_B: Floats,
    value: float,
    scored_I: NDArray[np.bool_],
    table: ArmTable,
    resampling: Resampling,
) -> Interval:
    return interval(draw_B, value, scored_I, table.people, resampling)


def _geometric_mean(score_I: Floats) -> float:
    known_I = score_I[np.isfinite(score_I)]
    return float(np.exp(np.log(known_I).mean())) if known_I.all() else 0.0
