"""The viewer in headless Chromium: pages load, filters work, a verdict is kept, hostile text stays
text, and no request leaves.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.hostile_texts import hostile_texts
from tests.unit.report.test_hostile_report import CHROMIUM, heard
from tests.unit.viewer.conftest import dialogue, lines, question, viewed

from acculturate.methods.kept_texts import dump_records

__all__ = ["heard", "viewed"]

SLIPPED_THROUGH = """address => {
    document.body.insertAdjacentHTML("beforeend",
        `<img src="${address}k"><b onclick="document.title='owned'" id="slipped">x</b>`);
    document.getElementById("slipped").click();
}"""
"""What a browser does with markup that was not escaped."""


class Served:
    """A viewer of a run in a process of its own, as the command line starts it."""

    def __init__(self, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "acculturate", "view", *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert self._process.stdout
        self.said = [self._process.stdout.readline() for _ in range(2)]
        self.address = self.said[-1].strip()
        self.base = self.address.partition("/?")[0]

    def stop(self) -> tuple[int, str]:
        """Press Ctrl-C; return the exit code and what was said in the end."""
        self._process.send_signal(signal.SIGINT)
        _, said = self._process.communicate(timeout=30)
        return self._process.returncode, said


@pytest.fixture
def run(viewed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(viewed, tmp_path / "viewed"))


@pytest.fixture
def page() -> Iterator[Any]:
    """A page of headless Chromium; what its console says is an error but for what the policy
    refuses.
    """
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium.new_context(viewport={"width": 1000, "height": 800}).new_page()
        chromium.close()


def test_the_command_serves_until_it_is_stopped(run: Path) -> None:
    import urllib.error
    import urllib.request

    served = Served(str(run))
    try:
        assert served.said[0] == "Viewing viewed. Open this address; Ctrl-C ends it.\n"
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(served.base)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        assert "A run to view" in opener.open(served.address).read().decode()
    finally:
        code, said = served.stop()
    assert (code, said) == (130, "")


@pytest.mark.slow
def test_a_reader_finds_items_and_judges(run: Path, page: Any) -> None:
    served = Served(str(run))
    errors = list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    try:
        page.goto(served.address)
        assert page.url == f"{served.base}/"
        page.click("text=A run to view")
        page.click("nav >> text=Items")
        assert page.locator("article.item").count() == 8
        page.focus("select[name=culture]")
        page.keyboard.press("ArrowDown")  # on the way to another choice
        page.wait_for_timeout(100)
        assert "culture=" not in page.url
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "culture=" in page.url
        page.goto(f"{served.base}/run/0/items")
        page.select_option("select[name=culture]", "DEU")  # a choice is applied at once
        page.wait_for_url("**culture=DEU**")
        page.fill("input[name=find]", "happy")
        page.press("input[name=find]", "Enter")
        page.wait_for_url("**find=happy**")
        assert page.locator("article.item").count() == 1
        assert page.locator("svg.strip rect").first.bounding_box()["width"] > 20
        page.click("article.item h3 a")
        page.click("details.given summary >> nth=0")
        assert page.locator("details.given pre").first.is_visible()
        page.click("nav >> text=Dialogues")
        page.click("text=At home, evening 3.")
        assert page.locator("text=It is short.").count() == 0
        page.check("input[name=quality][value=bad]")
        page.fill("textarea[name=comment]", "Too short.")
        page.fill("input[name=person]", "Ana")
        page.click("text=Keep verdict")
        page.wait_for_selector("text=Change verdict")
        assert page.locator("text=It is short.").is_visible()
        page.click("nav >> text=Questions")
        page.click("text=Judge this question >> nth=0")
        page.check("#question-1 input[name=clear][value=good]")
        page.click("#question-1 >> text=Keep verdict")
        page.wait_for_selector("text=Your verdict: clear yes")
        page.click("nav >> text=Chat")
        page.click("text=Begin")
        page.fill("textarea[name=text]", "Hello?")
        page.click("text=Send")
        page.wait_for_selector("#last")  # the page anew, once both have replied
        assert page.locator(".reply").count() == 2
        page.fill("textarea[name=text]", "And now?")
        page.evaluate("() => { window.fetch = () => Promise.reject(new Error('none')) }")
        page.click("text=Send")  # what cannot be read while it is written is sent as a form is
        page.wait_for_selector(".you >> text=And now?")
        assert page.locator(".reply").count() == 4
        for width in (390, 1000):
            page.set_viewport_size({"width": width, "height": 800})
            for path in ("", "run/0", "run/0/items", "run/0/records", "run/0/questions", "compare"):
                page.goto(f"{served.base}/{path}")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    finally:
        served.stop()
    assert not errors
    assert "bad" in (run / "verdicts" / "Ana.csv").read_text("utf-8")
    assert "good" in (run / "verdicts" / "questions" / "Ana.csv").read_text("utf-8")


@pytest.mark.slow
def test_hostile_texts_run_nothing_and_ask_for_nothing(
    run: Path, page: Any, heard: tuple[str, list[str]]
) -> None:
    address, paths = heard
    texts = [text for text in hostile_texts(address) if text.strip() and "\ud800" not in text]
    db = sqlite3.connect(run / "run.db")
    for number, text in enumerate(texts):
        db.execute("INSERT OR IGNORE INTO texts (text) VALUES (?)", (text,))
        reply = json.dumps({"text": text, "prompt_tokens": 1, "new_tokens": 1, "stop": "end"})
        db.execute(
            "INSERT INTO replies SELECT 'm', ?, ?, json_array(json_array('user', id)), '{}', ?,"
            " NULL FROM texts WHERE text = ?",
            (f"r{number:03}", text[:300], reply, text),
        )
    db.commit()
    db.close()
    talks = [dialogue(n, text="".join(texts[n : n + 3])) for n in range(0, len(texts), 3)]
    (run / "talks.dialogues.jsonl").write_text(dump_records(talks), encoding="utf-8")
    asked = [question(n, text) for n, text in enumerate(texts)]
    (run / "spa.questions.jsonl").write_text(lines(asked), encoding="utf-8")
    served, requests = Served(str(run)), list[str]()
    page.on("request", lambda request: requests.append(request.url))
    try:
        page.goto(served.address)
        seen = list[str]()
        shown = [f"dialogue?adapt=talks&id={talk.id}" for talk in talks]
        shown += [f"questions?page={number}" for number in range(1, 8)]
        for path in ("", "/records", "/records?model=m", *(f"/{path}" for path in shown)):
            page.goto(f"{served.base}/run/0{path}")
            page.mouse.move(300, 300)
            assert page.title().endswith("acculturate view")
            assert (
                page.locator("main iframe, main object, main img, main script, main style").count()
                == 0
            )
            seen.append(page.inner_text("main"))
        assert "<script>document.title='owned'</script>" in "".join(seen)
        # the policy stops what would get past the escaping
        page.evaluate(SLIPPED_THROUGH, address)
        page.wait_for_timeout(300)
        assert page.title().endswith("acculturate view")
    finally:
        served.stop()
    assert not paths
    own = (f"{served.base}/", "data:", address)
    assert not [url for url in requests if not url.startswith(own)]
