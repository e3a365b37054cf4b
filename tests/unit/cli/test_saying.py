"""What a command says: hostile texts do nothing to a terminal, and JSON stays JSON."""

import json
import re
import sys

import pytest
from tests.hostile_texts import FORMULAS, hostile_texts

from acculturate.cli.grid import Column, print_grid
from acculturate.cli.saying import broken, say, say_json, say_waiting
from acculturate.prompts import Prompt
from acculturate.sheets.formulas import no_formula

OBEYED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b\u2028-\u202e\u2066-\u2069\ufeff]"
)


@pytest.mark.parametrize("text", hostile_texts(), ids=lambda text: repr(text)[:20])
def test_a_terminal_obeys_none(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    say(text)
    say(text, err=True)
    print_grid(text, [Column(text, [text])], [Column(text, ["0.5"])])
    say_json({text: [text]})
    printed = capsys.readouterr()
    assert not OBEYED.search(printed.out + printed.err)
    assert json.loads(printed.out.splitlines()[-1]) == {text: [text]}


@pytest.mark.parametrize("text", hostile_texts(), ids=lambda text: repr(text)[:20])
def test_a_prompt_quotes_it_as_data(text: str) -> None:
    assert Prompt("own", "en", 0, "Item: [{{ stem }}]").fill(stem=text) == f"Item: [{text}]"


@pytest.mark.parametrize("text", FORMULAS)
def test_a_spreadsheet_carries_none_out(text: str) -> None:
    assert no_formula(text).startswith("'")


def test_lines_are_broken_between_words() -> None:
    text = "- Intervals are those of other questions.\n\n  acculturate run a.toml\nshort"
    assert broken(text, 24).splitlines() == [
        "- Intervals are those of",
        "  other questions.",
        "",
        "  acculturate run a.toml",
        "short",
    ]
    assert broken("a/path/that/is/longer-than-the-line and more", 20).splitlines() == [
        "a/path/that/is/longer-than-the-line",
        "  and more",
    ]


def test_what_is_under_way_is_told_a_terminal_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    say_waiting("Loading ...")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    say_waiting("Loading ...")
    assert capsys.readouterr() == ("", "Loading ...\n")
