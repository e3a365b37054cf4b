"""What questions are about, by the words that stand for one another."""

import pytest

from acculturate.culturespa.concepts import OWN, concepts_of, lexicon


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
    phrases = [phrase for phrases in lexicon().phrases.values() for phrase in phrases]
    assert len(phrases) > 1000
    assert len(set(phrases)) == len(phrases)
    assert all(
        word.isalnum() and word == word.lower() for phrase in phrases for word in phrase.words
    )
    assert not any(phrase.concept.startswith(OWN) for phrase in phrases)
