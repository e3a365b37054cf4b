"""Models of transformers, in this process: texts in batches, options by their probabilities.

`choose` asks nothing but the next token's probabilities, so all prompts of a batch are computed as
one tree of shared beginnings (scoring.py). `generate` draws texts in batches (decoding.py), and a
conversation goes on from where its last turn ended (memory.py); a batch is seeded by the ids of its
requests, so the same batch gives the same texts, and the program's random state is left alone. A
text is held to its request's schema by llguidance (bound_rows.py).

    engine = open_engine("embedded")
    [(_, reply)] = engine.choose([ChooseRequest(messages, ("1", "2", "3", "4"))])
"""

import functools
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from acculturate.engines import chat, local
from acculturate.engines.adapter_file import adapter_cautions
from acculturate.engines.hf.grammars import unbound
from acculturate.engines.hf.loading import LoadedModel, find_model, load_model
from acculturate.engines.kind import EngineKind
from acculturate.engines.labels import LabelPlan
from acculturate.engines.local import Found, Tokens, read_text, too_long, weigh
from acculturate.engines.protocol import ModelSpec, closed
from acculturate.records import (
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Message,
    TextNats,
)

if TYPE_CHECKING:
    from acculturate.engines.hf.decoding import Writer
    from acculturate.engines.hf.halving import Halving
    from acculturate.engines.hf.held_turns import Turns
    from acculturate.engines.hf.memory import Memory

__all__ = ["HF", "HfEngine", "LoadedModel", "load_model"]

GENERATE_BATCH = 64
CHOOSE_BATCH = {"cpu": 64, "cuda": 512}
"""A processor's batch takes seconds, so that little is lost with a kill and progress is seen."""


