"""What pages show of a run is what the run holds, filtered and page by page."""

import itertools
import json
import re
import sqlite3
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.hostile_texts import hostile_texts
from tests.unit.report.test_report_page import Outline
from tests.unit.viewer.conftest import STUDY, Browser, dialogue, lines, question, shown

from acculturate.export import open_run, rows_of
from acculturate.methods.kept_texts import dump_records
from acculturate.report.typesetting import printable


def items_on(page: str) -> list[str]:
    return re.findall(r'<h3><a href="/run/\d/item[^"]*">([^<]+)</a>', page)


def followed(browser: Browser, address: str) -> list[str]:
    """Return a list's pages, from link to link."""
    pages, path = [browser.page(address)], address.partition("?")[0]
    while link := re.search(r'<a href="([^"]+)" rel="next">Next</a>', pages[-1]):
        pages.append(browser.page(path + unescape(link[1])))
        assert len(pages) < 20
    return pages


def test_the_list_of_runs_says_what_each_is(browser: Browser) -> None:
    text = shown(browser.page("/"))
    assert "A run to view" in text
    assert "State finished Models mock:noise, mock:uniform Cultures 2 Items 8 Replies 48" in text
    assert "No difference of aware from unaware is shown" in text


def test_scores_are_those_of_the_run(browser: Browser, viewed: Path) -> None:
    with_scores = json.loads((viewed / "metrics.json").read_text("utf-8"))
    text = shown(browser.page("/run/0?metric=skill"))
    for row in with_scores["rows"]:
        if row["metric"] == "skill" and row["arm"] == "aware" and row["value"] is not None:
            assert f"{row['value']:.3f}".replace("-", "−") in text
    assert "reference" not in text


def test_items_are_found_sorted_and_shown_beside_the_people(browser: Browser, viewed: Path) -> None:
    every = items_on(browser.page("/run/0/items"))
    assert every == ["Q1", "Q7", "Q27", "Q46", "Q57", "Q112", "Q165", "Q176"]
    assert items_on(browser.page("/run/0/items?find=how+HAPPY")) == ["Q46"]
    assert items_on(browser.page("/run/0/items?topic=Happiness+and+Well-being")) == ["Q46"]
    assert "No items fit" in browser.page("/run/0/items?find=nothing+such")
    far = items_on(browser.page("/run/0/items?sort=far&culture=DEU"))
    assert sorted(far) == sorted(every)
    rows = json.loads((viewed / "metrics.json").read_text("utf-8"))["meta"]["shares"]
    gaps = {row["item"]: max(row["distances"].values()) for row in rows if row["culture"] == "DEU"}
    assert far == sorted(every, key=lambda item: -gaps[item])


def test_an_item_has_the_shares_that_are_exported(browser: Browser, viewed: Path) -> None:
    # the run as it was carried out, since arms that are not asked yet cannot be exported
    asked = (viewed / "study.toml").read_text("utf-8")
    (viewed / "study.toml").write_text(STUDY, encoding="utf-8")
    with open_run(viewed) as run:
        cells = [row for row in rows_of(run, "cells") if row["question"] == "Q46"]
    (viewed / "study.toml").write_text(asked, encoding="utf-8")
    text = shown(browser.page("/run/0/item?id=Q46&culture=DEU"))
    for cell in cells:
        if cell["cell_id"] == "DEU":
            assert f"{100 * cell['share']:.1f}%" in text
    for source in ("people", "unaware", "aware"):
        assert sum(cell["source"] == source for cell in cells) == 8


def test_an_item_shows_prompts_as_sent_and_what_came(browser: Browser, viewed: Path) -> None:
    page = browser.page("/run/0/item?id=Q46&culture=DEU&arm=aware")
    sent = re.findall(r'<pre class="quoted" dir="auto">([^<]*)</pre>', page)
    db = sqlite3.connect(viewed / "run.db")
    kept = {text for (text,) in db.execute("SELECT text FROM texts")}
    db.close()
    assert len(sent) == 4  # two orders, each with a system and a user message
    assert {unescape(text) for text in sent} <= kept
    assert any("Germany" in text for text in sent)
    assert shown(page).count("0.250 0.250 0.250 0.250") == 2  # mock:uniform
    assert "no reply yet" in browser.page("/run/0/item?id=Q46&arm=after-spa")


