"""The command line as a user meets it: output, exit codes, one sentence for each mistake."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.e2e.commands import Done, acculturate

COLUMNS = [
    "arm",
    "model",
    "framing",
    "language",
    "survey",
    "culture",
    "metric",
    "value",
    "low",
    "high",
    "n",
    "refused",
]
STUDY = """
[study]
name = "small"
[survey]
items = ["Q1", "Q2", "Q7", "Q46", "Q57"]
[cultures]
measure = ["CHN", "DEU"]
[models.base]
name = "mock:noise"
[[arm]]
id = "unaware"
framing = "unaware"
[[arm]]
id = "aware"
against = "unaware"
"""


def complaint(done: Done) -> str:
    """The one sentence that a mistake is told in."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_commands_are_pinned() -> None:
    command = [sys.executable, "-m", "acculturate.cli.main", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    listed = done.stdout.split("Commands:")[1].split("\n")
    names = [line.split()[0] for line in listed if line.startswith("  ") and line[2] != " "]
    assert names == [
        "demo",
        "init",
        "run",
        "measure",
        "score",
        "compare",
        "report",
        "view",
        "export",
        "build",
        "tune",
        "merge",
        "push",
        "doctor",
        "studies",
        "survey",
        "clca",
        "culturespa",
    ]


def test_measure_prints_rows_as_json(tmp_path: Path) -> None:
    words = ("measure", "mock:first", "--cultures", "CHN,DEU", "--items", "Q1,Q2,Q46", "--json")
    done = acculturate(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    tree = json.loads(done.stdout)
    assert tree["schema"] == 1
    assert set(tree) == {"schema", "rows", "meta"}
    assert all(list(row) == COLUMNS for row in tree["rows"])
    alignment = {
        row["culture"]: row
        for row in tree["rows"]
        if row["metric"] == "alignment" and row["arm"] == "aware"
    }
    assert set(alignment) == {"CHN", "DEU", "mean"}
    assert alignment["CHN"]["model"] == "mock:first"
    assert alignment["CHN"]["n"] == 3
    assert alignment["CHN"]["refused"] == 0
    assert 0 < alignment["CHN"]["value"] < 1


def test_measure_knows_its_executors(tmp_path: Path) -> None:
    words = ("measure", "mock:first", "--cultures", "CHN", "--items", "Q1", "--executor", "far")
    said = complaint(acculturate(*words, cwd=tmp_path))
    assert "executor" in said
    assert "'inline' or 'ray'" in said
    assert not (tmp_path / "runs").exists()


def test_a_second_measurement_asks_nothing_again(tmp_path: Path) -> None:
    words = ("measure", "mock:noise", "--cultures", "CHN", "--items", "Q1,Q2", "--json")
    first, second = (acculturate(*words, cwd=tmp_path) for _ in range(2))
    assert first.stdout == second.stdout
    assert len(list((tmp_path / "runs").iterdir())) == 1


def test_run_says_what_it_did_and_that_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(STUDY)
    about = "study.about='Two ways to ask.'"
    done = acculturate("run", "small.toml", "--set", about, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Two ways to ask.\n")
    assert "CHN" in done.stdout
    assert "95% interval" in done.stdout
    assert "Report: runs/small/report.html" in done.stdout
    page = (tmp_path / "runs/small/report.html").read_text()
    assert "<html" in page
    again = acculturate("run", "small.toml", "--set", about, cwd=tmp_path)
    assert "Nothing is left to do" in again.stdout
    changed = acculturate("run", "small.toml", "--set", "study.draws=500", "--json", cwd=tmp_path)
    assert json.loads(changed.stdout)["meta"]["differences"]
    (tmp_path / "runs/small/report.html").unlink()
    assert acculturate("report", "runs/small", cwd=tmp_path).returncode == 0
    assert (tmp_path / "runs/small/report.html").read_text()


def test_dry_run_asks_nothing(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(STUDY)
    done = acculturate("run", "small.toml", "--dry-run", cwd=tmp_path)
    assert "arm unaware: 10 prompts" in done.stdout
    assert "arm aware: 20 prompts" in done.stdout
    assert not (tmp_path / "runs").exists()


def test_score_gives_every_metric(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "culture,item,answer\nDEU,Q1,1\nDEU,Q49,I would say 8.\nDEU,Q46,no\n"
    )
    done = acculturate("score", "a.csv", "--survey", "wvs7-marginals", "--json", cwd=tmp_path)
    rows = json.loads(done.stdout)["rows"]
    result = {(row["metric"], row["culture"]): row for row in rows if row["arm"] == "a"}
    assert result["alignment", "DEU"]["n"] == 2
    assert result["alignment", "DEU"]["refused"] == 1
    assert {"skill", "js_distance", "alignment_as_published"} <= {metric for metric, _ in result}


MISTAKES: list[tuple[Sequence[str], str]] = [
    (["measure", "mock:first", "--cultures", "GER"], "no culture 'GER'. Did you mean 'DEU'"),
    (["measure", "mock:first", "--cultures", "JPN"], "no people's answers for 'JPN'"),
    (["measure", "mock:first", "--cultures", "CHN", "--items", "Q1x"], "no item 'Q1x'"),
    (["measure", "mock:first", "--cultures", "CHN", "--framing", "awre"], "Did you mean 'aware'"),
    (
        ["measure", "mock:first", "--cultures", "CHN", "--metric", "alignmnt"],
        "Did you mean 'alignment'",
    ),
    (["measure", "mock:first", "--cultures", "CHN", "--survey", "wvs"], "no survey 'wvs'"),
    (["measure", "mock:frist", "--cultures", "CHN"], "Did you mean 'first'"),
    (
        ["measure", "no/such-model", "--cultures", "CHN", "--items", "Q1"],
        "no model 'no/such-model'",
    ),
    (["measure", "./nowhere", "--cultures", "CHN", "--items", "Q1"], "no model folder './nowhere'"),
    (["measure", "embedded", "--cultures", "CHN", "--adapter", "none"], "no adapter folder none"),
    (["run", "none.toml"], "no study file none.toml"),
    (["run", "broken.toml"], "broken.toml is not a TOML file"),
    (["run", "small.toml", "--set", "study.sed=1"], "no key 'study.sed'. Did you mean 'seed'"),
    (["run", "small.toml", "--set", 'study.primary="aligment"'], "Did you mean 'alignment'"),
    (["run", "small.toml", "--set", 'cultures.measure=["CHM"]'], "no culture 'CHM'"),
    (["run", "small.toml", "--profile", "smoke"], "no profile 'smoke'"),
    (["run", "small.toml", "--set", 'arm.aware.model="@spa"'], "'@spa' is not defined"),
    (["score", "none.csv"], "none.csv"),
    (["score", "column.csv"], "no column 'item'. Is it 'itm'"),
    (["score", "item.csv"], "no item 'Q999'"),
    (["score", "code.csv"], "item.*Q1"),
    (["score", "good.csv", "--survey", "wvs8"], "no survey 'wvs8'"),
    (["report", "nowhere"], "nowhere"),
]


@pytest.mark.parametrize(
    ("words", "said"), MISTAKES, ids=lambda x: " ".join(x) if isinstance(x, list) else ""
)
def test_each_mistake_is_one_sentence(tmp_path: Path, words: Sequence[str], said: str) -> None:
    import re

    files = {
        "small.toml": STUDY,
        "broken.toml": "[study\n",
        "column.csv": "culture,itm,answer\nDEU,Q1,1\n",
        "item.csv": "culture,item,answer\nDEU,Q999,1\n",
        "code.csv": "culture,item,answer\nDEU,Q1,7\n",
        "good.csv": "culture,item,answer\nDEU,Q1,1\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert re.search(said, complaint(acculturate(*words, cwd=tmp_path)))
    assert {path.name for path in tmp_path.iterdir()} == set(files), "something was left behind"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    # what a shell starts in the background ignores Ctrl-C, and so would this child of it
    code = (
        "import signal, sys, time, acculturate.engines.mock as mock\n"
        "from acculturate.cli.main import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "mock.CHARACTERS['noise'] = lambda request: time.sleep(60)\n"
        "sys.argv = 'acculturate measure mock:noise --cultures CHN --items Q1'.split()\n"
        "main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        try:
            assert process.stderr is not None
            assert "to do" in process.stderr.readline()
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=50)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "go on from here" in errors
    assert "Traceback" not in errors


def test_a_survey_of_ones_own_can_be_kept_and_shown(tmp_path: Path) -> None:
    rows = (
        "B_COUNTRY_ALPHA,D_INTERVIEW,W_WEIGHT,Q1,Q2\nDEU,1,1.5,1,2\nDEU,2,0.5,2,-1\nCHN,3,1,1,1\n"
    )
    (tmp_path / "wvs.csv").write_text(rows)
    done = acculturate("survey", "import", "wvs.csv", "--name", "mine", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Kept 'mine': 3 respondents" in done.stdout
    assert "mine" in acculturate("survey", "list").stdout
    assert "2 cultures: " in acculturate("survey", "show", "mine").stdout
    assert "'mine' is whole" in acculturate("survey", "check", "mine").stdout
    assert "Very important" in acculturate("survey", "show", "--item", "Q1").stdout
    words = ("measure", "mock:uniform", "--survey", "mine", "--items", "Q1", "--cultures", "DEU")
    rows_of = json.loads(acculturate(*words, "--json", cwd=tmp_path).stdout)["rows"]
    (alignment,) = [
        row
        for row in rows_of
        if (row["arm"], row["metric"], row["culture"]) == ("aware", "alignment", "DEU")
    ]
    # weighted shares 3/4 and 1/4: the cumulated ones lie .5, .5 and .25 from uniform, over 3 steps
    assert alignment["value"] == pytest.approx(1 - (0.5 + 0.5 + 0.25) / 3)


def test_arms_of_a_run_are_compared(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(STUDY)
    assert acculturate("run", "small.toml", cwd=tmp_path).returncode == 0
    done = acculturate("compare", "runs/small", "aware", "unaware", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "alignment: aware minus unaware" in done.stdout
    tree = json.loads(
        acculturate("compare", "runs/small", "aware", "unaware", "--json", cwd=tmp_path).stdout
    )
    assert set(tree) == {"schema", "rows", "meta"}
    row = tree["rows"][0]
    assert (row["arm"], row["against"], row["culture"]) == ("aware", "unaware", "CHN")
    assert {"value", "low", "high", "p", "holm", "n"} <= set(row)
    said = complaint(acculturate("compare", "runs/small", "aware", "unawre", cwd=tmp_path))
    assert "Did you mean 'unaware'" in said
    assert "no run folder runs/none" in complaint(acculturate("compare", "runs/none", cwd=tmp_path))


def test_answers_of_persons_are_scored_one_by_one(tmp_path: Path) -> None:
    from acculturate.survey import load_survey

    people = load_survey("fictitious-wvs7").respondents
    assert people is not None
    lines = ["culture,respondent,item,answer"]
    given = 0
    for person in people.sample("DEU", 12, 1):
        for item in ("Q1", "Q2", "Q46"):
            code = person.answers.get(item)
            given += code is not None
            lines.append(f"DEU,{person.id},{item},{1 if code is None else code}")
    (tmp_path / "p.csv").write_text("\n".join(lines))
    words = ("score", "p.csv", "--json", "--survey")
    done = acculturate(*words, "fictitious-wvs7", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert all(list(row) == COLUMNS for row in rows)
    result = {(row["arm"], row["metric"]): row for row in rows if row["culture"] == "DEU"}
    own = result["p", "individual_hard_accuracy"]
    assert (own["value"], own["n"], own["refused"]) == (1.0, given, 0)
    assert result["p", "ranked_probability_skill"]["value"] == pytest.approx(1)
    for baseline in ("mode", "marginal", "demographics"):
        score = result[f"reference:individual-{baseline}", "individual_hard_accuracy"]
        assert score["value"] < 1
        assert score["n"] == given
    assert result["reference:shuffled:p", "within_culture_correlation"]["value"] < 0.9

    counts = acculturate(*words, "wvs7-marginals", cwd=tmp_path)
    assert counts.returncode == 0
    tree = json.loads(counts.stdout)
    assert "holds counts and no respondents" in tree["meta"]["remarks"][0]
    assert not any(row["metric"].startswith("individual") for row in tree["rows"])
    asked = ("score", "p.csv", "--metric", "individual_hard_accuracy")
    assert "holds counts and no respondents" in complaint(acculturate(*asked, cwd=tmp_path))
    (tmp_path / "p.csv").write_text("culture,respondent,item,answer\nDEU,nobody,Q1,1\n")
    said = complaint(acculturate(*words, "fictitious-wvs7", cwd=tmp_path))
    assert "row 2, column 'respondent'" in said
