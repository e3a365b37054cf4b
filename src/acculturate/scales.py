"""Scales: whether a list of options is an ordered scale.

Generated questions, and questions of data sets, come without the knowledge whether their options
are ordered. The rule: they are *ordinal* where every option is recognised as a point of one and the
same ladder of `scales.toml` (degree, frequency, quantity, quality ...), with the same head
("important"), and the points rise or fall without a tie; or where they are numbers or ranges that
rise or fall. A head may have two sides ("agree", "disagree"), with a neutral point between them.
Everything else is *nominal*, which is the safe error: a nominal item is shown with every option in
every position, an ordinal one only from both its ends.

Two kinds of lists are a scale in another order than their own (`scale_order`): numbers that were
sorted as texts (0, 1, 10, 2), and a middle that was written last ("better", "worse", "the same").
Words in any other order are no scale: the ladders know which of "fairly" and "somewhat" is more
less surely than a questionnaire does.

    >>> in_order(("Very important", "Somewhat important", "Not at all important"))
    True
    >>> in_order(("Freedom", "Equality", "Neither"))
    False
    >>> scale_order(("Better", "Worse", "The same"))
    (0, 2, 1)
    >>> numbered(("Never", "1", "Always", "2", "3", "4", "5", "6", "7", "8", "9"))
    (0, 1, 10, 2, 3, 4, 5, 6, 7, 8, 9)
"""

import functools
import itertools
import operator
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import NamedTuple

from acculturate.similarity import normalise

NEGATIONS = ("un", "dis", "in", "im", "ir", "il", "des")
FILLING = ("a", "an", "the", "of", "in", "has", "have", "will", "problem", "de", "en")
ENUMERATED = r"\s*[\[(]?\d+\s*[\].:)-]\s*(?=[^\W\d])"  # "1. Very important"
CODES = re.compile(r"-?\d+\s*:\s*-\d+")  # a range of codes that are no answers: "-9:-2"
NEGATED, LOWEST = 2, 100  # steps of a ladder that deny its head; more than any ladder has
NAMED = 3  # options with words on a scale of numbers: its ends and its middle
LONGEST_HEAD = 5
"""Words of a head: "important", "satisfied with my life". More is a sentence of its own."""


class Ladder(NamedTuple):
    """Phrases by their step, the longest first; `bare` is the step of no phrase at all.

    Where texts have no spaces a phrase may stand anywhere `inside` an option.
    """

    steps: Mapping[str, int]
    bare: int | None
    inside: bool = False


class Words(NamedTuple):
    """`scales.toml`, ready for use."""

    ladders: tuple[Ladder, ...]
    neutral: re.Pattern[str]
    middle: re.Pattern[str]
    opposites: Mapping[str, Sequence[str]]
    no_answer: re.Pattern[str]
    not_asked: re.Pattern[str]
    beside: Sequence[str]
    plain: Sequence[str]
    other: re.Pattern[str]
    off_scale: re.Pattern[str]
    stray: re.Pattern[str]
    marks: re.Pattern[str]
    rewrites: Sequence[tuple[re.Pattern[str], str]]


class Point(NamedTuple):
    """Where an option stands: its step, and what is graded; a neutral point has no step."""

    step: int | None
    head: str


@functools.lru_cache(maxsize=4096)
def in_order(options: tuple[str, ...]) -> bool:
    """Return whether the options are points of one scale, from one end to the other."""
    if all(re.match(ENUMERATED, option) for option in options):
        options = tuple(re.sub(ENUMERATED, "", option) for option in options)
    words = load_words()
    texts = [_plain(option, words) for option in options]
    heights = [_heights(texts, ladder, words) for ladder in words.ladders]
    return any(map(_monotone, [*heights, _numbers(options)]))


def scale_order(options: tuple[str, ...]) -> tuple[int, ...] | None:
    """Return positions of the options from one end of their scale to the other, numbers upwards;
    None for no scale.
    """
    given = tuple(range(len(options)))
    if len(options) < 2:
        return None
    numbers = numbered(options)
    if numbers is not None:
        return tuple(sorted(given, key=lambda at: numbers[at]))
    if in_order(options):
        return given
    words, last = load_words(), given[-1]
    text = _plain(re.sub(ENUMERATED, "", options[last]), words)
    if not words.middle.fullmatch(text) or text in words.beside:
        return None
    middle = [(*given[:at], last, *given[at:-1]) for at in range(1, last)]
    orders = [order for order in middle if in_order(tuple(options[at] for at in order))]
    return orders[0] if len(orders) == 1 else None


