"""How an item is shown: in which order of its options, under which labels.

Position is the strongest habit of small models, so each item is shown in several orders and the
answers are averaged. An ordinal scale is shown forward and reversed only (a rotation would break
it); an end-anchored one swaps its anchors; a nominal item is rotated through all its options, or
shown in orders drawn with a seed, which put other options side by side. Labels ascend whatever the
order; an end-anchored scale shows its numbers even where lists show letters, because its question
asks for a number.

    forward  1 = Very important ... 4 = Not important at all
    reversed 1 = Not important at all ... 4 = Very important
"""

import functools
import math
import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

from acculturate.errors import ConfigError
from acculturate.prompts import Prompt, find_prompt
from acculturate.records import Item, Option, Wording
from acculturate.records.language import look_up

Orders = Literal["forward", "balanced", "random"]
Labels = Literal["numbers", "letters", "texts"]
NoAnswer = Literal["left out", "offered"]
NO_ANSWER_CODES = (-1, -2)
"""Of "don't know" and "no answer", as WVS-7 codes them."""
FAR_LABELS = ("88", "99")
"""Their labels beside a scale of numbers, which they are no points of."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Presentation:
    """`order[j]` is the place on the scale of the option shown at position j.

    `labels` stand beside the options of a list; `texts` puts nothing beside them, and an option is
    named by its own text, with `by_length` weighed by the mean of its characters. An end-anchored
    scale shows its codes in any case. `shares` asks for the shares of people who would choose each
    option, instead of one option. `no_answer` offers "don't know" and "no answer" behind the
    options. `reworded` is what a `perturbation` makes of the item's wording.
    """

    order: tuple[int, ...]
    language: str = "en"
    wording: int = 0
    labels: Labels = "numbers"
    shares: bool = False
    no_answer: bool = False
    by_length: bool = False
    perturbation: str = ""
    reworded: Wording | None = None


def orders(
    item: Item, which: Orders = "balanced", seed: int = 0, draws: int = 4
) -> tuple[tuple[int, ...], ...]:
    """Return the orders in which an item is shown.

    `forward`: that of the scale alone. `balanced`: every position alike. `random`: `draws`
    different orders (all where there are fewer), drawn with `seed` and the item's id; of an
    ordinal scale only forward and reversed can be drawn.
    """
    forward = tuple(range(len(item.codes)))
    if which == "forward":
        return (forward,)
    kept = (forward, forward[::-1]) if item.reversible else (forward,)
    if which == "random":
        rng = random.Random(f"{seed}/{item.id}")
        if item.ordinal:
            return tuple(rng.sample(kept, min(draws, len(kept))))
        return _permutations(forward, rng, draws)
    if not item.ordinal:
        return tuple(forward[k:] + forward[:k] for k in forward)
    return kept


def _permutations(
    forward: tuple[int, ...], rng: random.Random, draws: int
) -> tuple[tuple[int, ...], ...]:
    """Return different orders, in the order in which they were drawn."""
    drawn: dict[tuple[int, ...], None] = {}
    while len(drawn) < min(draws, math.factorial(len(forward))):
        drawn[tuple(rng.sample(forward, len(forward)))] = None
    return tuple(drawn)


def wording_of(item: Item, presentation: Presentation) -> Wording:
    """Return the words in which an item is shown."""
    own = presentation.reworded
    return own or item.wording(presentation.language, presentation.wording)


def shown(item: Item, presentation: Presentation) -> tuple[Option, ...]:
    """Return the options as they stand on the page, first to last, but for those that give no
    answer.
    """
    wording = wording_of(item, presentation)
    texts = [wording.texts[place] for place in presentation.order]
    labels = _labels(item, wording, presentation.labels, texts)
    return tuple(
        Option(item.codes[place], labels[position], texts[position])
        for position, place in enumerate(presentation.order)
    )


def shown_no_answer(item: Item, presentation: Presentation) -> tuple[Option, ...]:
    """Return the options that give no answer, as they stand behind the others; () where none is
    offered.
    """
    if not presentation.no_answer:
        return ()
    texts = no_answer_texts(presentation.language)
    wording = wording_of(item, presentation)
    labels: Sequence[str] = FAR_LABELS
    if not wording.anchored:
        every = [*("" for _ in item.codes), *texts]
        labels = _labels(item, wording, presentation.labels, every)[len(item.codes) :]
    return tuple(map(Option, NO_ANSWER_CODES, labels, texts))


def no_answer_texts(language: str) -> tuple[str, str]:
    """Return "don't know" and "no answer" as questionnaires in a language word them.

    Raises `ConfigError` for a language without such words.
    """
    words = _no_answer_words()
    texts = look_up(words, language)
    if texts is None:
        raise ConfigError(
            f"There are no words for \"don't know\" in '{language}': they are there in "
            f"{', '.join(words)}. Leave answers.no_answer out."
        )
    return texts


@functools.cache
def _no_answer_words() -> dict[str, tuple[str, str]]:
    file = resources.files("acculturate.asking") / "no_answer.toml"
    words = tomllib.loads(file.read_text(encoding="utf-8"))
    return {language: (texts[0], texts[1]) for language, texts in words.items()}


def _labels(item: Item, wording: Wording, style: Labels, texts: Sequence[str]) -> Sequence[str]:
    """Return the labels of `texts` in rising order: a scale named at its ends shows its codes, a
    list letters, 1, 2, 3 or the texts themselves.
    """
    if style == "texts" and not wording.anchored:
        return texts
    if style == "letters" and not wording.anchored and len(texts) <= len(LETTERS):
        return LETTERS
    start = min(item.codes) if wording.anchored else 1
    return [str(start + position) for position in range(len(texts))]


def stem_of(item: Item, presentation: Presentation) -> str:
    """Return the item's question as it is put."""
    return wording_of(item, presentation).stem


def item_text(item: Item, presentation: Presentation, stem: str | None = None) -> str:
    """Return the item as the model reads it: stem (another one if given), then its options."""
    return _item_text(
        presentation.language,
        stem_of(item, presentation) if stem is None else stem,
        wording_of(item, presentation).anchored,
        (shown(item, presentation), shown_no_answer(item, presentation)),
        presentation.shares,
        presentation.labels == "texts",
    )


@functools.lru_cache(maxsize=4096)  # the same for every culture and draw
def _item_text(
    language: str,
    stem: str,
    anchored: bool,
    options: tuple[tuple[Option, ...], tuple[Option, ...]],
    shares: bool,
    texts: bool,
) -> str:
    listed, silent = options
    return _prompt("item", language).fill(
        stem=stem, anchored=anchored, options=listed, silent=silent, shares=shares, texts=texts
    )


def instruction(presentation: Presentation) -> str:
    """Return what kind of reply is wanted: a number, with letters "letter or number", an option's
    text; or the shares.

    It stands before all items, those with an end-anchored scale too, so that they share it.
    """
    name = "shares" if presentation.shares else "instruction"
    return _instruction(name, presentation.language, presentation.labels)


@functools.cache
def _instruction(name: str, language: str, labels: Labels) -> str:
    return _prompt(name, language).fill(letters=labels == "letters", texts=labels == "texts")


def filled(name: str, language: str, **values: Any) -> str:
    """Return one of this room's prompts, filled."""
    return _prompt(name, language).fill(**values)


@functools.cache
def _prompt(name: str, language: str) -> Prompt:
    # these are the package's own, so their files do not change while it runs
    return find_prompt("asking", name, language)
