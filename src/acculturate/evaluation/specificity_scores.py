"""Specificity of an arm: whether it knows this culture, or only people in general.

Two looks, both beside alignment and never instead of it. Deviations from the mean over cultures,
correlated with the people's and held against what exchanging whole cultures would give. And the
matrix of answers by peoples: are the answers given for a culture nearer to its own people than to
others', more than the answers given for others are? Axes: B draws, C cultures, I items, K options,
S statistics.

    >>> from acculturate.evaluation.reference_arms import reference_tables
    >>> from acculturate.survey import load_survey
    >>> survey = load_survey()
    >>> blind = reference_tables(survey, ["CHN", "DEU"], survey.select("all"))[0]
    >>> float(measure.pair_share(agreement(blind).value_CC))  # the same for all: chance
    0.5
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.draws import interval, with_texts_drawn
from acculturate.evaluation.scores import MEAN, score_row
from acculturate.metrics import specificity as measure
from acculturate.metrics.divergence import item_distance
from acculturate.metrics.ratio import divide
from acculturate.records import Score
from acculturate.statistics.bootstrap import Resampling, item_weights, people_draws
from acculturate.statistics.permutation import culture_orders, upper_p

Floats = NDArray[np.float64]
PERMUTATIONS = 2000
DRAWS_AT_ONCE = 1000
MATRIX_PEOPLE_DRAWS = 200  # each holds every culture's answers against every people


@dataclass(frozen=True)
class Agreement:
    """`value_CC[a, b]`: alignment of the answers given for `cultures[a]` with the people of b."""

    cultures: tuple[str, ...]
    value_CC: Floats
    n: int


def agreement(table: ArmTable) -> Agreement:
    """Return the matrix of one arm's answers by peoples."""
    distance = people_distances(table, table.people.share_CIK)
    return _agreement(table.cultures, distance)


def adapters_agreement(tables: Mapping[str, ArmTable]) -> Agreement:
    """Return the matrix of adapters by peoples: row a is `tables[a]`, adapted to culture a.

    Each arm is held against every culture of `tables`, in whatever framing it was asked. Raises
    `SurveyError` where an arm lacks one of them.
    """
    return _agreement(tuple(tables), _adapter_distances(tables))


def specificity_scores(table: ArmTable, resampling: Resampling | None = None) -> list[Score]:
    """Return rows of deviations, then rows of the matrix; none for fewer than two cultures.

    `deviation_correlation` stands per culture and, as "mean", pooled over cultures and items; it is
    None where one answer set is given for all. `deviation_correlation_chance` and `_p` are the
    standard deviation under exchanged cultures and the one-sided p-value. The items' intervals are
    those of `resampling`.
    """
    if len(table.cultures) < 2:
        return []
    resampling = resampling or Resampling()
    return [*deviation_scores(table, resampling), *matrix_scores(table, resampling)]


def matrix_scores(
    table: ArmTable,
    resampling: Resampling | None = None,
    adapters: Mapping[str, ArmTable] | None = None,
) -> list[Score]:
    """Return `double_centred_diagonal`, `pair_share` and `distinctness_as_published`, with
    intervals.

    Of one arm's answers, or of `adapters`, one arm per culture, whose rows `table` then names.
    Respondents are drawn at most 200 times.
    """
    resampling = resampling or Resampling()
    if adapters is None:
        return _matrix_rows(table, [table], lambda p, t: people_distances(t[0], p), resampling)
    names = tuple(adapters)

    def distances(people_CIK: Floats, drawn: Sequence[ArmTable]) -> Floats:
        return _adapter_distances(dict(zip(names, drawn, strict=True)), people_CIK)

    return _matrix_rows(table, list(adapters.values()), distances, resampling)


Distances = Callable[[Floats, Sequence[ArmTable]], Floats]
STATISTICS: dict[str, Callable[[Floats], Floats]] = {
    "double_centred_diagonal": measure.double_centred_diagonal,
    "pair_share": measure.pair_share,
    "distinctness_as_published": measure.distinctness_as_published,
}


def people_distances(table: ArmTable, people_CIK: Floats) -> Floats:
    """Return the distance of the answers given for a to the people of b; shape (..., C, C, I)."""
    people = table.people
    return item_distance(
        table.share_CIK[..., :, None, :, :],
        people_CIK[..., None, :, :, :],
        people.size_I,
        people.ordinal_I,
    )


