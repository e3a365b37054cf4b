"""Nulls: answers between which nothing but chance lies, both drawn from the *unaware* answer.

What is learned from the difference of two such answers has nothing to do with a culture. They are
drawn as the true answers were got. Texts are drawn as texts, as many in each order. Where
probabilities were asked, a null answer scatters around the unaware one as shares of some texts do:
of so many that null shifts are as strong as the true ones, on average.

    >>> [round(share, 2) for share in scattered((0.5, 0.5), texts=400, seed="1")]
    [0.51, 0.49]
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np

from acculturate.culturespa.answering import AnswerPair, Shares
from acculturate.culturespa.targets import strength
from acculturate.errors import TrainingError

TEXTS, TRIES = 64.0, 4
"""Texts of a first try, and how often their number is mended: strength falls with its root."""

KEPT = 0.05
"""Of the unaware answer in a scattered one, so that no option becomes impossible by chance."""


def scattered_pair(pair: AnswerPair, texts: float, seed: int) -> AnswerPair:
    """Return the pair with two answers scattered around its unaware one; what it answered in each
    order is left as it is.
    """
    first, second = _seeds(pair, seed)
    return replace(
        pair,
        unaware=scattered(pair.unaware, texts, first),
        aware=scattered(pair.unaware, texts, second),
    )


def drawn_pair(pair: AnswerPair, texts: int, seed: int) -> AnswerPair:
    """Return the pair with answers of `texts` texts in each order, drawn from its unaware one."""
    first, second = _seeds(pair, seed)
    orders = list(pair.in_order) or [tuple(range(len(pair.aware)))]
    drawn = {order: _drawn(pair.unaware, texts, f"{second}/{order}") for order in orders}
    unaware = _drawn(pair.unaware, texts * len(orders), first)
    aware = tuple(fmean(column) for column in zip(*drawn.values(), strict=True))
    return replace(pair, unaware=unaware, aware=aware, in_order=drawn)


def _seeds(pair: AnswerPair, seed: int) -> tuple[str, str]:
    """Return two seeds: the unaware answer is one for all cultures, as it is where it was really
    asked.
    """
    return f"{seed}/null/{pair.item.id}", f"{seed}/null/{pair.item.id}/{pair.culture}"


def scattered(shares: Shares, texts: float, seed: str) -> Shares:
    """Return shares above 0 with the mean `shares` and nearly the spread of shares of so many
    texts.
    """
    share_K = np.maximum(shares, 1e-9)
    around_K = _generator(seed).dirichlet(texts * share_K)
    if not np.isfinite(around_K).all():  # so few texts that all weights vanish: one option has all
        around_K = _generator(seed).multinomial(1, share_K / share_K.sum()).astype(float)
    mixed_K = (1 - KEPT) * around_K + KEPT * share_K
    return tuple((mixed_K / mixed_K.sum()).tolist())


def _drawn(shares: Shares, texts: int, seed: str) -> Shares:
    count_K = _generator(seed).multinomial(texts, np.array(shares) / sum(shares))
    return tuple((count_K / texts).tolist())


def _generator(seed: str) -> np.random.Generator:
    return np.random.default_rng(list(hashlib.sha256(seed.encode()).digest()[:16]))


def as_strong(
    chosen: Callable[[float], Sequence[AnswerPair]], true: Sequence[AnswerPair]
) -> Sequence[AnswerPair]:
    """Return the pairs that `chosen` gives for so many texts that they moved as far as `true` ones
    did, on average; nearly so where the number cannot be met.
    """
    texts = TEXTS
    drawn = chosen(texts)
    for _ in range(TRIES):
        have, wanted = (fmean(map(moved, pairs)) if pairs else 0.0 for pairs in (drawn, true))
        if not have or not wanted:
            break
        texts *= (have / wanted) ** 2
        drawn = chosen(texts)
    return drawn


def moved(pair: AnswerPair) -> float:
    """Return how far the answer moved, in [0, 1]."""
    return strength(pair.unaware, pair.aware, ordinal=pair.item.ordinal)


def check_several(pairs: Sequence[AnswerPair]) -> None:
    """Raise `TrainingError` where every unaware answer is one text alone: two draws from one text
    never differ.
    """
    if pairs and all(max(pair.unaware) == 1 for pair in pairs):
        raise TrainingError(
            "control = 'null' needs more than one unaware answer to each question: set "
            "answering.samples to 2 or more, or answering.kind = 'expected'."
        )
