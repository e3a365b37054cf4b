"""The field's measures on one small table, counted by hand from the papers' formulas.

Two items on a scale of four options, two cultures:

                 people                 model
    A, item 1    .4 .3 .2 .1            .2 .3 .3 .2     gaps of the sums .2 .2 .1, together .5
    A, item 2    .1 .1 .4 .4            .1 .1 .15 .65   0 0 .25, together .25
    B, item 1    .25 .25 .25 .25        the same
    B, item 2    .7 .1 .1 .1            0 0 0 1         .7 .8 .9, together 2.4
"""

import math
from dataclasses import replace

import numpy as np
import pytest

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.canon import canon_scores, steered_scores
from acculturate.evaluation.reference_arms import reference_table
from acculturate.evaluation.scores import score_table
from acculturate.metrics.opinionqa import best_prompt, consistency
from acculturate.records import Item, Wording
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import Survey

pytest.importorskip("popfidelity", reason="extra 'measures'")
PEOPLE = {"A": ([40, 30, 20, 10], [10, 10, 40, 40]), "B": ([25, 25, 25, 25], [70, 10, 10, 10])}
MODEL = np.array(
    [[[0.2, 0.3, 0.3, 0.2], [0.1, 0.1, 0.15, 0.65]], [[0.25] * 4, [0.0, 0.0, 0.0, 1.0]]]
)
DRAWN = Resampling(draws=100)


def table(share_CIK: np.ndarray = MODEL, arm: str = "arm") -> ArmTable:
    items = {
        key: Item(
            id=key,
            topic=topic,
            codes=(1, 2, 3, 4),
            scale="ordinal",
            battery=key,
            wordings={"en": (Wording("How much?", ("None", "Little", "Some", "Much")),)},
        )
        for key, topic in (("X1", "Work"), ("X2", "Trust"))
    }
    counts = {
        culture: {key: tuple(map(float, row)) for key, row in zip(items, rows, strict=True)}
        for culture, rows in PEOPLE.items()
    }
    survey = Survey("toy", "Toy", items, counts, "")
    made = reference_table(survey, ("A", "B"), tuple(items.values()), "people", share_CIK)
    return replace(made, arm=arm)


def values(group: str, culture: str) -> dict[str, float]:
    rows = canon_scores(table(), [group], DRAWN)
    return {
        row.metric: row.value for row in rows if row.culture == culture and row.value is not None
    }


@pytest.mark.parametrize(
    ("group", "metric", "culture", "value"),
    [
        # 1 - (.5 / 3 + .25 / 3) / 2, and 1 - (0 + 2.4 / 3) / 2
        ("opinionqa", "opinionqa_representativeness", "A", 0.875),
        ("opinionqa", "opinionqa_representativeness", "B", 0.6),
        ("opinionqa", "opinionqa_representativeness", "mean", (0.875 + 0.6) / 2),
        # A is nearer over both items (.875, .6); B is in item 1 (1, .833), A in item 2 (.917, .2)
        ("opinionqa", "opinionqa_consistency", "mean", 0.5),
        ("subpop", "subpop_distance", "A", 0.375),
        ("subpop", "subpop_distance", "B", 1.2),
        # total variation .2, .25; of a uniform guess .2, .3
        ("simbench", "simbench_score", "A", 10.0),
        # 0 and .9; of a uniform guess 0 and .45
        ("simbench", "simbench_score", "B", -100.0),
        # distances .167 and .083; 0 and .8
        ("worldvaluesbench", "worldvaluesbench_within_0.05", "A", 0.0),
        ("worldvaluesbench", "worldvaluesbench_within_0.15", "A", 0.5),
        ("worldvaluesbench", "worldvaluesbench_within_0.20", "A", 1.0),
        ("worldvaluesbench", "worldvaluesbench_within_0.50", "B", 0.5),
        ("machine-bias", "machine_bias_very_good", "B", 0.5),
        ("machine-bias", "machine_bias_good", "A", 0.5),
        ("machine-bias", "machine_bias_bad", "A", 0.5),
        ("machine-bias", "machine_bias_very_bad", "B", 0.5),
        # .65 is .25 above the people's mode of .4 on A's item 2; 1 is .3 above .7 on B's item 2
        ("dispersion", "modal_collapse", "A", 0.5),
        ("dispersion", "modal_collapse", "B", 0.5),
        # options 1 to 3 of B's item 2 are never given: .9 of the people, mean of two items
        ("dispersion", "support_collapse", "B", 0.45),
        ("dispersion", "support_collapse", "A", 0.0),
    ],
)
def test_values_counted_by_hand(group: str, metric: str, culture: str, value: float) -> None:
    assert values(group, culture)[metric] == pytest.approx(value, abs=1e-9)


