"""Raters: how far judges and people agree on dialogues, two at a time.

Of each pair and question: on how many dialogues both have a verdict, their table, the share of
equal verdicts, how often each says good (kappa is low where nearly all are good, however often
they agree), and Cohen's kappa with a 95% interval.

Intervals are drawn from a Dirichlet distribution with Jeffreys' prior (half a dialogue in every
cell), because resampling gives a small table in which two raters never differ an interval of no
width (over eight cases of 20 and 50 dialogues these held the truth in 93 to 98 of 100, resampling
in 57 to 96). Where people saw only a sample of what the judge judged, and its rare verdicts more
often than they are, the table is also weighed to all of them (Begg and Greenes 1983): what people
say of a verdict is taken from the sample, how often the judge gives it from the whole run.

    >>> judge = Rater("judge", {(str(k), "fit"): k < 6 for k in range(10)}, whole=True)
    >>> ana = Rater("ana", {(str(k), "fit"): k < 3 for k in range(2, 8)})
    >>> (pair,) = agreements([judge, ana])
    >>> pair.n, pair.table, round(pair.kappa, 3), is_few(pair)
    (6, ((1, 3), (0, 2)), 0.182, True)
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, get_args

import numpy as np

from acculturate.clca.judges.verdicts import Question
from acculturate.metrics.agreement import kappa_of
from acculturate.metrics.divergence import Floats
from acculturate.records.results.talks import Agreement, Table
from acculturate.statistics.interval import percentile_interval

PRIOR = 0.5
DRAWS = 10_000
WIDE = 0.6
"""Of an interval of kappa: about as wide as 20 dialogues make it."""


class Rater(NamedTuple):
    """A judge or a person: whether good, by (key of a dialogue, question).

    `whole` where everything was judged of which others may have seen a sample.
    """

    name: str
    said: Mapping[tuple[str, Question], bool]
    whole: bool = False


class Kappa(NamedTuple):
    """Cohen's kappa with a 95% interval."""

    value: float
    low: float
    high: float


def good_shares(agreement: Agreement) -> tuple[float, float]:
    """Return the shares of the dialogues that the left and the right rater find good."""
    (both, left), (right, _) = agreement.table
    return (both + left) / agreement.n, (both + right) / agreement.n


def is_few(agreement: Agreement) -> bool:
    """Return whether these are too few dialogues for kappa to say much."""
    return (
        agreement.low is not None
        and agreement.high is not None
        and agreement.high - agreement.low > WIDE
    )


def agreements(raters: Sequence[Rater], seed: int = 42) -> tuple[Agreement, ...]:
    """Return the agreement of every pair that shares a question, in the order of raters, then of
    questions.
    """
    return tuple(
        agreement
        for left, right in itertools.combinations(raters, 2)
        for question in get_args(Question)
        for agreement in _agreement(question, left, right, seed)
    )


def _agreement(question: Question, left: Rater, right: Rater, seed: int) -> Iterator[Agreement]:
    both = [key for key in left.said if key[1] == question and key in right.said]
    if not both:
        return
    counts = Counter((left.said[key], right.said[key]) for key in both)
    table: Table = (
        (counts[True, True], counts[True, False]),
        (counts[False, True], counts[False, False]),
    )
    count_KK = np.array(table, dtype=np.float64)
    kappa, whole = _kappa(count_KK, seed), None
    if left.whole and not right.whole:
        all_K = Counter(good for (_, asked), good in left.said.items() if asked == question)
        whole = _whole_kappa(count_KK, np.array([all_K[True], all_K[False]], np.float64), seed)
    yield Agreement(
        question,
        left.name,
        right.name,
        len(both),
        table,
        (table[0][0] + table[1][1]) / len(both),
        *(kappa or (None, None, None)),
        *(whole or (None, None, None)),
    )


def _kappa(count_KK: Floats, seed: int) -> Kappa | None:
    rng = np.random.default_rng(seed)
    draw_BKK = rng.dirichlet(count_KK.ravel() + PRIOR, DRAWS).reshape(DRAWS, 2, 2)
    return _summary(float(kappa_of(count_KK)), kappa_of(draw_BKK))


def _whole_kappa(count_KK: Floats, all_K: Floats, seed: int) -> Kappa | None:
    """Return kappa with rows weighed by how often the left rater gives each verdict in the whole
    run.
    """
    sampled_K = count_KK.sum(1)
    if (sampled_K == 0).any() or (sampled_K == all_K).all():
        return None
    rng = np.random.default_rng(seed)
    rows = [rng.dirichlet(row_K + PRIOR, DRAWS) for row_K in count_KK]
    draw_BKK = np.stack(rows, axis=1) * all_K[:, None]
    share_KK = count_KK / np.where(sampled_K, sampled_K, 1)[:, None]
    return _summary(float(kappa_of(share_KK * all_K[:, None])), kappa_of(draw_BKK))


def _summary(value: float, draw_B: Floats) -> Kappa | None:
    if math.isnan(value):
        return None
    interval = percentile_interval(draw_B)
    # full agreement lies at the end of what can be drawn
    return Kappa(value, min(interval.low, value), max(interval.high, value))
