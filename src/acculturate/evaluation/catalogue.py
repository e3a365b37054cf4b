"""Every figure that a row of scores can hold, with what it says and where a reader looks for it.

Most are the metrics of `measures`, which all work alike: a ratio over items. Specificity and single
persons need more than an arm's table, so they are made elsewhere and only named here. Whoever takes
names from a user (the command line, a study) takes them through `find_figures`.

    >>> find_figures(["alignment", "pair_share"]).together
    ('pair_share',)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from acculturate.errors import SurveyError, unknown
from acculturate.evaluation.measures import METRICS, Metric

Group = Literal["nearness", "specificity", "fidelity", "diversity", "persons", "published"]


@dataclass(frozen=True, slots=True)
class Figure:
    """`ideal` is the best value where neither more nor less is better; `group` its section."""

    description: str
    group: Group
    higher_is_better: bool | None = True
    ideal: float | None = None


SPECIFICITY: dict[str, Figure] = {
    "deviation_correlation": Figure(
        "correlation of the answers' deviations from the mean over cultures with the people's: "
        "0 is no relation, 1 as the people's (none where answers are the same for all)",
        "specificity",
    ),
    "deviation_correlation_chance": Figure(
        "standard deviation of the deviation correlation under permutation of cultures",
        "specificity",
        higher_is_better=None,
    ),
    "deviation_correlation_p": Figure(
        "p value: share of such permutations whose correlation is at least as high",
        "specificity",
        higher_is_better=None,
    ),
    "group_correlation": Figure(
        "the same of groups of people within their countries: each country's mean over its groups "
        "is taken away, so that knowing the country alone gives nothing (none where answers are "
        "the same for all groups of a country)",
        "specificity",
    ),
    "group_correlation_chance": Figure(
        "standard deviation of the group correlation under permutation of groups in a country",
        "specificity",
        higher_is_better=None,
    ),
    "group_correlation_p": Figure(
        "p value: share of such permutations whose correlation is at least as high",
        "specificity",
        higher_is_better=None,
    ),
    "correlation_beyond_scale_use": Figure(
        "the deviation correlation of what is left when each culture's own way of using a scale is "
        "taken away from answers and people (partial correlation, given own-scale-histogram): 0 is "
        "no relation; only where items are held out",
        "specificity",
    ),
    "double_centred_diagonal": Figure(
        "how much nearer answers given for a culture lie to its own people than level and "
        "neighbours explain: answers that do not depend on the culture have 0",
        "specificity",
    ),
    "pair_share": Figure(
        "share of pairs of cultures whose answers fit their own people better than each other's; "
        "chance .5",
        "specificity",
    ),
    "distinctness_as_published": Figure(
        "own agreement over the best of the row; it has no zero, and one answer set for all "
        "cultures scores near .9",
        "published",
        higher_is_better=None,
    ),
}
FIDELITY: dict[str, Figure] = {
    "population_fidelity": Figure(
        "geometric mean of accuracy, adaptability and structure of an item, mean over items: 0 for "
        "answers that are the same for every culture, 1 for the people's own (ordinal items, three "
        "cultures or more)",
        "fidelity",
    ),
    "fidelity_accuracy": Figure(
        "1 - mean distance to each culture's people along the scale, of these items", "fidelity"
    ),
    "fidelity_adaptability": Figure(
        "whether the answers differ between cultures as much as the people's do: the smaller of "
        "both median distances over the larger",
        "fidelity",
    ),
    "fidelity_structure": Figure(
        "whether cultures that lie apart among the people lie apart in the answers: rank "
        "correlation of their distances, at least 0",
        "fidelity",
    ),
    "population_fidelity_as_published": Figure(
        "the geometric mean over items: one item with a structure of 0 makes it 0", "published"
    ),
}
TOGETHER = {**SPECIFICITY, **FIDELITY}
"""Figures that need all cultures of an arm together."""
INDIVIDUAL: dict[str, Figure] = {
    "individual_hard_accuracy": Figure("probability of the person's own answer", "persons"),
    "individual_soft_accuracy": Figure(
        "1 - distance to the person's own answer along the scale (exact on nominal items)",
        "persons",
    ),
    "ranked_probability_skill": Figure(
        "skill of the answers as forecasts of single persons: 0 is as good as the country's "
        "marginals, below 0 is worse",
        "persons",
    ),
    "within_culture_correlation": Figure(
        "correlation of the answers' leanings with the persons', within one country: 0 "
        "is no relation",
        "persons",
    ),
}
_GROUPS: dict[str, Group] = {
    "deviation_slope": "specificity",
    "entropy_ratio": "diversity",
    "spread_ratio": "diversity",
}


class Asked(NamedTuple):
    """Names by who makes them."""

    metrics: tuple[str, ...]
    together: tuple[str, ...]
    individual: tuple[str, ...]


def find_figures(names: Sequence[str] | None = None) -> Asked:
    """Return names sorted by their makers, all of them without; raises `SurveyError` for an
    unknown.
    """
    known = figures()
    if names is None:
        names = tuple(known)
    for name in names:
        if name not in known:
            raise SurveyError(unknown("metric", name, known))
    kept = tuple(dict.fromkeys(names))
    return Asked(
        tuple(name for name in kept if name in METRICS),
        tuple(name for name in kept if name in TOGETHER),
        tuple(name for name in kept if name in INDIVIDUAL),
    )


def figures() -> dict[str, Figure]:
    """Return every figure by name, in the order of reports."""
    metrics = {name: _figure(name, metric) for name, metric in METRICS.items()}
    return {**metrics, **TOGETHER, **INDIVIDUAL}


def _figure(name: str, metric: Metric) -> Figure:
    group: Group = "published" if "_as_published" in name else "nearness"
    up = None if metric.ideal is not None else metric.higher_is_better
    return Figure(metric.description, _GROUPS.get(name, group), up, metric.ideal)
