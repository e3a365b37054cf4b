"""The field's measures by their own names, as the package popfidelity computes them.

Other papers report other figures of the same shares. These are computed only where they are named,
by a package of their own (extra `measures`), so that a number can be held against a paper's. Each
is a ratio of sums over items, so it has our interval: by battery. Axes: C cultures, I items, K
options.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import ConfigError, unknown
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.canon_measures import GROUPS, Measure, Sides
from acculturate.evaluation.draws import interval
from acculturate.evaluation.scores import MEAN, score_row
from acculturate.extras import lacking
from acculturate.metrics.divergence import wasserstein
from acculturate.metrics.fidelity import FEWEST_CULTURES
from acculturate.metrics.opinionqa import best_prompt, consistency
from acculturate.metrics.ratio import Ratio
from acculturate.records import Score
from acculturate.statistics.bootstrap import Resampling, item_weights, macro_mean, ratio_draws
from acculturate.statistics.interval import NO_INTERVAL

Floats = NDArray[np.float64]
STEERED = "steered:"
"""How the name begins of what several arms of one model show together."""


def canon_scores(
    table: ArmTable,
    groups: Sequence[str],
    resampling: Resampling | None = None,
    *,
    people_alone: bool = True,
) -> list[Score]:
    """Return rows of the measures of `groups`, culture by culture and their mean.

    Measures of all cultures together have the row "mean" alone. Where the items are fixed, rows
    have no interval. Without `people_alone` those that ask nothing of the model are left out: they
    are the same beside every arm. Raises `ConfigError` for a group that is not known, and without
    the extra.
    """
    measures, resampling = find_canon(groups), resampling or Resampling()
    items = list(_sides(table))
    rows: list[Score] = []
    for name, measure in measures.items():
        if measure.made_of == "topics":
            rows += _by_topic(table, name, measure, items, resampling)
        elif measure.made_of == "items" and (people_alone or not measure.people_alone):
            rows += _rows(table, name, measure, _ratio(table, measure, items), resampling)
    return rows


def steered_scores(
    arms: Sequence[ArmTable], groups: Sequence[str], resampling: Resampling | None = None
) -> list[Score]:
    """Return rows of measures that are made of several arms of one model, such as steerability, as
    those of an arm `steered:ONE+OTHER`.

    Empty for fewer than two arms that tell of the culture. Raises as `canon_scores`.
    """
    told = [arm for arm in arms if not arm.common]
    measures = {
        name: measure for name, measure in find_canon(groups).items() if measure.made_of == "arms"
    }
    if len(told) < 2 or not measures:
        return []
    distance_FCI = np.stack(
        [wasserstein(arm.share_CIK, arm.people.share_CIK, arm.people.size_I) for arm in told]
    )
    share_FCIK = np.stack([arm.share_CIK for arm in told])
    nearest_CI = best_prompt(1.0 - distance_FCI)
    share_CIK = np.take_along_axis(share_FCIK, nearest_CI[None, ..., None], axis=0)[0]
    name = f"{STEERED}{'+'.join(arm.arm for arm in told)}"
    table = replace(told[0], arm=name, framing=None, share_CIK=share_CIK, seeds=())
    items, drawn = list(_sides(table)), resampling or Resampling()
    return [
        row
        for metric, measure in measures.items()
        for row in _rows(table, metric, measure, _ratio(table, measure, items), drawn)
    ]


def _by_topic(
    table: ArmTable,
    name: str,
    measure: Measure,
    items: Sequence[tuple[NDArray[np.intp], Sides]],
    resampling: Resampling,
) -> list[Score]:
    """Return the share of topics that agree with all items on the best represented culture."""
    apart = replace(measure, together=False)
    value_CI = measure.offset + measure.scale * _ratio(table, apart, items).top_I
    topics, batteries = [item.topic for item in table.items], table.batteries
    value = float(consistency(value_CI, topics))
    if not np.isfinite(value):
        return []
    weight_BI = item_weights(batteries, resampling.draws, resampling.seed).astype(np.float64)
    scored_CI = np.isfinite(value_CI)
    draw_B = consistency(value_CI, topics, weight_BI)
    fixed = resampling.items == "fixed"
    bounds = NO_INTERVAL if fixed else interval(draw_B, value, scored_CI, table.people, resampling)
    return [score_row(table, name, MEAN, value, bounds, int(scored_CI.any(0).sum()))]


def find_canon(groups: Sequence[str]) -> dict[str, Measure]:
    """Return the measures of groups by their names.

    Raises `ConfigError` for a group that is not known, and where popfidelity is not installed.
    """
    for group in groups:
        if group not in GROUPS:
            raise ConfigError(unknown("group of measures", group, GROUPS))
    if groups and (missing := lacking("More measures need", "measures", "popfidelity")):
        raise ConfigError(f"{missing}.")
    return {
        name: figure for group in dict.fromkeys(groups) for name, figure in GROUPS[group]().items()
    }


def _sides(table: ArmTable) -> Iterator[tuple[NDArray[np.intp], Sides]]:
    """Yield of each item which cultures have both sides, and the sides."""
    people = table.people
    for i, size in enumerate(people.size_I.tolist()):
        own_CK, model_CK = people.share_CIK[:, i, :size], table.share_CIK[:, i, :size]
        has = np.flatnonzero(np.isfinite(own_CK + model_CK).all(-1))
        model_CK = model_CK[has] / model_CK[has].sum(-1, keepdims=True)
        yield has, Sides(own_CK[has], model_CK, people.effective_n_CI[has, i])


def _ratio(
    table: ArmTable, measure: Measure, items: Sequence[tuple[NDArray[np.intp], Sides]]
) -> Ratio:
    """Return the sums of a measure over items; NaN where an item has none."""
    shape = (1 if measure.together else len(table.cultures), len(items))
    top_CI, bottom_CI = np.full(shape, np.nan), np.full(shape, np.nan)
    for i, (has, sides) in enumerate(items):
        skipped = measure.ordinal and not table.people.ordinal_I[i]
        if skipped or len(has) < (FEWEST_CULTURES if measure.together else 1):
            continue
        rows = [0] if measure.together else has
        top_CI[rows, i] = measure.of(sides)
        bottom_CI[rows, i] = measure.over(sides) if measure.over else 1.0
    return Ratio(top_CI, bottom_CI)


def _rows(
    table: ArmTable, name: str, measure: Measure, ratio: Ratio, resampling: Resampling
) -> list[Score]:
    if not ratio.scored_I.any():
        return []
    weight_BI = item_weights(table.batteries, resampling.draws, resampling.seed)
    sides = (ratio.value(), ratio_draws(*ratio.filled(), weight_BI))
    value_C, draw_BC = (measure.offset + measure.scale * side for side in sides)
    if not measure.together:
        value_C, draw_BC = (
            np.concatenate([side, macro_mean(side)[..., None]], axis=-1)
            for side in (value_C, draw_BC)
        )
    named = [MEAN] if measure.together else [*table.cultures, MEAN]
    rows = []
    for c, culture in enumerate(named):
        scored_CI = ratio.scored_I if culture == MEAN else ratio.scored_I[c : c + 1]
        fixed = resampling.items == "fixed"
        bounds = (
            NO_INTERVAL
            if fixed
            else interval(draw_BC[:, c], value_C[c], scored_CI, table.people, resampling)
        )
        n = int(scored_CI.any(0).sum())
        rows.append(score_row(table, name, culture, float(value_C[c]), bounds, n))
    return rows
