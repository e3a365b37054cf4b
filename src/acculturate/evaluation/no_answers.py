"""Answers that give no answer, where "don't know" and "no answer" stand among the options.

They are no refusals: the model read the question, and says what people say too. So they are no part
of any score, and their share stands beside the people's own, where the survey knows it.

    >>> from acculturate.records import Answer
    >>> from acculturate.survey import load_survey
    >>> tally = NoAnswers()
    >>> tally.add(Answer("Q1", "sampled", culture="DEU", no_answer=(1.0, 0.0)))
    >>> tally.add(Answer("Q1", "sampled", culture="DEU", code=1, no_answer=(0.0, 0.0)))
    >>> [row] = tally.rows("arm", load_survey(), ["DEU"])
    >>> row.dont_know, row.no_answer, row.n
    (0.5, 0.0, 1)
"""

from collections.abc import Iterator, Sequence

from acculturate.records import Answer
from acculturate.records.results.silent import NoAnswerRow
from acculturate.survey import Survey


class NoAnswers:
    """Gathers answers as they come: sums of both shares by culture and item."""

    def __init__(self) -> None:
        self._sums: dict[str, dict[str, list[float]]] = {}

    def add(self, answer: Answer) -> None:
        """Count an answer that was offered "no answer"; a refusal says nothing of it."""
        if answer.no_answer:
            unsure, silent = answer.no_answer
            of_culture = self._sums.setdefault(answer.culture, {})
            sums = of_culture.setdefault(answer.item, [0.0, 0.0, 0.0])
            sums[:] = (sums[0] + unsure, sums[1] + silent, sums[2] + 1)

    def rows(self, arm: str, survey: Survey, cultures: Sequence[str]) -> Iterator[NoAnswerRow]:
        """Yield for each culture the mean shares over its items, each item's answers weighing
        alike, and the people's over the same items; answers for no culture are held against each.
        """
        for culture in cultures if self._sums else ():
            items = self._sums.get(culture) or self._sums.get("")
            if items:
                unsure, silent = (
                    sum(sums[at] / sums[2] for sums in items.values()) / len(items) for at in (0, 1)
                )
                asked = [survey.item(key) for key in items]
                people = survey.no_answer_means([culture], asked).get(culture)
                yield NoAnswerRow(arm, culture, unsure, silent, people, len(items))
