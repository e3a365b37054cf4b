"""A model that vLLM runs in this process, as an engine like any other.

    pip install 'acculturate[vllm]'
    acculturate measure vllm:org/model --cultures CHN

vLLM is given token ids, never text: prompts are rendered and tokenised as the engine `hf` does it,
so that nothing is put before them twice. They are handed over in the order of their tokens, so that
neighbours share what vLLM keeps of a prompt. Every parameter that bears on a draw is sent.

A text is held to its request's schema by vLLM's structured outputs.

An option's probability is asked for by `logprob_token_ids`. A label of several tokens is asked for
as `labels.py` plans it: by prompts that go on with its first tokens.

A reply depends on its own request alone, but for rounding: what is computed at once is vLLM's
affair. So replies are kept one by one, and drawn texts are not promised to come out the same again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from acculturate.engines import chat, thoughts
from acculturate.engines.adapter_file import adapter_cautions
from acculturate.engines.kind import EngineKind
from acculturate.engines.local import Found, Tokens, read_text, too_long, weigh
from acculturate.engines.protocol import ModelSpec, closed
from acculturate.engines.vllm.named_adapter import RANKS
from acculturate.engines.vllm.startup import Running, find_vllm, open_vllm
from acculturate.engines.vllm.vllm_settings import VllmSettings
from acculturate.errors import EngineError, first_line
from acculturate.records import Choice, ChooseRequest, Failure, GenerateRequest, Generation, Message

TEXTS, CHOICES = 512, 2048
"""Requests handed over together: enough to keep a GPU busy, few enough to see them come."""

MOST_IDS = 128
"""The most tokens whose log-probabilities one request may name."""

NEUTRAL: dict[str, Any] = {
    "n": 1,
    "presence_penalty": 0.0,
    "frequency_penalty": 0.0,
    "repetition_penalty": 1.0,
    "top_k": 0,
    "min_p": 0.0,
    "min_tokens": 0,
    "ignore_eos": False,
    "stop": None,
    "bad_words": None,
    "logit_bias": None,
    "detokenize": False,
}
"""What is sent with every request, so that no default decides: neither vLLM's nor the model's."""

Asked = tuple[Tokens, dict[str, Any]]
"""A prompt and its own parameters."""


class VllmEngine:
    """A model in vLLM. Each text has the seed of its request's id."""

    can_choose = True
    can_seed_rows = True
    commits_each = True
    batch_size = TEXTS
    choose_batch_size = CHOICES

    def __init__(self, spec: ModelSpec) -> None:
        self._running: Running | None = open_vllm(spec)
        self.cautions = adapter_cautions(*spec.adapters)
        self.identity = self._running.identity
        # inside a thought that the template opens, a form would be part of the thought
        probe = chat.render(self._running.base.tokenizer, (Message("user", "1"),))
        self.can_bind = not thoughts.open_thought(probe)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user may want to know of the running engine."""
        return (f"prompt and reply have room for {self.running.room} tokens", *self.cautions)

    def choose(self, requests: Sequence[ChooseRequest]) -> Iterator[tuple[str, Choice | Failure]]:
        """Yield the log-probability of each request's labels."""
        yield from weigh(self.running.base.tokenizer, requests, self._next_logprobs)

    def generate(
        self, requests: Sequence[GenerateRequest]
    ) -> Iterator[tuple[str, Generation | Failure]]:
        """Yield a text for each request."""
        words, ends = self.running.base.tokenizer, self.running.base.end_ids
        prompts = [chat.render(words, request.messages) for request in requests]
        asked = [
            (tuple(chat.encode(words, prompt)), _drawn(request, ends))
            for prompt, request in zip(prompts, requests, strict=True)
        ]
        for request, prompt, (ids, _), output in zip(
            requests, prompts, asked, self._ask(asked), strict=True
        ):
            if isinstance(output, Failure):
                yield request.id, output
            else:
                yield request.id, read_text(words, ends, prompt, len(ids), [*output.token_ids])

    @property
    def room(self) -> int:
        """The most tokens of prompt and reply together."""
        return self.running.room

    def length(self, messages: Sequence[Message]) -> int:
        """Return the tokens of a prompt."""
        words = self.running.base.tokenizer
        return len(chat.encode(words, chat.render(words, messages)))

    def close(self) -> None:
        """Give back the GPU, or leave what is started to the next (bases.py)."""
        running, self._running = self._running, None
        if running is not None:
            running.leave()

    @property
    def running(self) -> Running:
        """The running vLLM; raises `EngineError` once the engine is closed."""
        if self._running is None:
            raise closed(self.identity)
        return self._running

    def _next_logprobs(self, wanted: Mapping[Tokens, Sequence[int]]) -> dict[Tokens, Found]:
        """Return for each token list the log-probability of each wanted next token."""
        asked = [
            (tokens, _first_token(following[at : at + MOST_IDS]))
            for tokens, following in wanted.items()
            for at in range(0, len(following), MOST_IDS)
        ]
        logprobs: dict[Tokens, Found] = {tokens: {} for tokens in wanted}
        for (tokens, parameters), output in zip(asked, self._ask(asked), strict=True):
            known = logprobs[tokens]
            if isinstance(output, Failure):
                logprobs[tokens] = output
            elif not isinstance(known, Failure):
                [first] = output.logprobs
                known |= {token: first[token].logprob for token in parameters["logprob_token_ids"]}
        return logprobs

    def _ask(self, asked: Sequence[Asked]) -> list[Any]:
        """Return the completion of each prompt, or the failure that takes its place."""
        running = self.running
        replies: list[Any] = [too_long(len(prompt), running.room) for prompt, _ in asked]
        order = [at for at, reply in enumerate(replies) if reply is None]
        order.sort(key=lambda at: asked[at][0])
        try:
            outputs = running.llm.generate(
                [{"prompt_token_ids": [*asked[at][0]]} for at in order],
                [_parameters(asked[at][1]) for at in order],
                use_tqdm=False,
                lora_request=running.lora,
            )
        except (KeyboardInterrupt, EngineError):
            self._abandon()
            raise
        except Exception as problem:  # of any kind, from another process
            log = running.log
            cause, where = log.cause(problem), log.kept()
            self._abandon()
            raise EngineError(
                f"vLLM stopped: {cause}. What was asked before is kept: type the same again.{where}"
            ) from problem
        for at, output in zip(order, outputs, strict=True):
            replies[at] = _completion(output)
        return replies

    def _abandon(self) -> None:
        """End it for good: what is under way would be taken for the next call's replies."""
        self.running.end()
        self._running = None