def test_records_are_filtered_and_paged_in_the_database(browser: Browser, viewed: Path) -> None:
    db = sqlite3.connect(viewed / "run.db")
    keys = {
        f"{model}.{request}" for model, request in db.execute("SELECT model, request FROM replies")
    }
    db.close()
    pages = followed(browser, "/run/0/records")
    links = re.findall(r'/record\?model=(\w+)&amp;request=(\w+)"', "".join(pages))
    assert {".".join(link) for link in links} == keys
    assert len(links) == len(keys) == 48
    assert "48 records" in shown(pages[0])
    one = shown(browser.page("/run/0/records?find=HOW+happy&stage=arm+aware"))
    assert "4 records" in one
    assert "0 records" in shown(browser.page("/run/0/records?kind=failure"))
    assert "0 records" in shown(browser.page("/run/0/records?find=%25_%27"))
    whole = shown(browser.page(f"/run/0/record?model={links[0][0]}&request={links[0][1]}"))
    assert "Prompt as it was sent" in whole
    assert "logprobs" in whole


def test_long_lists_of_records_have_pages(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acculturate.viewer.record_views.ROWS", 7)
    with Browser(run) as browser:
        pages = followed(browser, "/run/0/records?stage=arm+aware")
        links = re.findall(r"/record\?model=\w+&amp;request=(\w+)", "".join(pages))
        assert len(pages) == 5
        assert len(links) == len(set(links)) == 32


def test_dialogues_and_questions_are_filtered_and_paged(browser: Browser) -> None:
    pages = followed(browser, "/run/0/dialogues")
    found = re.findall(r"adapt=talks&amp;id=(d\d+)", "".join(pages))
    assert found == [f"d{n}" for n in range(31)]
    # words stand apart on a phone too, where a row's lines are not broken
    assert not re.search(r"\S<br>\S", browser.page("/run/0/dialogues"))
    assert not re.search(r"\S<br>\S", browser.page("/run/0/records"))
    assert "11 of 11 dialogues" in shown(browser.page("/run/0/dialogues?culture=DEU"))
    assert "15 of 15 dialogues" in shown(browser.page("/run/0/dialogues?fate=dropped"))
    assert "1 of 1 dialogues" in shown(browser.page("/run/0/dialogues?find=evening+12."))
    pages = followed(browser, "/run/0/questions")
    found = re.findall(r"<h3>(q\d+) ", "".join(pages))
    assert found == [f"q{n}" for n in range(23)]
    last = shown(pages[-1])
    assert "CHN taught 1: 60%, 2: 30%, 3: 10%" in last
    assert "0.272" in last
    assert "11 questions" in shown(browser.page("/run/0/questions?topic=Trust"))


def test_runs_stand_side_by_side(run: Path, viewed: Path) -> None:
    with Browser(run, viewed) as browser:
        text = shown(browser.page("/compare?metric=alignment"))
        assert len(re.findall(r"Mean over cultures((?: 0\.\d{3}){4})", text)) == 1
        page = browser.page("/run/0/items?beside=1&culture=DEU")
        assert (
            page.count("<dt><bdi>runs/viewed: aware</bdi></dt>") + page.count("viewed: aware") >= 8
        )
        assert items_on(browser.page("/run/1/items?beside=7")) == items_on(page)


def test_a_run_that_goes_on_is_read_beside_it(run: Path) -> None:
    db = sqlite3.connect(run / "run.db")
    db.execute("UPDATE facts SET value = 'null' WHERE name = 'complete'")
    db.execute("DELETE FROM replies WHERE stage = 'arm aware'")
    db.commit()
    (run / "metrics.json").unlink()
    with Browser(run) as browser:
        assert "State still going on" in shown(browser.page("/"))
        text = shown(browser.page("/run/0"))
        assert "still going on: pages show what there is so far" in text
        assert "Scores come when it is finished" in text
        assert "no scores" in browser.page("/compare")
        before = shown(browser.page("/run/0/item?id=Q46"))
        assert "unaware 1:" in before
        assert " aware 1:" not in before
        # what is written meanwhile is there when a page is loaded again
        db.execute("INSERT INTO texts (text) VALUES ('written meanwhile')")
        db.execute(
            "INSERT INTO replies SELECT 'm', 'r', 'later', json_array(json_array('user', id)),"
            """ '{}', '{"text": "yes", "prompt_tokens": 1, "new_tokens": 1, "stop": "end"}', NULL"""
            " FROM texts WHERE text = 'written meanwhile'"
        )
        db.commit()
        assert "later written meanwhile yes" in shown(browser.page("/run/0/records?stage=later"))
    db.close()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/run/9", "There is no such run here"),
        ("/run/0/item?id=Q9999", "has no item 'Q9999'"),
        ("/run/0/record?model=a&request=b", "This record is gone"),
        ("/run/0/dialogue?adapt=talks&id=none", "There is no such dialogue"),
        ("/run/0/chat/5", "This talk is forgotten"),
        ("/run/0/nothing", "There is no such page"),
    ],
)
def test_what_is_not_there_is_one_sentence(browser: Browser, path: str, said: str) -> None:
    answer = browser.get(path)
    assert answer.status_code in (404, 409)
    assert said in unescape(answer.text)