def test_globalopinionqa_similarity_of_disjoint_halves() -> None:
    # B's item 2: JS to base 2 = H(.35 .05 .05 .55) - H(.7 .1 .1 .1) / 2, and item 1 has none
    entropy = [-sum(p * np.log2(p) for p in side if p) for side in
               ((0.35, 0.05, 0.05, 0.55), (0.7, 0.1, 0.1, 0.1))]  # fmt: skip
    distance = np.sqrt(entropy[0] - entropy[1] / 2)
    found = values("globalopinionqa", "B")["globalopinionqa_similarity_base_2"]
    assert found == pytest.approx(1 - distance / 2)


def test_steerability_takes_the_nearest_prompt_of_each_item_and_culture() -> None:
    other = np.array(
        [[[0.4, 0.3, 0.2, 0.1], [1.0, 0, 0, 0]], [[1.0, 0, 0, 0], [0.7, 0.1, 0.1, 0.1]]]
    )
    rows = {
        row.culture: row
        for row in steered_scores([table(), table(other, "other")], ["opinionqa"], DRAWN)
    }
    assert {row.arm for row in rows.values()} == {"steered:arm+other"}
    assert {row.metric for row in rows.values()} == {"opinionqa_steerability"}
    # the other prompt is exact on A's item 1 and on B's item 2, the first on B's item 1
    assert rows["A"].value == pytest.approx(1 - 0.25 / 6)
    assert rows["B"].value == pytest.approx(1.0)
    assert steered_scores([table()], ["opinionqa"], DRAWN) == []
    assert steered_scores([table(), table(other)], ["subpop"], DRAWN) == []
    common = replace(table(other, "unaware"), common=True)
    assert steered_scores([table(), common], ["opinionqa"], DRAWN) == []


def test_both_agree_with_another_package() -> None:
    import pandas as pd
    from popfidelity.alignment import opinionqa_consistency, opinionqa_steerability

    rng = np.random.default_rng(3)
    people, model = rng.dirichlet(np.ones(4), size=6), rng.dirichlet(np.ones(4), size=(3, 6))
    theirs = opinionqa_steerability(list(people), [model[:, i] for i in range(6)])
    gap_FI = np.abs(np.cumsum(model - people, -1)).sum(-1) / 3
    nearest_CI = best_prompt(1 - gap_FI[:, None])
    assert (1 - gap_FI)[nearest_CI[0], np.arange(6)].mean() == pytest.approx(theirs)
    alignment_CI = rng.random((4, 8))
    topics = list("aabbccdd")
    by_topic = pd.DataFrame(alignment_CI.reshape(4, 4, 2).mean(-1).T, columns=list("KLMN"))
    _, share = opinionqa_consistency(by_topic)
    assert float(consistency(alignment_CI, topics)) == pytest.approx(share)


def test_consistency_where_there_is_none() -> None:
    alone = np.array([[0.5, 0.6]])
    assert np.isnan(consistency(alone, ["a", "b"])), "one culture"
    assert np.isnan(consistency(np.array([[0.5], [0.6]]), ["a"])), "one topic"
    gap = np.array([[0.9, np.nan, 0.1], [0.2, 0.3, 0.2]])
    assert float(consistency(gap, ["a", "b", "c"])) == pytest.approx(1 / 3)
    weight_BI = np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 2.0], [0.0, 0.0, 1.0]])
    drawn = consistency(gap, ["a", "b", "c"], weight_BI)
    assert drawn == pytest.approx([1 / 3, 1.0, np.nan], nan_ok=True)


ITEMS = {"X1": ((0.0, 0.2, 0.8), (0.1, 0.3, 0.4)), "X2": ((0.1, 0.3, 0.4), (0.0, 0.2, 0.8))}
"""Two items with two options, three cultures: the share of the second option, people and model."""
ASKED = (100, 100, 200)


def three_cultures() -> ArmTable:
    items = {
        key: Item(
            id=key,
            topic="Work",
            codes=(1, 2),
            scale="ordinal",
            battery=key,
            wordings={"en": (Wording("How much?", ("Little", "Much")),)},
        )
        for key in ITEMS
    }
    counts = {
        culture: {key: (n * (1 - ITEMS[key][0][c]), n * ITEMS[key][0][c]) for key in ITEMS}
        for c, (culture, n) in enumerate(zip("ABC", ASKED, strict=True))
    }
    survey = Survey("three", "Three", items, counts, "")
    second_CI = np.array([ITEMS[key][1] for key in ITEMS]).T
    share_CIK = np.stack([1 - second_CI, second_CI], -1)
    return reference_table(survey, tuple("ABC"), tuple(items.values()), "people", share_CIK)


# Item X1: people are .2 (A, B), .8 (A, C) and .6 (B, C) apart, the model's answers .2, .3 and .1.
# Accuracy 1 - (.1 + .1 + .4) / 3 = .8; medians .2 / .6 = 1/3, means .2 / .533 = .375. Ranks 1 3 2
# and 2 3 1: Spearman .5; two pairs of three in one order: Kendall 1/3; Pearson
# .02 / root(.18667 * .02) = .3273. Item X2 is the same with people and model exchanged.
PEARSON = 0.02 / (0.56 / 3 * 0.02) ** 0.5


