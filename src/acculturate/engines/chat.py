r"""Messages as the one string a model reads, by the tokenizer's chat template.

Templates differ, and some carry a culture of their own: their maker's name where there is no system
message, or today's date. So a system message is always sent, the date is pinned, thinking is
switched off where the template allows it, and the rendered string is tokenised as it stands (it
already holds the special tokens; adding them again would double them).

- A template without a system role gets the system message at the head of the first user turn.
- Neighbouring messages of one role are merged, because several templates demand alternation.
- A model without a template (a base model) reads `prompts/plain.jinja`.

    >>> from acculturate.records import Message
    >>> merged([Message("user", "One."), Message("user", "Two.")])[1].text
    'One.\n\nTwo.'
"""

import functools
from collections.abc import Sequence
from importlib import resources
from typing import Any

import jinja2

from acculturate.engines.thoughts import THOUGHT_MARKS, opens_thought
from acculturate.errors import EngineError
from acculturate.files import text_digest
from acculturate.records import Message

PINNED_DATE = "01 Jan 2025"
"""What every template takes for today; `prompts/date.jinja` says the same in any format."""

SWITCHES = {"enable_thinking": False, "thinking": False, "date_string": PINNED_DATE}
"""Variables given to every template; one that does not know a name ignores it."""


def render(tokenizer: Any, messages: Sequence[Message]) -> str:
    """Return the prompt up to the point where the model's reply begins.

    A last message of the assistant is left open, for the model to go on with. Raises
    `EngineError` where the template refuses the messages.
    """
    turns = merged(messages)
    if not has_template(tokenizer):
        return _plain(turns)
    return _apply(tokenizer, _foldable(tokenizer, turns))


def render_completion(
    tokenizer: Any, messages: Sequence[Message], completion: str
) -> tuple[str, str]:
    """Return the prompt exactly as `render` gives it, and what the template adds for the reply
    `completion`: its text and the end of the turn.

    What follows the end-of-turn token (a newline, in ChatML) is left out: no model writes it.
    """
    prompt = render(tokenizer, messages)
    if not has_template(tokenizer):
        return prompt, f" {completion.strip()}{tokenizer.eos_token or ''}"
    lead, end = _reply_frame(tokenizer)
    return prompt, f"{lead}{completion.strip()}{end}"


def encode(tokenizer: Any, prompt: str) -> list[int]:
    """Return token ids of a rendered prompt; only the plain form gets the tokens a tokenizer adds
    itself, and of those only the ones before the text.
    """
    ids: list[int] = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    return ids if has_template(tokenizer) else [*_opening(tokenizer), *ids]


def turns(messages: Sequence[Message]) -> list[Sequence[Message]]:
    """Return the messages up to each point where the model was to speak, the last being all of
    them.

    >>> ask = [Message("user", "One?"), Message("assistant", "1"), Message("user", "Two?")]
    >>> [len(turn) for turn in turns(ask)]
    [1, 3]
    """
    later = range(1, len(messages))
    spoke = [at for at in later if messages[at].role == "assistant" and at + 1 < len(messages)]
    return [*(messages[:at] for at in spoke), messages]


def decode(tokenizer: Any, ids: Sequence[int]) -> str:
    """Return the text of new tokens without special ones, but with the marks of a thought, which
    some tokenizers count among the special ones: without them a thought would be read as the
    answer.
    """
    silent = _silent(tokenizer)
    return str(tokenizer.decode([token for token in ids if token not in silent]))


@functools.lru_cache(maxsize=8)
def _silent(tokenizer: Any) -> frozenset[int]:
    marks = [mark for pair in THOUGHT_MARKS for mark in pair]
    return frozenset(
        number
        for number, token in tokenizer.added_tokens_decoder.items()
        if token.special and not any(token.content in mark for mark in marks)
    )


@functools.lru_cache(maxsize=8)
def thought_tokens(tokenizer: Any) -> tuple[int, ...]:
    """Return tokens with which nothing but a thought begins; none where the marks are written
    letter by letter.
    """
    added = tokenizer.added_tokens_decoder.items()
    return tuple(number for number, token in added if opens_thought(token.content))


def reply_lead(tokenizer: Any) -> str:
    """Return what stands between a prompt and the reply where both are written out: a space in the
    plain form and in some templates, nothing in most.
    """
    return _reply_frame(tokenizer)[0] if has_template(tokenizer) else " "


def end_of_turn(tokenizer: Any) -> int | None:
    """Return the token by which the template ends a reply, which need not be the tokenizer's end
    token.
    """
    if not has_template(tokenizer):
        return None
    _, end = _reply_frame(tokenizer)
    token = next((special for special in _end_tokens(tokenizer) if end.endswith(special)), None)
    return None if token is None else int(tokenizer.convert_tokens_to_ids(token))


def has_template(tokenizer: Any) -> bool:
    return bool(getattr(tokenizer, "chat_template", None))


