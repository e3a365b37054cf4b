"""Workloads: what a stage asks of a model, counted before anything is asked.

A stage's prompts are counted; their tokens are measured on some of its batches, evenly spread, and
taken to be alike in the others. A model on this machine computes what a batch's prompts share only
once (engines/hf/prefix.py), so tokens are counted twice over: as they are read, which is what a
server bills, and as they are computed, on the tree of the batch. Without the model's tokenizer
characters are counted in its place.

    Work("arm aware", "base", Amount.of(716), read=..., computed=..., written=...)
"""

import itertools
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Protocol, Self

from acculturate.engines.hf.prefix import Run, build_tree
from acculturate.records import ChooseRequest, GenerateRequest, Message, Request, TrainingRow
from acculturate.runner import cut
from acculturate.tuning.tuning_settings import TuningSettings

SAMPLED = 12
"""Batches of a stage whose tokens are counted; the others are taken to be like them."""

BATCH = 64
"""Requests of a batch, as engines on a processor cut them."""

Kind = Literal["choose", "generate", "tune"]


class Amount(NamedTuple):
    """What is likely, and the most that it can be."""

    likely: float
    most: float

    @classmethod
    def of(cls, exact: float) -> Self:
        """What is known beforehand."""
        return cls(exact, exact)

    def plus(self, other: "Amount") -> "Amount":
        return Amount(self.likely + other.likely, self.most + other.most)

    def times(self, other: "Amount | float") -> "Amount":
        by = other if isinstance(other, Amount) else Amount.of(other)
        return Amount(self.likely * by.likely, self.most * by.most)


NOTHING = Amount(0, 0)


@dataclass(frozen=True, slots=True)
class Work:
    """What a stage asks of one model; tokens are of all its prompts together.

    `ref` names the model in the study. `read` are prompt tokens as they stand, `computed` those
    left where beginnings are shared, `seen` the tokens that one of them sees on average, `asked`
    the positions at which probabilities are wanted. `rows` are written at once, each at most
    `room` tokens, behind a prompt of at most `longest`. `answered` prompts have a reply already.
    Of `open` work nobody knows how many prompts there will be: `prompts` is if none fall away.
    `asks` names parts of the prompts by what decides them, with how many each has (or in which
    proportion); `again` are those that a stage before asks too, and are in none of the amounts.
    """

    name: str
    ref: str
    kind: Kind
    prompts: Amount
    read: Amount
    computed: Amount
    written: Amount = NOTHING
    seen: float = 0.0
    longest: int = 0
    rows: int = BATCH
    room: int = 0
    answered: int = 0
    asks: Mapping[str, float] = field(default_factory=dict)
    again: Amount = NOTHING
    open: bool = False

    @property
    def left(self) -> Amount:
        """The share that is still to be done."""
        likely, most = (
            max(0.0, 1 - self.answered / n) if n else 0.0
            for n in (max(self.prompts.likely, self.answered), self.prompts.most)
        )
        return Amount(likely, most)

    def done(self, answered: int) -> "Work":
        """The same with so many prompts answered."""
        return replace(self, answered=answered)

    def only(self, left: float, whole: float) -> "Work":
        """The part of it that is left where the rest of `whole` is asked before."""
        again = self.prompts.times(1 - left / whole)
        return replace(self._times(left / whole, left / whole), again=again)

    def all_of(self, prompts: int) -> "Work":
        """The same where there are that many prompts, as is known now, and all are answered."""
        likely, most = (prompts / n if n else 0.0 for n in self.prompts)
        made = self._times(likely, most)
        return replace(made, prompts=Amount.of(prompts), answered=prompts)

    def _times(self, likely: float, most: float) -> "Work":
        prompts, read, computed, written = (
            each.times(Amount(likely, most))
            for each in (self.prompts, self.read, self.computed, self.written)
        )
        return replace(self, prompts=prompts, read=read, computed=computed, written=written)

    def apart(self) -> "Work":
        """The same where nothing that prompts share is computed once for all of them."""
        each = self.read.likely / self.prompts.likely if self.prompts.likely else 0.0
        return replace(self, computed=self.read, seen=each / 2)


class Sizes(NamedTuple):
    """Tokens per prompt: as read, as computed, seen by one that is computed, and the longest."""

    read: float
    computed: float
    seen: float
    longest: int

    def longer(self, read: float, computed: float) -> "Sizes":
        """The same with so many tokens more in each prompt."""
        return Sizes(
            self.read + read,
            self.computed + computed,
            self.seen + read / 2,
            self.longest + math.ceil(read),
        )


class Reader(Protocol):
    """Reads prompts as a model would: into numbers, each of which is worth some tokens."""

    def read(self, messages: Sequence[Message]) -> Sequence[int]:
        """A prompt's tokens, or what stands in for them."""

    def tokens(self, read: Sequence[int]) -> float:
        """How many tokens that is."""


