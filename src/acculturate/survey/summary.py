"""A survey, or one of its items, in lines of text, as `acculturate survey show` prints them."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from acculturate.records import Item
from acculturate.records.language import look_up
from acculturate.survey.model import Survey
from acculturate.survey.respondents import MISSING, Respondents, number

SHOWN = 8  # texts of a demographic
WIDTH = 60


def summary(survey: Survey) -> tuple[str, ...]:
    """What a survey holds: items, cultures, people, demographics with their texts, terms."""
    return tuple(_lines(survey))


def item_lines(survey: Survey, key: str) -> tuple[str, ...]:
    """An item: its wordings, English first, and what the people of each culture answered."""
    return tuple(_item_lines(survey, survey.item(key)))


def stem(item: Item) -> str:
    """The question in English, or in the first language that it has."""
    return (look_up(item.wordings, "en") or next(iter(item.wordings.values())))[0].stem


def _item_lines(survey: Survey, item: Item) -> Iterator[str]:
    yield f"{item.id} ({item.topic}; {item.scale}, {item.kind})"
    for language in sorted(item.wordings, key=lambda tag: (tag != "en", tag)):
        for wording in item.wordings[language]:
            yield f"\n[{language}] {wording.stem}"
            for code, text in zip(item.codes, wording.texts, strict=True):
                yield f"  {code} {text}".rstrip()
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
    tags = {language for item in items for language in item.wordings}
    languages = sorted(tags, key=lambda tag: (tag != "en", tag))
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
    """How many people of each culture gave no answer, mean over items."""
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
    """A few texts, or the range of many numbers."""
    numbers = [number(text) for text in texts]
    if len(texts) > SHOWN and not any(map(math.isnan, numbers)):
        return f"{min(numbers):g} to {max(numbers):g}"
    more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more
