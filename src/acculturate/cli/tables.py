"""Tables for a terminal: scores per culture, before and after."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from acculturate.records import Score

Row = Mapping[str, Any]
COLUMNS = 5  # of a laid-out table: what 160 letters hold


def print_scores(scores: Sequence[Score], metrics: Sequence[str]) -> None:
    """One table per metric: a row per arm and culture."""
    for metric in metrics:
        table = Table(title=metric.replace("_", " "), title_justify="left")
        for name, side in (
            ("arm", "left"),
            ("culture", "left"),
            ("value [95% interval]", "right"),
            ("items", "right"),
            ("refused", "right"),
        ):
            table.add_column(name, justify=side)  # type: ignore[arg-type]
        arm = None
        for row in (each for each in scores if each.metric == metric):
            if arm is not None and arm != row.arm:
                table.add_section()
            arm = row.arm
            cells = (row.arm, row.culture or "", interval(row.value, row.low, row.high))
            table.add_row(*cells, _count(row.n), _count(row.refused))
        _console().print(table)


def print_before_after(metrics: Row, metric: str) -> None:
    """The primary metric of every arm, a row per culture, with the paired differences."""
    arms = [arm["id"] for arm in metrics["meta"]["arms"] if not arm["part_of"]]
    by_cell = {(r["arm"], r["culture"]): r for r in metrics["rows"] if r["metric"] == metric}
    differences = [each for each in metrics["differences"] if each["arm"] in arms]
    pairs = list(dict.fromkeys((d["arm"], d["against"]) for d in differences))
    moved = {
        (d["arm"], d["against"], d["culture"]): d
        for d in metrics["differences"]
        if d["metric"] == metric
    }
    table = Table(
        title=f"{metric.replace('_', ' ')} with the people (value [95% interval])",
        title_justify="left",
    )
    table.add_column("culture")
    for arm in arms:
        table.add_column(arm, justify="right")
    for arm, against in pairs:
        table.add_column(f"{arm}\nminus {against}", justify="right")
    table.add_column("items", justify="right")
    table.add_column("refused", justify="right")
    names = [each["code"] for each in metrics["meta"]["cultures"]]
    for culture in [*names, "mean"]:
        if culture == "mean":
            table.add_section()
        rows = [by_cell.get((arm, culture)) for arm in arms]
        cells = [_cell(row) for row in rows]
        cells += [_cell(moved.get((arm, against, culture)), sign=True) for arm, against in pairs]
        known = [row for row in rows if row]
        items = _count(max((row["n"] or 0 for row in known), default=None))
        table.add_row(culture, *cells, items, "/".join(_count(row["refused"]) for row in known))
    _console().print(table)


def print_laid_out(found: Row) -> None:
    """A table that the study asks for, broken into blocks of columns where there are many."""
    sign = found["show"] == "differences"
    title = found["title"]
    if found["metric"]:
        title += f" ({'difference in ' if sign else ''}{found['metric'].replace('_', ' ')})"
    columns = [name.replace("_", " ") for name in found["columns"]]
    for start in range(0, len(columns), COLUMNS):
        block = slice(start, start + COLUMNS)
        table = Table(title=title if not start else None, title_justify="left")
        table.add_column("")
        for name in columns[block]:
            table.add_column(name, justify="right")
        for row in found["rows"]:
            table.add_row(row["label"], *(_cell(cell, sign) for cell in row["cells"][block]))
        _console().print(table)


def print_differences(rows: Sequence[Row], metrics: Sequence[str]) -> None:
    """A table per metric and pair: differences by culture, with tests where there are any."""
    chosen = [row for row in rows if row["metric"] in metrics]
    pairs = dict.fromkeys((row["metric"], row["arm"], row["against"]) for row in chosen)
    for metric, arm, against in pairs:
        title = f"{metric.replace('_', ' ')}: {arm} minus {against}"
        table = Table(title=title, title_justify="left")
        table.add_column("culture")
        for name in (
            "difference [95% interval]",
            "without one battery",
            "p",
            "p (Holm)",
            "items",
        ):
            table.add_column(name, justify="right")
        for row in chosen:
            if (row["metric"], row["arm"], row["against"]) == (metric, arm, against):
                tests = ("-" if row[key] is None else f"{row[key]:.4f}" for key in ("p", "holm"))
                cells = (_cell(row, sign=True), _left_out(row))
                table.add_row(row["culture"], *cells, *tests, _count(row["n"]))
        _console().print(table)


def print_raters(rows: Sequence[Row]) -> None:
    """How far judges and people agree: a table for each adaptation and question, and how to read
    what is wide or missing.
    """
    counts = ("both good", "first only", "second only", "both bad")
    for adapt, question in dict.fromkeys((row["adapt"], row["question"]) for row in rows):
        table = Table(title=f"{adapt}: {question} of dialogues", title_justify="left")
        table.add_column("first, second")
        for name in ("n", *counts, "agree", "say good", "kappa [95% interval]", "in the whole run"):
            table.add_column(name, justify="right", no_wrap=True)
        for row in rows:
            if (row["adapt"], row["question"]) == (adapt, question):
                cells = [str(count) for line in row["table"] for count in line]
                good = f"{row['left_good']:.2f}, {row['right_good']:.2f}"
                kappa = interval(row["kappa"], row["low"], row["high"])
                whole = interval(row["run_kappa"], row["run_low"], row["run_high"])
                who = (f"{row['left']}, {row['right']}", str(row["n"]))
                table.add_row(*who, *cells, f"{row['share']:.2f}", good, kappa, whole)
        _console().print(table)
    if any(row["few"] for row in rows):
        _console().print(
            "Too few dialogues: where the interval is wider than 0.6, kappa says next to nothing "
            "(50 dialogues give about ±0.2)."
        )
    if any(row["kappa"] is None for row in rows):
        _console().print("No kappa (-): both give one verdict to all, and would by chance as well.")


def print_abilities(rows: Sequence[Row]) -> None:
    """General tasks: what each model gets right, and what became of that; nothing without any."""
    if not rows:
        return
    table = Table(title="general abilities (right [95% interval])", title_justify="left")
    table.add_column("task")
    table.add_column("model")
    for name in ("right", "change", "questions"):
        table.add_column(name, justify="right")
    table.add_column("shows")
    for row in rows:
        found = row["kept"]
        change = found and interval(found["difference"], found["low"], found["high"], sign=True)
        shows = found["outcome"] if found else "" if row["above_chance"] else "nothing"
        table.add_row(row["task"], row["model"], _cell(row), change or "-", _count(row["n"]), shows)
    _console().print(table)


def print_references(metrics: Row, metric: str) -> None:
    """What answerers that need no model score, in one line."""
    said = [
        f"{row['arm'].removeprefix('reference:')} {row['value']:.3f}"
        for row in metrics["rows"]
        if row["metric"] == metric
        and row["culture"] == "mean"
        and row["arm"].startswith("reference:")
        and row["value"] is not None
    ]
    if said:
        _console().print(f"For comparison (mean): {', '.join(said)}.", highlight=False)


def print_no_answer(means: Mapping[str, float]) -> None:
    """How many people gave no answer themselves, to be read beside the model's refusals."""
    if means:
        said = ", ".join(f"{culture} {mean:.1%}" for culture, mean in means.items())
        line = f"People who gave no answer to these questions (mean): {said}."
        _console().print(line, highlight=False)


def interval(value: float | None, low: float | None, high: float | None, sign: bool = False) -> str:
    """`0.812 [0.790, 0.833]`; a dash where there is no value."""
    if value is None:
        return "-"
    shape = "+.3f" if sign else ".3f"
    if low is None or high is None:
        return f"{value:{shape}}"
    return f"{value:{shape}} [{low:{shape}}, {high:{shape}}]"


def _cell(row: Row | None, sign: bool = False) -> str:
    return "-" if row is None else interval(row["value"], row["low"], row["high"], sign)


def _left_out(row: Row) -> str:
    """The least and the largest difference that is left without one battery."""
    if row.get("least") is None or row.get("most") is None:
        return "-"
    return f"{row['least']:+.3f} to {row['most']:+.3f}"


def _count(number: int | None) -> str:
    return "-" if number is None else str(number)


def _console() -> Console:
    # a table that is read by a program or a log is not to be folded at 80 columns
    # names of arms come from users' files: they are text, not markup
    console = Console(highlight=False, markup=False)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=160)
