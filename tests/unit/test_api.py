"""What Python users call: one name or several, tables in memory, results that fit a screen."""

import inspect
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import acculturate
from acculturate.engines.mock import CHARACTERS, MockEngine
from acculturate.errors import AcculturateError, ConfigError, EngineError
from acculturate.records import Choice, ChooseRequest, Failure
from acculturate.records.results.conclusion import Verdict
from acculturate.records.results.run_results import RunMeta
from acculturate.result import Result

ITEMS = ["Q1", "Q2", "Q46"]


def measured(tmp_path: Path, **over: object) -> Result:
    given: dict[str, object] = {"items": ITEMS, "out": tmp_path / "run"} | over
    return acculturate.measure("mock:noise", **({"cultures": "CHN"} | given))  # type: ignore[arg-type]


def test_one_culture_may_be_a_plain_code(tmp_path: Path) -> None:
    assert measured(tmp_path).cultures == ("CHN",)


def test_a_measurement_from_python_draws_no_page_until_it_is_asked_for(tmp_path: Path) -> None:
    result = measured(tmp_path)
    assert not (tmp_path / "run" / "report.html").exists()
    assert result.report().read_text().startswith("<!doctype html>")
    assert measured(tmp_path).report().is_file()
    assert measured(tmp_path, report=True).folder == tmp_path / "run"


def test_a_page_of_other_numbers_does_not_stay(tmp_path: Path) -> None:
    measured(tmp_path, report=True)
    measured(tmp_path, cultures="DEU")
    assert not (tmp_path / "run" / "report.html").exists()


def test_several_models_and_framings_make_an_arm_for_each_pair(tmp_path: Path) -> None:
    result = acculturate.measure(
        ["mock:noise", "mock:first"], ["CHN", "DEU"], ["aware", "unaware"],
        items=ITEMS, out=tmp_path / "run",
    )  # fmt: skip
    assert result.arms == (
        "mock-noise-aware", "mock-noise-unaware", "mock-first-aware", "mock-first-unaware",
    )  # fmt: skip
    with pytest.raises(AcculturateError, match="There are the arms mock-noise-aware"):
        result.value("alignment")
    alone = acculturate.measure("mock:first", ["CHN", "DEU"], items=ITEMS, out=tmp_path / "one")
    assert result.value("alignment", arm="mock-first-aware") == alone.value("alignment")


def test_languages_make_arms_too(tmp_path: Path) -> None:
    result = acculturate.measure(
        "mock:noise", ["MEX", "GBR"], language=["en", "culture"], items="Q1", out=tmp_path / "run"
    )
    assert result.arms == ("aware-en", "aware-culture")
    alone = acculturate.measure("mock:noise", "MEX", language="es", items="Q1", out=tmp_path / "es")
    assert alone.arms == ("aware",)
    assert {row.language for row in alone.scores if row.arm == "aware"} == {"es"}


def test_an_engine_object_is_asked_as_it_is_and_left_open(tmp_path: Path) -> None:
    engine = Counting(CHARACTERS["noise"], "mine")
    result = acculturate.measure(engine, "CHN", items=ITEMS, out=tmp_path / "run")
    named = acculturate.measure("mock:noise", "CHN", items=ITEMS, out=tmp_path / "named")
    assert result.value("alignment") == named.value("alignment")
    assert (engine.asked > 0, engine.closed) == (True, 0)
    assert result.arms == ("aware",)
    asked = engine.asked
    acculturate.measure(engine, "CHN", items=ITEMS, out=tmp_path / "run")
    assert engine.asked == asked
    assert acculturate.load_run(tmp_path / "run").meta.models[0].model == "mock:mine"
    with pytest.raises(EngineError, match=r"'object:mock:mine-\w+' is an engine object"):
        acculturate.run(tmp_path / "run" / "study.toml", out=tmp_path / "again")


def test_engine_objects_are_measured_beside_named_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = [Counting(CHARACTERS[text], text) for text in ("first", "noise")]
    result = acculturate.measure([*own, "mock:uniform"], "CHN", items=ITEMS)
    assert result.arms == ("mock-first", "mock-noise", "mock-uniform")
    assert all(counting.asked for counting in own)
    other = acculturate.measure(own[0], "CHN", items=ITEMS)
    assert other.folder != acculturate.measure(own[1], "CHN", items=ITEMS).folder
    own[1].identity = replace(own[0].identity, weights="others")
    alike = acculturate.measure(own, "CHN", items=ITEMS)
    assert len(set(alike.arms)) == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"executor": "ray"}, "'ray' asks models in other processes"),
        ({"settings": ["study.executor=ray"]}, "'ray' asks models in other processes"),
        ({"dtype": "float32"}, "adapter and dtype are for models that are named"),
    ],
)
def test_what_an_engine_object_cannot_have_is_told(
    more: dict[str, Any], said: str, tmp_path: Path
) -> None:
    engine = MockEngine(CHARACTERS["noise"])
    with pytest.raises(ConfigError, match=said):
        acculturate.measure(engine, "CHN", out=tmp_path / "run", **more)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("given", [Path("model"), 3, [None]])
