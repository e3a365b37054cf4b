"""What engines on this machine have in common: options weighed by their tokens, new tokens read.

Such an engine has the model's own tokenizer, so prompts, labels and replies are the same whoever
computes: transformers and vLLM differ only in where the next token's probabilities come from.

    requests -- render, plan_labels --> token lists, each with the next tokens that are wanted
    engine   -- one way or another  --> their log-probabilities, or why a list has none
    plans    -- LabelPlan.logprobs  --> one reply for each request
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from acculturate.engines import chat
from acculturate.engines.labels import LabelPlan, plan_labels
from acculturate.engines.replies import LIMIT, NO_NUMBERS, Written, choice_reply, text_reply
from acculturate.engines.thoughts import open_thought, reasoning_split
from acculturate.records import Choice, ChooseRequest, Failure, Generation

Tokens = tuple[int, ...]
Found = dict[int, float] | Failure
"""Log-probabilities by next token, or why there are none."""

NO_TOKEN = -1
"""Stands where no token could be drawn, since the probabilities were no numbers."""
UNTOLD = Failure("content", "The model's tokenizer writes two of the options in the same way.")

Answer = Callable[[Mapping[Tokens, Sequence[int]]], Mapping[Tokens, Found]]
"""What an engine brings: for each token list, the log-probability of each wanted next token."""


def weigh(
    tokenizer: Any, requests: Sequence[ChooseRequest], answer: Answer
) -> Iterator[tuple[str, Choice | Failure]]:
    """Yield the log-probability of each request's labels; all token lists are asked for at once."""
    plans: dict[str, LabelPlan] = {}
    yield from plan(tokenizer, requests, plans)
    yield from replies(tokenizer, plans, answer(wanted(tokenizer, plans.values())))


def plan(
    tokenizer: Any, requests: Sequence[ChooseRequest], plans: dict[str, LabelPlan]
) -> Iterator[tuple[str, Failure]]:
    """Put into `plans` how each request's labels are weighed; yields why those that cannot be."""
    for request in requests:
        prompt = chat.render(tokenizer, request.messages)
        if open_thought(prompt):
            why = "The prompt ends inside a thought, where no option can be weighed."
            yield request.id, Failure("content", why)
            continue
        planned = plan_labels(tokenizer, prompt, request.labels)
        if planned.told_apart:
            plans[request.id] = planned
        else:
            yield request.id, UNTOLD


def wanted(tokenizer: Any, plans: Iterable[LabelPlan]) -> dict[Tokens, tuple[int, ...]]:
    """Return the token lists of these plans, each with the next tokens that are wanted: those of
    labels, and those that begin a thought.
    """
    lists: dict[Tokens, dict[int, None]] = {}
    thoughts = chat.thought_tokens(tokenizer)
    for planned in plans:
        lists.setdefault(planned.context, {}).update(dict.fromkeys(thoughts))
        for path, tokens in planned.questions.items():
            lists.setdefault(planned.context + path, {}).update(dict.fromkeys(tokens))
    return {tokens: tuple(asked) for tokens, asked in lists.items()}


def replies(
    tokenizer: Any, plans: Mapping[str, LabelPlan], answers: Mapping[Tokens, Found]
) -> Iterator[tuple[str, Choice | Failure]]:
    """Yield the labels weighed, from the log-probabilities of `wanted`."""
    thoughts = chat.thought_tokens(tokenizer)
    for key, planned in plans.items():
        yield key, _choice(planned, answers, thoughts)


def _choice(
    plan: LabelPlan, answers: Mapping[Tokens, Found], thoughts: Sequence[int]
) -> Choice | Failure:
    """Return the labels weighed; where the model would rather begin a thought, nothing can be."""
    shares, thinks = {}, 0.0
    for path, tokens in plan.questions.items():
        answer = answers[plan.context + path]
        if isinstance(answer, Failure):
            return answer
        shares[path] = {token: answer[token] for token in tokens}
        if not path:
            thinks = math.fsum(math.exp(answer[token]) for token in thoughts)
    logprobs = plan.logprobs(shares)
    if thinks > math.fsum(map(math.exp, logprobs)):
        why = f"The reply begins with a thought ({thinks:.0%}), where no option can be weighed."
        return Failure("content", why)
    return choice_reply(logprobs, len(plan.context))


def too_long(prompt: int, room: int, reply: int = 1) -> Failure | None:
    """Return why a prompt of so many tokens has no reply; None where both have room."""
    if prompt + reply <= room:
        return None
    return Failure(
        "content",
        f"The prompt has {prompt} tokens, and prompt and reply have room for {room} together.",
    )


def read_text(
    tokenizer: Any, end_ids: Sequence[int], prompt: str, prompt_tokens: int, new: Sequence[int]
) -> Generation | Failure:
    """Read new tokens, of which the last is an end token unless the length ran out."""
    if NO_TOKEN in new:
        return NO_NUMBERS
    ended = bool(new) and new[-1] in end_ids
    text = chat.decode(tokenizer, new[:-1] if ended else new)
    reasoning, answer, cut = reasoning_split(open_thought(prompt) + text)
    written = Written(answer, reasoning, cut, full=not ended)
    return text_reply(written, prompt_tokens, len(new), LIMIT)
