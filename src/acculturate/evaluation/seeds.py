"""Training seeds as a level of chance: what holds of the method, not of one adapter.

With one seed an interval speaks of this adapter only. With several, the spread of the seeds' scores
is added to that of the items (`statistics.bootstrap.seed_interval`), and the interval is that of
the mean over seeds that might have been.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.comparison import check_pair, paired_ratios
from acculturate.evaluation.draws import draw_ratios, may_be_drawn
from acculturate.evaluation.measures import find_metrics
from acculturate.evaluation.scores import MEAN, score_row
from acculturate.metrics.ratio import Ratio
from acculturate.records import Score
from acculturate.records.results.differences import Difference
from acculturate.statistics.bootstrap import Resampling
from acculturate.statistics.interval import NO_INTERVAL, Interval, seed_interval, worth_of_batteries

Floats = NDArray[np.float64]


def over_seeds(tables: Sequence[ArmTable], arm: str) -> ArmTable:
    """Return the table of an arm that was made with several seeds: the first one's, with all."""
    named = tuple(replace(table, arm=arm) for table in tables)
    return replace(_first(named), seeds=named)


def paired_seeds(arm: ArmTable, control: ArmTable) -> tuple[Sequence[ArmTable], Sequence[ArmTable]]:
    """Return the tables of two arms seed by seed; one that was not trained stands beside each."""
    seeds = max(len(arm.seeds), len(control.seeds))
    ours, theirs = (table.seeds or (table,) * seeds for table in (arm, control))
    return ours, theirs


def seed_scores(
    tables: Sequence[ArmTable],
    metrics: Sequence[str] | None = None,
    resampling: Resampling | None = None,
) -> list[Score]:
    """Return the mean scores over seeds, one table each, named as the first; intervals need two
    seeds.

    Raises `SurveyError` where the tables stand on different cultures or items, or there is none.
    """
    first = _first(tables)
    resampling = resampling or Resampling()
    applied = {name: m for name, m in find_metrics(metrics).items() if all(map(m.applies, tables))}
    rows = []
    for name, metric in applied.items():

        def ratios(people_CIK: Floats, drawn: Sequence[ArmTable]) -> list[Ratio]:
            return [metric.together(metric.ratio(t, people_CIK)) for t in drawn]  # noqa: B023  # used at once

        observed = ratios(first.people.share_CIK, tables)
        value_SC = np.stack([metric.values(ratio.value()) for ratio in observed])
        draw_SBC = np.stack([metric.values(d) for d in draw_ratios(ratios, tables, resampling)])
        for cell in _cells(first, observed, value_SC, draw_SBC, resampling):
            rows.append(score_row(first, name, *cell))
    return rows


def seed_differences(
    arms: Sequence[ArmTable],
    controls: Sequence[ArmTable],
    metrics: Sequence[str] | None = None,
    resampling: Resampling | None = None,
) -> list[Difference]:
    """Return the mean paired differences over seeds: `arms[s]` minus `controls[s]`.

    A control that was not trained is given once for each seed. Raises `SurveyError` where numbers
    of seeds, cultures, items or kinds of answer differ.
    """
    first = _first(arms)
    if len(arms) != len(controls):
        raise SurveyError(
            f"{len(arms)} seeds of '{first.arm}' cannot be paired with {len(controls)} of the "
            "control: give the control's table once for each seed."
        )
    for arm, control in zip(arms, controls, strict=True):
        check_pair(arm, control)
    resampling = resampling or Resampling()
    pairs = [table for pair in zip(arms, controls, strict=True) for table in pair]
    rows = []
    for name, metric in find_metrics(metrics).items():
        if not all(map(metric.applies, pairs)):
            continue

        def ratios(people_CIK: Floats, drawn: Sequence[ArmTable]) -> list[Ratio]:
            sides = zip(drawn[::2], drawn[1::2], strict=True)
            return [
                ratio
                for arm, control in sides
                for ratio in paired_ratios(metric, arm, control, people_CIK)  # noqa: B023
            ]

        observed = ratios(first.people.share_CIK, pairs)
        finished = np.stack([metric.values(ratio.value()) for ratio in observed])
        draws = np.stack([metric.values(ratio) for ratio in draw_ratios(ratios, pairs, resampling)])
        value_SC, draw_SBC = finished[::2] - finished[1::2], draws[::2] - draws[1::2]
        for cell in _cells(first, observed[::2], value_SC, draw_SBC, resampling):
            culture, value, bounds, n = cell
            rows.append(Difference(name, culture, first.arm, controls[0].arm, *bounds.of(value), n))
    return rows


def _first(tables: Sequence[ArmTable]) -> ArmTable:
    if not tables:
        raise SurveyError("There are no seeds: give one table for each.")
    for table in tables[1:]:
        if table.cultures != tables[0].cultures or table.items != tables[0].items:
            raise SurveyError(
                f"The seeds of '{tables[0].arm}' stand on different cultures or items: build all "
                "tables with the same `cultures` and `items`."
            )
    return tables[0]


def _cells(
    table: ArmTable,
    observed: Sequence[Ratio],
    value_SC: Floats,
    draw_SBC: Floats,
    resampling: Resampling,
) -> Iterator[tuple[str, float, Interval, int]]:
    """Yield each culture's mean over seeds, its interval and its items, then those of all
    cultures.
    """
    scored_SCI = np.stack([ratio.scored_I[: len(table.cultures)] for ratio in observed])
    for c, culture in enumerate((*table.cultures, MEAN)):
        cells_SCI = scored_SCI if culture == MEAN else scored_SCI[:, c : c + 1]
        scored_CI = np.asarray(cells_SCI.any(0))
        n = int(cells_SCI.any(1).sum(-1).mean())
        bounds = NO_INTERVAL
        if may_be_drawn(scored_CI, table.batteries, resampling):
            draw_SB = draw_SBC[..., c]
            clusters = None
            if resampling.items == "random":
                whose = (table.batteries, np.asarray(scored_CI.any(0)), resampling.seed)
                clusters = worth_of_batteries(draw_SB.mean(0), *whose)
            bounds = seed_interval(value_SC[:, c], draw_SB, clusters)
        yield culture, float(value_SC[:, c].mean()), bounds, n
