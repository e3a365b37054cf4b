"""The sections of the page, in its order: each with its title, its template and what that shows.

A section is a function here that takes what the run has (`Source`) and returns what its template
needs beside `meta` and `culture_names`, or None where the run has nothing for it; the template
`templates/NAME.html.jinja`; and a line in `SECTIONS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from acculturate.report import mechanism_charts as adapting
from acculturate.report.dumbbells import dumbbell_figure
from acculturate.report.item_table import item_table
from acculturate.report.map_chart import map_figure
from acculturate.report.matrix import matrix_figure, too_near
from acculturate.report.measure_table import measure_table
from acculturate.report.profiles import (
    DIVERSITY,
    FIDELITY,
    GROUPS,
    PERSONS,
    SPECIFICITY,
    group_ends,
    measured_part,
    part_tables,
    profile,
    specific_part,
)
from acculturate.report.relation_charts import kin_figure, near_arms, tree_figure
from acculturate.report.source import Source

SHOWN_ROWS = 40
"""Rows of a method's own table that the page shows."""
Content = Mapping[str, Any]
Build = Callable[[Source], Content | None]


@dataclass(frozen=True, slots=True)
class Section:
    """A section: `name` is its template and its place on the page, `title` its link's text.

    One that is `folded` shows its title alone until a reader opens it.
    """

    name: str
    title: str
    build: Build
    folded: bool = False


def having(*keys: str) -> Build:
    """Return a section whose template reads `meta` alone, where that has any of `keys`: parts of
    `RunMeta`, or tables of methods.
    """

    def build(run: Source) -> Content | None:
        return {} if any(run.has(key) for key in keys) else None

    return build


def results(run: Source) -> Content | None:
    """Return the study's first metric by culture, its differences, and their figure."""
    if not run.scores:
        return None
    first, *_ = run.scores
    name = first.measure.name
    changes = run.differences.get(name)
    return {
        "table": first,
        "compared": changes,
        "figure": dumbbell_figure(first, changes, run.pair, run.targets),
    }


def questions(run: Source) -> Content | None:
    """Return every item's answers."""
    table = item_table(run.meta, run.pair)
    return {"table": table} if table else None


def measures(run: Source) -> Content | None:
    """Return the other metrics."""
    table = measure_table(run)
    return {"table": table} if table else None


def specificity(run: Source) -> Content | None:
    """Return whether answers know this culture."""
    specific = specific_part(profile(run.results, SPECIFICITY))
    if not specific.has_arms:
        return None
    return {
        "specific": specific,
        "figure": matrix_figure(run.meta.matrices),
        "near": [matrix.arm for matrix in run.meta.matrices if too_near(matrix.centred)],
    }


def fidelity(run: Source) -> Content | None:
    """Return whether answers are near to the people and as unlike each other as they are."""
    faithful = specific_part(profile(run.results, FIDELITY))
    if not faithful.has_arms:
        return None
    binding = {row.arm: row.held_by for row in run.meta.fidelity}
    return {"faithful": faithful, "binding": binding}


def groups(run: Source) -> Content | None:
    """Return the smallest and the largest group, what groups show together, and who they are."""
    if run.meta.groups is None:
        return None
    figures = specific_part(profile(run.results, GROUPS))
    return {"table": group_ends(run.meta), "figures": figures}


def diversity(run: Source) -> Content | None:
    """Return whether answers are as varied as people's, also where only one culture is measured."""
    diverse = measured_part(profile(run.results, DIVERSITY))
    return {"diverse": diverse} if diverse.has_arms else None


def persons(run: Source) -> Content | None:
    """Return what the section of single persons shows; None without any."""
    part = profile(run.results, PERSONS)
    return {"persons": part} if part.has_arms else None


def culture_map(run: Source) -> Content | None:
    """Return the culture map."""
    figure = map_figure(run.meta.map, run.arms, run.pair) if run.meta.map else None
    return {"figure": figure} if figure else None


def relations(run: Source) -> Content | None:
    """Return how cultures stand to each other."""
    kinship = run.meta.relations
    if kinship is None:
        return None
    return {
        "kin": kin_figure(kinship, run.pair),
        "tree": tree_figure(kinship, run.pair),
        "near": near_arms(kinship, run.pair),
    }


def mechanisms(run: Source) -> Content | None:
    """Return what adapting did to answers."""
    shown = adapting.mechanisms(run.meta)
    return {"mechanisms": shown} if shown.any else None


def parts(run: Source) -> Content | None:
    """Return the first metric by topic and by continent."""
    tables = part_tables(run.meta)
    label = run.scores[0].measure.label if run.scores else "measure"
    return {"parts": tables, "label": label} if tables else None


def method_tables(run: Source) -> Content | None:
    """Return the tables that methods bring and no section is made for, the first rows of each."""
    tables = {
        name: (list(dict.fromkeys(column for row in rows for column in row)), rows[:SHOWN_ROWS])
        for name, rows in run.meta.method_tables.items()
        if rows
    }
    return {"tables": tables} if tables else None


SECTIONS = (
    Section("results", "Results by culture", results),
    Section("tables", "Tables", having("tables")),
    Section("fidelity", "As unlike each other?", fidelity),
    Section("questions", "Every question", questions),
    Section("arms", "What was measured", having("arms")),
    Section("map", "Culture map", culture_map),
    Section("measures", "Other measures", measures),
    Section("specificity", "This culture?", specificity, folded=True),
    Section("abilities", "General abilities", having("abilities")),
    Section("groups", "Groups of people", groups, folded=True),
    Section("persons", "Single persons", persons, folded=True),
    Section("diversity", "As varied as people?", diversity, folded=True),
    Section("relations", "Relations", relations, folded=True),
    Section("mechanisms", "What adapting did", mechanisms, folded=True),
    Section("parts", "By topic and continent", parts, folded=True),
    Section(
        "asking",
        "What else moves answers",
        having("variance", "reliability", "agreement", "no_answers", "robustness", "asking"),
        folded=True,
    ),
    Section("neutral", "Neutral texts", having("neutral"), folded=True),
    Section("costs", "What it took", having("costs", "stages")),
    Section("data", "Training data", having("yields", "drops", "shifts"), folded=True),
    Section("dialogues", "Dialogues", having("dialogues"), folded=True),
    Section("raters", "Judges and people", having("raters"), folded=True),
    Section("method_tables", "Tables of methods", method_tables, folded=True),
    Section("tuning", "Training", having("tuning"), folded=True),
    Section("failures", "Requests without a reply", having("failures"), folded=True),
    Section("again", "Run it again", having("rerun", "models"), folded=True),
    Section("survey", "Source and terms", having("survey"), folded=True),
)
