"""Beyond scale use: what an arm knows of a culture's opinions when its way of answering is known.

Peoples differ in how they use a scale whatever is asked: some choose its ends, some its middle. An
arm that has learned this habit has a deviation correlation on questions that it never saw. The
habit is each culture's own mean answer to the trained items of the same scale
(`reference:own-scale-histogram`); here it is taken away from the answers and from the people, and
what is left is correlated.

    >>> from acculturate.evaluation.baselines import scale_histogram
    >>> from acculturate.evaluation.reference_arms import reference_tables
    >>> from acculturate.survey import load_survey
    >>> survey, cultures = load_survey(), ["CHN", "DEU", "NGA"]
    >>> items, known = survey.select("Q2,Q4"), survey.select("Q1,Q3,Q5")
    >>> habit = scale_histogram(survey, cultures, items, own=True, known=known)
    >>> [people] = reference_tables(survey, cultures, items, ["people"])
    >>> round(scale_use_scores(people, habit)[-1].value, 9)
    1.0
"""

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.scores import MEAN, score_row
from acculturate.evaluation.specificity_scores import cosine_rows
from acculturate.metrics import specificity as measure
from acculturate.metrics.divergence import Bools, Floats, Ints
from acculturate.records import Score
from acculturate.statistics.bootstrap import Resampling

NAME = "correlation_beyond_scale_use"
NOTHING = 1e-12
"""Squared deviations below this are rounding."""


def scale_use_scores(
    table: ArmTable, habit_CIK: NDArray[np.float64], resampling: Resampling | None = None
) -> list[Score]:
    """Return the partial deviation correlation given a habit: per culture, and pooled as "mean".

    `habit_CIK` are shares in the order of the table's cultures and items. Empty for fewer than two
    cultures; None where nothing of the arm is left. Intervals take the regression on the habit as
    given.
    """
    if len(table.cultures) < 2:
        return []

    def sums_of(
        model_CIK: Floats, people_CIK: Floats, size_I: Ints, ordinal_I: Bools
    ) -> measure.DeviationSums:
        return measure.beyond_sums(model_CIK, people_CIK, habit_CIK, size_I, ordinal_I)

    people = table.people
    sums = sums_of(table.share_CIK, people.share_CIK, people.size_I, people.ordinal_I)
    if not (sums.model_CI.sum() > NOTHING):
        return [score_row(table, NAME, MEAN, float("nan"), n=0)]
    return cosine_rows(table, resampling or Resampling(), NAME, sums_of)
