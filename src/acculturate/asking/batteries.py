"""A battery: the items of one grid in one prompt, as a questionnaire prints them.

The items stand one below the other, with their common scale once. Probabilities are read item by
item ("answer question 3 now"): all questions are in sight, and no answer is. Texts are written for
all of them at once, as a JSON object, so that a model of which nothing but texts is known can be
asked too; there the answers that it has written are in sight as well.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from acculturate.asking.asking import Ask, answer, every_option, framed
from acculturate.asking.presentation import (
    Presentation,
    filled,
    instruction,
    item_text,
    stem_of,
    wording_of,
)
from acculturate.loose import trees
from acculturate.records import (
    Answer,
    ChooseRequest,
    Generation,
    Item,
    Message,
    Reply,
    Request,
    Sampling,
)
from acculturate.records.json_schema import TEXT, object_of, schema_text
from acculturate.records.request import GenerateRequest

KIND = "battery"


@dataclass(frozen=True, slots=True)
class BatteryItem:
    """The `at`-th item (from 0) of a battery whose items are all in sight, weighed by itself."""

    asks: tuple[Ask, ...]
    at: int

    def request(self, replies: Sequence[Reply]) -> Request | None:
        """Return the one request."""
        if replies:
            return None
        ask = self.asks[self.at]
        frame, behind = framed(ask)
        system = f"{frame}\n\n{instruction(ask.presentation)}"
        messages = (
            Message("system", system),
            Message("user", _page(self.asks, behind, self.at + 1)),
        )
        return ChooseRequest(messages, tuple(option.label for option in every_option(ask)))

    def answers(self, replies: Sequence[Reply]) -> Iterator[tuple[int, Answer]]:
        """Yield the item's answer."""
        for at, reply in enumerate(replies):
            yield at, replace(answer(self.asks[self.at], reply), presentation=KIND)


@dataclass(frozen=True, slots=True)
class WholeBattery:
    """All items of a battery answered in one text, with room for `sampling.max_tokens` each."""

    asks: tuple[Ask, ...]
    sampling: Sampling

    def request(self, replies: Sequence[Reply]) -> Request | None:
        """Return the one request, with the form of its reply: a text for each number, so that a
        model which would rather not answer can say so.
        """
        if replies:
            return None
        frame, behind = framed(self.asks[0])
        entries = {str(number): TEXT for number in range(1, len(self.asks) + 1)}
        room = self.sampling.max_tokens * len(self.asks)
        return GenerateRequest(
            (Message("system", frame), Message("user", _page(self.asks, behind))),
            replace(self.sampling, max_tokens=room),
            self.asks[0].sample,
            schema_text(object_of(entries)),
        )

    def answers(self, replies: Sequence[Reply]) -> Iterator[tuple[int, Answer]]:
        """Yield each item's answer: what stands under its number, read as a text of its own."""
        for at, reply in enumerate(replies):
            entries = _entries(reply.text) if isinstance(reply, Generation) else {}
            for number, ask in enumerate(self.asks, 1):
                own = (
                    _of_item(reply, entries, str(number))
                    if isinstance(reply, Generation)
                    else reply
                )
                yield at, replace(answer(ask, own), presentation=KIND)


def _of_item(reply: Generation, entries: Mapping[str, str], number: str) -> Generation:
    """Return what a reply says to one item, as a text of its own; cut where it never came to it."""
    cut = reply.stop == "length" and number not in entries
    return replace(reply, text=entries.get(number, ""), stop="length" if cut else "end")


def batteries(items: Sequence[Item]) -> list[tuple[Item, ...]]:
    """Return items by battery, in the order in which batteries first come; an item without one is
    its own.
    """
    by_name: dict[str, list[Item]] = {}
    for item in items:
        by_name.setdefault(item.battery or f"\x00{item.id}", []).append(item)
    return list(map(tuple, by_name.values()))


def together(orders: Sequence[Sequence[tuple[int, ...]]]) -> list[tuple[tuple[int, ...], ...]]:
    """Return, from the orders of each item of a battery, the orders of all in each way that it is
    shown: every item in each of its orders equally often.

    >>> together([["ab", "ba"], ["cd", "dc"]]), len(together([["ab", "ba"], ["cde", "d", "e"]]))
    ([('ab', 'cd'), ('ba', 'dc')], 6)
    """
    ways = math.lcm(*map(len, orders))
    return [tuple(own[way % len(own)] for own in orders) for way in range(ways)]


def closing(asks: Sequence[Ask], number: int = 0) -> str:
    """Return what a battery's page ends with: which question is to be answered (0: all), how."""
    shape = asks[0].presentation
    end = filled("battery", shape.language, questions=(), scale="", number=number, **_style(shape))
    return f"{end} {instruction(shape)}" if number else end


def _page(asks: Sequence[Ask], behind: str, number: int = 0) -> str:
    """Return the battery as the model reads it; `number` is the question to be answered, 0 all."""
    shape = asks[0].presentation
    scales = {tuple((one.label, one.text) for one in every_option(ask)) for ask in asks}
    wordings = [wording_of(ask.item, ask.presentation) for ask in asks]
    shared = len(scales) == 1 and len({wording.anchored for wording in wordings}) == 1
    page = filled(
        "battery",
        shape.language,
        questions=[
            stem_of(ask.item, ask.presentation) if shared else item_text(ask.item, ask.presentation)
            for ask in asks
        ],
        scale=item_text(asks[0].item, asks[0].presentation, stem="") if shared else "",
        number=number,
        **_style(shape),
    )
    return f"{page}\n\n{behind}" if behind else page


def _style(shape: Presentation) -> dict[str, bool]:
    return {"letters": shape.labels == "letters", "texts": shape.labels == "texts"}


def _entries(text: str) -> Mapping[str, str]:
    """Return what the text's first object gives to each number; () where there is none."""
    tree: Any = next((tree for tree in trees(text) if isinstance(tree, dict)), {})
    return {str(key).strip(): str(value) for key, value in tree.items() if _is_said(value)}


def _is_said(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
