"""docs/metrics.md shows what the code computes now, and every metric stands on it."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from acculturate.evaluation.catalogue import figures
from acculturate.evaluation.measures import METRICS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("metrics_tables", DOCS / "metrics_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def values(maker: ModuleType) -> dict[str, dict[str, float]]:
    lines = [line.strip("| ").split(" | ") for line in maker.reference_rows().splitlines()]
    heads = lines[0][1:]
    return {
        cells[0].strip("`"): {
            head: float(cell)
            for head, cell in zip(heads, cells[1:], strict=False)
            if cell.strip() not in ("", "|")
        }
        for cells in lines[2:]
    }


def test_the_table_is_current(maker: ModuleType) -> None:
    page = (DOCS / "metrics.md").read_text(encoding="utf-8")
    assert maker.put(page, "references", maker.reference_rows()) == page


def test_every_metric_is_explained() -> None:
    page = (DOCS / "metrics.md").read_text(encoding="utf-8")
    explained = page.split("<!-- references")[0]
    assert [name for name in figures() if not _explained(name, explained)] == []


def _explained(name: str, page: str) -> bool:
    """A line of its own, or a part of one that explains what is read together."""
    return f"`{name}`" in page or (name.endswith("_p") and "`_p`" in page)


def _formula_rows() -> dict[str, list[str]]:
    """Cells of the tables that give formula, range, direction and source, by metric."""
    page = (DOCS / "metrics.md").read_text(encoding="utf-8").split("<!-- references")[0]
    rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in page.splitlines()
        if line.startswith("| `")
    ]
    return {row[0].split("`")[1]: row for row in rows}


def test_every_row_has_formula_range_direction_and_source() -> None:
    for name, row in _formula_rows().items():
        assert len(row) == 5, name
        _, formula, scale, better, source = row
        assert formula, name
        assert scale, name
        assert source, name
        figure = figures()[name]
        if figure.ideal is not None:
            assert better == f"nearest {figure.ideal:g}", name
        elif figure.higher_is_better is not None:
            assert better == ("higher" if figure.higher_is_better else "lower"), name
        else:
            assert better == "", name


def test_correct_distances_rank_the_people_first(values: dict[str, dict[str, float]]) -> None:
    for name, metric in METRICS.items():
        if metric.reading != "ours" or name.endswith("_as_published") or "accuracy" in name:
            continue
        if name in values:
            row = values[name]
            if metric.ideal is not None:
                off = {head: abs(value - metric.ideal) for head, value in row.items()}
            else:
                off = {head: -v if metric.higher_is_better else v for head, v in row.items()}
            assert off["people"] == min(off.values()), name


def test_published_ones_do_not(values: dict[str, dict[str, float]]) -> None:
    assert values["kl_as_published"]["mode"] < values["kl_as_published"]["people"]
    assert values["answer_share_as_published"]["mode"] < 0.6
    assert values["hard_accuracy"]["people"] < values["hard_accuracy"]["mode"]
    assert values["distinctness_as_published"]["uniform"] > 0.85
