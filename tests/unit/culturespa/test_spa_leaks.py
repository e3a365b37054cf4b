"""The leak check on paraphrases and fresh questions that were written without a look at its scores.

Those by a blind author saw nothing of the check; those at length and in short were written before
any score of theirs was known, by the author of a part of the examples. docs/behind/leaks.md has the
figures.
"""

import csv
import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from acculturate.culturespa import LeakCheck
from acculturate.culturespa.drafting import draft_item, known_scales
from acculturate.culturespa.leak_examples import load_examples
from acculturate.culturespa.meaning import Encoder, Floats
from acculturate.culturespa.question_reader import Draft
from acculturate.culturespa.semantic import open_encoder
from acculturate.records import Item, Wording
from acculturate.survey import load_survey

ITEMS = tuple(load_survey().items.values())
IDS = frozenset(item.id for item in ITEMS)
KNOWN = known_scales(ITEMS)


@functools.cache
def check(encoder: str = "") -> LeakCheck:
    return LeakCheck(ITEMS, open_encoder(encoder) if encoder else None)


def rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def asked(row: dict[str, str]) -> Item | str:
    """A row as the question that a model would have written."""
    options = tuple(part.strip() for part in row["options"].split("/"))
    item = draft_item(Draft(row["question"], options), row.get("topic", ""), KNOWN)
    return item if isinstance(item, Item) else row["question"]


BLIND = "by_a_blind_author"
LONG = "at_length"
SHORT = "in_short"
"""Sets of questions, each of `asked_again_...` and `fresh_...`."""


def again(name: str) -> list[dict[str, str]]:
    return [row for row in rows(f"asked_again_{name}.tsv") if row["item"] in IDS]


def fresh(name: str) -> list[dict[str, str]]:
    return rows(f"fresh_{name}.tsv")


@pytest.mark.parametrize(
    ("encoder", "name", "least", "right"),
    [
        ("minilm", BLIND, 0.99, 0.97),
        ("minilm", LONG, 0.93, 0.98),
        ("minilm", SHORT, 0.96, 0.94),
        ("", BLIND, 0.95, 0.88),
    ],
)
def test_what_asks_an_item_again_is_found(
    encoder: str, name: str, least: float, right: float
) -> None:
    leaks = [check(encoder).find(asked(row)) for row in again(name)]
    assert len(leaks) >= 55
    assert np.mean([leak is not None for leak in leaks]) >= least
    named = [
        leak.item == row["item"]
        for leak, row in zip(leaks, again(name), strict=True)
        if leak is not None
    ]
    assert np.mean(named) >= right


@pytest.mark.parametrize(
    ("encoder", "name", "most"),
    [("minilm", BLIND, 0.02), ("minilm", LONG, 0.02), ("minilm", SHORT, 0.0), ("", BLIND, 0.1)],
)
def test_what_asks_something_else_is_kept(encoder: str, name: str, most: float) -> None:
    dropped = [check(encoder).find(asked(row)) is not None for row in fresh(name)]
    assert len(dropped) >= 60
    assert sum(row["nearness"] == "near" for row in fresh(name)) >= 60
    assert np.mean(dropped) <= most


def test_no_example_is_one_of_the_sentences_that_the_check_is_tried_with() -> None:
    tried = {row["question"] for name in (BLIND, LONG, SHORT) for row in again(name) + fresh(name)}
    assert len(tried) >= 480
    assert not tried & {example.text for example in load_examples()}


def test_every_item_has_examples_of_both_kinds() -> None:
    for asks in ("again", "anew"):
        assert {example.item for example in load_examples() if example.asks == asks} >= IDS - {
            "Q153"
        }


@pytest.mark.parametrize("encoder", ["", "minilm"])
@pytest.mark.parametrize(
    "text",
    [
        "Should schoolchildren wear a uniform?",
        "At what age should a child be given a smartphone?",
        "Would you ride in a car that drives itself?",
        "Which season of the year suits you best?",
        "Zzz qqq xxx?",
        "",
    ],
)
def test_fresh_questions_pass(encoder: str, text: str) -> None:
    assert check(encoder).find(text) is None


@pytest.mark.parametrize("encoder", ["", "minilm"])
@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("Is making mum and dad proud of you something you have always tried to achieve?", "Q27"),
        (
            "Should everyone take home about the same pay, or should there be wider gaps so that "
            "people try harder?",
            "Q106",
        ),
    ],
)
def test_a_leak_names_its_item(encoder: str, text: str, item: str) -> None:
    leak = check(encoder).find(text)
    assert leak is not None
    assert leak.item == item
    assert leak.named.startswith(f"{item}, as in '")


def test_every_wording_is_an_exact_leak_of_its_item() -> None:
    by_id = {item.id: item for item in ITEMS}
    for item in ITEMS:
        for wording in item.wordings["en"]:
            leak = check().find(f"  {wording.stem.upper()}")
            assert leak is not None
            assert leak.how == "exact"
            assert wording.stem in [wording.stem for wording in by_id[leak.item].wordings["en"]]


def test_what_asks_an_item_that_is_not_measured_on_is_no_leak() -> None:
    some = LeakCheck([item for item in ITEMS if item.id in ("Q7", "Q58")])
    assert some.find("Do you rely on your relatives?") is not None
    assert some.find("Do you see yourself as a believer?") is None
    assert some.find("Do you put your faith in the United Nations?") is None


def own_items(*stems: str) -> tuple[Item, ...]:
    return tuple(
        Item(f"X{n}", "Things", (1, 2), "nominal", {"en": (Wording(stem, ("Yes", "No")),)})
        for n, stem in enumerate(stems)
    )


def test_a_survey_of_one_s_own_is_guarded_too() -> None:
    assert LeakCheck(()).find("Anything?") is None
    own = LeakCheck(own_items("Do you own a boat?", "Do you like to dance?"))
    leak = own.find("Is a boat among the things that you own?")
    assert leak is not None
    assert leak.item == "X0"
    assert own.find("Is it warm today?") is None


def test_an_example_of_something_else_does_not_hide_an_item_of_one_s_own() -> None:
    """The examples call these fresh, or leaks of another item; here they are what is measured."""
    own = LeakCheck(own_items("Should two men be allowed to marry?", "How often do you pray?"))
    for text, item in (
        ("Should it be allowed for two men to marry?", "X0"),
        ("Do you often pray?", "X1"),
    ):
        leak = own.find(text)
        assert leak is not None
        assert leak.item == item


def test_an_encoder_sees_what_words_do_not() -> None:
    def meaning(texts: Sequence[str]) -> Floats:
        """Boats and vessels in one direction, all else in another."""
        return np.array([[float("boat" in text or "vessel" in text), 0.1] for text in texts])

    items = own_items("Do you own a boat?", "Do you like to dance?")
    encoder: Encoder = meaning
    assert LeakCheck(items).find("Have you got a vessel?") is None
    leak = LeakCheck(items, encoder).find("Have you got a vessel?")
    assert leak is not None
    assert (leak.item, leak.how) == ("X0", "meaning")