@pytest.mark.parametrize("page", ["-1", "0", "99999999999999999999999", "x", "²", "\ud83d"])
def test_pages_that_cannot_be_are_the_first_or_the_last(browser: Browser, page: str) -> None:
    said = quote(page.encode("utf-8", "replace"))
    for path in ("items", "dialogues", "questions", "item?id=Q46"):
        sign = "&" if "?" in path else "?"
        browser.page(f"/run/0/{path}{sign}page={said}&culture=%00&sort=%F0&judged=x&after=.")


def test_hostile_texts_stay_texts(run: Path) -> None:
    texts = [text for text in hostile_texts() if text.strip() and len(text) < 800]
    db = sqlite3.connect(run / "run.db")
    writable = [text for text in texts if "\ud800" not in text]
    for number, text in enumerate(writable):
        db.execute("INSERT OR IGNORE INTO texts (text) VALUES (?)", (text,))
        reply = json.dumps({"text": text, "prompt_tokens": 1, "new_tokens": 1, "stop": "end"})
        db.execute(
            "INSERT INTO replies SELECT 'm', ?, ?, json_array(json_array('user', id)), '{}', ?,"
            " NULL FROM texts WHERE text = ?",
            (f"r{number:03}", f"hostile {text}", reply, text),
        )
    db.commit()
    db.close()
    talks = [dialogue(n, text=text) for n, text in enumerate(writable)]
    (run / "talks.dialogues.jsonl").write_text(dump_records(talks), encoding="utf-8")
    asked = [question(n, text) for n, text in enumerate(writable)]
    (run / "spa.questions.jsonl").write_text(lines(asked), encoding="utf-8")
    with Browser(run) as browser:
        pages = followed(browser, "/run/0/records?model=m") + followed(browser, "/run/0/questions")
        pages += [browser.page("/run/0")]
        pages += [
            browser.page(f"/run/0/dialogue?adapt=talks&id=d{n}") for n in range(len(writable))
        ]
        pages += [browser.page(f"/run/0/record?model=m&request=r{n:03}") for n in (0, 5, 30)]
        pages += [
            browser.page(f"/run/0/{path}?find={quote(text)}&topic={quote(text)}")
            for path, text in itertools.product(("items", "records", "questions"), writable[:9])
        ]
    text = "".join(pages)
    outline = Outline(text)
    assert set(outline.tags) <= {
        "html", "head", "meta", "link", "script", "title", "body", "header", "nav", "main",
        "section", "article", "h1", "h2", "h3", "p", "a", "bdi", "span", "strong", "br", "code",
        "pre", "ul", "ol", "li", "dl", "div", "dt", "dd", "table", "thead", "tbody", "tr", "th",
        "td", "form", "label", "select", "option", "input", "button", "fieldset", "legend",
        "textarea", "details", "summary", "svg", "rect",
    }  # fmt: skip
    assert outline.tags.count("script") == len(pages)
    assert not {name for name in outline.attributes if name.startswith(("on", "style", "srcdoc"))}
    assert all(re.match(r"/(?!/)|\?|#|data:,$", address) for address in outline.addresses)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    seen = unescape(text)
    assert all(str(printable(one)) in seen for one in writable)
