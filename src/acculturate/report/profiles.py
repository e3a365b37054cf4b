"""Profiles and parts: tables with arms as rows, and one metric cut into topics or continents.

A profile sets several figures of an arm side by side, mean over cultures, where no one of them says
it alone: specificity, diversity, single persons.

    >>> row = Score("aware", None, None, None, "wvs7", "mean", "pair_share", 0.7)
    >>> profile(RunResults((row,)), ["pair_share"]).rows[0].estimates[0].value
    0.7
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from acculturate.records import Score
from acculturate.records.results.cut import PartRow
from acculturate.records.results.run_results import RunMeta, RunResults
from acculturate.records.score import Estimate
from acculturate.report.tables import (
    COUNTRY,
    LOOKUPS,
    MEAN,
    REFERENCE,
    RESAMPLED,
    Column,
    Measure,
    Row,
    Table,
    arm_label,
    measure,
)

SPECIFICITY = (
    "skill",
    "deviation_correlation",
    "correlation_beyond_scale_use",
    "group_correlation",
    "deviation_slope",
    "double_centred_diagonal",
    "pair_share",
)
FIDELITY = (
    "population_fidelity",
    "fidelity_accuracy",
    "fidelity_adaptability",
    "fidelity_structure",
)
GROUPS = ("group_correlation", "deviation_correlation", *FIDELITY)
DIVERSITY = ("entropy_ratio", "spread_ratio")
PERSONS = (
    "individual_hard_accuracy",
    "individual_soft_accuracy",
    "ranked_probability_skill",
    "within_culture_correlation",
)
INDIVIDUAL, SHUFFLED = "individual-", "shuffled:"


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """An arm or a reference level; `beside` holds figures by name that are read beside others."""

    arm: str
    label: str
    reference: bool
    estimates: tuple[Estimate | None, ...]
    beside: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Profile:
    """Arms in rows, figures in columns, mean over cultures."""

    measures: tuple[Measure, ...]
    rows: tuple[ProfileRow, ...]

    @property
    def has_arms(self) -> bool:
        """Whether any measured arm has a figure."""
        return any(not row.reference for row in self.rows)


def profile(results: RunResults, names: Sequence[str]) -> Profile:
    """Return the figures `names` of every arm and reference level that has one of them."""
    cells: dict[str, dict[str, Score]] = {}
    for row in results.rows:
        if row.culture == MEAN and row.known:
            cells.setdefault(row.arm, {})[row.metric] = row
    kept = [name for name in names if any(name in own for own in cells.values())]
    rows = [_row(arm, own, kept) for arm, own in cells.items() if set(kept) & set(own)]
    rows.sort(key=lambda row: row.reference)
    return Profile(tuple(measure(results.meta, name) for name in kept), tuple(rows))


def _row(arm: str, cells: Mapping[str, Score], names: Sequence[str]) -> ProfileRow:
    estimates = tuple(cells.get(name) for name in names)
    beside = {
        metric: score.value
        for metric, score in cells.items()
        if any(metric.startswith(f"{name}_") for name in names)
    }
    return ProfileRow(arm, _label(arm), arm.startswith(REFERENCE), estimates, beside)


def _label(arm: str) -> str:
    name = arm.removeprefix(REFERENCE)
    if name != arm and name.startswith(SHUFFLED):
        return f"{name.removeprefix(SHUFFLED)}, given to another person"
    return arm_label(arm if name == arm else REFERENCE + name.removeprefix(INDIVIDUAL))


def specific_part(part: Profile) -> Profile:
    """Return a profile without reference levels that know no culture by their making: they say
    nothing here.
    """
    told = (*LOOKUPS, RESAMPLED, COUNTRY)
    rows = [row for row in part.rows if not row.reference or row.arm.startswith(told)]
    if [shown.name for shown in part.measures] == [
        "skill"
    ]:  # one culture: nothing to be specific to
        rows = []
    return Profile(part.measures, tuple(rows))


def measured_part(part: Profile) -> Profile:
    """Return the measured arms alone."""
    return Profile(part.measures, tuple(row for row in part.rows if not row.reference))


def group_ends(meta: RunMeta) -> Table:
    """Return the first metric of each arm in the smallest and in the largest group."""
    ends = meta.groups.ends if meta.groups else ()
    cells = {(row.size, row.arm): row for row in ends}
    arms = list(dict.fromkeys(row.arm for row in ends))
    sizes = {row.size: f"The {row.size}, {row.people} people" for row in ends}
    return Table(
        measure(meta, ends[0].metric if ends else ""),
        tuple(Column(_label(arm), arm.startswith(REFERENCE), arm=arm) for arm in arms),
        tuple(
            Row(cells[size, arms[0]].culture, label, tuple(cells.get((size, arm)) for arm in arms))
            for size, label in sizes.items()
        ),
    )


def part_tables(meta: RunMeta) -> dict[str, tuple[Table, Table]]:
    """Return values of each arm and differences of each pair, by `topic` and `continent`."""
    known = [row for row in meta.parts if row.known]
    tables = {}
    for by in dict.fromkeys(row.by for row in known):
        own = [row for row in known if row.by == by]
        values = _parts(meta, [row for row in own if not row.against])
        changes = _parts(meta, [row for row in own if row.against])
        tables[by] = values, changes
    return tables


def _parts(meta: RunMeta, rows: Sequence[PartRow]) -> Table:
    cells = {(row.name, row.arm, row.against): row for row in rows}
    columns = list(dict.fromkeys((arm, against) for _, arm, against in cells))
    return Table(
        measure(meta, rows[0].metric if rows else ""),
        tuple(Column(arm, arm=arm, against=against) for arm, against in columns),
        tuple(
            Row(None, name, tuple(cells.get((name, *column)) for column in columns))
            for name in dict.fromkeys(row.name for row in rows)
        ),
    )
