"""Studies of groups of people: what is planned, asked and told, and what cannot be."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import acculturate
from acculturate.cli.main import app
from acculturate.config import validate
from acculturate.errors import AcculturateError, ConfigError, SurveyError
from acculturate.records.results.metrics_file import read_results
from acculturate.report.page import write_report
from acculturate.runner import Silent
from acculturate.study.finished import FinishedRun
from acculturate.study.people_groups import with_groups
from acculturate.study.plan import Plan
from acculturate.study.schema import Study
from acculturate.survey import load_survey
from acculturate.survey.fictitious import fictitious_survey
from acculturate.survey.shipped import SURVEYS
from acculturate.tuning.rows import read_rows

ITEMS = ["Q1", "Q2", "Q46", "Q57"]
PEOPLE = fictitious_survey(2100, cultures=["CHN", "DEU", "NGA"], items=ITEMS, name="small")


@pytest.fixture(autouse=True)
def _small_survey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SURVEYS, "small", lambda: PEOPLE)


def study(groups: list[str], *, measure: list[str] | None = None, **more: Any) -> Study:
    tree = {
        "study": {"name": "s", "draws": 100},
        "survey": {"source": "small", "items": ITEMS, "groups": groups, **more.pop("survey", {})},
        "cultures": {"measure": measure or ["DEU", "NGA"], **more.pop("cultures", {})},
        "models": {"base": {"name": "mock:uniform"}},
        "arm": [
            {"id": "country", "framing": "aware"},
            {"id": "group", "framing": "group", "against": "country"},
        ],
        **more,
    }
    return validate(Study, tree, "test")


def test_cells_are_what_is_measured_and_parting_again_changes_nothing() -> None:
    plan = Plan.of(study(["sex"]))
    cells = ("DEU-male", "DEU-female", "NGA-male", "NGA-female")
    assert plan.study.cultures.measure == cells
    assert Plan.of(plan.study).study == plan.study
    again, survey = with_groups(plan.study, load_survey("small"))
    assert again == plan.study
    assert survey.counts == plan.survey.counts


def test_one_group_of_a_culture_can_be_named() -> None:
    plan = Plan.of(study(["sex"], measure=["DEU-female", "CHN"]))
    assert plan.study.cultures.measure == ("DEU-female", "CHN-male", "CHN-female")


def test_a_framing_that_names_the_country_alone_is_asked_once_for_its_groups() -> None:
    country, group = (Plan.of(study(["sex"])).parts[arm][0].stage for arm in ("country", "group"))
    asked = [sorted({ask.culture.code for ask in stage.asks() if ask.culture}) for stage in
             (country, group)]  # fmt: skip
    assert asked[0] == ["DEU-male", "NGA-male"]
    assert asked[1] == ["DEU-female", "DEU-male", "NGA-female", "NGA-male"]
    assert country.total == len(list(country.asks())) == group.total / 2
    assert country.answered == group.answered == group.total


def test_a_groups_people_are_asked_of_their_countrys_adapter() -> None:
    adapt = [{"id": "spa", "method": "culturespa", "grouping": "specific"}]
    whole = study(
        ["sex"],
        cultures={"adapt": ["DEU", "NGA"]},
        adapt=adapt,
        arm=[{"id": "after", "model": "@spa", "framing": "group"}],
    )
    plan = Plan.of(whole)
    asked = {ref: [own.code for own in stage.cultures] for ref, stage in plan.parts["after"]}
    assert asked == {
        "@spa/DEU": ["DEU-male", "DEU-female"],
        "@spa/NGA": ["NGA-male", "NGA-female"],
    }
    one = plan.study.arm[0].model_copy(update={"model": "@spa/DEU"})
    assert plan.learned(one) == ("DEU", "DEU-male", "DEU-female")


def test_results_hold_groups_their_ends_and_the_country(tmp_path: Path) -> None:
    result = acculturate.run(
        study(["sex", "age_band"]), out=tmp_path, progress=Silent(), report=False
    )
    meta = read_results(tmp_path).meta
    assert meta == result.meta
    note = meta.groups
    assert note is not None
    assert note.by == ("sex", "age_band")
    kept = {cell.code: cell.n for cell in note.cells if cell.kept}
    assert [culture.code for culture in meta.cultures] == list(kept)
    assert "Germany: female, 30-39" in {culture.name for culture in meta.cultures}
    ends = {(row.arm, row.size): row for row in note.ends}
    smallest, largest = (ends["group", size] for size in ("smallest", "largest"))
    assert smallest.people == min(kept.values())
    assert largest.people == max(kept.values())
    assert smallest.value == result.value("alignment", culture=smallest.culture, arm="group")
    assert ("reference:country", "smallest") in ends
    assert any(
        "groups have fewer than 50 people and are left out" in said for said in meta.cautions
    )
    assert meta.verdict is not None
    assert meta.verdict.lines[-1].about == "groups"
    assert "Within countries: group answers alike for all groups" in meta.verdict.sentence
    by_arm = {
        row.arm: row for row in result.scores
        if (row.metric, row.culture) == ("group_correlation", "mean")
    }  # fmt: skip
    assert by_arm["reference:people-resampled"].value is not None
    page = write_report(tmp_path).read_text(encoding="utf-8")
    assert "Groups of people" in page
    assert "left out: too few" in page
    again = acculturate.run(
        study(["sex", "age_band"]), out=tmp_path, progress=Silent(), report=False
    )
    assert again.scores == result.scores


def test_a_finished_run_is_read_back(tmp_path: Path) -> None:
    done = acculturate.run(study(["sex"]), out=tmp_path, progress=Silent(), report=False)
    run = FinishedRun.of(tmp_path)
    for arm in ("country", "group"):
        table = run.table(arm, run.cultures, run.items)
        assert table.cultures == ("DEU-male", "DEU-female", "NGA-male", "NGA-female")
        assert np.isfinite(table.share_CIK[..., :2]).all()
    rows = acculturate.compare(done, "group", "country").rows
    assert {row.culture for row in rows} >= {"DEU-male", "mean"}


def test_measure_parts_people_and_names_the_group(tmp_path: Path) -> None:
    words = ["measure", "mock:uniform", "--cultures", "DEU", "--groups", "sex", "--survey", "small"]
    shown = CliRunner().invoke(app, [*words, "--items", "Q1,Q57", "--out", str(tmp_path)])
    assert shown.exit_code == 0
    assert "groups of people by sex (alignment)" in shown.stdout
    assert "smallest:" in shown.stdout
    assert "country" in shown.stdout
    assert [arm.framing for arm in read_results(tmp_path).meta.arms] == ["group"]
    plain = acculturate.measure(
        "mock:uniform", "DEU", survey="small", items="Q1", out=tmp_path / "plain"
    )
    assert plain.meta.groups is None
    assert plain.arms == ("aware",)


@pytest.mark.parametrize(
    ("groups", "more", "said"),
    [
        (["sex", "age", "education", "employment"], {}, "4 columns are named"),
        (["sex", "sex"], {}, "the column 'sex' is named twice"),
        (["income"], {}, "no demographic 'income'"),
        (["sex"], {"survey": {"source": "wvs7-marginals"}}, "counts of answers and no respondents"),
        (["sex"], {"measure": ["DEU-femal"]}, r"no group 'DEU-femal' by sex\. Did you mean 'DEU-f"),
        (["age"], {}, r"No group of DEU by age has 50 people \(the largest"),
        (["sex"], {"survey": {"split": {"by": "culture"}}}, "do not go together"),
        (["occupation"], {"measure": ["DEU-other"]}, r"has \d+ people, fewer than 50"),
    ],
)
def test_what_cannot_be_grouped_is_told(groups: list[str], more: dict[str, Any], said: str) -> None:
    with pytest.raises(AcculturateError, match=said) as told:
        Plan.of(study(groups, **more))
    assert isinstance(told.value, ConfigError | SurveyError)
    assert "\n" not in str(told.value).strip()


def test_the_framing_group_needs_groups() -> None:
    with pytest.raises(SurveyError, match="names a group of people, and DEU is none"):
        Plan.of(study([]))


def test_invented_people_say_so() -> None:
    plan = Plan.of(study(["sex"]))
    assert plan.survey.fictitious.startswith("The respondents of 'small' are fictitious")


def test_two_framings_of_one_model_are_steered(tmp_path: Path) -> None:
    pytest.importorskip("popfidelity", reason="extra 'measures'")
    asked = study(["sex"], metrics={"more": ["opinionqa"]})
    result = acculturate.run(asked, out=tmp_path, progress=Silent(), report=False)
    rows = [row for row in result.scores if row.metric == "opinionqa_steerability"]
    assert {row.arm for row in rows} == {"steered:country+group"}
    assert [row.culture for row in rows][-1] == "mean"
    assert "opinionqa_steerability" in result.meta.metrics


@pytest.mark.slow
def test_an_adaptation_is_measured_by_groups_and_its_card_says_so(
    tiny_model: Path, tmp_path: Path
) -> None:
    made = study(
        ["sex"],
        models={"base": {"name": str(tiny_model)}},
        cultures={"adapt": ["DEU", "NGA-female"]},
        adapt=[
            {
                "id": "tuned",
                "method": "survey",
                "survey": {"items": ["Q46", "Q57"], "framings": ["group"], "orders": "forward"},
                "tuning": {"epochs": 1, "rank": 2},
            }
        ],
        arm=[
            {"id": "before", "framing": "group"},
            {"id": "after", "framing": "group", "model": "@tuned", "against": "before"},
        ],
        neutral={"read": False},
        answers={"orders": "forward"},
        survey={"split": {"by": "item", "held_out": ["Q1", "Q2"]}},
    )
    with pytest.raises(SurveyError, match="names a group of people, and DEU is none"):
        acculturate.run(made, out=tmp_path / "run", progress=Silent())
    learned = ["DEU-male", "DEU-female", "NGA-female"]
    cultures = made.cultures.model_copy(update={"adapt": tuple(learned)})
    made = made.model_copy(update={"cultures": cultures})
    result = acculturate.run(made, out=tmp_path / "run", progress=Silent())
    rows = read_rows(tmp_path / "run" / "tuned.rows.jsonl")
    assert {row.culture for row in rows} == set(learned)
    assert (
        "a German woman" in next(row for row in rows if row.culture == "DEU-female").prompt[0].text
    )
    verdict = result.meta.verdict
    assert verdict is not None
    assert verdict.cultures == tuple(learned)
    assert any("NGA-male" in line.said for line in verdict.lines if line.about == "others")
    assert any(line.about == "groups" for line in verdict.lines)
    card = (tmp_path / "run" / "adapters" / "tuned" / "README.md").read_text(encoding="utf-8")
    assert "Each row is a group of a country's people, parted by sex" in card
    assert "| DEU-female |" in card
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert 'id="groups"' in page
    assert list(result.table("groups")["code"]) == [
        "DEU-male",
        "DEU-female",
        "NGA-male",
        "NGA-female",
    ]


def test_a_misspelt_group_is_told_with_the_nearest() -> None:
    made = study(["sex"], cultures={"adapt": ["DEU-femal"]})
    with pytest.raises(SurveyError, match=r"'DEU-femal'\. Did you mean 'DEU-female'"):
        Plan.of(made)
