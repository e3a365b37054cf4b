"""What commands print as JSON: the rows, and of `meta` what metrics.json has too."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from acculturate.cli.main import app

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
