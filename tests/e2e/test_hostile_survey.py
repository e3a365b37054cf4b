"""A survey whose texts attack: asked, scored and reported, it stays text everywhere."""

import csv
import json
import re
import sys
from pathlib import Path

import pytest
from tests.hostile_texts import hostile_texts
from tests.unit.report.test_report_page import Outline

from acculturate.cli.main import main

OBEYED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b\u2028-\u202e\u2066-\u2069\ufeff]"
)
# every third of them; a layout is TOML, which holds neither NUL nor half a letter
TEXTS = [
    text[:200] for text in hostile_texts()[::3] if text.strip() and not set("\0\ud800") & set(text)
]


WORKS = re.compile(r"(?<!\\)(?:<[a-z/!?]|!\[|\]\()", re.IGNORECASE)
"""What Markdown would make of a text: a tag, a picture, a link."""


def pages_of(place: str) -> list[Path]:
    return sorted(Path(place).rglob("*.md"))


def typed(*words: str) -> None:
    sys.argv = ["acculturate", *words]
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0


def quoted(text: str) -> str:
    """Return a text as TOML holds it."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def lay_out() -> None:
    """Write a layout with a hostile text in every place, and people's answers."""
    items = [
        f"[items.A{n}]\nstem = {quoted(text)}\ncodes = [1, 2]\ntopic = {quoted(text)}\n"
        f"options = [{quoted('1 ' + text)}, {quoted('2 ' + TEXTS[n - 1])}]"
        for n, text in enumerate(TEXTS)
    ]
    head = [f"title = {quoted(TEXTS[0])}", f"notice = {quoted(TEXTS[2])}", "[columns]"]
    Path("l.toml").write_text("\n".join([*head, 'culture = "land"', *items]), encoding="utf-8")
    with Path("t.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["land", *(f"A{n}" for n in range(len(TEXTS)))])
        writer.writerows(
            [code, *([answer] * len(TEXTS))] for code in ("CHN", "DEU") for answer in (1, 2)
        )


def test_texts_of_a_survey_stay_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [])
    lay_out()
    typed("survey", "import", "t.csv", "--name", "mine", "--layout", "l.toml")
    typed("survey", "show", "mine")
    typed("survey", "list")
    measure = ["measure", "mock:uniform", "--cultures", "CHN,DEU", "--survey", "mine"]
    typed(*measure, "--items", "all", "--out", "r", "--quiet")
    typed("export", "r", "--out", "e", "--format", "csv")
    typed("export", "r", "--out", "p", "--tables", "--methods")
    typed("export", "r", "--dataset", "d")
    typed("export", "r", "--lm-eval", "t")
    printed = capsys.readouterr()
    assert not OBEYED.search(printed.out + printed.err)
    shown = Outline(Path("r/report.html").read_text(encoding="utf-8"))
    assert not {"img", "iframe", "form", "object", "base"} & set(shown.tags)
    assert [shown.tags.count(tag) for tag in ("script", "input")] == [1, 1]  # our own: a search
    assert not [name for name in shown.attributes if name.startswith("on")]
    everything = ""
    for path in Path("e").rglob("*.csv"):
        with path.open(newline="", encoding="utf-8-sig") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell[:1] in "=@" and len(cell) > 1]
        everything += "\n".join(cells)
    pages = [path.read_text(encoding="utf-8") for place in "epdt" for path in pages_of(place)]
    assert len(pages) > 8
    for page in pages:
        assert not OBEYED.search(page)
        assert not WORKS.search(page)
    assert TEXTS[0] in everything  # a prompt quotes it
    assert TEXTS[0] in shown.text
