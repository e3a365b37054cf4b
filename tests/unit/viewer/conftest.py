"""A run with two arms, questions and dialogues, made by a mock in seconds, and a browser for it."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import acculturate
from acculturate.methods.kept_texts import dump_records
from acculturate.records.results.talks import Decision, DialogueRecord, Move, Person
from acculturate.runner import Silent
from acculturate.viewer.guard import Tokens
from acculturate.viewer.run_shelf import find_runs
from acculturate.viewer.site import site

PORT = 8765
STUDY = """
[study]
name = "viewed"
title = "A run to view"
draws = 100
[survey]
items = ["Q1", "Q7", "Q27", "Q46", "Q57", "Q112", "Q165", "Q176"]
[cultures]
measure = ["CHN", "DEU"]
adapt = ["CHN"]
[models.base]
name = "mock:noise"
[models.other]
name = "mock:uniform"
[[arm]]
id = "unaware"
framing = "unaware"
[[arm]]
id = "aware"
framing = "aware"
model = "other"
against = "unaware"
"""
ADAPTED = """
[[adapt]]
id = "spa"
method = "culturespa"
[[adapt]]
id = "talks"
method = "clca"
[[arm]]
id = "after-spa"
model = "@spa"
[[arm]]
id = "after-talks"
model = "@talks"
"""
"""What stands in the run's study beside what has been carried out: arms that are not asked yet."""


def dialogue(number: int, culture: str = "CHN", text: str = "Good morning.") -> DialogueRecord:
    people = (Person("Mei", "nurse", "to rest", "she is ill"), Person("Bo", "cook", "to talk", ""))
    moves = (Move("Mei", "speak", text), Move("Bo", "act", "He pours tea."))
    return DialogueRecord(
        f"d{number}", culture, "en", "family", True, f"At home, evening {number}.", people, "limit",
        moves, verdicts=(Decision("quality", number % 2 == 0, "sure", "It is short."),),
        dropped="" if number % 2 == 0 else "judged bad",
    )  # fmt: skip


def lines(rows: list[dict[str, object]]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def question(
    number: int, text: str = "How much do you trust the town library?"
) -> dict[str, object]:
    return {
        "id": f"q{number}", "topic": "Trust" if number % 2 else "Work", "question": text,
        "options": ["A lot", "A little", "Not at all"], "scale": "ordinal",
    }  # fmt: skip


def shift(number: int, culture: str) -> dict[str, object]:
    return {
        "item": f"q{number}", "culture": culture, "unaware": [0.2, 0.3, 0.5],
        "aware": [0.6, 0.3, 0.1], "strength": 0.25 + number / 1000, "noise": None,
        "taught": number % 2 == 0, "target": None,
    }  # fmt: skip


@pytest.fixture(scope="session")
def viewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("viewed")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    run = folder / "viewed"
    acculturate.run(folder / "study.toml", out=run, progress=Silent())
    (run / "study.toml").write_text(STUDY + ADAPTED, encoding="utf-8")
    (run / "spa.questions.jsonl").write_text(lines([question(n) for n in range(23)]))
    shifts = [shift(n, culture) for culture in ("CHN", "DEU") for n in range(23)]
    (run / "spa.shifts.jsonl").write_text(lines(shifts))
    talks = [dialogue(n, "CHN" if n < 20 else "DEU") for n in range(31)]
    (run / "talks.dialogues.jsonl").write_text(dump_records(talks), encoding="utf-8")
    return run


@pytest.fixture
def run(viewed: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(viewed, tmp_path / "runs" / "viewed"))


class Browser(TestClient):
    """Asks a viewer of some runs, as whoever has opened its address."""

    def __init__(self, *folders: Path, enter: bool = True) -> None:
        self.tokens = Tokens()
        app = site(find_runs(folders), self.tokens, PORT)
        super().__init__(app, base_url=f"http://127.0.0.1:{PORT}")
        if enter:
            assert self.get("/", params={"token": self.tokens.address}).status_code == 200

    def page(self, address: str) -> str:
        answer = self.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text

    def fill(self, address: str, **fields: str) -> str:
        answer = self.post(
            address,
            data={"token": self.tokens.form, **fields},
            headers={"origin": f"http://127.0.0.1:{PORT}"},
        )
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
def browser(run: Path) -> Iterator[Browser]:
    with Browser(run) as client:
        yield client


def shown(page: str) -> str:
    """Return the text of a page without its tags, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
