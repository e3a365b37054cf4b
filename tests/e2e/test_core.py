"""What works with the core alone, and what is said of an extra that is not installed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from acculturate.cli.main import app
from acculturate.extras import as_frame, lacking
from acculturate.records.results.run_results import RunMeta
from acculturate.result import Result

OF_EXTRAS = ("openai", "altair", "vl_convert", "pandas", "pyreadstat", "openpyxl")
ALONE = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {OF_EXTRAS}:
            raise ModuleNotFoundError(f"No module named '{{name}}'", name=name)
sys.meta_path.insert(0, Absent())
from acculturate.cli.main import main
main()
"""
STUDY = """
[study]
name = "small"
draws = 100
[survey]
items = ["Q1", "Q2", "Q7", "Q46", "Q57"]
[cultures]
measure = ["CHN", "DEU", "MEX"]
[models.base]
name = "mock:noise"
[[arm]]
id = "unaware"
framing = "unaware"
[[arm]]
id = "aware"
against = "unaware"
"""
CHARTS = "Charts in a report need altair and vl_convert: type pip install 'acculturate[report]'"


def alone(*words: str) -> subprocess.CompletedProcess[str]:
    """Type a command where the packages of extras are absent."""
    command = [sys.executable, "-c", ALONE, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_study_is_measured_and_reported_in_tables() -> None:
    Path("small.toml").write_text(STUDY, encoding="utf-8")
    done = alone("run", "small.toml", "--quiet", "--out", "kept")
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == [f"{CHARTS}, then acculturate report kept."]
    page = Path("kept/report.html").read_text(encoding="utf-8")
    assert "pip install &#39;acculturate[report]&#39;" in page
    assert not re.search("<svg|<figure|import altair", page)
    tables = page.count("<table")
    again = CliRunner().invoke(app, ["report", "kept"])
    assert again.exit_code == 0
    assert "pip install" not in again.output
    page = Path("kept/report.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "acculturate[report]" not in page
    assert page.count("<table") == tables > 3


def test_answers_are_scored_and_a_survey_imported() -> None:
    Path("answers.csv").write_text("culture,item,answer\nCHN,Q1,1\nCHN,Q2,2\n", encoding="utf-8")
    done = alone("score", "answers.csv", "--cultures", "CHN")
    assert done.returncode == 0, done.stderr
    assert "alignment" in done.stdout
    Path("wvs.csv").write_text("B_COUNTRY_ALPHA,Q1\nDEU,1\nDEU,4\nMEX,2\n", encoding="utf-8")
    done = alone("survey", "import", "wvs.csv", "--name", "mine")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["measure", "server:any", "--cultures", "CHN"],
            "A model on a server needs openai: type pip install 'acculturate[server]'.",
        ),
        (
            ["score", "answers.sav"],
            "Reading answers.sav needs pyreadstat and pandas: type pip install "
            "'acculturate[survey]', or save the file as CSV.",
        ),
        (
            ["survey", "import", "wvs.xlsx", "--name", "mine"],
            "Reading wvs.xlsx needs openpyxl: type pip install 'acculturate[survey]', or save the "
            "file as CSV.",
        ),
    ],
)
def test_what_is_missing_is_one_sentence(words: list[str], said: str) -> None:
    for name in ("answers.sav", "wvs.xlsx"):
        Path(name).write_bytes(b"any")
    done = alone(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert " ".join(done.stderr.split()).endswith(said)


def test_a_frame_without_pandas_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ValueError, match=r"needs pandas: type pip install 'acculturate\[frames\]'"):
        Result((), RunMeta(), None, ()).frame()


def test_what_is_there_lacks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lacking("Reading needs", "eyes", "json") == ""
    assert len(as_frame([{"a": 1}])) == 1
    monkeypatch.setitem(sys.modules, "json", None)
    said = lacking("Flying needs", "wings", "feathers.quills", "json")
    assert said == "Flying needs feathers.quills and json: type pip install 'acculturate[wings]'"
