"""A survey, or one of its items, in lines of text, as `acculturate survey show` prints them."""

import math
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from acculturate.errors import SurveyError
from acculturate.records import Item
from acculturate.records.language import chain, look_up
from acculturate.sheets.sheet import number
from acculturate.survey.model import Survey
from acculturate.survey.respondents import MISSING, Respondents

SHOWN = 8  # texts of a demographic
WIDTH = 60
ENGLISH = "en"
ALL = "all"
"""In place of a language: every one that there is."""


def summary(survey: Survey) -> tuple[str, ...]:
    """Return what a survey holds: items, cultures, people, demographics with their texts, terms."""
    return tuple(_lines(survey))


def listed(survey: Survey, language: str = ENGLISH) -> tuple[str, ...]:
    """Return a line for each item, with the question in a language.

    An item without a text in it is shown in English, or else in what it has, and says so. Raises
    `SurveyError` for a language in which no item has a text.
    """
    _check(survey, language)
    return tuple(
        f"{item.id:6} {_mark(item, language)}{stem(item, language)}"
        for item in survey.items.values()
    )


def item_lines(survey: Survey, key: str, language: str = ENGLISH) -> tuple[str, ...]:
    """Return an item: its wordings in a language, and what the people of each culture answered.

    Languages are chosen as in `listed`; `all` shows every wording, English first.
    """
    item = survey.item(key)
    if language != ALL:
        _check(survey, language)
    return tuple(_item_lines(survey, item, language))


def stem(item: Item, language: str = ENGLISH) -> str:
    """Return the question in a language, else in English, else in the first language that
    it has.
    """
    return item.wordings[_shown_in(item, language)][0].stem


def _check(survey: Survey, language: str) -> None:
    there = _in_order({tag for item in survey.items.values() for tag in item.wordings})
    if language != ENGLISH and _nearest(there, language) is None:
        raise SurveyError(
            f"The survey '{survey.name}' has no text in '{language}': it is written in "
            f"{', '.join(there)}."
        )


def _mark(item: Item, language: str) -> str:
    """Return the language that an item is shown in, where it is not the one that was asked for."""
    tag = _shown_in(item, language)
    return "" if _nearest([tag], language) else f"[{tag}] "


def _shown_in(item: Item, language: str) -> str:
    """Return the item's tag for a language, else for English, else its first."""
    tags = _in_order(item.wordings)
    return _nearest(tags, language) or _nearest(tags, ENGLISH) or tags[0]


def _nearest(tags: Sequence[str], language: str) -> str | None:
    """Return the tag that stands in for a language, or else one of a kind of it (`en-GB`
    for `en`).
    """
    narrower = f"{chain(language)[0]}-"
    return look_up({tag: tag for tag in tags}, language) or next(
        (tag for tag in tags if tag.startswith(narrower)), None
    )


def _in_order(tags: Collection[str]) -> list[str]:
    return sorted(tags, key=lambda tag: (chain(tag)[-1] != ENGLISH, tag))


def _item_lines(survey: Survey, item: Item, language: str) -> Iterator[str]:
    yield f"{item.id} ({item.topic}; {item.scale}, {item.kind})"
    tags = _in_order(item.wordings)
    taken = tags if language == ALL else [_shown_in(item, language)]
    for tag in taken:
        for wording in item.wordings[tag]:
            yield f"\n[{tag}] {wording.stem}"
            for code, text in zip(item.codes, wording.texts, strict=True):
                yield f"  {code} {text}".rstrip()
    if others := [tag for tag in tags if tag not in taken]:
        yield f"\nAlso in {', '.join(others)}: add --language TAG, or --language {ALL}."
    yield f"\nPeople by option ({', '.join(map(str, item.codes))}), of those who answered"
    for culture in survey.cultures:
        counts = survey.counts[culture].get(item.id)
        if counts:
            shown = " ".join(f"{count:,.0f}" for count in counts)
            share = survey.no_answer_share(culture, item.id)
            silent = "" if share is None else f"; {share:.1%} gave no answer"
            yield f"  {culture} {shown} of {sum(counts):,.0f}{silent}"


def _lines(survey: Survey) -> Iterator[str]:
    items = survey.items.values()
    yield f"{survey.name}: {survey.title}"
    languages = _in_order({tag for item in items for tag in item.wordings})
    yield (
        f"{len(survey.items)} items ({sum(item.ordinal for item in items)} ordinal), "
        f"in {', '.join(languages)}"
    )
    sizes = survey.sample_sizes
    cultures = (f"{code} {sizes[code]:,}" if code in sizes else code for code in survey.cultures)
    yield f"{len(survey.cultures)} cultures: {', '.join(cultures)}"
    people = survey.respondents
    if people is None:
        yield "counts only, no respondents"
        yield survey.weights
    else:
        weights = "weighted" if survey.weighted else "not weighted"
        yield f"{len(people):,} respondents, counts {weights}"
        yield from _traits(people)
    yield from _no_answer(survey)
    yield from survey.notice.splitlines()


def _no_answer(survey: Survey) -> Iterator[str]:
    """Yield how many people of each culture gave no answer, mean over items."""
    means = survey.no_answer_means(survey.cultures, survey.items.values())
    shown = [f"{culture} {mean:.1%}" for culture, mean in means.items()]
    if shown:
        note = f" ({survey.no_answer_note})" if survey.no_answer_note else ""
        yield f"People who gave no answer, mean over items{note}: {', '.join(shown)}"
    else:
        yield "People who gave no answer are not told from people who were not asked."


def _traits(people: Respondents) -> Iterator[str]:
    for name, trait in people.traits.items():
        used, times = np.unique(trait.index_N[trait.index_N != MISSING], return_counts=True)
        texts = [trait.texts[at][:WIDTH] for at in used.tolist()]
        yield f"  {name} (known of {times.sum():,}): {_shown(texts)}"


def _shown(texts: Sequence[str]) -> str:
    """Return a few texts, or the range of many numbers."""
    numbers = [number(text) for text in texts]
    if len(texts) > SHOWN and not any(map(math.isnan, numbers)):
        return f"{min(numbers):g} to {max(numbers):g}"
    more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more
