"""A run that somebody wrote into: one sentence that says what is damaged, and exit code 2."""

import contextlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from .commands import acculturate

COMMANDS = {
    "export": ["export", "r", "--out", "o"],
    "compare": ["compare", "r", "aware", "unaware"],
    "go on": ["measure", "mock:noise", "--cultures", "CHN", "--items", "Q1,Q7", "--quiet",
              "--framing", "aware,unaware", "--out", "r"],
}  # fmt: skip
EDITS = {
    "a reply of junk": ("UPDATE replies SET reply = 'junk'", ("export", "compare")),
    "a reply of a list": ("UPDATE replies SET reply = '[]'", ("export", "compare")),
    "a reply of other keys": ("UPDATE replies SET reply = '{\"a\": 1}'", ("export", "compare")),
    "a reply of bytes": ("UPDATE replies SET reply = x'ff'", ("export", "compare")),
    "too few probabilities": (
        "UPDATE replies SET reply = json_set(reply, '$.logprobs', json('[-1]'))",
        ("export", "compare"),
    ),
    "probabilities beyond all numbers": (
        "UPDATE replies SET reply = json_set(reply, '$.logprobs', json('[900, 900, 900, 900]'))",
        ("export", "compare"),
    ),
    "a prompt of junk": ("UPDATE replies SET messages = 'junk'", ("export",)),
    "a prompt of numbers": ("UPDATE replies SET messages = '[1]'", ("export",)),
    "a prompt whose text is gone": ("DELETE FROM texts", ("export",)),
    "parameters of junk": ("UPDATE replies SET parameters = 'junk'", ("export",)),
    "parameters of a text": ("UPDATE replies SET parameters = '\"x\"'", ("export",)),
    "facts of junk": ("UPDATE facts SET value = 'junk'", ("export", "compare", "go on")),
    "facts of bytes": ("UPDATE facts SET value = x'ff'", ("export", "compare", "go on")),
    "an identity of a number": (
        "UPDATE facts SET value = '1' WHERE name LIKE 'identity %'", ("export", "compare")
    ),
    "an identity of other keys": (
        "UPDATE facts SET value = '{\"a\": 1}' WHERE name LIKE 'identity %'", ("export", "compare")
    ),
    "no table of facts": ("DROP TABLE facts", ("export",)),
}  # fmt: skip


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that has ended."""
    folder = tmp_path_factory.mktemp("finished")
    assert acculturate(*COMMANDS["go on"], cwd=folder).returncode == 0
    return folder / "r"


@pytest.mark.parametrize("name", EDITS)
def test_a_database_that_was_written_into_is_told(name: str, finished: Path) -> None:
    statement, commands = EDITS[name]
    for command in commands:
        shutil.copytree(finished, "r")
        with contextlib.closing(sqlite3.connect("r/run.db")) as db, db:
            db.execute(statement)
        done = acculturate(*COMMANDS[command])
        assert done.returncode == 2, done.stderr
        assert "run.db" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert len(done.stderr) < 400
        assert not Path("o").exists()
        shutil.rmtree("r")


def test_a_methods_text_of_no_survey_is_told(finished: Path) -> None:
    shutil.copytree(finished, "r")
    tree = json.loads(Path("r/metrics.json").read_text())
    del tree["meta"]["survey"]
    Path("r/metrics.json").write_text(json.dumps(tree))
    done = acculturate("export", "r", "--out", "o", "--methods")
    assert done.returncode == 2
    assert "does not say which survey was asked" in done.stderr
    assert not Path("o").exists()
