"""Evidence: one comparison of two arms, with the checks of whether it can be trusted.

A difference may come from other questions than those asked (its interval), from a few batteries
(what exchanging the arms' answers by battery gives, p), or from what an arm declines to answer: so
it is taken twice, on the answers that were read, and with every refusal, and the probability off
the options, spread evenly over the options. Only what holds of both is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

import numpy as np

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.comparison import compare
from acculturate.evaluation.measures import METRICS
from acculturate.evaluation.scores import MEAN
from acculturate.evaluation.seeds import paired_seeds, seed_differences
from acculturate.evaluation.significance import LEVEL, paired_tests
from acculturate.evaluation.specific_gain import seed_specific_gain, specific_gain, specific_gain_p
from acculturate.records.results.differences import Difference, TestedDifference
from acculturate.records.results.plain import widened
from acculturate.statistics.bootstrap import Resampling

SMALL = 0.001
"""A p-value below it is said to be so, never `0.000`."""
SAME = 5e-5
"""What four digits do not show."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference and the p of its permutation test; `up`: more of it speaks for the arm.

    With several training `seeds` it is the mean over them, whose interval holds their spread, and
    has no permutation test.
    """

    difference: Difference
    p: float | None
    up: bool
    seeds: int = 1

    @property
    def side(self) -> int:
        """1 where the arm is shown to be better, -1 where worse, 0 where neither is shown."""
        above = self.difference.side
        if not above or not self.sure:
            return 0
        return 1 if (above > 0) == self.up else -1

    @property
    def row(self) -> TestedDifference:
        """The difference with its test, as results keep it."""
        return widened(TestedDifference, self.difference, p=self.p)

    @property
    def sure(self) -> bool:
        """Whether the permutation test does not contradict, where there is one."""
        if self.seeds > 1:
            return True
        return self.p is not None and self.p < LEVEL

    @property
    def hangs_on_one_battery(self) -> bool:
        """Whether the difference is gone, or turned, when some one battery is left out."""
        least, most = self.difference.least, self.difference.most
        return least is not None and most is not None and least <= 0 <= most

    @property
    def figures(self) -> str:
        """`+0.0370, 95% interval +0.0180 to +0.0630, p 0.002`."""
        difference = self.difference
        text = _signed(difference.value or 0.0)
        if difference.low is not None and difference.high is not None:
            text += f", 95% interval {_signed(difference.low)} to {_signed(difference.high)}"
        if self.seeds > 1:
            return f"{text}, mean of {self.seeds} training seeds"
        if self.p is None:
            return text
        return f"{text}, p {self.p:.3f}" if self.p >= SMALL else f"{text}, p < {SMALL}"


def _signed(value: float) -> str:
    """Return four digits with their sign; what they do not show is `+0.0000`, never `-0.0000`."""
    return f"{round(value, 4) + 0.0:+.4f}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A comparison on the answers that were read, and with refusals as uniform.

    `uniform` is None where nothing was refused, so that the two are one. `parted` says why they
    are not.
    """

    read: Finding
    uniform: Finding | None
    parted: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (self.read,) if self.uniform is None else (self.read, self.uniform)

    @property
    def side(self) -> int:
        """1 or -1 where both figures show it, else 0."""
        sides = {finding.side for finding in self.findings}
        return sides.pop() if len(sides) == 1 else 0

    @property
    def parts(self) -> bool:
        """Whether one figure shows what the other does not."""
        return len({finding.side for finding in self.findings}) > 1

    @property
    def figures(self) -> str:
        if self.uniform is None:
            return self.read.figures
        return f"{self.read.figures}; with refusals as uniform {self.uniform.figures}"


