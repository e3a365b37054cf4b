"""A survey in lines of text, as `acculturate survey show` prints it."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from acculturate.survey.model import Survey
from acculturate.survey.respondents import MISSING, Respondents, number

SHOWN = 8  # texts of a demographic
WIDTH = 60


def summary(survey: Survey) -> tuple[str, ...]:
    """What a survey holds: items, cultures, people, demographics with their texts, terms."""
    return tuple(_lines(survey))


def _lines(survey: Survey) -> Iterator[str]:
    items = survey.items.values()
    yield f"{survey.name}: {survey.title}"
    languages = dict.fromkeys(language for item in items for language in item.wordings)
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
    else:
        weights = "weighted" if survey.weighted else "not weighted"
        yield f"{len(people):,} respondents, counts {weights}"
        yield from _traits(people)
    yield from survey.notice.splitlines()


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
