"""docs/extending.md's report section and metric, added to a copy of the package as it shows."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import acculturate

ROOT = Path(acculturate.__file__).parents[2]
PAGE = ROOT / "docs" / "extending.md"
NUMBERS = {"Two": 2, "three": 3}
SHOWN = re.compile(
    r"^(?:In )?`(?P<path>[\w./]+)`.*:\n\n"
    r"(?P<blocks>(?:(?:<!--.*-->\n)?```\w+\n(?:.*\n)*?```\n\n?)+)",
    re.MULTILINE,
)
BLOCK = re.compile(r"```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)
USED = """
import runpy, sys
sys.modules["altair"] = None  # the page is made without charts, in a tenth of the time
import acculturate
folder, test = sys.argv[1:]
acculturate.measure("mock:uniform", "CHN", items=["Q1", "Q152"], out=folder, report=True)
assert acculturate.__file__.startswith(test.partition("/tests/")[0]), acculturate.__file__
[check] = [value for name, value in runpy.run_path(test).items() if name.startswith("test_")]
check()
"""


class Change(NamedTuple):
    """A file that the page changes or adds, and the blocks that say how."""

    path: Path
    blocks: list[tuple[str, str]]


def said(title: str) -> tuple[int, list[Change]]:
    """Return how many files a part of the page says that it takes (0: none), and those that it
    shows.
    """
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")
    text = rest.partition("\n## ")[0]
    number = next((n for word, n in NUMBERS.items() if f"{word} files" in text), 0)
    return number, [
        Change(Path(match["path"]), [(b["kind"], b["text"]) for b in BLOCK.finditer(match[2])])
        for match in SHOWN.finditer(text)
    ]


def changed(text: str, difference: str) -> str:
    """Return a text with the lines of a difference put where its other lines stand."""
    lines = difference.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    assert text.count(before) == 1, f"the page's lines are not in the file:\n{before}"
    return text.replace(before, after)


def applied(change: Change, root: Path) -> None:
    """Write a file as the page shows it; a copy's file is a link, which is replaced by a file."""
    path = root / change.path
    shown = ""
    for kind, block in change.blocks:
        shown = (
            changed(shown or path.read_text(encoding="utf-8"), block) if kind == "diff" else block
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(shown, encoding="utf-8")


def linked(source: str, target: str) -> str:
    Path(target).symlink_to(source)
    return target


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a measurement that a package with both parts has made."""
    root, folder = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("run")
    shutil.copytree(ROOT / "src", root / "src", copy_function=linked)
    changes = [change for title in ("A report section", "A metric") for change in said(title)[1]]
    for change in changes:
        applied(change, root)
    [test] = [root / change.path for change in changes if change.path.parts[0] == "tests"]
    done = subprocess.run(
        [sys.executable, "-c", USED, str(folder), str(test)],
        env={**os.environ, "PYTHONPATH": str(root / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize(("title", "number"), [("A report section", 3), ("A metric", 2)])
def test_a_part_takes_as_many_files_as_are_said(title: str, number: int) -> None:
    told, changes = said(title)
    assert told == number == len({change.path for change in changes})


def test_a_section_that_was_added_stands_in_the_report(run: Path) -> None:
    page = (run / "report.html").read_text(encoding="utf-8")
    assert '<a href="#refused">Answers without an option</a>' in page
    assert '<section id="refused"' in page


def test_a_metric_that_was_added_stands_in_the_results_and_the_report(run: Path) -> None:
    [row] = [
        score
        for score in acculturate.load_run(run).scores
        if (score.arm, score.metric, score.culture) == ("aware", "squared_distance", "CHN")
    ]
    survey = acculturate.load_survey("wvs7-marginals")
    [people_IK] = survey.people(["CHN"], survey.select(["Q1", "Q152"])).share_CIK
    # both items have four options, and the mock gives each a quarter
    assert people_IK.shape == (2, 4)
    assert row.value == pytest.approx(((people_IK - 0.25) ** 2).sum() / 4)
    assert row.n == 2
    assert "squared distance" in (run / "report.html").read_text(encoding="utf-8")
