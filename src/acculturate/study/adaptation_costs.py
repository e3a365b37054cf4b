"""Costs: what each stage took, and each adaptation beside what its arm gained.

Seconds are those in which models were asked or tuned, in this run and those before it that were cut
off; tokens are those of the replies that are kept, money their price where a server has one. What
two adaptations share is counted with the one that asked it first.
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from acculturate.evaluation.scores import MEAN
from acculturate.records.results.differences import Difference
from acculturate.records.results.made import CostRow, StageCost
from acculturate.runner import SECONDS
from acculturate.store import Store
from acculturate.study.adaptations import Adapted
from acculturate.study.arm_section import ArmSection
from acculturate.study.schema import Study
from acculturate.study.workplace import PRICE


def cost_rows(
    study: Study, store: Store, adapted: Mapping[str, Adapted], differences: Sequence[Difference]
) -> tuple[CostRow, ...]:
    """Return a row for each adapted arm, in the order of the study."""
    gains = {
        (row.arm, row.against): row
        for row in differences
        if row.metric == study.study.primary and row.culture == MEAN
    }
    return tuple(
        _row(study, store, arm, adapted[section.id], gains.get((arm.id, arm.against or "")))
        for arm in study.arm
        if (section := study.adaptation(arm.model)) and (not arm.part_of or arm.seed is not None)
    )


def _row(
    study: Study, store: Store, arm: ArmSection, adapted: Adapted, gain: Difference | None
) -> CostRow:
    section = study.adaptation(arm.model)
    assert section is not None
    prefix = f"{section.id}: "
    tokens = store.tokens(prefix)
    return CostRow(
        arm=arm.id,
        against=arm.against,
        adapt=section.id,
        metric=study.study.primary,
        gain=gain.value if gain else None,
        low=gain.low if gain else None,
        high=gain.high if gain else None,
        asking_seconds=round(sum(store.facts(f"{SECONDS}{prefix}").values()), 1),
        tuning_seconds=round(sum(row.seconds for row in adapted.tuning), 1),
        read_tokens=sum(read for read, _ in tokens.values()),
        written_tokens=sum(written for _, written in tokens.values()),
        trained_tokens=sum(row.trained_tokens for row in adapted.tuning),
        money=_money(store, tokens),
    )


class SessionFacts(TypedDict):
    """What is noted at the end of every session, of all of them: see `RunMeta`."""

    minutes: float
    date: str
    memory: dict[str, float]


def session_facts(store: Store) -> SessionFacts:
    """Return how long a run took, its last day, and the most memory that any session held."""
    notes = store.notes("session")
    held: dict[str, float] = {}
    for note in notes:
        for name, gib in note.get("memory", {}).items():
            held[name] = max(gib, held.get(name, 0.0))
    return {
        "minutes": round(sum(note["seconds"] for note in notes) / 60, 2),
        "date": max((note.get("date", "") for note in notes), default=""),
        "memory": held,
    }


def stage_costs(store: Store, adapted: Mapping[str, Adapted]) -> tuple[StageCost, ...]:
    """Return what each stage took, in the order of their names, then each training."""
    stages = store.facts(SECONDS)
    asked = (_stage(store, name, seconds) for name, seconds in stages.items())
    tuned = (
        StageCost(f"{name}: training {row.adapter}", row.seconds, row.trained_tokens, 0, None)
        for name, adaptation in adapted.items()
        for row in adaptation.tuning
    )
    return (*asked, *tuned)


def _stage(store: Store, name: str, seconds: float) -> StageCost:
    stage = name.removeprefix(SECONDS)
    tokens = store.tokens(stage, begins=False)
    read, written = (sum(pair[at] for pair in tokens.values()) for at in (0, 1))
    return StageCost(stage, seconds, read, written, _money(store, tokens))


def _money(store: Store, tokens: Mapping[str, tuple[int, int]]) -> float | None:
    """Return the price of tokens by model; None where no model has one."""
    prices = store.facts(PRICE)
    paid = [
        (read * prices[model][0] + written * prices[model][1]) / 1e6
        for model, (read, written) in tokens.items()
        if model in prices
    ]
    return sum(paid) if paid else None
