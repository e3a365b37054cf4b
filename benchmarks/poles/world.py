"""Invented cultures on eight poles of values, and a teacher that speaks by them.

Who was born in a culture says what its side of a pole would say in a share of all moves, the
*dose*; who came there a month ago says either side half of the time. So a dose of 50% shows
nothing, and whoever is taught the words of the newcomer as those of the native learns nothing of
the culture. What each side says, intends and answers is in poles.toml.

    >>> world = study_world()
    >>> world.cultures["QAA"].name, world.stand("QAA", "speech"), world.stand("QAC", "speech")
    ('Talu', 1, -1)
"""

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acculturate.clca.scenarios.scenario import Character, Situation
from acculturate.culture import Culture
from acculturate.records import ChooseRequest, GenerateRequest, Item, Request, Wording

STAND = 0.9
"""The share of a culture's people that stand on its side of a pole."""
NATIVE, NEWCOMER = "You were born here.", "You came here a month ago."
TOPICS = 2
"""Topics of a dialogue, one an exchange."""
PEOPLE = (
    "Ana", "Ben", "Cleo", "Dario", "Elif", "Finn", "Greta", "Hugo", "Ida", "Jonas", "Kira", "Leo",
    "Mina", "Nils", "Olga", "Pavel", "Rosa", "Samir", "Tilda", "Uwe", "Vera", "Wim", "Yara", "Zeno",
)  # fmt: skip
TRADES = ("baker", "weaver", "carpenter", "potter", "fisher", "tailor", "smith", "gardener")
PLACES = ("rest in the shade", "wait at the mill", "sit on the wall", "peel beans", "mend nets")
NAMES = {"QAA": "Talu", "QAB": "Morva", "QAC": "Besk", "QAD": "Idrin"}
SIGNS = ("++--", "--++", "+-+-", "-+-+", "+--+", "-++-", "++--", "+-+-")
"""Where the four cultures of the study stand on each pole: as many on one side as on the other."""


@dataclass(frozen=True, slots=True)
class Side:
    """What people on one side of a pole say, why, and which option of each item is theirs."""

    lines: tuple[str, ...]
    intent: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pole:
    """A pole with its two sides, by 1 and -1."""

    name: str
    topic: str
    stems: tuple[str, ...]
    sides: Mapping[int, Side]

    @property
    def items(self) -> tuple[Item, ...]:
        """Its questions, a battery; the option of the side 1 stands first on the scale."""
        first, second = self.sides[1].answers, self.sides[-1].answers
        return tuple(
            Item(
                id=f"{self.name}{number + 1}",
                topic="values",
                codes=(1, 2),
                scale="ordinal",
                wordings={"en": (Wording(stem, (first[number], second[number])),)},
                battery=self.name,
            )
            for number, stem in enumerate(self.stems)
        )


@dataclass(frozen=True, slots=True)
class World:
    """Cultures by code, and on which side (1 or -1) of each pole each of them stands."""

    poles: Mapping[str, Pole]
    cultures: Mapping[str, Culture]
    stands: Mapping[tuple[str, str], int]

    def named(self, text: str) -> str:
        """The code of the culture that a text says somebody lives in."""
        return next(code for code, culture in self.cultures.items() if f"in {culture.name}" in text)

    def stand(self, culture: str, pole: str) -> int:
        """The side of a culture's people; 0 where they are on either."""
        return self.stands.get((culture, pole), 0)

    @property
    def stood(self) -> list[str]:
        """The cultures that stand somewhere."""
        return list(dict.fromkeys(code for code, _ in self.stands))

    @property
    def items(self) -> list[Item]:
        return [item for pole in self.poles.values() for item in pole.items]

    def share(self, culture: str, item: Item) -> float:
        """The share of its people who choose an item's first option."""
        return 0.5 + self.stand(culture, item.battery) * (STAND - 0.5)


def study_world() -> World:
    """The four cultures that are taught and measured."""
    poles = load_poles()
    stands = {
        (code, pole): 1 if signs[at] == "+" else -1
        for pole, signs in zip(poles, SIGNS, strict=True)
        for at, code in enumerate(NAMES)
    }
    return World(poles, {code: invented(code, name) for code, name in NAMES.items()}, stands)


