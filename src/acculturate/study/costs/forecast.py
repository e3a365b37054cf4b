"""A forecast of a study: its stages with what each costs, in lines and as JSON.

Amounts have a likely value and the most that they can be. What is not known is left out, and a note
says why.

>>> amount(Amount(52, 156)), duration(Amount(90, 90)), size(1.5e9)
('about 52 (at most 156)', 'about 90 s', '1.4 GiB')
"""

from dataclasses import dataclass
from typing import Any

from acculturate.methods.workload import Amount, Work
from acculturate.study.costs.cost import Cost, in_all
from acculturate.study.costs.machine import Machine

MINUTE, HOUR, GIB = 60, 3600, 2**30
UNITS = {"tune": ("rows", "trained on"), "read": ("texts", "read")}
"""What is counted of a kind of work, and what it is once it is done."""
AROUND_SECONDS = 15
"""Imports, loading, intervals of all metrics and the report, as in the demo."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage's work by the model of a name, and what it costs."""

    work: Work
    model: str
    cost: Cost


@dataclass(frozen=True, slots=True)
class Estimate:
    """Stages in their order; `notes` say what is not known, `warnings` what will not do."""

    stages: tuple[Stage, ...]
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    machine: Machine | None = None

    @property
    def asked(self) -> tuple[Stage, ...]:
        """The stages that ask prompts."""
        return tuple(stage for stage in self.stages if stage.work.kind not in ("read", "tune"))

    @property
    def prompts(self) -> Amount:
        return in_all([stage.work.prompts for stage in self.asked])

    @property
    def seconds(self) -> Amount | None:
        """Of all that runs on this machine; None where nothing does."""
        times = [stage.cost.seconds for stage in self.stages if stage.cost.seconds]
        return in_all(times).plus(Amount.of(AROUND_SECONDS)) if times else None

    @property
    def memory(self) -> float | None:
        """The most bytes that a stage needs; models are open one after the other."""
        return max((stage.cost.memory for stage in self.stages if stage.cost.memory), default=None)

    @property
    def money(self) -> Amount | None:
        amounts = [stage.cost.money for stage in self.stages if stage.cost.money]
        return in_all(amounts) if amounts else None

    @property
    def text(self) -> str:
        """Everything in lines."""
        lines = [_line(stage) for stage in self.stages]
        return "\n".join([*lines, *self.notes, *self.warnings, self._sum()])

    def _sum(self) -> str:
        done = sum(stage.work.answered for stage in self.asked)
        parts = [f"In all {amount(self.prompts)} prompts{_already(done)}"] if self.asked else []
        if self.seconds and self.machine:
            m = self.machine
            parts.append(
                f"{duration(self.seconds)} on this machine ({m.device}, {m.dtype}, "
                f"{m.peak / 1e9:,.0f} GFLOP/s)"
            )
            parts.append(f"up to {size(self.memory or 0)} of its {size(m.memory)} of memory")
        if self.money:
            parts.append(f"{amount(self.money, '.2f')} of money")
        return f"{', '.join(parts)}. This dry run {'asks' if self.asked else 'tunes'} nothing."

    def as_json(self) -> dict[str, Any]:
        """Return the same as plain values: [likely, most] for amounts, null where nothing is known.
        How many rows will be trained is not known until they are built: [null, most].
        """
        return {
            "schema": 1,
            "stages": [_row(stage) for stage in self.stages],
            "total": {
                "prompts": self.prompts,
                "answered": sum(stage.work.answered for stage in self.asked),
                "seconds": self.seconds,
                "memory": self.memory,
                "money": self.money,
            },
            "notes": self.notes,
            "warnings": self.warnings,
        }


def _line(stage: Stage) -> str:
    work, cost = stage.work, stage.cost
    upto = "up to " if work.open else ""
    what, done = UNITS.get(work.kind, ("prompts", "answered"))
    asked = f"{upto}{amount(work.prompts)} {what}"
    parts = [f"{asked}{_besides(work.again)}{_already(work.answered, done)}"]
    tokens = f"about {round(work.read.likely):,} tokens read"
    if cost.seconds and round(work.computed.likely) < round(work.read.likely):
        tokens += f" ({round(work.computed.likely):,} computed)"
    parts.append(tokens)
    if work.written.most:
        what = "trained" if work.kind == "tune" else "written"
        parts.append(f"{amount(work.written)} {what}")
    if cost.seconds:
        parts.append(f"{upto}{duration(cost.seconds)}")
    if cost.memory:
        parts.append(size(cost.memory))
    if cost.money:
        parts.append(f"{amount(cost.money, '.2f')} of money")
    return f"{work.name}: {', '.join(parts)}"


def _besides(again: Amount) -> str:
    return f" (besides {amount(again)} that are asked before)" if again.most else ""


def _already(number: int, done: str = "answered") -> str:
    return f" (of which {number:,} are already {done})" if number else ""


def _row(stage: Stage) -> dict[str, Any]:
    work, cost = stage.work, stage.cost
    return {
        "name": work.name,
        "model": stage.model,
        "kind": work.kind,
        "prompts": (None, work.prompts.most) if work.open else work.prompts,
        "asked_before": work.again,
        "answered": work.answered,
        "tokens_read": work.read,
        "tokens_computed": work.computed,
        "tokens_written": work.written,
        "seconds": cost.seconds,
        "memory": cost.memory,
        "money": cost.money,
    }


def amount(value: Amount, form: str = ",.0f") -> str:
    """Return a number that is known as it is, another with its bound."""
    likely, most = format(value.likely, form), format(value.most, form)
    return likely if likely == most else f"about {likely} (at most {most})"


def duration(seconds: Amount) -> str:
    """Return seconds, minutes or hours, never more exact than an estimate is."""
    likely, most = _time(seconds.likely), _time(seconds.most)
    return f"about {likely}" + (f" (at most {most})" if likely != most else "")


def size(count: float) -> str:
    """Return bytes in GiB."""
    return f"{count / GIB:.1f} GiB"


def _time(seconds: float) -> str:
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:,.1f} h"
