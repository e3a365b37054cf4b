"""Profiles and parts: tables with arms as rows, and one metric cut into topics or continents.

A profile sets several figures of an arm side by side, mean over cultures, where no one of them says
it alone: specificity, diversity, single persons.

    >>> row = {"arm": "aware", "culture": "mean", "metric": "pair_share", "value": 0.7}
    >>> profile({"rows": [row]}, ["pair_share"]).rows[0].estimates[0].value
    0.7
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from acculturate.report.tables import (
    LOOKUPS,
    MEAN,
    REFERENCE,
    RESAMPLED,
    Column,
    Estimate,
    Measure,
    Row,
    Table,
    arm_label,
    estimate_of,
    measure,
    number,
)

SPECIFICITY = (
    "skill",
    "deviation_correlation",
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
    beside: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Profile:
    """Arms in rows, figures in columns, mean over cultures."""

    measures: tuple[Measure, ...]
    rows: tuple[ProfileRow, ...]

    @property
    def has_arms(self) -> bool:
        """Whether any measured arm has a figure."""
        return any(not row.reference for row in self.rows)


def profile(metrics: Mapping[str, Any], names: Sequence[str]) -> Profile:
    """The figures `names` of every arm and reference level that has one of them."""
    cells: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in metrics.get("rows") or ():
        if row.get("culture") == MEAN and number(row.get("value")) is not None:
            cells.setdefault(row.get("arm") or "", {})[row.get("metric") or ""] = row
    kept = [name for name in names if any(name in each for each in cells.values())]
    rows = [_row(arm, each, kept) for arm, each in cells.items() if set(kept) & set(each)]
    rows.sort(key=lambda row: row.reference)
    return Profile(tuple(measure(metrics, name) for name in kept), tuple(rows))


def _row(arm: str, cells: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> ProfileRow:
    estimates = tuple(estimate_of(cells[name]) if name in cells else None for name in names)
    beside = {
        name: row["value"]
        for name, row in cells.items()
        if any(name.startswith(f"{each}_") for each in names)
    }
    return ProfileRow(arm, _label(arm), arm.startswith(REFERENCE), estimates, beside)


def _label(arm: str) -> str:
    name = arm.removeprefix(REFERENCE)
    if name != arm and name.startswith(SHUFFLED):
        return f"{name.removeprefix(SHUFFLED)}, given to another person"
    return arm_label(arm if name == arm else REFERENCE + name.removeprefix(INDIVIDUAL))


def specific_part(found: Profile) -> Profile:
    """Without reference levels that know no culture by their making: they say nothing here."""
    told = (*LOOKUPS, RESAMPLED)
    rows = [row for row in found.rows if not row.reference or row.arm.startswith(told)]
    if [each.name for each in found.measures] == [
        "skill"
    ]:  # one culture: nothing to be specific to
        rows = []
    return Profile(found.measures, tuple(rows))


def measured_part(found: Profile) -> Profile:
    """The measured arms alone."""
    return Profile(found.measures, tuple(row for row in found.rows if not row.reference))


def part_tables(metrics: Mapping[str, Any]) -> dict[str, tuple[Table, Table]]:
    """By `topic` and `continent`: values of each arm, and differences of each pair."""
    rows = (metrics.get("meta") or {}).get("parts") or ()
    known = [row for row in rows if number(row.get("value")) is not None]
    found = {}
    for by in dict.fromkeys(row.get("by") for row in known):
        mine = [row for row in known if row.get("by") == by]
        values = _parts(metrics, (row for row in mine if not row.get("against")))
        changes = _parts(metrics, (row for row in mine if row.get("against")))
        found[str(by)] = values, changes
    return found


def _parts(metrics: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> Table:
    cells = {(row.get("name"), row.get("arm"), row.get("against") or ""): row for row in rows}
    columns = list(dict.fromkeys((arm, against) for _, arm, against in cells))
    names = list(dict.fromkeys(name for name, _, _ in cells))
    first = next(iter(cells.values()), {})
    return Table(
        measure(metrics, str(first.get("metric") or "")),
        tuple(Column(str(arm), arm=str(arm), against=against) for arm, against in columns),
        tuple(
            Row(
                None,
                str(name),
                tuple(
                    estimate_of(cells[name, *column]) if (name, *column) in cells else None
                    for column in columns
                ),
            )
            for name in names
        ),
    )
