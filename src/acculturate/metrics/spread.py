"""How widely answers are spread: cultural tuning can raise accuracy while answers grow less varied.

Axes: K options in scale order (zero-padded), all others broadcast; NaN rows give NaN.

    >>> import numpy as np
    >>> float(deviation(np.array([0.5, 0.0, 0.5]), np.array(3)))
    0.5
"""

import numpy as np

from acculturate.metrics.divergence import Floats, Ints


def entropy(share_K: Floats) -> Floats:
    """Return ``-sum_k p_k ln p_k`` in nats, in [0, ln K]."""
    with np.errstate(divide="ignore", invalid="ignore"):
        nats_K = share_K * np.log(share_K)
    return np.asarray(0.0 - np.where(share_K == 0, 0.0, nats_K).sum(-1))


def deviation(share_K: Floats, size: Ints) -> Floats:
    """Return the standard deviation of the position on the scale, in lengths of the scale: in
    [0, .5].
    """
    position_K = np.arange(share_K.shape[-1], dtype=np.float64)
    middle = (share_K * position_K).sum(-1)
    square = (share_K * (position_K - middle[..., None]) ** 2).sum(-1)
    return np.asarray(np.sqrt(square) / np.maximum(size - 1, 1))
