"""The filter as the paper's code has it: three steps, each of which looks at letters alone.

1. a question is dropped that stands in the survey, or came before, letter by letter;
2. one whose options are all bare digits, where the text names no scale (the word, or what 1 means);
3. numbers before the options are taken off where every option has one. A scale that names its ends
   alone ("1 - low", "2", ..., "10 - high") is told in the text, and its options become bare digits.
   What mixes bare digits with anything else is dropped.

On the paper's own 13,000 questions: 12,891, 12,860 and 12,847 are left. Xu et al. 2025.

    >>> rules = PublishedRules(())
    >>> rules.take(Draft("How much?", ("1 - Little", "2", "3 - Much")), "Work").options
    ('1', '2', '3')
    >>> rules.take(Draft("How much?", ("1", "2", "3")), "Work").reason
    'duplicate'
"""

import hashlib
import re
from collections.abc import Sequence

from acculturate.culturespa.drafting import known_scales, verbatim_item
from acculturate.culturespa.filters import LEAK, Steps
from acculturate.culturespa.leaks import LeakCheck
from acculturate.culturespa.question_reader import Draft
from acculturate.records import Item
from acculturate.records.item import Scale as Level
from acculturate.records.yields import Drop, Yield

DIGITS = re.compile(r"\d+")
NAMED_SCALE = re.compile(r"\bscale\b|\b1\b", re.IGNORECASE)
NUMBERED = re.compile(r"(\d+)\s*(?:[-.:)=–]\s*(\D.*)|\((\D.*)\))")


class PublishedRules:
    """Takes drafts one after the other; remembers 8 bytes of each question."""

    steps: Steps = (
        ("not seen before", ("survey item", "duplicate")),
        ("with a scale", ("bare digits without a scale",)),
        ("with options of one kind", ("bare digits among other options",)),
    )

    def __init__(self, survey: Sequence[Item], leaks: LeakCheck | None = None) -> None:
        wordings = (wording for item in survey for wording in item.wordings.get("en", ()))
        self._survey = {wording.stem for wording in wordings}
        self._known = known_scales(survey)
        self._leaks = leaks
        self._seen: set[bytes] = set()

    def item(self, draft: Draft, topic: str, level: Level | None = None) -> Item | Drop:
        """Return the item that the draft makes, of a `level` where one is given; or why it is not
        used.

        The paper knows no leaks; they are dropped where a check for them is given.
        """
        taken = self.take(draft, topic)
        if isinstance(taken, Drop):
            return taken
        item = verbatim_item(taken, topic, self._known, level)
        leak = self._leaks.find(item) if self._leaks else None
        return Drop(LEAK, draft.question, topic, leak.named) if leak else item

    def keep(self, item: Item) -> None:
        """Do nothing: a question that was once taken is a duplicate from then on."""

    def found(self) -> tuple[Yield, ...]:
        """Return nothing: the paper counts nothing else."""
        return ()

    def take(self, draft: Draft, topic: str) -> Draft | Drop:
        """Return the draft as it is used, or why it is not."""
        reason = self._old(draft.question)
        bare = all(DIGITS.fullmatch(option.strip()) for option in draft.options)
        if not reason and bare and not NAMED_SCALE.search(draft.question):
            reason = "bare digits without a scale"
        if reason:
            return Drop(reason, draft.question, topic)
        if bare:
            return draft
        unnumbered = _unnumbered(draft) or _folded(draft)
        if unnumbered is not None:
            return unnumbered
        if any(DIGITS.fullmatch(option.strip()) for option in draft.options):
            return Drop("bare digits among other options", draft.question, topic)
        return draft

    def _old(self, question: str) -> str:
        if question in self._survey:
            return "survey item"
        digest = hashlib.blake2b(question.encode(), digest_size=8).digest()
        if digest in self._seen:
            return "duplicate"
        self._seen.add(digest)
        return ""


def _unnumbered(draft: Draft) -> Draft | None:
    matches = [NUMBERED.fullmatch(option.strip()) for option in draft.options]
    if not all(matches):
        return None
    return Draft(draft.question, tuple(_words(match) for match in matches if match))


def _folded(draft: Draft) -> Draft | None:
    """Return ends that are named, with nothing but digits between them, moved into the text."""
    first, last = (NUMBERED.fullmatch(draft.options[end].strip()) for end in (0, -1))
    inner = [option.strip() for option in draft.options[1:-1]]
    if not (first and last and inner and all(map(DIGITS.fullmatch, inner))):
        return None
    ends = f"{first[1]} means '{_words(first)}' and {last[1]} means '{_words(last)}'"
    return Draft(f"{draft.question} On a scale on which {ends}.", (first[1], *inner, last[1]))


def _words(match: re.Match[str]) -> str:
    return str(match[2] or match[3]).strip()
