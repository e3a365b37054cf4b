"""The page: a run's `metrics.json` made into one self-contained HTML file.

The page is a pure function of that file, so a report can be written again at any time without a
model, and the same metrics give the same bytes. It loads nothing: styles and pictures stand inside
it, its content security policy forbids scripts and every request, and every text is escaped. Parts
that a run lacks (no adaptation, one arm, no verdict) are left out.

    >>> "<title>a small run</title>" in render({"schema": 1, "meta": {"title": "a small run"}})
    True
"""

import functools
import json
import os
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acculturate.errors import StoreError
from acculturate.report import typesetting
from acculturate.report.bars import stacked_bar
from acculturate.report.culture_map import map_figure
from acculturate.report.figures import difference_figure, loss_figure, score_figure
from acculturate.report.matrix import matrix_figure
from acculturate.report.mechanisms import mechanisms
from acculturate.report.profiles import (
    DIVERSITY,
    PERSONS,
    SPECIFICITY,
    measured_part,
    part_tables,
    profile,
    specific_part,
)
from acculturate.report.relations import kin_figure, tree_figure
from acculturate.report.tables import Table, culture_names, difference_tables, score_tables

if TYPE_CHECKING:
    import jinja2

SCHEMA = 1
_PACKAGE = "acculturate.report"
METRICS_FILE, REPORT_FILE = "metrics.json", "report.html"


def render(metrics: Mapping[str, Any]) -> str:
    """The whole page as text; `metrics` is the parsed `metrics.json` of schema 1.

    Raises `StoreError` for another schema. Only `schema` is required: every other part that is
    missing or null leaves its section out.
    """
    _check_schema(metrics, METRICS_FILE)
    shown = _without_parts(typesetting.printable(metrics))
    scores, differences = score_tables(shown), difference_tables(shown)
    meta = shown.get("meta") or {}
    page = _environment().get_template("page.html.jinja")
    return page.render(
        # a part that is null is a part that is missing
        meta={key: part for key, part in meta.items() if part is not None},
        scores=scores,
        differences={table.measure.name: table for table in differences},
        figures=_figures(scores, differences, meta),
        specific=specific_part(profile(shown, SPECIFICITY)),
        diverse=measured_part(profile(shown, DIVERSITY)),
        persons=profile(shown, PERSONS),
        parts=part_tables(shown),
        mechanisms=mechanisms(meta),
        culture_names=culture_names(shown),
    )


def write_report(folder: Path) -> Path:
    """Write `report.html` beside the `metrics.json` of a run's folder, whole or not at all.

    Returns the page's path; raises `StoreError` where the metrics are missing or cannot be read,
    or the folder cannot be written to.
    """
    page = render(_read(folder / METRICS_FILE))
    target = folder / REPORT_FILE
    try:
        _write_whole(target, page)
    except OSError as error:
        raise StoreError(
            f"The report {target} could not be written: {error.strerror or error}. "
            "Free some space or make the folder writable, then type `acculturate report` again."
        ) from None
    return target


def _read(path: Path) -> Mapping[str, Any]:
    try:
        metrics = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError(
            f"There is no {METRICS_FILE} in {path.parent}: a report needs a finished run. Type "
            "`acculturate run STUDY.toml`, then `acculturate report` with the folder it names."
        ) from None
    except OSError as error:
        raise StoreError(f"{path} could not be read: {error.strerror or error}.") from None
    except ValueError as error:
        raise StoreError(
            f"{path} is not JSON ({error}). Run the study again: it writes the file anew."
        ) from None
    _check_schema(metrics, path)
    checked: Mapping[str, Any] = metrics
    return checked


def _check_schema(metrics: Any, path: Path | str) -> None:
    found = metrics.get("schema") if isinstance(metrics, Mapping) else None
    if found != SCHEMA:
        raise StoreError(
            f"{path} says schema {json.dumps(found)}, but this version reads schema {SCHEMA}. "
            "Write the report with the version of acculturate that ran the study, or run it again."
        )


