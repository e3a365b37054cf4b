"""Costs: what each adaptation took, beside what its arm gained.

Seconds are those in which models were asked or tuned, in this run and those before it that were cut
off; tokens are those of the replies that are kept, money their price where a server has one. What
two adaptations share is counted with the one that asked it first.
"""

from collections.abc import Mapping, Sequence

from acculturate.evaluation.scores import MEAN
from acculturate.records.results.differences import Difference
from acculturate.records.results.made import CostRow
from acculturate.runner import SECONDS
from acculturate.store import Store
from acculturate.study.adaptations import Adapted
from acculturate.study.arm_section import ArmSection
from acculturate.study.schema import Study
from acculturate.study.workplace import PRICE


def cost_rows(
    study: Study,
    store: Store,
    adapted: Mapping[str, Adapted],
    differences: Sequence[Difference],
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
    within = f"{section.id}: "
    tokens = store.tokens(within)
    return CostRow(
        arm=arm.id,
        against=arm.against,
        adapt=section.id,
        metric=study.study.primary,
        gain=gain.value if gain else None,
        low=gain.low if gain else None,
        high=gain.high if gain else None,
        asking_seconds=round(sum(store.facts(f"{SECONDS}{within}").values()), 1),
        tuning_seconds=round(sum(row.seconds for row in adapted.tuning), 1),
        read_tokens=sum(read for read, _ in tokens.values()),
        written_tokens=sum(written for _, written in tokens.values()),
        trained_tokens=sum(row.trained_tokens for row in adapted.tuning),
        money=_money(store, tokens),
    )


def _money(store: Store, tokens: Mapping[str, tuple[int, int]]) -> float | None:
    """Return the price of tokens by model; None where no model has one."""
    prices = store.facts(PRICE)
    paid = [
        (read * prices[model][0] + written * prices[model][1]) / 1e6
        for model, (read, written) in tokens.items()
        if model in prices
    ]
    return sum(paid) if paid else None
