"""Rows kept out of a training, to see whether it learns more than the rows it is given.

What is held out are whole sources (a question with all its cultures, a dialogue): a row beside one
on the same source would tell what was learned by heart.

    >>> hold_out(["a", "a", "b", "c"], 0.4, seed=0)
    ([0, 1], [2, 3])
"""

import math
import random
from collections.abc import Sequence


def hold_out(sources: Sequence[str], share: float, seed: int) -> tuple[list[int], list[int]]:
    """Return the places of rows to train and of rows held out, given each row's source.

    At least one source is held out where `share` is above 0 and there are two; at least one is
    left to train. `share` is of sources, in [0, 1).
    """
    known = sorted(set(sources))
    count = min(math.ceil(share * len(known) - 1e-9), len(known) - 1) if share else 0
    apart = set(random.Random(seed).sample(known, count))
    places = range(len(sources))
    return (
        [place for place in places if sources[place] not in apart],
        [place for place in places if sources[place] in apart],
    )
