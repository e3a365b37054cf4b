"""From a draft to an item: options without their numbers, a scale, an id; or why not.

>>> from acculturate.culturespa.question_reader import Draft
>>> item = draft_item(Draft("Do you vote?", ("1. Yes", "2. No", "9. Don't know")), "Politics")
>>> item.wording().texts
('Yes', 'No')
>>> draft_item(Draft("Do you vote?", ("Yes",)), "Politics")
'too few options'
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from acculturate.culturespa.faults import (
    AS_WRITTEN,
    BARE_NUMBER,
    NO_SCALE,
    OF_LIST,
    OPTION_LENGTH,
    fault,
    question_fault,
    unfit,
    written_fault,
)
from acculturate.culturespa.question_reader import Draft
from acculturate.files import text_digest
from acculturate.ordering import ALIKE, Scale, Unordered, find_scale, level_ends
from acculturate.records import Item, Wording
from acculturate.records.item import Scale as Level
from acculturate.scales import in_order, no_answer, other, plain_answer
from acculturate.similarity import normalise

MOST_POINTS = 11
"""Points of an end-anchored scale: 0 to 10."""

# a number before an option, not the first one of a range, a decimal or a time of day: "0-2 hours"
NUMBERED = re.compile(
    r"\(?(\d{1,2})\)?(?![-.:–—]\d)(?!\s*[-–—]\s*\d)\s*(?:[-=:.)–—]\s*)+(\S.*)"
    r"|\(?(\d{1,2})\)?\s+\((.+)\)"
)
LETTERED = re.compile(r"\(?[A-Za-z][.)]\s+(\S.*)")


Known = Mapping[str, Sequence[tuple[str, ...]]]
"""Ordinal scales of the survey, levelled, by one of their options."""


def known_scales(items: Iterable[Item]) -> Known:
    """Return the ordinal scales of a survey's items: a question that borrows one is ordinal too."""
    known: dict[str, list[tuple[str, ...]]] = {}
    for item in items:
        for wording in item.wordings.get("en", ()) if item.ordinal else ():
            scale = tuple(map(normalise, wording.texts))
            for text in scale:
                if text and scale not in known.setdefault(text, []):
                    known[text].append(scale)
    return known


def draft_item(
    draft: Draft, topic: str, known: Known = MappingProxyType({}), level: Level | None = None
) -> Item | str:
    """Return the item that a draft makes, or the reason why it makes none.

    It is ordinal where its options are end-anchored, points of one scale (see ordering.py), or
    points of one of the `known` scales; they then stand in that scale's order or the reverse. Where
    a `level` is given it is of that level, its options in the order given.
    """
    reason = question_fault(draft.question) or written_fault(draft.options, AS_WRITTEN)
    if reason:
        return reason
    scale = None if level == "nominal" else _anchored(draft.options)
    if scale is not None:
        codes, texts = scale
        ends = (texts[0], texts[-1])
        reason = unfit(draft.question, ends) or _ends_fault(ends)
        return reason or _item(draft.question, codes, texts, topic, ordinal=True)
    options, written = _answers(draft.options)
    reason = fault(draft.question, options) or written_fault(written, OF_LIST)
    if reason:
        return reason
    codes = tuple(range(1, len(options) + 1))
    if level:
        return _item(draft.question, codes, tuple(options), topic, ordinal=level == "ordinal")
    order = _borrowed(options, known) or find_scale(options)
    if isinstance(order, Unordered):
        return order.reason
    texts = tuple(options[at] for at in order.order) if order else tuple(options)
    return _item(draft.question, codes, texts, topic, ordinal=order is not None)


def verbatim_item(
    draft: Draft, topic: str, known: Known = MappingProxyType({}), level: Level | None = None
) -> Item:
    """Return the item that a draft makes as it stands, whatever its length and its options.

    Rising numbers are a scale that the question explains: it is shown in that order alone, and
    where they begin at 0 and leave none out, each is its own label. Else as in `draft_item`; a
    `level` is what it is said to be.
    """
    options = tuple(option or " " for option in draft.options)  # "" would be a point without a name
    numbers = [int(option) for option in options if re.fullmatch(r"\d{1,9}", option)]
    rising = len(numbers) == len(options) and numbers == sorted(set(numbers))
    if len(options) > 1 and rising and level != "nominal":
        codes, texts = tuple(range(1, len(options) + 1)), options
        if numbers == list(range(len(options))):
            codes, texts = tuple(numbers), (options[0], *("" for _ in options[2:]), options[-1])
        made = _item(draft.question, codes, texts, topic, ordinal=True)
        return replace(made, reversible=False)
    ordered = level == "ordinal" if level else in_order(options) or _in_place(options, known)
    codes = tuple(range(1, len(options) + 1))
    return _item(draft.question, codes, options, topic, ordinal=len(options) > 1 and ordered)


