"""A JSON schema: the form that a text is held to, where its engine can do so.

Only what every server and grammar takes is in it: objects with exactly the keys named, texts, lists
of texts, one of several texts. As text, so that it is part of a request and of its id; the keys
keep their order, since a model writes them in it.

    >>> schema_text(object_of({"answer": one_of(["yes", "no"])}))[:45]
    '{"type":"object","properties":{"answer":{"typ'
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

Node = dict[str, Any]
"""A part of a schema."""

TEXT: Node = {"type": "string"}
TEXTS: Node = {"type": "array", "items": TEXT}


def one_of(texts: Sequence[str]) -> Node:
    """Return one of these texts."""
    return {"type": "string", "enum": list(texts)}


def object_of(parts: Mapping[str, Node]) -> Node:
    """Return an object with exactly these keys."""
    return {
        "type": "object",
        "properties": dict(parts),
        "required": list(parts),
        "additionalProperties": False,
    }


def schema_text(node: Node) -> str:
    """Return a schema as a request carries it."""
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"))
