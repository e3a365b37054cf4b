"""The page: a run's `metrics.json` made into one self-contained HTML file.

The page is a pure function of that file, so a report can be written again at any time without a
model, and the same metrics give the same bytes (where the packages for charts are missing, tables
alone). It loads nothing: styles and pictures stand inside it, and its content security policy
forbids every request and every script but its own small one, which searches and sorts the table of
items and is named by its hash. Every text is escaped. Parts that a run lacks (no adaptation, one
arm, no verdict) are left out.

    >>> "<title>a small run</title>" in render({"schema": 1, "meta": {"title": "a small run"}})
    True
"""

import functools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acculturate.errors import StoreError
from acculturate.files import policy_hash, write_whole
from acculturate.records.results.metrics_file import METRICS_FILE, read_tree, results_of
from acculturate.records.results.run_results import RunResults
from acculturate.report import typesetting
from acculturate.report.figures import loss_figure, no_charts
from acculturate.report.sections import SECTIONS
from acculturate.report.source import Source
from acculturate.report.typesetting import printable

if TYPE_CHECKING:
    import jinja2

_PACKAGE = "acculturate.report"
REPORT_FILE = "report.html"


def render(metrics: Mapping[str, Any]) -> str:
    """Return the whole page as text; `metrics` is the parsed `metrics.json` of schema 1.

    Raises `StoreError` for another schema, and for what does not fit. Only `schema` is required:
    every other part that is missing or null leaves its section out.
    """
    return _page(results_of(printable(metrics), METRICS_FILE))


def _page(results: RunResults) -> str:
    run = Source(results)
    page = _environment().get_template("page.html.jinja")
    return page.render(
        meta=run.meta,
        scores=run.scores,
        differences=run.differences,
        culture_names=run.names,
        sections=list(_sections(run)),
        script=_script() if run.meta.shares else "",
    )


def _sections(run: Source) -> Iterator[dict[str, Any]]:
    """Yield the sections that the run has something for, each as HTML (its texts are escaped)."""
    from markupsafe import Markup

    for section in SECTIONS:
        content = section.build(run)
        if content is not None:
            template = _environment().get_template(f"{section.name}.html.jinja")
            html = template.render(meta=run.meta, culture_names=run.names, **content)
            yield {"section": section, "html": Markup(html)}


def write_report(folder: Path) -> Path:
    """Write `report.html` beside the `metrics.json` of a run's folder, whole or not at all.

    Returns the page's path; raises `StoreError` where the metrics are missing or cannot be read,
    or the folder cannot be written to.
    """
    page = _page(results_of(printable(read_tree(folder)), folder / METRICS_FILE))
    target = folder / REPORT_FILE
    try:
        write_whole(target, page)
    except OSError as error:
        raise StoreError(
            f"The report {target} could not be written: {error.strerror or error}. "
            "Free some space or make the folder writable, then type `acculturate report` again."
        ) from None
    return target


@functools.cache
def _environment() -> "jinja2.Environment":
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(_PACKAGE, "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
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
        "explain": explain,
        "loss_figure": loss_figure,
        "no_charts": no_charts,
        "stylesheet": stylesheet,
        "digest": policy_hash,
    }
    return environment


def _grouped(rows: Iterable[Any], key: str) -> list[tuple[Any, list[Any]]]:
    """Return records by the value of one field, groups in the order in which they first appear."""
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(getattr(row, key), []).append(row)
    return list(groups.items())


def explain(section: str, name: Any) -> str:
    """Return the plain words for a framing (parts joined by `+`), a reference level or an answer
    kind.
    """
    known = _words().get(section, {})
    parts = str(name or "").casefold().replace("_", " ").split("+")
    return "; ".join(known[part.strip()] for part in parts if part.strip() in known)


@functools.cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((resources.files(_PACKAGE) / "words.toml").read_text(encoding="utf-8"))


@functools.cache
def stylesheet() -> str:
    """Return the style sheet of the page."""
    return (resources.files(_PACKAGE) / "templates" / "page.css").read_text(encoding="utf-8")


@functools.cache
def _script() -> str:
    return (resources.files(_PACKAGE) / "templates" / "page.js").read_text(encoding="utf-8")
