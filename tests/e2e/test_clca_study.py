"""A CLCA study from scenarios to a report, with a made-up teacher and a tiny model."""

import json
from pathlib import Path
from typing import Any

import pytest

from acculturate.engines.mock import CHARACTERS
from acculturate.records import Generation, Request
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
way = "text"
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
LINES = ("Good morning. I came about the matter of last week.", "Please sit down, tell me more.")


def talker(request: Request) -> Any:
    """Says one thing or another, with hostile text in it."""
    number = int(request.id[:6], 16)
    said = f"{LINES[number % 2]} It is the {number % 97}th time. <script>alert(1)</script>"
    return Generation(said, 10, 10, "end")


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
