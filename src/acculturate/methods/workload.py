"""Workloads: what a stage asks of a model, counted before anything is asked.

How many prompts a stage has, its method says. Their tokens are measured on a sample of them, made
by the same stage that will ask them, and taken to be alike in the others. A model on this machine
computes what a batch's prompts share only once (engines/hf/prefix.py), so tokens are counted twice
over: as they are read, which is what a server bills, and as they are computed, on the tree of the
batch. Without the model's tokenizer letters are counted in their place.

    counts = Counter(spec)
    counts.asking("answers", "base", Amount.of(716), requests)
    counts.tuning("base", rows, settings)
"""

import itertools
import math
import random
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Self, TypeVar

from acculturate.engines import ModelSpec, chat, kind_of
from acculturate.engines.hf.model_shape import ModelShape, read_shape
from acculturate.engines.hf.prefix import build_tree
from acculturate.engines.model_files import local_folder, read_tokenizer
from acculturate.errors import EngineError
from acculturate.records import GenerateRequest, Message, Request, TrainingRow
from acculturate.tuning.tuning_settings import TuningSettings

SAMPLED = 12
"""Batches of a stage whose tokens are counted; the others are taken to be like them."""

BATCH = 64
"""Requests of a batch, as engines on a processor cut them."""

PIECES = re.compile(r"[^\x00-\x7f]|[\x00-\x7f]{1,4}")
"""What is taken for a token where there is no tokenizer: four plain letters, or one of another
script."""
TURN = "|" * 12
"""Letters that a template adds to a message."""

LEFT_OUT = "Until then its minutes and memory are left out, and its tokens counted by letters."

Kind = Literal["choose", "generate", "read", "tune"]
T = TypeVar("T")


class Amount(NamedTuple):
    """What is likely, and the most that it can be."""

    likely: float
    most: float

    @classmethod
    def of(cls, exact: float) -> Self:
        """Return what is known beforehand."""
        return cls(exact, exact)

    def plus(self, other: "Amount") -> "Amount":
        """Return the sum."""
        return Amount(self.likely + other.likely, self.most + other.most)

    def times(self, other: "Amount | float") -> "Amount":
        """Return the product."""
        by = other if isinstance(other, Amount) else Amount.of(other)
        return Amount(self.likely * by.likely, self.most * by.most)


NOTHING = Amount(0, 0)


class Sizes(NamedTuple):
    """Tokens per prompt: as read, as computed, seen by one that is computed, and the longest."""

    read: float
    computed: float
    seen: float
    longest: int


@dataclass(frozen=True, slots=True)
class Work:
    """What a stage asks of one model, which `ref` names in the study.

    `reply` are tokens written (or trained on) for a prompt. `rows` are written at once, each at
    most `room` tokens, or trained in one step, and seen again in each of `epochs`. `answered`
    prompts have a reply already. Of `open` work nobody knows how many prompts there will be:
    `prompts` is if none fall away. `asks` names what is asked, each with its weight, by all that
    decides it; `again` are prompts that a stage before asks too, and are not in `prompts`. `upper`
    is the share of layers from the lowest trained one upwards.
    """

    name: str
    ref: str
    kind: Kind
    prompts: Amount
    sizes: Sizes
    reply: Amount = NOTHING
    rows: int = BATCH
    room: int = 0
    answered: int = 0
    asks: Mapping[str, float] = field(default_factory=dict)
    again: Amount = NOTHING
    open: bool = False
    upper: float = 1.0
    epochs: int = 1

    @property
    def read(self) -> Amount:
        """Tokens of all prompts as they stand."""
        return self.prompts.times(self.sizes.read)

    @property
    def computed(self) -> Amount:
        """Tokens left where beginnings are shared."""
        return self.prompts.times(self.sizes.computed)

    @property
    def written(self) -> Amount:
        """Tokens of all replies."""
        return self.prompts.times(self.reply)

    @property
    def left(self) -> Amount:
        """The share that is still to be done."""
        likely, most = (
            max(0.0, 1 - self.answered / n) if n else 0.0
            for n in (max(self.prompts.likely, self.answered), self.prompts.most)
        )
        return Amount(likely, most)

    def done(self, answered: int) -> "Work":
        """Return the same with so many prompts answered."""
        return replace(self, answered=answered)

    def all_of(self, prompts: int) -> "Work":
        """Return the same where there are that many prompts, as is known now, all answered."""
        return replace(self, prompts=Amount.of(prompts), answered=prompts)

    def only(self, share: float) -> "Work":
        """Return the share of it that no stage before asks."""
        return replace(self, prompts=self.prompts.times(share), again=self.prompts.times(1 - share))

    def apart(self) -> "Work":
        """Return the same where what prompts share is computed anew for each of them."""
        read = self.sizes.read
        return replace(self, sizes=self.sizes._replace(computed=read, seen=read / 2))