def nearness(arm: ArmTable, control: ArmTable, primary: str, drawn: Resampling) -> Evidence | None:
    """Return how much nearer to the people by the primary metric, mean over the tables' cultures.

    None where the two have no item in common.
    """

    def finding(ours: ArmTable, theirs: ArmTable) -> Finding | None:
        if ours.seeds or theirs.seeds:
            return _seeds_nearness(ours, theirs, primary, drawn)
        rows = compare(ours, theirs, [primary], drawn)
        tests = paired_tests(ours, theirs, [primary], seed=drawn.seed)
        mean = [row for row in rows if row.culture == MEAN and row.value is not None]
        if not mean:
            return None
        p = next(test.p for test in tests if test.culture == MEAN)
        return Finding(mean[0], p, METRICS[primary].higher_is_better)

    return _twice(finding, arm, control)


def specificity(arm: ArmTable, control: ArmTable, drawn: Resampling) -> Evidence | None:
    """Return how much more a gain favours each culture's own people; None where that
    cannot be had.
    """

    def finding(ours: ArmTable, theirs: ArmTable) -> Finding | None:
        if ours.seeds or theirs.seeds:
            pairs = paired_seeds(ours, theirs)
            mean = seed_specific_gain(*pairs, drawn)
            return Finding(mean, None, True, len(pairs[0])) if mean else None
        gain = specific_gain(ours, theirs, drawn)
        if gain is None:
            return None
        return Finding(gain, specific_gain_p(ours, theirs, drawn.seed), up=True)

    return _twice(finding, arm, control)


def _seeds_nearness(
    ours: ArmTable, theirs: ArmTable, primary: str, drawn: Resampling
) -> Finding | None:
    pairs = paired_seeds(ours, theirs)
    rows = seed_differences(*pairs, [primary], drawn)
    mean = [row for row in rows if row.culture == MEAN and np.isfinite(row.value or 0.0)]
    up = METRICS[primary].higher_is_better
    return Finding(mean[0], None, up, len(pairs[0])) if mean else None


def refused_as_uniform(table: ArmTable) -> ArmTable:
    """Return the arm as if it had answered evenly whatever it refused or put off the options."""
    asked_CI = np.isfinite(table.read_CI)
    return replace(
        table,
        share_CIK=table.filled_CIK,
        read_CI=np.where(asked_CI, 1.0, np.nan),
        refused_CI=np.zeros_like(table.refused_CI),
        seeds=tuple(map(refused_as_uniform, table.seeds)),
    )


def _twice(
    measure: Callable[[ArmTable, ArmTable], Finding | None], arm: ArmTable, control: ArmTable
) -> Evidence | None:
    read = measure(arm, control)
    if read is None:
        return None
    uniform = measure(refused_as_uniform(arm), refused_as_uniform(control))
    if uniform is None or _same(read.difference, uniform.difference):
        return Evidence(read, None)
    return Evidence(read, uniform, _why(arm, control))


def _same(one: Difference, other: Difference) -> bool:
    return one.n == other.n and abs((one.value or 0.0) - (other.value or 0.0)) < SAME


def _why(arm: ArmTable, control: ArmTable) -> str:
    """Return what of the two arms' answers names no option, in words."""
    reasons = []
    refused = [fmean(map(_refused, table.seeds or (table,))) for table in (arm, control)]
    if max(refused) > 0:
        reasons.append(
            f"{arm.arm} refuses {refused[0]:.0%} of what is asked and {control.arm} "
            f"{refused[1]:.0%}"
        )
    masses = [
        fmean(_mean(seed.mass_CI) for seed in table.seeds or (table,)) for table in (arm, control)
    ]
    if np.isfinite(masses).all():
        reasons.append(
            f"the options hold {masses[0]:.2f} of the probability in {arm.arm} and "
            f"{masses[1]:.2f} in {control.arm}"
        )
    return " and ".join(reasons)


def _refused(table: ArmTable) -> float:
    return float(table.refused_CI.sum() / max(table.asked_CI.sum(), 1))


def _mean(mass_CI: Any) -> float:
    known = mass_CI[np.isfinite(mass_CI)]
    return float(known.mean()) if known.size else float("nan")
