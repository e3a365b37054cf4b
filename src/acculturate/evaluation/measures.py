"""The table of metrics: every name that `score` and `measure` know.

A metric is a ratio of sums over items (`metrics.ratio`) of an `ArmTable` and the people's shares,
and a finish. The people are an argument of their own because a bootstrap draws them anew. `reading`
says whose reading of texts a metric stands on, and so which answers count as refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError, unknown
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.published_reading import PublishedReading
from acculturate.metrics import accuracy, divergence, published
from acculturate.metrics.alignment import skill_ratio
from acculturate.metrics.ratio import Finish, Ratio, complement, mean, plain, root_complement
from acculturate.metrics.sampling_bias import js_divergence_corrected
from acculturate.metrics.specificity import deviation_sums
from acculturate.metrics.spread import deviation, entropy
from acculturate.records import AnswerKind
from acculturate.statistics.bootstrap import macro_mean

Floats = NDArray[np.float64]
Reading = Literal["ours", "published", "published-strict"]


@dataclass(frozen=True, slots=True)
class Metric:
    """`ratio(table, people_CIK)` has cultures and items as its last axes (draws may lead).

    `ideal` is what the people themselves score where more is not always better, `kinds` the kinds
    of answer that have the figure (None: all), `cultures` how many it needs. The figure of all
    cultures together ("mean") is the plain mean of theirs, or with `pooled` made of the sums over
    all of them.
    """

    description: str
    ratio: Callable[[ArmTable, Floats], Ratio]
    finish: Finish = plain
    higher_is_better: bool = True
    reading: Reading = "ours"
    ideal: float | None = None
    kinds: tuple[AnswerKind, ...] | None = None
    cultures: int = 1
    pooled: bool = False

    def together(self, ratio: Ratio) -> Ratio:
        """Return the ratio with a last row for all cultures together, where that is a sum over
        them.
        """
        return ratio.with_sum() if self.pooled else ratio

    def values(self, quotient_C: Floats) -> Floats:
        """Return figures out of quotients of ratios from `together`: each culture's, then all
        cultures'.

        Shape (..., C) or, where pooled, (..., C + 1), to (..., C + 1).
        """
        value_C = self.finish(quotient_C)
        if self.pooled:
            return value_C
        return np.concatenate([value_C, macro_mean(value_C)[..., None]], axis=-1)

    def applies(self, table: ArmTable) -> bool:
        """Return whether the arm's kind of answer has this figure at all."""
        return self.fits(table.kind, len(table.cultures), table.published is not None)

    def fits(self, kind: str, cultures: int, published: bool) -> bool:
        """Return the same before anything is asked; `published`: the published rule can read
        answers.
        """
        if self.kinds is not None and kind not in self.kinds:
            return False
        if cultures < self.cultures:
            return False
        return self.reading == "ours" or published


def _distance(table: ArmTable, people_CIK: Floats) -> Ratio:
    people = table.people
    return mean(
        divergence.item_distance(table.share_CIK, people_CIK, people.size_I, people.ordinal_I)
    )


def _distance_filled(table: ArmTable, people_CIK: Floats) -> Ratio:
    people = table.people
    return mean(
        divergence.item_distance(table.filled_CIK, people_CIK, people.size_I, people.ordinal_I)
    )


def _skill(table: ArmTable, people_CIK: Floats) -> Ratio:
    people = table.people
    return skill_ratio(
        table.share_CIK, people_CIK, table.blind_CIK, people.size_I, people.ordinal_I
    )


def _wasserstein(table: ArmTable, people_CIK: Floats) -> Ratio:
    value_CI = divergence.wasserstein(table.share_CIK, people_CIK, table.people.size_I)
    return mean(np.where(table.people.ordinal_I, value_CI, np.nan))


def _soft_accuracy(table: ArmTable, people_CIK: Floats) -> Ratio:
    people = table.people
    return mean(
        accuracy.soft_accuracy(table.share_CIK, people_CIK, people.size_I, people.ordinal_I)
    )


