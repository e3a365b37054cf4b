"""Which adapters an adaptation makes, and which of them is asked about which culture."""

from pathlib import Path
from typing import Any

import pytest

from acculturate.config import validate
from acculturate.engines.protocol import Identity
from acculturate.errors import ConfigError
from acculturate.methods.grouping import grouped
from acculturate.records import Choice, Failure
from acculturate.store import Store
from acculturate.study.parts import (
    arm_parts,
    keep_identity,
    narrowed,
    part_answers,
    with_every_adapter,
)
from acculturate.study.schema import Study
from acculturate.survey import load_survey

CULTURES = ("CHN", "DEU", "USA")


def study(grouping: str, model: str = "@spa", framing: str = "aware", **adapt: Any) -> Study:
    tree = {
        "study": {"name": "s"},
        "survey": {"items": ["Q1"]},
        "cultures": {"measure": ["DEU", "CHN"], "adapt": list(CULTURES)},
        "models": {"base": {"name": "embedded"}},
        "adapt": [{"id": "spa", "method": "culturespa", "grouping": grouping, **adapt}],
        "arm": [{"id": "after", "model": model, "framing": framing}],
    }
    return validate(Study, tree, "test")


def asked(study: Study) -> dict[str, list[str]]:
    parts = arm_parts(study, load_survey(), study.arm[0])
    return {ref: [culture.code for culture in stage.cultures] for ref, stage in parts}


def test_each_culture_is_asked_of_its_own_adapter() -> None:
    assert asked(study("joint")) == {"@spa": ["DEU", "CHN"]}
    assert asked(study("specific")) == {"@spa/DEU": ["DEU"], "@spa/CHN": ["CHN"]}
    groups = {"east": ["CHN"], "west": ["USA", "DEU"]}
    assert asked(study("groups", groups=groups)) == {"@spa/west": ["DEU"], "@spa/east": ["CHN"]}


def test_one_adapter_is_asked_about_all_for_transfer() -> None:
    assert asked(study("specific", "@spa/USA")) == {"@spa/USA": ["DEU", "CHN"]}


def test_adapters_that_are_not_made() -> None:
    with pytest.raises(ConfigError, match=r"makes no adapter 'CHM'. Did you mean 'CHN'"):
        asked(study("specific", "@spa/CHM"))
    with pytest.raises(ConfigError, match="It makes one for all cultures"):
        asked(study("joint", "@spa/CHN"))
    some = study("specific")
    less = some.model_copy(
        update={"cultures": some.cultures.model_copy(update={"adapt": ("DEU", "USA")})}
    )
    with pytest.raises(ConfigError, match="none for CHN: add it to"):
        asked(less)


def test_without_a_culture_each_adapter_speaks_for_its_own(tmp_path: Path) -> None:
    made = study("specific", framing="unaware")
    parts = arm_parts(made, load_survey(), made.arm[0])
    with Store(tmp_path) as store:
        for number, (ref, stage) in enumerate(parts):
            who = Identity("tiny", "w", "float32", adapter=str(number))
            keep_identity(store, ref, who)
            share = (-0.1, -3.0) if number else (-3.0, -0.1)
            replies = [(request, Choice((*share, -9.0, -9.0), 9)) for request in stage.requests()]
            store.commit(who.digest, stage.name, replies)
        answers = list(part_answers(parts, store))
    by_culture = {answer.culture: answer.probabilities or () for answer in answers}
    assert list(by_culture) == ["DEU", "CHN"]
    assert by_culture["DEU"] != by_culture["CHN"]


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ({"west": ("DEU", "UAS"), "east": ("CHN",)}, "Did you mean 'USA'"),
        ({"west": ("DEU",), "east": ("CHN",)}, "USA is in 0 groups"),
        ({"west": CULTURES, "east": ("CHN",)}, "CHN is in 2 groups"),
    ],
)
def test_groups_that_do_not_fit(groups: dict[str, tuple[str, ...]], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        grouped("groups", groups, CULTURES)


def test_groups_and_grouping_go_together() -> None:
    with pytest.raises(ConfigError, match="go together"):
        study("groups")
    with pytest.raises(ConfigError, match="go together"):
        study("joint", groups={"all": CULTURES})


def test_an_arm_on_every_adapter_is_an_arm_for_each() -> None:
    spread = with_every_adapter(study("specific", "@spa/*"))
    assert [(arm.id, arm.model, arm.part_of) for arm in spread.arm] == [
        (f"after-{code}", f"@spa/{code}", "after") for code in CULTURES
    ]
    assert with_every_adapter(spread) == spread
    with pytest.raises(ConfigError, match="one adapter for all cultures: set its grouping"):
        with_every_adapter(study("joint", "@spa/*"))


def test_nothing_is_held_against_many_arms() -> None:
    one = study("specific", "@spa/*")
    other = one.arm[0].model_copy(update={"id": "b", "model": "base", "against": "after"})
    with pytest.raises(ConfigError, match="stands for an arm for each adapter"):
        with_every_adapter(one.model_copy(update={"arm": (*one.arm, other)}))


@pytest.mark.parametrize(
    ("framing", "presentation"),
    [
        ("unaware", "single"),
        ("aware", "single"),
        ("self-alignment", "single"),
        ("aware", "battery"),
        ("aware", "interview"),
    ],
)
def test_a_narrowed_part_asks_what_the_whole_one_asks(framing: str, presentation: str) -> None:
    ids = ["Q1", "Q2", "Q46", "Q149", "Q176"]
    tree = {
        "study": {"name": "s"},
        "survey": {"items": ids},
        "cultures": {"measure": list(CULTURES)},
        "models": {"base": {"name": "mock:noise"}},
        "answers": {
            "presentation": presentation,
            "perturb": ["typos"],
            "wordings": 2,
            "orders": "random",
        },
        "arm": [{"id": "arm", "framing": framing}],
    }
    whole = arm_parts(read := validate(Study, tree, "test"), load_survey(), read.arm[0])

    def asked_about(cultures: tuple[str, ...], items: list[str]) -> set[tuple[str, str, str]]:
        return {
            (asked.id, said.culture, said.item)
            for _, stage in narrowed(whole, cultures, items)
            for asked, said in stage.exchanges(lambda role, request: Failure("content", ""))
            if said
        }

    every = asked_about(CULTURES, ids)
    assert {item for _, _, item in every} == set(ids)
    few = {one for one in asked_about(("DEU",), ["Q46"]) if one[2] == "Q46"}
    assert few == {one for one in every if one[1] in ("DEU", "") and one[2] == "Q46"}
    if presentation == "single":
        assert few == asked_about(("DEU",), ["Q46"])
