"""The tables of a report: scores and paired differences, laid out by culture and by arm.

A table is plain values in reading order (the mean over cultures first, measured arms before
reference levels), so that the page and the figures show the same things in the same order and
neither has to search `metrics.json` again. What a run lacks is an absent table or a missing cell.

    >>> from acculturate.report.tables import score_tables
    >>> row = {"arm": "aware", "culture": "CHN", "metric": "alignment", "value": 0.7}
    >>> score_tables({"rows": [row], "meta": {}})[0].rows[0].estimates[0].value
    0.7
"""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

MEAN = "mean"
REFERENCE = "reference:"
# baselines that were told something: they stand where specificity is looked at
LOOKUPS = ("reference:wording-lookup", "reference:scale-histogram")
# and the people themselves, asked anew: no arm is expected to pass them
RESAMPLED = "reference:people-resampled"
# figures that are read beside the one whose name they begin with
BESIDE = ("_chance", "_p")

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95% interval, the items it rests on, and the answers refused.

    `p` is a permutation test's, `holm` the same after Holm's correction over the cultures; `least`
    and `most` bound what is left of a difference without any one battery.
    """

    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    refused: int | None = None
    p: float | None = None
    holm: float | None = None
    least: float | None = None
    most: float | None = None

    @property
    def side(self) -> str:
        """Where the interval lies: `above zero`, `below zero`, `includes zero`, or ``""``."""
        if self.low is None or self.high is None:
            return ""
        if self.low > 0:
            return "above zero"
        return "below zero" if self.high < 0 else "includes zero"


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
    """What a metric is, in words: `low` and `high` are the ends of its range, if it has any."""

    name: str
    text: str = ""
    higher_is_better: bool | None = None
    low: float | None = None
    high: float | None = None

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


def score_tables(metrics: Mapping[str, Any]) -> list[Table]:
    """A table per metric of answers to a survey, the study's primary one first.

    Figures of single persons are left out, those that only say how sure another one is, and the
    baselines that `profiles` sets beside them.
    """
    rows = [
        row
        for row in metrics.get("rows") or ()
        if number(row.get("value")) is not None
        and group(metrics, row.get("metric")) != "persons"
        and not str(row.get("metric")).endswith(BESIDE)
        and not str(row.get("arm")).startswith(LOOKUPS)
    ]
    columns = _arm_columns(rows, metrics)
    return _tables(metrics, rows, columns, lambda row: (row.get("arm"), row.get("language")))


def difference_tables(metrics: Mapping[str, Any]) -> list[Table]:
    """A table of paired differences per metric, the study's primary one first."""
    rows = [row for row in metrics.get("differences") or () if number(row.get("value")) is not None]
    columns = _pair_columns(rows, metrics)
    return _tables(metrics, rows, columns, lambda row: (row.get("arm"), row.get("against")))


def measure(metrics: Mapping[str, Any], name: str) -> Measure:
    """A metric's explanation as the run gives it; its bare name where it gives none."""
    known = ((metrics.get("meta") or {}).get("metrics") or {}).get(name) or {}
    low, high = [*(known.get("range") or ()), None, None][:2]
    return Measure(
        name, known.get("text") or "", known.get("higher_is_better"), number(low), number(high)
    )


def group(metrics: Mapping[str, Any], name: Any) -> str:
    """The section that a metric belongs to, as the run says; ``""`` where it says nothing."""
    known = ((metrics.get("meta") or {}).get("metrics") or {}).get(name) or {}
    return str(known.get("group") or "")


def number(value: Any) -> float | None:
    """A finite number, or None for everything else (null, NaN, text)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def culture_names(metrics: Mapping[str, Any]) -> dict[str | None, str]:
    """What a culture is called, by code, in the order of the study; the mean comes first."""
    meta = metrics.get("meta") or {}
    listed = [*(meta.get("cultures") or ()), *(meta.get("adapted_to") or ())]
    names = {each.get("code"): each.get("name") or each.get("code") or "" for each in listed}
    return {MEAN: "Mean over cultures", **names}


def _tables(
    metrics: Mapping[str, Any],
    rows: list[Mapping[str, Any]],
    columns: Mapping[Hashable, Column],
    column_of: Callable[[Mapping[str, Any]], Hashable],
) -> list[Table]:
    tables = []
    for name in _metric_order(metrics, rows):
        cells = {
            (row.get("culture"), column_of(row)): estimate_of(row)
            for row in rows
            if row.get("metric") == name
        }
        used = {column for _, column in cells}
        kept = {key: column for key, column in columns.items() if key in used}
        tables.append(
            Table(
                measure(metrics, name),
                tuple(kept.values()),
                tuple(
                    Row(culture, label, tuple(cells.get((culture, key)) for key in kept))
                    for culture, label in _culture_order(metrics, (each for each, _ in cells))
                ),
            )
        )
    return tables


def estimate_of(row: Mapping[str, Any]) -> Estimate:
    return Estimate(
        row["value"],
        number(row.get("low")),
        number(row.get("high")),
        row.get("n"),
        row.get("refused"),
        number(row.get("p")),
        number(row.get("holm")),
        number(row.get("least")),
        number(row.get("most")),
    )


def _metric_order(metrics: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> list[str]:
    meta = metrics.get("meta") or {}
    first = [meta.get("primary"), *(meta.get("metrics") or ())]
    return _in_order((row.get("metric") or "" for row in rows), first)


def _culture_order(
    metrics: Mapping[str, Any], cultures: Iterable[str | None]
) -> list[tuple[str | None, str]]:
    names = culture_names(metrics)
    return [
        (culture, names.get(culture) or culture or "Not tied to a culture")
        for culture in _in_order(cultures, names)
    ]


def _arm_columns(
    rows: list[Mapping[str, Any]], metrics: Mapping[str, Any]
) -> dict[Hashable, Column]:
    arms = (metrics.get("meta") or {}).get("arms") or ()
    adapted = {arm.get("id") for arm in arms if arm.get("adapter")}
    order = _in_order((row.get("arm") or "" for row in rows), [arm.get("id") for arm in arms])
    order.sort(key=lambda arm: arm.startswith(REFERENCE))
    languages = {
        arm: _in_order((row.get("language") for row in rows if row.get("arm") == arm), ())
        for arm in order
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
        name = arm.removeprefix(REFERENCE).replace("_", " ").replace("-", " ")
    return f"{name} ({language})" if language else name


def _pair_columns(
    rows: list[Mapping[str, Any]], metrics: Mapping[str, Any]
) -> dict[Hashable, Column]:
    verdict = (metrics.get("meta") or {}).get("verdict") or {}
    pairs = _in_order(
        ((row.get("arm") or "", row.get("against") or "") for row in rows),
        [(verdict.get("arm"), verdict.get("against"))],
    )
    return {
        (arm, against): Column(
            f"{arm_label(arm, None)} minus {arm_label(against, None)}", arm=arm, against=against
        )
        for arm, against in pairs
    }


def _in_order(found: Iterable[_Key], first: Iterable[Any]) -> list[_Key]:
    """What was found, once each: that which `first` names in its order, then the rest."""
    unique = dict.fromkeys(found)
    listed = [each for each in dict.fromkeys(first) if each in unique]
    return [*listed, *(each for each in unique if each not in set(listed))]