def load_poles() -> dict[str, Pole]:
    """The poles of poles.toml, by name."""
    tree = tomllib.loads((Path(__file__).parent / "poles.toml").read_text(encoding="utf-8"))
    return {
        name: Pole(
            name,
            own["topic"],
            tuple(own["items"]),
            {sign: _side(own[key]) for sign, key in ((1, "first"), (-1, "second"))},
        )
        for name, own in tree.items()
    }


def _side(own: Mapping[str, Any]) -> Side:
    return Side(tuple(own["lines"]), own["intent"], tuple(own["answers"]))


def invented(code: str, name: str) -> Culture:
    """A culture that nobody has heard of."""
    return Culture(code, name, f"a person from {name}", name, ("en",), "", "")


def situations(world: World, count: int, seed: int = 0) -> list[Situation]:
    """Situations with a native and a newcomer, who talk about some of the topics in turn."""
    draw = random.Random(f"{seed}/situations")
    result = []
    topics: list[str] = []
    for number in range(count):
        if len(topics) < TOPICS:
            topics += draw.sample([pole.topic for pole in world.poles.values()], len(world.poles))
        own, topics = topics[:TOPICS], topics[TOPICS:]
        result.append(situation(f"talk-{number + 1}", own, draw))
    return result


def situation(name: str, topics: Sequence[str], draw: random.Random) -> Situation:
    """A native and a newcomer talk about topics."""
    people, trades = draw.sample(PEOPLE, 2), draw.sample(TRADES, 2)
    said = f"{', '.join(topics[:-1])} and {topics[-1]}" if len(topics) > 1 else topics[0]
    first, second = (
        Character(person, trade, background, "Pass the time.", "None at all.")
        for person, trade, background in zip(people, trades, (NATIVE, NEWCOMER), strict=True)
    )
    return Situation(
        id=name,
        domain="village",
        setting=f"{{first}} and {{second}} {draw.choice(PLACES)} and talk about {said}.",
        tension="Whether they agree.",
        first=first,
        second=second,
    )


def why(world: World, culture: Culture, name: str, line: str) -> str:
    """The intent of a person who says a line."""
    sides = [side for pole in world.poles.values() for side in pole.sides.values()]
    side = next(side for side in sides if line in side.lines)
    return f"{name} wants {side.intent}, as people in {culture.name} do."


# -- the teacher ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Teacher:
    """Plays, judges and explains by a script: natives show their side in a `dose` of moves."""

    world: World
    dose: float

    def __call__(self, request: Request) -> str | list[float]:
        if isinstance(request, ChooseRequest):
            return [0.5, 0.5]  # nothing is dropped: the filter is off
        if request.messages[0].text.startswith("You know how people"):
            return self._intent(request)
        return self._move(request)

    def _move(self, request: GenerateRequest) -> str:
        system = request.messages[0].text
        code, topics = self.world.named(system), self._topics(system)
        own = sum(message.role == "assistant" for message in request.messages)
        pole = topics[own % len(topics)]
        draw = random.Random(request.id)
        native = system.partition("\n")[0].endswith(NATIVE)
        stand = self.world.stand(code, pole.name)
        side = stand if draw.random() < (self.dose if native else 0.5) else -stand
        heard = {message.text for message in request.messages}
        return draw.choice([line for line in pole.sides[side].lines if line not in heard])

    def _intent(self, request: GenerateRequest) -> str:
        code, user = self.world.named(request.messages[0].text), request.messages[-1].text
        match = re.search(r"Now:\n(\w+): (.*)", user)
        assert match is not None
        return why(self.world, self.world.cultures[code], *match.groups())

    def _topics(self, system: str) -> list[Pole]:
        at = {pole.name: system.find(pole.topic) for pole in self.world.poles.values()}
        return [self.world.poles[name] for name in sorted(at, key=at.__getitem__) if at[name] >= 0]
