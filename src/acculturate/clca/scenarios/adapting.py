"""Adapting: the teacher sets situations in a culture.

It is shown a situation with names of the culture already in it, as JSON, and writes the same form
back, in the language of the dialogues. What it writes has to be a whole scenario, in one language
and with one pair of names throughout, and not the situation as it was shown (`flaws`). After its
tries the situation is filled by rule where the settings allow it, and every such scenario says that
it is not adapted.

    stage = AdaptStage([find_culture("DEU")], settings)
    runner.run(stage)
    scenarios = stage.collect(runner.lookup).scenarios
"""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from acculturate.clca.clca_settings import ClcaSettings
from acculturate.clca.descriptors import describe
from acculturate.clca.json_replies import find_object
from acculturate.clca.others import whose_words
from acculturate.clca.scenarios.flaws import flaw_in
from acculturate.clca.scenarios.names import Kinship
from acculturate.clca.scenarios.scenario import (
    PARTS,
    SLOTS,
    Character,
    Scenario,
    Situation,
    fill,
    scenario_id,
)
from acculturate.clca.scenarios.situations import choose_situations, load_situations
from acculturate.clca.texts import text
from acculturate.clca.trying import Task, Tries
from acculturate.clca.unread import Unread
from acculturate.clca.words import spoken
from acculturate.culture import Culture
from acculturate.records import Generation, Message, Sampling
from acculturate.records.json_schema import TEXT, object_of, schema_text
from acculturate.records.language import chain
from acculturate.records.yields import Drop, Yield, ranked
from acculturate.runner import Lookup, Round

ADAPTED, TO_PLAY = "scenarios were adapted by the teacher", "scenarios are to be played"
LEFT_OUT = "left out, because what the teacher wrote could not be used"
PERSON = object_of(dict.fromkeys(("name", *PARTS), TEXT))
FORM = schema_text(object_of({"setting": TEXT, **dict.fromkeys(SLOTS, PERSON)}))
"""Of a scenario, as `as_json` writes it."""


