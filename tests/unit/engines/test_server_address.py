"""Where a server is, and that its key is told to nobody."""

import json
import logging
import pickle
import traceback
from pathlib import Path

import pytest
from typer.testing import CliRunner

from acculturate.cli.main import app
from acculturate.config import validate
from acculturate.engines import ModelSpec, find_model
from acculturate.engines.server import ServerEngine, ServerSettings, transport
from acculturate.engines.server.address import OPENAI, Address, find_address
from acculturate.errors import AcculturateError, ConfigError, ServerError
from acculturate.records import ChooseRequest, GenerateRequest, Message, Sampling
from acculturate.study.models import model_spec
from acculturate.study.schema import ModelSection

from .fake_server import FakeServer, refusal

KEY = "q7secretq7-right"
QUERY = "q7secretq7-query"


def test_where_a_server_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert find_address(ServerSettings()).url == OPENAI
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:8000/v1")
    assert find_address(ServerSettings()).place == "localhost:8000/v1"
    assert find_address(ServerSettings(url="http://[::1]:9/v1")).host == "[::1]:9"


def test_a_key_goes_only_where_it_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("HOST_API_KEY", "other")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://mine.example/v1")
    assert find_address(ServerSettings()).key == KEY
    assert find_address(ServerSettings(url="https://mine.example/v2")).key == KEY
    for foreign in ("https://evil.example/v1", "http://mine.example/v1", "https://mine.example:1"):
        assert find_address(ServerSettings(url=foreign)).key == ""
    named = ServerSettings(url="https://evil.example/v1", key_variable="HOST_API_KEY")
    assert find_address(named).key == "other"


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://a/b", "http://", "http://a:word/v1"])
def test_an_address_that_is_none_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with pytest.raises(ConfigError, match="is no URL"):
        find_address(ServerSettings())


def test_a_password_in_an_address_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://me:{KEY}@localhost/v1")
    with pytest.raises(ConfigError, match="user name or password") as caught:
        find_address(ServerSettings())
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"url": f"https://me:{KEY}@host/v1"},
        {"url": f"https://host/v1?key={KEY}"},
        {"key_variable": KEY},
        {"api_key": KEY},
        {"spending_limit": 1.0},
        {"price": [1.0]},
    ],
)
def test_a_study_file_holds_no_secret(given: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        validate(ModelSection, {"name": "server:tiny", "server": given}, "study.toml")
    assert KEY not in str(caught.value)


def test_a_section_reaches_the_engine() -> None:
    tree = {"name": "server:org/tiny:free", "server": {"price": [1, 2], "spending_limit": 3}}
    spec = model_spec(validate(ModelSection, tree, "study.toml"))
    assert (spec.engine, spec.name) == ("server", "org/tiny:free")
    assert spec.told(ServerSettings) == ServerSettings(price=(1, 2), spending_limit=3)


def test_a_key_is_told_to_nobody(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """Whatever goes wrong: in no reply, error, traceback, repr, log, output, and no file."""
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(transport, "FIRST_WAIT", 0.01)
    caplog.set_level(logging.DEBUG)
    seen: list[object] = []
    echo = {"error": {"message": f"You sent Bearer {KEY} to ?key={QUERY}."}}
    with FakeServer(key=KEY) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}?key={QUERY}")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        settings = ServerSettings(timeout=5, patience=5, tries=2)
        engine = ServerEngine(ModelSpec("tiny", "server", settings=(settings,)))
        asked = [ChooseRequest((Message("user", f"Tea {n}?"),), ("1", "2")) for n in range(4)]
        server.faults = [refusal(status, body=echo) for status in (400, 500, 500, 429, 429)]
        seen += engine.choose(asked)
        text = GenerateRequest((Message("user", "Write."),), Sampling(1, 1, 5, 1))
        seen += engine.generate([text])
        seen += [repr(engine), repr(vars(engine)), engine.identity, engine.notes]
        seen += [repr(engine._transport.address), str(engine._transport.address)]
        for key, name in ((KEY, "wrong"), (f"{KEY}-not", "tiny")):
            monkeypatch.setenv("OPENAI_API_KEY", key)
            try:
                find_model(f"server:{name}")
            except AcculturateError as error:
                seen += [traceback.format_exc(), error, pickle.dumps(error)]
        engine.close()
        told = CliRunner().invoke(app, ["doctor", "--model", "server:tiny"])
        seen.append(told.output)
        sent = json.dumps(server.headers)
    seen += [caplog.text, *capfd.readouterr()]
    seen += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert KEY in sent
    assert "refuses the key in OPENAI_API_KEY" in str(seen)
    assert "HTTP Request" in caplog.text
    for secret in (KEY, QUERY, "q7secretq7"):
        assert secret not in str(seen)


def test_what_a_server_says_loses_its_secrets() -> None:
    address = Address(f"https://host/v1?key={QUERY}", KEY)
    said = f"Bad key {KEY}, sk-proj-12*34, {QUERY}; risk-free."
    assert address.hidden(said) == "Bad key ***, ***, ***; risk-free."


def test_the_doctor_says_what_was_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
    with FakeServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        first = CliRunner().invoke(app, ["doctor", "--model", "server:tiny"]).output
        server.listed = 0
        second = CliRunner().invoke(app, ["doctor", "--model", "server:tiny"]).output
    assert "options are weighed by log-probabilities (the first 20 tokens)" in first
    assert "options are weighed by constrained choice, counted" in second
    assert "its weights are not known" in second


@pytest.mark.parametrize("elsewhere", [404, 405, 200, 500])
@pytest.mark.parametrize("path", ["", "/", "/v1/chat/completions", "/v1/models"])
def test_what_is_no_base_url_is_told_with_the_right_one(
    path: str, elsewhere: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(transport, "FIRST_WAIT", 0.01)
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
    with FakeServer(root="/v1", elsewhere=elsewhere) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://{fake.host}{path}")
        right = f"set OPENAI_BASE_URL (or url in [models.X.server]) to {fake.url}."
        settings = ServerSettings(timeout=5, tries=2)
        with pytest.raises(ServerError) as caught:
            ServerEngine(ModelSpec("tiny", "server", settings=(settings,)))
        assert str(caught.value).endswith(right)


def test_a_base_url_without_a_version_is_good_where_it_answers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
    with FakeServer() as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://{fake.host}/some/place")
        ServerEngine(ModelSpec("tiny", "server")).close()


def test_a_model_that_is_not_there_is_still_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
    with FakeServer(root="/v1") as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        with pytest.raises(ServerError, match="has no model 'tinny'"):
            find_model("server:tinny")
