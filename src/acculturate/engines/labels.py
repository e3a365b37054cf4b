"""Where a label begins and ends among the tokens that may follow a prompt.

A label such as "10" is weighed as the beginning of the model's reply. It is tokenised in its
context, right after the rendered prompt, and its tokens make a path:

    prompt --"1"--+--"0"-->        P("10") = p(1) p(0|1)
                  +--(rest)        P("1")  = p(1) (1 - p(0|1))
    prompt --"2"-->                P("2")  = p(2)

Where one label's path runs on into another's, the shorter label gets what does not run on. "Label,
then end of text" would be wrong: it measures how a model formats a reply, not what it answers.

    >>> plan = LabelPlan(((7,),), ((((1,),), ((1, 0),), ((2,),))))
    >>> plan.questions
    {(): (1, 2), (1,): (0,)}
"""

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from acculturate.engines import chat

LEADS = ("", " ")
"""The variants of a label that count: as it is, and after a space. A variant that begins with a
token of the space alone counts only where a space is what comes before a reply (the plain form,
"Answer:", and templates that write one): elsewhere it would cost a step for every prompt and hold
next to nothing."""

Path = tuple[int, ...]

LEAST = -745.0
"""Written for a probability of 0, since JSON holds no infinity: the logarithm of the smallest
number above zero."""


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """`context`: the tokens that come before; `paths[label]`: the token paths that say it."""

    context: tuple[int, ...]
    paths: tuple[tuple[Path, ...], ...]

    @property
    def told_apart(self) -> bool:
        """Whether each label has tokens, and none has all of another's."""
        ways = [set(paths) for paths in self.paths]
        whole = all(path for paths in ways for path in paths)
        return whole and len(set().union(*ways)) == sum(map(len, ways))

    @property
    def questions(self) -> dict[Path, tuple[int, ...]]:
        """Which tokens' probabilities are needed after which continuation of the context."""
        asked: dict[Path, dict[int, None]] = {}
        for path in (path for paths in self.paths for path in paths):
            for at, token in enumerate(path):
                asked.setdefault(path[:at], {})[token] = None
        return {path: tuple(tokens) for path, tokens in asked.items()}

    def logprobs(self, answers: Mapping[Path, Mapping[int, float]]) -> tuple[float, ...]:
        """Return the natural-log probability of each label, `LEAST` or above, from those of
        `questions`.

        NaN where one of them is.
        """
        sums = (_log_sum([_path_logprob(path, answers) for path in paths]) for paths in self.paths)
        return tuple(max(logprob, LEAST) for logprob in sums)  # in this order NaN stays


def _path_logprob(path: Path, answers: Mapping[Path, Mapping[int, float]]) -> float:
    total = math.fsum(answers[path[:at]][token] for at, token in enumerate(path))
    onward = math.fsum(math.exp(logprob) for logprob in answers.get(path, {}).values())
    return total + (math.log1p(-onward) if onward < 1 else -math.inf)


def _log_sum(terms: Sequence[float]) -> float:
    top = max(terms)
    if top == -math.inf:
        return top
    return top + math.log(math.fsum(math.exp(term - top) for term in terms))


def plan_labels(tokenizer: Any, prompt: str, labels: Sequence[str]) -> LabelPlan:
    """Return the tokens of `labels` right after the rendered `prompt`.

    Where a tokenizer merges the prompt's end with a label's beginning, the context ends before the
    merge, and every path holds what follows from there.
    """
    ids = chat.encode(tokenizer, prompt)
    tail = _tail(tokenizer, prompt)
    kept, paths = _tail_paths(tokenizer, tail, tuple(labels))
    return LabelPlan(tuple(ids[: len(ids) - kept]), paths)


def _tail(tokenizer: Any, prompt: str) -> str:
    """Return the prompt from its last special token on: special tokens part a text before anything
    else is tokenised, so nothing before them bears on what follows.
    """
    return prompt[max((0, *(prompt.rfind(mark) for mark in _marks(tokenizer)))) :]


@functools.lru_cache(maxsize=8)
def _marks(tokenizer: Any) -> tuple[str, ...]:
    """Return the special tokens that part a text, whatever stands beside them."""
    return tuple(
        token.content
        for token in tokenizer.added_tokens_decoder.values()
        if token.special and not token.lstrip and not token.rstrip and not token.single_word
    )


@functools.lru_cache(maxsize=4096)
def _tail_paths(
    tokenizer: Any, tail: str, labels: tuple[str, ...]
) -> tuple[int, tuple[tuple[Path, ...], ...]]:
    """Return how many of the tail's last tokens are merged with a label, and each label's paths."""
    main_lead, other_lead = LEADS[::-1] if chat.reply_lead(tokenizer) == " " else LEADS
    texts = [tail + lead + label for lead in (main_lead, other_lead) for label in labels]
    bare, *full = tokenizer([tail, *texts], add_special_tokens=False)["input_ids"]
    main, other = full[: len(labels)], full[len(labels) :]
    kept = min(_shared(bare, ids) for ids in main)
    paths = []
    for ids, more in zip(main, other, strict=True):
        path = tuple(ids[kept:])
        counts = more[: len(bare)] == bare and tokenizer.decode(more[len(bare)]).strip()
        paths.append((path, tuple(more[kept:])) if counts else (path,))
    return len(bare) - kept, tuple(paths)


def _shared(left: Sequence[int], right: Sequence[int]) -> int:
    """Return the length of the longest common beginning."""
    pairs = zip(left, right, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))
