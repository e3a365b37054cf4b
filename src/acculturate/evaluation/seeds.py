"""Training seeds as a level of chance: what holds of the method, not of one adapter.

With one seed an interval speaks of this adapter only. With several, the spread of the seeds' scores
is added to that of the items (`statistics.bootstrap.seed_interval`), and the interval is that of
the mean over seeds that might have been.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.comparison import Difference, check_pair, paired_ratios
from acculturate.evaluation.draws import draw_ratios
from acculturate.evaluation.measures import find_metrics
from acculturate.evaluation.scores import MEAN, score_row
from acculturate.metrics.ratio import Ratio
from acculturate.records import Score
from acculturate.statistics.bootstrap import (
    Resampling,
    effective_batteries,
    macro_mean,
    seed_interval,
)

Floats = NDArray[np.float64]


def seed_scores(
    tables: Sequence[ArmTable],
    metrics: Sequence[str] | None = None,
    resampling: Resampling | None = None,
) -> list[Score]:
    """Mean scores over seeds, one table each, named as the first; intervals need two seeds.

    Raises `SurveyError` where the tables stand on different cultures or items, or there is none.
    """
    first = _first(tables)
    resampling = resampling or Resampling()
    chosen = {name: m for name, m in find_metrics(metrics).items() if all(map(m.applies, tables))}
    rows = []
    for name, metric in chosen.items():

        def ratios(people_CIK: Floats, drawn: Sequence[ArmTable]) -> list[Ratio]:
            return [metric.ratio(table, people_CIK) for table in drawn]  # noqa: B023  # used at once

        observed = ratios(first.people.share_CIK, tables)
        value_SC = np.stack([metric.finish(ratio.value()) for ratio in observed])
        draw_SBC = np.stack(
            [metric.finish(draw) for draw in draw_ratios(ratios, tables, resampling)]
        )
        n_C = np.mean([ratio.scored_I.sum(-1) for ratio in observed], axis=0)
        for culture, value_S, draw_SB, n in _cells(first.cultures, value_SC, draw_SBC, n_C):
            bounds = seed_interval(value_S, draw_SB, _clusters(first, resampling))
            rows.append(score_row(first, name, culture, float(value_S.mean()), bounds, int(n)))
    return rows


def seed_differences(
    arms: Sequence[ArmTable],
    controls: Sequence[ArmTable],
    metrics: Sequence[str] | None = None,
    resampling: Resampling | None = None,
) -> list[Difference]:
    """Mean paired differences over seeds: `arms[s]` minus `controls[s]`.

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
                each
                for arm, control in sides
                for each in paired_ratios(metric, arm, control, people_CIK)  # noqa: B023
            ]

        observed = ratios(first.people.share_CIK, pairs)
        finished = np.stack([metric.finish(ratio.value()) for ratio in observed])
        draws = np.stack([metric.finish(each) for each in draw_ratios(ratios, pairs, resampling)])
        n_C = np.mean([ratio.scored_I.sum(-1) for ratio in observed], axis=0)
        for culture, value_S, draw_SB, n in _cells(
            first.cultures, finished[::2] - finished[1::2], draws[::2] - draws[1::2], n_C
        ):
            low, high = seed_interval(value_S, draw_SB, _clusters(first, resampling))
            control_name = controls[0].arm
            value = _known(float(value_S.mean()))
            rows.append(
                Difference(
                    name, culture, first.arm, control_name, value, _known(low), _known(high), int(n)
                )
            )
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
    cultures: Sequence[str], value_SC: Floats, draw_SBC: Floats, n_C: Floats
) -> list[tuple[str, Floats, Floats, float]]:
    rows = [
        (culture, value_SC[:, c], draw_SBC[..., c], float(n_C[c]))
        for c, culture in enumerate(cultures)
    ]
    means = np.stack([macro_mean(draw_BC) for draw_BC in draw_SBC])
    return [*rows, (MEAN, macro_mean(value_SC), means, float(n_C.max(initial=0)))]


def _clusters(table: ArmTable, resampling: Resampling) -> float | None:
    return effective_batteries(table.batteries) if resampling.items == "random" else None


def _known(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
