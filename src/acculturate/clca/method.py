"""The method as a whole: its stages in order, from cultures to training rows.

Who carries a stage (which engines stand behind the roles `teacher`, `partner` and `judge`) is the
caller's affair: `carry` runs a stage to its end and returns what it collects. A second judge
(role `second judge`) judges the same dialogues and decides nothing.

    learned = learn(cultures, settings, carry, can_choose=judge.can_choose)
    learned.teaching.rows, learned.yields
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from acculturate.clca.clca_settings import ClcaSettings
from acculturate.clca.dialogue_rows import Teaching, teaching_rows, thin
from acculturate.clca.intents import Intents, IntentStage
from acculturate.clca.judges.audit import Audit, audit
from acculturate.clca.judges.judging import READ, Judged, JudgeStage
from acculturate.clca.play.dialogue import Dialogue, played
from acculturate.clca.play.roleplay import Dialogues, RoleplayStage
from acculturate.clca.relevance import Relevances, RelevanceStage
from acculturate.clca.scenarios.adapting import AdaptStage, Scenarios
from acculturate.clca.scenarios.scenario import Situation
from acculturate.culture import Culture
from acculturate.records.results.talks import (
    AuditCount,
    AuditFinding,
    Decision,
    DialogueRecord,
    Move,
    Person,
)
from acculturate.records.yields import Drop, Yield
from acculturate.runner import Collected, CollectingStage

SECOND_JUDGE = "second judge"
Made = TypeVar("Made")


class RoleStage(CollectingStage[Collected], Protocol[Collected]):
    """A stage that says which roles it asks."""

    @property
    def roles(self) -> tuple[str, ...]: ...


class Carry(Protocol):
    """Runs a stage over its roles' engines and returns what it collects."""

    def __call__(self, stage: RoleStage[Made], /) -> Made: ...


@dataclass(frozen=True, slots=True)
class Learned:
    """What every step brought; `settings` are those that were really used, `second` is what the
    second judge found, where there is one.
    """

    settings: ClcaSettings
    scenarios: Scenarios
    dialogues: Dialogues
    judged: Judged
    intents: Intents
    relevances: Relevances
    audit: Audit
    teaching: Teaching
    second: Judged | None = None

    @property
    def yields(self) -> tuple[Yield, ...]:
        """The steps in order."""
        played_, rows = (self.scenarios, self.dialogues, self.judged), self.teaching.yields
        asked = (self.intents, self.relevances)
        return (
            *(tally for step in played_ for tally in step.yields),
            *self._second(),
            *_audited(self.audit),
            *rows[:1],  # which of the kept ones are taught decides what is asked of them
            *(tally for step in asked for tally in step.yields),
            *rows[1:],
        )

    def _second(self) -> Iterator[Yield]:
        """Yield how many verdicts a second judge gave; its verdicts drop nothing."""
        for tally in self.second.yields if self.second else ():
            if tally.step == READ:
                yield replace(tally, step=READ.replace("the judge", "the second judge"))

    @property
    def drops(self) -> tuple[Drop, ...]:
        """Everything that was not used, with its reason."""
        return (
            *self.scenarios.drops,
            *self.dialogues.drops,
            *self.judged.drops,
            *self.intents.drops,
        )


def learn(
    cultures: Sequence[Culture],
    settings: ClcaSettings,
    carry: Carry,
    *,
    can_choose: bool = True,
    second_can_choose: bool | None = None,
    situations: Mapping[str, Situation] | None = None,
) -> Learned:
    """Make scenarios, dialogues, verdicts, intents, relevance and rows, one after the other.

    A judge that gives no option probabilities (`can_choose` False) writes its verdicts instead, and
    relevance is left out; `settings` of the result say so. A task with weight 0 is not asked
    for, and nothing is asked of kept dialogues beyond `teaching.quantity`.
    `second_can_choose` says the same of a second judge, None where there is none.
    """
    second = settings if second_can_choose else _written(settings)
    if not can_choose:
        settings = _written(settings)
    tasks = settings.teaching
    scenarios = carry(AdaptStage(cultures, settings, situations))
    played_ = carry(RoleplayStage(scenarios.scenarios, settings, cultures))
    judged = carry(JudgeStage(played_.dialogues, settings, cultures))
    used = thin(judged.kept, tasks.quantity, settings.seed)
    asked = used if tasks.intents else ()
    intents = carry(IntentStage(asked, settings, cultures))
    weighed = used if tasks.relevance else ()
    relevances = carry(RelevanceStage(weighed, cultures))
    return Learned(
        settings=settings,
        scenarios=scenarios,
        dialogues=played_,
        judged=judged,
        intents=intents,
        relevances=relevances,
        audit=audit(played_.dialogues, judged.verdicts, cultures),
        teaching=teaching_rows(
            judged.kept, intents.intents, relevances.relevances, settings, cultures
        ),
        second=None
        if second_can_choose is None
        else carry(
            JudgeStage(played_.dialogues, second, cultures, SECOND_JUDGE, "second verdicts")
        ),
    )


