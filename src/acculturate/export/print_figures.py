"""Print figures: every figure of a run's report as SVG, PDF and PNG, in a journal's size.

The report draws each figure twice; the wide one becomes `NAME` for the whole width of a page, the
narrow one `NAME-column` for a column. Colours are those of the light page, on white.

    write_figures(run, folder)
"""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, NamedTuple

from acculturate.errors import ConfigError
from acculturate.export.opened_run import OpenedRun
from acculturate.extras import lacking
from acculturate.records.results.metrics_file import METRICS_FILE, read_tree, results_of
from acculturate.report.colours import light_colours
from acculturate.report.figures import Figure, loss_figure
from acculturate.report.sections import SECTIONS
from acculturate.report.source import Source
from acculturate.report.typesetting import printable

FONT = "Helvetica, Arial, Liberation Sans, sans-serif"
MOST = 0.62
"""Points of a pixel: letters of 12 pixels are 7.4 points high, unless the figure is too wide."""
PAGE, COLUMN = 510.0, 252.0
"""Widths in points: 180 mm and 89 mm."""
HEIGHT = 680.0
"""The most points that a figure may be high: 240 mm."""
DOTS = 300
"""Of a PNG, per inch."""


class PrintFigure(NamedTuple):
    """A drawing with its name, the most points that it may be wide, and what it shows in words."""

    name: str
    svg: str
    widest: float
    said: str


def write_figures(run: OpenedRun, folder: Path) -> int:
    """Write every figure of the report as SVG, PDF and PNG, and a page that says what they show.

    Returns how many figures there are; raises `ConfigError` where charts cannot be drawn.
    """
    if missing := lacking("Figures need", "report", "altair", "vl_convert"):
        raise ConfigError(f"{missing}.")
    drawn = list(print_figures(run.folder))
    folder.mkdir()
    for figure in drawn:
        _write(figure, folder)
    lines = [f"- `{figure.name}`: {figure.said}" for figure in drawn if figure.said]
    (folder / "figures.md").write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")
    return len(lines)


HEAD = """# Figures

Each as SVG, PDF and PNG (300 dots an inch), for the width of a page (180 mm); names with `-column`
are the same for one column (89 mm).
"""


def print_figures(folder: Path) -> Iterator[PrintFigure]:
    """Yield every figure of a run's report, by the section that it stands in."""
    results = results_of(printable(read_tree(folder)), folder / METRICS_FILE)
    source, names = Source(results), dict[str, int]()
    for section in SECTIONS:
        for figure in _figures(section.build(source)):
            name = _numbered(section.name, names)
            if figure.wide:
                yield PrintFigure(name, figure.wide, PAGE, figure.alt)
                yield PrintFigure(f"{name}-column", figure.narrow, COLUMN, "")
    for training in results.meta.tuning:
        svg = loss_figure(training.losses) if len(training.losses) > 1 else ""
        if svg:
            name = f"loss-{re.sub(r'[^A-Za-z0-9._-]+', '-', training.adapter)}"
            yield PrintFigure(name, svg, COLUMN, f"Training loss of {training.adapter}.")


def _numbered(section: str, names: dict[str, int]) -> str:
    """Return a section's name, from its second figure on with a number."""
    names[section] = names.get(section, 0) + 1
    return section if names[section] == 1 else f"{section}-{names[section]}"


def _figures(content: Any) -> Iterator[Figure]:
    """Yield the figures in what a section shows, wherever they stand in it."""
    if isinstance(content, Figure):
        yield content
    elif isinstance(content, dict):
        for part in content.values():
            yield from _figures(part)
    elif isinstance(content, list | tuple):
        for part in content:
            yield from _figures(part)
    elif is_dataclass(content):
        for field in fields(content):
            yield from _figures(getattr(content, field.name))


def _write(figure: PrintFigure, folder: Path) -> None:
    import vl_convert

    svg, width, height = standalone(figure.svg)
    scale = min(MOST, figure.widest / width, HEIGHT / height)
    points = sized(svg, width * scale, height * scale)
    (folder / f"{figure.name}.svg").write_text(
        sized(svg, width * scale, height * scale, "pt"), encoding="utf-8"
    )
    (folder / f"{figure.name}.pdf").write_bytes(vl_convert.svg_to_pdf(points))
    (folder / f"{figure.name}.png").write_bytes(vl_convert.svg_to_png(points, ppi=DOTS))


def sized(svg: str, width: float, height: float, unit: str = "") -> str:
    """Return an SVG that is shown in another size."""
    attributes = f' width="{width:.1f}{unit}" height="{height:.1f}{unit}"'
    return re.sub(r' width="[\d.]+" height="[\d.]+"', attributes, svg, count=1)


def standalone(svg: str) -> tuple[str, float, float]:
    """Return an SVG of a page as one that stands alone, with its width and height in pixels.

    Its name spaces and colours are written out, and the ground is white.
    """
    size = re.search(r' width="([\d.]+)" height="([\d.]+)"', svg)
    assert size is not None, "a chart has a size"
    named = svg.replace(
        "<svg",
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"',
        1,
    )
    colours = {**light_colours(), "ground": "#ffffff"}
    coloured = re.sub(r"var\(--([\w-]+)\)", lambda match: colours[match[1]], named)
    ground = f'<rect width="{size[1]}" height="{size[2]}" fill="#ffffff"/>'
    head, end, body = coloured.partition(">")
    text = f"{head}{end}{ground}{body}".replace("system-ui, sans-serif", FONT)
    return text, float(size[1]), float(size[2])