def _adapter_distances(tables: Mapping[str, ArmTable], people_CIK: Floats | None = None) -> Floats:
    rows = []
    for culture, table in tables.items():
        lacking = [culture for culture in tables if culture not in table.cultures]
        if lacking:
            raise SurveyError(
                f"The arm '{table.arm}' of {culture} has no answers for {', '.join(lacking)}: ask "
                "every adapter for every culture."
            )
        people = table.people
        shares = people.share_CIK if people_CIK is None else people_CIK
        distance = item_distance(table.share_CIK, shares, people.size_I, people.ordinal_I)
        rows.append(distance[..., [table.cultures.index(culture) for culture in tables], :])
    return np.stack(rows, axis=-3)


def _agreement(cultures: tuple[str, ...], distance_CCI: Floats) -> Agreement:
    n = int(np.isfinite(distance_CCI).any((0, 1)).sum())
    return Agreement(cultures, mean_agreement(distance_CCI), n)


def mean_agreement(distance_CCI: Floats) -> Floats:
    """Return one less the mean distance over the items that have one; shape (C, C)."""
    scored = np.isfinite(distance_CCI)
    total = np.where(scored, distance_CCI, 0.0).sum(-1)
    return np.asarray(1.0 - divide(total, scored.sum(-1).astype(np.float64)))


def _matrix_rows(
    table: ArmTable, tables: Sequence[ArmTable], distances: Distances, resampling: Resampling
) -> list[Score]:
    if len(table.cultures) < 2:
        return []
    observed = distances(table.people.share_CIK, tables)
    agreement_rows = _agreement(table.cultures, observed)
    draws_BCC = matrix_draws(tables, distances, resampling)
    scored_CI = np.asarray(np.isfinite(observed).any(0))
    rows = []
    for name, statistic in STATISTICS.items():
        value = float(statistic(agreement_rows.value_CC))
        bounds = interval(statistic(draws_BCC), value, scored_CI, table.people, resampling)
        rows.append(score_row(table, name, MEAN, value, bounds, agreement_rows.n))
    return rows


def matrix_draws(
    tables: Sequence[ArmTable], distances: Distances, resampling: Resampling
) -> Floats:
    """Return draws of the matrix; shape (B, C, C)."""
    people = tables[0].people
    batteries = [item.battery for item in people.items]
    if not resampling.draws_people:
        distance = distances(people.share_CIK, tables)
        weight_BI = item_weights(batteries, resampling.draws, resampling.seed)
        return weighted_agreement(distance, weight_BI)
    rounds = min(resampling.rounds, MATRIX_PEOPLE_DRAWS)
    weight_BI = item_weights(batteries, rounds, resampling.seed)
    fixed = resampling.items == "fixed"
    if fixed:
        weight_BI = np.ones_like(weight_BI)
    stream = np.random.default_rng([resampling.seed, 5])
    parts = []
    draws = people_draws(people.count_CIK, people.effective_n_CI, rounds, resampling.seed)
    for which, share_BCIK in draws:
        for b, share_CIK in enumerate(share_BCIK):
            drawn = [_one_text_draw(table, stream) if fixed else table for table in tables]
            weight_I = weight_BI[which][b : b + 1]
            parts.append(weighted_agreement(distances(share_CIK, drawn), weight_I))
    return np.concatenate(parts)


def _one_text_draw(table: ArmTable, stream: np.random.Generator) -> ArmTable:
    drawn = with_texts_drawn(table, 1, stream)
    return table if drawn is table else replace(drawn, share_CIK=drawn.share_CIK[0])


def weighted_agreement(distance_CCI: Floats, weight_BI: NDArray[np.uint16]) -> Floats:
    """Return one less the weighted mean distance over the items of each draw; shape (B, C, C)."""
    n = distance_CCI.shape[0]
    flat = distance_CCI.reshape(n * n, -1)
    scored = np.isfinite(flat)
    filled, counted = np.where(scored, flat, 0.0), scored.astype(np.float64)
    parts = []
    for start in range(0, len(weight_BI), DRAWS_AT_ONCE):
        weight = weight_BI[start : start + DRAWS_AT_ONCE].astype(np.float64)
        parts.append(1.0 - divide(weight @ filled.T, weight @ counted.T))
    return np.concatenate(parts).reshape(-1, n, n)


