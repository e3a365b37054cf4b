"""Rules: what can be told of a text without a model, before any model is asked.

They cost nothing and look for what small teachers do most: nothing, the same again, another
language, the language model itself or the prompt instead of the character, and people who are not
in the scenario. A rule that fires gives its reason in a few words, "" otherwise.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from acculturate.clca.loops import length, loops
from acculturate.clca.play.character import breaks_character as breaks_character
from acculturate.clca.play.dialogue import Dialogue
from acculturate.clca.play.repeats import goes_round
from acculturate.clca.play.views import READS_OUT, View
from acculturate.clca.scenarios.scenario import Scenario
from acculturate.clca.tongue import wrong_language as wrong_language
from acculturate.clca.words import Words
from acculturate.culture import find_culture, place
from acculturate.errors import SurveyError
from acculturate.records.language import look_up


def fault_of(dialogue: Dialogue, least: int = 1) -> str:
    """Return the first rule that a dialogue breaks, or ``""``; `least` is its least number of
    exchanges.
    """
    utterances = dialogue.spoken
    speaking = [
        utterance for utterance in dialogue.utterances if utterance.kind in ("speak", "leave")
    ]
    speakers = {move.speaker for move in speaking if move.text}
    if len(speakers) < 2:
        return "with words of one person only" if speakers else "without a word"
    if len(dialogue.utterances) < 2 * least and dialogue.end != "left":
        return "too short"
    if any(loops(text) for text in utterances) or goes_round(dialogue):
        return "repetitive"
    if any(wrong_language(text, dialogue.language) for text in (*utterances, " ".join(utterances))):
        return "wrong language"
    if any(breaks_character(text, dialogue.language) for text in utterances):
        return "breaks character"
    if reads_out(dialogue):
        return READS_OUT
    if any(stranger(text, dialogue.scenario, dialogue.language) for text in utterances):
        return "names not in the scenario"
    return ""


def reads_out(dialogue: Dialogue) -> bool:
    """Return whether a move of either character reads out what that one was told."""
    scenario, language = dialogue.scenario, dialogue.language
    try:
        culture = find_culture(scenario.culture).named(language)
    except SurveyError:  # a group of a survey of the user's own
        culture = place(scenario.culture, scenario.culture, language)
    views = [View.of(scenario, side, culture, language, dialogue.descriptors) for side in (0, 1)]
    return any(
        utterance.text
        and views[utterance.speaker].read_out(
            utterance.text,
            [
                other.text
                for other in dialogue.utterances[:at]
                if other.speaker != utterance.speaker
            ],
        )
        for at, utterance in enumerate(dialogue.utterances)
    )


def stranger(text: str, scenario: Scenario, language: str) -> str:
    """Return a name that is addressed and stands nowhere in the scenario, or ``""``."""
    known = scenario.text.casefold()
    never = {name.casefold() for name in look_up(_table()["no_names"], language) or ()}
    for name in _addressed(text, language):
        folded = name.casefold()
        # a title may swallow what stands before a surname of one sign: any part will do
        parts = {folded, folded[-1]} if not name.isascii() and len(name) < 5 else {folded}
        if folded not in never and not any(part in known for part in parts):
            return name
    return ""


def _addressed(text: str, language: str) -> Iterator[str]:
    for pattern in look_up(_table()["addressed"], language) or ():
        yield from (match[1] for match in re.finditer(pattern, text, re.M))


def length_in(text: str, words: Words) -> int:
    """Return words, or signs by twos where the language is written without spaces."""
    return len(text.split()) if words.script == "latin" else length(text)


@functools.cache
def _table() -> Mapping[str, Any]:
    source = resources.files(__package__) / "rules.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
