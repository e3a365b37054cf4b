"""Answers: every kept question without a culture, and with each, as the very same task.

The published run asks the two in different ways (the unaware one without its options), once each
and in one order of options, so that a difference can be chance or position. Here both answers see
the same options in the same presentations; expected answers are averaged over balanced orders.
`kind = "sampled"` with `orders = "forward"` is the published way.

A part of the questions is also asked in other words of the unaware framing, which name no culture
either: what these change is noise, against which shifts are held (noise.py).

    stage = AnswerStage(items, cultures, settings, answer_settings)
    runner.run(stage)
    pairs = stage.collect(runner.lookup).pairs
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from acculturate.asking import AnswerSettings, Ask, answer, asks, request, shown_orders
from acculturate.asking.fingerprint import fingerprint
from acculturate.culture import Culture
from acculturate.culturespa.culturespa_settings import CultureSpaSettings
from acculturate.framing import Backdrop, Framing, find_framing
from acculturate.records import Answer, Item, Request, Sampling
from acculturate.records.yields import Yield, ranked
from acculturate.runner import Lookup, Round

Shares = tuple[float, ...]
PAIRED = "questions, once for each culture, were answered without and with it"
UNANSWERED = {
    (False, True): "without a readable answer where no culture is named",
    (True, False): "without a readable answer where the culture is named",
    (False, False): "without any readable answer",
}
"""By whether there is an answer without and with the culture."""

REWORDED = 100
"""Questions that are asked in other words too, at most: every so many-th of all."""

OTHER_WORDINGS = (1, 2)
"""Of the unaware framing, from 0."""
Order = tuple[int, ...]
"""Places on the scale, in the order in which the options are shown."""


@dataclass(frozen=True, slots=True)
class AnswerPair:
    """The answer to an item without a culture and with one: shares over its codes, in scale order.

    Both are averaged over the orders in which the options were shown; `in_order` holds the answer
    with the culture in each of these, `masses` its option mass. `mass` is the lower of the two mean
    option masses, None where texts were drawn.
    """

    item: Item
    culture: str
    unaware: Shares
    aware: Shares
    mass: float | None
    in_order: Mapping[Order, Shares] = field(default_factory=dict)
    masses: Mapping[Order, float] = field(default_factory=dict)

    @property
    def drawn(self) -> bool:
        """Whether the answers are texts that were drawn, not probabilities."""
        return self.mass is None


class Rewording(NamedTuple):
    """The answers to an item under two wordings of the unaware framing."""

    item: Item
    first: Shares
    other: Shares


@dataclass(frozen=True, slots=True)
class Answers:
    """Pairs in which both answers could be read, and how many that are; `rewordings` are of
    some of the items.
    """

    pairs: tuple[AnswerPair, ...]
    yields: tuple[Yield, ...]
    rewordings: tuple[Rewording, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mean:
    shares: Shares
    mass: float | None
    in_order: Mapping[Order, Shares]
    masses: Mapping[Order, float]


class AnswerStage:
    """Asks `items` under `unaware` and under the answering framing for each of `cultures`.

    `answers` are the study's answer settings: labels, prompt folders and whether the survey is
    named come from them, kind, orders and draws from this method's own. `survey` is its title,
    `backdrop` its people for framings that draw on them.
    Requests are made as they are asked for and replies averaged as they are read, so that memory
    grows with the pairs only.
    """

    def __init__(
        self,
        items: Sequence[Item],
        cultures: Sequence[Culture],
        settings: CultureSpaSettings,
        answers: AnswerSettings,
        survey: str = "",
        role: str = "base",
        name: str = "answers to the questions",
        backdrop: Backdrop | None = None,
    ) -> None:
        self.name = name
        self._role = role
        self._items, self._cultures = tuple(items), tuple(cultures)
        self._answers = settings.answers(answers)
        self._sampling = Sampling.of(settings.answering, settings.seed)
        self._unaware = self._framing("unaware", survey, None)
        self._aware = self._framing(settings.answering.framing, survey, backdrop)
        wordings = () if settings.shifts.noise == "ignore" else OTHER_WORDINGS
        self._reworded = [self._framing("unaware", survey, None, wording) for wording in wordings]
        self._some = self._items[:: max(1, math.ceil(len(self._items) / REWORDED))]

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Yield all of it in one round, prompts with a common beginning next to each other."""
        yield Round(self._role, self.requests(), self.total, self.requests, self.digest)

    def requests(self, start: int = 0) -> Iterator[Request]:
        """Yield every request from the `start`-th (from 0) on."""
        for framing, items in self._parts:
            size = self._shown(items) * (len(self._cultures) if framing.needs_culture else 1)
            if start < size:
                yield from map(self._request, self._asks(framing, items, start))
            start = max(start - size, 0)

    @property
    def _parts(self) -> Iterator[tuple[Framing, Sequence[Item]]]:
        yield self._unaware, self._items
        yield from ((framing, self._some) for framing in self._reworded)
        yield self._aware, self._items

    @property
    def digest(self) -> str:
        """Names all that decides the requests: 32 hex digits."""
        framings = [framing for framing, _ in self._parts]
        others = self._items, self._cultures, self._sampling
        return fingerprint(self._answers, framings, others, self.requests, self.total)

    @property
    def total(self) -> int:
        """How many requests there are."""
        whose = sum(
            len(self._cultures) if framing.needs_culture else 1
            for framing in (self._unaware, self._aware)
        )
        return self._shown(self._items) * whose + self.reworded

    @property
    def reworded(self) -> int:
        """How many of them are in other words of the unaware framing."""
        return self._shown(self._some) * len(self._reworded)

    def _shown(self, items: Sequence[Item]) -> int:
        shown = sum(len(shown_orders(item, self._answers)) for item in items)
        return shown * self._answers.texts

    def collect(self, done: Lookup) -> Answers:
        """Pair the answers, each averaged over its presentations."""
        unaware = dict(self._means(self._unaware, done))
        aware = dict(self._means(self._aware, done))
        pairs = tuple(self._pairs(unaware, aware))
        of = len(self._items) * len(self._cultures)
        lost = Counter(self._lacking(unaware, aware))
        yields = (Yield(PAIRED, len(pairs), of, lost=ranked(lost)),)
        return Answers(pairs, yields, tuple(self._rewordings(unaware, done)))

    def _lacking(
        self, unaware: Mapping[tuple[str, str], _Mean], aware: Mapping[tuple[str, str], _Mean]
    ) -> Iterator[str]:
        """Yield of each item and culture without a pair which of the two answers it lacks."""
        for culture, item in itertools.product(self._cultures, self._items):
            neutral = (item.id, "") in unaware
            named = (item.id, culture.code) in aware or (item.id, "") in aware
            if not (neutral and named):
                yield UNANSWERED[neutral, named]

    def _framing(
        self, name: str, survey: str, backdrop: Backdrop | None, wording: int = 0
    ) -> Framing:
        title, folders = survey if self._answers.name_survey else "", self._answers.prompts
        return find_framing(name, wording=wording, folders=folders, survey=title, backdrop=backdrop)

    def _asks(
        self, framing: Framing, items: Sequence[Item] | None = None, start: int = 0
    ) -> Iterator[Ask]:
        shown = self._items if items is None else items
        return asks(shown, framing, self._cultures, self._answers, start=start)

    def _request(self, ask: Ask) -> Request:
        return request(ask, self._answers.kind, self._sampling)

    def _means(
        self, framing: Framing, done: Lookup, some: Sequence[Item] | None = None
    ) -> Iterator[tuple[tuple[str, str], _Mean]]:
        """Yield (item, culture) and its answer; an item's asks for a culture follow each other."""
        items = {item.id: item for item in self._items}
        for key, group in itertools.groupby(self._asks(framing, some), key=_whose):
            mean = _mean(items[key[0]], list(self._read(group, done)))
            if mean is not None:
                yield key, mean

    def _rewordings(
        self, unaware: Mapping[tuple[str, str], _Mean], done: Lookup
    ) -> Iterator[Rewording]:
        for framing in self._reworded:
            other = dict(self._means(framing, done, self._some))
            for item in self._some:
                key = (item.id, "")
                if key in unaware and key in other:
                    yield Rewording(item, unaware[key].shares, other[key].shares)

    def _read(self, asked: Iterable[Ask], done: Lookup) -> Iterator[Answer]:
        for ask in asked:
            reply = done(self._role, self._request(ask))
            if reply is not None:
                yield answer(ask, reply)

    def _pairs(
        self, unaware: Mapping[tuple[str, str], _Mean], aware: Mapping[tuple[str, str], _Mean]
    ) -> Iterator[AnswerPair]:
        for culture in self._cultures:
            for item in self._items:
                without = unaware.get((item.id, ""))
                # a framing that does not speak of a culture was asked once for all of them
                with_one = aware.get((item.id, culture.code)) or aware.get((item.id, ""))
                if without is None or with_one is None:
                    continue
                masses = [mean.mass for mean in (without, with_one) if mean.mass is not None]
                mass = min(masses) if len(masses) == 2 else None
                yield AnswerPair(
                    item,
                    culture.code,
                    without.shares,
                    with_one.shares,
                    mass,
                    with_one.in_order,
                    with_one.masses,
                )


def _whose(ask: Ask) -> tuple[str, str]:
    return ask.item.id, ask.culture.code if ask.culture else ""


def _mean(item: Item, answers: Sequence[Answer]) -> _Mean | None:
    """Return shares over the codes; None where an expected answer lacks an order, or no text was
    read.

    A missing order would leave the others' positions unbalanced; a missing text leaves fewer.
    """
    read = [given for given in answers if given.answered]
    drawn = any(given.code is not None for given in read)
    if not read or (len(read) < len(answers) and not drawn):
        return None
    by_order: dict[Order, list[Answer]] = {}
    for given in read:
        by_order.setdefault(given.order, []).append(given)
    in_order = {order: _share(some, item) for order, some in by_order.items()}
    masses = {} if drawn else {order: _mass(some) for order, some in by_order.items()}
    return _Mean(_share(read, item), None if drawn else _mass(read), in_order, masses)


def _mass(answers: Sequence[Answer]) -> float:
    return min(1.0, float(np.mean([given.mass for given in answers])))  # rounding may pass 1


def _share(answers: Sequence[Answer], item: Item) -> Shares:
    """Return the mean of several answers."""
    share_NK = np.array([given.shares(item) for given in answers])  # answers, options
    return tuple(share_NK.mean(0).tolist())
