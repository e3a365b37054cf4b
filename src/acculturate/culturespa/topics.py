"""Whether a question is on its topic, as far as its words tell.

A topic of the built-in survey is wide: a question on security may be about borders, food or a job.
So a question is said to be off its topic only where nothing at all in it speaks for the topic: no
word of the topic's list in `topics.toml`, and no concept (concepts.py) of the topic's own items. On
topics that have no list nothing is said. Most of what is said to be off a topic lies at its border:
docs/culturespa.md tells how much of it a person would keep.

    >>> from acculturate.survey import load_survey
    >>> check = TopicCheck(load_survey("wvs7-marginals").items.values())
    >>> check.is_off("Which pizza do you like best?", (), "Migration")
    True
    >>> check.is_off("Should newcomers learn the language?", (), "Migration")
    False
"""

import functools
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources

from acculturate.culturespa.concepts import concepts_of
from acculturate.records import Item

COMMON = 6
"""A concept that the items of so many topics hold says nothing about a topic."""


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

    def is_off(self, question: str, options: Sequence[str], topic: str) -> bool:
        """Whether nothing in a question or its options speaks for its topic."""
        listed = topic_words().get(topic)
        if listed is None:
            return False
        text = " ".join([question, *options])
        if listed.search(text.casefold()):
            return False
        return not concepts_of(text) & self._own.get(topic, set())


@functools.cache
def topic_words() -> Mapping[str, re.Pattern[str]]:
    """The words of `topics.toml` by topic."""
    source = resources.files(__package__) / "topics.toml"
    tree = tomllib.loads(source.read_text(encoding="utf-8"))
    return {topic: _any_of(words) for topic, words in tree.items()}


def _any_of(words: str) -> re.Pattern[str]:
    parts = [
        re.escape(word).replace(r"\-", r"[\s-]").replace(r"\*", r"\w*") for word in words.split()
    ]
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")
