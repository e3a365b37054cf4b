"""The shipped CLCA studies at their smallest, with a made-up teacher and a tiny student."""

from pathlib import Path
from typing import Any

import pytest

from acculturate.engines.mock import CHARACTERS
from acculturate.records import ChooseRequest, Request
from acculturate.records.results.metrics_file import results_tree
from acculturate.study.checks import check
from acculturate.study.schema import load_study
from acculturate.study.shipped_studies import demo_study
from acculturate.study.wiring import run_study
from acculturate.survey.fictitious import fictitious_survey, write_wvs7_csv
from acculturate.survey.shelf import import_survey

from .small_studies import LINES

pytest.importorskip("peft")

STUDIES = sorted(demo_study().parent.glob("clca-*.toml"))
PAPER = demo_study().parent / "clca-paper.toml"


def talker(request: Request) -> Any:
    if isinstance(request, ChooseRequest):
        return [0.9, *[0.1 / (len(request.labels) - 1)] * (len(request.labels) - 1)]
    return LINES[int(request.id[:8], 16) % len(LINES)]


def partner(request: Request) -> Any:
    return talker(request).replace(".", ", I swear.").replace("?", ", I ask you?")


@pytest.fixture(autouse=True)
def _made_up_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHARACTERS, "talker", talker)
    monkeypatch.setitem(CHARACTERS, "partner", partner)


def smoke(path: Path, student: Path, *settings: str) -> dict[str, Any]:
    """A study's results in its smallest form; who only writes is made up, who learns is tiny."""
    whole = load_study(path, "smoke")
    learners = {adaptation.base for adaptation in whole.adapt}
    names = [
        f'models.{name}.name="{student if name in learners else "mock:talker"}"'
        for name in {*whole.models, "teacher"}
    ]
    # a model of random weights has nothing to say, so it cannot teach itself
    own = [
        f"adapt.{adaptation.id}.teacher=teacher"
        for adaptation in whole.adapt
        if not adaptation.model_dump()["teacher"]
    ]
    study = load_study(path, "smoke", ("study.draws=100", *names, *own, *settings))
    return results_tree(run_study(study, Path("run")).results)


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("paper"))
        patch.setitem(CHARACTERS, "talker", talker)
        # persons enough for an interval
        return smoke(PAPER, tiny_model, "answers.backdrop.persons=12")


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", [study for study in STUDIES if study != PAPER], ids=lambda p: p.stem
)
def test_every_study_runs_to_its_tables(path: Path, tiny_model: Path) -> None:
    metrics = smoke(path, tiny_model)
    meta = metrics["meta"]
    made = {note["adapter"].partition("/")[0] for note in meta["tuning"]}
    study = load_study(path)
    assert made == {adaptation.id for adaptation in study.adapt}
    cells = [
        (table["title"], row["label"], cell)
        for table in meta["tables"]
        for row in table["rows"]
        for cell in row["cells"]
    ]
    assert bool(cells) is bool(study.table)
    assert [cell for cell in cells if cell[2] is None or cell[2]["value"] is None] == []


def test_both_levels_in_both_languages_with_intervals(paper: dict[str, Any]) -> None:
    result = {
        (row["arm"], row["metric"]): row
        for row in paper["rows"]
        if row["culture"] == "mean" and row["low"] is not None
    }
    for arm in ("before", "after", "before-native", "after-native"):
        for metric in ("alignment", "js_distance", "individual_hard_accuracy"):
            row = result[arm, metric]
            assert row["low"] <= row["value"] <= row["high"]
        assert (f"reference:individual-mode:{arm}", "individual_hard_accuracy") in result
    languages = {(row["arm"], row["culture"]): row["language"] for row in paper["rows"]}
    assert languages["after", "DEU"] == "en"
    levels = {row["language"] for row in paper["rows"] if row["metric"].startswith("individual")}
    assert {"en", "de", "es"} <= levels
    for metric in ("alignment", "individual_hard_accuracy"):
        pairs = {
            (row["arm"], row["against"], row["culture"]): row
            for row in paper["differences"]
            if row["metric"] == metric
        }
        for pair in (("after", "before"), ("after-native", "before-native")):
            assert {"DEU", "MEX", "mean"} <= {
                culture for *arms, culture in pairs if (*arms,) == pair
            }
            values = [result[arm, metric]["value"] for arm in pair]
            row = pairs[*pair, "mean"]
            assert row["value"] == pytest.approx(values[0] - values[1])
            assert row["low"] <= row["value"] <= row["high"]


def test_the_control_and_the_maps_questions_stand_beside(paper: dict[str, Any]) -> None:
    controls = {arm["id"]: arm["control"] for arm in paper["meta"]["arms"]}
    assert controls["shuffled"] == "shuffled"
    assert controls["after"] is None
    assert not any(
        "No shuffled-culture control" in caution for caution in paper["meta"]["cautions"]
    )
    parts = {(row["name"], row["n"]) for row in paper["meta"]["parts"] if row["by"] == "map"}
    assert parts == {("without the map's questions", 3), ("the map's questions", 1)}
    said = [
        caution for caution in paper["meta"]["cautions"] if caution.startswith("after-native was")
    ]
    assert said == [
        "after-native was trained in English and is asked in German (DEU) and Spanish (MEX): "
        "what it shows holds for this transfer."
    ]


def test_on_counts_it_is_culture_level_only_and_says_so(tiny_model: Path) -> None:
    over = ("survey.source=wvs7-marginals", *(f"arm.{k}.framing=aware" for k in range(5)))
    metrics = smoke(PAPER, tiny_model, *over)
    assert any(
        caution.startswith("Culture level only: ") for caution in metrics["meta"]["cautions"]
    )
    assert not any(row["metric"].startswith("individual") for row in metrics["rows"])


def test_the_papers_study_can_be_planned_on_ones_own_file(tmp_path: Path) -> None:
    file = tmp_path / "wvs7.csv"
    survey = fictitious_survey(100, cultures=["CHN", "DEU", "GBR", "AUS", "MEX"])
    write_wvs7_csv(survey, file)
    file.write_text(file.read_text().replace("AUS", "JPN"))
    import_survey(file, "wvs7")
    assert "JPN" in check(load_study(PAPER), fetch=False).survey.cultures


def test_each_role_can_be_another_model_and_engine(tiny_model: Path) -> None:
    over = (
        'models.teacher.name="mock:talker"',
        'models.other.name="mock:partner"',
        f'models.judge.name="{tiny_model}"',
        f'models.base.name="{tiny_model}"',
        "adapt.self.teacher=teacher",
        "study.draws=100",
    )
    study = load_study(PAPER.with_name("clca-teachers.toml"), "smoke", over)
    mixed = [adaptation for adaptation in study.adapt if adaptation.id == "mixed"]
    arms = [arm for arm in study.arm if arm.id in ("before", "mixed")]
    study = study.model_copy(update={"adapt": tuple(mixed), "arm": tuple(arms), "table": ()})
    meta = run_study(study, Path("run")).results.meta
    dialogues = meta.dialogues
    assert dialogues
    for dialogue in dialogues:
        first, second = (dialogue.moves[side::2] for side in (0, 1))
        assert not any("I swear" in move.text or "I ask" in move.text for move in first)
        assert all("I swear" in move.text or "I ask" in move.text for move in second)
        for verdict in dialogue.verdicts:  # the tiny model's, not the mock's .9
            assert verdict.probability not in (None, pytest.approx(0.5))
    assert meta.tuning
