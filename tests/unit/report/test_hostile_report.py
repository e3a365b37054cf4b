"""Hostile texts in every field of a run: the report shows them, and neither runs nor loads."""

import collections
import http.server
import itertools
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.hostile_texts import hostile_texts
from tests.unit.report.test_report_page import Outline

from acculturate.report import render

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
AT_ONCE = 4


def attacked(tree: Any, endings: dict[str, str]) -> Any:
    """Return a run whose every text but codes of cultures has an ending, the same for the same."""
    if isinstance(tree, str):
        return tree if tree in ("mean", "CHN", "MEX") else tree + endings[tree]
    if isinstance(tree, list):
        return [attacked(entry, endings) for entry in tree]
    if isinstance(tree, dict):
        return {key: attacked(value, endings) for key, value in tree.items()}
    return tree


def hostile_page(metrics: Any, address: str = "http://127.0.0.1:9/") -> str:
    texts = itertools.cycle(hostile_texts(address))
    endings = collections.defaultdict[str, str](lambda: "".join(itertools.islice(texts, AT_ONCE)))
    return render(attacked(metrics, endings))


def test_there_are_many_of_them() -> None:
    assert len(set(hostile_texts())) >= 60


def test_the_report_shows_them_as_text(metrics: Any, page: str) -> None:
    plain, shown = Outline(page), Outline(hostile_page(metrics))
    assert set(shown.tags) <= set(plain.tags)
    assert shown.attributes <= plain.attributes
    assert all(address.startswith("#") or address == "data:," for address in shown.addresses)
    assert shown.tags.count("svg") == plain.tags.count("svg")
    for text in ("<script>document.title='owned'</script>", "{{ 7 * 7 }}", "=HYPERLINK("):
        assert text in shown.text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown.text)


@pytest.fixture
def heard() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine: its address, and what it was asked for."""
    paths: list[str] = []

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", paths
    server.shutdown()
    thread.join()
    server.server_close()


def opened(page: Path, folder: Path) -> str:
    """Return a page as headless Chromium has it after its scripts had time to run."""
    words = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    words += [f"--user-data-dir={folder}", "--virtual-time-budget=3000", "--dump-dom"]
    done = subprocess.run(
        [*words, page.as_uri()], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")
@pytest.mark.parametrize("policy", [True, False], ids=["as it is", "without its policy"])
def test_a_browser_runs_nothing_and_asks_for_nothing(
    metrics: Any, tmp_path: Path, heard: tuple[str, list[str]], policy: bool
) -> None:
    address, paths = heard
    page = hostile_page(metrics, address)
    assert POLICY.search(page)
    file = tmp_path / "report.html"
    file.write_text(page if policy else POLICY.sub("", page), encoding="utf-8")
    seen = opened(file, tmp_path / "profile")
    assert re.search(r"<title>(?!owned)", seen)
    assert not re.search("<(iframe|object|form)", seen)
    # the one that runs is the page's own, which its policy names
    own = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    assert re.findall("<script.*?</script>", seen, re.DOTALL) == [f"<script>{own[-1]}</script>"]
    assert not paths
    # the same browser runs and asks where a page lets it
    bare = f"<title>x</title><script>document.title='owned'</script><img src={address}k>"
    file.write_text(bare, encoding="utf-8")
    assert "<title>owned" in opened(file, tmp_path / "profile")
    assert paths == ["/k"]
