"""The answer that most people of a culture give, as one code per item.

Where two codes tie, it is the one that a published score used (`Survey.published_modes`), else the
lowest. Axes: C cultures, I items, K options.

    >>> from acculturate.survey import load_survey
    >>> survey = load_survey()
    >>> modal_codes(survey.people(["CHN"], survey.select("Q1,Q57"))).tolist()
    [[1.0, 1.0]]
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from acculturate.records import Item
from acculturate.survey.model import People

Floats = NDArray[np.float64]


def modal_codes(people: People, tied: Mapping[tuple[str, str], int] | None = None) -> Floats:
    """Return modal codes by culture and item, shape (C, I); NaN where nobody was asked.

    `tied[culture, item]` is the code to take where it is among the most frequent ones.
    """
    count_CIK = people.count_CIK
    code_IK = code_table(people.items)
    most_CIK = (count_CIK == count_CIK.max(-1, keepdims=True, initial=0.0)) & (count_CIK > 0)
    code_CI = np.asarray(np.fmin.reduce(np.where(most_CIK, code_IK, np.nan), -1, initial=np.nan))
    column = {item.id: i for i, item in enumerate(people.items)}
    for (culture, item), code in (tied or {}).items():
        if culture in people.cultures and item in column:
            at = people.cultures.index(culture), column[item]
            if code in code_IK[at[1]][most_CIK[at]]:
                code_CI[at] = code
    return code_CI


def code_table(items: Sequence[Item]) -> Floats:
    """Return the codes of each item in scale order, padded with NaN; shape (I, K)."""
    width = max((len(item.codes) for item in items), default=0)
    return np.array(
        [[*item.codes, *[np.nan] * (width - len(item.codes))] for item in items], dtype=np.float64
    ).reshape(len(items), width)
