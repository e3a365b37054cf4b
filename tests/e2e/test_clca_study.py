"""A CLCA study from scenarios to a report, with a made-up teacher and a tiny model."""

import json
from pathlib import Path
from typing import Any

import pytest

from acculturate.engines.mock import CHARACTERS
from acculturate.records import ChooseRequest, Generation, Request
from acculturate.study.schema import load_study
from acculturate.study.wiring import run_study

pytest.importorskip("peft")

STUDY = """
[study]
name = "talk"
draws = 200
[survey]
items = ["Q1", "Q7", "Q46"]
[cultures]
measure = ["CHN", "DEU"]
adapt = ["CHN", "DEU"]
[models.base]
name = {model!r}
dtype = "float32"
[models.writer]
name = "mock:talker"
[[adapt]]
id = "clca"
method = "clca"
teacher = "writer"
grouping = "specific"
[adapt.clca.scenarios]
adapt = "rule"
count = 1
[adapt.clca.roleplay]
exchanges = 2
[adapt.clca.judging]
keep = "none"
[adapt.tuning]
rank = 2
[[arm]]
id = "before"
[[arm]]
id = "after"
model = "@clca"
against = "before"
"""
LINES = (
    "Good morning. I came about the matter of last week.",
    "Please sit down and tell me more of it.",
    "My mother asked whether the garden is still ours.",
    "Nobody told us that the road would be closed.",
    "Then let us speak with the doctor before noon.",
    "You always brought bread when the shop was full.",
    "Could the children play somewhere else on Sundays?",
    "I would rather pay the whole sum at once.",
    "That letter never reached our house.",
    "Shall we drink tea and forget the quarrel?",
    "The teacher praised your daughter's drawing.",
    "It rained through the roof for three nights.",
)


def talker(request: Request) -> Any:
    """Says one thing or another, with hostile text in it; judges by the first letter."""
    if isinstance(request, ChooseRequest):
        return [0.9, *[0.1 / (len(request.labels) - 1)] * (len(request.labels) - 1)]
    said = LINES[int(request.id[:8], 16) % len(LINES)]
    return Generation(f"{said} <script>alert(1)</script>", 10, 10, "end")


@pytest.fixture
def finished(tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(CHARACTERS, "talker", talker)
    path = tmp_path / "talk.toml"
    path.write_text(STUDY.format(model=str(tiny_model)))
    run_study(load_study(path), tmp_path / "run")
    return tmp_path / "run"


def test_dialogues_become_an_adapter_for_each_culture(finished: Path) -> None:
    metrics = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))
    meta = metrics["meta"]
    assert {each["adapter"] for each in meta["tuning"]} == {"clca/CHN", "clca/DEU"}
    assert [each["id"] for each in meta["models"]][-2:] == ["@clca/CHN", "@clca/DEU"]
    assert {each["culture"] for each in meta["dialogues"]} == {"CHN", "DEU"}
    assert all(each["moves"] for each in meta["dialogues"])
    assert (finished / "adapters" / "clca" / "DEU" / "adapter_model.safetensors").is_file()


def test_the_report_shows_dialogues_and_runs_nothing(finished: Path) -> None:
    page = (finished / "report.html").read_text(encoding="utf-8")
    assert 'id="dialogues"' in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