class Counter:
    """Counts for models by their references, as far as these are on this machine.

    `spec` gives the model that a reference names. It is asked only what its files say without
    being loaded, its tokenizer and its shape; `notes` says of which model they are not here.
    """

    def __init__(self, spec: Callable[[str], ModelSpec]) -> None:
        self.spec = spec
        self.notes: dict[str, None] = {}
        self._known: dict[ModelSpec, tuple[object, ModelShape] | None] = {}
        self._read: dict[tuple[ModelSpec, tuple[Message, ...]], Sequence[int]] = {}

    def asking(
        self,
        name: str,
        ref: str,
        prompts: Amount,
        requests: Sequence[Request],
        reply: Amount = NOTHING,
        *,
        after: str = "",
        rows: int = BATCH,
        batch: int = BATCH,
    ) -> Work:
        """Return the work of so many prompts like `requests`, which are a sample of them in their
        order, or all of them.

        `reply` are tokens of one reply; a text is at most what its request allows. Two stages that
        ask the same of a model are counted once; `after` is what decides the prompts besides what
        the sample shows. `batch` prompts are computed together.
        """
        first = requests[0] if requests else None
        room = first.sampling.max_tokens if isinstance(first, GenerateRequest) else 0
        return Work(
            name,
            ref,
            "generate" if room else "choose",
            prompts,
            self._sizes(
                ref, spread((request.messages for request in requests), len(requests), batch)
            ),
            Amount(min(reply.likely, room), min(reply.most, room)),
            rows,
            room,
            asks={f"{after} {request.id}": 1.0 for request in requests},
        )

    def talking(
        self,
        name: str,
        ref: str,
        prompts: Amount,
        talks: Sequence[Sequence[Request]],
        reply: Amount = NOTHING,
    ) -> Work:
        """Return the work of so many prompts of conversations like `talks`, each with all of its
        turns: what was said before is computed once.
        """
        work = self.asking(name, ref, prompts, [turns[0] for turns in talks], reply)
        some = [_evenly(turns) for turns in talks]
        sizes = self._sizes(ref, ([turn.messages for turn in turns] for turns in some))
        share = sum(map(len, some)) / max(1, sum(map(len, talks)))
        asks = {request.id: 1.0 for turns in talks for request in turns}
        return replace(work, sizes=sizes._replace(computed=sizes.computed * share), asks=asks)

    def reading(self, name: str, ref: str, texts: Sequence[str]) -> Work:
        """Return the work of reading texts as they stand, every token of which is weighed."""
        lengths = [self.length(ref, text) for text in texts]
        mean = sum(lengths) / max(1, len(lengths))
        sizes = Sizes(mean, mean, mean / 2, round(max(lengths, default=0)))
        return Work(name, ref, "read", Amount.of(len(texts)), sizes)

    def tuning(
        self,
        ref: str,
        rows: Sequence[TrainingRow],
        settings: TuningSettings,
        count: Amount | None = None,
        steps: Sequence[Sequence[TrainingRow]] = (),
    ) -> Work:
        """Return the work of tuning on `count` rows like these (all of these where not given), each
        seen once in every epoch.

        `steps` are rows that are computed together, where those of a batch are not drawn at random:
        a batch is so many of them.
        """
        drawn = random.Random(0).sample(rows, min(len(rows), SAMPLED * settings.batch))
        in_one = max(1, round(sum(map(len, steps)) / len(steps))) if steps else 1
        steps = steps or list(spread(drawn, len(drawn), settings.batch))
        sizes = self._sizes(ref, ([_whole(row) for row in step] for step in steps))
        trained = sum(max(1, sum(self.length(ref, text) for text in _taught(row))) for row in drawn)
        seen = (count or Amount.of(len(rows))).times(settings.epochs)
        reply = Amount.of(trained / max(1, len(drawn)))
        shape = self.shape(ref)
        upper = settings.upper_share(shape.layers) if shape else 1.0
        return Work(
            "tuning",
            ref,
            "tune",
            seen,
            sizes,
            reply,
            settings.batch * in_one,
            upper=upper,
            epochs=settings.epochs,
        )

    def length(self, ref: str, text: str) -> float:
        """Return the tokens of a text, without what a template puts around it."""
        whole, bare = (self._tokens(ref, (Message("user", shown),)) for shown in (text, ""))
        return len(whole) - len(bare)

    def shape(self, ref: str) -> ModelShape | None:
        """Return the shape of a model, where it is on this machine."""
        known = self._find(ref)
        return known and known[1]

    def say(self, note: str) -> None:
        """Keep a sentence for the end, once."""
        self.notes.setdefault(note)

    def _sizes(self, ref: str, batches: Iterable[Sequence[Sequence[Message]]]) -> Sizes:
        """Return tokens per prompt, from whole batches."""
        prompts, read, computed, seen, longest = 0, 0, 0, 0.0, 0
        for batch in batches:
            lists = [self._tokens(ref, tuple(messages)) for messages in batch]
            tree = build_tree(lists)
            prompts, read = prompts + len(lists), read + sum(map(len, lists))
            computed, seen = computed + tree.size, seen + tree.attended
            longest = max(longest, *map(len, lists))
        n = max(1, prompts)
        return Sizes(read / n, computed / n, seen / max(1, computed), longest)

    def _tokens(self, ref: str, messages: tuple[Message, ...]) -> Sequence[int]:
        """Return a prompt's tokens, read once for all adapters of a base."""
        key = base_of(self.spec(ref)), messages
        if key not in self._read:
            known = self._find(ref)
            tokens = _tokenised(known[0], messages) if known else _pieces(messages)
            self._read[key] = array("q", tokens)
        return self._read[key]

    def _find(self, ref: str) -> tuple[object, ModelShape] | None:
        """Return a model's tokenizer and shape; None where they are not here, or there are none."""
        spec = base_of(self.spec(ref))
        if spec not in self._known:
            self._known[spec] = self._look_up(spec) if kind_of(spec).files else None
        return self._known[spec]

    def _look_up(self, spec: ModelSpec) -> tuple[object, ModelShape] | None:
        try:
            folder, trusted = local_folder(spec), spec.trust_remote_code
            return read_tokenizer(folder, trusted), read_shape(folder, trusted)
        except EngineError as problem:
            self.say(f"{problem} {LEFT_OUT}")
            return None


