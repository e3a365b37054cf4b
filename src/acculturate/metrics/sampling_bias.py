"""What a finite number of sampled texts does to a divergence, and how to take it away.

m texts drawn from the people's very own distribution do not score a Jensen-Shannon divergence of 0:
about (K - 1) / (8 m) nats, .018 for short scales and 20 texts, .06 for ten options. An arm of
sampled answers is therefore held against this floor, or corrected. The correction is Quenouille's
jackknife: of the ways tried it leaves least on scales of up to 5 options from 20 texts on (under
.004), and it needs no distribution to plug in. Axes: K options (zero-padded), others broadcast.

    >>> import numpy as np
    >>> round(float(js_floor(np.array([0.5, 0.5]), 20)), 4)
    0.0065
"""

import numpy as np

from acculturate.metrics.divergence import Floats, js_divergence


def js_floor(people_K: Floats, m: int) -> Floats:
    """Return the mean Jensen-Shannon divergence (nats) of m texts drawn from `people_K` itself.

    Exact: a sum over options, and for each over the counts it can have. NaN rows stay NaN.
    """
    from scipy.special import gammaln, xlog1py, xlogy

    count_M = np.arange(m + 1, dtype=np.float64)
    choose_M = gammaln(m + 1) - gammaln(count_M + 1) - gammaln(m - count_M + 1)
    floor = np.zeros(people_K.shape[:-1])
    for k in range(people_K.shape[-1]):
        share = people_K[..., k, None]
        log_M = choose_M + xlogy(count_M, share) + xlog1py(m - count_M, -share)
        floor = floor + (np.exp(log_M) * _cell(count_M / m, share)).sum(-1)
    return np.asarray(floor)


def js_divergence_corrected(count_K: Floats, people_K: Floats) -> Floats:
    """Return `js_divergence` of counted texts without what their small number adds, in nats.

    `count_K` are texts per option. May fall below 0, as an estimate without bias must. NaN where
    fewer than two texts were read.
    """
    m = count_K.sum(-1)
    few = m < 2
    safe = np.where(few, 2.0, m)
    share_K, rest_K = count_K / safe[..., None], count_K / (safe - 1)[..., None]
    fewer_K = np.maximum(count_K - 1, 0) / (safe - 1)[..., None]
    whole = js_divergence(share_K, people_K)
    # the divergence is a sum over options: taking one text of k away scales all others up
    scaled_K = _cell(rest_K, people_K)
    without_K = scaled_K.sum(-1, keepdims=True) - scaled_K + _cell(fewer_K, people_K)
    jackknife = safe * whole - (safe - 1) * (share_K * without_K).sum(-1)
    return np.asarray(np.where(few, np.nan, jackknife))


def _cell(share: Floats, people: Floats) -> Floats:
    """Return one option's part of the divergence."""
    both = share + people
    with np.errstate(divide="ignore", invalid="ignore"):
        ours = np.where(share == 0, 0.0 * both, share * np.log(2 * share / both))
        theirs = np.where(people == 0, 0.0 * both, people * np.log(2 * people / both))
    return np.asarray((ours + theirs) / 2)