def deviation_scores(
    table: ArmTable, resampling: Resampling, name: str = "deviation_correlation"
) -> list[Score]:
    """Return the correlation of an arm's deviations with the people's: per culture, pooled, and by
    chance.

    `name` is that of the rows, for shares that are no answers but differences of two arms' answers.
    """
    people = table.people
    shape = (table.share_CIK, people.share_CIK, people.size_I, people.ordinal_I)
    sums = measure.deviation_sums(*shape)
    if not (sums.model_CI.sum() > 1e-12):
        return [score_row(table, name, MEAN, float("nan"), n=0)]
    rows = cosine_rows(table, resampling, name, measure.deviation_sums)
    value, n = float(measure.deviation_correlation(sums)), rows[-1].n
    orders = culture_orders(len(table.cultures), PERMUTATIONS, resampling.seed)
    null_B = measure.permuted_correlations(*shape, orders)
    rows.append(score_row(table, f"{name}_chance", MEAN, float(null_B.std()), n=n))
    rows.append(score_row(table, f"{name}_p", MEAN, upper_p(null_B, value), n=n))
    return rows


Sums = Callable[[Floats, Floats, NDArray[np.int64], NDArray[np.bool_]], measure.DeviationSums]


def cosine_rows(table: ArmTable, resampling: Resampling, name: str, sums_of: Sums) -> list[Score]:
    """Return cosines of what `sums_of` makes of the model's and the people's shares, with
    intervals.

    A row per culture, then the one pooled over cultures and items, as "mean".
    """
    people = table.people
    sums = sums_of(table.share_CIK, people.share_CIK, people.size_I, people.ordinal_I)
    draws_BC, draws_B = _cosine_draws(table, resampling, sums_of)
    rows = []
    for c, value in enumerate(measure.culture_correlations(sums)):
        scored_CI = sums.scored_CI[c : c + 1]
        bounds = interval(draws_BC[:, c], value, scored_CI, people, resampling)
        n = int(scored_CI.sum())
        rows.append(score_row(table, name, table.cultures[c], value, bounds, n))
    value = float(measure.deviation_correlation(sums))
    bounds = interval(draws_B, value, sums.scored_CI, people, resampling)
    n = int(sums.scored_CI.any(0).sum())
    rows.append(score_row(table, name, MEAN, value, bounds, n))
    return rows


def _cosine_draws(table: ArmTable, resampling: Resampling, sums_of: Sums) -> tuple[Floats, Floats]:
    """Return draws of each culture's cosine (B, C) and of the pooled one (B,)."""
    people = table.people
    batteries = [item.battery for item in people.items]
    sums_SBC = []
    if not resampling.draws_people:
        weight_BI = item_weights(batteries, resampling.draws, resampling.seed).astype(np.float64)
        sums = sums_of(table.share_CIK, people.share_CIK, people.size_I, people.ordinal_I)
        parts = (sums.both_CI, sums.model_CI, sums.people_CI)
        sums_SBC.append(np.stack([weight_BI @ part.T for part in parts]))
    else:
        sums_SBC = _people_sums(table, batteries, resampling, sums_of)
    both, model, own = np.concatenate(sums_SBC, axis=1)
    each_BC = divide(both, np.sqrt(model * own))
    return each_BC, divide(both.sum(-1), np.sqrt(model.sum(-1) * own.sum(-1)))


def _people_sums(
    table: ArmTable, batteries: Sequence[str], resampling: Resampling, sums_of: Sums
) -> list[Floats]:
    people, rounds = table.people, resampling.rounds
    fixed = resampling.items == "fixed"
    weight_BI = item_weights(batteries, rounds, resampling.seed).astype(np.float64)
    weight_BI = np.ones_like(weight_BI) if fixed else weight_BI
    stream = np.random.default_rng([resampling.seed, 6])
    all_sums = []
    for which, share_BCIK in people_draws(
        people.count_CIK, people.effective_n_CI, rounds, resampling.seed
    ):
        drawn = with_texts_drawn(table, len(share_BCIK), stream) if fixed else table
        sums = sums_of(drawn.share_CIK, share_BCIK, people.size_I, people.ordinal_I)
        parts = (sums.both_CI, sums.model_CI, sums.people_CI)
        all_sums.append(np.stack([np.einsum("bci,bi->bc", p, weight_BI[which]) for p in parts]))
    return all_sums
