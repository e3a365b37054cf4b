"""Reference answerers: what a score is worth is seen beside what needs no model.

Each gives shares over an item's options, to be scored like any model's answers. Axes: C cultures,
I items, K options in scale order (zero-padded to the longest scale).

    >>> import numpy as np
    >>> midpoint(np.array([4]), 5)[0].tolist()
    [0.0, 0.5, 0.5, 0.0, 0.0]
"""

import numpy as np

from acculturate.metrics.accuracy import mode_share
from acculturate.metrics.divergence import Floats, Ints
from acculturate.metrics.ratio import divide


def uniform(size_I: Ints, width: int) -> Floats:
    """Return every option alike; shape (I, `width`)."""
    return np.asarray((np.arange(width) < size_I[:, None]) / size_I[:, None])


def midpoint(size_I: Ints, width: int) -> Floats:
    """Return the middle of the scale, halved between the two middle options of an even one."""
    off_IK = np.abs(np.arange(width) - (size_I[:, None] - 1) / 2)
    near_IK = (off_IK < 1).astype(np.float64)
    return np.asarray(near_IK / near_IK.sum(-1, keepdims=True))


def first_option(size_I: Ints, width: int) -> Floats:
    """Return shares that are all on the first option of the scale."""
    return np.broadcast_to(np.eye(width)[0], (len(size_I), width)).copy()


def mode(people_CIK: Floats) -> Floats:
    """Return each people's most frequent answer: the best single answer there is for accuracy."""
    return mode_share(people_CIK)


def culture_blind(people_CIK: Floats) -> Floats:
    """Return for each culture the mean of the *other* cultures' people (each culture counts the
    same).

    NaN where no other culture was asked the item.
    """
    asked_CI = np.asarray(np.isfinite(people_CIK).all(-1))
    known_CIK = np.where(asked_CI[..., None], people_CIK, 0.0)
    others_CIK = known_CIK.sum(0) - known_CIK
    n_CI = (asked_CI.sum(0) - asked_CI).astype(np.float64)
    # what is left of a subtraction may lie a rounding error below zero
    return divide(np.maximum(others_CIK, 0.0), n_CI[..., None])


def another_culture(people_CIK: Floats, step: int = 1) -> Floats:
    """Return each culture answered for by the people `step` rows further on, round the
    table's end.
    """
    return np.roll(people_CIK, -step, axis=0)
