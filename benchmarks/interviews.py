"""Interviews: items one after another in one conversation with each of some persons, weighed.

Ours goes through the engine's seam turn by turn, all persons together, and what came before is
held. The peer is a loop that sends the whole conversation anew in each turn, one forward pass of
transformers each; it is timed on every `STEP`-th turn of one person, which stands for the turns
around it and for the other persons. Both weigh the same conversations, and are counted in weighed
items per second.
"""

import math
from collections.abc import Iterator

import torch

from acculturate.asking import AnswerSettings
from acculturate.asking.conversation import Sitting
from acculturate.asking.interviews import Interview
from acculturate.engines import chat, parse_model
from acculturate.engines.hf import HfEngine
from acculturate.engines.hf.loading import pick_dtype
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.records import Choice, ChooseRequest, Reply, Request
from acculturate.survey.fictitious import fictitious_survey
from benchmarks.timing import Options, Timing, timed

STEP = 6
"""Of so many turns the peer is timed on one."""
NEAR = {"float32": 0.001, "bfloat16": 0.1}
"""What two ways of computing may differ by in a probability: .00001 and .044 were met."""
SETTINGS = {"presentation": "interview", "orders": "forward"}


class Interviews:
    """The row `interview_vs_loop`."""

    def __init__(self, options: Options) -> None:
        self.engine = HfEngine(parse_model(options.model, dtype=options.dtype))
        self._dtype = pick_dtype(options.dtype)
        self._items, self._people = options.interview_items, options.people
        self._kept: list[list[ChooseRequest]] = []

    def _interviews(self) -> Iterator[Interview]:
        """Yield an interview for each fictitious person."""
        survey = fictitious_survey(40, cultures=["DEU"])
        items = [item.id for item in survey.select("attitudes")][: self._items]
        settings = AnswerSettings.model_validate(
            {**SETTINGS, "backdrop": {"persons": self._people}}
        )
        stage = SurveyTaking.of("bench", survey, items, ["DEU"], "persona", settings)
        for one in stage.conversations():
            assert isinstance(one, Interview)
            yield one

    def warm_up(self) -> None:
        """Where a conversation is sent anew, the probabilities must be the same."""
        self._carry(4)
        for request in (asked[-1] for asked in self._kept[:2]):
            [(_, ours)] = self.engine.choose([request])
            assert isinstance(ours, Choice)
            theirs = self._anew(request)
            gaps = [
                abs(math.exp(one) - math.exp(other))
                for one, other in zip(ours.logprobs, theirs, strict=False)
            ]
            # "10" begins with another label's token
            if len(gaps) < 10 and max(gaps) > NEAR[self._dtype]:
                raise SystemExit("The peer weighs otherwise: the bench is not fair.")

    def pair(self) -> dict[str, Timing]:
        seconds, weighed = timed(lambda: self._carry(self._items))
        ours = weighed / seconds
        turns = self._kept[0][STEP // 2 :: STEP] or self._kept[0]
        loop, _ = timed(lambda: [self._anew(request) for request in turns])
        peer = len(turns) / loop
        return {"interview_vs_loop": Timing(ours, peer, ours / peer)}

    def _carry(self, items: int) -> int:
        """Carry all interviews through so many items; returns how many were weighed."""
        sittings = [Sitting(one) for one in self._interviews()]
        replies: dict[str, Reply] = {}

        def replied(request: Request) -> Reply | None:
            return replies.get(request.id)

        self._kept = [[] for _ in sittings]
        for _ in range(items):
            asked = [request for sitting in sittings if (request := sitting.next(replied))]
            weighing = [request for request in asked if isinstance(request, ChooseRequest)]
            for kept, request in zip(self._kept, weighing, strict=True):
                kept.append(request)
            replies = dict(self.engine.choose(weighing))
        return sum(map(len, self._kept))

    def _anew(self, request: ChooseRequest) -> list[float]:
        """Return the log-probability of each label's first token, from the whole conversation."""
        words, model = self.engine.loaded.tokenizer, self.engine.loaded.model
        ids = chat.encode(words, chat.render(words, request.messages))
        with torch.inference_mode():
            out = model(
                input_ids=torch.tensor([ids], device=model.device), use_cache=False,
                logits_to_keep=1,
            )  # fmt: skip
        logprobs = out.logits[0, -1].float().log_softmax(-1)
        ids_of = words(list(request.labels), add_special_tokens=False)["input_ids"]
        return [float(logprobs[ids[0]]) for ids in ids_of]
