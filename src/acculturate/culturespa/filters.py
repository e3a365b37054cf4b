"""Which of the written questions are new: the first of each kind passes, copies do not.

A copy is a question whose letters are nearly those of a survey item (an example, or any item to be
avoided) or of a question kept before, on whatever topic. The options do not make a question new. A
leak is one that asks in other words what the study measures on (leaks.py).

    >>> sieve = Sieve((), threshold=0.75)
    >>> from acculturate.culturespa.question_reader import Draft
    >>> from acculturate.culturespa.drafting import draft_item
    >>> item = draft_item(Draft("Do you trust your neighbours?", ("Yes", "No")), "Trust")
    >>> sieve.fault(item).reason, sieve.keep(item), sieve.fault(item).reason
    ('', None, 'duplicate')
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from acculturate.culturespa.culturespa_settings import OffTopic
from acculturate.culturespa.drafting import as_draft, draft_item, known_scales
from acculturate.culturespa.faults import NAMES
from acculturate.culturespa.frames import Commonest, Frames, frame_of
from acculturate.culturespa.leaks import LeakCheck
from acculturate.culturespa.question_reader import Draft
from acculturate.culturespa.topics import TopicCheck
from acculturate.ordering import ALIKE, BESIDE
from acculturate.records import Item
from acculturate.records.item import Scale as Level
from acculturate.records.yields import Drop, Yield
from acculturate.similarity import Index, normalise

FRAMES = 0.5
"""The share of a topic's questions that may begin alike."""
Steps = tuple[tuple[str, tuple[str, ...]], ...]
"""Names of a filter's steps, each with the reasons for which it drops."""

ECHO = "echo of the prompt"
LEAK = "asks what is measured"
ON_TOPIC = "on their topic"
OFF_TOPIC = "said to be off topic"
FRAME = "too many begin so"


class Fault(NamedTuple):
    """Why a question is not new, and the text or the item that it is like; both "" if it is."""

    reason: str
    like: str = ""


class Sieve:
    """Remembers every question that was kept, and the survey's own.

    `threshold` (in (0, 1]) is the similarity from which a question is a copy; at 1 only the same
    letters are. `echoes` are texts of the prompt, which a model may give back for a question.
    """

    def __init__(
        self,
        survey: Iterable[Item],
        threshold: float,
        echoes: Iterable[str] = (),
        leaks: LeakCheck | None = None,
    ) -> None:
        self._survey, self._kept = Index(threshold), Index(threshold)
        self._echo = " ".join(f" {normalise(text)} " for text in echoes)
        self._leaks = leaks
        for item in survey:
            for wording in item.wordings.get("en", ()):
                self._survey.add(wording.stem)

    def echoes(self, question: str) -> bool:
        """Return whether a question is a part of the prompt."""
        return f" {normalise(question)} " in self._echo

    def fault(self, item: Item) -> Fault:
        """Return why the item is not new."""
        stem = item.wording().stem
        if (match := self._survey.find(stem)) is not None:
            reason = "survey item" if match.score == 1 else "near a survey item"
            return Fault(reason, self._survey.text(match.number))
        if (match := self._kept.find(stem)) is not None:
            reason = "duplicate" if match.score == 1 else "near-duplicate"
            return Fault(reason, self._kept.text(match.number))
        if self._leaks is not None and (leak := self._leaks.find(item)) is not None:
            return Fault(LEAK, leak.named)
        return Fault("")

    def keep(self, item: Item) -> None:
        """Remember a question, so that no other passes for new beside it."""
        self._kept.add(item.wording().stem)


class DefaultRules:
    """The rules of the question stage, and of `culturespa filter`, one question after the other.

    A question is dropped where it is ill-formed (see faults.py), where its options are a scale that
    cannot be put in order (ordering.py), near to the survey or to an earlier question, where it
    asks what `leaks` guards, or where more than the share `frames` of its topic begin as it does
    (frames.py). Those that are off their topic (topics.py) are counted, or with `off_topic`
    dropped.
    """

    steps: Steps = (
        ("well-formed", (ECHO, *NAMES)),
        ("on one scale or none", (ALIKE, BESIDE)),
        (ON_TOPIC, (OFF_TOPIC,)),
        ("not in the survey", ("survey item", "near a survey item")),
        ("not seen before", ("duplicate", "near-duplicate")),
        ("no leak", (LEAK,)),
        ("not begun like too many others", (FRAME,)),
    )

    def __init__(
        self,
        survey: Sequence[Item],
        threshold: float,
        leaks: LeakCheck | None = None,
        echoes: Iterable[str] = (),
        frames: float = FRAMES,
        off_topic: OffTopic = "count",
    ) -> None:
        self._known = known_scales(survey)
        self._sieve = Sieve(survey, threshold, echoes, leaks)
        self._topics = TopicCheck(survey)
        self._drops_off_topic = off_topic == "drop"
        if not self._drops_off_topic:
            self.steps = tuple(step for step in self.steps if step[0] != ON_TOPIC)
        self._off_topic = self._checked = 0
        self._frames = Frames(frames)

    def item(self, draft: Draft, topic: str, level: Level | None = None) -> Item | Drop:
        """Return the item that the draft makes, of a `level` where one is given; or why it is not
        used.
        """
        if self._sieve.echoes(draft.question):
            return Drop(ECHO, draft.question, topic)
        item = draft_item(draft, topic, self._known, level)
        if isinstance(item, str):
            return Drop(item, draft.question, topic)
        if self._drops_off_topic and self._is_off(item):
            return Drop(OFF_TOPIC, draft.question, topic)
        fault = self._sieve.fault(item)
        if fault.reason:
            return Drop(fault.reason, draft.question, topic, fault.like)
        full = self._frames.is_full(draft.question, topic)
        return Drop(FRAME, draft.question, topic, frame_of(draft.question)) if full else item

    def keep(self, item: Item) -> None:
        """Remember a question that is used, so that no other passes for new beside it."""
        self._sieve.keep(item)
        self._frames.keep(item.wording().stem, item.topic)
        self._checked += self._topics.knows(item.topic)
        self._off_topic += self._is_off(item)

    def found(self) -> tuple[Yield, ...]:
        """Return what was counted among the questions that are used: how many begin alike in the
        topic where most do, and where they are kept how many are off their topic.
        """
        common = self._frames.commonest()
        yields = [] if common is None or common.number < 2 else [_alike(common)]
        if self._checked and not self._drops_off_topic:
            note = "by their words, and kept; off_topic = drop leaves them out"
            yields.append(
                Yield(
                    f"questions are {OFF_TOPIC}", self._off_topic, self._checked, note, found=True
                )
            )
        return tuple(yields)

    def _is_off(self, item: Item) -> bool:
        wording = item.wording()
        options = () if item.ordinal else wording.texts
        return self._topics.is_off(wording.stem, options, item.topic)

    def take(self, draft: Draft, topic: str) -> Draft | Drop:
        """Return the draft with its options cleaned, remembered; or why it is not used."""
        item = self.item(draft, topic)
        if isinstance(item, Drop):
            return item
        self.keep(item)
        return as_draft(item, item.wording())


def _alike(common: Commonest) -> Yield:
    note = f'"{common.frame} ..."; the most of a topic: {common.topic or "(no topic)"}'
    return Yield("questions of one topic begin alike", common.number, common.of, note, found=True)
