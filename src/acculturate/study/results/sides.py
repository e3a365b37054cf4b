"""Sides: what a study trained on and what it held out, scored apart; and what any adapted arm must
beat on the side held out.

A study that asks both sides (`survey.split.measure = "both"`) has an arm's items held out under the
arm's own name, so that all that is said of it, the verdict too, is of those. The others stand under
`ARM:trained`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.baselines import baseline_tables
from acculturate.evaluation.reference_arms import reference_tables
from acculturate.methods import Adaptation
from acculturate.records import Item
from acculturate.records.results.conclusion import Line, Verdict
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.plan import Plan
from acculturate.study.results.evidence import Evidence, nearness
from acculturate.study.results.measured import Measured
from acculturate.study.schema import Study
from acculturate.study.split import trained_places
from acculturate.study.training_seeds import named_arms

LEVELS = ("uniform",)
"""Answerers without a model beside which an arm is set, with the baselines of trained items."""


def trained_name(arm: str) -> str:
    """Return the name of an arm's rows of trained items."""
    return f"{arm}:trained"


def sides(
    plan: Plan, arms: Mapping[str, Measured]
) -> tuple[dict[str, Measured], dict[str, ArmTable]]:
    """Return the arms on the items held out, and their tables of trained items by arm; none where
    only the items held out were asked.
    """
    trained = np.array(trained_places(plan.study, plan.survey), dtype=np.intp)
    if not len(trained):
        return dict(arms), {}
    held_out: dict[str, Measured] = {}
    tables: dict[str, ArmTable] = {}
    for name, arm in arms.items():
        table = arm.table
        rows = np.arange(len(table.cultures))
        others = np.setdiff1d(np.arange(len(table.items)), trained)
        held_out[name] = replace(arm, table=table.part(rows, others))
        tables[name] = replace(table.part(rows, trained), arm=trained_name(name))
    return held_out, tables


def known_items(plan: Plan) -> tuple[Item, ...]:
    """Return the items that baselines are told: those that adaptations use of what a split by items
    leaves; all of these where there is no adaptation.
    """
    split = plan.study.survey.split
    if split is None or split.by == "culture":
        return ()
    used = [own.trained_items(plan.context) for own in plan.adaptations] or [plan.context.seen]
    return tuple(dict.fromkeys(item for items in used for item in items))


def with_levels(
    concluded: Verdict, plan: Plan, tables: Mapping[str, ArmTable], drawn: Resampling
) -> Verdict:
    """Return a verdict with lines of its arm and of each ceiling beside answerers that need no
    model; as it is where no items are held out.
    """
    about = _Levels(plan, plan.study.study.primary, drawn)
    known = known_items(plan)
    named = "told the trained items"
    rows = [
        about.line(
            "levels",
            tables[concluded.arm],
            known,
            f"{concluded.arm} minus what needs no model, {named}",
        )
    ]
    for arm, section in _ceilings(plan.study, concluded.arm):
        items = section.trained_items(plan.context) if known else ()
        text = (
            f"The ceiling: {arm}, trained on the people's answers to {len(items)} other items, "
            "minus what needs no model and knows the same items"
        )
        rows.append(about.line("ceiling", tables[arm], items, text))
    lines = [line for line in rows if line]
    sentence = " ".join([concluded.sentence, *(line.said for line in lines)])
    return replace(concluded, lines=(*concluded.lines, *lines), sentence=sentence)


@dataclass(frozen=True, slots=True)
class _Levels:
    """Sets arms beside answerers that need no model."""

    plan: Plan
    primary: str
    drawn: Resampling

    def line(self, about: str, table: ArmTable, known: Sequence[Item], head: str) -> Line | None:
        """Return a line on an arm beside answerers that were told `known` items; None without
        any.
        """
        evidence = [
            nearness(table, reference, self.primary, self.drawn)
            for reference in self._references(table, known)
        ]
        shown = [proof for proof in evidence if proof]
        listed = "; ".join(map(_beside, shown))
        rows = tuple(proof.read.row for proof in shown)
        return Line(about, f"{head}: {listed}.", levels=rows) if rows else None

    def _references(self, table: ArmTable, known: Sequence[Item]) -> list[ArmTable]:
        if not known:
            return []
        asked = self.plan.survey, table.cultures, table.items
        return [
            *reference_tables(*asked, names=LEVELS),
            *baseline_tables(*asked, seed=self.drawn.seed, known=known),
        ]


def _beside(evidence: Evidence) -> str:
    """Return how an arm lies to an answerer, with figures."""
    shown = {1: "above it", -1: "below it", 0: "not shown to differ"}[evidence.side]
    name = evidence.read.difference.against.partition(":")[2]
    return f"{name} {evidence.figures} ({shown})"


def _ceilings(study: Study, arm: str) -> Iterator[tuple[str, Adaptation]]:
    """Yield the arms that were taught the people's own answers, but for the verdict's own arm."""
    for name, own in named_arms(study).items():
        section = study.adaptation(own.model)
        if section and section.ceiling and name != arm:
            yield name, section