@functools.lru_cache(maxsize=8)
def template_digest(tokenizer: Any) -> str:
    """Return the digest of everything that shapes a rendered prompt but its messages."""
    own = _template(tokenizer) if has_template(tokenizer) else _file("plain.jinja")
    parts = [own, _file("system.txt"), _file("date.jinja"), repr(SWITCHES)]
    return text_digest("\x00".join(parts))


def merged(messages: Sequence[Message]) -> list[Message]:
    """Return the messages with one system message in front (a neutral one where none is given) and
    no two neighbours of the same role.
    """
    first = messages[0] if messages and messages[0].role == "system" else None
    system = first or Message("system", _file("system.txt").strip())
    turns = [system]
    for message in messages[1 if first else 0 :]:
        role = "user" if message.role == "system" else message.role
        if turns[-1].role == role:
            turns[-1] = Message(role, f"{turns[-1].text}\n\n{message.text}")
        else:
            turns.append(Message(role, message.text))
    return turns


def _foldable(tokenizer: Any, turns: list[Message]) -> list[Message]:
    """Return `turns` for a template that may lack the system role."""
    if _knows_system(tokenizer):
        return turns
    system, *rest = turns
    if rest and rest[0].role == "user":
        return [Message("user", f"{system.text}\n\n{rest[0].text}"), *rest[1:]]
    return [Message("user", system.text), *rest]


@functools.lru_cache(maxsize=8)
def _knows_system(tokenizer: Any) -> bool:
    """Return whether the template shows a system message: some raise, some drop it
    without a word.
    """
    probe = [Message("system", "S7xQ"), Message("user", "U7xQ")]
    try:
        return "S7xQ" in _apply(tokenizer, probe)
    except EngineError:
        return False


@functools.lru_cache(maxsize=8)
def _reply_frame(tokenizer: Any) -> tuple[str, str]:
    """Return what the template writes before a reply (after the open prompt) and after it, up to
    its end-of-turn token.
    """
    turns = _foldable(tokenizer, [Message("system", "S"), Message("user", "U")])
    prompt = _apply(tokenizer, turns)
    closed = _apply(tokenizer, [*turns, Message("assistant", "A7xQ")], left_open=False)
    before, _, end = closed.rpartition("A7xQ")
    lead = before.removeprefix(prompt) if before.startswith(prompt) else ""
    for token in _end_tokens(tokenizer):
        if token in end:
            return lead, end[: end.index(token) + len(token)]
    return lead, str(tokenizer.eos_token or "")


def _end_tokens(tokenizer: Any) -> list[str]:
    """Return special tokens as strings, the tokenizer's own end token first."""
    added = [str(token) for token in tokenizer.added_tokens_decoder.values()]
    return [token for token in [tokenizer.eos_token, *added] if token]


@functools.lru_cache(maxsize=8)
def _opening(tokenizer: Any) -> tuple[int, ...]:
    """Return ids that the tokenizer puts before a text (BOS, or nothing)."""
    bare = tokenizer("x", add_special_tokens=False)["input_ids"]
    full = tokenizer("x")["input_ids"]
    starts = [at for at in range(len(full)) if full[at : at + len(bare)] == bare]
    return tuple(full[: starts[0]]) if starts else ()


def _apply(tokenizer: Any, turns: Sequence[Message], *, left_open: bool = True) -> str:
    """Fill the template. `left_open` ends where the model is to write."""
    resume = left_open and turns[-1].role == "assistant"
    try:
        text = tokenizer.apply_chat_template(
            [{"role": turn.role, "content": turn.text} for turn in turns],
            chat_template=_template(tokenizer),
            tokenize=False,
            add_generation_prompt=left_open and not resume,
            continue_final_message=resume,
            **SWITCHES,
        )
    except (jinja2.TemplateError, ValueError) as problem:
        roles = ", ".join(turn.role for turn in turns)
        raise EngineError(
            f"The chat template refuses the messages ({roles}): {problem}"
        ) from problem
    return str(text)


@functools.lru_cache(maxsize=8)
def _template(tokenizer: Any) -> str:
    template: str = tokenizer.get_chat_template()
    return _file("date.jinja") + template if "strftime_now" in template else template


def _plain(turns: Sequence[Message]) -> str:
    """Return the form for models without a template. A turn that is left open drops the last
    "Answer:".
    """
    template = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    ).from_string(_file("plain.jinja"))
    resume = turns[-1].role == "assistant"
    system, rest = turns[0].text, turns[1:-1] if resume else turns[1:]
    text = template.render(system=system, turns=rest)
    return f"{text} {turns[-1].text}" if resume else text


@functools.cache
def _file(name: str) -> str:
    source = resources.files("acculturate.engines") / "prompts" / name
    return source.read_text(encoding="utf-8")


def end_ids(named: int | list[int] | None, tokenizer: Any) -> tuple[int, ...]:
    """Return tokens that end a reply: those that the model's generation settings name, the
    tokenizer's own, and the one by which the chat template ends a turn.
    """
    ids: list[int | None] = [named] if isinstance(named, int) else list(named or ())
    ids += [tokenizer.eos_token_id, end_of_turn(tokenizer)]
    return tuple(dict.fromkeys(i for i in ids if i is not None))
