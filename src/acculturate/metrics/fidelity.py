"""Population fidelity: whether a model's cultures are near to the people, and as unlike each other.

A model that answers alike for every culture can be near to all of them. The Population Fidelity
Score (da Silva et al. 2026, arXiv 2609.36253) asks three things of an item and takes the geometric
mean of the answers:

    accuracy      1 - mean distance of a culture's answers to its own people
    adaptability  min(A, 1/A), A = median distance between the model's cultures / between the people
    structure     Spearman correlation of the model's pairwise distances with the people's, at
                  least 0

Distances are along the scale, in lengths of the scale, so nominal items have no score. Axes: C
cultures, I items, K options in scale order (zero-padded), P pairs of cultures.

    >>> import numpy as np
    >>> people = np.array([[[0.1, 0.9]], [[0.5, 0.5]], [[0.7, 0.3]]])
    >>> fidelity(people, people, np.array([2]), np.array([True])).score_I.round(9).tolist()
    [1.0]
    >>> alike = np.full_like(people, 0.5)  # the same answers for every culture
    >>> part = fidelity(alike, people, np.array([2]), np.array([True]))
    >>> [float(value_I[0].round(3)) for value_I in part]
    [0.8, 0.0, 0.0]
"""

from typing import NamedTuple

import numpy as np

from acculturate.metrics.divergence import Bools, Floats, Ints, wasserstein
from acculturate.metrics.ratio import divide

FEWEST_CULTURES = 3
"""Two cultures are one pair, and one pair has no order of distances."""
ALIKE_TO = 12
"""Decimals to which distances have to agree to be ties: they come from sums of shares."""


class Fidelity(NamedTuple):
    """The three parts per item, each in [0, 1]; NaN where an item has none.

    An item has none where it is nominal, where fewer than three cultures have both answers and
    people, and where the people of all of them answer alike. Answers that are alike for all
    cultures have an adaptability and a structure of 0.
    """

    accuracy_I: Floats
    adaptability_I: Floats
    structure_I: Floats

    @property
    def score_I(self) -> Floats:
        """The geometric mean of the parts, in [0, 1]: 0 where one of them is."""
        return np.asarray(np.cbrt(self.accuracy_I * self.adaptability_I * self.structure_I))

    @property
    def scored_I(self) -> Bools:
        """Which items have a score."""
        return np.asarray(np.isfinite(self.score_I))


def fidelity(model_CIK: Floats, people_CIK: Floats, size_I: Ints, ordinal_I: Bools) -> Fidelity:
    """Return the parts of each item from shares of shape (C, I, K), on the common support."""
    scored_CI = np.asarray(np.isfinite(model_CIK + people_CIK).all(-1))
    kept_I = np.asarray(ordinal_I & (scored_CI.sum(0) >= FEWEST_CULTURES))
    part_QI = np.full((3, len(size_I)), np.nan)
    if kept_I.any():
        shares = (model_CIK[:, kept_I], people_CIK[:, kept_I])
        part_QI[:, kept_I] = _parts(*shares, scored_CI[:, kept_I], size_I[kept_I])
    return Fidelity(*part_QI)


def _parts(model_CIK: Floats, people_CIK: Floats, scored_CI: Bools, size_I: Ints) -> Floats:
    """Return the three parts of items that three cultures have; shape (3, I)."""
    model_PI, people_PI = (
        _pairwise(share_CIK, scored_CI, size_I) for share_CIK in (model_CIK, people_CIK)
    )
    distance_CI = np.where(scored_CI, wasserstein(model_CIK, people_CIK, size_I), np.nan)
    ratio_I = divide(_median(model_PI), _median(people_PI))
    part_QI = np.stack(
        [
            1 - np.nanmean(distance_CI, 0),
            np.where(ratio_I > 1, divide(np.ones_like(ratio_I), ratio_I), ratio_I),
            np.maximum(_rank_correlation(model_PI, people_PI), 0.0),
        ]
    )
    return np.where(np.isfinite(part_QI).all(0), part_QI, np.nan)


def _median(distance_PI: Floats) -> Floats:
    """Return the median over the pairs of each item that have a distance; shape (I,)."""
    lacking = np.isnan(distance_PI).any()  # nanmedian is ten times slower
    return np.asarray(np.nanmedian(distance_PI, 0) if lacking else np.median(distance_PI, 0))


def _pairwise(share_CIK: Floats, scored_CI: Bools, size_I: Ints) -> Floats:
    """Return distances between cultures; shape (P, I), NaN where one of a pair is not scored."""
    first_P, second_P = np.triu_indices(len(share_CIK), 1)
    distance_PI = wasserstein(share_CIK[first_P], share_CIK[second_P], size_I)
    return np.where(scored_CI[first_P] & scored_CI[second_P], distance_PI, np.nan)


def _rank_correlation(model_PI: Floats, people_PI: Floats) -> Floats:
    """Return Spearman's correlation over the pairs of each item; shape (I,).

    0 where the model's distances are all alike, NaN where the people's are.
    """
    model_PI, people_PI = _centred_ranks(model_PI), _centred_ranks(people_PI)
    model_I, people_I = np.nansum(model_PI**2, 0), np.nansum(people_PI**2, 0)
    both_I = np.nansum(model_PI * people_PI, 0)
    correlation_I = divide(both_I, np.sqrt(model_I * people_I))
    return np.where((model_I == 0) & (people_I > 0), 0.0, correlation_I)


def _centred_ranks(distance_PI: Floats) -> Floats:
    """Return each item's ranks less their mean, ties at their mean rank; NaN stays NaN."""
    from scipy.stats import rankdata

    policy = "omit" if np.isnan(distance_PI).any() else "propagate"  # omit goes item by item
    rank_PI = rankdata(np.round(distance_PI, ALIKE_TO), axis=0, nan_policy=policy)
    return np.asarray(rank_PI - np.nanmean(rank_PI, 0))
