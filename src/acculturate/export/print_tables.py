"""Print tables: the tables of a run's report as LaTeX (booktabs), Markdown and CSV.

The first two are laid out for a page, with the longer side in rows, each value with its interval
and the number of items in a last column. The CSV has a row for each cell, with everything that is
known of it, so that nothing has to be read out of a text again.

    write_print_tables(run, folder)
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from acculturate.export.opened_run import OpenedRun
from acculturate.records.results.cut import LaidOut
from acculturate.records.results.general import AbilityRow, NeutralRow
from acculturate.records.results.metrics_file import METRICS_FILE, read_tree, results_of
from acculturate.records.score import Estimate
from acculturate.report.profiles import (
    DIVERSITY,
    FIDELITY,
    PERSONS,
    SPECIFICITY,
    Profile,
    part_tables,
    profile,
)
from acculturate.report.source import Source
from acculturate.report.tables import Table
from acculturate.report.typesetting import printable
from acculturate.sheets.formulas import no_formula
from acculturate.visible import in_markdown

BESIDE = ("p", "holm", "refused")
"""What else of a cell the CSV shows, where it is known."""
LONG_HEAD = 9
"""Letters of a column's head that stand on one line."""
PROFILES = {
    "specificity": (SPECIFICITY, "Does an arm know this culture? Mean over cultures"),
    "population-fidelity": (FIDELITY, "Near to the people, and as unlike each other?"),
    "diversity": (DIVERSITY, "As varied as the people? Mean over cultures"),
    "persons": (PERSONS, "Single persons, mean over cultures"),
}


class Line(NamedTuple):
    """A line of a table; `apart` where it is a reference level, which needs no model."""

    label: str
    cells: tuple[Estimate | None, ...]
    apart: bool = False


class PrintTable(NamedTuple):
    """A table for a page: `corner` says what the lines are. Differences are `signed`."""

    name: str
    caption: str
    corner: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    signed: bool = False


def write_print_tables(run: OpenedRun, folder: Path) -> int:
    """Write every table of the report in three formats; returns how many tables there are."""
    tables = list(print_tables(run.folder))
    folder.mkdir()
    for table in tables:
        for ending, text in (("tex", latex(table)), ("md", markdown(table))):
            (folder / f"{table.name}.{ending}").write_text(text, encoding="utf-8")
        _write_csv(table, folder / f"{table.name}.csv")
    return len(tables)


def print_tables(folder: Path) -> Iterator[PrintTable]:
    """Yield every table of figures in a run's report."""
    run = Source(results_of(printable(read_tree(folder)), folder / METRICS_FILE))
    for number, laid_out in enumerate(run.meta.tables, 1):
        yield _laid_out(laid_out, f"table-{number}")
    for table in run.scores:
        yield _by_culture(table, f"scores-{table.measure.name}", table.measure.label)
    for name, table in run.differences.items():
        heading = f"Difference in {table.measure.label}"
        yield _by_culture(table, f"differences-{name}", heading, signed=True)
    for name, (metrics, caption) in PROFILES.items():
        part = profile(run.results, metrics)
        if part.has_arms:
            yield _of_profile(part, name, caption)
    for by, (values, changes) in part_tables(run.meta).items():
        for kind, table in (("scores", values), ("differences", changes)):
            if table.rows:
                heading = f"{table.measure.label} by {by}"
                yield _by_culture(table, f"{kind}-by-{by}", heading, by, signed=kind != "scores")
    if run.meta.abilities:
        yield _abilities(run.meta.abilities)
    if any(row.nats is not None for row in run.meta.neutral):
        yield _neutral(run.meta.neutral)


def _by_culture(
    table: Table, name: str, caption: str, by: str = "People of", *, signed: bool = False
) -> PrintTable:
    """Return a table of the report, with whatever there is more of in rows."""
    columns = tuple(column.label for column in table.columns)
    rows = tuple(row.label for row in table.rows)
    if signed and by != "People of":
        columns = tuple(f"{column.arm} minus {column.against}" for column in table.columns)
    if len(rows) > len(columns):
        lines = tuple(Line(row.label, row.estimates) for row in table.rows)
        return PrintTable(name, caption, by, columns, lines, signed)
    lines = tuple(
        Line(label, tuple(row.estimates[at] for row in table.rows), table.columns[at].reference)
        for at, label in enumerate(columns)
    )
    return PrintTable(name, caption, "Arm", rows, lines, signed)


def _of_profile(part: Profile, name: str, caption: str) -> PrintTable:
    lines = tuple(Line(row.label, row.estimates, row.reference) for row in part.rows)
    columns = tuple(measure.label for measure in part.measures)
    return PrintTable(name, caption, "Arm", columns, lines)


def _laid_out(table: LaidOut, name: str) -> PrintTable:
    lines = tuple(Line(row.label, row.cells) for row in table.rows)
    shown = table.metric.replace("_", " ") if table.metric else ""
    caption = f"{table.title}: {shown}" if shown else table.title
    return PrintTable(name, caption, "", table.columns, lines, table.show == "differences")


def _abilities(rows: Sequence[AbilityRow]) -> PrintTable:
    models = tuple(dict.fromkeys(row.model for row in rows))
    cells = {(row.task, row.model): row for row in rows}
    lines = tuple(
        Line(task, tuple(cells.get((task, model)) for model in models))
        for task in dict.fromkeys(row.task for row in rows)
    )
    return PrintTable("abilities", "General abilities: share right", "Task", models, lines)


