"""Judging: rules first, then three or four questions to any engine about what is left.

Is it a good dialogue, does it fit the culture, is it free of stereotypes; then, with the first two
findings in view, is its fit good or bad all in all. By `choose` each is asked twice with the
options in both orders and weighed (a judge that likes "A" is neither for nor against); as `text`
the verdict is written and parsed, with bounded tries. The transcript is quoted as data, one JSON
string a move.

    stage = JudgeStage(dialogues, settings)
    runner.run(stage)
    judged = stage.collect(runner.lookup)
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from acculturate.clca.clca_settings import ClcaSettings
from acculturate.clca.judges.verdicts import (
    CONFIDENCES,
    Question,
    Stated,
    Verdict,
    form_text,
    from_probability,
    is_of_form,
    keep,
    read_verdict,
    verdict_form,
)
from acculturate.clca.play.dialogue import Dialogue, transcript
from acculturate.clca.play.roleplay import PLAYED
from acculturate.clca.play.rules import fault_of
from acculturate.clca.texts import text
from acculturate.clca.trying import Partial, Task, Tries
from acculturate.clca.unread import Unread
from acculturate.clca.words import words_in
from acculturate.culture import Culture, find_culture
from acculturate.records import (
    Choice,
    ChooseRequest,
    GenerateRequest,
    Generation,
    Message,
    Reply,
    Request,
    Sampling,
)
from acculturate.records.yields import Drop, Yield, ranked
from acculturate.runner import Lookup, Round

LABELS = ("A", "B")
BROKEN_OFF = "broke off in role-play"
PASSED, READ = "dialogues passed the rules", "questions to the judge got a verdict"
KEPT = "dialogues were kept by the judge"
UNSTATED = "without a stated confidence"
COPIED = "with the form's own words for a reason"


@dataclass(frozen=True, slots=True)
class Judged:
    """The kept dialogues, all verdicts, and what was dropped by rules and by verdicts."""

    kept: tuple[Dialogue, ...]
    verdicts: tuple[Verdict, ...]
    faults: Mapping[str, str]
    drops: tuple[Drop, ...]
    yields: tuple[Yield, ...]


@dataclass(slots=True)
class _Found:
    """Verdicts by (dialogue, question), how many were asked for, and what was lost and why."""

    verdicts: dict[tuple[str, Question], Verdict] = field(default_factory=dict)
    drops: list[Drop] = field(default_factory=list)
    asked: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    against: Counter[str] = field(default_factory=Counter)


class JudgeStage:
    """Judges `dialogues` by the model in `role`; two stages with two roles can be compared."""

    def __init__(
        self,
        dialogues: Sequence[Dialogue],
        settings: ClcaSettings,
        cultures: Sequence[Culture] = (),
        role: str = "judge",
        name: str = "verdicts",
    ) -> None:
        self.name, self.roles = name, (role,)
        self._role, self._settings, self._own = role, settings, settings.judging
        self._all = tuple(dialogues)
        self._cultures = {culture.code: culture for culture in cultures}
        faults = {dialogue.id: self._fault(dialogue) for dialogue in self._all}
        self._faults = {key: fault for key, fault in faults.items() if fault}
        self._judged = [dialogue for dialogue in self._all if dialogue.id not in self._faults]

    def _fault(self, dialogue: Dialogue) -> str:
        """Return why a dialogue is not judged at all, or ""; one that broke off is no whole
        dialogue.
        """
        if dialogue.end == "failed":
            return BROKEN_OFF
        return fault_of(dialogue, self._own.least)

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Ask first the questions that need the dialogue alone, then for its review."""
        return self._go(_Found(), done)

    def collect(self, done: Lookup) -> Judged:
        """Read all verdicts anew and filter by them."""
        state = _Found()
        for _ in self._go(state, done):
            pass
        verdicts = tuple(state.verdicts.values())
        kept, against = keep(self._judged, verdicts, self._own.keep)
        state.against.update(against.values())
        lost = [
            Drop(reason, transcript(dialogue), dialogue.id)
            for dialogue in self._all
            if (reason := self._faults.get(dialogue.id) or against.get(dialogue.id, ""))
        ]
        return Judged(
            tuple(kept), verdicts, self._faults, (*state.drops, *lost), self._yields(state, kept)
        )

    def stand_in(self) -> list[Request]:
        """Return the first request of every question about every dialogue, whatever the rules say
        of it, and with no findings before the review; nobody is asked.
        """
        result, cases = _Found(), itertools.product(self._all, [*self._first, "review"])
        if self._own.way == "choose":
            return [self._choice(*case, result, flip) for case in cases for flip in (False, True)]
        sampling = Sampling.of(self._own, self._settings.seed)
        tasks = (self._task("", *case, result) for case in cases)
        return [GenerateRequest(task.messages, sampling, 0, task.schema) for task in tasks]

    @property
    def _first(self) -> list[Question]:
        """The questions that need the dialogue alone."""
        return ["quality", "fit", "stereotype"] if self._own.stereotypes else ["quality", "fit"]

    def _go(self, verdicts: _Found, done: Lookup) -> Iterator[Round]:
        yield from self._ask(list(itertools.product(self._judged, self._first)), verdicts, done)
        review: Question = "review"
        ready = [
            dialogue
            for dialogue in self._judged
            if (dialogue.id, "quality") in verdicts.verdicts
            and (dialogue.id, "fit") in verdicts.verdicts
        ]
        yield from self._ask([(dialogue, review) for dialogue in ready], verdicts, done)

    def _ask(
        self, cases: Sequence[tuple[Dialogue, Question]], verdicts: _Found, done: Lookup
    ) -> Iterator[Round]:
        verdicts.asked += len(cases)
        way = self._weigh if self._own.way == "choose" else self._write
        return way(cases, verdicts, done)

    # -- weighed ----------------------------------------------------------------------------------

    def _weigh(
        self, cases: Sequence[tuple[Dialogue, Question]], verdicts: _Found, done: Lookup
    ) -> Iterator[Round]:
        asked = [
            [self._choice(dialogue, question, verdicts, flip) for flip in (False, True)]
            for dialogue, question in cases
        ]
        if not asked:
            return
        yield Round(self._role, list(itertools.chain.from_iterable(asked)), 2 * len(asked))
        for (dialogue, question), pair in zip(cases, asked, strict=True):
            replies = [done(self._role, request) for request in pair]
            probability = both_orders(replies)
            if probability is None:
                verdicts.drops.append(
                    Drop("no reply", _message(replies), f"{dialogue.id} {question}")
                )
                verdicts.unread["no reply"] += 1
                continue
            stated = from_probability(probability)
            verdicts.verdicts[dialogue.id, question] = Verdict(
                dialogue.id, question, stated.good, stated.confidence, "", probability
            )

    def _choice(
        self, dialogue: Dialogue, question: Question, verdicts: _Found, flip: bool
    ) -> ChooseRequest:
        words = words_in(dialogue.language)
        options = (words.good[0], words.bad[0])
        form = text("form_choice", dialogue.language).fill(
            options=list(zip(LABELS, options[::-1] if flip else options, strict=True))
        )
        return ChooseRequest(self._messages(dialogue, question, verdicts, form), LABELS)

    # -- written ----------------------------------------------------------------------------------

    def _write(
        self, cases: Sequence[tuple[Dialogue, Question]], verdicts: _Found, done: Lookup
    ) -> Iterator[Round]:
        by_key = {f"{dialogue.id} {question}": (dialogue, question) for dialogue, question in cases}

        def read(key: str, reply: Generation) -> Stated | Partial[Stated] | Unread:
            language = by_key[key][0].language
            stated = read_verdict(reply.text, language)
            if isinstance(stated, Unread):
                return stated
            # the paper counts every verdict
            if self._own.keep != "published" and is_of_form(stated.critique, language):
                return Partial(Stated(stated.good, None, ""), COPIED)
            return stated if stated.confidence else Partial(stated, UNSTATED)

        sampling = Sampling.of(self._own, self._settings.seed)
        tasks = [self._task(key, *case, verdicts) for key, case in by_key.items()]
        tries: Tries[Stated] = Tries(tasks, read, sampling, self._own.tries, self._role)
        yield from tries.rounds(done)
        tried = tries.collect(done)
        verdicts.drops += tried.drops
        verdicts.unread.update(tried.lost)
        for key, stated in tried.values.items():
            dialogue, question = by_key[key]
            verdicts.verdicts[dialogue.id, question] = Verdict(
                dialogue.id, question, stated.good, stated.confidence, stated.critique
            )

    def _task(self, key: str, dialogue: Dialogue, question: Question, verdicts: _Found) -> Task:
        language = dialogue.language
        messages = self._messages(dialogue, question, verdicts, form_text(language))
        return Task(key, messages, schema=verdict_form(language) if self._own.bound else "")

    # -- prompts ----------------------------------------------------------------------------------

    def _messages(
        self, dialogue: Dialogue, question: Question, verdicts: _Found, form: str
    ) -> tuple[Message, ...]:
        """Return the prompt with the case first, so that all questions about a dialogue share a
        beginning.
        """
        language = dialogue.language
        culture = self._cultures.get(dialogue.culture) or find_culture(dialogue.culture)
        case = text("case", language).fill(
            setting=dialogue.scenario.setting,
            people=dialogue.scenario.pair,
            transcript=transcript(dialogue),
        )
        asked = text(question, language).fill(
            culture=culture.named(language),
            descriptors=dialogue.descriptors.text,
            quality=self._said(dialogue, "quality", verdicts),
            fit=self._said(dialogue, "fit", verdicts),
        )
        system = text("judge", language).fill()
        return Message("system", system), Message("user", f"{case}\n\n{asked}\n\n{form}")

    def _said(self, dialogue: Dialogue, question: Question, verdicts: _Found) -> str:
        """Return an earlier verdict in words, for the review."""
        verdict = verdicts.verdicts.get((dialogue.id, question))
        if verdict is None:
            return ""
        words = words_in(dialogue.language)
        word = words.good[0] if verdict.good else words.bad[0]
        if verdict.confidence is None:
            return word
        return f"{word} ({words.levels[CONFIDENCES.index(verdict.confidence)][0]})"

    def _yields(self, state: _Found, kept: Sequence[Dialogue]) -> tuple[Yield, ...]:
        verdicts = state.verdicts.values()
        unsaid = sum(verdict.confidence is None for verdict in verdicts)
        note = f"{unsaid} {UNSTATED}" if unsaid else ""
        by_rule = Counter(fault for fault in self._faults.values() if fault != BROKEN_OFF)
        played = len(self._judged) + by_rule.total()
        return (
            Yield(PASSED, len(self._judged), played, lost=ranked(by_rule), after=PLAYED),
            Yield(READ, len(verdicts), state.asked, note, lost=ranked(state.unread)),
            Yield(KEPT, len(kept), len(self._judged), lost=ranked(state.against), after=PASSED),
        )


def both_orders(replies: Sequence[Reply | None]) -> float | None:
    """Return the first option's probability among the two, mean of both orders; None where one is
    missing. The second reply has the options the other way round.
    """
    choices = [reply for reply in replies if isinstance(reply, Choice)]
    if len(choices) < 2:
        return None
    shares = []
    for place, choice in enumerate(choices):
        own, other = choice.logprobs[place], choice.logprobs[1 - place]
        shares.append(1 / (1 + math.exp(min(700.0, other - own))))
    return sum(shares) / 2


def _message(replies: Sequence[Reply | None]) -> str:
    return next((text for reply in replies if (text := getattr(reply, "message", ""))), "")