class Letters:
    """Stands in for a tokenizer that is not here: letters, of which some make a token.

    >>> Letters().tokens(Letters().read([Message("user", "How are you?")]))
    6.0
    """

    PER_TOKEN = 4.0
    TURN = 12
    """Letters that a template adds to a message."""

    def read(self, messages: Sequence[Message]) -> list[int]:
        """Code points, with the marks of turns."""
        return [ord(letter) for m in messages for letter in f"{m.text}{'|' * self.TURN}"]

    def tokens(self, read: Sequence[int]) -> float:
        """Plain letters by fours; each of a script outside of ASCII is a token."""
        plain = sum(letter < 128 for letter in read)
        return plain / self.PER_TOKEN + len(read) - plain


@dataclass(frozen=True, slots=True)
class Tokens:
    """Reads by the model's own tokenizer: `encode` gives a prompt's tokens."""

    encode: Callable[[Sequence[Message]], Sequence[int]]

    def read(self, messages: Sequence[Message]) -> Sequence[int]:
        return self.encode(messages)

    def tokens(self, read: Sequence[int]) -> float:
        return float(len(read))


class Counts(Protocol):
    """Reads for the models that references name."""

    def reader(self, ref: str) -> Reader:
        """The model's tokenizer, or what stands in for it."""

    def sizes(
        self, ref: str, asked: str, batches: Callable[[], Iterable[Sequence[Request]]]
    ) -> "Sizes":
        """Tokens per prompt of what is named `asked`, from some of its batches."""


def nobody(role: str, request: Request) -> None:
    """Looks up replies where nobody has been asked."""


def sizes(batches: Iterable[Sequence[Request]], reader: Reader) -> Sizes:
    """Tokens per prompt, from whole batches."""
    prompts, read, computed, seen, longest = 0, 0.0, 0.0, 0.0, 0.0
    for batch in batches:
        lists = [reader.read(each.messages) for each in batch]
        lengths = [reader.tokens(each) for each in lists]
        runs = [(reader.tokens(run.tokens), _path(run, reader)) for run in build_tree(lists).runs]
        prompts, read = prompts + len(batch), read + sum(lengths)
        computed += sum(own for own, _ in runs)
        seen += sum(own * (path + own / 2) for own, path in runs)
        longest = max(longest, *lengths)
    n = max(1, prompts)
    return Sizes(read / n, computed / n, seen / max(1.0, computed), math.ceil(longest))


def _path(run: Run, reader: Reader) -> float:
    """Tokens on the way to a run; letters of a path are taken for plain ones."""
    return len(run.path) / (Letters.PER_TOKEN if isinstance(reader, Letters) else 1)


def spread(requests: Iterable[Request], total: int, size: int = BATCH) -> Iterator[list[Request]]:
    """At most `SAMPLED` of the batches that requests are cut into, evenly spread."""
    step = max(1, math.ceil(total / size / SAMPLED))
    for batch in itertools.islice(cut(requests, size, size), 0, None, step):
        yield list(batch)


def row_batches(like: Sequence[Request], size: int) -> Iterator[Sequence[Request]]:
    """Batches of training rows with prompts `like` these; shuffled, so that they share less."""
    drawn = random.Random(0).sample(like, min(len(like), SAMPLED * size))
    return (drawn[at : at + size] for at in range(0, len(drawn), size))


def work_of(
    name: str,
    ref: str,
    prompts: Amount,
    found: Sizes,
    sample: Request | None = None,
    written: Amount = NOTHING,
    rows: int = BATCH,
) -> Work:
    """The work of so many prompts of these sizes, of the kind of `sample`.

    `written` are tokens of one reply; a text is at most what its request allows.
    """
    room = sample.sampling.max_tokens if isinstance(sample, GenerateRequest) else 0
    one = Amount(min(written.likely, room), min(written.most, room)) if room else NOTHING
    return Work(
        name,
        ref,
        "generate" if room else "choose",
        prompts,
        prompts.times(found.read),
        prompts.times(found.computed),
        prompts.times(one),
        found.seen,
        found.longest,
        rows,
        room,
    )


def tuning_work(
    ref: str, rows: Amount, found: Sizes, settings: TuningSettings, trained: float = 1
) -> Work:
    """Tuning on rows of these sizes; a row is a prompt, seen once in each epoch.

    `trained` tokens of a row bear loss.
    """
    seen = rows.times(settings.epochs)
    made = work_of("tuning", ref, seen, found, rows=settings.batch)
    return replace(made, kind="tune", written=seen.times(trained))


def rows_work(
    ref: str, rows: Sequence[TrainingRow], reader: Reader, settings: TuningSettings
) -> Work:
    """Tuning on rows that are there."""
    like = [ChooseRequest((*row.prompt, Message("assistant", row.completion)), ()) for row in rows]
    bare = reader.tokens(reader.read([Message("user", "")]))
    texts = (row.completion for row in rows[: SAMPLED * settings.batch] if row.completion)
    lengths = [reader.tokens(reader.read([Message("user", each)])) - bare for each in texts]
    trained = max(1.0, sum(lengths) / len(lengths)) if lengths else 1.0
    found = sizes(row_batches(like, settings.batch), reader)
    return tuning_work(ref, Amount.of(len(rows)), found, settings, trained)