def dialogue_rows(learned: Learned) -> list[DialogueRecord]:
    """Return every dialogue as it was played and judged, with why it was dropped and whether it is
    taught.
    """
    dropped = {drop.topic: drop.reason for drop in learned.judged.drops}
    taught = set(learned.teaching.used)
    intents = {(intent.dialogue, intent.place): intent.text for intent in learned.intents.intents}
    verdicts, second = _by_dialogue(learned.judged), _by_dialogue(learned.second)
    findings: dict[str, list[AuditFinding]] = {}
    for finding in learned.audit.findings:
        own = findings.setdefault(finding.dialogue, [])
        own.append(AuditFinding(finding.place, finding.kind, finding.words))
    return [
        DialogueRecord(
            id=dialogue.id,
            culture=dialogue.culture,
            language=dialogue.language,
            domain=dialogue.scenario.domain,
            adapted=dialogue.scenario.adapted,
            setting=dialogue.scenario.setting,
            people=tuple(
                Person(who.name, who.occupation, who.goal, who.secret)
                for who in dialogue.scenario.pair
            ),
            end=dialogue.end,
            moves=tuple(_moves(dialogue, intents)),
            verdicts=tuple(verdicts.get(dialogue.id, ())),
            second=tuple(second.get(dialogue.id, ())),
            findings=tuple(findings.get(dialogue.id, ())),
            dropped=dropped.get(dialogue.id, ""),
            taught=dialogue.id in taught,
        )
        for dialogue in learned.dialogues.dialogues
    ]


def audit_rows(learned: Learned) -> list[AuditCount]:
    """Return the audit of each culture's dialogues: how many there are, in how many a pattern of
    each kind was found, and how many of those judged the judge finds biased, or is not sure of.
    """
    whole = learned.audit
    return [
        AuditCount(
            culture,
            own.dialogues,
            **own.counts,
            judged=own.judged,
            biased=own.biased,
            unsure=own.unsure,
        )
        for culture in dict.fromkeys(whole.cultures.values())
        for own in (whole.of(culture),)
    ]


def _moves(dialogue: Dialogue, intents: Mapping[tuple[str, int], str]) -> Iterator[Move]:
    for place, utterance in enumerate(dialogue.utterances):
        text, intent = played(utterance, dialogue.language), intents.get((dialogue.id, place), "")
        yield Move(dialogue.name(utterance), utterance.kind, text, intent)


def _by_dialogue(judged: Judged | None) -> dict[str, list[Decision]]:
    decisions: dict[str, list[Decision]] = {}
    for verdict in judged.verdicts if judged else ():
        decisions.setdefault(verdict.dialogue, []).append(
            Decision(
                verdict.question,
                verdict.good,
                verdict.confidence,
                verdict.critique,
                verdict.probability,
            )
        )
    return decisions


def _written(settings: ClcaSettings) -> ClcaSettings:
    judging = settings.judging.model_copy(update={"way": "text"})
    teaching = settings.teaching.model_copy(update={"relevance": 0.0})
    return settings.model_copy(update={"judging": judging, "teaching": teaching})


def _audited(checked: Audit) -> tuple[Yield, ...]:
    steps = [
        Yield(f"dialogues hold a {kind}", count, checked.dialogues, "by patterns", found=True)
        for kind, count in checked.counts.items()
    ]
    unsure = checked.unsure
    note = (
        f"by the judge, who is not sure of {unsure} or does not say" if unsure else "by the judge"
    )
    steps.append(
        Yield("dialogues hold stereotypes", checked.biased, checked.judged, note, found=True)
    )
    return tuple(steps)
