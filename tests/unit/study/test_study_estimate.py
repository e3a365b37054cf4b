"""What a dry run says, held against what a run then asks."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acculturate.config import validate
from acculturate.engines import parse_model
from acculturate.evaluation.neutral import passages
from acculturate.methods.workload import Amount, Counter
from acculturate.records import ChooseRequest
from acculturate.store import Kept, Store
from acculturate.study.checks import check
from acculturate.study.costs.forecast import Estimate, Stage
from acculturate.study.costs.machine import Machine
from acculturate.study.costs.study_estimate import estimate, estimate_tuning
from acculturate.study.plan import Plan
from acculturate.study.schema import Study
from acculturate.study.wiring import build_rows, run_study
from acculturate.survey import load_survey
from acculturate.tuning.rows import read_rows
from acculturate.tuning.tuning_settings import TuningSettings

MACHINE = Machine("cpu", "float32", peak=1e11, reads=1e10, memory=8 << 30)
ARMS = [{"id": "unaware", "framing": "unaware"}, {"id": "aware"}]


def study(model: str = "mock:noise", **sections: Any) -> Study:
    tree = {
        "study": {"name": "small", "draws": 100},
        "survey": {"items": ["Q1", "Q46", "Q49", "Q152", "Q160"]},
        "cultures": {"measure": ["CHN", "DEU"], "adapt": ["CHN", "DEU"]},
        "models": {"base": {"name": model}},
        "arm": ARMS,
    }
    return validate(Study, tree | sections, "test")


def estimated(made: Study, folder: Path | None = None) -> Estimate:
    return estimate(check(made, fetch=False), folder, MACHINE)


def stage(found: Estimate, name: str) -> Stage:
    return next(one for one in found.stages if one.work.name == name)


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"orders": "forward", "wordings": 2, "framing_wordings": 2},
        {"kind": "sampled", "samples": 3},
        {"orders": "random", "kind": "stated", "wordings": 2},
    ],
)
def test_prompts_of_arms_are_those_asked(tmp_path: Path, answers: dict[str, Any]) -> None:
    made = study(answers=answers)
    result = estimated(made)
    run_study(made, tmp_path)
    asked = Kept(tmp_path).counts()
    assert {one.work.name: one.work.prompts for one in result.stages} == {
        name: Amount.of(count) for name, count in asked.items()
    }


def test_tokens_are_those_that_the_model_reads(tmp_path: Path, tiny_model: Path) -> None:
    made = study(str(tiny_model))
    result = estimated(made)
    run_study(made, tmp_path)
    with Store(tmp_path) as store:
        for arm in result.stages:
            replies = [reply for _, reply in store.exchanges(arm.work.name)]
            read = sum(getattr(reply, "prompt_tokens", 0) for reply in replies)
            assert arm.work.read.likely == pytest.approx(read)
            assert 0.2 * read < arm.work.computed.likely < 0.8 * read


def test_what_is_answered_is_taken_off(tmp_path: Path, tiny_model: Path) -> None:
    made = study(str(tiny_model))
    before = estimated(made, tmp_path)
    assert before.text == estimated(made).text
    assert "answered" not in before.text
    run_study(study(str(tiny_model), arm=ARMS[:1]), tmp_path)
    after = estimated(made, tmp_path)
    assert stage(after, "arm unaware").work.answered == 12
    assert stage(after, "arm unaware").cost.seconds == Amount(0, 0)
    assert stage(after, "arm aware").work.answered == 0
    assert "12 prompts (of which 12 are already answered)" in after.text
    assert before.seconds
    assert after.seconds
    assert after.seconds.likely < before.seconds.likely
    run_study(made, tmp_path)
    more = study(str(tiny_model), survey={"items": ["Q1", "Q2"]})
    assert [one.work.answered for one in estimated(more, tmp_path).stages] == [2, 4]


def test_a_look_at_a_run_leaves_it_as_it_was(tmp_path: Path) -> None:
    made = study()
    estimated(made, tmp_path / "none")
    assert not (tmp_path / "none").exists()
    with Store(tmp_path) as store:  # somebody is at work on it
        request = ChooseRequest((), ("1", "2"))
        assert Kept(tmp_path).count([request], None) == 0
        assert store.fact("complete") is None
        assert estimated(made, tmp_path).prompts == estimated(made).prompts


TWO: dict[str, Any] = {
    "questions": {"topics": ["Migration"], "per_topic": 2},
    "shifts": {"noise": "report"},
}


def adapted(model: str, **adapt: Any) -> Study:
    sections = [
        {
            "id": "spa",
            "method": "culturespa",
            "teacher": "writer",
            "culturespa": TWO,
        }
        | adapt
    ]
    return study(
        model,
        models={"base": {"name": model}, "writer": {"name": "mock:noise"}},
        adapt=sections,
        survey={"items": ["Q121", "Q122", "Q130"]},
        arm=[*ARMS, {"id": "after", "model": "@spa"}],
    )


def test_an_adapter_that_is_not_tuned_has_answered_nothing(
    tmp_path: Path, tiny_model: Path
) -> None:
    """Its prompts are those that its base has answered."""
    made = adapted(str(tiny_model))
    run_study(study(str(tiny_model), survey={"items": ["Q121", "Q122", "Q130"]}), tmp_path)
    result = estimated(made, tmp_path)
    assert stage(result, "arm aware").work.answered == stage(result, "arm aware").work.prompts.most
    assert stage(result, "arm after").work.answered == 0
    assert result.text.endswith("This dry run asks nothing.")


def test_an_adaptation_asks_no_more_than_is_said(tmp_path: Path, tiny_model: Path) -> None:
    made = adapted(str(tiny_model))
    result = estimated(made)
    taught, _ = build_rows(made, "spa", tmp_path)
    asked = Kept(tmp_path).counts()
    for name in ("spa: questions", "spa: answers to the questions"):
        said = stage(result, name).work.prompts
        assert 0 < asked[name] <= said.most
        assert said.likely / 2 <= asked[name] <= said.likely * 2
    assert len(taught.rows) <= stage(result, "spa: tuning").work.prompts.most
    half = estimated(made, tmp_path)
    assert stage(half, "spa: questions").work.prompts == Amount.of(asked["spa: questions"])
    assert stage(half, "spa: questions").cost.seconds is None  # a mock takes no time
    assert stage(half, "spa: tuning").work.answered == 0


def test_controls_ask_nothing_more(tiny_model: Path) -> None:
    control = TWO | {"shifts": {"noise": "report", "control": "shuffled"}}
    alone = estimated(adapted(str(tiny_model)))
    both = estimated(twice(str(tiny_model), culturespa=control))
    assert both.prompts.likely == alone.prompts.likely + stage(both, "arm other").work.prompts[0]
    assert stage(both, "other: tuning").cost.seconds
    [said] = both.notes
    assert said == (
        "Asked before, and counted once: other: questions; other: answers to the questions."
    )


def twice(model: str, **other: Any) -> Study:
    """Two adaptations, of which the second is made otherwise."""
    made = adapted(model).model_dump()
    own = made["adapt"][0]
    fields = ("id", "method", "teacher", "culturespa")
    second = {key: own[key] for key in fields} | {"id": "other"} | other
    adapt = [{key: own[key] for key in fields}, second]
    arm = [*made["arm"], {"id": "other", "model": "@other"}]
    return validate(Study, made | {"adapt": adapt, "arm": arm}, "test")


@pytest.mark.parametrize("first", ["spa", "other"])
def test_questions_that_another_adaptation_asked_are_kept(
    tmp_path: Path, tiny_model: Path, first: str
) -> None:
    control = {"questions": {"topics": ["Migration"], "per_topic": 2}}
    made = twice(str(tiny_model), culturespa=control | {"shifts": {"control": "shuffled"}})
    build_rows(made, first, tmp_path)
    asked = Kept(tmp_path).counts()
    half = estimated(made, tmp_path)
    for name in ("questions", "answers to the questions"):
        work = stage(half, f"spa: {name}").work
        assert work.answered == asked[f"{first}: {name}"]
        assert work.left.most < 1
    build_rows(made, "spa", tmp_path)
    build_rows(made, "other", tmp_path)
    whole = estimated(made, tmp_path)
    for name in ("questions", "answers to the questions"):
        assert stage(whole, f"spa: {name}").work.left == Amount(0, 0)
    assert "nan" not in whole.text


def test_rows_that_nobody_knows_are_not_foretold(tmp_path: Path, tiny_model: Path) -> None:
    made = adapted(str(tiny_model))
    result = estimated(made)
    tuning = stage(result, "spa: tuning")
    assert f"spa: tuning: up to about {tuning.work.prompts.likely:.0f} (at most " in result.text
    [row] = [row for row in result.as_json()["stages"] if row["kind"] == "tune"]
    assert row["prompts"] == (None, tuning.work.prompts.most)
    taught, _ = build_rows(made, "spa", tmp_path)
    built = stage(estimated(made, tmp_path), "spa: tuning").work
    assert built.prompts == Amount.of(len(taught.rows))
    assert not built.open


def test_a_model_without_shared_beginnings_computes_every_prompt(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = study(str(tiny_model))
    shared = stage(estimated(made), "arm aware")
    monkeypatch.setattr("acculturate.engines.hf.packing.PACKABLE", frozenset())
    apart = stage(estimated(made), "arm aware")
    assert apart.work.computed == apart.work.read == shared.work.read
    assert apart.cost.seconds
    assert shared.cost.seconds
    assert apart.cost.seconds.likely > 1.2 * shared.cost.seconds.likely
    assert (apart.cost.memory or 0) > (shared.cost.memory or 0)


def test_another_framing_shares_questions_and_unaware_answers(
    tmp_path: Path, tiny_model: Path
) -> None:
    made = twice(str(tiny_model), culturespa=TWO | {"answering": {"framing": "cross-culture"}})
    result = estimated(made)
    first, other = (
        stage(result, f"{name}: answers to the questions").work for name in ("spa", "other")
    )
    # of five asked alike, without a culture in three wordings and with two, three are asked before
    assert other.prompts.likely == pytest.approx(first.prompts.likely * 2 / 5)
    assert other.again.likely == pytest.approx(first.prompts.likely * 3 / 5)
    assert "that are asked before)" in result.text
    assert "other: questions" in result.notes[0]
    for name in ("spa", "other"):
        build_rows(made, name, tmp_path)
    asked = Kept(tmp_path).counts()
    answered = [asked[f"{name}: answers to the questions"] for name in ("spa", "other")]
    assert 2 * answered[0] == 5 * answered[1]
    assert "other: questions" not in asked
    assert estimated(made, tmp_path).asked[-1].work.answered == answered[1]


def test_arms_that_ask_one_adapter_alike_are_counted_once(tiny_model: Path) -> None:
    arm = [{"id": "aware"}, {"id": "each", "model": "@spa/*"}, {"id": "own", "model": "@spa"}]
    own = {"id": "spa", "method": "culturespa", "grouping": "specific"}
    result = estimated(study(str(tiny_model), adapt=[own], arm=arm))
    counted = {asking.work.name: asking.work.prompts for asking in result.asked}
    assert counted["arm each-CHN"] == counted["arm each-DEU"] == counted["arm aware"]
    assert not [name for name in counted if name.startswith("arm own")]
    assert "arm own (@spa/CHN); arm own (@spa/DEU)" in result.notes[-1]


def test_questions_of_tasks_are_counted_with_the_rest(tmp_path: Path, tiny_model: Path) -> None:
    made = study(str(tiny_model), abilities={"tasks": ["everyday"], "limit": 5})
    work = stage(estimated(made), "ability everyday (base)")
    assert work.work.prompts == Amount.of(5)
    assert work.cost.seconds
    assert work.cost.memory
    run_study(made, tmp_path)
    more = study(str(tiny_model), abilities={"tasks": ["everyday"], "limit": 7})
    assert stage(estimated(more, tmp_path), "ability everyday (base)").work.answered == 5
    (tmp_path / "far.yaml").write_text("task: far\ndataset_path: someone/nowhere\n")
    far = {"tasks": ["far"], "include": [str(tmp_path)]}
    [said] = estimated(study(str(tiny_model), abilities=far)).notes
    assert said.startswith("The questions of the task 'far' cannot be had")


@pytest.mark.parametrize("preset", ["default", "published"])
def test_clca_names_every_stage(tiny_model: Path, preset: str) -> None:
    base = str(tiny_model)
    own = {"id": "spa", "method": "clca", "preset": preset}
    made = study(
        base,
        adapt=[own | {"clca": {"scenarios": {"count": 3}}}],
        arm=[*ARMS, {"id": "after", "model": "@spa"}],
    )
    result = {one.work.name: one.work.prompts for one in estimated(made).stages}
    dialogues = 2 * 3
    assert result["spa: scenarios"] == Amount(dialogues, 3 * dialogues)
    assert result["spa: role-play"] == Amount(dialogues * 20, 3 * dialogues * 20)
    assert result["spa: intents"] == Amount(dialogues * 20, 2 * dialogues * 20)
    if preset == "published":
        assert result["spa: verdicts"] == Amount(dialogues * 3, 2 * dialogues * 3)
        assert "spa: relevance" not in result
    else:
        assert result["spa: verdicts"] == Amount.of(dialogues * 8)
        assert result["spa: relevance"] == Amount.of(dialogues * 10 * 2)


def test_clca_asks_of_the_share_that_is_taught(tiny_model: Path) -> None:
    teaching = {"scenarios": {"count": 3}, "teaching": {"quantity": 0.5}}
    adapt = [{"id": "spa", "method": "clca", "clca": teaching}]
    made = study(str(tiny_model), adapt=adapt, arm=[*ARMS, {"id": "after", "model": "@spa"}])
    result = {one.work.name: one.work.prompts for one in estimated(made).stages}
    used = 2 * 2  # of 3 dialogues of each culture
    assert result["spa: role-play"].likely == 2 * 3 * 20
    assert result["spa: intents"] == Amount(used * 20, 2 * used * 20)
    assert result["spa: relevance"] == Amount.of(used * 10 * 2)
    assert result["spa: tuning"] == Amount.of(used * (2 + 20 + 10))


def test_a_partner_plays_half_of_the_moves(tiny_model: Path) -> None:
    adapt = [{"id": "spa", "method": "clca", "partner": "b", "clca": {"scenarios": {"count": 3}}}]
    models = {"base": {"name": str(tiny_model)}, "b": {"name": "mock:noise"}}
    result = estimated(study(models=models, adapt=adapt, arm=[{"id": "after", "model": "@spa"}]))
    played = [one.work for one in result.stages if one.work.name == "spa: role-play"]
    assert sorted(work.ref for work in played) == ["b", "base"]
    assert [work.prompts.likely for work in played] == [2 * 3 * 10] * 2


def test_clca_tasks_and_controls_play_the_same_dialogues(tiny_model: Path) -> None:
    def own(name: str, **clca: Any) -> dict[str, Any]:
        return {"id": name, "method": "clca", "clca": {"scenarios": {"count": 3}} | clca}

    adapt = [
        own("spa", teaching={"intents": 0}),
        own("shuffled", teaching={"control": "shuffled"}),
        own("kept", judging={"keep": "none"}),
        own("more", roleplay={"exchanges": 5}),
    ]
    arm = [
        *ARMS,
        *({"id": adaptation["id"], "model": f"@{adaptation['id']}"} for adaptation in adapt),
    ]
    result = estimated(study(str(tiny_model), adapt=adapt, arm=arm))
    names = [one.work.name for one in result.stages]
    assert [name for name in names if "role-play" in name] == ["spa: role-play", "more: role-play"]
    assert [name for name in names if "intents" in name] == ["shuffled: intents", "more: intents"]
    assert "more: scenarios" in result.notes[0]


def test_money_and_the_limits_that_it_passes() -> None:
    server = {"url": "http://localhost:9/v1", "price": [1.0, 2.0], "spending_limit": 0.001}
    made = study(models={"base": {"name": "server:some", "server": server}})
    result = estimated(made)
    arm = stage(result, "arm unaware")
    assert arm.cost.money is not None
    assert arm.cost.money.likely == pytest.approx((arm.work.read.likely + 2 * 12) / 1e6)
    assert arm.cost.money.most > arm.cost.money.likely
    assert result.seconds is None
    [said] = result.warnings
    assert said.startswith("Warning: 'base' will probably pass its spending_limit = 0.001:")
    enough = server | {"spending_limit": 1}
    assert not estimated(study(models={"base": {"name": "server:some", "server": enough}})).warnings
    little = {"url": server["url"], "token_limit": 9000}
    [said] = estimated(study(models={"base": {"name": "server:some", "server": little}})).warnings
    assert "may pass its token_limit = 9,000" in said


def test_a_page_that_no_model_has_room_for_is_told(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = study(str(tiny_model), answers={"presentation": "battery"}, arm=ARMS[:1])
    assert not estimated(asked).warnings
    shape = Counter.shape
    monkeypatch.setattr(
        Counter, "shape", lambda self, ref: (own := shape(self, ref)) and replace(own, room=99)
    )
    [said] = estimated(asked).warnings
    assert re.match(
        "Warning: a prompt of arm unaware and its reply take [0-9]+ tokens, and its model was "
        "made for 99: ask fewer items", said
    )  # fmt: skip


def test_a_model_that_is_not_here_is_not_guessed() -> None:
    result = estimated(study("someone/nowhere"))
    assert result.prompts == Amount.of(36)
    assert result.seconds is None
    assert result.memory is None
    [said] = result.notes
    assert "'someone/nowhere' is not on this machine" in said
    assert said in result.text


def test_a_model_that_memory_does_not_hold(tiny_model: Path) -> None:
    made = study(str(tiny_model))
    small = Machine("cpu", "float32", 1e11, 1e10, memory=1 << 29)
    result = estimate(Plan.of(made), machine=small)
    assert "arm aware needs about 0.7 GiB of memory, and this machine has 0.5 GiB" in result.text
    assert not estimate(Plan.of(made), machine=MACHINE).warnings


def test_many_prompts_are_estimated_from_some_of_their_batches(tiny_model: Path) -> None:
    made = study(
        str(tiny_model), survey={"items": "all"}, cultures={"measure": list(load_survey().cultures)}
    )
    work = stage(estimated(made), "arm aware").work
    assert work.prompts.likely > 9000
    few = stage(estimated(study(str(tiny_model), survey={"items": "all"})), "arm aware").work
    alike = few.read.likely / few.prompts.likely
    assert work.read.likely / work.prompts.likely == pytest.approx(alike, rel=0.05)


def test_tuning_alone_is_estimated_alike(tmp_path: Path, tiny_model: Path) -> None:
    made = adapted(str(tiny_model))
    build_rows(made, "spa", tmp_path)
    rows = read_rows(tmp_path / "spa.rows.jsonl")
    alone = estimate_tuning(rows, parse_model(str(tiny_model)), TuningSettings(epochs=2), MACHINE)
    [whole] = alone.stages
    assert whole.work.prompts == Amount.of(2 * len(rows))
    once = stage(estimated(made, tmp_path), "spa: tuning")
    assert once.work.prompts == Amount.of(len(rows))
    assert whole.cost.seconds
    assert once.cost.seconds
    assert whole.cost.seconds.likely == pytest.approx(2 * once.cost.seconds.likely)
    assert alone.text.endswith("This dry run tunes nothing.")


def test_neutral_texts_are_counted_and_are_no_prompts(tmp_path: Path, tiny_model: Path) -> None:
    made = adapted(str(tiny_model))
    found = estimated(made)
    base, own = (stage(found, f"neutral texts, en ({ref})") for ref in ("base", "@spa"))
    count = len(passages("en"))
    assert base.work.prompts == own.work.prompts == Amount.of(count)
    assert base.cost.seconds
    assert base.cost.seconds.likely > 0
    assert f"neutral texts, en (base): {count} texts, about " in found.text
    off = validate(Study, made.model_dump() | {"neutral": {"read": False}}, "test")
    assert estimated(off).prompts == found.prompts
    with Store(tmp_path) as store:
        store.keep("neutral texts base", {})
    read = stage(estimated(made, tmp_path), "neutral texts, en (base)")
    assert read.work.answered == count
    assert read.cost.seconds == Amount(0, 0)


def test_json_has_every_stage(tiny_model: Path) -> None:
    tree = json.loads(json.dumps(estimated(study(str(tiny_model))).as_json()))
    assert [row["name"] for row in tree["stages"]] == ["arm unaware", "arm aware"]
    assert tree["total"]["prompts"] == [36, 36]
    assert tree["stages"][0]["money"] is None
    assert tree["stages"][0]["seconds"][0] > 0


def test_what_an_interview_has_said_is_computed_once() -> None:
    items = [item.id for item in load_survey().select("attitudes")[:30]]
    made = study(survey={"items": items}, answers={"presentation": "interview"}, arm=ARMS[1:])
    plan = check(made, fetch=False)
    ((part,),) = plan.parts.values()
    requests = list(part.stage.requests())
    turns = len(items)
    assert len(requests) == 4 * turns, "two cultures, scales forward and reversed"
    counter = Counter(lambda ref: parse_model("mock:noise"))
    exact = counter.asking("", "base", Amount.of(len(requests)), requests, batch=turns)
    (found,) = estimate(plan, None, MACHINE).stages
    assert found.work.prompts == Amount.of(len(requests))
    assert found.work.read.likely == pytest.approx(exact.read.likely, rel=0.03)
    assert found.work.computed.likely == pytest.approx(exact.computed.likely, rel=0.05)
    assert found.work.computed.likely < found.work.read.likely / 8
    assert found.work.sizes.longest == pytest.approx(exact.sizes.longest, rel=0.02)
