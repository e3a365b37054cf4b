"""The language that a culture is spoken to in: its own where there are texts in it, else English.

`OWN` in place of a tag means each culture's own: the first of its languages, the most used one
first, that there are texts in.

    >>> from acculturate.culture import find_culture
    >>> own_language(find_culture("MEX"), {"en", "es"}.__contains__)
    'es'
    >>> in_languages([find_culture("BRA"), find_culture("THA")])
    'BRA (Portuguese) and THA (Thai)'
"""

from collections.abc import Callable, Iterable

from acculturate.culture.territory_table import Culture, language_name

OWN = "culture"
ENGLISH = "en"
HasTexts = Callable[[str], bool]
"""Whether there are texts in a language, by its tag."""


def own_language(culture: Culture, has_texts: HasTexts) -> str:
    """Return the first of a culture's languages that there are texts in, else English."""
    return next(filter(has_texts, culture.languages), ENGLISH)


def without_own(cultures: Iterable[Culture], has_texts: HasTexts) -> tuple[Culture, ...]:
    """Return the cultures that English stands in for although it is none of their languages.

    Nothing is said of a culture whose languages are not known.
    """
    return tuple(
        culture
        for culture in cultures
        if culture.languages
        and ENGLISH not in culture.languages
        and own_language(culture, has_texts) == ENGLISH
    )


def in_languages(cultures: Iterable[Culture]) -> str:
    """Return cultures with the most used language of each: `BRA (Portuguese) and THA (Thai)`."""
    return joined(f"{culture.code} ({language_name(culture.languages[0])})" for culture in cultures)


def joined(texts: Iterable[str]) -> str:
    """Return `a`, `a and b`, or `a, b and c`."""
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last