@dataclass(frozen=True, slots=True)
class Scenarios:
    """Scenarios in the order of cultures and situations, and what was lost on the way."""

    scenarios: tuple[Scenario, ...]
    drops: tuple[Drop, ...]
    yields: tuple[Yield, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One scenario to be made: the situation filled by rule, and where it is to be set."""

    culture: Culture
    language: str
    situation: Situation
    filled: Scenario


class AdaptStage:
    """Sets situations in each of `cultures`. Raises `ConfigError` for scenario files at fault."""

    def __init__(
        self,
        cultures: Sequence[Culture],
        settings: ClcaSettings,
        situations: Mapping[str, Situation] | None = None,
        role: str = "teacher",
        name: str = "scenarios",
    ) -> None:
        self.name, self.roles = name, (role,)
        self._settings = settings
        own = settings.scenarios
        self._words = whose_words(settings, [culture.code for culture in cultures])
        have = load_situations(own.folders, own.domains) if situations is None else situations
        self._wanted = {
            wanted.filled.id: wanted for culture in cultures for wanted in self._of(culture, have)
        }
        tasks = [self._task(wanted) for wanted in self._wanted.values() if self._to_adapt(wanted)]
        self._asked = len(tasks)
        self._tries: Tries[Scenario] = Tries(
            tasks, self._read, Sampling.of(own, settings.seed), own.tries, role
        )

    @property
    def total(self) -> int:
        """How many scenarios there will be."""
        return len(self._wanted)

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Ask for all situations, then again for those that could not be read."""
        return self._tries.rounds(done)

    def collect(self, done: Lookup) -> Scenarios:
        """Read the replies; what has no readable one is filled by rule, if that is allowed."""
        tried = self._tries.collect(done)
        scenarios = []
        for key, wanted in self._wanted.items():
            if key in tried.values:
                scenarios.append(tried.values[key])
            elif not self._to_adapt(wanted) or self._settings.scenarios.fallback:
                scenarios.append(wanted.filled)
        plain = [scenario for scenario in scenarios if not scenario.adapted]
        note = f"{len(plain)} with names put in by rule only" if plain else ""
        if english := sum(
            chain(scenario.language)[-1] != chain(self._wanted[scenario.id].language)[-1]
            for scenario in plain
        ):
            note += f", {english} of them in English for want of another wording"
        left_out = ranked({LEFT_OUT: len(self._wanted) - len(scenarios)})
        adapted = Yield(ADAPTED, len(tried.values), self._asked, lost=ranked(tried.lost))
        to_play = Yield(TO_PLAY, len(scenarios), len(self._wanted), note, lost=left_out)
        steps = (adapted, to_play) if self._asked else (to_play,)
        return Scenarios(tuple(scenarios), tuple(tried.drops), steps)

    def _of(self, culture: Culture, situations: Mapping[str, Situation]) -> Iterator[_Wanted]:
        own, seed = self._settings.scenarios, self._settings.seed
        language = spoken(culture, self._settings.language)
        chosen = choose_situations(situations, culture.code, own.count, seed)
        for situation, variant in itertools.product(chosen, range(own.variants)):
            if situation.culture and variant:
                continue  # a finished scenario has no versions
            yield _Wanted(
                culture, language, situation, fill(situation, culture, language, variant, seed)
            )

    def _to_adapt(self, wanted: _Wanted) -> bool:
        return self._settings.scenarios.adapt == "teacher" and not wanted.situation.culture

    def _task(self, wanted: _Wanted) -> Task:
        form = FORM if self._settings.scenarios.bound else ""
        messages = self._messages(wanted, as_json(wanted.filled))
        return Task(wanted.filled.id, messages, schema=form)

    def _messages(self, wanted: _Wanted, shown: str) -> tuple[Message, ...]:
        language = wanted.language
        name = wanted.culture.named(language)
        described = describe(wanted.culture, language, self._words[wanted.culture.code])
        system = text("adapter", language).fill(culture=name)
        user = text("adapt", language).fill(
            culture=name,
            situation=shown,
            tension=wanted.filled.tension,
            descriptors=described.text,
            variant=wanted.filled.variant,
        )
        return Message("system", system), Message("user", user)

    def _read(self, key: str, reply: Generation) -> Scenario | Unread:
        wanted = self._wanted[key]
        told = "\n".join(message.text for message in self._messages(wanted, ""))
        scenario = read_scenario(
            reply.text, wanted.filled, wanted.language, told, wanted.situation.kinship
        )
        if isinstance(scenario, Unread) and reply.stop == "length":
            return Unread("cut off")
        return scenario


def as_json(scenario: Scenario) -> str:
    """Return a scenario as the teacher is shown it and asked to write it."""
    people = {
        slot: {"name": who.name} | {part: getattr(who, part) for part in PARTS}
        for slot, who in zip(SLOTS, scenario.pair, strict=True)
    }
    return json.dumps({"setting": scenario.setting, **people}, ensure_ascii=False, indent=1)


def read_scenario(
    text: str, base: Scenario, language: str, told: str = "", kinship: Kinship = ""
) -> Scenario | Unread:
    """Return the adapted scenario in a reply, with the tension that it was made from.

    `told` are the words of the prompt around the situation; `kinship` is what the two are in it.
    """
    tree = find_object(text)
    if tree is None:
        return Unread("no object")
    by_key = {str(key).casefold(): value for key, value in tree.items()}
    if isinstance(by_key.get("scenario"), dict):
        by_key = by_key["scenario"]
    setting = _line(by_key.get("setting"))
    people = [_character(by_key.get(slot)) for slot in SLOTS]
    first, second = people
    if not setting or first is None or second is None:
        return Unread("fields missing")
    scenario = replace(
        base,
        id=scenario_id(base.situation, base.culture, language, base.variant),
        setting=setting,
        first=first,
        second=second,
        language=language,
        adapted=True,
    )
    flaw = flaw_in(scenario, base, language, told, kinship)
    return Unread(flaw) if flaw else scenario


def _character(tree: Any) -> Character | None:
    if not isinstance(tree, dict):
        return None
    by_key = {str(key).casefold(): _line(value) for key, value in tree.items()}
    values = {part: by_key.get(part, "") for part in ("name", *PARTS)}
    return Character(**values) if all(values.values()) else None


def _line(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
