"""A questionnaire: every conversation that a survey's items make under a framing.

`[answers]` says in what company an item is put (single, battery, interview), in which wordings and
orders, and how often; here it becomes conversations, those with a common beginning next to each
other.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from acculturate.asking.answer_settings import AnswerSettings
from acculturate.asking.asking import Ask, asks, count_asks, ordered, shaped, shown_orders, whose
from acculturate.asking.batteries import BatteryItem, WholeBattery, batteries, closing, together
from acculturate.asking.conversation import Conversation, Reasoned, Single
from acculturate.asking.interviews import Interview, put_in_order
from acculturate.culture import Culture
from acculturate.errors import ConfigError
from acculturate.framing import Framing, Persona
from acculturate.records import Item

Personas = Mapping[str, Sequence[Persona]]


def conversations(
    items: Sequence[Item],
    framing: Framing,
    cultures: Sequence[Culture],
    settings: AnswerSettings,
    personas: Personas | None = None,
    start: int = 0,
) -> Iterator[Conversation]:
    """Yield every conversation from the `start`-th (from 0) on; a framing without a culture has
    them once, not once per culture.

    Raises `ConfigError` where items are to stand together under a framing that differs from item to
    item.
    """
    people = personas or {}
    if settings.presentation != "single" and framing.needs_examples:
        raise ConfigError(
            f"The framing '{framing.name}' shows other examples beside each item, so its items "
            f"cannot stand together: set presentation to 'single', not '{settings.presentation}'."
        )
    if settings.presentation == "single":
        for ask in asks(items, framing, cultures, settings, people, start):
            yield _by_itself(ask, settings)
    else:
        ways = {"battery": _in_batteries, "interview": _in_interviews}
        every = ways[settings.presentation](items, framing, cultures, settings, people)
        yield from itertools.islice(every, start, None)


def count_conversations(
    items: Sequence[Item],
    framing: Framing,
    cultures: Sequence[Culture],
    settings: AnswerSettings,
    personas: Personas | None = None,
) -> int:
    """Return how many `conversations` there are."""
    if settings.presentation == "single":
        return count_asks(items, framing, cultures, settings, personas)
    return sum(1 for _ in conversations(items, framing, cultures, settings, personas))


class Size(NamedTuple):
    """How much a questionnaire is for each one who is asked, in one wording of the framing:
    requests, and the answers that they bring.
    """

    requests: int
    answers: int


def size_of(items: Sequence[Item], settings: AnswerSettings) -> Size:
    """Return how much is asked of each one, in all wordings of the items and all samples."""
    s = settings
    times, thoughts = s.wordings * s.texts * (1 + len(s.perturb)), 2 if s.reason else 1
    if s.presentation == "interview":
        answers = times * len(items) * _interview_ways(s)
        return Size(answers * thoughts, answers)
    if s.presentation == "battery":
        parts = batteries(items)
        ways = [math.lcm(*(len(shown_orders(item, s)) for item in part)) for part in parts]
        answers = times * sum(n * len(part) for n, part in zip(ways, parts, strict=True))
        requests = answers if s.kind == "expected" else times * sum(ways)
        return Size(requests * thoughts, answers)
    answers = times * sum(len(shown_orders(item, s)) for item in items)
    return Size(answers * thoughts, answers)


def _by_itself(ask: Ask, s: AnswerSettings) -> Conversation:
    one = Single(ask, s.kind, s.sampling)
    return Reasoned(one, ask, s.thinking) if s.reason else one


def _on_page(page: tuple[Ask, ...], s: AnswerSettings) -> Iterator[Conversation]:
    """Yield the conversations of a battery, with a thought before each reply where one is asked
    for.
    """
    weighed = s.kind == "expected"
    for at, ask in enumerate(page if weighed else page[:1]):
        one = BatteryItem(page, at) if weighed else WholeBattery(page, s.sampling)
        end = closing(page, at + 1 if weighed else 0)
        yield Reasoned(one, ask, s.thinking, end) if s.reason else one


def _in_batteries(
    items: Sequence[Item],
    framing: Framing,
    cultures: Sequence[Culture],
    s: AnswerSettings,
    personas: Personas,
) -> Iterator[Conversation]:
    pages = [
        (part, wording, perturbation, orders)
        for part in batteries(items)
        for wording in range(s.wordings)
        for perturbation in (None, *s.perturb)
        for orders in together([shown_orders(item, s) for item in part])
    ]
    asked = itertools.product(whose(framing, cultures, personas), pages, range(s.texts))
    for (culture, persona), (part, wording, changed, orders), sample in asked:
        page = tuple(
            Ask(
                item,
                framing,
                culture,
                shaped(item, order, framing, wording, s, changed),
                sample,
                persona,
            )
            for item, order in zip(part, orders, strict=True)
        )
        if len(page) == 1:
            yield _by_itself(page[0], s)
        else:
            yield from _on_page(page, s)


def _in_interviews(
    items: Sequence[Item],
    framing: Framing,
    cultures: Sequence[Culture],
    s: AnswerSettings,
    personas: Personas,
) -> Iterator[Conversation]:
    ways = _interview_ways(s)
    held = itertools.product(
        whose(framing, cultures, personas),
        range(s.wordings),
        (None, *s.perturb),
        range(ways),
        range(s.texts),
    )
    for (culture, persona), wording, changed, way, sample in held:
        person = persona.id if persona else ""
        code = culture.code if culture else ""
        asked = tuple(
            Ask(
                item,
                framing,
                culture,
                shaped(item, ordered(item, s, way, ways), framing, wording, s, changed),
                sample,
                persona,
            )
            for item in put_in_order(items, f"{s.seed}/{sample}/{person}")
        )
        seed = f"{s.seed}/{sample}/{person}/{code}/{framing.wording}/{wording}/{way}"
        yield Interview(asked, s.kind, s.sampling, seed, s.thinking if s.reason else None)


def _interview_ways(s: AnswerSettings) -> int:
    """Return in how many ways an interview is held: with its scales forward, and reversed."""
    return {"forward": 1, "balanced": 2, "random": s.random_orders}[s.orders]
