import random

import pytest

from acculturate.culturespa.sketches import Sketches
from acculturate.similarity import Index

TEXT = "how often do you trust help meet pay visit people friends work family state law"
WORDS = TEXT.split()


def test_sketches_find_what_the_exact_index_finds() -> None:
    """Texts of one manner, half of them a word away from an earlier one; over several growths."""
    draw = random.Random(3)
    texts: list[str] = []
    for number in range(3000):
        words = [*draw.choices(WORDS, k=10), f"{number:x}" * 3]
        if number % 2 and texts:
            words = texts[draw.randrange(len(texts))].split()
            words[draw.randrange(10)] = draw.choice(WORDS)
        texts.append(" ".join(words))
    sketches, index = Sketches(0.75), Index(0.75)
    exact, near = [], []
    for text in texts:
        exact.append(index.find(text) is not None)
        near.append(sketches.find(text) is not None)
        index.add(text)
        sketches.add(text)
    assert 500 < sum(exact) < 2500
    missed = sum(e and not n for e, n in zip(exact, near, strict=True))
    assert missed <= 0.01 * sum(exact)
    assert not any(n and not e for e, n in zip(exact, near, strict=True))


@pytest.mark.parametrize("text", ["", "?", "a", "Ja", "生活", "🙂"])
def test_short_texts_are_no_trouble(text: str) -> None:
    sketches = Sketches(0.8)
    assert sketches.find(text) is None
    sketches.add(text)
    sketches.add("How often do you pray?")
    match = sketches.find("how often do you PRAY")
    assert match is not None
    assert (match.number, match.score) == (1, 1.0)
    assert sketches.text(0) == text
