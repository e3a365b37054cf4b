import re
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

from acculturate.records.results.metrics_file import results_of
from acculturate.records.results.placed import ArmPlace, CultureMap, Ellipse, Place
from acculturate.report.bars import stacked_bar
from acculturate.report.dumbbells import dumbbell_figure
from acculturate.report.figures import Figure, loss_figure
from acculturate.report.map_chart import map_figure
from acculturate.report.tables import difference_tables, score_tables

PAIR = ["base-aware", "adapted-aware"]


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


def drawn(metrics: Any, pair: list[str], targets: list[str]) -> Figure:
    results = results_of(metrics, "m")
    changes = difference_tables(results)
    figure = dumbbell_figure(
        score_tables(results)[0], changes[0] if changes else None, pair, targets
    )
    assert figure is not None
    return figure


def test_a_dumbbell_names_every_culture_and_follows_the_page(metrics: Any) -> None:
    figure = drawn(metrics, PAIR, [])
    for svg in (figure.wide, figure.narrow):
        assert svg.startswith("<svg")
        assert "http" not in svg
        assert {"before: base-aware", "after: adapted-aware"} <= set(texts(svg))
        assert {"Mean over cultures", "China", "Mexico"} <= set(texts(svg))
        assert "grey: uniform to culture blind, no model asked" in svg
        assert not re.findall(r'(?:fill|stroke)="#(?!ddd|888|000)', svg)
    assert "0.761 → 0.781   +0.020 [+0.012, +0.028] ▲" in texts(figure.wide)
    assert figure.alt.startswith("Chart of alignment (higher is better) by culture. Mean over")


def test_before_is_hollow_and_after_filled(metrics: Any) -> None:
    # two circles in the legend, then a column of each arm's
    found = fills(drawn(metrics, PAIR, []).wide)
    assert sorted(found) == ["var(--arm-1)"] * 4 + ["var(--ground)"] * 4


def test_cultures_are_sorted_and_targets_stand_apart(metrics: Any) -> None:
    names = ("Mean over cultures", "China", "Mexico", "All", "Adapted to", "Others")
    said = [text for text in texts(drawn(metrics, PAIR, []).wide) if text in names]
    assert said == ["Mean over cultures", "Mexico", "China"]
    said = [text for text in texts(drawn(metrics, PAIR, ["CHN"]).wide) if text in names]
    assert {"All", "Adapted to", "Others"} <= set(said)
    assert said.index("China") < said.index("Mexico")


def test_a_pair_that_was_not_compared_has_no_difference(metrics: Any) -> None:
    metrics["differences"] = []
    assert "0.761 → 0.781" in texts(drawn(metrics, PAIR, []).wide)


def test_without_a_pair_every_arm_has_its_colour(metrics: Any) -> None:
    figure = drawn(metrics, [], [])
    assert {"base-aware", "adapted-aware"} <= set(texts(figure.wide))
    assert {"var(--arm-1)", "var(--arm-2)"} <= set(fills(figure.wide))


def test_one_value_without_an_interval_can_be_drawn(score: Callable[..., Any]) -> None:
    row = score("base-aware", "CHN", "alignment", 0.7, low=None, high=None)
    assert "0.700" in texts(drawn({"schema": 1, "rows": [row]}, [], []).wide)


def test_only_references_are_no_picture(score: Callable[..., Any]) -> None:
    row = score("reference:uniform", "CHN", "alignment", 0.7, language=None)
    tables = score_tables(results_of({"schema": 1, "rows": [row]}, "m"))
    assert dumbbell_figure(tables[0], None, [], []) is None


def test_a_loss_curve() -> None:
    assert {"step", "loss"} <= set(texts(loss_figure([3.0, 2.0, 1.5])))


def test_a_stacked_bar_is_whole_and_readable() -> None:
    for options in range(2, 12):
        parts = stacked_bar([1.0] * options)
        assert sum(part.width for part in parts) == pytest.approx(100)
        assert [part.option for part in parts] == list(range(1, options + 1))
        assert len({part.colour for part in parts}) == options


def test_a_bar_of_nothing_has_no_width() -> None:
    assert [part.width for part in stacked_bar([0.0, 0.0])] == [0.0, 0.0]


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


def test_the_map_has_zones_other_territories_and_arrows() -> None:
    def place(culture: str, x: float, y: float, zone: str = "Z") -> Place:
        return Place(culture, x, y, zone)

    people = (place("CHN", 0.0, 1.0), place("DEU", 2.0, 1.0))
    others = (place("Elsewhere", 0.0, 0.0), place("FRA", 1.0, 0.5))
    arms = (
        ArmPlace("unaware", "", 1.0, 2.0),
        ArmPlace("aware", "CHN", 0.5, 2.0, ellipse=Ellipse(0.5, 0.2, 30.0)),
        ArmPlace("aware", "DEU", 1.5, 2.0),
    )
    culture_map = CultureMap(people, arms, None, others)
    figure = map_figure(culture_map, ["unaware", "aware"], ["unaware", "aware"])
    assert figure is not None
    for svg in (figure.wide, figure.narrow):
        assert {"CHN", "DEU", "Z", "before: unaware", "after: aware"} <= set(texts(svg))
        assert svg.count("rotate(-90") >= 1  # an arrow to the left, besides the axis' title
        assert svg.count("rotate(90") >= 1
    single = map_figure(culture_map, ["unaware", "aware"])
    assert single is not None
    assert {"unaware", "aware"} <= set(texts(single.wide))
    assert map_figure(CultureMap(people, ()), ["unaware"]) is None
