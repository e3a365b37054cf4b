"""Whether answers know *this* culture: agreement of deviations, not of levels.

A model that answers like mankind on average lies near every people. Here each side is centred
first: an item's mean over cultures is taken away from people and model alike, and what is left is
correlated. Nothing specific gives 0, whatever the level; a caricature gives a slope above 1. A
matrix of arms (or answers given for a culture) by peoples says the same of any agreement measure:
its double-centred diagonal and its pair share have a zero, which the published distinctness lacks.

Axes: C cultures, I items, K options in scale order (zero-padded); R rows of a matrix. Rows of NaN
(not asked, not answered) are left out of every sum and of the means that are taken away.

    >>> import numpy as np
    >>> people = np.array([[[0.2, 0.8]], [[0.6, 0.4]]])
    >>> size, ordinal = np.array([2]), np.array([True])
    >>> sums = deviation_sums(people, people, size, ordinal)
    >>> float(deviation_slope(sums)), round(float(deviation_correlation(sums)), 9)
    (1.0, 1.0)
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.metrics.divergence import Bools, Floats, Ints
from acculturate.metrics.ratio import Ratio, divide


class DeviationSums(NamedTuple):
    """Products of deviations, summed over options; 0 where a culture has no common item.

    `both_CI` model times people, `model_CI` and `people_CI` each squared, `scored_CI` which cells
    have both sides.
    """

    both_CI: Floats
    model_CI: Floats
    people_CI: Floats
    scored_CI: Bools

    @property
    def slopes(self) -> Ratio:
        """The two sums whose quotient is the slope, items on the last axis."""
        return Ratio(
            np.where(self.scored_CI, self.both_CI, np.nan),
            np.where(self.scored_CI, self.people_CI, np.nan),
        )


def profile(share_K: Floats, size: Ints, ordinal: Bools) -> Floats:
    """Return what deviations are taken of: cumulative shares without the last, or shares, over
    sqrt(K-1).

    Shape as `share_K` (..., I, K); `size` and `ordinal` have shape (I,). The squared length of a
    difference of two profiles is then at most 1 on an ordinal item and 2 / (K - 1) on a nominal.
    """
    inner_K = np.arange(share_K.shape[-1]) < np.asarray(size - 1)[..., None]
    along_K = np.where(inner_K, np.cumsum(share_K, -1), 0.0 * share_K)
    both_K = np.where(np.asarray(ordinal)[..., None], along_K, share_K)
    return np.asarray(both_K / np.sqrt(np.maximum(size - 1, 1))[..., None])


def deviations(profile_CIK: Floats, scored_CI: Bools) -> Floats:
    """Return profiles minus their mean over the scored cultures of each item; 0 where not
    scored.
    """
    known_CIK = np.where(scored_CI[..., None], profile_CIK, 0.0)
    n_I = np.maximum(scored_CI.sum(-2, keepdims=True), 1)[..., None]
    centred_CIK = known_CIK - known_CIK.sum(-3, keepdims=True) / n_I
    return np.asarray(np.where(scored_CI[..., None], centred_CIK, 0.0))


def less_block_means(
    model_CIK: Floats, people_CIK: Floats, blocks: Sequence[str]
) -> tuple[Floats, Floats]:
    """Return both sides' shares less their mean over the cultures of each block, on the common
    support; NaN where a side is missing.

    `blocks` names the block of each culture. Deviations of what is left are those within blocks,
    since its mean over all cultures is 0.
    """
    sides = np.broadcast_arrays(model_CIK, people_CIK)
    scored_CI = np.asarray(np.isfinite(sides[0] + sides[1]).all(-1))
    left = [np.full(side.shape, np.nan) for side in sides]
    for block in dict.fromkeys(blocks):
        own = [at for at, name in enumerate(blocks) if name == block]
        scored = scored_CI[..., own, :]
        for side, rest in zip(sides, left, strict=True):
            kept = deviations(side[..., own, :, :], scored)
            rest[..., own, :, :] = np.where(scored[..., None], kept, np.nan)
    return left[0], left[1]


def deviation_sums(
    model_CIK: Floats, people_CIK: Floats, size_I: Ints, ordinal_I: Bools
) -> DeviationSums:
    """Return sums per culture and item from shares of shape (..., C, I, K), on the common
    support.
    """
    model_CIK, people_CIK = np.broadcast_arrays(model_CIK, people_CIK)
    scored_CI = np.asarray(np.isfinite(model_CIK + people_CIK).all(-1))
    model = deviations(profile(model_CIK, size_I, ordinal_I), scored_CI)
    people = deviations(profile(people_CIK, size_I, ordinal_I), scored_CI)
    return DeviationSums(
        (model * people).sum(-1), (model**2).sum(-1), (people**2).sum(-1), scored_CI
    )


def beyond_sums(
    model_CIK: Floats, people_CIK: Floats, habit_CIK: Floats, size_I: Ints, ordinal_I: Bools
) -> DeviationSums:
    """Return sums of what is left of both sides' deviations when those of a habit are taken away.

    Each side is regressed on the habit's deviations over all cultures and items, so that the
    correlation of what is left is the partial correlation given the habit. Shapes (..., C, I, K).
    """
    model_CIK, people_CIK, habit_CIK = np.broadcast_arrays(model_CIK, people_CIK, habit_CIK)
    scored_CI = np.asarray(np.isfinite(model_CIK + people_CIK + habit_CIK).all(-1))
    model, people, habit = (
        deviations(profile(side_CIK, size_I, ordinal_I), scored_CI)
        for side_CIK in (model_CIK, people_CIK, habit_CIK)
    )
    model, people = _less(model, habit), _less(people, habit)
    return DeviationSums(
        (model * people).sum(-1), (model**2).sum(-1), (people**2).sum(-1), scored_CI
    )


def _less(side_CIK: Floats, habit_CIK: Floats) -> Floats:
    """Return one side less its regression on a habit; as it is where the habit does not deviate."""
    whole = (-3, -2, -1)
    both = (side_CIK * habit_CIK).sum(whole, keepdims=True)
    slope = np.nan_to_num(divide(both, (habit_CIK**2).sum(whole, keepdims=True)))
    return np.asarray(side_CIK - slope * habit_CIK)


def deviation_correlation(sums: DeviationSums) -> Floats:
    """Return ``sum Dm Dh / sqrt(sum Dm^2 * sum Dh^2)`` over cultures and items, in [-1, 1].

    NaN where either side does not deviate at all (one answer set for every culture).
    """
    model, people = sums.model_CI.sum((-2, -1)), sums.people_CI.sum((-2, -1))
    return divide(sums.both_CI.sum((-2, -1)), np.sqrt(model * people))


def deviation_slope(sums: DeviationSums) -> Floats:
    """Return ``sum Dm Dh / sum Dh^2``: 0 blind, 1 the size of the people's own, above 1 a
    caricature.
    """
    return divide(sums.both_CI.sum((-2, -1)), sums.people_CI.sum((-2, -1)))


def culture_correlations(sums: DeviationSums) -> Floats:
    """Return the deviation correlation of each culture by itself; shape (..., C)."""
    spread_C = np.sqrt(sums.model_CI.sum(-1) * sums.people_CI.sum(-1))
    return divide(sums.both_CI.sum(-1), spread_C)


def permuted_correlations(
    model_CIK: Floats,
    people_CIK: Floats,
    size_I: Ints,
    ordinal_I: Bools,
    order_BC: NDArray[np.intp],
) -> Floats:
    """Return deviation correlations with whole cultures exchanged; shape (B,).

    Row c of a draw holds people c against the answers given for culture ``order_BC[b, c]``.
    Deviations are those of the common support of the true pairing, which keeps them to be computed
    once; cells that one of an exchanged pair lacks are left out of its sums.
    """
    scored_CI = np.asarray(np.isfinite(model_CIK + people_CIK).all(-1))
    n = len(model_CIK)
    model = deviations(profile(model_CIK, size_I, ordinal_I), scored_CI).reshape(n, -1)
    people = deviations(profile(people_CIK, size_I, ordinal_I), scored_CI).reshape(n, -1)
    scored = np.repeat(scored_CI, model_CIK.shape[-1], axis=1).astype(np.float64)
    both_CC = model @ people.T
    model_CC, people_CC = (model**2) @ scored.T, scored @ (people**2).T
    at = order_BC, np.broadcast_to(np.arange(n), order_BC.shape)
    spread_B = np.sqrt(model_CC[at].sum(-1) * people_CC[at].sum(-1))
    return divide(both_CC[at].sum(-1), spread_B)


def double_centred_diagonal(agreement_CC: Floats) -> Floats:
    """Return the mean of the diagonal after row and column means are taken away; shape (..., C, C)
    -> (...).

    Entry (a, b) is how well the answers given for culture a agree with the people of b (higher is
    nearer). 0 for one answer set given for all, and for peoples that anything fits alike.
    """
    centred_CC = double_centred(agreement_CC)
    return np.asarray(np.diagonal(centred_CC, axis1=-2, axis2=-1).mean(-1))


def double_centred(agreement_CC: Floats) -> Floats:
    """Return the matrix less its row and column means, plus its mean; shape (..., C, C)."""
    row = agreement_CC.mean(-1, keepdims=True)
    column = agreement_CC.mean(-2, keepdims=True)
    return np.asarray(agreement_CC - row - column + agreement_CC.mean((-2, -1), keepdims=True))


def pair_share(agreement_CC: Floats) -> Floats:
    """Share of culture pairs with ``M[a,a] + M[b,b] > M[a,b] + M[b,a]``; ties count a half.

    In [0, 1], chance .5; NaN with fewer than two cultures.
    """
    n = agreement_CC.shape[-1]
    first, second = np.triu_indices(n, 1)
    own = np.diagonal(agreement_CC, axis1=-2, axis2=-1)
    gain = own[..., first] + own[..., second]
    gain = gain - agreement_CC[..., first, second] - agreement_CC[..., second, first]
    # equal answers differ by rounding alone
    won = np.where(np.abs(gain) < 1e-12, 0.5, (gain > 0).astype(np.float64))
    won = np.where(np.isnan(gain), np.nan, won)
    return np.asarray(won.mean(-1)) if n > 1 else np.full(agreement_CC.shape[:-2], np.nan)


def distinctness_as_published(agreement_CC: Floats) -> Floats:
    """Return the mean over rows of own / best agreement (arXiv 2505.16408), at most 1.

    It has no zero: one answer set given for every culture reaches about .88.
    """
    own = np.diagonal(agreement_CC, axis1=-2, axis2=-1)
    return np.asarray((own / agreement_CC.max(-1)).mean(-1))
