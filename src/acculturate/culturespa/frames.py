"""Frames: how many questions of a topic begin alike.

A model that has found a beginning writes on in it: "It is sometimes said that immigration ...",
four times of six. Such questions pass for different ones, and teach one manner of asking. The frame
of a question is its first four words.

    >>> frames = Frames(share=0.5)
    >>> frames.keep("It is sometimes said that taxes are theft.", "Tax")
    >>> frames.keep("It is sometimes said that taxes are fair.", "Tax")
    >>> frames.is_full("It is sometimes said that taxes are low.", "Tax")
    True
    >>> frames.commonest()
    Commonest(topic='Tax', frame='it is sometimes said', number=2, of=2)
"""

from collections import Counter
from typing import NamedTuple

from acculturate.similarity import normalise

WORDS = 4
"""Words of a frame."""
FREE = 2
"""Questions of a frame that are never too many."""


class Commonest(NamedTuple):
    """The frame that the largest share of a topic's questions have: `number` of `of`."""

    topic: str
    frame: str
    number: int
    of: int


class Frames:
    """Counts the frames of the questions that are kept, by topic.

    `share` (in (0, 1]) is how much of a topic may have one frame as it grows; 1 is no bound.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._counts: dict[str, Counter[str]] = {}

    def is_full(self, question: str, topic: str) -> bool:
        """Return whether one more such question is too many."""
        counts = self._counts.get(topic, Counter())
        after = counts[frame_of(question)] + 1
        return after > max(FREE, self._share * (counts.total() + 1))

    def keep(self, question: str, topic: str) -> None:
        """Count a question that is kept."""
        self._counts.setdefault(topic, Counter())[frame_of(question)] += 1

    def commonest(self) -> Commonest | None:
        """Return the largest share of a topic; None where nothing was kept."""
        commonest = [
            Commonest(topic, frame, number, counts.total())
            for topic, counts in self._counts.items()
            for frame, number in counts.most_common(1)
        ]
        return max(
            commonest, key=lambda frame: (frame.number / frame.of, frame.number), default=None
        )


def frame_of(question: str) -> str:
    """Return the first words of a question, levelled."""
    return " ".join(normalise(question).split()[:WORDS])
