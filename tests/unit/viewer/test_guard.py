"""Who is answered: this machine, with the token, and no other page."""

from pathlib import Path
from typing import Any

import pytest
from tests.unit.viewer.conftest import PORT, Browser

HOME = f"http://127.0.0.1:{PORT}"
SAID = {"person": "ana", "quality": "good"}
TALK = "/run/0/dialogue?adapt=talks&id=d3"


def test_the_address_opens_the_pages_once_for_all(run: Path) -> None:
    with Browser(run, enter=False) as stranger:
        for path in ("/", "/run/0", "/assets/view.css", "/nowhere", "/?token=", "/?token=wrong"):
            answer = stranger.get(path)
            assert answer.status_code == 403
            assert "open the whole address" in answer.text
        answer = stranger.get(f"/?token={stranger.tokens.address}", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert stranger.tokens.address not in stranger.get("/").text
        assert stranger.get("/").status_code == 200


def test_a_cookie_of_another_start_is_refused(run: Path) -> None:
    with Browser(run) as first, Browser(run, enter=False) as second:
        second.cookies = first.cookies
        assert second.get("/").status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"host": f"evil.example:{PORT}"},
        {"host": "127.0.0.1"},
        {"host": f"127.0.0.1:{PORT + 1}"},
        {"host": f"127.0.0.1:{PORT}.evil.example"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": f"https://127.0.0.1:{PORT}"},
        {"origin": f"http://127.0.0.1:{PORT + 1}"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_foreign_hosts_and_origins_are_refused(
    browser: Browser, run: Path, headers: dict[str, str]
) -> None:
    for path in ("/", "/run/0/records", f"/?token={browser.tokens.address}"):
        if path.startswith("/?") and "sec-fetch-site" in headers:
            continue  # whoever has the address may come from anywhere
        assert browser.get(path, headers=headers, follow_redirects=False).status_code == 403
    sent = {"token": browser.tokens.form, **SAID}
    answer = browser.post(TALK, data=sent, headers={"origin": HOME, **headers})
    assert answer.status_code == 403
    assert not (run / "verdicts").exists()


@pytest.mark.parametrize("host", [f"localhost:{PORT}", f"[::1]:{PORT}", f"LOCALHOST:{PORT}"])
def test_names_of_this_machine_are_answered(browser: Browser, host: str) -> None:
    assert browser.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 403),
        ({"token": "wrong"}, 403),
        ({"token": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")}, 403),
        (b"\xff\xfe=1", 400),
        (b"token=" + b"a" * 70_000, 413),
        (b"&".join(b"a=1" for _ in range(99)), 400),
    ],
)
def test_forms_hold_their_token(browser: Browser, run: Path, data: Any, status: int) -> None:
    given = {"data": data | SAID} if isinstance(data, dict) else {"content": data}
    answer = browser.post(TALK, headers={"origin": HOME}, **given)
    assert answer.status_code == status
    sent = {"token": browser.tokens.form, **SAID}
    assert browser.post(TALK, data=sent).status_code == 403  # says no origin
    assert browser.get(f"{TALK}&token={browser.tokens.form}").status_code == 403
    assert not (run / "verdicts").exists()


def test_states_change_by_forms_alone(browser: Browser) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        assert browser.request(method, TALK, headers={"origin": HOME}).status_code == 405
    assert browser.post("/run/0/records", headers={"origin": HOME}).status_code == 405


@pytest.mark.parametrize("path", ["/", "/nowhere", "/assets/view.js", "/?token=wrong", "/run/99"])
def test_every_answer_says_what_it_may_do(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self';")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"


def test_no_file_but_its_own_is_served(browser: Browser) -> None:
    for path in ("/assets/base.html.jinja", "/assets/..%2f..%2fguard.py", "/assets//etc/passwd"):
        assert browser.get(path).status_code == 404
