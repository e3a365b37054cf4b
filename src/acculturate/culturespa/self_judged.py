"""Self-judged: questions that the model which wrote them finds worse than the survey's own.

Rules see what is ill-formed, and not whether a question makes sense. The model is asked of each
written question whether its options can answer it, whether it is about an attitude, and whether it
is one clear question. It says yes or no by its probabilities, with both words in either order. What
a model calls good depends on the model, so the survey's own items are asked in the same way: a
question is dropped where it gets less than a share of these. docs/culturespa.md says how far small
models can tell.

    stage = SelfJudgeStage(questions, survey_items, settings)
    runner.run(stage)
    questions = stage.collect(runner.lookup)
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from acculturate.culturespa.culturespa_settings import CultureSpaSettings
from acculturate.culturespa.drafting import as_draft
from acculturate.culturespa.questions import KEPT, Questions
from acculturate.prompts import find_prompt
from acculturate.records import Choice, ChooseRequest, Item, Message
from acculturate.records.yields import Drop, Yield, ranked
from acculturate.runner import Lookup, Round

ASKED = ("answerable", "attitude", "one")
LABELS = ("Yes", "No")
ASKS = 2 * len(ASKED)
"""Requests about one question."""
COMPARED = 60
"""Items of the survey that are judged beside the questions, at most: every so many-th of all."""
PASSED = "questions passed the model's own judgement"
WORSE, UNJUDGED = "found worse than the survey's own", "without a judgement of the model"


class SelfJudgeStage:
    """Asks the writer of `questions` about each, and about some of `survey_items`."""

    def __init__(
        self,
        questions: Questions,
        survey_items: Sequence[Item],
        settings: CultureSpaSettings,
        role: str = "base",
        name: str = "judgement of the questions",
    ) -> None:
        self.name = name
        self._role, self._share = role, settings.questions.self_judged
        self._questions = questions
        worded = [item for item in survey_items if item.wordings.get("en")]
        self._survey_items = worded[:: max(1, -(-len(worded) // COMPARED))]
        self._checker = find_prompt("culturespa", "checker").fill()
        self._check = find_prompt("culturespa", "check")

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Yield all of it in one round; nothing where no question is left."""
        if self._questions.items:
            judged = (*self._survey_items, *self._questions.items)
            asked = [request for item in judged for request in self._requests(item)]
            yield Round(self._role, asked, len(asked))

    def collect(self, done: Lookup) -> Questions:
        """Return the questions that pass, with those that do not among the drops."""
        known = [self._score(item, done) for item in self._survey_items]
        compared = [score for score in known if score is not None]
        least = float(np.quantile(compared, self._share)) if compared else -np.inf
        scores = {item.id: self._score(item, done) for item in self._questions.items}
        reasons = {key: _fault(score, least) for key, score in scores.items()}
        passed = tuple(item for item in self._questions.items if not reasons[item.id])
        drops = [
            Drop(reasons[item.id], item.wording().stem, item.topic)
            for item in self._questions.items
            if reasons[item.id]
        ]
        lost = {why: sum(reason == why for reason in reasons.values()) for why in (WORSE, UNJUDGED)}
        note = f"at least as good as the lowest {self._share:.0%} of {len(compared)} survey items"
        step = Yield(PASSED, len(passed), len(reasons), note, lost=ranked(lost), after=KEPT)
        own = self._questions
        return replace(own, items=passed, drops=(*own.drops, *drops), yields=(*own.yields, step))

    def _requests(self, item: Item) -> list[ChooseRequest]:
        """Return what is asked about an item: each criterion, with both orders of yes and no."""
        draft = as_draft(item, item.wording())
        return [
            ChooseRequest(
                (
                    Message("system", self._checker),
                    Message(
                        "user",
                        self._check.fill(
                            question=draft.question,
                            options="; ".join(draft.options),
                            asks=asks,
                            flipped=flipped,
                        ),
                    ),
                ),
                LABELS,
            )
            for asks, flipped in itertools.product(ASKED, (False, True))
        ]

    def _score(self, item: Item, done: Lookup) -> float | None:
        """Return the log-odds of yes, mean over the orders and summed over criteria; None where a
        reply is missing.
        """
        replies = [done(self._role, request) for request in self._requests(item)]
        odds = [
            reply.logprobs[0] - reply.logprobs[1] for reply in replies if isinstance(reply, Choice)
        ]
        return sum(odds) / 2 if len(odds) == len(replies) else None


def _fault(score: float | None, least: float) -> str:
    if score is None:
        return UNJUDGED
    return WORSE if score < least else ""