class HfEngine:
    """A local model. `batch_size` is the unit of commit for texts, `choose_batch_size` for choices.

    A text's sampling and an option's rounding depend on the batch they are asked in, so batches
    must be planned before they are begun. One that does not fit into memory is halved (halving.py).
    """

    can_choose = True
    can_seed_rows = False
    commits_each = False
    batch_size = GENERATE_BATCH

    def __init__(self, spec: ModelSpec) -> None:
        self._loaded: LoadedModel | None = load_model(spec)
        self.identity = self._loaded.identity
        self.cautions = adapter_cautions(*spec.adapters)
        why_not = unbound(self._loaded.tokenizer)
        self.can_bind = not why_not
        self.notes = (*self.cautions, why_not) if why_not else self.cautions
        on_processor = self._loaded.model.device.type == "cpu"
        self.choose_batch_size = CHOOSE_BATCH["cpu" if on_processor else "cuda"]

    def choose(self, requests: Sequence[ChooseRequest]) -> Iterator[tuple[str, Choice | Failure]]:
        """Yield the log-probability of each request's labels."""
        return self._halved_choices.ask(self._choose, requests)  # type: ignore[return-value]

    def _choose(self, requests: Sequence[ChooseRequest]) -> Iterator[tuple[str, Choice | Failure]]:
        going = [request for request in requests if self._goes_on(request)]
        alone = [request for request in requests if request not in going] if going else requests
        if alone:
            yield from weigh(self.loaded.tokenizer, alone, self._next_logprobs)
        if going:
            yield from self._weigh_turns(going)

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
                batch = waiting[start : start + self.batch_size]
                yield from self._halved_texts.ask(self._write, batch)  # type: ignore[misc]

    def text_nats(self, texts: Sequence[str]) -> list[TextNats]:
        """Return how likely each whole text is, as it stands."""
        from acculturate.engines.hf.whole_texts import text_nats

        with self._computing():
            return text_nats(self.loaded.model, self.loaded.tokenizer, texts)

    @contextmanager
    def watched(self, tell: Callable[[str], None]) -> Iterator[None]:
        """While entered, give `tell` a batch's first text as far as it is written."""
        words, ends = self.loaded.tokenizer, {*self.loaded.end_ids, local.NO_TOKEN}

        def told(tokens: Sequence[int]) -> None:
            tell(words.decode([token for token in tokens if token not in ends]))

        self._writer.tell = told
        try:
            yield
        finally:
            self._writer.tell = None

    def close(self) -> None:
        """Let the weights go (or leave them to the next, bases.py), and what is kept of
        conversations.
        """
        self._forget()
        if self._loaded is not None:
            self._loaded.give_back()
        self._loaded = None

    def _forget(self) -> None:
        for kept in ("_writer", "_memory", "_turns"):
            self.__dict__.pop(kept, None)

    def _computing(self) -> AbstractContextManager[None]:
        from acculturate.engines.hf.free_cores import free_cores

        return free_cores() if self.loaded.model.device.type == "cpu" else nullcontext()

    @functools.cached_property
    def _halved_choices(self) -> "Halving":
        from acculturate.engines.hf.halving import Halving

        return Halving(self._forget, self._computing)

    @functools.cached_property
    def _halved_texts(self) -> "Halving":
        from acculturate.engines.hf.halving import Halving

        return Halving(self._forget, self._computing)

    @property
    def loaded(self) -> LoadedModel:
        """The model and its tokenizer; raises `EngineError` once the engine is closed."""
        if self._loaded is None:
            raise closed(self.identity)
        return self._loaded

    @property
    def room(self) -> int:
        """The most tokens of prompt and reply that the model was made for; positions beyond it
        give numbers that mean nothing.
        """
        config = self.loaded.model.config.get_text_config()
        return getattr(config, "max_position_embeddings", None) or sys.maxsize

    def length(self, messages: Sequence[Message]) -> int:
        """Return the tokens of a prompt."""
        words = self.loaded.tokenizer
        return len(chat.encode(words, chat.render(words, messages)))

    def _next_logprobs(self, wanted: Mapping[Tokens, Sequence[int]]) -> Mapping[Tokens, Found]:
        from acculturate.engines.hf.scoring import next_token_logprobs

        long = {tokens: why for tokens in wanted if (why := too_long(len(tokens), self.room))}
        short = {tokens: asked for tokens, asked in wanted.items() if tokens not in long}
        return {**long, **next_token_logprobs(self.loaded.model, short)}

    def _write(
        self, requests: Sequence[GenerateRequest]
    ) -> Iterator[tuple[str, Generation | Failure]]:
        """Yield one batch of requests with the same sampling."""
        loaded = self.loaded
        asked, prompts_B, ids_B = [], [], []
        for request in requests:
            prompts = [chat.render(loaded.tokenizer, turn) for turn in chat.turns(request.messages)]
            ids = [chat.encode(loaded.tokenizer, text) for text in prompts]
            if why := too_long(len(ids[-1]), self.room):
                yield request.id, why
                continue
            asked.append(request)
            prompts_B.append(prompts[-1])
            ids_B.append(ids)
        if not asked:
            return
        names, schemas = [one.id for one in asked], [one.schema for one in asked]
        written = self._writer.write(ids_B, asked[0].sampling, names, schemas)
        for request, prompt, ids, new in zip(asked, prompts_B, ids_B, written, strict=True):
            words, ends, read = loaded.tokenizer, loaded.end_ids, len(ids[-1])
            why = too_long(read, self.room, len(new))
            yield request.id, why or read_text(words, ends, prompt, read, new)

    def _goes_on(self, request: ChooseRequest) -> bool:
        """Return whether what came before is held, and only the last turn computed."""
        from acculturate.engines.hf.held_turns import goes_on
        from acculturate.engines.hf.packing import packs

        return goes_on(request.messages) and packs(self.loaded.model)

    def _weigh_turns(
        self, requests: Sequence[ChooseRequest]
    ) -> Iterator[tuple[str, Choice | Failure]]:
        """Yield the labels of conversations that go on."""
        from acculturate.engines.hf.held_turns import next_after_turns

        words, plans = self.loaded.tokenizer, dict[str, LabelPlan]()
        yield from local.plan(words, requests, plans)
        rows, answers = [], dict[Tokens, Found]()
        for request in (one for one in requests if one.id in plans):
            asked = local.wanted(words, [plans[request.id]])
            if why := too_long(max(map(len, asked)), self.room):
                answers |= dict.fromkeys(asked, why)
            else:
                context = plans[request.id].context
                rows.append(self._turns.row(request.messages, context, asked))
        if rows:
            answers |= next_after_turns(self.loaded.model, self._memory, rows)
        yield from local.replies(words, plans, answers)

    @functools.cached_property
    def _turns(self) -> "Turns":
        from acculturate.engines.hf.held_turns import Turns

        return Turns(self.loaded.tokenizer)

    @functools.cached_property
    def _memory(self) -> "Memory":
        from acculturate.engines.hf.memory import Memory

        return Memory(self.loaded.model)

    @functools.cached_property
    def _writer(self) -> "Writer":
        from acculturate.engines.hf.decoding import Writer

        return Writer(self.loaded, self._memory)


HF = EngineKind(
    HfEngine,
    find_model,
    files=True,
    reopens=True,
    places=True,
    stacks=True,
    tuned=lambda spec: spec,
    weighs=True,
    texts="batch",
    options="log-probabilities",
    adapters="LoRA, trained here or elsewhere: --adapter FOLDER",
    packages=("torch", "transformers", "peft", "tokenizers", "safetensors", "llguidance"),
)
