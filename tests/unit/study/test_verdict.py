"""The verdict says improvement only where every question that applies has a yes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.reference_arms import reference_table
from acculturate.records.results.conclusion import Line, Step, Verdict
from acculturate.records.results.differences import Difference, TestedDifference
from acculturate.records.results.general import AbilityRow, Kept
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.plan import Plan
from acculturate.study.results.evidence import Finding
from acculturate.study.results.gain_split import Part
from acculturate.study.results.tree import verdict_pair
from acculturate.study.results.verdict import Pair, verdict
from acculturate.study.schema import load_study
from acculturate.study.shipped_studies import demo_study
from acculturate.survey import load_survey

DRAWN = Resampling(draws=300)
CULTURES = ["CHN", "DEU", "MEX", "NGA"]


def arm(name: str, own: float, mankind: float = 0.0) -> ArmTable:
    """Answers of uniform guess, of people in general and of each culture's own, mixed."""
    survey = load_survey()
    items = [item for item in survey.select("published") if item.id not in ("Q111",)]
    people = survey.people(CULTURES, items)
    asked_I = people.n_CI.min(0) > 0
    kept = [item for item, asked in zip(items, asked_I, strict=True) if asked]
    people = survey.people(CULTURES, kept)
    share_CIK = people.share_CIK
    even_IK = (np.arange(share_CIK.shape[-1]) < people.size_I[:, None]) / people.size_I[:, None]
    mixed = own * share_CIK + mankind * share_CIK.mean(0) + (1 - own - mankind) * even_IK
    return reference_table(survey, CULTURES, kept, name, mixed)


def with_mass(table: ArmTable, mass: float) -> ArmTable:
    """The same answers, with so much of the probability on the options."""
    mass_CI = np.full_like(table.read_CI, mass)
    return replace(table, read_CI=mass_CI, mass_CI=mass_CI)


def judged(
    after: ArmTable,
    before: ArmTable,
    adapted: bool = True,
    cultures: Sequence[str] = CULTURES,
    abilities: Sequence[AbilityRow] = (),
    drawn: Resampling = DRAWN,
    **controls: ArmTable,
) -> Verdict:
    """The verdict on two arms; each control is named after its kind."""
    given = {"after": after, "before": before, **controls}
    tables = {name: replace(table, arm=name) for name, table in given.items()}
    kinds = tuple((name, name.replace("_", "-")) for name in controls)
    pair = Pair("after", "before", tuple(cultures), adapted, kinds)
    result = verdict(tables, "alignment", pair, drawn, abilities)
    assert result is not None
    return result


def figures(step: Step) -> TestedDifference:
    assert step.figures is not None
    return step.figures


def answers(found: Verdict) -> list[Any]:
    return [(step.question, step.answer) for step in found.steps]


def test_nearer_specific_and_better_than_its_control_is_an_improvement() -> None:
    result = judged(arm("a", 0.4), arm("b", 0.0), shuffled=arm("s", 0.1, 0.2))
    assert answers(result) == [("nearer", True), ("specific", True), ("control", True)]
    assert result.improved is True
    assert result.headline == "after improves on before."
    assert result.sentence.endswith("That is an improvement.")


def test_without_a_control_it_is_not_yet_one() -> None:
    result = judged(arm("a", 0.4), arm("b", 0.0))
    assert answers(result) == [("nearer", True), ("specific", True), ("control", None)]
    assert result.improved is False
    assert "not yet an improvement" in result.headline
    assert result.sentence.endswith("not yet an improvement.")
    assert "There is no control arm (such as gain 0 or shuffled cultures)" in result.sentence


def test_a_framing_needs_no_control() -> None:
    result = judged(arm("a", 0.4), arm("b", 0.0), adapted=False)
    assert answers(result) == [("nearer", True), ("specific", True)]
    assert result.improved is True


def test_a_gain_for_everybody_is_not_specific() -> None:
    result = judged(arm("a", 0.0, 0.6), arm("b", 0.0), adapted=False)
    assert answers(result)[0] == ("nearer", True)
    assert answers(result)[1][1] is not True
    assert "no interval (too few cultures, too few batteries" in result.sentence
    assert result.improved is False


