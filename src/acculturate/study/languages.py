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

from collections.abc import Iterator, Mapping, Sequence

from acculturate.culture import Culture, language_name
from acculturate.culture.spoken import (
    OWN,
    HasTexts,
    in_languages,
    joined,
    own_language,
    without_own,
)
from acculturate.records import Item
from acculturate.records.language import look_up
from acculturate.study.schema import Study
from acculturate.survey import Survey


def asked_in(languages: Sequence[str], culture: Culture, items: Sequence[Item]) -> tuple[str, ...]:
    """Return the tags in which a culture is asked `items`, each once."""
    own = own_language(culture, worded(items))
    return tuple(dict.fromkeys(own if language == OWN else language for language in languages))


def worded(items: Sequence[Item]) -> HasTexts:
    """Return the test whether every item has a wording in a language."""
    return lambda tag: all(look_up(item.wordings, tag) is not None for item in items)


def in_words(languages: Mapping[str, Sequence[str]]) -> str:
    """Return the tags in which each culture (by code) is asked or trained, language by language:
    `German (DEU) and English (GBR, BRA)`; without the codes where it is one language for all.
    """
    codes: dict[str, list[str]] = {}
    for code, tags in languages.items():
        for tag in tags:
            codes.setdefault(language_name(tag), []).append(code)
    if all(len(tags) == len(languages) for tags in codes.values()):
        return " and ".join(codes)
    return joined(f"{name} ({', '.join(tags)})" for name, tags in codes.items())


def asked_in_english(study: Study, survey: Survey) -> Iterator[str]:
    """Yield a sentence on the cultures for whose own language English stands in, where there are
    some.
    """
    own = any(OWN in study.settings(arm).languages for arm in study.arm)
    measured = [survey.culture(code) for code in study.cultures.measure]
    items = worded(survey.select(study.survey.items))
    if own and (lacking := without_own(measured, items)):
        yield (
            f"There are no wordings of these questions in the language of {in_languages(lacking)}: "
            "asked in English there."
        )
