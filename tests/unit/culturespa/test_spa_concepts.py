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
    whole_I, apart_I = concepts.cosines("Are soldiers trustworthy?")
    assert whole_I.argmax() == 0
    assert whole_I[1] > 0
    assert apart_I[1] == 0
    assert apart_I[0] > 0
    np.testing.assert_allclose(concepts.cosines("Do you pray?")[0], [0, 0, 1])


def test_a_concept_of_one_wording_weighs_less() -> None:
    texts = ("Do you trust the army?", "Do you trust the army at night?", "Do you pray?")
    concepts = Concepts(texts, [0, 0, 1], ["a", "b"])
    assert concepts.cosines("the army")[0][0] > concepts.cosines("by night")[0][0] > 0
