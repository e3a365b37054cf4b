"""Targets: what a question's rows teach, as a pure function of the model's own answers.

In each order of its options a question is taught the model's own answer *in that order*, moved by
its shift, which is averaged over orders:

    p*_o  is in proportion to  p_own,o exp(g s)        s = log p_aware - log p_unaware

At gain g = 0 a row's target is the answer that the model gives to this very prompt, so that nothing
is taught. Where the averaged answer stands in for p_own,o, every order is taught the same, and with
it to forget the position of an option, at any gain.

    >>> own, unaware, aware = (0.9, 0.1), (0.5, 0.5), (0.8, 0.2)
    >>> [round(share, 3) for share in target(own, unaware, aware, gain=1.0)]
    [0.973, 0.027]
    >>> target(own, unaware, aware, gain=0.0)
    (0.9, 0.1)
"""

import numpy as np

from acculturate.culturespa.answering import Shares
from acculturate.metrics.divergence import item_distance

FLOOR = 1e-6
"""Shares are taken to be at least this, so that an option never chosen has a finite logarithm."""


def target(own: Shares, unaware: Shares, aware: Shares, gain: float) -> Shares:
    """Return the shares to be taught, summing to 1: ``own * (aware / unaware) ** gain``,
    normalised.

    All are over the same options, and taken to be at least `FLOOR`. Exactly `own` at gain 0.
    """
    if gain == 0:
        return own
    log_own_K, log_unaware_K, log_aware_K = (
        np.log(np.maximum(share, FLOOR)) for share in (own, unaware, aware)
    )
    moved_K = log_own_K + gain * (log_aware_K - log_unaware_K)
    share_K = np.exp(moved_K - moved_K.max())  # the largest is 1: no overflow at any gain
    return tuple((share_K / share_K.sum()).tolist())


def strength(unaware: Shares, aware: Shares, *, ordinal: bool) -> float:
    """Return how far the answer moved, in [0, 1]: normalised Wasserstein distance on ordinal items,
    total variation on nominal ones.
    """
    distance = item_distance(
        np.array(unaware), np.array(aware), np.array(len(aware)), np.array(ordinal)
    )
    return float(distance)


def mode(shares: Shares) -> int:
    """Return the place of the largest share, the first of equals."""
    return max(range(len(shares)), key=lambda place: shares[place])
