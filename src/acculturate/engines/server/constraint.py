"""A reply that can only be one of several options: what is sent for it, and how it is read.

JSON by a schema is what OpenAI, vLLM, llama.cpp and others have in common. The braces are part of
the reply, so the model stands elsewhere than where it writes a bare label; what it says is counted,
never read as the probability of a bare label.
"""

import json
from collections.abc import Sequence

from acculturate.engines.server.spending import Json


def one_of(labels: Sequence[str]) -> Json:
    """The `response_format` by which a reply can only name one of `labels`."""
    answer = {"type": "string", "enum": list(labels)}
    schema = {
        "type": "object",
        "properties": {"answer": answer},
        "required": ["answer"],
        "additionalProperties": False,
    }
    return {
        "type": "json_schema",
        "json_schema": {"name": "choice", "strict": True, "schema": schema},
    }


def named(text: str, labels: Sequence[str]) -> str | None:
    """The label that a constrained reply names.

    >>> named('{"answer": "2"}', ("1", "2"))
    '2'
    """
    try:
        found = json.loads(text)
    except ValueError:
        return None
    label = found.get("answer") if isinstance(found, dict) else None
    return label if label in labels else None
