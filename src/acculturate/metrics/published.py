"""What the published code of CultureSPA and CLCA really computes, kept beside the correct forms.

CultureSPA (arXiv 2410.12971): an answer is the first integer in the text, taken if 0..10 and not
checked against the options; the gold answer is the code that most people chose; items that did not
parse or have no people's data vanish from both sums. Codes are compared as numbers, on nominal
items too. CLCA (arXiv 2504.02953): a divergence that puts a distribution through a softmax again.

Axes: I items (the last axis of `code_I` and `gold_I`, NaN where there is none; others broadcast).

    >>> published_code("I'd say... 7."), published_code("call 988"), published_code("no")
    (7, None, None)
"""

import re

import numpy as np
from numpy.typing import NDArray

from acculturate.metrics.divergence import Floats, Ints
from acculturate.metrics.ratio import Ratio, complement, mean, root_complement

LARGEST_READ = 10
_INTEGER = re.compile(r"[0-9]+")


def published_code(text: str) -> int | None:
    """Return the first integer in `text` if it lies in 0..10, else None."""
    match = _INTEGER.search(text)
    if match is None:
        return None
    digits = match[0].lstrip("0") or "0"
    # by length first: Python refuses to convert a number of several thousand digits
    return int(digits) if len(digits) <= 2 and int(digits) <= LARGEST_READ else None


def squared_errors(code_I: Floats, gold_I: Floats, size_I: Ints) -> Ratio:
    """Return squared errors over squared lengths of the scales: what the published score pools."""
    return Ratio((code_I - gold_I) ** 2, np.broadcast_to((size_I - 1.0) ** 2, code_I.shape))


def alignment_as_published(code_I: Floats, gold_I: Floats, size_I: Ints) -> Floats:
    """Return ``1 - sqrt(sum (a-g)^2) / sqrt(sum (n-1)^2)``, at most 1; NaN without any item."""
    return root_complement(squared_errors(code_I, gold_I, size_I).value())


def hard_matches(code_I: Floats, gold_I: Floats) -> Floats:
    """Return 1 where the code is the gold code, 0 where not, NaN where either is missing."""
    missing_I = np.isnan(code_I) | np.isnan(gold_I)
    return np.where(missing_I, np.nan, (code_I == gold_I).astype(np.float64))


def hard_accuracy_as_published(code_I: Floats, gold_I: Floats) -> Floats:
    """Share of scored items with the gold code, in [0, 1]."""
    return mean(hard_matches(code_I, gold_I)).value()


def absolute_errors(code_I: Floats, gold_I: Floats, size_I: Ints) -> Floats:
    """Return ``|a - g| / (n - 1)`` per item; above 1 where a code lies outside the scale."""
    return np.asarray(np.abs(code_I - gold_I) / np.maximum(size_I - 1, 1))


def absolute_error_as_published(code_I: Floats, gold_I: Floats, size_I: Ints) -> Floats:
    """Return the mean of `absolute_errors`; lower is better."""
    return mean(absolute_errors(code_I, gold_I, size_I)).value()


def soft_matches(code_I: Floats, gold_I: Floats, size_I: Ints) -> Floats:
    """Return ``1 - |a - g| / (n - 1)`` per item, and an exact match where there are two options."""
    near_I = complement(absolute_errors(code_I, gold_I, size_I))
    return np.asarray(np.where(size_I == 2, hard_matches(code_I, gold_I), near_I))


def soft_accuracy_as_published(code_I: Floats, gold_I: Floats, size_I: Ints) -> Floats:
    """Return the mean of `soft_matches`, at most 1."""
    return mean(soft_matches(code_I, gold_I, size_I)).value()


def answer_share_as_published(share_I: Floats) -> Floats:
    """Return the mean share, among the respondents who answered, of the code given (0 outside the
    scale).
    """
    return mean(share_I).value()


def kl_as_published(
    people_K: Floats, model_K: Floats, cell_K: NDArray[np.bool_] | None = None
) -> Floats:
    """Return CLCA's ``sum_k o_k ln(o_k / softmax(q)_k)`` from counts or shares of shape (..., K).

    K counts an item's options and one cell of invalid answers; `cell_K` says which cells exist
    where rows are padded. It is not a divergence of people and model: a model that is exactly
    right does not reach 0.
    """
    o_K = people_K / people_K.sum(-1, keepdims=True)
    raised_K = np.exp(model_K / model_K.sum(-1, keepdims=True))
    if cell_K is not None:
        raised_K = raised_K * cell_K
    soft_K = raised_K / raised_K.sum(-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        nats_K = np.where(o_K == 0, 0.0 * soft_K, o_K * np.log(o_K / soft_K))
    return np.asarray(nats_K.sum(-1))
