"""A model that writes nonsense: everything is asked a bounded number of times, the yields are
stated, and one sentence ends it.
"""

from pathlib import Path
from typing import Any

import pytest
import tomli_w
from typer.testing import CliRunner

from acculturate.cli.main import app
from acculturate.errors import AcculturateError

SPA = {"questions": {"topics": ["Migration"], "per_topic": 2, "attempts": 5}}
CLCA = {
    "descriptors": "none",
    "scenarios": {"adapt": "teacher", "count": 1, "tries": 2},
    "roleplay": {"exchanges": 3},
}
BY_TEXT = {**CLCA, "judging": {"way": "text", "keep": "published"}}
LEFT_OUT = {**CLCA, "scenarios": {**CLCA["scenarios"], "fallback": False}}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("method", "settings", "steps", "said"),
    [
        ("culturespa", SPA, (), "None of 10 attempts made a usable question (no options 10)"),
        (
            "clca",
            CLCA,
            ("none of 1 scenarios were adapted by the teacher; 1 no object", "1 repetitive"),
            "no training",
        ),
        ("clca", BY_TEXT, ("none of 1 dialogues passed the rules",), "no training rows"),
        (
            "clca",
            LEFT_OUT,
            ("none of 1 scenarios are to be played", "0 of 0 dialogues were played"),
            "no training rows",
        ),
    ],
)
def test_nonsense_ends_in_one_sentence(
    method: str,
    settings: dict[str, Any],
    steps: tuple[str, ...],
    said: str,
    tiny_model: Path,
    tmp_path: Path,
) -> None:
    tree = {
        "study": {"name": "s"},
        "survey": {"items": ["Q1", "Q121"]},
        "cultures": {"measure": ["DEU"], "adapt": ["DEU"]},
        "models": {"base": {"name": str(tiny_model)}, "teacher": {"name": "mock:uniform"}},
        "adapt": [{"id": "a", "method": method, "teacher": "teacher", method: settings}],
        "arm": [{"id": "after", "model": "@a"}],
    }
    file = tmp_path / "s.toml"
    file.write_text(tomli_w.dumps(tree))
    words = ["build", str(file), "a", "--out", str(tmp_path / "run"), "--quiet"]
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, AcculturateError)
    assert said in str(done.exception)
    assert "\n" not in str(done.exception)
    for step in steps:
        assert step in done.output
