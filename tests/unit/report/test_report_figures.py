import re
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

from acculturate.records.results.metrics_file import results_of
from acculturate.report.bars import stacked_bar
from acculturate.report.figures import CROWDED, difference_figure, loss_figure, score_figure
from acculturate.report.tables import difference_tables, score_tables


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def fills(svg: str) -> list[str]:
    """The fill of each circle, top to bottom: a circle is the only path with arcs."""
    return re.findall(r'd="M[^"]*A[^"]*" fill="([^"]*)"', svg)


def test_a_score_chart_names_every_row_and_follows_the_page(metrics: Any) -> None:
    drawn = score_figure(score_tables(results_of(metrics, "m"))[0])
    for svg in (drawn.wide, drawn.narrow):
        assert svg.startswith("<svg")
        assert "http" not in svg
        assert {"base-aware", "adapted-aware", "uniform", "culture blind"} <= set(texts(svg))
        assert {"Mean over cultures", "China", "Mexico"} <= set(texts(svg))
        assert "var(--arm-1)" in svg
        assert not re.findall(r'(?:fill|stroke)="#(?!ddd|888|000)', svg)
    assert "0.751" in texts(drawn.wide)
    assert drawn.alt.startswith("Chart of alignment (higher is better). Mean over cultures:")


def test_an_adapted_arm_is_filled_and_a_plain_one_hollow(metrics: Any) -> None:
    drawn = score_figure(score_tables(results_of(metrics, "m"))[0])
    assert fills(drawn.wide)[:2] == ["var(--ground)", "var(--arm-2)"]


def test_references_stand_beside_the_mean_only_where_there_are_many_cultures(
    metrics: Any, score: Callable[..., Any]
) -> None:
    assert texts(score_figure(score_tables(results_of(metrics, "m"))[0]).wide).count("uniform") == 3
    for index in range(CROWDED):
        metrics["rows"].append(score("base-aware", f"X{index}", "alignment", 0.7))
        metrics["rows"].append(
            score("reference:uniform", f"X{index}", "alignment", 0.7, language=None)
        )
    assert texts(score_figure(score_tables(results_of(metrics, "m"))[0]).wide).count("uniform") == 1


def test_a_difference_that_includes_zero_is_hollow(metrics: Any) -> None:
    table_rows = [row for row in metrics["differences"] if row["metric"] == "alignment"]
    table_rows[0]["low"] = -0.01
    metrics["differences"] = table_rows
    drawn = difference_figure(difference_tables(results_of(metrics, "m"))[0])
    # the mean, then China (the one changed above), then Mexico
    assert fills(drawn.wide) == ["var(--arm-1)", "var(--ground)", "var(--arm-1)"]
    assert "adapted-aware minus base-aware" in texts(drawn.wide)
    assert "+0.020" in texts(drawn.wide)


def test_one_value_without_an_interval_can_be_drawn(score: Callable[..., Any]) -> None:
    row = score("base-aware", "CHN", "alignment", 0.7, low=None, high=None)
    drawn = score_figure(score_tables(results_of({"schema": 1, "rows": [row]}, "m"))[0])
    assert "0.700" in texts(drawn.wide)


def test_a_loss_curve() -> None:
    assert {"step", "loss"} <= set(texts(loss_figure([3.0, 2.0, 1.5])))


def test_a_stacked_bar_is_whole_and_readable() -> None:
    for options in range(2, 12):
        parts = stacked_bar([1.0] * options, [])
        assert sum(part.width for part in parts) == pytest.approx(100)
        assert [part.option for part in parts] == list(range(1, options + 1))
        assert all(contrast(part.colour, part.ink) >= 4.5 for part in parts)
        assert len({part.colour for part in parts}) == options


def test_a_bar_of_nothing_has_no_width() -> None:
    assert [part.width for part in stacked_bar([0.0, 0.0], ["a", "b"])] == [0.0, 0.0]


def test_both_schemes_have_enough_contrast() -> None:
    css = (resources.files("acculturate.report") / "templates/page.css").read_text()
    schemes = [dict(re.findall(r"--([\w-]+): (#\w+)", part)) for part in css.split(":root")[1:]]
    assert len(schemes) == 3  # light, dark, print
    for scheme in schemes:
        for ground in (scheme["ground"], scheme["raised"]):
            assert contrast(scheme["ink"], ground) >= 7
            assert contrast(scheme["muted"], ground) >= 4.5
        for name in ("accent", *(f"arm-{number}" for number in range(1, 7))):
            assert contrast(scheme[name], scheme["ground"]) >= 3, name
