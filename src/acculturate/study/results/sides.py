"""Sides: what a study trained on and what it held out, scored apart; and what any adapted arm must
beat on the side held out.

A study that asks both sides (`survey.split.measure = "both"`) has an arm's items held out under the
arm's own name, so that all that is said of it, the verdict too, is of those. The others stand under
`ARM:trained`.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.baselines import baseline_tables
from acculturate.evaluation.reference_arms import reference_tables
from acculturate.records import Item
from acculturate.records.results.conclusion import Line, Verdict
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.plan import Plan
from acculturate.study.results.evidence import nearness
from acculturate.study.results.measured import Measured
from acculturate.study.split import trained_places

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


def level_lines(plan: Plan, table: ArmTable, primary: str, drawn: Resampling) -> list[Line]:
    """Return a line of the verdict: an arm beside answerers that need no model; none without items
    held out.
    """
    known = known_items(plan)
    if not known:
        return []
    asked = plan.survey, table.cultures, table.items
    references = [
        *reference_tables(*asked, names=LEVELS),
        *baseline_tables(*asked, seed=drawn.seed, known=known),
    ]
    rows, said = [], []
    for reference in references:
        evidence = nearness(table, reference, primary, drawn)
        if evidence is None:
            continue
        rows.append(evidence.read.row)
        shown = {1: "above it", -1: "below it", 0: "not shown to differ"}[evidence.side]
        said.append(f"{reference.arm.partition(':')[2]} {evidence.read.figures} ({shown})")
    told = f"{table.arm} less what needs no model, told the trained items: {'; '.join(said)}."
    return [Line("levels", told, levels=tuple(rows))] if rows else []


def with_levels(found: Verdict, plan: Plan, table: ArmTable, drawn: Resampling) -> Verdict:
    """Return a verdict with the line of its arm beside answerers that need no model."""
    lines = level_lines(plan, table, plan.study.study.primary, drawn)
    sentence = " ".join([found.sentence, *(line.said for line in lines)])
    return replace(found, lines=(*found.lines, *lines), sentence=sentence)
