"""Languages: in which one each culture is asked.

`languages` of `[answers]` or of an arm are tags, or "culture": each culture in its own language,
the one of its languages that all items asked have a wording in, English where there is none. An arm
is then asked language by language (`study.parts`), so that a model trained in English can stand
beside itself asked in German, Chinese and Spanish.

>>> from acculturate.culture import find_culture
>>> from acculturate.survey import load_survey
>>> mexico, family = find_culture("MEX"), load_survey().select("Q1")
>>> asked_in(("culture",), mexico, family), asked_in(("en",), mexico, family)
(('es',), ('en',))
"""

from collections.abc import Sequence

from acculturate.culture import Culture
from acculturate.records import Item
from acculturate.records.language import look_up

OWN = "culture"
ENGLISH = "en"


def asked_in(languages: Sequence[str], culture: Culture, items: Sequence[Item]) -> tuple[str, ...]:
    """The tags in which a culture is asked `items`, each once."""
    own = own_language(culture, items)
    return tuple(dict.fromkeys(own if each == OWN else each for each in languages))


def own_language(culture: Culture, items: Sequence[Item]) -> str:
    """The first of a culture's languages that every item can be asked in, else English."""
    spoken = (
        tag
        for tag in culture.languages
        if all(look_up(item.wordings, tag) is not None for item in items)
    )
    return next(spoken, ENGLISH)


def without_own(cultures: Sequence[Culture], items: Sequence[Item]) -> tuple[str, ...]:
    """Codes of cultures that would be asked in English although it is none of their languages."""
    return tuple(
        each.code
        for each in cultures
        if own_language(each, items) == ENGLISH and ENGLISH not in each.languages
    )
