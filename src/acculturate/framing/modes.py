"""The answer that most people of a culture give, as one code per item.

Where two codes tie, it is the one that a published score used (`Survey.published_modes`), else the
lowest. Axes: C cultures, I items, K options.

    >>> from acculturate.survey import load_survey
    >>> survey = load_survey()
    >>> modal_codes(survey.people(["CHN"], survey.select("Q1,Q57"))).tolist()
    [[1.0, 1.0]]
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from acculturate.survey import People

NO_CODE = 10**6


def modal_codes(
    people: People, tied: Mapping[tuple[str, str], int] | None = None
) -> NDArray[np.float64]:
    """Modal codes by culture and item, shape (C, I); NaN where nobody was asked.

    `tied[culture, item]` is the code to take where it is among the most frequent ones.
    """
    count_CIK = people.count_CIK
    width = count_CIK.shape[-1]
    code_IK = np.array(
        [[*item.codes, *[NO_CODE] * (width - len(item.codes))] for item in people.items]
    ).reshape(len(people.items), width)
    most_CIK = count_CIK == count_CIK.max(-1, keepdims=True, initial=0.0)
    code_CI = np.where(most_CIK, code_IK, NO_CODE).min(-1, initial=NO_CODE).astype(np.float64)
    column = {item.id: i for i, item in enumerate(people.items)}
    for (culture, item), code in (tied or {}).items():
        if culture in people.cultures and item in column:
            at = people.cultures.index(culture), column[item]
            if code in code_IK[at[1]][most_CIK[at]]:
                code_CI[at] = code
    return np.where(people.n_CI > 0, code_CI, np.nan)
