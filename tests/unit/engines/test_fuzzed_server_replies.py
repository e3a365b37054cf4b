"""Whatever stands where in a server's reply: an answer, or a failure with its reason.

A few examples here; `make torture` tries more (docs/reliability.md).
"""

import contextlib
import copy
import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from acculturate.engines.server.address import Address
from acculturate.engines.server.capabilities import Abilities
from acculturate.engines.server.request_body import Manner
from acculturate.engines.server.server_settings import ServerSettings
from acculturate.engines.server.spending import Ledger, billed, cut_short
from acculturate.engines.server.transport import Transport
from acculturate.engines.server.trouble import UnansweredError
from acculturate.engines.server.weighing import Weigher
from acculturate.engines.server.writing import Writer
from acculturate.errors import ServerError
from acculturate.records import (
    ChooseRequest,
    Failure,
    GenerateRequest,
    Message,
    Reply,
    Sampling,
)

GOOD = {
    "id": "x",
    "model": "tiny",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "1", "reasoning_content": "Even."},
            "logprobs": {
                "content": [
                    {
                        "token": "1",
                        "logprob": -0.3,
                        "top_logprobs": [
                            {"token": "1", "logprob": -0.3, "bytes": [49]},
                            {"token": "2", "logprob": -1.6, "bytes": [50]},
                        ],
                    }
                ]
            },
        }
    ],
    "usage": {
        "prompt_tokens": 31,
        "completion_tokens": 1,
        "prompt_tokens_details": {"cached_tokens": 3},
        "completion_tokens_details": {"reasoning_tokens": 0},
    },
    "error": None,
}
MESSAGES = (Message("user", "Tea?"),)
ASKED: tuple[ChooseRequest | GenerateRequest, ...] = (
    ChooseRequest(MESSAGES, ("1", "2")),
    ChooseRequest(MESSAGES, ("1", "10")),
    GenerateRequest(MESSAGES, Sampling(0.7, 0.9, 8, 3)),
)
ABLE = (
    Abilities(Manner(), listed=20, continues=True),
    Abilities(Manner(), constrained=True, many=True),
    Abilities(Manner(), thinks=True),
)
SETTINGS = ServerSettings(samples=3)
_REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(10**18), 2**63, 10**12]),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["\ud83d", "stop", "length", "error", "content_filter", "429", "<think>", "1", "tiny"]
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["token", "logprob", "bytes", "content", "message", "code", "text"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def put(tree: Any, path: tuple[Any, ...], value: Any) -> None:
    """Put a value where a path leads, unless an earlier one took that place away."""
    with contextlib.suppress(KeyError, IndexError, TypeError):
        for key in path[:-1]:
            tree = tree[key]
        tree[path[-1]] = value


REPLIES = st.lists(st.tuples(st.sampled_from([*places(GOOD)]), VALUES), min_size=1, max_size=3)


@pytest.fixture(scope="module")
def transport() -> Iterator[Transport]:
    pytest.importorskip("openai")
    sender = Transport(Address("http://127.0.0.1:9/v1"), "tiny", ServerSettings(), Ledger((1, 2)))
    sender.answering = "tiny"
    yield sender
    sender.close()


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=REPLIES)
def test_whatever_stands_in_a_reply_is_read_or_told(
    transport: Transport, changes: list[tuple[tuple[Any, ...], Any]]
) -> None:
    tree = copy.deepcopy(GOOD)
    for path, value in changes:
        put(tree, path, value)
    text = json.dumps(tree)

    def ask(body: Any) -> Any:
        reply = transport._read(text)
        if not isinstance(reply, dict):
            raise UnansweredError(Failure("transient", reply.said))
        cut_short(body, reply)
        transport.ledger.settle(1, *billed(body, reply))
        return reply

    for able, request in itertools.product(ABLE, ASKED):
        try:
            if isinstance(request, ChooseRequest):
                kept: Reply = Weigher(ask, able, SETTINGS).weigh(request)
            else:
                kept = Writer(ask, able, SETTINGS).write(request)
        except UnansweredError as problem:
            kept = problem.failure
        except ServerError:
            continue
        assert _REPLY.validate_json(_REPLY.dump_json(kept)) == kept
        assert not isinstance(kept, Failure) or kept.message
    assert transport.ledger.money < 1e12
