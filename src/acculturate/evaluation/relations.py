"""Relations between cultures: who is like whom, among peoples and among a model's answers for them.

A matrix of similarities holds 1 less the mean distance of two cultures' answers, over the items
that all of them have. The peoples' and an arm's are correlated over pairs of cultures; whole
cultures are exchanged to see what chance gives (Mantel's test). Neighbours are each culture's most
similar ones, and a tree joins cultures by average linkage.

    kinship = relations([before, after], Resampling())
    kinship.arms[0].correlation.value
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.draws import interval
from acculturate.evaluation.specificity_scores import mean_agreement, weighted_agreement
from acculturate.metrics.divergence import item_distance
from acculturate.records.results.kinship import ArmKinship, Kinship, Merge, Relations
from acculturate.statistics.bootstrap import Resampling, item_weights
from acculturate.statistics.interval import NO_INTERVAL
from acculturate.statistics.permutation import culture_orders, upper_p
from acculturate.survey import People

Floats = NDArray[np.float64]
FEWEST = 3  # cultures: two make one pair, which correlates with nothing
NEIGHBOURS = 3
PERMUTATIONS = 2000
ALIKE = 1e-9


def relations(tables: Sequence[ArmTable], resampling: Resampling) -> Relations | None:
    """Return peoples and arms that answer for each culture apart; None for fewer than three
    cultures.
    """
    told = [table for table in tables if not table.common]
    if not told or len(told[0].cultures) < FEWEST:
        return None
    people, cultures = told[0].people, told[0].cultures
    kins = [_kin_of(table, resampling) for table in told]
    near = _nearest(len(cultures))
    return Relations(
        cultures,
        _kinship(_on_common(_distances(people.share_CIK, people)), cultures),
        tuple(kin for kin in kins if kin is not None),
        near / (len(cultures) - 1),
    )


def _kin_of(table: ArmTable, resampling: Resampling) -> ArmKinship | None:
    """Return an arm against the peoples, on the items that every culture has on both sides."""
    people = table.people
    ours_CCI = _distances(table.share_CIK, people)
    theirs_CCI = _distances(people.share_CIK, people)
    both_I = np.asarray(np.isfinite(ours_CCI + theirs_CCI).all((0, 1)))
    if not both_I.any():
        return None
    ours_CCI, theirs_CCI = (
        np.where(both_I, agreement_CCI, np.nan) for agreement_CCI in (ours_CCI, theirs_CCI)
    )
    kin, theirs = (
        _kinship(agreement_CCI, table.cultures) for agreement_CCI in (ours_CCI, theirs_CCI)
    )
    n = int(both_I.sum())
    ours_CC, theirs_CC = mean_agreement(ours_CCI), mean_agreement(theirs_CCI)
    value = float(_correlation(ours_CC, theirs_CC))
    if not np.isfinite(value):
        return ArmKinship(table.arm, kin, None, None, None, None, None, n)
    bounds = NO_INTERVAL
    if resampling.items == "random":
        weight_BI = item_weights(table.batteries, resampling.draws, resampling.seed)
        sides = (
            weighted_agreement(agreement_CCI, weight_BI) for agreement_CCI in (ours_CCI, theirs_CCI)
        )
        bounds = interval(_correlation(*sides), value, both_I[None], people, resampling)
    shared = [
        len({*a} & {*b}) / len(a) for a, b in zip(kin.neighbours, theirs.neighbours, strict=True)
    ]
    p = _mantel(ours_CC, theirs_CC, value, resampling.seed)
    return ArmKinship(table.arm, kin, *bounds.of(value), p, float(np.mean(shared)), n)


def _distances(share_CIK: Floats, people: People) -> Floats:
    """Return the distance of each two cultures' answers to each item; shape (C, C, I)."""
    return item_distance(share_CIK[:, None], share_CIK[None, :], people.size_I, people.ordinal_I)


def _on_common(distance_CCI: Floats) -> Floats:
    """Return the matrices without the items that a culture lacks."""
    known_I = np.isfinite(distance_CCI).all((0, 1))
    return np.asarray(np.where(known_I, distance_CCI, np.nan))


def _kinship(distance_CCI: Floats, cultures: Sequence[str]) -> Kinship:
    similarity_CC = mean_agreement(distance_CCI)
    near = _nearest(len(cultures))
    neighbours = []
    for row, similar_C in enumerate(similarity_CC):
        order = [k for k in np.argsort(-similar_C, kind="stable").tolist() if k != row]
        neighbours.append(tuple(cultures[k] for k in order[:near]))
    return Kinship(
        tuple(map(tuple, similarity_CC.tolist())), tuple(neighbours), _tree(similarity_CC)
    )


def _nearest(cultures: int) -> int:
    """Return how many neighbours of each: three, and no more than half of the others."""
    return min(NEIGHBOURS, (cultures - 1) // 2)


def _tree(similarity_CC: Floats) -> tuple[Merge, ...]:
    """Return merges by average linkage; none where a pair has no item in common."""
    from scipy.cluster.hierarchy import average
    from scipy.spatial.distance import squareform

    gap_CC = np.maximum(1.0 - similarity_CC, 0.0)
    if not np.isfinite(gap_CC).all():
        return ()
    np.fill_diagonal(gap_CC, 0.0)
    merged = average(squareform((gap_CC + gap_CC.T) / 2, checks=False))
    return tuple((int(a), int(b), float(height)) for a, b, height, _ in merged)


def _correlation(one_CC: Floats, other_CC: Floats) -> Floats:
    """Return Pearson's r over pairs of cultures; shape (..., C, C) -> (...); NaN where all are
    alike.
    """
    first, second = np.triu_indices(one_CC.shape[-1], 1)
    one_P, other_P = one_CC[..., first, second], other_CC[..., first, second]
    one_P = one_P - one_P.mean(-1, keepdims=True)
    other_P = other_P - other_P.mean(-1, keepdims=True)
    size = np.sqrt((one_P**2).sum(-1) * (other_P**2).sum(-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(size > ALIKE**2, (one_P * other_P).sum(-1) / size, np.nan))


def _mantel(ours_CC: Floats, theirs_CC: Floats, value: float, seed: int) -> float:
    """Return the share of exchanges of whole cultures with a correlation as high as the
    one seen.
    """
    order_BC = culture_orders(len(ours_CC), PERMUTATIONS, seed)
    exchanged_BCC = ours_CC[order_BC[:, :, None], order_BC[:, None, :]]
    return upper_p(_correlation(exchanged_BCC, theirs_CC), value)
