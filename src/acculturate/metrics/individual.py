"""Answers of single persons: how well a persona's answer meets the person's own.

Accuracy alone rewards answers without variety: always giving the country's mode beats drawing from
its very marginals. So the score of a whole distribution (ranked probability, proper: nothing beats
the truth on average) stands beside it, as a skill over the country's marginals, and so does the
correlation within the country, which a persona that answers like everybody cannot raise.

Hard and soft accuracy are those of `metrics.accuracy` with `given_shares` as the people. Axes: R
respondents, I items, K options in scale order (zero-padded), F features.

    >>> import numpy as np
    >>> given = given_shares(np.array([[0], [-1]]), 3)
    >>> given[0, 0].tolist(), bool(np.isnan(given[1, 0]).all())
    ([1.0, 0.0, 0.0], True)
"""

import numpy as np
from numpy.typing import NDArray

from acculturate.metrics.divergence import Bools, Floats, Ints

RIDGE = 10.0
FOLDS = 5


def given_shares(place_RI: NDArray[np.int64], width: int) -> Floats:
    """Return one-hot rows of the options' places on the scale; NaN where a place is negative
    (missing).
    """
    share_RIK = np.eye(width)[np.maximum(place_RI, 0)]
    return np.where((place_RI < 0)[..., None], np.nan, share_RIK)


def ranked_probability(model_K: Floats, given_K: Floats, size: Ints, ordinal: Bools) -> Floats:
    """Return the squared error of a forecast of one answer, in [0, 1]; lower is better (Epstein
    1969).

    ``sum_k (P_k - G_k)^2 / (K - 1)`` of cumulative shares on ordinal items, half the Brier score
    ``sum_k (p_k - g_k)^2 / 2`` on nominal ones.
    """
    gap_K = model_K - given_K
    along = (np.cumsum(gap_K, -1) ** 2).sum(-1) / np.maximum(size - 1, 1)
    return np.asarray(np.where(ordinal, along, (gap_K**2).sum(-1) / 2))


def marginal(given_RIK: Floats) -> Floats:
    """Return the mean share over the respondents who answered; NaN where nobody did.
    Shape (I, K).
    """
    known_RI = np.asarray(np.isfinite(given_RIK).all(-1))
    total_IK = np.where(known_RI[..., None], given_RIK, 0.0).sum(0)
    n_I = known_RI.sum(0)[:, None]
    return np.where(n_I > 0, total_IK / np.maximum(n_I, 1), np.nan)


def demographics_forecast(given_RIK: Floats, feature_RF: Floats, seed: int = 0) -> Floats:
    """Return what a ridge regression on demographics says of each respondent; shape (R, I, K).

    Shares of options on features (dummies of any scale), fitted on the other folds of respondents,
    so that no respondent is forecast from their own answers; clipped at 0 and made to sum to 1.
    An item that no respondent of the other folds answered is NaN.
    """
    n, items, width = given_RIK.shape
    fold_R = np.random.default_rng(seed).permutation(n) % FOLDS
    forecast_RIK = np.full((n, items, width), np.nan)
    known_RI = np.asarray(np.isfinite(given_RIK).all(-1))
    spread_F = feature_RF.std(0)
    feature_RF = (feature_RF - feature_RF.mean(0)) / np.where(spread_F > 0, spread_F, 1.0)
    for fold in range(FOLDS):
        asked = np.flatnonzero(fold_R == fold)
        for i in range(items):
            rest = np.flatnonzero((fold_R != fold) & known_RI[:, i])
            if len(rest):
                forecast_RIK[asked, i] = _ridge(
                    feature_RF[rest], given_RIK[rest, i], feature_RF[asked]
                )
    total_RI = forecast_RIK.sum(-1, keepdims=True)
    return np.asarray(forecast_RIK / total_RI)


def _ridge(known_RF: Floats, share_RK: Floats, asked_RF: Floats) -> Floats:
    middle_F, level_K = known_RF.mean(0), share_RK.mean(0)
    centred = known_RF - middle_F
    square = centred.T @ centred + RIDGE * np.eye(known_RF.shape[1])
    weight_FK = np.linalg.solve(square, centred.T @ (share_RK - level_K))
    # a floor above 0 keeps a row from summing to nothing
    return np.asarray(np.maximum(level_K + (asked_RF - middle_F) @ weight_FK, 0.02 * level_K))
