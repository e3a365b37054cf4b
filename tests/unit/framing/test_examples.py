"""Answered examples: likest first, of the culture's people, never the item itself."""

from dataclasses import replace

import pytest

from acculturate.errors import SurveyError
from acculturate.framing import Backdrop, BackdropSettings
from acculturate.framing.examples import ExampleChoice
from acculturate.records import Item, Wording
from acculturate.survey import load_survey

SURVEY = load_survey()
ALL = SURVEY.select("all")
CHOICE = ExampleChoice(SURVEY, ALL)


def ids(item: Item, culture: str, language: str = "en", n: int = 5) -> list[str]:
    return [example.item.id for example in CHOICE.examples(item, culture, language, n)]


@pytest.mark.parametrize("key", ["Q1", "Q57", "Q106", "Q187", "Q235"])
def test_examples_are_the_likest_that_the_culture_was_asked(key: str) -> None:
    """Against sacrebleu itself, pair by pair."""
    metrics = pytest.importorskip("sacrebleu.metrics")
    chrf = metrics.CHRF(word_order=2)
    item = SURVEY.item(key)
    stem = item.wording().stem
    scores = {
        other.id: chrf.sentence_score(stem, [other.wording().stem]).score
        for other in ALL
        if other.id != key and any(SURVEY.counts["CHN"].get(other.id, ()))
    }
    assert ids(item, "CHN") == sorted(scores, key=lambda score: -scores[score])[:5]


def test_examples_carry_the_modal_answer() -> None:
    for example in CHOICE.examples(SURVEY.item("Q1"), "DEU", "en", 5):
        counts = SURVEY.counts["DEU"][example.item.id]
        assert counts[example.place] == max(counts)
    # a tie that a published score has settled
    assert SURVEY.published_modes["BOL", "Q50"] == 8
    [tied] = ExampleChoice(SURVEY, SURVEY.select("Q50")).examples(ALL[0], "BOL", "en", 1)
    assert tied.item.codes[tied.place] == 8


def test_an_item_and_its_copies_are_never_examples() -> None:
    for item in ALL:
        assert item.id not in ids(item, "DEU", n=300)
    family = SURVEY.item("Q1")
    stem = family.wording("en", 1).stem
    copy = Item("made", "t", (1, 2), "ordinal", {"en": (Wording(stem.upper(), ("y", "n")),)})
    assert "Q1" not in ids(copy, "DEU", n=300)
    assert len(ids(copy, "DEU", n=300)) == len(SURVEY.counts["DEU"]) - 1
    renamed = replace(family, id="Z1")
    assert "Q1" not in ids(renamed, "DEU", n=300)


def test_a_generated_question_gets_examples() -> None:
    made = Item(
        "made", "t", (1, 2), "ordinal", {"en": (Wording("How often do you pray?", ("a", "b")),)}
    )
    assert "Q172" in ids(made, "NGA")
    assert len(ids(made, "NGA")) == 5


@pytest.mark.parametrize("language", ["zh", "de", "ja", "es", "zh-Hans"])
def test_examples_speak_the_language_of_the_item(language: str) -> None:
    result = CHOICE.examples(SURVEY.item("Q1"), "CHN", language, 50)
    assert len(result) >= 40
    assert all(example.item.wordings_in(language) for example in result)


def test_the_choice_is_the_same_whatever_was_asked_before() -> None:
    fresh = ExampleChoice(SURVEY, ALL)
    last = fresh.examples(ALL[-1], "MEX", "en", 5)
    assert CHOICE.examples(ALL[-1], "MEX", "en", 5) == last


def test_what_cannot_be_had_is_said() -> None:
    with pytest.raises(SurveyError, match="no people's answers for 'JPN'"):
        CHOICE.examples(ALL[0], "JPN", "en", 5)
    alone = Backdrop(SURVEY, BackdropSettings(example_items="Q1"))
    with pytest.raises(SurveyError, match="could be an example for Q1"):
        alone.examples(SURVEY.item("Q1"), "DEU", "en")