def test_where_an_interval_holds_zero_nothing_is_said_to_be_absent() -> None:
    """Half of the batteries lean to each culture's own people, the others away from them."""
    towards, away = arm("a", 0.1, 0.6), arm("a", -0.13, 0.6)
    places = {battery: at for at, battery in enumerate(dict.fromkeys(towards.batteries))}
    even_I = np.array([places[battery] % 2 == 0 for battery in towards.batteries])
    share_CIK = np.where(even_I[None, :, None], towards.share_CIK, away.share_CIK)
    result = judged(replace(towards, share_CIK=share_CIK), arm("b", 0.0), adapted=False)
    [_, step] = result.steps
    assert figures(step).side == 0
    assert "is not shown to be specific: whether answers came nearer to each" in step.said
    assert "is open" in step.said


def test_each_control_must_be_beaten_and_the_one_that_is_not_is_named() -> None:
    easy, null = arm("s", 0.1), arm("n", 0.0)
    result = judged(arm("a", 0.4), null, shuffled=easy, null=null, gain_0=arm("g", 0.4))
    assert answers(result)[-1] == ("control", False)
    assert result.improved is False
    assert figures(result.steps[-1]).against == "gain_0"
    said = result.steps[-1].said
    assert said.startswith("It is not shown to beat its control gain_0 (gain 0; +0.0000")
    assert "may come from training as such, not from shifts" in said
    assert "shuffled" not in said
    beaten = judged(arm("a", 0.4), null, shuffled=easy, null=null, gain_0=arm("g", 0.2))
    assert beaten.improved is True
    assert "each of its controls: shuffled (shuffled cultures; +" in beaten.steps[-1].said


@pytest.mark.parametrize(("value", "said"), [(-0.00002, "+0.0000"), (-0.0001, "-0.0001")])
def test_figures_have_no_sign_that_their_digits_do_not_show(value: float, said: str) -> None:
    difference = Difference("alignment", "mean", "a", "b", value, None, None, 3)
    assert Finding(difference, None, up=True).figures == said


@pytest.mark.parametrize(("p", "said"), [(1e-4, "p < 0.001"), (0.001, "p 0.001"), (0.2, "p 0.200")])
def test_a_p_value_is_never_zero(p: float, said: str) -> None:
    difference = Difference("alignment", "mean", "a", "b", 0.1, None, None, 3)
    assert Finding(difference, p, up=True).figures == f"+0.1000, {said}"


def test_a_loss_is_named_in_the_headline() -> None:
    result = judged(arm("a", -0.3), arm("b", 0.2))
    assert result.headline == "after is further from the people than before."


def test_few_batteries_that_differ_give_no_p_below_the_least() -> None:
    """Of 65 batteries 6 differ: all exchanges of these give 1/32 at best, whatever is drawn."""
    after, before = arm("a", 0.4), arm("b", 0.0)
    few = list(dict.fromkeys(after.batteries))[:6]
    differs_I = np.array([battery in few for battery in after.batteries])
    share_CIK = np.where(differs_I[None, :, None], after.share_CIK, before.share_CIK)
    result = judged(replace(after, share_CIK=share_CIK), before, adapted=False)
    assert [figures(step).p for step in result.steps] == [1 / 32, 1 / 32]


def test_a_gain_that_goes_with_refusals_is_none() -> None:
    """Nearer in what it answers, while it puts more of its probability on the options."""
    before, after = with_mass(arm("b", -0.3), 0.39), with_mass(arm("a", -0.2), 0.94)
    result = judged(after, before, adapted=False)
    assert result.uniform is not None
    assert (result.value or 0) > 0 > (result.uniform.value or 0)
    assert answers(result) == [("nearer", False)]
    assert "on one figure alone: shown for the answers that name an option" in result.sentence
    assert "the options hold 0.94 of the probability in after and 0.39 in before" in (
        result.sentence
    )
    assert result.headline == (
        "after differs from before on one of two figures, which shows no improvement."
    )


def test_what_the_permutation_test_contradicts_is_no_yes() -> None:
    """Few batteries as all there is: the respondents alone give a sure interval, and no proof."""
    after, before = arm("a", 0.4), arm("b", 0.0)
    at = [i for i, item in enumerate(after.items) if item.id in ("Q46", "Q57", "Q165", "Q199")]
    few = [whole.part(np.arange(len(CULTURES)), np.array(at)) for whole in (after, before)]
    result = judged(
        few[0], few[1], adapted=False, drawn=Resampling(items="fixed", people_draws=200)
    )
    assert result.side == 1
    assert result.p == pytest.approx(1 / 8)
    assert answers(result) == [("nearer", None)]
    assert "the permutation test does not agree" in result.sentence


