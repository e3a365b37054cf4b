"""What questions are about, by the words that stand for one another."""

import numpy as np
import pytest

from acculturate.culturespa.concepts import OWN, Concepts, concepts_of, lexicon


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jobless", "out of work"),
        ("homosexuality", "lesbians"),
        ("a strike", "they lay down their tools"),
        ("Your neighbours", "the people next door"),
    ],
)
def test_words_that_stand_for_one_another(one: str, other: str) -> None:
    assert concepts_of(one) & concepts_of(other)


def test_a_phrase_goes_before_its_words() -> None:
    assert "freedom" in concepts_of("Are you free?")
    assert "freedom" not in concepts_of("What do you do in your free time?")
    assert "leisure" in concepts_of("What do you do in your free time?")


@pytest.mark.parametrize(
    "text", ["ends his own life", "to end one's own life", "ending your own life"]
)
def test_endings_and_possessives_do_not_count_in_a_phrase(text: str) -> None:
    assert "suicide" in concepts_of(text)


def test_a_name_is_not_the_small_word_of_its_letters() -> None:
    assert "who" in concepts_of("Do you trust the WHO?")
    assert "who" not in concepts_of("Who do you trust?")


def test_other_words_stand_for_themselves_and_little_ones_for_nothing() -> None:
    assert concepts_of("Would you say that about boats?") == {"=boat"}
    assert concepts_of("Boat?") == concepts_of("boats")
    assert concepts_of("") == frozenset()


def test_the_lexicon_is_well_formed() -> None:
    phrases = [phrase for each in lexicon().phrases.values() for phrase in each]
    assert len(phrases) > 1000
    assert len(set(phrases)) == len(phrases)
    assert all(word.isalnum() and word == word.lower() for each in phrases for word in each.words)
    assert not any(each.concept.startswith(OWN) for each in phrases)


def test_what_a_battery_shares_sets_nothing_apart() -> None:
    texts = ("Do you trust the army?", "Do you trust the press?", "Do you pray?")
    concepts = Concepts(texts, [0, 1, 2], ["trust", "trust", "faith"])
    army, press, prayer = concepts.likeness("Are soldiers trustworthy?")
    assert army > 2 * press > 0
    assert prayer == 0
    np.testing.assert_allclose(concepts.likeness("Do you pray?")[:2], 0)


def test_of_two_items_that_say_nearly_the_same_both_are_found() -> None:
    texts = ("Did a crime befall you?", "Did a crime befall your family?", "Do you pray?")
    you, family, _ = Concepts(texts, [0, 1, 2], ["crime", "crime", "faith"]).likeness("A crime?")
    assert you > family > 0


def test_a_long_question_must_share_more() -> None:
    concepts = Concepts(("Do you trust the army?", "Do you pray?"), [0, 1], ["a", "b"])
    short, long = (concepts.likeness(text)[0] for text in ("the army", "the army and boats at sea"))
    assert short > long > 0


def test_a_concept_of_one_wording_weighs_less() -> None:
    texts = ("Do you trust the army?", "Do you trust the army at night?", "Do you pray?")
    concepts = Concepts(texts, [0, 0, 1], ["a", "b"])
    assert concepts.likeness("the army")[0] > concepts.likeness("by night")[0] > 0
