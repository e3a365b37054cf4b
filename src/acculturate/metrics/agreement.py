"""Agreement of two raters beyond chance.

>>> import numpy as np
>>> round(float(kappa_of(np.array([[20, 5], [10, 15]]))), 3)
0.4
"""

import numpy as np

from acculturate.metrics.divergence import Floats


def kappa_of(count_KK: Floats) -> Floats:
    """Return Cohen's kappa, ``(p_o - p_e) / (1 - p_e)``, of what one rater called k and the other
    l.

    1 is full agreement, 0 what chance brings, below 0 less (Cohen 1960). NaN for no things, and
    where chance alone agrees fully: both raters give one and the same category to all. Counts may
    be weighted. Takes any number of tables (axes in front) and gives a value for each.
    """
    total = count_KK.sum((-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        share_KK = count_KK / total[..., None, None]
    observed = np.trace(share_KK, axis1=-2, axis2=-1)
    expected = (share_KK.sum(-1) * share_KK.sum(-2)).sum(-1)
    # where all is one category, 1 - expected is nothing but rounding
    known = (total > 0) & (1 - expected > 1e-12)
    kappa: Floats = (observed - expected) / np.where(known, 1 - expected, np.nan)
    return kappa