def _modal_agreement(table: ArmTable, people_CIK: Floats) -> Ratio:
    return mean(accuracy.modal_agreement(table.share_CIK, people_CIK))


def _kl(table: ArmTable, people_CIK: Floats) -> Ratio:
    return mean(divergence.kl_divergence(people_CIK, table.share_CIK, table.people.size_I))


def _js_corrected(table: ArmTable, people_CIK: Floats) -> Ratio:
    read_CI = table.asked_CI - table.refused_CI
    count_CIK = table.share_CIK * read_CI[..., None]
    return mean(js_divergence_corrected(count_CIK, people_CIK))


def _entropy(table: ArmTable, people_CIK: Floats) -> Ratio:
    return Ratio(*np.broadcast_arrays(entropy(table.share_CIK), entropy(people_CIK)))


def _spread(table: ArmTable, people_CIK: Floats) -> Ratio:
    people = table.people
    sides = (
        np.where(people.ordinal_I, deviation(share_CIK, people.size_I), np.nan)
        for share_CIK in (table.share_CIK, people_CIK)
    )
    return Ratio(*np.broadcast_arrays(*sides))


def _slopes(table: ArmTable, people_CIK: Floats) -> Ratio:
    people = table.people
    return deviation_sums(table.share_CIK, people_CIK, people.size_I, people.ordinal_I).slopes


def _kl_published(table: ArmTable, people_CIK: Floats) -> Ratio:
    """Return the ratio over options and one cell of refusals, as CLCA counts them."""
    read_CIK = np.broadcast_to(table.read_CI[..., None], (*table.share_CIK.shape[:-1], 1))
    # nothing read at all is a row of refusals; answers without shares are no row
    share_CIK = np.where(read_CIK == 0, 0.0, table.share_CIK)
    model_CIK = np.concatenate([share_CIK * read_CIK, 1 - read_CIK], axis=-1)
    held_CIK = np.concatenate([people_CIK, np.zeros_like(people_CIK[..., :1])], axis=-1)
    cell_IK = np.arange(held_CIK.shape[-1]) < table.people.size_I[:, None]
    cell_IK[:, -1] = True
    return mean(published.kl_as_published(held_CIK, model_CIK, cell_IK))


def _mass(table: ArmTable, people_CIK: Floats) -> Ratio:
    return mean(np.broadcast_to(table.mass_CI, people_CIK.shape[:-1]))


def _published(table: ArmTable) -> PublishedReading:
    assert table.published is not None, "applies() comes first"
    return table.published


def _published_squares(table: ArmTable, _: Floats) -> Ratio:
    read = _published(table)
    return published.squared_errors(read.code_CI, read.gold_CI, table.people.size_I)


def _strict_squares(table: ArmTable, _: Floats) -> Ratio:
    read = _published(table)
    return published.squared_errors(read.strict_CI, read.gold_CI, table.people.size_I)


def _published_hits(table: ArmTable, _: Floats) -> Ratio:
    read = _published(table)
    return mean(published.hard_matches(read.code_CI, read.gold_CI))


def _published_near(table: ArmTable, _: Floats) -> Ratio:
    read = _published(table)
    return mean(published.soft_matches(read.code_CI, read.gold_CI, table.people.size_I))


def _published_errors(table: ArmTable, _: Floats) -> Ratio:
    read = _published(table)
    return mean(published.absolute_errors(read.code_CI, read.gold_CI, table.people.size_I))