def numbered(options: Sequence[str]) -> tuple[int, ...] | None:
    """Return the number of each option of a numeric scale, where all of it or all but its ends is
    numbers.

    An end that has words instead has the number that makes the list one of consecutive numbers,
    written upwards, downwards, or sorted as texts. None where no number fits, or several.
    """
    known = [_number(option) for option in options]
    told = [number for number in known if number is not None]
    words = sum(not re.fullmatch(r"\d+(\.0+)?", option.strip()) for option in options)
    if words > min(NAMED, len(options) - 2) or len(set(told)) < len(told):
        return None
    if None not in known:
        return tuple(told)
    numbers = set()
    for low in range(max(told) - len(known) + 1, min(told) + 1):
        rising = list(range(low, low + len(known)))
        for whole in (rising, rising[::-1], sorted(rising, key=str)):
            named = {number for given, number in zip(known, whole, strict=True) if given is None}
            fits = all(given in (None, number) for given, number in zip(known, whole, strict=True))
            if fits and named <= {rising[0], rising[-1]}:
                numbers.add(tuple(whole))
    return numbers.pop() if len(numbers) == 1 else None


def _number(option: str) -> int | None:
    """Return the number that an option is, or that stands before its words: ``10``, ``10 -
    always``.
    """
    match = re.fullmatch(r"(\d+)(?:\.0+)?(?:\s*[-.:=)(\u2013]+\s*\D*|\s+[(\[]\D*)?", option.strip())
    return int(match[1]) if match else None


def unmarked(option: str) -> str:
    """Return an option without the remarks of its questionnaire: "(Volunteered)", "(DO
    NOT READ)".
    """
    bare = load_words().marks.sub(" ", option)
    return bare.strip() if normalise(bare) else option.strip()


def no_answer(option: str) -> bool:
    """Return whether an option says that there is no answer: "Don't know", "DK/Refused", "Not
    sure".

    Of several parts every one has to say so; "None of these" and "Other" are answers.
    """
    if CODES.fullmatch(option.strip()):
        return True
    words = load_words()
    parts = _parts(option)
    silent = [_fits(part, words.no_answer, words.not_asked) for part in parts]
    weak = [part in words.beside for part in parts]
    return any(silent) and all(map(operator.or_, silent, weak))


def not_asked(option: str) -> bool:
    """Return whether an option is for people of whom no answer was wanted or is left: "Not
    applicable".
    """
    return all(_fits(part, load_words().not_asked) for part in _parts(option))


def _parts(option: str) -> list[str]:
    """Return the parts of "Don't know/refused"; the whole where it says that there is no answer."""
    bare, words = unmarked(option), load_words()
    whole = normalise(bare)
    if _fits(whole, words.no_answer, words.not_asked):
        return [whole]
    head = re.split(r"\s*[:(\[]|\s-\s", bare)[0] or bare  # what follows is an aside
    return [normalise(part) for part in re.split(r"[/;,&]| or | and ", head)]


def _fits(text: str, *patterns: re.Pattern[str]) -> bool:
    return any(pattern.fullmatch(text) for pattern in patterns)


def other(option: str) -> bool:
    """Return whether an option stands for all that the others leave out: "Other",
    "Something else".
    """
    return load_words().other.fullmatch(normalise(unmarked(option))) is not None


def off_scale(option: str) -> bool:
    """Return whether an option answers a question without being a point of a scale: "Other",
    "Depends".
    """
    return load_words().off_scale.fullmatch(normalise(unmarked(option))) is not None


def beside(option: str) -> bool:
    """Return whether an option is a middle or no answer, as its place tells: "Hard to say"."""
    return normalise(option) in load_words().beside


def stray(option: str) -> bool:
    """Return whether an option may say that the question does not apply: "I have no car"."""
    return load_words().stray.fullmatch(normalise(option)) is not None


def plain_answer(option: str) -> bool:
    """Return whether an option says yes or no, and no more."""
    return normalise(option) in load_words().plain


def _plain(option: str, words: Words) -> str:
    """Return an option levelled, its words in the order in which the ladders have them."""
    text = normalise(unmarked(option))
    for pattern, plain in words.rewrites:
        text = pattern.sub(plain, text)
    return text


def _monotone(heights: Sequence[float] | None) -> bool:
    if not heights or len(heights) < 2:
        return False
    gaps = [after - before for before, after in itertools.pairwise(heights)]
    return all(gap > 0 for gap in gaps) or all(gap < 0 for gap in gaps)


def _heights(texts: Sequence[str], ladder: Ladder, words: Words) -> list[float] | None:
    """Return heights on the ladder, the neutral point between its neighbours; None off
    the ladder.
    """
    points = [_place(text, ladder, words) for text in texts]
    graded = [point for point in points if point is not None and point.step is not None]
    heads = {point.head for point in graded if point.head}
    low = _low_side(heads, words.opposites)
    if None in points or not graded or len(heads) > 2 or (len(heads) == 2 and low is None):
        return None
    # steps count from 1: up on the high side, down on the low one
    heights = [
        None if point is None or point.step is None else _height(point, low) for point in points
    ]
    return _with_neutral(heights, two_sided=low is not None)


def _height(point: Point, low: str | None) -> float:
    assert point.step is not None
    if low is not None and point.step < NEGATED:
        return point.step - LOWEST  # "not at all safe" ends a scale that "somewhat unsafe" is on
    return (point.step + 1) * (-1.0 if low is not None and point.head == low else 1.0)


