"""The leak check on paraphrases of the built-in items, written for this test alone.

Four sets. By the misses of the first three the check was mended. The last, by a blind author, was
written without a look at the check and tried once when all stood.
"""

import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from acculturate.culturespa import LeakCheck
from acculturate.culturespa.drafting import draft_item, known_scales
from acculturate.culturespa.leaks import BOUNDS
from acculturate.culturespa.meaning import Floats
from acculturate.culturespa.reading import Draft
from acculturate.culturespa.semantic import open_encoder
from acculturate.records import Item, Wording
from acculturate.survey import load_survey

ITEMS = tuple(load_survey("wvs7-marginals").items.values())
TOPICS = np.array([item.topic for item in ITEMS])
PLACE = {item.id: place for place, item in enumerate(ITEMS)}
KNOWN = known_scales(ITEMS)

FIRST, LATER = "paraphrases.tsv", "paraphrases_later.tsv"
BY_FREEDOM = "paraphrases_by_freedom.tsv"
BLIND = "paraphrases_by_a_blind_author.tsv"
OTHER = "other_questions_by_a_blind_author.tsv"

Planted = tuple[int, Item | str]


@pytest.fixture(scope="module")
def check() -> LeakCheck:
    return LeakCheck(ITEMS)


def rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def asked(row: Mapping[str, str]) -> Item | str:
    """A row as the question that a model would have written."""
    options = tuple(row["options"].split("/")) if row["options"] else ()
    item = draft_item(Draft(row["question"], options), row.get("topic", ""), KNOWN)
    return item if isinstance(item, Item) else row["question"]


def paraphrases(name: str = FIRST, *freedoms: str) -> list[Planted]:
    """Items by their places, and other words for them, of the freedoms named."""
    return [
        (PLACE[row["item"]], asked(row))
        for row in rows(name)
        if not freedoms or row["freedom"] in freedoms
    ]


def rates(check: LeakCheck, planted: list[Planted]) -> tuple[float, float]:
    """How many paraphrases are found, and of a topic's other items how many are."""
    score_PI = np.array([check.scores(text) for _, text in planted])
    own = [score[place] for score, (place, _) in zip(score_PI, planted, strict=True)]
    wrong = [score[others(place)] for score, (place, _) in zip(score_PI, planted, strict=True)]
    found, false = np.array(own), np.concatenate(wrong)
    return float((found > check.threshold).mean()), float((false > check.threshold).mean())


def others(place: int) -> NDArray[np.bool_]:
    """The other items of an item's topic."""
    same: NDArray[np.bool_] = TOPICS[place] == TOPICS
    same[place] = False
    return same


def test_the_paraphrases_that_it_was_mended_by_are_found(check: LeakCheck) -> None:
    planted = [each for name in (FIRST, LATER, BY_FREEDOM) for each in paraphrases(name)]
    found, false = rates(check, planted)
    assert len(planted) > 700
    assert found >= 0.975
    assert false < 0.02


@pytest.mark.parametrize(
    ("freedoms", "least"),
    [(("close", "middling"), 0.965), (("free",), 0.725), (("close", "middling", "free"), 0.885)],
)
def test_a_blind_author_s_paraphrases(
    check: LeakCheck, freedoms: tuple[str, ...], least: float
) -> None:
    """What was measured when the check met them first; docs/culturespa.md tells what this says."""
    planted = paraphrases(BLIND, *freedoms)
    found, false = rates(check, planted)
    assert len(planted) == 80 * len(freedoms)
    assert found >= least
    assert false < 0.02


def test_a_blind_author_s_other_questions_are_no_leaks(check: LeakCheck) -> None:
    other = rows(OTHER)
    score_QI = np.array([check.scores(asked(row)) for row in other])
    own_QI = np.array([row["topic"] for row in other])[:, None] == TOPICS
    assert len(other) == 300
    assert (score_QI[own_QI] > check.threshold).mean() < 0.02


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="wordllama has no build for Python 3.14")
def test_with_an_encoder_a_blind_author_s_paraphrases_are_found() -> None:
    """Found means dropped, for whatever item; docs/culturespa.md has the figures."""
    check = LeakCheck(ITEMS, open_encoder("wordllama"))
    planted = paraphrases(BLIND)
    dropped = [check.find(text) is not None for _, text in planted]
    _, false = rates(check, planted)
    assert np.mean(dropped) >= 0.95
    assert false < 0.02


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
    assert LeakCheck(()).threshold == 1
    assert LeakCheck(two_items("Do you own a boat?")).threshold == 1
    assert BOUNDS[0] < LeakCheck(ITEMS).threshold < BOUNDS[1]


def test_a_small_survey_is_guarded_too() -> None:
    check = LeakCheck(two_items("Do you own a boat?", "Do you like to dance?"))
    leak = check.find("Is a boat among the things that you own?")
    assert leak is not None
    assert leak.item == "X0"
    assert check.find("Is it warm today?") is None


def test_an_encoder_sees_what_words_do_not() -> None:
    things = (
        "boat",
        *(f"{one}{two}k" for one in "bdfglmprst" for two in ("ala", "eli", "ono", "uru")),
    )

    def meaning(texts: Sequence[str]) -> Floats:
        """One direction for each thing; a vessel is a boat."""
        words = [text.strip(" ?").replace("vessel", "boat").split() for text in texts]
        return np.array([[thing in each for thing in things] for each in words], np.float64)

    items = two_items(*(f"{thing}?" for thing in things))
    asked = "vessel?"
    assert LeakCheck(items).find(asked) is None
    assert LeakCheck(items).scores(asked)[0] < LeakCheck(items, meaning).scores(asked)[0]
    leak = LeakCheck(items, meaning).find(asked)
    assert leak is not None
    assert (leak.item, leak.how) == ("X0", "meaning")
