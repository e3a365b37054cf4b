"""A reply of a given form: what is sent for it, and how one that names an option is read.

JSON by a schema is what OpenAI, vLLM, llama.cpp and others have in common. Where options are bound
so, the braces are part of the reply and the model stands elsewhere than where it writes a bare
label; what it says is counted, never read as the probability of a bare label.
"""

from collections.abc import Sequence

from acculturate.bounded import json_tree
from acculturate.engines.server.spending import Json
from acculturate.records.json_schema import object_of, one_of


def bound_to(schema: Json) -> Json:
    """Return the `response_format` by which a reply keeps to a schema."""
    return {
        "type": "json_schema",
        "json_schema": {"name": "reply", "strict": True, "schema": schema},
    }


def choice_of(labels: Sequence[str]) -> Json:
    """Return the `response_format` by which a reply can only name one of `labels`."""
    return bound_to(object_of({"answer": one_of(labels)}))


def named(text: str, labels: Sequence[str]) -> str | None:
    """Return the label that a constrained reply names.

    >>> named('{"answer": "2"}', ("1", "2"))
    '2'
    """
    try:
        tree = json_tree(text)
    except ValueError:
        return None
    label = tree.get("answer") if isinstance(tree, dict) else None
    return label if label in labels else None