def test_few_batteries_have_no_interval_and_no_verdict() -> None:
    after, before = arm("a", 0.4), arm("b", 0.0)
    few = [whole.part(np.arange(len(CULTURES)), np.arange(12)) for whole in (after, before)]
    result = judged(few[0], few[1], adapted=False)
    assert (result.low, result.high) == (None, None)
    assert answers(result) == [("nearer", None)]
    assert "there is no interval (too few batteries of questions" in result.sentence


def test_it_speaks_of_the_cultures_that_were_adapted() -> None:
    before, whole = arm("b", 0.2), arm("a", 0.4)
    first = np.array([True, True, False, False])[:, None, None]
    # two cultures gain, the two others lose more
    mixed = np.where(first, whole.share_CIK, arm("w", -0.3).share_CIK)
    after = replace(whole, share_CIK=mixed)
    result = judged(after, before, adapted=False, cultures=["CHN", "DEU"])
    assert result.cultures == ("CHN", "DEU")
    assert answers(result)[0] == ("nearer", True)
    [line] = result.lines
    assert line.said.startswith("The cultures that it was not adapted to (MEX, NGA): further")
    assert line.said in result.sentence


def test_abilities_are_a_line_of_their_own_and_a_loss_stands_in_the_headline() -> None:
    lost = Kept(-0.11, -0.2, -0.05, -0.2, -0.05, 0.1, 90, "lost")
    row = AbilityRow("everyday", "@a", "acc", 0.25, 0, "", 0.05, 0.5, 0.4, 0.6, 90, True)
    rows = [replace(row, base="base", kept=lost), replace(row, task="maths")]
    result = judged(arm("a", 0.4), arm("b", 0.0), shuffled=arm("s", 0.1), abilities=rows)
    assert result.lines == (Line("abilities", "General abilities: everyday lost (-0.110)."),)
    assert result.headline == "after improves on before, and lost general abilities."


@pytest.mark.parametrize(
    ("own", "said"), [(0.4, "score the same in every battery"), (0.1, "further from")]
)
def test_what_is_not_nearer_is_asked_nothing_more(own: float, said: str) -> None:
    result = judged(arm("a", own), arm("b", 0.4))
    assert len(result.steps) == 1
    assert said in result.sentence
    assert result.improved is False


def test_a_control_that_is_nearer_is_said_to_be() -> None:
    result = judged(arm("a", 0.3), arm("b", 0.0), shuffled=arm("s", 0.4))
    assert ", which is shown to be nearer: what it gained may come from" in result.sentence
    assert [step.opposite for step in result.steps] == [False, False, True]


def test_a_gain_that_favours_others_is_said_to() -> None:
    """All answers come nearer to the people of all, most to those of other cultures."""
    before, after = arm("b", 0.0), arm("a", -0.3, 0.6)
    [_, step] = judged(after, before, adapted=False).steps
    assert figures(step).side == -1
    assert step.said.startswith("The gain is not specific: it favours the people of others")
    assert step.opposite is True


def test_a_gain_is_split_into_its_parts() -> None:
    tables = {
        "before": arm("before", 0.0),
        "gain-0": arm("gain-0", 0.0),
        "position": arm("position", 0.0, 0.2),
        "after": arm("after", 0.3),
    }
    parts = (
        Part("culture", "after", "gain-0"),
        Part("position", "position", "before"),
        Part("training", "gain-0", "before"),
    )
    pair = Pair("after", "before", tuple(CULTURES), True, (("gain-0", "gain-0"),), parts)
    result = verdict(tables, "alignment", pair, DRAWN)
    assert result is not None
    [line] = [line for line in result.lines if line.about == "split"]
    values = {row.part: row.value for row in line.parts}
    assert values["culture"] == pytest.approx(result.value)
    assert values["training"] == 0
    assert 0 < (values["position"] or 0) < (values["culture"] or 0)
    assert line.said.startswith("Split of the difference: culture +")
    assert "(after less gain-0); position +" in result.sentence
    assert "(gain-0 less before, not shown to differ from zero)" in line.said


def test_the_controls_of_a_study_are_those_of_the_arm_s_form() -> None:
    study = load_study(demo_study().parent / "culturespa-controls.toml")
    pair = verdict_pair(Plan.of(study), "shifted", "aware")
    assert [kind for _, kind in pair.controls] == ["gain-0", "null", "random", "shuffled"]
    assert pair.parts == (
        Part("culture", "shifted", "gain-0"),
        Part("position", "position", "aware"),
        Part("training", "gain-0", "aware"),
    )