def _write_whole(target: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=target.parent, prefix=f".{target.name}.", delete=False
    ) as file:
        try:
            file.write(text)
            file.flush()
            # a temporary file is private; a report is for whoever may read the folder
            Path(file.name).chmod(0o644)
            os.replace(file.name, target)  # noqa: PTH105 - the same call, on the open file's name
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _figures(
    scores: list[Table], differences: list[Table], meta: Mapping[str, Any]
) -> dict[str, Any]:
    """The charts of the study's first metric, the others stand in tables; the map, the matrix."""
    first = scores[0].measure.name if scores else None
    arms = meta.get("arms") or ()
    pair = meta.get("verdict") or {}
    before_after = [str(pair[key]) for key in ("against", "arm") if pair.get(key)]
    return {
        "scores": {table.measure.name: score_figure(table) for table in scores[:1]},
        "differences": {
            table.measure.name: difference_figure(table)
            for table in differences
            if table.measure.name == first
        },
        "map": map_figure(meta.get("map") or {}, [str(arm.get("id")) for arm in arms]),
        "matrix": matrix_figure(meta.get("matrices") or ()),
        "kin": kin_figure(meta.get("relations") or {}, before_after),
        "tree": tree_figure(meta.get("relations") or {}, before_after),
    }


def _without_parts(metrics: dict[str, Any]) -> dict[str, Any]:
    """The tree without arms on single adapters, which stand in the matrix of adapters alone."""
    meta = metrics.get("meta") or {}
    arms = meta.get("arms") or ()
    parts = {arm.get("id"): arm["part_of"] for arm in arms if arm.get("part_of")}
    if not parts:
        return metrics
    named = {
        parts.get(arm.get("id"), arm.get("id")): arm
        if arm.get("id") not in parts
        else {**arm, "id": arm["part_of"], "model": f"{arm['model'].partition('/')[0]}/*"}
        for arm in arms
    }
    kept = {
        key: [row for row in metrics.get(key) or () if row.get("arm") not in parts]
        for key in ("rows", "differences")
    }
    return {**metrics, **kept, "meta": {**meta, "arms": list(named.values())}}


@functools.cache
def _environment() -> "jinja2.Environment":
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(_PACKAGE, "templates"),
        autoescape=True,
        # a missing part is a part left out, however deep it lies
        undefined=jinja2.ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "decimal": typesetting.decimal,
        "signed": typesetting.signed,
        "p_value": typesetting.p_value,
        "count": typesetting.count,
        "clip": typesetting.clip,
        "duration": typesetting.duration,
        "grouped": _grouped,
    }
    environment.globals |= {
        "decimal": typesetting.decimal,
        "signed": typesetting.signed,
        "percent": typesetting.percent,
        "share_of": typesetting.share_of,
        "explain": _explain,
        "stacked_bar": stacked_bar,
        "loss_figure": loss_figure,
        "stylesheet": _stylesheet,
    }
    return environment


def _grouped(rows: Iterable[Mapping[str, Any]], key: str) -> list[tuple[Any, list[Any]]]:
    """Rows by the value of one key, groups in the order in which they first appear."""
    listed = list(rows)
    order = {
        value: place for place, value in enumerate(dict.fromkeys(row.get(key) for row in listed))
    }
    listed.sort(key=lambda row: order[row.get(key)])
    return [(value, list(group)) for value, group in groupby(listed, lambda row: row.get(key))]


def _explain(section: str, name: Any) -> str:
    """The plain words for a framing (parts joined by `+`), a reference level or an answer kind."""
    known = _words().get(section, {})
    parts = str(name or "").casefold().replace("_", " ").split("+")
    return "; ".join(known[part.strip()] for part in parts if part.strip() in known)


@functools.cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((resources.files(_PACKAGE) / "words.toml").read_text(encoding="utf-8"))


@functools.cache
def _stylesheet() -> str:
    return (resources.files(_PACKAGE) / "templates" / "page.css").read_text(encoding="utf-8")
