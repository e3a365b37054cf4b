import base64
import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from acculturate.errors import StoreError
from acculturate.report import render, write_report

HOSTILE = (
    "</script></pre></style><script>alert(1)</script><img src=x onerror=alert(1)>"
    "<!-- ]]> \"'> onload='x' &lt; &amp; {{ 7 * 7 }} {% raw %} javascript:alert(1) "
    "\u202eturned\u2066 \u200f \ud800 \x00" + "w" * 2000
)
FIGURES = {"metric": "alignment", "culture": "mean", "arm": "after", "against": "before", "n": 216}
SECTIONS = {
    "costs",
    "arms",
    "results",
    "measures",
    "questions",
    "data",
    "tuning",
    "again",
    "survey",
}


class Outline(HTMLParser):
    """The tags, attribute names, ids and addresses of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(value or "")
            if name in ("src", "href", "srcset", "action", "data", "xlink:href"):
                self.addresses.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "dt", "dd", "li", "p", "h2", "h3"):
            self.text += " "

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


def hostile(tree: Any) -> Any:
    """Every text of a run, names and keys of tables included, with an attack at its end."""
    if isinstance(tree, str):
        return tree if tree == "mean" else tree + HOSTILE
    if isinstance(tree, list):
        return [hostile(branch) for branch in tree]
    if isinstance(tree, dict):
        named = ("packages", "metrics", "arms", "distances")
        return {
            key: {hostile(name): hostile(branch) for name, branch in value.items()}
            if key in named and isinstance(value, dict)
            else hostile(value)
            for key, value in tree.items()
        }
    return tree


def with_hostile_texts(metrics: Any) -> Any:
    attacked = hostile(metrics)
    # the keys of a metric's own entry are the schema's, not a text
    attacked["meta"]["metrics"] = {
        name + HOSTILE: hostile(entry) for name, entry in metrics["meta"]["metrics"].items()
    }
    return attacked


def test_a_whole_run_has_every_section_and_its_figures(page: str) -> None:
    seen = Outline(page)
    assert set(seen.ids) >= SECTIONS
    for said in (
        "Two cultures, one adapter.",
        "Alignment rose by 0.020 over 216 questions.",
        "One training seed: this adapter only.",
        "The interval excludes zero: it lies wholly above it, in favour of adapted-aware.",
        "0.781 [0.766, 0.796] n 216, refused 3",
        "+0.020 [+0.012, +0.028] ▲ above zero n 216",
        "every option equally likely",
        "asked as someone who grew up in the culture",
        "57 140 40.7%",
        "Pairs were answeredin float32not: 7 without an answer 50 57 87.7%",
        "7 of 19",
        "Sure! <b>Family</b>",
        "Q57 · Trust Can most people be trusted?",
        "0.400 0.275 +0.125",
        "Trust? <1>",
        "acculturate run studies/demo.toml",
        "arm base-aware 30 seconds 5,000 0 0.25",
        "1.2 GiB (process).",
        "Seeds: 7, 8.",
        "The run took 7.9 minutes.",
        "9a3f6c1e0b7d4a22",
        "torch 2.13.0",
        "Cite the source; non-profit use.",
        "Counts are not weighted.",
        "gave no answer to these questions, on average:",
    ):
        assert said in seen.words, said
    assert len(page.encode()) < 1_500_000


def test_the_page_is_a_pure_function(metrics: Any, page: str) -> None:
    before = json.dumps(metrics)
    assert render(metrics) == page
    assert json.dumps(metrics) == before


def test_the_page_loads_nothing_and_runs_nothing(page: str) -> None:
    seen = Outline(page)
    assert "default-src 'none'" in page
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in page
    assert not re.search(r"innerHTML|eval|fetch|XMLHttp|document.write|localStorage", script)
    assert "url(" not in page
    assert "@import" not in page
    assert seen.tags.count("script") == 1
    assert not {"iframe", "object", "embed", "img", "form"} & set(seen.tags)
    assert all(address.startswith("#") or address == "data:," for address in seen.addresses)
    assert "http:" not in page
    assert "https:" not in page


def test_without_items_there_is_no_script(metrics: Any) -> None:
    metrics["meta"]["shares"] = metrics["rows"] = []
    page = render(metrics)
    assert "script" not in Outline(page).tags
    assert "script-src" not in page


def test_links_lead_to_sections_and_no_id_is_used_twice(page: str) -> None:
    seen = Outline(page)
    targets = {address[1:] for address in seen.addresses if address.startswith("#")}
    assert targets == SECTIONS
    assert len(seen.ids) == len(set(seen.ids))


def test_what_is_read_second_is_folded(page: str) -> None:
    folded = re.findall(r'<details class="fold (\w+)">', page)
    assert folded == ["data", "tuning", "again", "survey"]


def test_every_table_has_a_caption_and_every_picture_a_text(page: str) -> None:
    seen = Outline(page)
    assert seen.tags.count("table") == seen.tags.count("caption") > 5
    assert page.count('role="img"') == len(re.findall(r'role="img" aria-label="[^"]+"', page)) > 4


def test_hostile_text_stays_text(metrics: Any, page: str) -> None:
    plain, attacked = Outline(page), Outline(render(with_hostile_texts(metrics)))
    assert set(attacked.tags) <= set(plain.tags)
    assert attacked.attributes <= plain.attributes
    assert attacked.tags.count("svg") == plain.tags.count("svg")
    assert all(address.startswith("#") or address == "data:," for address in attacked.addresses)
    assert "{{ 7 * 7 }}" in attacked.text
    assert "<script>alert(1)</script>" in attacked.text
    assert "\u202e" not in attacked.text
    assert "[U+202E]turned" in attacked.text


def test_a_text_without_end_is_cut(metrics: Any) -> None:
    metrics["meta"]["drops"][0]["example"] = "word " * 100_000
    metrics["rows"] = []
    page = render(metrics)
    assert "more characters" in page
    assert len(page) < 500_000


@pytest.mark.parametrize(
    ("low", "high", "better", "reading"),
    [
        (0.01, 0.03, True, "excludes zero: it lies wholly above it, in favour of adapted-aware."),
        (0.01, 0.03, False, "excludes zero: it lies wholly above it, against adapted-aware."),
        (-0.03, -0.01, False, "excludes zero: it lies wholly below it, in favour of adapted"),
        (0.01, 0.03, None, "excludes zero: it lies wholly above it."),
        (-0.01, 0.03, True, "includes zero: this run does not show that the two differ."),
    ],
)
def test_the_verdict_reads_its_interval(
    low: float, high: float, better: bool | None, reading: str
) -> None:
    verdict = {
        "sentence": "It changed.",
        "metric": "alignment",
        "culture": "mean",
        "arm": "adapted-aware",
        "against": "base-aware",
        "value": 0.02,
        "low": low,
        "high": high,
        "n": 216,
    }
    known = {"alignment": {"text": "Nearness.", "higher_is_better": better}}
    page = render({"schema": 1, "meta": {"verdict": verdict, "metrics": known}})
    assert reading in Outline(page).words


@pytest.mark.parametrize(
    ("uniform", "reading"),
    [
        (
            {**FIGURES, "value": -0.003, "low": -0.016, "high": 0.009, "p": 0.6},
            "the same is not shown: no difference",
        ),
        (
            {**FIGURES, "value": -0.02, "low": -0.03, "high": -0.01, "p": 0.001},
            "the same is not shown: no difference",
        ),
        (
            {**FIGURES, "value": 0.02, "low": None, "high": None, "p": 0.001},
            "the same is not shown: no difference",
        ),
        ({**FIGURES, "value": 0.02, "low": 0.01, "high": 0.03, "p": 0.001}, "in favour of after."),
        (None, "in favour of after."),
    ],
)
def test_the_reading_needs_both_figures(uniform: dict[str, Any] | None, reading: str) -> None:
    verdict = {
        "sentence": "It changed.", **FIGURES,
        "value": 0.037, "low": 0.02, "high": 0.05, "p": 0.001, "uniform": uniform,
    }  # fmt: skip
    known = {"alignment": {"text": "Nearness.", "higher_is_better": True}}
    page = render({"schema": 1, "meta": {"verdict": verdict, "metrics": known}})
    assert reading in Outline(page).words


def test_a_run_that_only_measures(metrics: Any) -> None:
    metrics["rows"] = [row for row in metrics["rows"] if row["arm"] == "base-aware"]
    del metrics["differences"]
    for part in ("verdict", "yields", "drops", "shifts", "tuning"):
        metrics["meta"][part] = None
    seen = Outline(render(metrics))
    assert set(seen.ids) & SECTIONS == SECTIONS - {"data", "tuning"}
    assert "This run measures without comparing" in seen.words
    assert "alignment of base-aware 0.761 [0.746, 0.776]" in seen.words
    assert "What changed" not in seen.words


@pytest.mark.parametrize("empty", [None, "absent"])
def test_any_part_may_be_missing(metrics: Any, empty: str | None) -> None:
    whole = metrics["meta"]
    for part in whole:
        # the charts are the same in each page: without them this is a matter of milliseconds
        kept = {name: value for name, value in whole.items() if name != part}
        meta = kept if empty else {**kept, part: None}
        page = render({"schema": 1, "rows": [], "differences": [], "meta": meta})
        assert "</html>" in page


def test_almost_nothing_is_a_page_too() -> None:
    assert "This run holds no scores." in render({"schema": 1})


def test_nested_parts_may_be_empty(metrics: Any) -> None:
    meta = metrics["meta"]
    meta["shares"][0] |= {"people": [], "arms": {"base-aware": [0.5, 0.5]}, "distances": {}}
    meta["asked"][0] |= {"options": []}
    meta["tuning"][0] |= {"losses": [], "first_row": None, "seconds": 0}
    meta["rerun"] |= {"environment": {"python": "3.11.7"}, "seeds": [], "study": ""}
    meta["verdict"] |= {"low": None, "high": None}
    meta["metrics"] = {}
    metrics["rows"] = []
    words = Outline(render(metrics)).words
    assert "Can most people be trusted?" in words
    assert "python 3.11.7" in words


def test_the_report_is_written_beside_the_metrics(metrics: Any, tmp_path: Path) -> None:
    metrics["rows"] = []
    (tmp_path / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    (tmp_path / "report.html").write_text("an older report", encoding="utf-8")
    path = write_report(tmp_path)
    assert path == tmp_path / "report.html"
    assert path.read_text(encoding="utf-8") == render(metrics)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["metrics.json", "report.html"]


def test_half_a_surrogate_pair_can_be_written(tmp_path: Path) -> None:
    text = '{"schema": 1, "meta": {"title": "broken \\ud800"}}'
    (tmp_path / "metrics.json").write_text(text, encoding="utf-8")
    assert "broken [U+D800]" in write_report(tmp_path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "There is no metrics.json in"),
        ("{", "is not JSON"),
        ('{"rows": []}', "says schema null, but this version reads schema 1"),
        ('{"schema": 2}', "says schema 2, but"),
        ("[1, 2]", "says schema null, but"),
        (
            '{"schema": 1, "meta": {"arms": 5}}',
            r"json: 'meta\.arms': expected a list, and it is 5",
        ),
    ],
)
def test_metrics_that_cannot_be_used(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "metrics.json").write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match=message):
        write_report(tmp_path)
    assert not (tmp_path / "report.html").exists()


def test_a_report_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "metrics.json").write_text('{"schema": 1}', encoding="utf-8")
    (tmp_path / "report.html").mkdir()
    with pytest.raises(StoreError, match="could not be written"):
        write_report(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["metrics.json", "report.html"]


def test_importing_the_report_loads_no_charts() -> None:
    code = "import sys, acculturate.report; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert not {"altair", "vl_convert", "pandas", "jinja2"} & set(loaded)


def test_what_needs_no_model_stands_in_one_table_beside_the_verdict() -> None:
    def beside(arm: str, name: str, value: float) -> dict[str, Any]:
        own = {"arm": arm, "against": f"reference:{name}", "metric": "alignment"}
        return own | {
            "culture": "mean",
            "value": value,
            "low": None,
            "high": None,
            "n": 24,
            "p": 0.25,
        }

    names = ("uniform", "wording-lookup")
    lines = [
        {"about": about, "said": f"{arm} in words.", "parts": [],
         "levels": [beside(arm, name, value) for name in names]}
        for about, arm, value in (("levels", "after", -0.048), ("ceiling", "top", 0.0033))
    ]  # fmt: skip
    verdict = {
        "sentence": "", "headline": "It is.", **FIGURES, "value": 0.1, "low": 0.0, "high": 0.2,
        "steps": [], "lines": lines,
    }  # fmt: skip
    page = render({"schema": 1, "meta": {"verdict": verdict, "metrics": {"alignment": {}}}})
    table = page.partition('<table class="lines levels">')[2].partition("</table>")[0]
    cells = re.findall(r'<span class="value">([^<]*)<', table)
    assert cells == ["−0.048", "+0.003"] * 2
    assert table.count("p&nbsp;0.250") == 4
    assert "in words" not in table
    folded = page.partition("with refusals as uniform</summary>")[2].partition("</details>")[0]
    assert "after in words." in folded
    assert "top in words." in folded
    assert page.count("after in words.") == 1


def test_a_step_says_no_only_where_the_opposite_is_shown() -> None:
    steps = [
        {"question": "nearer", "answer": True, "opposite": False, "said": "Nearer."},
        {"question": "specific", "answer": False, "opposite": False, "said": "Open."},
        {"question": "control", "answer": False, "opposite": True, "said": "Worse."},
        {"question": "control", "answer": None, "opposite": False, "said": "Unknown."},
    ]
    verdict = {
        "sentence": "", "headline": "After.", **FIGURES, "value": 0.1, "low": 0.0, "high": 0.2,
        "steps": steps,
    }  # fmt: skip
    page = render({"schema": 1, "meta": {"verdict": verdict, "metrics": {"alignment": {}}}})
    said = " ".join(Outline(page).words.split())
    assert "yes Nearer. not shown Open. no Worse. cannot say Unknown." in said


def test_the_change_stands_beside_the_two_arms_that_are_compared(page: str) -> None:
    table = page.partition('<table class="lines stacked">')[2].partition("</table>")[0]
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', table)
    assert heads[3] == "Change"
    for line in table.partition("<tbody>")[2].split("</tr>")[:-1]:
        assert line.count("<td") == len(heads) - 1


def test_no_table_is_wider_than_a_phone(page: str) -> None:
    for before in page.split("<table")[:-1]:
        box = before[before.rindex("<div") :].partition(">")[0]
        assert re.search(r'class="(scroll|tall)', box), before[-200:]


def test_money_is_a_column_where_any_was_paid() -> None:
    stage = {"stage": "arm a", "seconds": 60, "read_tokens": 1, "written_tokens": 2}
    free, paid = (
        render({"schema": 1, "meta": {"stages": [{**stage, "money": money}]}})
        for money in (None, 0.5)
    )
    assert ">Money<" not in free
    assert ">Money<" in paid


def test_many_items_held_out_are_named_below(metrics: Any) -> None:
    def shown(count: int) -> str:
        names = [f"Q{number}" for number in range(count)]
        split = {"by": "item", "held_out": names, "measure": "held out"}
        survey = {**metrics["meta"]["survey"], "split": split}
        return render({**metrics, "meta": {**metrics["meta"], "survey": survey}})

    assert "shown to no adaptation: Q0, Q1." in shown(2)
    assert "shown to no adaptation: 13 (named below)." in shown(13)
    assert "<summary>What is held out</summary><p>Q0, Q1, " in shown(13)


def test_a_control_is_told_in_words() -> None:
    kinds = ["gain-0", "position", "shuffled", "null", "random", "unshifted", "of-another-package"]
    arms = [{"id": f"arm-{kind}", "model": "m", "adapter": "a", "control": kind} for kind in kinds]
    words = " ".join(Outline(render({"schema": 1, "meta": {"arms": arms}})).words.split())
    assert "control: shifts between two answers that were given without a culture" in words
    assert "control: what belongs to another culture, taught under each culture's name" in words
    assert "control: of-another-package" in words
    assert not any(f"control: {kind} " in words for kind in kinds[:-1])
