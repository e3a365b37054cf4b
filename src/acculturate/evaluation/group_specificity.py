"""Specificity of groups: whether an arm knows a group, or only the country that it is a part of.

Groups of several countries differ as their countries do, so an arm that knows countries alone has a
deviation correlation. Here each country's own mean over its groups is taken away from the answers
and from the people: what is left of the people is how their groups differ within a country.

    >>> from acculturate.evaluation.reference_arms import COUNTRY, reference_tables
    >>> from acculturate.survey.crossing import crossed
    >>> from acculturate.survey.fictitious import fictitious_survey
    >>> people = fictitious_survey(800, cultures=["DEU", "NGA"], items=["Q1", "Q2", "Q57"])
    >>> survey = crossed(people, ["sex"], ["DEU", "NGA"])
    >>> groups, items = [cell.code for cell in survey.groups.cells], survey.select("all")
    >>> people, country = reference_tables(survey, groups, items, ["people", COUNTRY])
    >>> round(group_scores(people)[-3].value, 9), group_scores(country)[-1].value
    (1.0, None)
"""

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.scores import MEAN, score_row
from acculturate.evaluation.specificity_scores import PERMUTATIONS, cosine_rows
from acculturate.metrics import specificity as measure
from acculturate.metrics.divergence import Bools, Floats, Ints
from acculturate.records import Score
from acculturate.statistics.bootstrap import Resampling
from acculturate.statistics.permutation import orders_within, upper_p

NAME = "group_correlation"


def group_scores(table: ArmTable, resampling: Resampling | None = None) -> list[Score]:
    """Return the deviation correlation of groups within their countries: per group, pooled, and by
    chance, which exchanges groups of one country.

    Empty where no country has two groups or more; None where an arm answers alike for all groups of
    each country.
    """
    people, resampling = table.people, resampling or Resampling()
    wholes = people.wholes
    if not people.parted or len(set(wholes)) == len(wholes):
        return []

    def sums_of(
        model_CIK: Floats, people_CIK: Floats, size_I: Ints, ordinal_I: Bools
    ) -> measure.DeviationSums:
        sides = measure.less_block_means(model_CIK, people_CIK, wholes)
        return measure.deviation_sums(*sides, size_I, ordinal_I)

    scales = people.size_I, people.ordinal_I
    sums = sums_of(table.share_CIK, people.share_CIK, *scales)
    if not (sums.model_CI.sum() > 1e-12):
        return [score_row(table, NAME, MEAN, float("nan"), n=0)]
    rows = cosine_rows(table, resampling, NAME, sums_of)
    value, n = float(measure.deviation_correlation(sums)), rows[-1].n
    sides = measure.less_block_means(table.share_CIK, people.share_CIK, wholes)
    orders = orders_within(wholes, PERMUTATIONS, resampling.seed)
    null_B = measure.permuted_correlations(*sides, *scales, orders)
    rows.append(score_row(table, f"{NAME}_chance", MEAN, float(null_B.std()), n=n))
    rows.append(score_row(table, f"{NAME}_p", MEAN, upper_p(null_B, value), n=n))
    return rows
