"""Arms of one model and framing that are asked in different ways: what the way of asking does."""

from collections.abc import Iterator, Mapping

from acculturate.asking import AnswerSettings
from acculturate.evaluation.robustness import robustness
from acculturate.records.results.robust import AskingCost, RobustRow
from acculturate.runner import SECONDS
from acculturate.statistics.bootstrap import Resampling
from acculturate.store import Store
from acculturate.study.plan import Plan
from acculturate.study.results.measured import Measured
from acculturate.study.schema import Study

KEYS = {
    "labels": "labels",
    "presentation": "presentation",
    "reason": "thought",
    "no_answer": "no answer",
}
"""Keys of `[answers]` in which arms may differ, by what the results call them."""
BESIDE = {"interviews_at_once": 1, "reason_tokens": 1, "samples": 1}
"""Keys that are no way of asking by themselves."""


def asked_otherwise(study: Study) -> list[tuple[str, ...]]:
    """Return groups of arms that differ in how they are asked alone: those of one model, framing
    and kind of answer, where there are several.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for arm in study.arm:
        settings = study.settings(arm)
        key = (arm.model, arm.framing, settings.kind, *settings.languages)
        groups.setdefault(key, []).append(arm.id)
    return [tuple(names) for names in groups.values() if len(names) > 1]


def robust_rows(study: Study, arms: Mapping[str, Measured], drawn: Resampling) -> list[RobustRow]:
    """Return how far each arm's scores move with what it varies in, then how far they move between
    arms that differ in one key.
    """
    primary = study.study.primary
    rows = []
    for name, arm in arms.items():
        for source, tables in arm.levels.items():
            rows += robustness(name, source, tables, primary, drawn)
    tables = {name: arm.table for name, arm in arms.items()}
    for key, names in _differing(study):
        levels = {_level(study, name, key): tables[name] for name in names}
        rows += robustness(" + ".join(names), KEYS[key], levels, primary, drawn)
    return rows


def asking_costs(plan: Plan, store: Store) -> Iterator[AskingCost]:
    """Yield what each arm took, where arms are asked in different ways."""
    if not any(asked_otherwise(plan.study)):
        return
    counts = store.counts()
    for arm, parts in plan.parts.items():
        names = [part.stage.name for part in parts]
        tokens = [pair for name in names for pair in store.tokens(name, begins=False).values()]
        read, written = (sum(pair[at] for pair in tokens) for at in (0, 1))
        replies = sum(counts[name][0] for name in names if name in counts)
        seconds = sum(store.fact(SECONDS + name) or 0.0 for name in names)
        yield AskingCost(arm, replies, read, written, round(seconds, 1))


def _differing(study: Study) -> Iterator[tuple[str, list[str]]]:
    """Yield keys with the arms that differ in it alone, the first of each value."""
    by_id = {arm.id: arm for arm in study.arm}
    for names in asked_otherwise(study):
        for key in KEYS:
            groups: dict[str, dict[str, str]] = {}
            for name in names:
                settings = study.settings(by_id[name])
                rest = settings.model_copy(update={key: None, **BESIDE})
                alike = groups.setdefault(repr(rest), {})
                alike.setdefault(_value(settings, key), name)
            yield from ((key, list(group.values())) for group in groups.values() if len(group) > 1)


def _level(study: Study, name: str, key: str) -> str:
    arm = next(arm for arm in study.arm if arm.id == name)
    return _value(study.settings(arm), key)


def _value(settings: AnswerSettings, key: str) -> str:
    value = getattr(settings, key)
    return {True: "a thought first", False: "no thought"}.get(value, str(value))
