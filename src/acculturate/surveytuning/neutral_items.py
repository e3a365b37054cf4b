"""The control `neutral`: questions about numbers in the place of a survey's items.

Each item keeps its id, its number of options, and the prompts, cultures and orders in which it is
trained. What is asked is another thing (which number is the largest, how much is 36 plus 27), and
so is what is taught: the item's world mean with its shares dealt out anew, the largest to the right
number, the others by lot. So the control learns the form of the task, and how unevenly peoples
answer, but nothing of any question or people.

    >>> from acculturate.survey import load_survey
    >>> [asked] = neutral_items(load_survey().select("Q57"), seed=0)
    >>> asked.item.wording("en")
    Wording(stem='How much is 49 plus 47?', texts=('29', '96'))
    >>> asked.dealt((0.8, 0.2))
    (0.2, 0.8)
"""

import functools
import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources

from acculturate.records import Item, Wording
from acculturate.surveytuning.people_targets import PeopleTargets

NUMBERS = range(11, 100)
"""What options are drawn from."""


@dataclass(frozen=True, slots=True)
class NeutralItem:
    """An item about numbers; `places` are its options, the right one first, the others by lot."""

    item: Item
    places: tuple[int, ...]

    def dealt(self, shares: Sequence[float]) -> tuple[float, ...]:
        """Return the same shares with the largest at the right option."""
        ranked = sorted(shares, reverse=True)
        others = random.Random(f"{self.item.id}/others").sample(ranked[1:], len(ranked) - 1)
        given = dict(zip(self.places, (ranked[0], *others), strict=True))
        return tuple(given[place] for place in range(len(ranked)))


def neutral_items(items: Sequence[Item], seed: int) -> tuple[NeutralItem, ...]:
    """Return a question about numbers for each item, with as many options as it has."""
    return tuple(_neutral(item, random.Random(f"{seed}/neutral/{item.id}")) for item in items)


def neutral_targets(targets: PeopleTargets, asked: Sequence[NeutralItem]) -> PeopleTargets:
    """Return targets in which every culture is taught the item's world mean, dealt out anew."""
    worlds = {
        one.item.id: one.dealt(targets.worlds[one.item.id])
        for one in asked
        if one.item.id in targets.worlds
    }
    shares = {(item, culture): worlds[item] for item, culture in targets.shares}
    return replace(targets, shares=shares, worlds=worlds)


def neutral_languages() -> tuple[str, ...]:
    """Return the languages in which there are questions about numbers."""
    return tuple(next(iter(_stems().values())))


def _neutral(item: Item, draw: random.Random) -> NeutralItem:
    kind = draw.choice(list(_stems()))
    numbers, operands = _numbers(kind, len(item.codes), draw)
    places = draw.sample(range(len(numbers)), len(numbers))
    shown = dict(zip(places, numbers, strict=True))
    texts = tuple(str(shown[place]) for place in range(len(numbers)))
    wordings = {
        language: tuple(Wording(stem.format(**operands), texts) for stem in stems)
        for language, stems in _stems()[kind].items()
    }
    return NeutralItem(replace(item, wordings=wordings), tuple(places))


def _numbers(kind: str, count: int, draw: random.Random) -> tuple[list[int], dict[str, int]]:
    """Return the numbers of the options, the right one first, and those that the question names."""
    if kind in ("largest", "smallest"):
        return sorted(draw.sample(NUMBERS, count), reverse=kind == "largest"), {}
    small, large = sorted(draw.sample(NUMBERS[: len(NUMBERS) // 2], 2))
    right = large + small if kind == "sum" else large - small
    wrong = draw.sample([number for number in NUMBERS if number != right], count - 1)
    return [right, *wrong], {"a": large, "b": small}


@functools.cache
def _stems() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return the wordings of each kind of question by language, as `neutral.toml` holds them."""
    source = resources.files(__package__) / "neutral.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
