"""Whether a question is on its topic, as far as its words tell.

A topic of the built-in survey is wide: a question on security may be about borders, food or a job.
So a question is said to be off its topic only where no key word of the topic is in it, and where
what speaks for the topic weighs less than a quarter of what speaks for another. That is weighed by
the words in `topics.toml` and by the concepts (concepts.py) of the topic's items, each the more the
fewer topics hold it. Topics that are not in the file are not checked. docs/culturespa.md tells how
much is found, and how much of it a person would keep.

    >>> from acculturate.survey import load_survey
    >>> check = TopicCheck(load_survey("wvs7-marginals").items.values())
    >>> check.is_off("How often do you go to church?", (), "Economic Values")
    True
    >>> check.is_off("Should newcomers learn the language?", (), "Migration")
    False
"""

import functools
import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import NamedTuple

from acculturate.culturespa.concepts import concepts_of
from acculturate.records import Item
from acculturate.similarity import normalise

COMMON = 6
"""A concept that the items of so many topics hold says nothing about a topic."""
CONCEPT = 0.7
"""What a concept weighs, of what a listed word weighs."""
LEAST = 0.25
"""Of what speaks for another topic, so much has to speak for the own."""


class Words(NamedTuple):
    """The words of a topic, and those that settle it."""

    key: re.Pattern[str]
    words: re.Pattern[str]


class TopicCheck:
    """Knows the topics of a survey's items by their words."""

    def __init__(self, items: Iterable[Item]) -> None:
        held: dict[str, set[str]] = {}
        for item in items:
            for wording in item.wordings.get("en", ()):
                held.setdefault(item.topic, set()).update(concepts_of(wording.stem))
        topics = Counter(concept for concepts in held.values() for concept in concepts)
        self._own = {
            topic: {concept for concept in concepts if topics[concept] < COMMON}
            for topic, concepts in held.items()
        }

    @staticmethod
    def knows(topic: str) -> bool:
        """Return whether questions on a topic can be checked."""
        return topic in topic_words()

    def is_off(self, question: str, options: Sequence[str], topic: str) -> bool:
        """Return whether a question, with options that are no scale, is likelier on
        another topic.
        """
        listed = topic_words().get(topic)
        text = " ".join([question, *options])
        if listed is None or listed.key.search(text.casefold()):
            return False
        weights = self._weights(text)
        return weights[topic] <= LEAST * max(weights.values())

    def _weights(self, text: str) -> Mapping[str, float]:
        """Return what speaks for each topic."""
        weights = dict.fromkeys(topic_words(), 0.0)
        for word in set(normalise(text).split()):
            holders = _holders(word)
            for topic in holders:
                weights[topic] += _weight(len(holders))
        for concept in concepts_of(text):
            holders = frozenset(t for t in weights if concept in self._own.get(t, ()))
            for topic in holders:
                weights[topic] += CONCEPT * _weight(len(holders))
        return weights


def _weight(holders: int) -> float:
    return math.log((len(topic_words()) + 1) / holders)


@functools.lru_cache(maxsize=50_000)
def _holders(word: str) -> frozenset[str]:
    """Return the topics that list a word."""
    return frozenset(
        topic
        for topic, listed in topic_words().items()
        if listed.words.fullmatch(word) or listed.key.fullmatch(word)
    )


@functools.cache
def topic_words() -> Mapping[str, Words]:
    """Return the words of `topics.toml` by topic."""
    source = resources.files(__package__) / "topics.toml"
    tree = tomllib.loads(source.read_text(encoding="utf-8"))
    return {topic: Words(_any_of(own["key"]), _any_of(own["words"])) for topic, own in tree.items()}


def _any_of(words: str) -> re.Pattern[str]:
    parts = [
        re.escape(word).replace(r"\-", r"[\s-]").replace(r"\*", r"\w*") for word in words.split()
    ]
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")