@dataclass(frozen=True, slots=True)
class _Change(Estimate):
    """A change of the reading of plain texts."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def _neutral(rows: Sequence[NeutralRow]) -> PrintTable:
    languages = tuple(dict.fromkeys(row.language for row in rows))
    cells = {
        (row.model, row.language): _Change(row.change, row.low, row.high, row.passages)
        for row in rows
        if row.change is not None
    }
    models = dict.fromkeys(model for model, _ in cells)
    lines = tuple(
        Line(model, tuple(cells.get((model, language)) for language in languages))
        for model in models
    )
    caption = "Neutral texts: change in nats per token"
    return PrintTable("neutral-texts", caption, "Model", languages, lines, signed=True)


def _count(line: Line) -> str:
    """Return on how many items a line rests: one number, or the fewest and the most."""
    counts = [n for cell in line.cells if (n := getattr(cell, "n", None)) is not None]
    if not counts:
        return ""
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low} to {high}"


def _number(value: float | None, signed: bool) -> str:
    return "" if value is None else f"{value:+.3f}" if signed else f"{value:.3f}"


def _cell(cell: Estimate | None, signed: bool) -> tuple[str, str]:
    """Return a cell's value and its interval as texts, "" for what is not known."""
    if cell is None or not cell.known:
        return "", ""
    if cell.low is None or cell.high is None:
        return _number(cell.value, signed), ""
    return _number(
        cell.value, signed
    ), f"[{_number(cell.low, signed)}, {_number(cell.high, signed)}]"


_SPECIAL = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{sign: rf"\{sign}" for sign in "&%$#_{}"},
}  # fmt: skip


def tex(text: str) -> str:
    r"""Return a text as LaTeX sets it.

    >>> tex("50% of wvs7_a")
    '50\\% of wvs7\\_a'
    """
    return "".join(_SPECIAL.get(sign, sign) for sign in text)


def _tex_number(text: str) -> str:
    return text.replace("-", "$-$")


def latex(table: PrintTable) -> str:
    """Return a table as a LaTeX environment, for a document that uses booktabs."""
    lines = [
        "% needs \\usepackage{booktabs}",
        "\\begin{table*}",
        "\\centering\\footnotesize\\setlength{\\tabcolsep}{4pt}",
        f"\\caption{{{tex(_title(table))}}}",
        f"\\label{{tab:{re.sub(r'[^A-Za-z0-9-]+', '-', table.name)}}}",
        f"\\begin{{tabular}}{{l{'r' * len(table.columns)}r}}",
        "\\toprule",
        " & ".join([tex(table.corner), *map(_tex_head, table.columns), "n"]) + r" \\",
        "\\midrule",
    ]
    apart = False
    for line in table.lines:
        if line.apart and not apart and line is not table.lines[0]:
            lines.append("\\midrule")
        apart = line.apart
        cells = [_tex_cell(cell, table.signed) for cell in line.cells]
        lines.append(" & ".join([tex(line.label), *cells, _count(line)]) + r" \\")
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}", "\\end{table*}", ""])


def _tex_cell(cell: Estimate | None, signed: bool) -> str:
    value, interval = map(_tex_number, _cell(cell, signed))
    # one above the other, since a page is narrow
    return rf"\shortstack{{{value}\\{{\tiny {interval}}}}}" if interval else value or "--"


def _tex_head(text: str) -> str:
    """Return the head of a column, its words below each other where it is long."""
    words = map(tex, text.split() if len(text) > LONG_HEAD else [text])
    below = r"\\".join(words)
    return rf"\shortstack{{{below}}}"


def markdown(table: PrintTable) -> str:
    """Return a table in Markdown."""
    heads = (table.corner, *table.columns, "n")
    rows = [
        [
            in_markdown(line.label),
            *(" ".join(_cell(cell, table.signed)).strip() for cell in line.cells),
        ]
        for line in table.lines
    ]
    counts = [_count(line) for line in table.lines]
    lines = [
        f"**{in_markdown(_title(table))}**",
        "",
        f"| {' | '.join(map(in_markdown, heads))} |",
        f"|---|{'---:|' * (len(heads) - 1)}",
        *(
            f"| {' | '.join(cell or '–' for cell in [*row, count])} |"
            for row, count in zip(rows, counts, strict=True)
        ),
    ]
    return "\n".join([*lines, ""])


def _title(table: PrintTable) -> str:
    """Return what a table shows, and whether with intervals."""
    cells = [cell for line in table.lines for cell in line.cells if cell is not None]
    between = "95% intervals in brackets" if any(cell.low is not None for cell in cells) else ""
    caption = between or "without intervals, which take more batteries of questions"
    return f"{table.caption[:1].upper()}{table.caption[1:]}; {caption}; n: items."


def _write_csv(table: PrintTable, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([table.corner or "row", "column", "value", "low", "high", "n", *BESIDE])
        for line in table.lines:
            for column, cell in zip(table.columns, line.cells, strict=True):
                if cell is not None and cell.known:
                    more = [getattr(cell, name, None) for name in ("n", *BESIDE)]
                    names = map(no_formula, (line.label, column))
                    writer.writerow([*names, cell.value, cell.low, cell.high, *more])