@pytest.mark.parametrize(
    ("variant", "value"),
    [
        ("default", (0.8 / 3 * 0.5) ** (1 / 3)),
        ("mean_dispersion", (0.8 * 0.375 * 0.5) ** (1 / 3)),
        # in X2 the model's cultures are 3 times as far apart, which costs nothing here
        ("one_sided_adaptability", ((0.8 / 3 * 0.5) ** (1 / 3) + (0.8 * 0.5) ** (1 / 3)) / 2),
        ("pearson_structure", (0.8 / 3 * PEARSON) ** (1 / 3)),
        ("kendall_structure", (0.8 / 3 / 3) ** (1 / 3)),
        ("unclipped_structure", (0.8 / 3 * 0.5) ** (1 / 3)),
        ("arithmetic_mean", (0.8 + 1 / 3 + 0.5) / 3),
        # accuracy by the people asked: 1 - (.1 + .1 + 2 * .4) / 4 = .75
        ("weighted_cells", (0.75 / 3 * 0.5) ** (1 / 3)),
        ("combined", (0.75 * 0.375 * PEARSON) ** (1 / 3)),
    ],
)
def test_the_variants_of_population_fidelity(variant: str, value: float) -> None:
    found = {row.metric: row.value for row in canon_scores(three_cultures(), ["pfs"], DRAWN)}
    assert found[f"pfs_{variant}"] == pytest.approx(value, abs=1e-9)
    assert len(found) == 9


def test_unclipped_structure_can_be_below_zero() -> None:
    # the model's .3, .2 and .1: ranks 3 2 1 beside 1 3 2, Spearman -.5; distances .1, .2, .5
    share_CIK = np.array([[[0.9, 0.1]], [[0.6, 0.4]], [[0.7, 0.3]]]).repeat(2, 1)
    first = replace(three_cultures(), share_CIK=share_CIK).only(np.array([[True, False]] * 3))
    found = {row.metric: row.value for row in canon_scores(first, ["pfs"], DRAWN)}
    accuracy = 1 - (0.1 + 0.2 + 0.5) / 3
    assert found["pfs_unclipped_structure"] == pytest.approx(-((accuracy / 3 * 0.5) ** (1 / 3)))
    assert found["pfs_default"] == 0


def test_dispersion_of_all_cultures_together() -> None:
    # of 400 people .45 take the second option in X1, and .3 of the model's; in X2 the other way
    def entropy(p: float) -> float:
        return -(p * math.log(p) + (1 - p) * math.log(1 - p))

    def mean(ratio: float) -> float:
        return (ratio + 1 / ratio) / 2

    found = {row.metric: row.value for row in canon_scores(three_cultures(), ["dispersion"], DRAWN)
             if row.culture == "mean"}  # fmt: skip
    assert found["sd_ratio"] == pytest.approx(mean((0.3 * 0.7 / (0.45 * 0.55)) ** 0.5))
    assert found["pooled_entropy_ratio"] == pytest.approx(mean(entropy(0.3) / entropy(0.45)))
    alike = (0.3**2 + 0.7**2) / (0.45**2 + 0.55**2)
    assert found["collision_ratio"] == pytest.approx(mean(alike))
    # share of the variance between cultures, model less people:
    # X1 people: (100 * .45 ** 2 + 100 * .25 ** 2 + 200 * .35 ** 2) / 400 = .1275, of .2475
    # X1 model: (100 * .2 ** 2 + 0 + 200 * .1 ** 2) / 400 = .015, of .21; X2 the other way
    assert found["stereotyping"] == pytest.approx(0.0, abs=1e-12)
    one = three_cultures().only(np.array([[True, False]] * 3))
    (row,) = [
        row for row in canon_scores(one, ["dispersion"], DRAWN) if row.metric == "stereotyping"
    ]
    assert row.value == pytest.approx(0.015 / 0.21 - 0.1275 / 0.2475)


def test_our_own_ratios_of_diversity() -> None:
    # B's item 1 is the people's own; in item 2 all answers are one: no spread, no entropy.
    # Spread of .25 each: root(1.25); of .7 .1 .1 .1: mean .6, root(.7 * .36 + .1 * (.16 + 1.96
    # + 5.76)) = root(1.04). Entropy of .25 each: ln 4.
    rows = score_table(table(), ["entropy_ratio", "spread_ratio"], DRAWN)
    found = {row.metric: row.value for row in rows if row.culture == "B"}
    entropy = -(0.7 * np.log(0.7) + 0.3 * np.log(0.1))
    assert found["entropy_ratio"] == pytest.approx(np.log(4) / (np.log(4) + entropy))
    assert found["spread_ratio"] == pytest.approx(1.25**0.5 / (1.25**0.5 + 1.04**0.5))