METRICS: dict[str, Metric] = {
    "alignment": Metric(
        "1 - mean distance to the people (along the scale; total variation on nominal items)",
        _distance,
        complement,
    ),
    "alignment_refused_as_uniform": Metric(
        "alignment with refusals, and probability off the options, spread over all options",
        _distance_filled,
        complement,
    ),
    "skill": Metric(
        "1 - distance / distance of the other cultures' mean: 0 is as near as that mean, 1 the "
        "people themselves",
        _skill,
        complement,
    ),
    "js_divergence": Metric(
        "mean Jensen-Shannon divergence, in nats",
        lambda table, people: mean(divergence.js_divergence(table.share_CIK, people)),
        higher_is_better=False,
    ),
    "js_distance": Metric(
        "mean square root of the Jensen-Shannon divergence",
        lambda table, people: mean(divergence.js_distance(table.share_CIK, people)),
        higher_is_better=False,
    ),
    "js_divergence_corrected": Metric(
        "the same without what few texts add to it (jackknife), in nats; sampled answers only",
        _js_corrected,
        higher_is_better=False,
        kinds=("sampled",),
    ),
    "kl_divergence": Metric(
        "mean divergence of the people from the model in nats, both mixed with 1% of uniform",
        _kl,
        higher_is_better=False,
    ),
    "globalopinionqa_similarity": Metric(
        "1 - mean Jensen-Shannon distance",
        lambda table, people: mean(divergence.js_distance(table.share_CIK, people)),
        complement,
    ),
    "total_variation": Metric(
        "mean share of answers that would have to change",
        lambda table, people: mean(divergence.total_variation(table.share_CIK, people)),
        higher_is_better=False,
    ),
    "wasserstein": Metric(
        "mean distance along the scale, in lengths of the scale (ordinal items only)",
        _wasserstein,
        higher_is_better=False,
    ),
    "hard_accuracy": Metric(
        "probability of the people's most frequent answer",
        lambda table, people: mean(accuracy.hard_accuracy(table.share_CIK, people)),
    ),
    "soft_accuracy": Metric(
        "1 - distance of positions to the people's most frequent answer (exact on nominal items)",
        _soft_accuracy,
    ),
    "modal_agreement": Metric(
        "share of items whose most frequent answer is the people's", _modal_agreement
    ),
    "deviation_slope": Metric(
        "regression slope of the answers' deviations from the mean over cultures on the people's: "
        "0 none, 1 the people's, above 1 exaggerated",
        _slopes,
        ideal=1.0,
        cultures=2,
        pooled=True,
    ),
    "entropy_ratio": Metric(
        "entropy of the answers over the people's: below 1 the answers are more peaked (less "
        "varied) than the people's, above 1 they are more even",
        _entropy,
        ideal=1.0,
    ),
    "spread_ratio": Metric(
        "standard deviation along the scale over the people's: below 1 the answers lie closer "
        "together than the people's (ordinal items only)",
        _spread,
        ideal=1.0,
    ),
    "option_mass": Metric(
        "mean probability of the options' labels together; the rest is refusal or chatter", _mass
    ),
    "kl_as_published": Metric(
        "CLCA's divergence, in which the people themselves do not score 0 nor best",
        _kl_published,
        higher_is_better=False,
    ),
    "alignment_as_published": Metric(
        "CultureSPA's score: 1 - root of pooled squared errors over squared scale lengths",
        _published_squares,
        root_complement,
        reading="published",
    ),
    "alignment_as_published_strict": Metric(
        "the same with texts that decline counted as refusals",
        _strict_squares,
        root_complement,
        reading="published-strict",
    ),
    "hard_accuracy_as_published": Metric(
        "share of items answered with the people's modal code", _published_hits, reading="published"
    ),
    "soft_accuracy_as_published": Metric(
        "1 - difference of codes over the scale's length, exact where there are two options",
        _published_near,
        reading="published",
    ),
    "absolute_error_as_published": Metric(
        "mean difference of codes over the scale's length",
        _published_errors,
        higher_is_better=False,
        reading="published",
    ),
    "answer_share_as_published": Metric(
        "mean share of respondents who gave the model's answer",
        lambda table, _: mean(_published(table).share_CI),
        reading="published",
    ),
}


def find_metrics(names: Sequence[str] | None = None) -> dict[str, Metric]:
    """Return metrics by name, all of them without; raises `SurveyError` naming the nearest known
    one.
    """
    if names is None:
        return dict(METRICS)
    for name in names:
        if name not in METRICS:
            raise SurveyError(unknown("metric", name, METRICS))
    return {name: METRICS[name] for name in dict.fromkeys(names)}
