"""The tables of a report: scores and paired differences, laid out by culture and by arm.

A table holds figures in reading order (the mean over cultures first, measured arms before
reference levels), so that the page and the figures show the same things in the same order and
neither has to search the results again. What a run lacks is an absent table or a missing cell.

    >>> row = Score("aware", None, None, None, "wvs7", "CHN", "alignment", 0.7)
    >>> score_tables(RunResults((row,)))[0].rows[0].estimates[0].value
    0.7
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from acculturate.records import Score
from acculturate.records.results.company_label import told_label
from acculturate.records.results.described import MetricNote
from acculturate.records.results.differences import CorrectedDifference
from acculturate.records.results.run_results import RunMeta, RunResults
from acculturate.records.score import Estimate

MEAN = "mean"
REFERENCE = "reference:"
# baselines that were told something: they stand where specificity is looked at
LOOKUPS = tuple(
    REFERENCE + name for name in ("wording-lookup", "scale-histogram", "own-scale-histogram")
)
# and the people themselves, asked anew: no arm is expected to pass them
RESAMPLED = "reference:people-resampled"
# all people of a group's country
COUNTRY = "reference:country"
# figures that are read beside the one whose name they begin with
BESIDE = ("_chance", "_p")

_Key = TypeVar("_Key", bound=Hashable)
_Figure = TypeVar("_Figure", Score, CorrectedDifference)


@dataclass(frozen=True, slots=True)
class Column:
    """An arm, a reference level, or a pair of arms (`arm` minus `against`)."""

    label: str
    reference: bool = False
    adapted: bool = False
    arm: str = ""
    against: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One culture; `estimates` follow the table's columns, None where nothing was measured."""

    culture: str | None
    label: str
    estimates: tuple[Estimate | None, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """What a metric is, in words."""

    name: str
    text: str = ""
    higher_is_better: bool | None = None

    @property
    def label(self) -> str:
        return self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Table:
    """One metric over cultures (rows) and arms or pairs of arms (columns)."""

    measure: Measure
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def summary(self) -> Row | None:
        """The mean over cultures; the only row where there is but one; else None."""
        if self.rows and (self.rows[0].culture == MEAN or len(self.rows) == 1):
            return self.rows[0]
        return None


def score_tables(results: RunResults) -> list[Table]:
    """Return a table per metric of answers to a survey, the study's primary one first.

    Figures of single persons are left out, those that only say how sure another one is, and the
    baselines that `profiles` sets beside them.
    """
    rows = [
        row
        for row in results.rows
        if row.known
        and group(results.meta, row.metric) != "persons"
        and not row.metric.endswith(BESIDE)
        and not row.arm.startswith(LOOKUPS)
    ]
    columns = _arm_columns(rows, results.meta)
    return _tables(results.meta, rows, columns, lambda row: (row.arm, row.language))


def difference_tables(results: RunResults) -> list[Table]:
    """Return a table of paired differences per metric, the study's primary one first."""
    rows = [row for row in results.differences if row.known]
    columns = _pair_columns(rows, results.meta)
    return _tables(results.meta, rows, columns, lambda row: (row.arm, row.against))


def measure(meta: RunMeta, name: str) -> Measure:
    """Return a metric's explanation as the run gives it; its bare name where it gives none."""
    note = meta.metrics.get(name, MetricNote())
    return Measure(name, note.text, note.higher_is_better)


def group(meta: RunMeta, name: str) -> str:
    """Return the section that a metric belongs to; ``""`` where the run says nothing of it."""
    return meta.metrics.get(name, MetricNote()).group


def culture_names(meta: RunMeta) -> dict[str | None, str]:
    """Return what a culture is called, by code, in the order of the study; the mean comes first."""
    names: dict[str | None, str] = {MEAN: "Mean over cultures"}
    return names | {culture.code: culture.name for culture in (*meta.cultures, *meta.adapted_to)}


def _tables(
    meta: RunMeta,
    rows: Sequence[_Figure],
    columns: Mapping[Hashable, Column],
    column_of: Callable[[_Figure], Hashable],
) -> list[Table]:
    tables = []
    for name in _in_order((row.metric for row in rows), [meta.primary, *meta.metrics]):
        cells: dict[tuple[str | None, Hashable], _Figure] = {
            (row.culture, column_of(row)): row for row in rows if row.metric == name
        }
        used = {column for _, column in cells}
        kept = {key: column for key, column in columns.items() if key in used}
        tables.append(
            Table(
                measure(meta, name),
                tuple(kept.values()),
                tuple(
                    Row(culture, label, tuple(cells.get((culture, key)) for key in kept))
                    for culture, label in _culture_order(meta, (code for code, _ in cells))
                ),
            )
        )
    return tables


def _culture_order(meta: RunMeta, cultures: Iterable[str | None]) -> list[tuple[str | None, str]]:
    names = culture_names(meta)
    return [
        (culture, names.get(culture) or culture or "Not tied to a culture")
        for culture in _in_order(cultures, names)
    ]


def _arm_columns(rows: Sequence[Score], meta: RunMeta) -> dict[Hashable, Column]:
    adapted = {arm.id for arm in meta.arms if arm.adapter}
    order = _in_order((row.arm for row in rows), [arm.id for arm in meta.arms])
    order.sort(key=lambda arm: arm.startswith(REFERENCE))
    languages = {
        arm: _in_order((row.language for row in rows if row.arm == arm), ()) for arm in order
    }
    return {
        (arm, language): Column(
            arm_label(arm, language if len(languages[arm]) > 1 else None),
            reference=arm.startswith(REFERENCE),
            adapted=arm in adapted,
            arm=arm,
        )
        for arm in order
        for language in languages[arm]
    }


def arm_label(arm: str, language: str | None = None) -> str:
    name = arm
    if arm.startswith(REFERENCE):
        name, _, label = arm.removeprefix(REFERENCE).partition(":")
        name = name.replace("_", " ").replace("-", " ")
        name = f"{name} {told_label(label)}" if label else name
    return f"{name} ({language})" if language else name


def _pair_columns(rows: Sequence[CorrectedDifference], meta: RunMeta) -> dict[Hashable, Column]:
    first = [(meta.verdict.arm, meta.verdict.against)] if meta.verdict else []
    return {
        (arm, against): Column(
            f"{arm_label(arm)} minus {arm_label(against)}", arm=arm, against=against
        )
        for arm, against in _in_order(((row.arm, row.against) for row in rows), first)
    }


def _in_order(keys: Iterable[_Key], first: Iterable[Any]) -> list[_Key]:
    """Return what was found, once each: that which `first` names in its order, then the rest."""
    unique = dict.fromkeys(keys)
    listed = [key for key in dict.fromkeys(first) if key in unique]
    return [*listed, *(key for key in unique if key not in set(listed))]