def test_what_is_no_model_is_told(given: Any) -> None:
    with pytest.raises(ConfigError, match="A model is given by its name or as an engine object"):
        acculturate.measure(given, "CHN")


class Counting(MockEngine):
    """Counts what it is asked, and how often it is closed."""

    asked = closed = 0

    def choose(self, requests: Sequence[ChooseRequest]) -> Iterator[tuple[str, Choice | Failure]]:
        self.asked += len(requests)
        return super().choose(requests)

    def close(self) -> None:
        self.closed += 1


def test_a_wrong_value_is_a_value_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no culture 'CHX'"):
        measured(tmp_path, cultures="CHX")
    with pytest.raises(ValueError, match="framing 'awere'"):
        measured(tmp_path, framing="awere")
    assert not issubclass(EngineError, ValueError)


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"metric": "alignmnt"}, "no metric 'alignmnt'. Did you mean 'alignment'"),
        ({"metric": "alignment", "culture": "DEU"}, "no culture 'DEU'"),
        ({"metric": "alignment", "arm": "awre"}, "no arm 'awre'. Did you mean 'aware'"),
    ],
)
def test_a_score_that_is_not_there_is_told(over: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(AcculturateError, match=said):
        measured(tmp_path).value(**({"metric": ""} | over))


def test_a_result_fits_a_screen_and_is_escaped_in_a_notebook(tmp_path: Path) -> None:
    result = measured(tmp_path)
    lines = repr(result).splitlines()
    assert len(lines) <= 16
    assert max(map(len, lines[:-1])) <= 120
    assert lines[0].startswith("Result of 1 arm, 1 culture")
    html = result._repr_html_()
    assert html.count("<tr>") == len(lines) - 2
    figures = ("alignment", "mean", "after", "before", 0.1, None, None, 3)
    told = Verdict(*figures, sentence="<script>")
    hostile = Result(tuple(result.scores), RunMeta(verdict=told))
    assert "<script>" not in hostile._repr_html_()


def test_a_finished_run_is_loaded_without_a_model(tmp_path: Path) -> None:
    result = measured(tmp_path)
    loaded = acculturate.load_run(tmp_path / "run")
    assert (loaded.scores, loaded.meta) == (result.scores, result.meta)
    with pytest.raises(AcculturateError, match=r"no metrics\.json"):
        acculturate.load_run(tmp_path)


def test_a_study_may_be_given_as_an_object(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(
        '[study]\nname = "small"\ndraws = 100\n[survey]\nitems = ["Q1", "Q2"]\n[cultures]\n'
        'measure = ["CHN"]\n[models.base]\nname = "mock:noise"\n[[arm]]\nid = "aware"\n'
        '[[arm]]\nid = "unaware"\nframing = "unaware"\nagainst = "aware"\n'
    )
    study = acculturate.load_study(path)
    as_object = acculturate.run(study, out=tmp_path / "one", report=False)
    as_file = acculturate.run(path, out=tmp_path / "two", report=False)
    assert as_object.scores == as_file.scores
    assert {row.arm for row in as_object.differences} == {"unaware"}
    other = acculturate.run(study, settings=["survey.items=Q1"], out=tmp_path / "three")
    assert other.value("alignment", arm="aware") != as_object.value("alignment", arm="aware")
    assert (tmp_path / "three" / "report.html").is_file()


ROWS: list[dict[str, str | None]] = [
    {"culture": "CHN", "item": "Q1", "answer": "1"},
    {"culture": "CHN", "item": "Q2", "answer": None},
]


def test_answers_may_be_a_table_in_memory(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    scores = acculturate.score(file, cultures="CHN").scores
    assert acculturate.score(pd.DataFrame(ROWS), cultures="CHN").scores == scores
    assert acculturate.score(ROWS, cultures="CHN").scores == scores
    gaps: list[dict[str, object]] = [{**ROWS[0], "note": 1}, {**ROWS[1], "answer": float("nan")}]
    assert acculturate.score(gaps, cultures="CHN").scores == scores
    shares = {"culture": "CHN", "item": "Q1", "probabilities": [0.5, 0.5, 0.0, 0.0]}
    as_array = {**shares, "probabilities": np.array(shares["probabilities"])}
    one, other = (acculturate.score([row], cultures="CHN") for row in (shares, as_array))
    assert one.scores == other.scores
    with pytest.raises(ValueError, match="a list of rows, each a dict"):
        acculturate.score(["culture"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="The table of answers"):
        acculturate.score(pd.DataFrame(ROWS).rename(columns={"item": "itm"}))
    bad = {**ROWS[0], "item": "Q999"}
    with pytest.raises(ValueError, match=r"^The table of answers, row 2, column 'item': .*'Q999'"):
        acculturate.score([ROWS[1], bad])
    with pytest.raises(ValueError, match=r"^The table of answers: 2 rows") as told:
        acculturate.score([bad, {**bad, "item": "Q998"}])
    assert len(str(told.value).splitlines()) == 3


def test_adapting_makes_an_adapter_and_measures_both(tiny_model: Path, tmp_path: Path) -> None:
    result = acculturate.adapt(
        str(tiny_model), ["CHN", "DEU"], teacher="mock:noise", items=ITEMS, out=tmp_path / "run",
        settings=[
            "study.draws=100", 'adapt.adapted.culturespa.questions.topics=["Migration"]',
            "adapt.adapted.culturespa.questions.per_topic=2",
            "adapt.adapted.culturespa.shifts.strength=0.0",
            "adapt.adapted.culturespa.shifts.noise=ignore",
        ],
        report=False,
    )  # fmt: skip
    assert result.arms == ("before", "after")
    assert (result.adapters["adapted"] / "adapter_model.safetensors").is_file()
    assert result.verdict


def test_results_are_compared_as_their_folders_are(tmp_path: Path) -> None:
    one, other = (
        acculturate.measure("mock:noise", "CHN", items=items, out=tmp_path / str(len(items)))
        for items in (ITEMS, [*ITEMS, "Q57"])
    )
    outcome = acculturate.compare(one, other)
    folders = (result.folder for result in (one, other))
    assert outcome.rows == acculturate.compare(*(folder for folder in folders if folder)).rows
    with pytest.raises(ValueError, match="Scores of a file"):
        acculturate.compare(acculturate.score(ROWS), other)


def test_one_setting_and_one_group_of_measures_may_be_plain_texts(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text(
        '[study]\nname = "x"\n[cultures]\nmeasure = ["CHN"]\n'
        '[models.base]\nname = "mock:first"\n[[arm]]\nid = "aware"\n'
    )
    assert acculturate.load_study(file, settings="study.draws=300").study.draws == 300
    with pytest.raises(ValueError, match="no group of measures 'subpo'"):
        acculturate.score(ROWS, measures="subpo")
    with pytest.raises(ValueError, match="'alignmen'"):
        acculturate.score(ROWS, metrics="alignmen")


def test_an_arm_that_a_run_lacks_is_a_wrong_value(tmp_path: Path) -> None:
    run = measured(tmp_path).folder
    with pytest.raises(ValueError, match="has no arm 'awar'"):
        acculturate.compare(run, "awar", "aware")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the arm 'aware' is named twice"):
        acculturate.compare(run, "aware", "aware")  # type: ignore[arg-type]


def test_a_call_takes_its_keywords_and_no_others() -> None:
    shown = inspect.signature(acculturate.measure)
    assert list(shown.parameters)[:4] == ["model", "cultures", "framing", "language"]
    assert {"out", "settings", "progress"} <= set(shown.parameters)
    assert shown.return_annotation is Result
    with pytest.raises(TypeError, match="unexpected keyword argument 'framings'"):
        acculturate.measure("mock:noise", "CHN", framings="aware")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"^measure\(\) missing a required argument: 'cultures'"):
        acculturate.measure("mock:noise")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional argument"):
        acculturate.measure("mock:noise", "CHN", "aware", "en")  # type: ignore[call-arg]


UNTYPED: Any = acculturate


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: UNTYPED.load_run(None), r"^load_run\(\) takes the folder of a run"),
        (lambda: UNTYPED.load_study(5), r"^load_study\(\) takes .*\(given: 5\)\.$"),
        (lambda: UNTYPED.run({"study": {}}), r"^run\(\) takes a study or the path of its file"),
        (lambda: UNTYPED.compare(None), r"^compare\(\) takes folders of runs, .*\(given: None\)"),
        (lambda: UNTYPED.load_survey(None), r"^load_survey\(\) takes the name of a survey"),
        (lambda: UNTYPED.measure("mock:noise", None), r"^measure\(\) takes the code of a culture"),
        (lambda: UNTYPED.adapt("embedded", "CHN", 5), r"^adapt\(\) takes the name of a method"),
        (lambda: UNTYPED.tune(None, "out"), r"^tune\(\) takes the path of a file of rows"),
        (lambda: UNTYPED.measure("mock:noise", "CHN", items=5), r"^items is a text, or a list of"),
        (lambda: UNTYPED.measure("mock:noise", ["CHN", 5]), r"^cultures is a text, .*given: 5\)"),
        (lambda: UNTYPED.measure("mock:noise", "CHN", language=["en", 3]), "^language is a text"),
        (lambda: UNTYPED.measure("mock:noise", "CHN", out=5), "^out is the path of a folder"),
        (lambda: UNTYPED.measure("mock:noise", "CHN", answers={}), "^answers is an AnswerSettings"),
        (lambda: UNTYPED.score([], metrics=5), "^metrics is a text"),
        (lambda: UNTYPED.score([], resampling=5), "^resampling is a Resampling"),
        (lambda: UNTYPED.score([], tolerance="x"), "^tolerance is a number"),
        (lambda: UNTYPED.compare("nowhere", metrics=5), "^metrics is a text"),
        (lambda: UNTYPED.load_study("a.toml", profile=5), "^profile is a text"),
        (lambda: UNTYPED.run("a.toml", profile=5), "^profile is a text"),
        (lambda: UNTYPED.MockEngine(None), "^A MockEngine plays a list of lines or a function"),
        (lambda: UNTYPED.open_engine(None), "^A model is named by a text"),
        (lambda: UNTYPED.measure("mock:noise", "CHN", progress=5), "^progress is a Progress"),
    ],
)
def test_a_value_of_another_kind_is_told_in_a_sentence(call: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said) as told:
        call()
    assert isinstance(told.value, acculturate.AcculturateError)
    assert isinstance(told.value, ValueError)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: UNTYPED.score(5), r"a list of rows, .*\(given: 5\)\.$"),
        (lambda: UNTYPED.score([]), "^The table of answers has no rows"),
        (lambda: UNTYPED.score(pd.DataFrame()), "^The table of answers has no rows"),
        (lambda: UNTYPED.measure("mock:noise", []), r"^measure: cultures is empty: give"),
        (lambda: UNTYPED.adapt("embedded", ()), r"^adapt: cultures is empty: give"),
        (lambda: UNTYPED.adapt("embedded", "CHN", "clac"), r"^There is no method 'clac'"),
        (lambda: UNTYPED.measure("mock:noise", "CHN", ""), "^framing is empty: name one"),
        (
            lambda: UNTYPED.measure(["mock:noise"] * 2, "CHN"),
            "^measure: two arms would have the name",
        ),
        (lambda: UNTYPED.score([{"x": 1}], kind=5), "^There is no kind of answers '5'"),
        (lambda: UNTYPED.score([], metrics=[]), "^metrics is empty"),
        (lambda: UNTYPED.compare("nowhere", side="x"), "^There is no side 'x'. Known: held-out"),
        (lambda: UNTYPED.compare("nowhere", bootstrap_items="x"), "^There is no way to take items"),
        (lambda: UNTYPED.run("."), r"is a folder: give a study file"),
        (
            lambda: UNTYPED.measure("mock:noise", "CHN", settings="study.draws"),
            r"^The setting 'study\.draws' is not of the form section\.key=value",
        ),
        (lambda: UNTYPED.load_run("nowhere"), r"no metrics\.json in nowhere"),
        (lambda: UNTYPED.compare("nowhere"), "no run folder nowhere"),
        (
            lambda: UNTYPED.tune("nowhere.jsonl", "out"),
            r"rows in nowhere\.jsonl cannot be read",
        ),
        (lambda: UNTYPED.measure("./nowhere", "CHN"), r"no model folder '\./nowhere'"),
        (
            lambda: UNTYPED.measure("mock:noise", "CHN", adapter=7),
            r"'models\.base\.adapter': input should be a path \(given: 7\)\.$",
        ),
    ],
)
def test_a_wrong_value_is_a_value_error_in_a_sentence(
    call: Any, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=said) as told:
        call()
    assert isinstance(told.value, acculturate.AcculturateError)
