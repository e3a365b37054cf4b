"""What commands print: as JSON the rows, and of `meta` what metrics.json has too; a verdict."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from acculturate.cli.main import app
from acculturate.cli.verdict_lines import print_verdict
from acculturate.records.results.conclusion import Line, Verdict
from acculturate.records.results.differences import TestedDifference

ASKED = ("--cultures", "CHN,DEU,NGA", "--items", "Q1,Q2,Q46")
ANSWERS = "culture,item,answer\n" + "".join(
    f"{culture},{item},{code}\n"
    for code, culture in enumerate(("CHN", "DEU", "NGA"), 1)
    for item in ("Q1", "Q2", "Q46")
)


def printed(*words: str) -> dict[str, Any]:
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    tree: dict[str, Any] = json.loads(done.stdout)
    return tree


def test_measure_prints_fidelity_and_robustness_as_metrics_json_has_them(tmp_path: Path) -> None:
    perturbed = ("--set", 'answers.perturb=["case"]', "--out", str(tmp_path))
    meta = printed("measure", "mock:noise", *ASKED, *perturbed)["meta"]
    kept = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))["meta"]
    assert meta["fidelity"] == kept["fidelity"] != []
    assert meta["robustness"] == kept["robustness"] != []
    assert {row["source"] for row in meta["robustness"]} >= {"perturbation", "order"}


def test_score_prints_fidelity(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(ANSWERS, encoding="utf-8")
    tree = printed("score", str(file))
    (row,) = tree["meta"]["fidelity"]
    [score] = [
        row["value"]
        for row in tree["rows"]
        if (row["arm"], row["metric"], row["culture"]) == ("a", "population_fidelity", "mean")
    ]
    assert row["population_fidelity"] == score


def test_a_verdict_is_told_in_paragraphs_and_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    def beside(arm: str, name: str, value: float) -> TestedDifference:
        against = f"reference:{name}"
        low, high = (value - 0.01, value + 0.01) if name == "uniform" else (None, None)
        return TestedDifference("alignment", "mean", arm, against, value, low, high, 48, p=0.0002)

    lines = [Line("split", "Half of it.")] + [
        Line("levels", f"{arm} in words.", levels=tuple(beside(arm, *one) for one in levels))
        for arm, levels in (
            ("adapted", [("uniform", -0.046)]),
            ("ceiling", [("uniform", 0.036), ("own-scale-histogram", -0.037)]),
        )
    ]
    said = "Nearer it is. Half of it. adapted in words. ceiling in words."
    print_verdict(
        Verdict("alignment", "mean", "adapted", "aware", 0.03, 0.01, 0.05, 48, p=0.01,
                headline="Not yet.", sentence=said, lines=tuple(lines))
    )  # fmt: skip
    printed = capsys.readouterr().out
    assert printed.startswith("\nNot yet.\n\nNearer it is.\n\nHalf of it.\n\n")
    assert "in words" not in printed
    assert re.search(
        r"uniform +│ -0.046 \[-0.056, -0.036\] │ \+0.036 \[\+0.026, \+0.046\]", printed
    )
    assert re.search(r"own-scale-histogram +│ +- │ +-0.037 │", printed)


def test_a_verdict_without_lines_is_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    print_verdict(Verdict("alignment", "mean", "a", "b", None, None, None, 4, sentence="No."))
    assert capsys.readouterr().out == "\nNo.\n"
