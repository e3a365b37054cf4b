import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from acculturate.clca import AdaptStage, ClcaSettings, Scenario
from acculturate.clca.json_replies import find_object
from acculturate.clca.scenarios.adapting import as_json, read_scenario
from acculturate.clca.unread import Unread
from acculturate.culture import find_culture
from acculturate.engines.mock import MockEngine
from acculturate.records import Failure, GenerateRequest, Generation, Reply, Request

from .conftest import Carry

GOOD = {
    "setting": "Katrin and Emre wait at the town hall of Kassel with a number each.",
    "first": {
        "name": "Katrin", "occupation": "gardener", "background": "Has waited for an hour.",
        "goal": "To be served before noon.", "secret": "Took two numbers.",
    },
    "second": {
        "name": "Emre", "occupation": "clerk", "background": "Has to close soon.",
        "goal": "To close on time.", "secret": "Is on probation.",
    },
}  # fmt: skip
SETTINGS = ClcaSettings.model_validate(
    {"scenarios": {"count": 4, "tries": 2, "domains": ["market"]}}
)


def test_the_teacher_sees_names_of_the_culture_and_its_descriptors(carry: Carry) -> None:
    seen: list[Request] = []

    def say(request: Request) -> str:
        seen.append(request)
        return json.dumps(GOOD)

    stage = AdaptStage([find_culture("DEU")], SETTINGS)
    result = stage.collect(carry(stage, MockEngine(say)))
    assert len(result.scenarios) == 4
    assert all(scenario.adapted for scenario in result.scenarios)
    assert result.scenarios[0].first.name == "Katrin"
    assert len({scenario.id for scenario in result.scenarios}) == 4
    prompt = seen[0].messages[-1].text
    assert "Power distance: low" in prompt
    shown = find_object(prompt)
    assert shown is not None
    assert shown["first"]["name"] != shown["second"]["name"]
    [form] = {request.schema for request in seen if isinstance(request, GenerateRequest)}
    assert json.loads(form)["required"] == list(shown)
    assert json.loads(form)["properties"]["first"]["required"] == list(shown["first"])


def test_failed_tries_are_drops_and_the_rule_stands_in(carry: Carry) -> None:
    lost = Failure("content", "gone")
    script: list[str | Failure] = [json.dumps(GOOD), "No.", "{}", lost, *["No."] * 3]
    replies = iter(script)

    def say(request: Request) -> str | Failure:
        return next(replies)

    stage = AdaptStage([find_culture("DEU")], SETTINGS)
    result = stage.collect(carry(stage, MockEngine(say)))
    assert [scenario.adapted for scenario in result.scenarios] == [True, False, False, False]
    assert [drop.reason for drop in result.drops] == ["no object"] * 2 + ["no reply"] + [
        "no object"
    ] * 3
    assert (result.yields[0].count, result.yields[0].of) == (1, 4)
    assert result.yields[0].lost == {"no object": 3}
    assert result.yields[1].note == "3 with names put in by rule only"


def test_without_the_rule_what_fails_is_left_out(carry: Carry) -> None:
    settings = ClcaSettings.model_validate(
        {"scenarios": {"count": 2, "tries": 1, "fallback": False}}
    )
    stage = AdaptStage([find_culture("DEU")], settings)
    assert stage.collect(carry(stage, MockEngine(lambda _: "No."))).scenarios == ()


def test_what_stays_in_english_by_rule_is_told(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    shipped = resources.files("acculturate.clca.scenarios") / "situations" / "market.toml"
    own.write_text(shipped.read_text("utf-8").replace('"market', '"shop'), encoding="utf-8")
    scenarios = {"adapt": "rule", "folders": [str(tmp_path)], "domains": ["shop"]}
    settings = ClcaSettings.model_validate({"language": "culture", "scenarios": scenarios})
    stage = AdaptStage([find_culture("DEU"), find_culture("GBR")], settings)
    result = stage.collect(lambda role, request: None)
    assert {scenario.language for scenario in result.scenarios} == {"en"}
    said = "10 with names put in by rule only, 5 of them in English for want of another wording"
    assert result.yields[-1].note == said


def test_by_rule_nothing_is_asked() -> None:
    settings = ClcaSettings.model_validate({"scenarios": {"adapt": "rule", "count": 3}})
    stage = AdaptStage([find_culture("JPN"), find_culture("MEX")], settings)
    assert list(stage.rounds(lambda role, request: None)) == []
    assert len(stage.collect(lambda role, request: None).scenarios) == 6


def test_a_run_cut_off_goes_on_with_the_same_scenarios(carry: Carry) -> None:
    def say(request: Request) -> str:
        return json.dumps(GOOD) if int(request.id, 16) % 3 else "No."

    def stage() -> AdaptStage:
        return AdaptStage([find_culture("DEU")], SETTINGS)

    whole = stage().collect(carry(stage(), MockEngine(say, batch_size=2)))
    kept: dict[tuple[str, str], Reply] = {}
    for _ in range(12):
        lookup = carry(stage(), MockEngine(say, batch_size=2), kept, batches=1)
    assert stage().collect(lookup) == whole


def test_a_reply_cut_short_says_so(carry: Carry) -> None:
    stage = AdaptStage([find_culture("DEU")], SETTINGS)
    short = Generation('{"setting": "In Ka', 1, 1, "length")
    assert {
        drop.reason for drop in stage.collect(carry(stage, MockEngine(lambda _: short))).drops
    } == {"cut off"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"setting": ""}, "fields missing"),
        ({"second": {**GOOD["second"], "goal": ""}}, "fields missing"),  # type: ignore[dict-item]
        ({"second": "Emre"}, "fields missing"),
        ({"second": {**GOOD["second"], "name": "katrin"}}, "both characters are called 'Katrin'"),  # type: ignore[dict-item]
        ({"setting": "卡特琳和埃姆雷在卡塞尔的市民办公室门前等候。"}, "wrong language"),
    ],
)
def test_what_is_no_scenario_says_why(
    scenarios: Callable[..., tuple[Scenario, ...]], change: dict[str, object], reason: str
) -> None:
    (base,) = scenarios()
    scenario = read_scenario(json.dumps({**GOOD, **change}), base, "en")
    assert scenario == Unread(reason)


def test_the_situation_unchanged_is_no_adaptation(
    scenarios: Callable[..., tuple[Scenario, ...]],
) -> None:
    (base,) = scenarios()
    assert read_scenario(as_json(base), base, "en") == Unread("unchanged")


@pytest.mark.parametrize(
    "text",
    [
        'Sure! ```json\n{"a": "x", "b": {"c": "y"}}\n```',
        "{'a': 'x', 'b': {'c': 'y'}}",
        "{“a”: “x”, “b”: {“c”: “y”,},}",
        '{"a"："x"，"b"：{"c"："y"}}',
        '{a: "x", b: {c: "y"}}',
        '{"a": "x", "b": {"c": "y"',
        '{x} then {"a": "x", "b": {"c": "y"}} and more }',
    ],
)
def test_objects_are_found_however_bent(text: str) -> None:
    assert find_object(text) == {"a": "x", "b": {"c": "y"}}


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", "no", "{" * 5000, '{"a":' * 3000])
def test_no_object_is_none(text: str) -> None:
    assert find_object(text) is None
