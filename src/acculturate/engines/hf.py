"""Models of transformers, in this process: texts in batches, options by their probabilities.

`choose` asks nothing but the next token's probabilities, so all prompts of a batch are computed as
one tree of shared beginnings (scoring.py). `generate` draws texts in batches (decoding.py), and a
conversation goes on from where its last turn ended (memory.py); a batch is seeded by the ids of its
requests, so the same batch gives the same texts, and the program's random state is left alone.

    engine = open_engine("embedded")
    [(_, reply)] = engine.choose([ChooseRequest(messages, ("1", "2", "3", "4"))])
"""

import functools
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from acculturate.engines import chat
from acculturate.engines.base import ModelSpec
from acculturate.engines.labels import LabelPlan, plan_labels
from acculturate.engines.loading import LoadedModel, device, load_model
from acculturate.errors import EngineError
from acculturate.records import Choice, ChooseRequest, Failure, GenerateRequest, Generation

if TYPE_CHECKING:
    from acculturate.engines.decoding import Writer

__all__ = ["HfEngine", "LoadedModel", "load_model"]

GENERATE_BATCH = 64
LEAST = -745.0
"""Logarithm of the smallest number above zero."""
CHOOSE_BATCH = {"cpu": 64, "cuda": 512}
"""A processor's batch takes seconds, so that little is lost with a kill and progress is seen."""


class HfEngine:
    """A local model. `batch_size` is the unit of commit for texts, `choose_batch_size` for choices.

    A text's sampling and an option's rounding depend on the batch they are asked in, so batches
    must be planned before they are begun.
    """

    can_choose = True
    can_seed_rows = False
    commits_each = False
    batch_size = GENERATE_BATCH

    def __init__(self, spec: ModelSpec) -> None:
        self._loaded: LoadedModel | None = load_model(spec)
        self.identity = self._loaded.identity
        self.choose_batch_size = CHOOSE_BATCH[device()]

    def choose(self, requests: Sequence[ChooseRequest]) -> Iterator[tuple[str, Choice | Failure]]:
        """Yield the log-probability of each request's labels."""
        from acculturate.engines.scoring import next_token_logprobs

        loaded = self.loaded
        plans: dict[str, LabelPlan] = {}
        for request in requests:
            prompt = chat.render(loaded.tokenizer, request.messages)
            if chat.open_thought(prompt):
                yield (
                    request.id,
                    Failure(
                        "content",
                        "The prompt ends inside a thought, where no option can be weighed.",
                    ),
                )
            else:
                plans[request.id] = plan_labels(loaded.tokenizer, prompt, request.labels)
        wanted: dict[tuple[int, ...], dict[int, None]] = {}
        for plan in plans.values():
            for path, tokens in plan.questions.items():
                wanted.setdefault(plan.context + path, {}).update(dict.fromkeys(tokens))
        answers = next_token_logprobs(
            loaded.model, {tokens: tuple(asked) for tokens, asked in wanted.items()}
        )
        for key, plan in plans.items():
            found = {
                path: _only(answers[plan.context + path], tokens)
                for path, tokens in plan.questions.items()
            }
            yield key, _choice(plan.logprobs(found), len(plan.context))

    def generate(
        self, requests: Sequence[GenerateRequest]
    ) -> Iterator[tuple[str, Generation | Failure]]:
        """Yield a text for each request; requests that are drawn alike share a batch."""

        def drawn_alike(request: GenerateRequest) -> tuple[float, float, int]:
            s = request.sampling
            return (s.temperature, s.top_p, s.max_tokens)

        for _, alike in itertools.groupby(sorted(requests, key=drawn_alike), drawn_alike):
            waiting = list(alike)
            for start in range(0, len(waiting), self.batch_size):
                yield from self._write(waiting[start : start + self.batch_size])

    def close(self) -> None:
        """Let the weights go, and what is kept of conversations."""
        self._loaded = None
        self.__dict__.pop("_writer", None)

    @property
    def loaded(self) -> LoadedModel:
        """The model and its tokenizer; raises `EngineError` once the engine is closed."""
        if self._loaded is None:
            raise EngineError(f"The engine of {self.identity.model} is closed: open it again.")
        return self._loaded

    def _write(
        self, requests: Sequence[GenerateRequest]
    ) -> Iterator[tuple[str, Generation | Failure]]:
        """One batch of requests with the same sampling."""
        loaded = self.loaded
        prompts_B = [
            [chat.render(loaded.tokenizer, turn) for turn in chat.turns(request.messages)]
            for request in requests
        ]
        ids_B = [[chat.encode(loaded.tokenizer, each) for each in row] for row in prompts_B]
        written = self._writer.write(ids_B, requests[0].sampling, [each.id for each in requests])
        for request, prompts, ids, new in zip(requests, prompts_B, ids_B, written, strict=True):
            yield request.id, _reply(loaded, prompts[-1], len(ids[-1]), new)

    @functools.cached_property
    def _writer(self) -> "Writer":
        from acculturate.engines.decoding import Writer

        return Writer(self.loaded)


def _only(answers: dict[int, float], tokens: Sequence[int]) -> dict[int, float]:
    return {token: answers[token] for token in tokens}


def _choice(logprobs: Sequence[float], prompt_tokens: int) -> Choice | Failure:
    """A choice that JSON can hold: what the model rules out has the least probability there is."""
    if any(math.isnan(each) for each in logprobs):
        return Failure("content", "The model's probabilities are not numbers: try another dtype.")
    return Choice(tuple(max(each, LEAST) for each in logprobs), prompt_tokens)


def _reply(
    loaded: LoadedModel, prompt: str, prompt_tokens: int, new: list[int]
) -> Generation | Failure:
    """Read new tokens, of which the last is an end token unless the length ran out."""
    ended = bool(new) and new[-1] in loaded.end_ids
    text: str = loaded.tokenizer.decode(new[:-1] if ended else new, skip_special_tokens=True)
    opened = chat.open_thought(prompt)
    reasoning, answer, cut = chat.reasoning_split(opened + text)
    if cut:
        return Failure("content", f"The thought is cut off after {len(new)} tokens.")
    return Generation(answer, prompt_tokens, len(new), "end" if ended else "length", reasoning)
