"""A model card says what was shown with its figures, and shows hostile names as they are."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard

from acculturate.handover import write_cards
from acculturate.handover.model_card import hub_name
from acculturate.records import Score
from acculturate.records.results.conclusion import Line, Verdict
from acculturate.records.results.described import ArmNote, CultureNote, SurveyNote
from acculturate.records.results.differences import CorrectedDifference, TestedDifference
from acculturate.records.results.general import NeutralRow
from acculturate.records.results.made import TuningRow
from acculturate.records.results.run_results import RunMeta, RunResults

HOSTILE = "<script>alert(1)</script> | [x](javascript:1) `rm`\n# head"


def score(arm: str, culture: str, value: float, metric: str = "alignment") -> Score:
    return Score(
        arm, "tiny", "aware", "en", "wvs", culture, metric, value, value - 0.1, value + 0.1, 48, 2
    )


def results(title: str = "A study") -> RunResults:
    change = CorrectedDifference(
        "alignment", "mean", "adapted", "aware", 0.031, 0.012, 0.047, 48, p=0.01
    )
    return RunResults(
        rows=(
            score("aware", "mean", 0.7),
            score("adapted", "DEU", 0.741),
            score("adapted", "mean", 0.731),
            score("adapted-DEU", "mean", 0.5),
            score("reference:uniform", "mean", 0.794),
        ),
        differences=(change, replace(change, metric="skill", value=0.2)),
        meta=RunMeta(
            study="s",
            title=title,
            primary="alignment",
            arms=(
                ArmNote("aware", "base", "aware"),
                ArmNote("adapted", "@spa", "aware", adapter="spa"),
                ArmNote("adapted-DEU", "@spa/DEU", "aware", adapter="spa", part_of="adapted"),
            ),
            adapted_to=(CultureNote("DEU", title),),
            survey=SurveyNote("wvs", "World Values", 48, "Cite it. Non-profit."),
            verdict=Verdict(
                "alignment", "mean", "adapted", "aware", 0.031, 0.012, 0.047, 48, p=0.01,
                headline="Not yet an improvement.", sentence=title,
                lines=(Line("levels", "Below a uniform guess."),),
            ),
            cautions=("So small a model shows little.",),
            neutral=(
                NeutralRow("@spa", "base", "en", 60, 900, 3.1, 0.02, 0.01, 0.03, "kept", 0.05),
            ),
            tuning=(TuningRow("spa", "spa", 8, 8, 0, 0, (1.0, 0.5)),),
        ),
    )  # fmt: skip


def card(adapter: Path, given: RunResults) -> Any:
    [path] = write_cards(adapter.parent.parent, given)
    assert path == adapter / "README.md"
    return ModelCard.load(path)


def test_a_card_holds_what_a_user_of_the_adapter_must_know(adapter: Path) -> None:
    read = card(adapter, results())
    for said in (
        "Not yet an improvement",
        "Below a uniform guess",
        "So small a model shows little",
        "| DEU | 0.741 [0.641, 0.841] | 48 | 2 |",
        "+0.031 [+0.012, +0.047] on aware",
        "| skill | not known | +0.200",
        "uniform 0.794",
        "+0.020 nats per token",
        "Cite it",
        "PeftModel.from_pretrained",
        "| rank | 2 |",
        "| trained on | 8 rows",
    ):
        assert said in read.text, said
    assert "0.500" not in read.text  # another culture's adapter has a card of its own
    [figure] = read.data.eval_results or []
    assert (figure.metric_type, figure.metric_value) == ("alignment", 0.731)
    assert read.data.base_model is None  # a folder is no name of the Hub


def test_the_verdict_is_told_once_and_what_needs_no_model_in_a_table(adapter: Path) -> None:
    given = results()
    verdict = given.meta.verdict
    assert verdict is not None
    levels = tuple(
        TestedDifference("alignment", "mean", "adapted", f"reference:{name}", value, low, high, 48,
                         p=p)
        for name, value, low, high, p in (
            ("uniform", -0.048, -0.073, -0.024, 0.0002), ("lookup", -0.1, None, None, 0.25))
    )  # fmt: skip
    lines = (Line("split", "Half of it."), Line("levels", "Below all.", levels=levels))
    told = replace(verdict, sentence="Nearer it is. Half of it. Below all.", lines=lines)
    text = card(adapter, replace(given, meta=replace(given.meta, verdict=told))).text
    assert "**Not yet an improvement.** Nearer it is.\n" in text
    assert text.count("Half of it.") == 1
    assert "Below all." not in text
    assert "| uniform | -0.048 [-0.073, -0.024], p < 0.001 |" in text
    assert "| lookup | -0.100, p 0.250 |" in text
    heads = [at for at, line in enumerate(text.splitlines()) if line.startswith("|---")]
    assert all(text.splitlines()[at - 2] == "" for at in heads), "a table begins behind a gap"


def test_a_verdict_on_another_adapter_is_said_to_be_one(adapter: Path) -> None:
    given = results()
    said = "verdict is on its arm other, which is not asked with this adapter"
    assert "verdict is on its arm" not in card(adapter, given).text
    assert given.meta.verdict is not None
    other = replace(given.meta, verdict=replace(given.meta.verdict, arm="other"))
    assert said in card(adapter, replace(given, meta=other)).text


def test_names_of_others_stay_text(adapter: Path) -> None:
    text = card(adapter, results(HOSTILE)).text
    assert "<script>" not in text
    assert "\n# head" not in text
    assert "\\[x\\](javascript:1)" in text


@pytest.mark.parametrize(
    ("base", "name"),
    [
        ("embedded", "HuggingFaceTB/SmolLM2-135M-Instruct"),
        ("org/model", "org/model"),
        ("../mine", ""),
        ("a/b/c", ""),
    ],
)
def test_a_base_has_a_name_on_the_hub_or_none(base: str, name: str) -> None:
    assert hub_name(base) == name
