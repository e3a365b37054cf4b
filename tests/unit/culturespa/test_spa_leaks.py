"""The leak check on paraphrases of the built-in items, written for this test alone."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from acculturate.culturespa import LeakCheck
from acculturate.culturespa.leaks import BOUNDS, Floats
from acculturate.records import Item, Wording
from acculturate.survey import load_survey

ITEMS = tuple(load_survey("wvs7-marginals").items.values())
TOPICS = np.array([item.topic for item in ITEMS])
PLACE = {item.id: place for place, item in enumerate(ITEMS)}


@pytest.fixture(scope="module")
def check() -> LeakCheck:
    return LeakCheck(ITEMS)


def paraphrases(name: str = "paraphrases.tsv") -> list[tuple[int, str]]:
    """Items by their places, and other words for them, with options where they hold the matter."""
    path = Path(__file__).parent / name
    with path.open(encoding="utf-8") as file:
        return [
            (PLACE[row["item"]], f"{row['question']} {row['options'].replace('/', ' ')}".strip())
            for row in csv.DictReader(file, delimiter="\t")
        ]


def others(place: int) -> NDArray[np.bool_]:
    """The other items of an item's topic."""
    same: NDArray[np.bool_] = TOPICS[place] == TOPICS
    same[place] = False
    return same


def test_planted_paraphrases_are_found(check: LeakCheck) -> None:
    planted = paraphrases()
    assert len(planted) > 200
    found = [check.scores(text)[place] > check.threshold for place, text in planted]
    assert np.mean(found) >= 0.95
    wrong = [check.scores(text)[others(place)] > check.threshold for place, text in planted]
    assert np.mean(np.concatenate(wrong)) < 0.02


def test_paraphrases_written_after_the_method_are_mostly_found(check: LeakCheck) -> None:
    """Harder ones, which nothing was chosen by: docs/culturespa.md tells what this says."""
    planted = paraphrases("paraphrases_later.tsv")
    found = [check.scores(text)[place] > check.threshold for place, text in planted]
    assert np.mean(found) >= 0.8
    wrong = [check.scores(text)[others(place)] > check.threshold for place, text in planted]
    assert np.mean(np.concatenate(wrong)) < 0.02


def test_different_items_of_a_topic_are_not_leaks_of_each_other(check: LeakCheck) -> None:
    wrong = [
        check.scores(wording.stem)[others(place)] > check.threshold
        for place, item in enumerate(ITEMS)
        for wording in item.wordings["en"]
    ]
    pairs = np.concatenate(wrong)
    assert len(pairs) > 10_000
    assert pairs.mean() < 0.02


def test_every_wording_is_an_exact_leak_of_its_item(check: LeakCheck) -> None:
    for item in ITEMS:
        for wording in item.wordings["en"]:
            leak = check.find(f"  {wording.stem.upper()}")
            assert leak is not None
            assert leak.how == "exact"
            assert wording.stem in [each.stem for each in ITEMS[PLACE[leak.item]].wordings["en"]]


def test_a_paraphrase_is_laid_to_its_item(check: LeakCheck) -> None:
    own = [leak.item if (leak := check.find(text)) else "" for _, text in paraphrases()]
    right = [ITEMS[place].id == item for (place, _), item in zip(paraphrases(), own, strict=True)]
    assert np.mean(right) > 0.85


def test_questions_on_nothing_of_the_survey_pass(check: LeakCheck) -> None:
    for text in ("Which season of the year suits you best?", "Zzz qqq xxx?", ""):
        assert check.find(text) is None


def two_items(*stems: str) -> tuple[Item, ...]:
    return tuple(
        Item(f"X{n}", "Things", (1, 2), "nominal", {"en": (Wording(stem, ("Yes", "No")),)})
        for n, stem in enumerate(stems)
    )


def test_small_surveys_get_a_threshold_within_bounds() -> None:
    assert LeakCheck(()).find("Anything?") is None
    assert LeakCheck(()).threshold == BOUNDS[0]
    assert LeakCheck(two_items("Do you own a boat?")).threshold == BOUNDS[0]
    assert BOUNDS[0] < LeakCheck(ITEMS).threshold < BOUNDS[1]


def test_an_encoder_sees_what_letters_do_not() -> None:
    def meaning(texts: Sequence[str]) -> Floats:
        """Ships against all else."""
        about = [any(word in text for word in ("boat", "vessel")) for text in texts]
        return np.array([[float(each), float(not each)] for each in about])

    items = two_items("Do you own a boat?", "Is it warm?", "Are you tall?")
    asked = "Is some vessel yours?"
    assert LeakCheck(items).find(asked) is None
    assert LeakCheck(items).scores(asked)[0] < LeakCheck(items, meaning).scores(asked)[0]
    leak = LeakCheck(items, meaning).find(asked)
    assert leak is not None
    assert (leak.item, leak.how) == ("X0", "semantic")
