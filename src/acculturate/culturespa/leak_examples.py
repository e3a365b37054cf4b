"""Examples of questions that ask a survey item again in other words, and of ones that do not.

What makes a question a leak is told by examples: `examples.tsv` holds, for the built-in survey,
questions that ask an item again (in near words, in free ones, in a scene), and questions that are
about the same matter and ask something else. All were written for this project.

    >>> examples = load_examples()
    >>> next(one.text for one in examples if one.asks == "again" and one.item == "Q165")
    'Is it part of your beliefs that God exists?'
"""

import csv
import functools
from importlib import resources
from typing import Literal, NamedTuple, cast

from acculturate.survey import load_survey

Asks = Literal["again", "anew"]


class Example(NamedTuple):
    """A question, and whether it asks the item again or something else that is near to it.

    `item` is "" where a question is near to none.
    """

    asks: Asks
    item: str
    text: str


@functools.cache
def load_examples() -> tuple[Example, ...]:
    """Return all examples, and the wordings of the built-in survey as examples of its items."""
    items = load_survey().items.values()
    worded = (
        Example("again", item.id, wording.stem) for item in items for wording in item.wordings["en"]
    )
    text = resources.files(__package__).joinpath("examples.tsv").read_text(encoding="utf-8")
    written = (
        Example(cast("Asks", row["asks"]), row["item"], row["question"])
        for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    )
    return (*worded, *written)


@functools.cache
def builtin_stems() -> dict[str, frozenset[str]]:
    """Return what the built-in survey asks, by item."""
    return {
        item.id: frozenset(wording.stem for wording in item.wordings["en"])
        for item in load_survey().items.values()
    }
