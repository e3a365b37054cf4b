"""Pages from templates: every text is escaped, and what cannot be seen is shown, in one place.

Styles and the script are files of their own, because the policy of the pages allows none inside
them.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from acculturate.report.bars import stacked_bar
from acculturate.report.page import explain, stylesheet
from acculturate.report.typesetting import clip, count, decimal, printable
from acculturate.viewer.run_shelf import ViewedRun

PACKAGE = "acculturate.viewer"


def show(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page."""
    return HTMLResponse(
        _environment().get_template(f"{template}.html.jinja").render(values), status
    )


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(PACKAGE, "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    environment.filters |= {"decimal": decimal, "count": count, "clip": clip, "pairs": _pairs}
    environment.filters |= {"top": _top, "plus_one": lambda number: number + 1, "runs": _runs}
    environment.globals |= {"bar": _bar, "said": said, "query": query, "explain": explain}
    return environment


def _visible(value: Any) -> Any:
    """Return a text of somebody else as it can be seen; markup of ours as it is."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return printable(value)


def query(values: Mapping[str, Any], **changes: Any) -> str:
    """Return an address's query with changes; what is empty is left out."""
    pairs = {
        name: str(value).encode(errors="replace")
        for name, value in {**values, **changes}.items()
        if value not in ("", None)
    }
    return f"?{urlencode(pairs)}"


def said(shares: Sequence[float]) -> str:
    """Return shares in words, each option by its place."""
    parts = stacked_bar(shares)
    return ", ".join(f"{part.option}: {part.share:.0%}" for part in parts)


def _pairs(values: Iterable[str]) -> list[tuple[str, str]]:
    """Return what a choice offers, where values are their own names."""
    return [(value, value) for value in values]


def _runs(runs: Iterable[ViewedRun]) -> list[tuple[int, str]]:
    return [(run.number, run.name) for run in runs]


def _top(labels: Sequence[str], logprobs: Sequence[float]) -> str:
    """Return the label that is weighed most."""
    return max(zip(logprobs, labels, strict=False), default=(0.0, ""))[1]


def _bar(shares: Sequence[float]) -> Markup:
    """Return a bar as a picture: the policy allows no styles inside a page."""
    rectangles, left = Markup(""), 0.0
    for part in stacked_bar(shares):
        rectangles += Markup('<rect x="{:.2f}" width="{:.2f}" height="1" fill="{}"/>').format(
            left, part.width, part.colour
        )
        left += part.width
    return Markup(
        '<svg class="strip" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" '
        'aria-label="{0}"><title>{0}</title>{1}</svg>'
    ).format(said(shares), rectangles)


def asset(name: str) -> Response:
    """Return a style sheet or the script."""
    if name == "report.css":
        return Response(stylesheet(), media_type="text/css")
    kind = {"css": "text/css", "js": "text/javascript"}[name.rpartition(".")[2]]
    source = resources.files(PACKAGE) / "templates" / name
    return Response(source.read_text(encoding="utf-8"), media_type=kind)
