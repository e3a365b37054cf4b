"""The split of a gain: what comes with the culture, with position, with training as such.

    culture     the arm less its gain-0 control: the same rows without their shifts
    position    an arm that is taught the answer of all orders in each, without shifts, less the
                model as it was: what unlearning the position of options brings
    training    the gain-0 arm less the model as it was: what training on one's own answers does

Each is had where the study has the arm for it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from acculturate.evaluation.arm_table import ArmTable
from acculturate.records.results.conclusion import Line, SplitPart
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.results.evidence import nearness
from acculturate.study.schema import Study
from acculturate.study.training_seeds import named_arms


class Part(NamedTuple):
    """A part of a gain: the difference of two arms, by their ids."""

    name: str
    arm: str
    against: str


def parts_of(study: Study, arm: str, against: str, alike: Sequence[str]) -> tuple[Part, ...]:
    """Return the parts of the gain of `arm` on `against`; `alike` are arms made and asked as it
    was, but for how they were taught.
    """
    by_id = named_arms(study)
    own = study.adaptation(by_id[arm].model)
    kinds = {study.control(by_id[name]): name for name in alike}
    arms, againsts = {**kinds, None: arm}, {**kinds, None: against}
    return tuple(
        Part(part.name, arms[part.arm], againsts[part.against])
        for part in (own.gain_parts if own else ())
        if part.arm in arms and part.against in againsts
    )


def split_line(
    tables: Mapping[str, ArmTable],
    cultures: Sequence[str],
    parts: Sequence[Part],
    primary: str,
    drawn: Resampling,
) -> list[Line]:
    """Return a line of the verdict with the figures of each part; none where there are no parts."""
    rows, sentences = [], []
    for name, arm, against in parts:
        finding = nearness(tables[arm].of(cultures), tables[against].of(cultures), primary, drawn)
        if finding is None:
            continue
        gap = finding.read.difference
        estimate = (gap.value, gap.low, gap.high)
        rows.append(SplitPart(name, arm, against, *estimate, finding.read.p))
        shown = "" if finding.side else ", not shown to differ from zero"
        sentences.append(f"{name} {finding.read.figures} ({arm} less {against}{shown})")
    told = f"Split of the difference: {'; '.join(sentences)}."
    return [Line("split", told, tuple(rows))] if rows else []
