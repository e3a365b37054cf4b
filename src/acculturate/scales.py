"""Scales: whether a list of options is one, in order.

A generated question comes without the knowledge whether its options are ordered. The rule: they
are *ordinal* where every option is recognised as a point of one and the same ladder of
`scales.toml` (degree, frequency, times, quantity, quality, likelihood), with the same head
("important"), and the points rise or fall without a tie; or where they are numbers or ranges that
rise or fall. A head may have two sides ("agree", "disagree"), with a neutral point between them.
Everything else is *nominal*, which is the safe error: a nominal item is shown with every option in
every position, an ordinal one only from both its ends.

    >>> in_order(("Very important", "Somewhat important", "Not at all important"))
    True
    >>> in_order(("Freedom", "Equality", "Neither"))
    False
"""

import functools
import itertools
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import NamedTuple

from acculturate.similarity import normalise

NEGATIONS = ("un", "dis", "in", "im", "ir")
LONGEST_HEAD = 5
"""Words of a head: "important", "satisfied with my life". More is a sentence of its own."""


class Ladder(NamedTuple):
    """Phrases by their step, the longest first; `bare` is the step of no phrase at all."""

    steps: Mapping[str, int]
    bare: int | None


class Words(NamedTuple):
    """`scales.toml`, ready for use."""

    ladders: tuple[Ladder, ...]
    neutral: re.Pattern[str]
    opposites: Mapping[str, str]
    no_answer: re.Pattern[str]


class Point(NamedTuple):
    """Where an option stands: its step, and what is graded; a neutral point has no step."""

    step: int | None
    head: str


@functools.lru_cache(maxsize=4096)
def in_order(options: tuple[str, ...]) -> bool:
    """Whether the options are points of one scale, from one end to the other."""
    texts = [normalise(option) for option in options]
    words = load_words()
    heights = [_heights(texts, ladder, words) for ladder in words.ladders]
    return any(map(_monotone, [*heights, _numbers(options)]))


def no_answer(option: str) -> bool:
    """Whether an option declines to answer: "Don't know", "Refused", "Other"."""
    return load_words().no_answer.fullmatch(normalise(option)) is not None


def _monotone(heights: Sequence[float] | None) -> bool:
    if not heights or len(heights) < 2:
        return False
    gaps = [after - before for before, after in itertools.pairwise(heights)]
    return all(gap > 0 for gap in gaps) or all(gap < 0 for gap in gaps)


def _heights(texts: Sequence[str], ladder: Ladder, words: Words) -> list[float] | None:
    """Heights on the ladder, the neutral point between its neighbours; None off the ladder."""
    points = [_place(text, ladder, words) for text in texts]
    graded = [point for point in points if point is not None and point.step is not None]
    heads = {point.head for point in graded if point.head}
    low = _low_side(heads, words.opposites)
    if None in points or not graded or len(heads) > 2 or (len(heads) == 2 and low is None):
        return None
    # steps count from 1: up on the high side, down on the low one
    heights = [None if each is None or each.step is None else _height(each, low) for each in points]
    return _with_neutral(heights, two_sided=low is not None)


def _height(point: Point, low: str | None) -> float:
    assert point.step is not None
    return (point.step + 1) * (-1.0 if low is not None and point.head == low else 1.0)


def _with_neutral(heights: Sequence[float | None], *, two_sided: bool) -> list[float] | None:
    """The neutral point (None) put between its neighbours, which lie on its two sides."""
    out = []
    for at, height in enumerate(heights):
        if height is None:
            before = heights[at - 1] if at else None
            after = heights[at + 1] if at + 1 < len(heights) else None
            if before is None or after is None or (two_sided and before * after > 0):
                return None
            height = (before + after) / 2
        out.append(height)
    return out


def _place(text: str, ladder: Ladder, words: Words) -> Point | None:
    if text in ladder.steps:
        return Point(ladder.steps[text], "")
    if words.neutral.fullmatch(text):
        return Point(None, "")
    # "not important at all": the phrase stands around its head
    if match := re.fullmatch(r"(?:not|none|no) (.+) at all", text):
        return _graded(0, match[1])
    whole = f" {text} "
    for phrase, step in ladder.steps.items():
        if whole.startswith(f" {phrase} ") or whole.endswith(f" {phrase} "):
            return _graded(step, whole.replace(f" {phrase} ", " ", 1).strip())
    return None if ladder.bare is None else _graded(ladder.bare, text)


def _graded(step: int, head: str) -> Point | None:
    head = head.removeprefix("of ")
    return Point(step, head) if len(head.split()) <= LONGEST_HEAD else None


def _low_side(heads: set[str], opposites: Mapping[str, str]) -> str | None:
    """Which of two heads is the other's opposite: "dissatisfied" among "satisfied"."""
    for low in sorted(heads):
        for high in sorted(heads - {low}):
            first, *rest = low.split()
            turned = [high == f"{opposites.get(first, first)} {' '.join(rest)}".strip()]
            turned += [low == negation + high for negation in NEGATIONS]
            if any(turned):
                return low
    return None


def _numbers(options: Sequence[str]) -> list[float] | None:
    """The first number of each option where all hold one: "18-24", "25 to 34", "35 or more"."""
    found = [re.search(r"\d+(?:[.,]\d+)*", option) for option in options]
    if not all(found) or any(len(option.split()) > LONGEST_HEAD for option in options):
        return None
    return [float(re.sub(r"\D", "", match[0])) for match in found if match]


@functools.cache
def load_words() -> Words:
    """The words of `scales.toml`."""
    source = resources.files(__package__) / "scales.toml"
    tree = tomllib.loads(source.read_text(encoding="utf-8"))
    neutral = [*map(re.escape, tree["neutral"]["phrases"]), *tree["neutral"]["patterns"]]
    return Words(
        tuple(_ladder(each) for each in tree["ladders"].values()),
        re.compile("|".join(neutral)),
        tree["opposites"],
        re.compile("|".join(tree["no_answer"]["patterns"])),
    )


def _ladder(tree: Mapping[str, list[list[str]]]) -> Ladder:
    steps = {phrase: step for step, phrases in enumerate(tree["steps"]) for phrase in phrases}
    longest_first = sorted(steps.items(), key=lambda pair: (-len(pair[0]), pair[0]))
    bare = tree.get("bare")
    return Ladder(dict(longest_first), bare if isinstance(bare, int) else None)
