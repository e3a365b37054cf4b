"""Two models side by side: the same words to both, one request at a time."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.unit.viewer.conftest import Browser, shown

from acculturate.engines.mock import MockEngine
from acculturate.engines.protocol import ModelSpec
from acculturate.executors import Inline
from acculturate.records import Failure, GenerateRequest, Generation, Request
from acculturate.viewer.chat_views import STREAM
from acculturate.viewer.side_chat import Chats, Setting

BEGUN = {"left": "base", "right": "other", "culture": "CHN", "temperature": "0.7"}
asked: list[GenerateRequest] = []


def says(request: Request) -> str:
    assert isinstance(request, GenerateRequest)
    asked.append(request)
    return f"<b>reply {len(asked)}</b> to {request.messages[-1].text}"


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked.clear()
    monkeypatch.setattr(Inline, "open", lambda self, spec: MockEngine(says, spec.name))


def begin(browser: Browser, **fields: str) -> str:
    page = browser.fill("/run/0/chat", **{**BEGUN, **fields})
    (address,) = re.findall(r'action="(/run/0/chat/\d+)"', page)
    return str(address)


@pytest.mark.usefixtures("scripted")
def test_both_are_told_the_same_under_a_culture(browser: Browser) -> None:
    address = begin(browser)
    page = browser.fill(address, text="Hello?")
    assert "&lt;b&gt;reply 1&lt;/b&gt; to Hello?" in page
    assert "&lt;b&gt;reply 2&lt;/b&gt; to Hello?" in page
    assert "China" in asked[0].messages[0].text
    assert asked[0].messages == asked[1].messages
    page = browser.fill(address, text="And now?")
    assert [message.text for message in asked[3].messages[1:]] == [
        "Hello?", "<b>reply 2</b> to Hello?", "And now?",
    ]  # fmt: skip
    assert asked[2].messages[2].text == "<b>reply 1</b> to Hello?"
    assert asked[2].sampling.temperature == 0.7
    assert shown(page).count("reply") == 4


@pytest.mark.usefixtures("scripted")
def test_one_model_beside_itself_is_asked_once_and_without_a_culture(browser: Browser) -> None:
    browser.fill(begin(browser, right="base", culture="", temperature="9"), text="Hello?")
    (request,) = asked
    assert request.sampling.temperature == 0
    assert "China" not in request.messages[0].text


@pytest.mark.usefixtures("scripted")
def test_what_cannot_be_said_is_a_sentence(browser: Browser) -> None:
    address = begin(browser)
    headers = {"origin": str(browser.base_url)}
    for text in ("", "  ", "x" * 4001):
        answer = browser.post(
            address, data={"token": browser.tokens.form, "text": text}, headers=headers
        )
        assert answer.status_code == 409
        assert "Say something of at most 4,000 characters" in answer.text
    assert not asked


def test_one_request_at_a_time(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(request: Request) -> str:
        begun.set()
        assert go_on.wait(20)
        return "done"

    monkeypatch.setattr(Inline, "open", lambda self, spec: MockEngine(slow, spec.name))
    with Browser(run) as browser:
        address = begin(browser, right="base")
        first = threading.Thread(target=browser.fill, args=(address,), kwargs={"text": "Hello?"})
        first.start()
        assert begun.wait(20)
        answer = browser.post(
            address, data={"token": browser.tokens.form, "text": "Me too"},
            headers={"origin": str(browser.base_url)},
        )  # fmt: skip
        assert answer.status_code == 409
        assert "still writing: wait for it" in answer.text
        assert "Me too</textarea>" in answer.text  # what was typed is not lost
        assert browser.get("/run/0").status_code == 200  # pages are there meanwhile
        go_on.set()
        first.join()
        assert "done" in browser.page(address)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ('"server:some-model"', "is computed behind the engine 'server', not on this machine"),
        ('"object:mine-0"', "is an engine object that was given from Python"),
    ],
)
def test_models_that_are_not_here_are_told(run: Path, name: str, said: str) -> None:
    study = run / "study.toml"
    text = study.read_text("utf-8").replace('"mock:noise"', name).replace('"mock:uniform"', name)
    study.write_text(text, encoding="utf-8")
    with Browser(run) as browser:
        page = browser.page("/run/0/chat")
        assert said in shown(page).replace("&#39;", "'")
        assert "No model of this run can be talked to here" in page
        answer = browser.post(
            "/run/0/chat", data={"token": browser.tokens.form, **BEGUN},
            headers={"origin": str(browser.base_url)},
        )  # fmt: skip
        assert answer.status_code == 409
        assert said in answer.text.replace("&#39;", "'")


def test_an_adapter_that_is_not_made_is_told(browser: Browser) -> None:
    page = browser.page("/run/0/chat")
    assert "adapters/spa is not made yet" in page
    assert '<option value="@spa"' not in page
    assert '<option value="base"' in page


def test_one_model_is_open_at_a_time(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from acculturate.viewer.run_shelf import find_runs

    log = list[str]()

    class Counted(MockEngine):
        def close(self) -> None:
            log.append(f"close {self.identity.model}")

    def opened(self: Inline, spec: ModelSpec) -> Counted:
        log.append(f"open {spec.name}")
        return Counted(lambda request: "yes", spec.name)

    monkeypatch.setattr(Inline, "open", opened)
    (viewed,) = find_runs([run]).runs
    chats = Chats()
    with chats.opened():
        number = chats.begin(viewed, Setting("base", "other"))
        assert not log  # a model is opened when it is asked
        talk = chats.talk(number)
        assert talk
        chats.say(viewed, talk, "Hello?")
        assert log == ["open noise", "close mock:noise", "open uniform"]
    assert log[-1] == "close mock:uniform"


def test_old_talks_are_forgotten(run: Path) -> None:
    from acculturate.viewer.run_shelf import find_runs

    (viewed,) = find_runs([run]).runs
    chats = Chats()
    numbers: Sequence[int] = [chats.begin(viewed, Setting("base", "other")) for _ in range(60)]
    assert chats.talk(numbers[0]) is None
    assert chats.talk(numbers[-1])


class Watched(MockEngine):
    """Writes "<b>one two" word by word, where it is watched."""

    tell: Callable[[str], None] | None = None

    @contextmanager
    def watched(self, tell: Callable[[str], None]) -> Iterator[None]:
        self.tell = tell
        yield
        self.tell = None

    def generate(
        self, requests: Sequence[GenerateRequest]
    ) -> Iterator[tuple[str, Generation | Failure]]:
        for text in ("<b>one", "<b>one two"):
            if self.tell:
                self.tell(text)
        yield from super().generate(requests)


def streamed(browser: Browser, address: str, text: str) -> list[dict[str, str]]:
    answer = browser.post(
        address,
        data={"token": browser.tokens.form, "text": text},
        headers={"origin": str(browser.base_url), "accept": STREAM},
    )
    assert answer.headers["content-type"].startswith(STREAM)
    return [json.loads(line) for line in answer.text.splitlines()]


def test_replies_are_read_while_they_are_written(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(request: Request) -> str:
        return "<b>one two"

    monkeypatch.setattr(Inline, "open", lambda self, spec: Watched(said, spec.name))
    address = begin(browser)
    assert streamed(browser, address, "Hello?") == [
        {"model": "base", "text": "<b>one"}, {"model": "base", "text": "<b>one two"},
        {"model": "other", "text": "<b>one"}, {"model": "other", "text": "<b>one two"},
        {"problem": ""},
    ]  # fmt: skip
    assert shown(browser.page(address)).count("&lt;b&gt;one two") == 2
    assert 'data-models=\'["base", "other"]\'' in browser.page(address)


@pytest.mark.usefixtures("scripted")
def test_what_cannot_be_said_is_streamed_as_a_sentence(browser: Browser) -> None:
    address = begin(browser)
    [line] = streamed(browser, address, "x" * 4001)
    assert "Say something of at most 4,000 characters" in line["problem"]
    # an engine that cannot be watched says all at once
    assert streamed(browser, address, "Hello?") == [{"problem": ""}]