def spread(asked: Iterable[T], total: int, size: int = BATCH) -> Iterator[list[T]]:
    """Yield at most `SAMPLED` of the batches that `total` prompts are cut into, evenly spread."""
    left_out = (max(1, math.ceil(total / size / SAMPLED)) - 1) * size
    rest = iter(asked)
    while batch := list(itertools.islice(rest, size)):
        yield batch
        next(itertools.islice(rest, left_out, left_out), None)


def _evenly(turns: Sequence[T]) -> list[T]:
    """Return at most `SAMPLED` turns, the first and the last among them."""
    last, n = len(turns) - 1, min(len(turns), SAMPLED)
    return [turns[round(at * last / max(1, n - 1))] for at in range(n)]


def nobody(role: str, request: Request) -> None:
    """Look up a reply where nobody has been asked."""


def _whole(row: TrainingRow) -> tuple[Message, ...]:
    return (*row.prompt, Message("assistant", row.completion)) if row.completion else row.prompt


def _taught(row: TrainingRow) -> list[str]:
    """Return the texts of a row that bear loss."""
    return [row.completion, *(row.prompt[at].text for at in row.trained)]


def _tokenised(tokenizer: object, messages: Sequence[Message]) -> Sequence[int]:
    return chat.encode(tokenizer, chat.render(tokenizer, messages))


def _pieces(messages: Sequence[Message]) -> Sequence[int]:
    return [hash(piece) for m in messages for piece in PIECES.findall(m.text + TURN)]


def base_of(spec: ModelSpec) -> ModelSpec:
    """Return a model without its adapters, which are read and weighed as their base is."""
    return replace(spec, adapter=None, merged=())
