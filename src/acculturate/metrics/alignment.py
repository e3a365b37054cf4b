"""Alignment and skill: how near a model's answers lie to a people's, and whether it knows *them*.

Alignment alone is not enough: a model that answers like people on average scores high everywhere.
Skill asks how much of the distance that is left by the culture-blind guess (the mean of the other
cultures' people) the model takes away: 1 is the people themselves, 0 is the guess, below 0 is worse
than knowing nothing of the culture. Axes: I items, K options (zero-padded).

    >>> import numpy as np
    >>> people = np.array([[0.2, 0.8]])
    >>> float(alignment(people, people, np.array([2]), np.array([True])))
    1.0
"""

from acculturate.metrics.divergence import Bools, Floats, Ints, item_distance
from acculturate.metrics.ratio import Ratio, complement, mean


def alignment(model_IK: Floats, people_IK: Floats, size_I: Ints, ordinal_I: Bools) -> Floats:
    """Return ``1 - mean_i d_i`` with d of `item_distance`, in [0, 1]; NaN where no item has both.

    Items without people's answers or without the model's are left out (rows of NaN).
    """
    return complement(mean(item_distance(model_IK, people_IK, size_I, ordinal_I)).value())


def skill(
    model_IK: Floats, people_IK: Floats, blind_IK: Floats, size_I: Ints, ordinal_I: Bools
) -> Floats:
    """Return ``1 - mean d(model) / mean d(culture-blind)`` over the items that have both, at most
    1.
    """
    ratio = skill_ratio(model_IK, people_IK, blind_IK, size_I, ordinal_I)
    return complement(ratio.value())


def skill_ratio(
    model_IK: Floats, people_IK: Floats, blind_IK: Floats, size_I: Ints, ordinal_I: Bools
) -> Ratio:
    """Return the two distances per item whose sums skill divides."""
    return Ratio(
        item_distance(model_IK, people_IK, size_I, ordinal_I),
        item_distance(blind_IK, people_IK, size_I, ordinal_I),
    )
