"""Hard and soft accuracy of answers against the people's most frequent answer.

An answer may be one option (a one-hot row) or a distribution; of a distribution these are the
accuracy expected of one answer drawn from it. Accuracy rewards answers without variety: a culture's
mode scores 1 while its own people's distribution does not. Axes: K options in scale order
(zero-padded), all others broadcast; NaN rows give NaN.

    >>> import numpy as np
    >>> first, people = np.array([1.0, 0.0, 0.0]), np.array([0.2, 0.5, 0.3])
    >>> float(soft_accuracy(first, people, np.array(3), np.array(True)))
    0.5
"""

import numpy as np

from acculturate.metrics.divergence import Bools, Floats, Ints


def mode_share(people_K: Floats) -> Floats:
    """Return the one-hot row of the largest share; options that tie for it have equal parts. NaN
    stays NaN.
    """
    top_K = (people_K == people_K.max(-1, keepdims=True)).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return np.asarray(top_K / top_K.sum(-1, keepdims=True))


def hard_accuracy(model_K: Floats, people_K: Floats) -> Floats:
    """Return the probability that the answer is the people's modal option, in [0, 1]."""
    return np.asarray((model_K * mode_share(people_K)).sum(-1))


def modal_agreement(model_K: Floats, people_K: Floats) -> Floats:
    """Return 1 where the model's most frequent answer is the people's; in [0, 1] where
    several tie.
    """
    return np.asarray(np.minimum(mode_share(model_K), mode_share(people_K)).sum(-1))


def soft_accuracy(model_K: Floats, people_K: Floats, size: Ints, ordinal: Bools) -> Floats:
    """Return ``1 - |a - g| / (size - 1)`` by position on ordinal scales, exact match on nominal
    ones.

    AlKhamissi et al. 2024 (arXiv 2402.13231). In [0, 1].
    """
    position_K = np.arange(people_K.shape[-1])
    gap_KK = np.abs(position_K[:, None] - position_K).astype(np.float64)
    gap = ((model_K @ gap_KK) * mode_share(people_K)).sum(-1) / np.maximum(size - 1, 1)
    return np.asarray(np.where(ordinal, 1.0 - gap, hard_accuracy(model_K, people_K)))
