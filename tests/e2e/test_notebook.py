"""The notebook runs from its first cell to its last, and what it shows is what comes out."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from docs.notebook import SVG, executed, page, read, written


def outputs(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [output for cell in notebook["cells"] for output in cell.get("outputs", ())]


def texts(notebook: dict[str, Any]) -> list[str]:
    return [
        "".join(output.get("text") or output["data"]["text/plain"]) for output in outputs(notebook)
    ]


@pytest.mark.slow  # it measures, draws and writes a PDF
def test_every_cell_runs_and_gives_what_is_shown(tmp_path: Path) -> None:
    kept = read()
    done = executed(kept, tmp_path)
    assert texts(done) == texts(kept)
    (drawn,) = ("".join(one["data"][SVG]) for one in outputs(done) if SVG in one.get("data", {}))
    assert {"BRA", "unaware", "reference:uniform"} <= set(_labels(drawn))
    assert (tmp_path / "figure.pdf").read_bytes().startswith(b"%PDF")


def _labels(drawn: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", drawn)


def test_it_was_executed_whole_and_stays_small() -> None:
    kept = read()
    cells = [cell for cell in kept["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell["outputs"] for cell in cells)
    assert len(written(kept)) < 60_000
    assert "/tmp" not in written(kept)


def test_the_page_has_every_cell_and_the_figure() -> None:
    made = page()
    for cell in read()["cells"]:
        source = "".join(cell["source"])
        assert source in made
        if cell["cell_type"] == "code":
            ast.parse(source)
    assert made.count("](data:image/svg+xml;base64,") == 1
    assert "\\toprule" in made
