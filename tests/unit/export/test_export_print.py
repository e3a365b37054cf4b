"""Figures and tables of the report for a paper: they stand alone and hold what the results hold."""

import csv
import re
import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from acculturate.export import OpenedRun
from acculturate.export.print_figures import standalone, write_figures
from acculturate.export.print_tables import (
    Line,
    PrintTable,
    latex,
    markdown,
    print_tables,
    write_print_tables,
)
from acculturate.records import Score


def test_every_figure_of_the_page_stands_alone(run: OpenedRun, tmp_path: Path) -> None:
    count = write_figures(run, tmp_path / "figures")
    files = {path.name for path in (tmp_path / "figures").iterdir()}
    figures = {name.removesuffix(".pdf") for name in files if name.endswith(".pdf")}
    assert {"results", "results-column", "specificity"} <= figures
    assert files - {"figures.md"} == {
        f"{f}.{end}" for f in figures for end in ("svg", "pdf", "png")
    }
    assert len(figures) == 2 * count
    svg = (tmp_path / "figures" / "results.svg").read_text(encoding="utf-8")
    root = ET.fromstring(svg)
    assert root.attrib["width"].endswith("pt")
    assert float(root.attrib["width"].removesuffix("pt")) <= 510
    assert "var(" not in svg
    pdf = (tmp_path / "figures" / "results.pdf").read_bytes()
    box = re.search(rb"MediaBox ?\[0 0 ([\d.]+)", pdf)
    assert box is not None
    assert float(box[1]) == pytest.approx(float(root.attrib["width"].removesuffix("pt")), abs=0.2)
    png = (tmp_path / "figures" / "results.png").read_bytes()
    wide, _ = struct.unpack(">II", png[16:24])
    assert wide == pytest.approx(float(box[1]) / 72 * 300, abs=2)
    assert "`results`: Chart of alignment" in (tmp_path / "figures" / "figures.md").read_text()


def test_a_hostile_name_stays_text_in_a_figure() -> None:
    svg = '<svg class="m" width="20" height="10" viewBox="0 0 20 10"><text>&lt;b&gt;</text></svg>'
    text, width, height = standalone(svg)
    assert (width, height) == (20, 10)
    assert "".join(ET.fromstring(text).itertext()) == "<b>"


def test_tables_hold_what_the_results_hold(run: OpenedRun, tmp_path: Path) -> None:
    count = write_print_tables(run, tmp_path / "tables")
    tables = {table.name: table for table in print_tables(run.folder)}
    assert count == len(tables)
    assert {"scores-alignment", "specificity", "diversity"} <= set(tables)
    with (tmp_path / "tables/scores-alignment.csv").open(encoding="utf-8", newline="") as file:
        cells = {(row["Arm"], row["column"]): row for row in csv.DictReader(file)}
    known = {(s.arm, s.culture): s for s in run.results.rows if s.metric == "alignment"}
    assert float(cells["aware", "China"]["value"]) == known["aware", "CHN"].value
    assert cells["aware", "China"]["n"] == str(known["aware", "CHN"].n)
    mean = known["aware", "mean"].value
    assert f"aware & {mean:.3f}" in (tmp_path / "tables/scores-alignment.tex").read_text()


def test_latex_and_markdown_say_intervals_signs_and_counts() -> None:
    def score(value: float, n: int, low: float | None = None) -> Score:
        return Score("a", None, None, None, "s", "C", "m", value, low, low and value + 0.1, n)

    table = PrintTable(
        "t", "gain in x_y", "Arm", ("50%", "mean of both"),
        (
            Line("one_arm", (score(-0.25, 12, -0.3), score(0.5, 10))),
            Line("a|b", (None, score(0.1, 12)), apart=True),
        ),
        signed=True,
    )  # fmt: skip
    text = latex(table)
    cell = r"\shortstack{$-$0.250\\{\tiny [$-$0.300, $-$0.150]}}"
    assert rf"one\_arm & {cell} & +0.500 & 10 to 12 \\" in text
    assert r"Arm & \shortstack{50\%} & \shortstack{mean\\of\\both} & n \\" in text
    assert "\\midrule\na|b & -- & +0.100 & 12" in text
    assert r"\caption{Gain in x\_y; 95\% intervals in brackets; n: items.}" in text
    assert text.count("{") == text.count("}")
    page = markdown(table)
    assert r"| one\_arm | -0.250 [-0.300, -0.150] | +0.500 | 10 to 12 |" in page
    assert r"| a\|b | – | +0.100 | 12 |" in page
