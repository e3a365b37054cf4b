"""What is held out is measured and shown to nobody; splitting twice is splitting once."""

from typing import Any

import pytest

from acculturate.config import validate
from acculturate.errors import ConfigError
from acculturate.study.checks import check
from acculturate.study.parts import arm_parts
from acculturate.study.schema import Study
from acculturate.study.split import seen_items, trained_places, with_split
from acculturate.survey import load_survey


def study(split: dict[str, Any], **over: Any) -> Study:
    tree = {
        "study": {"name": "s"},
        "survey": {"items": "attitudes", "split": split},
        "cultures": {"measure": ["CHN", "DEU", "MEX"]},
        "models": {"base": {"name": "mock:noise"}},
        "arm": [{"id": "aware"}],
    }
    return validate(Study, {**tree, **over}, "s.toml")


@pytest.mark.parametrize("by", ["topic", "battery", "item"])
def test_items_are_on_one_side_alone(by: str) -> None:
    survey = load_survey()
    cut = with_split(study({"by": by, "held_out": 0.4}), survey)
    held, seen = survey.select(cut.survey.items), seen_items(cut, survey)

    def groups(items: Any) -> set[str]:
        keys = {"topic": "topic", "item": "id"}
        return {getattr(item, keys.get(by, "battery")) or item.id for item in items}

    assert held
    assert seen
    assert not groups(held) & groups(seen)
    assert {*held, *seen} == set(survey.select("attitudes"))
    assert arm_parts(cut, survey, cut.arm[0])[0].stage.items == held
    assert cut.answers.backdrop.example_items == tuple(item.id for item in seen)
    assert with_split(cut, survey) == cut


def test_named_topics_are_held_out() -> None:
    survey = load_survey()
    cut = with_split(study({"by": "topic", "held_out": ["Security"]}), survey)
    assert {item.topic for item in survey.select(cut.survey.items)} == {"Security"}


def test_another_seed_holds_out_others() -> None:
    survey = load_survey()
    cuts = [
        with_split(study({"by": "topic", "held_out": 0.3, "seed": seed}), survey)
        for seed in (1, 1, 2)
    ]
    assert cuts[0] == cuts[1]
    assert cuts[0].survey.items != cuts[2].survey.items


def test_cultures_held_out_are_measured_and_not_adapted_to() -> None:
    cultures = {"measure": ["CHN", "DEU", "MEX"], "adapt": ["CHN", "DEU"]}
    cut = with_split(
        study({"by": "culture", "held_out": ["CHN"]}, cultures=cultures), load_survey()
    )
    assert (cut.cultures.measure, cut.cultures.adapt) == (("CHN",), ("DEU",))
    assert with_split(cut, load_survey()) == cut


@pytest.mark.parametrize(
    ("split", "survey", "said"),
    [
        ({"by": "topic", "held_out": ["Securty"]}, {}, "Did you mean 'Security'"),
        ({"by": "topic"}, {"items": ["Q1", "Q2"]}, "cannot be split"),
        ({"by": "culture", "held_out": ["CHN"]}, {}, "every culture of cultures.adapt"),
        ({"by": "culture", "held_out": ["DEU"], "measure": "both"}, {}, "is for items"),
        ({"by": "item", "held_out": ["Q9"]}, {"items": ["Q1", "Q2"]}, "no item 'Q9'"),
    ],
)
def test_what_cannot_be_split_is_said(
    split: dict[str, Any], survey: dict[str, Any], said: str
) -> None:
    cultures = {"measure": ["CHN", "DEU"], "adapt": ["CHN"]}
    with pytest.raises(ConfigError, match=said):
        check(study(split, survey={"split": split, **survey}, cultures=cultures), fetch=False)


@pytest.mark.parametrize("held_out", [0, 1, 1.5, [], "half"])
def test_something_is_left_on_both_sides(held_out: object) -> None:
    wrong = r"'survey\.split\.held_out': .* is no part of what there is: write a share above 0"
    with pytest.raises(ConfigError, match=wrong):
        study({"by": "topic", "held_out": held_out})


def test_true_is_no_share() -> None:
    with pytest.raises(ConfigError, match=r"'survey\.split': 'held_out' takes no true or false"):
        study({"by": "topic", "held_out": True})


def test_names_of_a_list_are_told_by_their_place() -> None:
    with pytest.raises(
        ConfigError, match=r"'survey\.split\.held_out\.0': input should be a valid s"
    ):
        study({"by": "topic", "held_out": [1]})


def test_both_sides_are_asked_and_known_apart() -> None:
    survey = load_survey()
    split = {"by": "item", "held_out": ["Q2"], "measure": "both"}
    cut = with_split(study(split, survey={"split": split, "items": ["Q1", "Q2", "Q57"]}), survey)
    assert cut.survey.items == ("Q1", "Q2", "Q57")
    assert trained_places(cut, survey) == (0, 2)
    assert "Q2" not in {item.id for item in seen_items(cut, survey)}
    assert with_split(cut, survey) == cut
    alone = {**split, "measure": "held-out"}
    held = with_split(study(alone, survey={"split": alone, "items": ["Q1", "Q2"]}), survey)
    assert held.survey.items == ("Q2",)
    assert trained_places(held, survey) == ()


def test_all_that_is_measured_can_be_held_out() -> None:
    survey = load_survey()
    split = {"by": "item", "held_out": "measured"}
    cut = with_split(study(split, survey={"split": split, "items": ["Q1", "Q57"]}), survey)
    assert cut.survey.items == ("Q1", "Q57")
    seen = {item.id for item in seen_items(cut, survey)}
    assert seen == {item.id for item in survey.select("attitudes")} - {"Q1", "Q57"}
    assert with_split(cut, survey) == cut
