"""What replies say that hold no answer, and whose they are."""

from typing import Any

import pytest

from acculturate.engines.replies import LIMIT
from acculturate.engines.server.answering_model import akin
from acculturate.engines.server.reply import begins_in_thought, hides_thought, written
from acculturate.engines.server.trouble import advice, broken
from acculturate.records import Failure, Generation

USAGE = {"prompt_tokens": 9, "completion_tokens": 24}


def reply(message: Any, finish: str | None = "stop", **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"choices": [choice], "usage": USAGE, **more}


@pytest.mark.parametrize(
    ("message", "finish", "why"),
    [
        ({"content": ""}, "length", f"The 24 tokens written hold no text: {LIMIT}."),
        ({"content": None}, "MAX_TOKENS", "The 24 tokens written hold no text"),
        ({"content": ""}, "stop", "The reply is empty, though 24 tokens were written: a stop"),
        ({"content": "", "reasoning": "2"}, "stop", "a thought without an answer"),
        ({"content": None, "reasoning_content": "2"}, "stop", "a thought without an answer"),
        ({"content": "2"}, "content_filter", "content filter took the reply"),
        ({"content": None}, "SAFETY", "content filter took the reply"),
        ({"content": None, "refusal": "I cannot say."}, "stop", "The model refused: I cannot say."),
        ({"content": None, "tool_calls": [{"id": "a"}]}, "tool_calls", "calls a tool"),
    ],
)
def test_what_holds_no_answer_is_a_failure_with_its_reason(
    message: dict[str, Any], finish: str, why: str
) -> None:
    result = written(reply(message, finish))
    assert isinstance(result, Failure)
    assert result.kind == "content"
    assert why in result.message


def test_a_hidden_thought_is_seen_by_its_tokens() -> None:
    usage = {**USAGE, "completion_tokens_details": {"reasoning_tokens": 24}}
    cut = {**reply({"content": ""}, "length"), "usage": usage}
    result = written(cut)
    assert isinstance(result, Failure)
    assert result.message.startswith("The thought is cut off after 24 tokens")
    assert begins_in_thought(cut)
    assert hides_thought(cut)
    whole = written({**reply({"content": "2"}), "usage": usage})
    assert isinstance(whole, Generation)
    assert whole.text == "2"
    assert "24 tokens" in whole.reasoning


def test_a_reply_that_is_empty_is_no_refusal() -> None:
    said = {**reply({"content": ""}), "usage": {"prompt_tokens": 9, "completion_tokens": 1}}
    result = written(said)
    assert isinstance(result, Failure)
    assert result.message.startswith("The reply is empty: a stop string")
    assert not hides_thought(said)


def test_a_thought_among_the_parts_is_not_the_answer() -> None:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "1 or 2?"}]},
        {"type": "text", "text": "2"},
    ]
    result = written(reply({"content": parts}))
    assert isinstance(result, Generation)
    assert (result.text, result.reasoning) == ("2", "1 or 2?")


@pytest.mark.parametrize(
    "bad",
    [
        reply({"content": ""}, None),
        reply({"content": None}, "error"),
        reply({"content": "1"}, "error"),
        reply({"content": ""}, "a word that nobody knows"),
        reply({"content": ""}, "insufficient_system_resource"),
        reply(None),
        reply({"content": "1"}, error={"message": "busy"}),
        {"choices": [{"error": {"code": 502, "message": "busy"}, "message": {"content": ""}}]},
        {"choices": [{"message": {"content": "1"}, "finish_reason": "stop"}, "no choice"]},
    ],
)
def test_an_error_inside_a_reply_is_seen(bad: dict[str, Any]) -> None:
    assert broken(bad)


@pytest.mark.parametrize(
    "good",
    [
        reply({"content": "1"}, None),
        reply({"content": "1"}, "a word that nobody knows"),
        reply({"content": ""}, "stop"),
        reply({"content": "", "reasoning": "2"}, None),
        reply({"content": "1"}, error=None),
    ],
)
def test_an_odd_end_is_no_error(good: dict[str, Any]) -> None:
    assert broken(good) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("tiny", "tiny", True),
        ("Org/Tiny", "tiny", True),
        ("/models/tiny.gguf", "tiny", True),
        ("tiny", "tiny-2024-08-06", True),
        ("tiny", "tiny@main", True),
        ("tiny", "tiny:latest", True),
        ("tiny", "tiny-mini", False),
        ("tiny", "tiny-8b", False),
        ("tiny-2024-08-06", "tiny-2024-11-20", False),
        ("tiny", "other", False),
        ("tiny", "", False),
    ],
)
def test_names_of_one_model(one: str, other: str, same: bool) -> None:
    assert akin(one, other) is akin(other, one) is same


@pytest.mark.parametrize(
    ("said", "setting"),
    [
        ("'temperature' does not support 0.6 with this model", "answers.temperature"),
        ("Unsupported parameter: top_p", "answers.top_p"),
        ("max_tokens or model output limit was reached", "answers.max_tokens"),
        ("This model's maximum context length is 512 tokens", "--retry-failed"),
    ],
)
def test_a_refusal_names_the_setting(said: str, setting: str) -> None:
    assert setting in advice(said)


def test_a_refusal_that_nobody_knows_has_no_advice() -> None:
    assert advice("I am a teapot") == ""