def as_draft(item: Item, wording: Wording) -> Draft:
    """Return an item as a model is shown it and asked to write it; of an end-anchored scale the two
    ends with their numbers.
    """
    options = wording.texts
    if wording.anchored:
        ends = (0, -1)
        options = tuple(f"{item.codes[end]} = {wording.texts[end]}" for end in ends)
    return Draft(wording.stem, options)


def _borrowed(options: Sequence[str], known: Known) -> Scale | None:
    """Return the order of options that are points of one of the survey's scales."""
    levelled = [normalise(option) for option in options]
    for scale in known.get(levelled[0], ()):
        if set(levelled) <= set(scale):
            given = range(len(options))
            order = tuple(sorted(given, key=lambda at: scale.index(levelled[at])))
            falling = order[::-1] == tuple(given)
            return Scale(tuple(given) if falling else order)
    return None


def _in_place(options: Sequence[str], known: Known) -> bool:
    scale = _borrowed(options, known)
    return scale is not None and scale.order == tuple(range(len(options)))


def _item(
    question: str, codes: tuple[int, ...], texts: tuple[str, ...], topic: str, *, ordinal: bool
) -> Item:
    digest = text_digest("\x00".join([topic, question, *texts]), 8)
    slug = normalise(topic).replace(" ", "-")
    key = f"gen-{slug}-{digest}"
    wordings = {"en": (Wording(question, texts),)}
    return Item(key, topic, codes, "ordinal" if ordinal else "nominal", wordings, battery=key)


def _answers(options: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the options that answer, without numbers before them, and the same as written."""
    pairs = [
        (text, written)
        for text, written in zip(_unnumbered(options), options, strict=True)
        if not (no_answer(text) or other(text))
    ]
    return [text for text, _ in pairs], [written for _, written in pairs]


def _unnumbered(options: Sequence[str]) -> list[str]:
    """Return the options without numbers or letters before them, where every option has one."""
    numbered = [NUMBERED.fullmatch(option) for option in options]
    if all(numbered):
        return [_numbered(match)[1] for match in numbered if match]
    lettered = [LETTERED.fullmatch(option) for option in options]
    if all(lettered):
        return [match[1].strip() for match in lettered if match]
    return [option.strip() for option in options]


def _anchored(options: Sequence[str]) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
    """Return codes and texts of a scale whose ends alone are named.

    "1 = Never", "10 = Always", with the bare numbers between them or without. Two numbered options
    that follow each other (1, 2) are a list, not a scale.
    """
    ends = [NUMBERED.fullmatch(option) for option in (*options[:1], *options[-1:])]
    if len(options) < 2 or not all(ends):
        return None
    (low, low_text), (high, high_text) = (_numbered(match) for match in ends if match)
    between = [BARE_NUMBER.fullmatch(option) for option in options[1:-1]]
    named = low_text and high_text and normalise(low_text) != normalise(high_text)
    if low not in (0, 1) or not 2 < high - low + 1 <= MOST_POINTS or not named:
        return None
    inner = [int(match[1]) for match in between if match]
    if inner not in ([], list(range(low + 1, high))) or len(inner) != len(between):
        return None
    if max(len(low_text), len(high_text)) > OPTION_LENGTH:
        return None
    codes = tuple(range(low, high + 1))
    return codes, (low_text, *("" for _ in codes[2:]), high_text)


def _ends_fault(ends: tuple[str, str]) -> str:
    """Return what is wrong with the named ends of a scale; empty for nothing. Between yes and no
    there are no degrees.
    """
    if all(map(plain_answer, ends)):
        return NO_SCALE
    return ALIKE if level_ends(ends) else ""


def _numbered(match: re.Match[str]) -> tuple[int, str]:
    number, text = (match[1], match[2]) if match[1] else (match[3], match[4])
    return int(number), text.strip()
