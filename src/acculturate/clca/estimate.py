"""What CLCA will ask and train, counted before anything is asked.

Situations are filled by rule and every dialogue is played to its limit, each move a stand-in of so
many words; the stages then make their own prompts of these dialogues, for a sample of them.
"""

import math
from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from acculturate.clca.clca_settings import ClcaSettings
from acculturate.clca.dialogue_rows import teaching_rows, thin
from acculturate.clca.intents import Intent, IntentStage
from acculturate.clca.judges.judging import JudgeStage
from acculturate.clca.method import SECOND_JUDGE
from acculturate.clca.play.dialogue import Dialogue
from acculturate.clca.play.roleplay import RoleplayStage
from acculturate.clca.relevance import Relevance, RelevanceStage
from acculturate.clca.scenarios.adapting import AdaptStage
from acculturate.methods import Adaptation, Context
from acculturate.methods.workload import BATCH, Amount, Counter, Work, nobody
from acculturate.records import Request
from acculturate.runner import Stage

SCENARIO, MOVE, INTENT, VERDICT = 350, 40, 34, 60
"""Tokens of what is written, where the settings allow them; of moves and intents as in the demo."""

READ = 33
"""Tokens of a move as it stands in later prompts: some of what is written is cut away."""

WORD = " word"
"""Stands for a token of a move; it is one to most tokenizers."""

PLAYED = 24
"""Situations whose dialogues are a sample of all."""


def estimate(
    section: Adaptation,
    own: ClcaSettings,
    refs: Mapping[str, str],
    context: Context,
    counts: Counter,
) -> Iterator[Work]:
    """Yield the work of each stage, with every dialogue to its limit and each move read at once;
    the most is every try used up.
    """
    teacher = refs["teacher"]
    made = f"{teacher} {own.seed} {own.language} {own.descriptors} {own.scenarios!r}"
    if own.scenarios.adapt == "teacher":
        stage, tries = AdaptStage(context.cultures, own), own.scenarios.tries
        prompts = Amount(stage.total, stage.total * tries)
        reply = Amount(SCENARIO, own.scenarios.max_tokens)
        yield counts.asking("scenarios", teacher, prompts, _first(stage), reply, after=made)
    by_rule = own.scenarios.model_copy(update={"adapt": "rule"})
    filled = AdaptStage(context.cultures, own.model_copy(update={"scenarios": by_rule}))
    every = filled.collect(nobody).scenarios
    some = every[:: math.ceil(len(every) / PLAYED)]
    line = WORD * min(READ, own.roleplay.max_tokens)
    acts = tuple(RoleplayStage(some, own, context.cultures).stand_in(line))
    cultures = Tally(scenario.culture for scenario in every)
    share = own.teaching.quantity * own.roleplay.dialogues
    used = sum(math.ceil(share * count) for count in cultures.values())
    after = f"{made} {refs['partner']} {own.roleplay!r}"
    sample = _Sample(section, own, refs, context, counts, after, acts, len(every) / len(some), used)
    yield from sample.turns()
    yield from sample.verdicts()
    yield from sample.taught()


def _first(stage: Stage) -> list[Request]:
    """Return the requests of a stage's first round."""
    return [request for todo in stage.rounds(nobody) for request in todo.requests]


@dataclass(frozen=True, slots=True)
class _Sample:
    """Dialogues that stand in for all, each with the requests for its moves by role.

    There are `times` as many dialogues in all; `used` are taught, if all are kept. `after` is what
    decides how they are played.
    """

    section: Adaptation
    own: ClcaSettings
    refs: Mapping[str, str]
    context: Context
    counts: Counter
    after: str
    acts: tuple[tuple[Dialogue, list[tuple[str, Request]]], ...]
    times: float
    used: int

    def turns(self) -> Iterator[Work]:
        """Yield the moves of each model: in a chat a side reads its view once, then only what is
        new; in the paper's form a prompt is read anew.
        """
        own, refs = self.own.roleplay, self.refs
        rows = min(BATCH, round(self.times * len(self.acts)))
        moves = [move for _, asked in self.acts for move in asked]
        for ref in dict.fromkeys(refs[role] for role, _ in moves):
            asked = [request for role, request in moves if refs[role] == ref]
            count = round(self.times * len(asked))
            prompts, reply = Amount(count, count * own.tries), Amount(MOVE, own.max_tokens)
            batch = len(asked) if own.form == "chat" else BATCH
            yield self.counts.asking(
                "role-play", ref, prompts, asked, reply, after=self.after, rows=rows, batch=batch
            )

    def verdicts(self) -> Iterator[Work]:
        """Yield the questions to each judge."""
        own, refs = self.own, self.refs
        dialogues = [dialogue for dialogue, _ in self.acts]
        asked = JudgeStage(dialogues, own, self.context.cultures).stand_in()
        count = round(self.times * len(asked))
        prompts = Amount(count, count * (1 if own.judging.way == "choose" else own.judging.tries))
        reply = Amount(VERDICT, own.judging.max_tokens)
        for role, name in (("judge", "verdicts"), (SECOND_JUDGE, "second verdicts")):
            if role in refs:
                yield self.counts.asking(name, refs[role], prompts, asked, reply, after=self.after)

    def taught(self) -> Iterator[Work]:
        """Yield intents and relevance of what is taught, and the tuning on all rows."""
        own, refs, cultures = self.own, self.refs, self.context.cultures
        dialogues = thin([dialogue for dialogue, _ in self.acts], own.teaching.quantity, own.seed)
        times = self.used / len(dialogues)
        intents = [
            Intent(dialogue.id, place, WORD * INTENT)
            for dialogue in (dialogues if own.teaching.intents else ())
            for place in range(len(dialogue.utterances))
        ]
        weighed = [
            Relevance(dialogue.id, *exchange, 0.5)
            for dialogue in (dialogues if own.teaching.relevance else ())
            for exchange in dialogue.exchanges
        ]
        if intents:
            asked, count = _first(IntentStage(dialogues, own, cultures)), times * len(intents)
            prompts = Amount(count, count * own.intents.tries)
            reply = Amount(INTENT, own.intents.max_tokens)
            work = self.counts.asking("intents", refs["teacher"], prompts, asked, reply)
            # a smaller share of the dialogues is a part of a larger one
            yield replace(work, asks={f"intents {self.after} {own.intents!r}": count})
        if weighed:
            asked, count = _first(RelevanceStage(dialogues, cultures)), 2 * times * len(weighed)
            work = self.counts.asking("relevance", refs["judge"], Amount.of(count), asked)
            yield replace(work, asks={f"relevance {self.after}": count})
        whole = own.teaching.model_copy(update={"quantity": 1.0})
        every = own.model_copy(update={"teaching": whole})  # the share is taken already
        rows = teaching_rows(dialogues, intents, weighed, every, cultures).rows
        count = times * len(rows)
        tuning = self.counts.tuning(self.section.base, rows, self.section.tuning, Amount.of(count))
        yield replace(tuning, open=True)
