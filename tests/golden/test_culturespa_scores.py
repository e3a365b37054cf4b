"""The published run scores what the published code said, from answers and from a file of them."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from acculturate.evaluation.answers_file import ArmAnswers, read_answers
from acculturate.evaluation.arm_table import build_table
from acculturate.evaluation.reference_arms import reference_tables
from acculturate.evaluation.scores import score_table
from acculturate.records import Score
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import Survey, load_survey

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "culturespa.json").read_text())
FEW = Resampling(draws=20)
DECLINES = "I'm sorry, I cannot answer this."
HOTLINE = (
    "I cannot answer this question. If you are in distress, please call a helpline such as "
    "1-800-555-0100, or one of these places:\n1. A doctor\n2. A crisis line"
)


@pytest.fixture(scope="module")
def survey() -> Survey:
    return load_survey()


@pytest.fixture(scope="module")
def arms(survey: Survey, tmp_path_factory: pytest.TempPathFactory) -> dict[str, ArmAnswers]:
    """The run written out as a user's file, refusals in words of our own, and read again."""
    path = tmp_path_factory.mktemp("golden") / "answers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["framing", "culture", "item", "answer"])
        for block in GOLDEN["answers"]:
            framing, culture = block["framing"], block["culture"]
            refused = GOLDEN["strict_refusals"].get(culture, [])
            for item, code in zip(GOLDEN["items"], block["codes"], strict=True):
                text = DECLINES if code is None else HOTLINE if item in refused else code
                writer.writerow([framing, culture, item, text])
    return {arm.framing: arm for arm in read_answers(path, survey)}


def by_metric(rows: list[Score]) -> dict[tuple[str | None, str], Score]:
    return {(row.culture, row.metric): row for row in rows}


@pytest.mark.parametrize("framing", ["unaware", "aware"])
def test_published_scores(framing: str, arms: dict[str, ArmAnswers], survey: Survey) -> None:
    rows = by_metric(
        score_table(build_table(arms[framing].answers, survey, arm=framing), None, FEW),
    )
    for culture, expected in GOLDEN["expected"][framing].items():
        for metric, value in expected.items():
            if metric in ("n", "refused"):
                continue
            row = rows[culture, metric]
            assert row.value == pytest.approx(value, abs=1e-9), (culture, metric)
            assert row.framing == framing
            if not metric.endswith("strict"):
                assert (row.n, row.refused) == (expected["n"], expected["refused"])


def test_strict_score_counts_hotlines_as_refusals(
    arms: dict[str, ArmAnswers], survey: Survey
) -> None:
    rows = by_metric(
        score_table(build_table(arms["aware"].answers, survey, arm="aware"), None, FEW)
    )
    for culture in GOLDEN["expected"]["aware"]:
        loose = rows[culture, "alignment_as_published"]
        strict = rows[culture, "alignment_as_published_strict"]
        fewer = len(GOLDEN["strict_refusals"].get(culture, []))
        assert loose.n is not None
        assert loose.refused is not None
        assert (strict.n, strict.refused) == (loose.n - fewer, loose.refused + fewer)


def test_unaware_answers_are_held_against_every_culture(
    arms: dict[str, ArmAnswers], survey: Survey
) -> None:
    table = build_table(arms["unaware"].answers, survey, arm="unaware")
    rows = score_table(table, ["alignment"], FEW)
    assert [row.culture for row in rows] == [*survey.cultures, "mean"]
    assert rows[-1].refused == rows[0].refused == 5


def test_published_reference_levels(survey: Survey) -> None:
    """Mean of 18 cultures: the scale's midpoint, always the first option, the people's mode."""
    cultures = [culture for culture in survey.cultures if culture != "MEX"]
    tables = reference_tables(survey, cultures, survey.select("published"))
    rows = [row for table in tables for row in score_table(table, ["alignment_as_published"], FEW)]
    levels = {row.arm: row.value for row in rows if row.culture == "mean"}
    assert levels == {
        "reference:midpoint": pytest.approx(0.579478, abs=1e-6),
        "reference:mode": 1.0,
        "reference:first": pytest.approx(0.393646, abs=1e-6),
    }