def _with_neutral(heights: Sequence[float | None], *, two_sided: bool) -> list[float] | None:
    """Return the neutral point (None) put between its neighbours, which lie on its two sides."""
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
    denied = text.startswith("no ") and "no" in ladder.steps  # "no impact" beside "a big impact"
    if words.neutral.fullmatch(text) and not denied:
        return Point(None, "")
    # "not important at all": the phrase stands around its head
    if match := re.fullmatch(
        r"(?:(?:do|does|did|would|is|are) )?(?:not|none|no) (.+) at all", text
    ):
        return _graded(0, match[1])
    whole, border = (text, "") if ladder.inside else (f" {text} ", " ")
    if ladder.inside and text.isascii():
        return None
    for phrase, step in ladder.steps.items():
        if f"{border}{phrase}{border}" in whole:
            return _graded(step, whole.replace(f"{border}{phrase}{border}", border, 1))
    return None if ladder.bare is None else _graded(ladder.bare, text)


def _graded(step: int, head: str) -> Point | None:
    words = [word for word in head.replace(" at all", "").split() if word not in FILLING]
    return Point(step, " ".join(words)) if len(words) <= LONGEST_HEAD else None


def standings(options: Sequence[str]) -> list[list[float | None]]:
    """Return how high each option stands, a list for each ladder; None for an option that is not on
    it.

    Of options with heads those count whose head is the commonest or its opposite. The neutral point
    of two sides stands at 0, and on a scale of one side nowhere.
    """
    words = load_words()
    texts = [_plain(option, words) for option in options]
    return [_standing(texts, ladder, words) for ladder in words.ladders]


def _standing(texts: Sequence[str], ladder: Ladder, words: Words) -> list[float | None]:
    points = [_place(text, ladder, words) for text in texts]
    graded = [known for known in points if known is not None and known.step is not None]
    heads = Counter(place.head for place in graded if place.head)
    main = heads.most_common(1)[0][0] if heads else ""
    counted = {main, *(head for head in heads if _low_side({head, main}, words.opposites))}
    low = _low_side(counted, words.opposites) if len(counted) == 2 else None
    heights: list[float | None] = []
    for known in points:
        if known is None or (known.head and known.head not in counted):
            heights.append(None)
        elif known.step is None:
            heights.append(0.0 if low is not None else None)
        else:
            heights.append(float(_height(known, low)))
    return heights


def _low_side(heads: set[str], opposites: Mapping[str, Sequence[str]]) -> str | None:
    """Return which of two heads is the other's opposite: "dissatisfied" among "satisfied"."""
    for low in sorted(heads):
        for high in sorted(heads - {low}):
            pairs = list(zip(low.split(), high.split(), strict=False))
            apart = [pair for pair in pairs if pair[0] != pair[1]]
            if len(low.split()) == len(high.split()) and len(apart) == 1:
                below, above = apart[0]
                turned = [negation + above for negation in NEGATIONS]
                if above in opposites.get(below, ()) or below in turned:
                    return low
    return None


def _numbers(options: Sequence[str]) -> list[float] | None:
    """Return the first number of each option where all hold one: "18-24", "25 to 34", "35
    or more".
    """
    matches = [re.search(r"\d+(?:[.,]\d+)*", option) for option in options]
    if not all(matches) or any(len(option.split()) > LONGEST_HEAD for option in options):
        return None
    return [float(re.sub(r"\D", "", match[0])) for match in matches if match]


@functools.cache
def load_words() -> Words:
    """Return the words of `scales.toml`."""
    source = resources.files(__package__) / "scales.toml"
    tree = tomllib.loads(source.read_text(encoding="utf-8"))
    neutral = [*map(re.escape, tree["neutral"]["phrases"]), *tree["neutral"]["patterns"]]
    return Words(
        tuple(_ladder(ladder) for ladder in tree["ladders"].values()),
        re.compile("|".join(neutral)),
        re.compile("|".join([*neutral, *tree["neutral"]["middles"]])),
        tree["opposites"],
        re.compile("|".join(tree["no_answer"]["patterns"])),
        re.compile("|".join(tree["not_asked"]["patterns"])),
        tree["no_answer"]["beside"],
        tree["plain"]["phrases"],
        re.compile("|".join(tree["other"]["patterns"])),
        re.compile("|".join(tree["off_scale"]["patterns"])),
        re.compile("|".join(tree["stray"]["patterns"])),
        re.compile("|".join(tree["marks"]["patterns"]), re.IGNORECASE),
        [(re.compile(pattern), plain) for pattern, plain in tree["rewrites"]["patterns"]],
    )


def _ladder(tree: Mapping[str, list[list[str]]]) -> Ladder:
    steps = {phrase: step for step, phrases in enumerate(tree["steps"]) for phrase in phrases}
    longest_first = sorted(steps.items(), key=lambda pair: (-len(pair[0]), pair[0]))
    bare = tree.get("bare")
    inside = bool(tree.get("inside"))
    return Ladder(dict(longest_first), bare if isinstance(bare, int) else None, inside)
