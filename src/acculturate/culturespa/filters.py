"""Which of the written questions are new: the first of each kind passes, copies do not.

A copy is a question whose letters are nearly those of a survey item (the seeds, or any item to be
avoided) or of a question kept before, on whatever topic. The options do not make a question new.

    >>> sieve = Sieve((), threshold=0.75)
    >>> from acculturate.culturespa.reading import Draft
    >>> from acculturate.culturespa.drafting import draft_item
    >>> item = draft_item(Draft("Do you trust your neighbours?", ("Yes", "No")), "Trust")
    >>> sieve.fault(item), sieve.keep(item), sieve.fault(item)
    ('', None, 'duplicate')
"""

from collections.abc import Iterable

from acculturate.records import Item
from acculturate.similarity import Index, normalise


class Sieve:
    """Remembers every question that was kept, and the survey's own.

    `threshold` (in (0, 1]) is the similarity from which a question is a copy; at 1 only the same
    letters are. `echoes` are texts of the prompt, which a model may give back for a question.
    """

    def __init__(
        self, survey: Iterable[Item], threshold: float, echoes: Iterable[str] = ()
    ) -> None:
        self._survey = Index(threshold)
        self._kept = Index(threshold)
        self._echo = " ".join(f" {normalise(text)} " for text in echoes)
        for item in survey:
            for wording in item.wordings.get("en", ()):
                self._survey.add(wording.stem)

    def fault(self, item: Item) -> str:
        """Why the item is not new, or ""."""
        stem = item.wording().stem
        if f" {normalise(stem)} " in self._echo:
            return "echo of the prompt"
        if (match := self._survey.find(stem)) is not None:
            return "survey item" if match.score == 1 else "near a survey item"
        if (match := self._kept.find(stem)) is not None:
            return "duplicate" if match.score == 1 else "near-duplicate"
        return ""

    def keep(self, item: Item) -> None:
        """Remember a question, so that no other passes for new beside it."""
        self._kept.add(item.wording().stem)
