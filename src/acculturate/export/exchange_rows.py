"""Rows of what was sent to models and what came back: prompts and replies, as they are kept."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from acculturate.engines.protocol import Identity
from acculturate.export.opened_run import OpenedRun
from acculturate.records import Choice, Failure, Reply
from acculturate.store import Asked, Reading
from acculturate.study.parts import identity_of

Row = Mapping[str, Any]


def prompt_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield every prompt once, in the order of their digests by model."""
    models: dict[str, None] = {}
    for asked in run.store.asked():
        before = [model for model in models if model != asked.model]
        models.setdefault(asked.model)
        # looked up, not remembered: a run may hold millions
        if not any(run.store.reply(model, asked.request) for model in before):
            yield _prompt(asked)


def _prompt(asked: Asked) -> Row:
    messages, told = asked.messages, asked.parameters
    return {
        "request": asked.request,
        "stage": asked.stage,
        "kind": "choose" if "labels" in told else "generate",
        "system": next((text for role, text in messages if role == "system"), None),
        "user": next((text for role, text in reversed(messages) if role == "user"), None),
        "messages": json.dumps(messages, ensure_ascii=False),
        "labels": told.get("labels"),
        "temperature": told.get("temperature"),
        "top_p": told.get("top_p"),
        "max_tokens": told.get("max_tokens"),
        "seed": told.get("seed"),
        "sample": told.get("sample"),
    }


def reply_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield every reply."""
    names = model_names(run.store)
    for asked in run.store.asked():
        known = {"request": asked.request, "stage": asked.stage, "identity": asked.model}
        yield known | {"model": names.get(asked.model)} | _reply(asked.reply)


def model_names(store: Reading) -> dict[str, str]:
    """Return what the models that answered are called, by the digest of their identity."""
    who = {ref: identity_of(fact) for ref, fact in store.facts("identity ").items()}
    return {identity.digest: _name(ref, identity) for ref, identity in who.items()}


def _name(ref: str, identity: Identity) -> str:
    return f"{identity.model}+{ref.removeprefix('@')}" if ref.startswith("@") else identity.model


def _reply(reply: Reply) -> dict[str, Any]:
    if isinstance(reply, Failure):
        return {"kind": "failure", "text": reply.message}
    if isinstance(reply, Choice):
        tokens = reply.prompt_tokens or None
        return {"kind": "choice", "logprobs": reply.logprobs, "prompt_tokens": tokens}
    return {
        "kind": "text",
        "text": reply.text,
        "reasoning": reply.reasoning or None,
        "prompt_tokens": reply.prompt_tokens,
        "new_tokens": reply.new_tokens,
        "stop": reply.stop,
    }
