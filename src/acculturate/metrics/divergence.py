"""How far one distribution of answers lies from another.

Every distance here takes two arrays of shares whose last axis K holds an item's options in scale
order, padded with zeros to the longest scale. All other axes broadcast, so one call compares one
item or every item of every culture. A row of NaN (an item nobody answered) gives NaN.

    >>> import numpy as np
    >>> left, right = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
    >>> float(wasserstein(left, right, np.array(3)))
    1.0
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LN2 = float(np.log(2.0))
KL_SMOOTHING = 0.01


def total_variation(model_K: Floats, people_K: Floats) -> Floats:
    """Return ``sum_k |p_k - o_k| / 2``, in [0, 1]: the share of answers that would have
    to change.
    """
    return np.asarray(np.abs(model_K - people_K).sum(-1) / 2)


def js_divergence(model_K: Floats, people_K: Floats) -> Floats:
    """Return the Jensen-Shannon divergence in nats, in [0, ln 2] (Lin 1991)."""
    both_K = model_K + people_K
    nats = (_to_middle(model_K, both_K) + _to_middle(people_K, both_K)) / 2
    return np.clip(nats, 0.0, LN2)


def js_distance(model_K: Floats, people_K: Floats) -> Floats:
    """Return the square root of `js_divergence`, in [0, sqrt(ln 2)]: a true metric."""
    return np.sqrt(js_divergence(model_K, people_K))


def globalopinionqa_similarity(model_K: Floats, people_K: Floats) -> Floats:
    """Return ``1 - js_distance`` in nats, in [1 - sqrt(ln 2), 1] (GlobalOpinionQA, arXiv
    2306.16388).
    """
    return np.asarray(1.0 - js_distance(model_K, people_K))


def kl_divergence(
    people_K: Floats, model_K: Floats, size: Ints, smoothing: float = KL_SMOOTHING
) -> Floats:
    """Return ``sum_k o_k ln(o_k / p_k)`` of shares that are mixed with uniform ones, in nats.

    Both sides become ``(1 - smoothing) * share + smoothing / K``: an option that the model never
    gives costs much and not infinity, and the people themselves still reach 0, the least there is.
    In [0, (1 - smoothing) ln(1 + K (1 - smoothing) / smoothing)]. `smoothing` 0 is the plain
    divergence, infinite where the model excludes what people say.
    """
    held_K = np.arange(people_K.shape[-1]) < np.asarray(size)[..., None]
    even_K = smoothing * held_K / np.asarray(size)[..., None]
    o_K, p_K = (1 - smoothing) * people_K + even_K, (1 - smoothing) * model_K + even_K
    with np.errstate(divide="ignore", invalid="ignore"):
        nats_K = o_K * np.log(o_K / p_K)
    return np.asarray(np.maximum(np.where(o_K == 0, 0.0 * p_K, nats_K).sum(-1), 0.0))


def _to_middle(share_K: Floats, both_K: Floats) -> Floats:
    # 2p/(p+q), not p/((p+q)/2): halving the smallest float would give zero
    with np.errstate(divide="ignore", invalid="ignore"):
        nats_K = share_K * np.log(2 * share_K / both_K)
    return np.asarray(np.where(share_K == 0, 0.0, nats_K).sum(-1))


def wasserstein(model_K: Floats, people_K: Floats, size: Ints) -> Floats:
    """Return ``sum_k |P_k - O_k| / (size - 1)`` of the cumulative shares, in [0, 1].

    The distance by which answers have to move along the scale, in lengths of the scale. `size` is
    the number of options without the padding (shape of the arrays without K).
    """
    gap_K = np.abs(np.cumsum(model_K - people_K, axis=-1))
    return np.asarray(gap_K.sum(-1) / np.maximum(size - 1, 1))


def item_distance(model_K: Floats, people_K: Floats, size: Ints, ordinal: Bools) -> Floats:
    """Return `wasserstein` where the scale is ordinal, `total_variation` where it is nominal."""
    along = wasserstein(model_K, people_K, size)
    return np.asarray(np.where(ordinal, along, total_variation(model_K, people_K)))