def _parameters(own: Mapping[str, Any]) -> Any:
    from vllm import SamplingParams
    from vllm.exceptions import VLLMValidationError

    try:
        return SamplingParams(**NEUTRAL, **own)
    except VLLMValidationError as problem:
        raise EngineError(f"vLLM does not draw in this way: {first_line(problem)}.") from problem


def _drawn(request: GenerateRequest, ends: Sequence[int]) -> dict[str, Any]:
    """Return how a text is drawn: as the request says, from the seed of its id."""
    drawn = request.sampling
    return {
        "temperature": drawn.temperature,
        "top_p": drawn.top_p,
        "max_tokens": drawn.max_tokens,
        "seed": int(request.id[:7], 16),
        "stop_token_ids": [*ends],
        "logprobs": None,
        "logprob_token_ids": None,
        "structured_outputs": _bound(request.schema),
    }


def _first_token(wanted: Sequence[int]) -> dict[str, Any]:
    """Return one token that nobody reads, and the log-probabilities of those that are wanted."""
    return {
        "temperature": 0.0,
        "top_p": 1.0,
        "max_tokens": 1,
        "seed": None,
        "stop_token_ids": [],
        "logprobs": None,
        "logprob_token_ids": [*wanted],
        "structured_outputs": None,
    }


def _bound(schema: str) -> Any:
    """Return what holds a text to a schema; one for each request, since vLLM writes into it."""
    if not schema:
        return None
    from vllm.sampling_params import StructuredOutputsParams

    return StructuredOutputsParams(json=schema)


def _completion(output: Any) -> Any:
    """Return a request's one completion; a failure where vLLM gave it up."""
    [completion] = output.outputs
    if completion.finish_reason in ("stop", "length"):
        return completion
    return Failure("transient", f"vLLM gave the request up ({completion.finish_reason}).")


VLLM = EngineKind(
    VllmEngine,
    find_vllm,
    files=True,
    tuned=lambda spec: replace(spec, engine="hf", settings=()),
    settings=VllmSettings,
    options="log-probabilities",
    adapters=f"LoRA up to rank {RANKS[-1]}: --adapter FOLDER; tuned by the engine hf",
    packages=("vllm",),
)
"""What vLLM runs is tuned by transformers, on the same files."""
