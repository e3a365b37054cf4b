"""Tables that a study asks for, what an adaptation did, and how cultures relate, on the page."""

from typing import Any

import pytest

from acculturate.report import render
from acculturate.report.matrix import Panel, heat_figure
from acculturate.report.relation_charts import leaves

HOSTILE = "<script>alert(1)</script>"
CODES = ["CHN", "DEU", "MEX"]


def kinship() -> dict[str, Any]:
    return {
        "similarity": [[1.0, 0.9, 0.7], [0.9, 1.0, 0.6], [0.7, 0.6, 1.0]],
        "neighbours": [["DEU"], ["CHN"], ["CHN"]],
        "tree": [[0, 1, 0.1], [2, 3, 0.35]],
    }


def cosine(metric: str, culture: str, value: float) -> dict[str, Any]:
    bounds = {"low": value - 0.1, "high": value + 0.1, "n": 9}
    named = {"arm": "adapted-aware", "against": "base-aware", "metric": metric}
    return {**named, "culture": culture, "value": value, **bounds}


def gain(by: str, names: list[str]) -> dict[str, Any]:
    points = [
        {"name": name, "questions": 10, "shifts": n, "rate": n / 10, "gain": n / 50, "low": None}
        for n, name in enumerate(names)
    ]
    named = {"arm": "adapted-aware", "against": "base-aware", "adapt": "spa", "by": by}
    return {**named, "r": 1.0, "p": 0.02, "n": len(points), "points": points}


def mechanisms(mark: str = "") -> dict[str, Any]:
    """Every part, with `mark` at the end of whatever is a name."""
    codes = [code + mark for code in CODES]
    square = [[0.01, -0.02, 0.01], [0.0, 0.03, None], [0.02, 0.0, -0.02]]
    cells = [{"arm": "a", "against": None, "value": 0.5, "low": 0.4, "high": 0.6}, None]
    pairs = [(0, 1), (0, 2), (1, 2)]
    return {
        "profile": "smoke" + mark,
        "tables": [
            {
                "title": "Joint against specific" + mark,
                "metric": "alignment",
                "show": "values",
                "columns": ["P1" + mark, "P2"],
                "rows": [{"label": "Joint" + mark, "cells": cells}],
            }
        ],
        "directions": [
            cosine("towards", "mean", 0.31),
            cosine("own", "mean", 0.12),
            cosine("towards", "CHN" + mark, 0.4),
            {**cosine("own_chance", "mean", 0.05), "low": None},
            {**cosine("own_p", "mean", 0.03), "low": None},
        ],
        "transfers": [
            {
                "arm": "transfer" + mark,
                "against": "base-aware",
                "metric": "alignment",
                "adapters": codes,
                "cultures": codes,
                "value": square,
                "gain": square,
                "centred": square,
                "figures": [
                    {"metric": "pair_share", "value": 0.667, "low": 0.5, "high": 0.9, "n": 9}
                ],
            }
        ],
        "gains": [gain("culture", codes), gain("topic", ["A long topic", "Work"])],
        "overlaps": [
            {
                "adapt": "spa",
                "culture": codes[a],
                "other": codes[b],
                "questions": 19,
                "shifts": 7,
                "other_shifts": 6,
                "both": 4,
                "likeness": 0.444,
                "chance": 0.2,
                "direction": 0.8,
            }
            for a, b in pairs
        ],
        "relations": {
            "cultures": codes,
            "people": kinship(),
            "chance": 0.5,
            "arms": [
                {
                    "arm": "adapted-aware",
                    "kinship": kinship(),
                    "r": 0.61,
                    "low": 0.2,
                    "high": 0.8,
                    "p": 0.33,
                    "shared": 1.0,
                    "n": 9,
                }
            ],
        },
    }


def page_with(metrics: Any, **meta: Any) -> str:
    return render({**metrics, "meta": {**metrics["meta"], **meta}})


def test_every_part_is_shown_with_its_numbers(metrics: Any) -> None:
    page = page_with(metrics, **mechanisms())
    for section in ("tables", "mechanisms", "relations"):
        assert f'<section id="{section}"' in page
        assert f'href="#{section}"' in page
    for said in (
        "Joint against specific (alignment)",
        "[0.400, 0.600]",
        "+0.310",
        "chance ±0.050, p&nbsp;0.030",
        "Adapters on cultures: transfer",
        "CHN and DEU",
        "7 and 6",
        "+0.610",
        "Which way the answers moved",
        "profile smoke",
    ):
        assert said in page, said


def test_names_stay_text(metrics: Any) -> None:
    page = page_with(metrics, **mechanisms(HOSTILE))
    assert page.count("<script") == 1  # the page's own
    assert "Joint&lt;script&gt;" in page


@pytest.mark.parametrize("missing", list(mechanisms()))
def test_any_part_may_be_missing(metrics: Any, missing: str) -> None:
    parts = mechanisms()
    assert page_with(metrics, **{**parts, missing: None})
    assert page_with(metrics, **{missing: parts[missing]})


def test_arms_on_single_adapters_stand_in_the_matrix_alone(metrics: Any) -> None:
    arms = [
        *metrics["meta"]["arms"],
        *(
            {"id": f"transfer-{code}", "model": f"@spa/{code}", "part_of": "transfer"}
            for code in CODES
        ),
    ]
    rows = [
        *metrics["rows"],
        metrics["rows"][0] | {"arm": "transfer-CHN", "culture": "CHN", "value": 0.123},
    ]
    page = page_with({**metrics, "rows": rows}, **mechanisms(), arms=arms)
    assert "transfer-CHN" not in page
    assert "0.123" not in page
    assert "@spa/*" in page


def test_a_tree_names_its_leaves_in_the_order_it_draws_them() -> None:
    assert leaves([(1, 2, 0.1), (0, 3, 0.2)], 3) == [0, 1, 2]
    assert leaves([(0, 2, 0.1), (1, 3, 0.2)], 3) == [1, 0, 2]
    assert leaves([], 3) == [0, 1, 2]


def test_answers_that_are_all_alike_are_not_drawn(metrics: Any) -> None:
    flat = {"similarity": [[0.0, 0.9], [0.9, 0.0]], "neighbours": [["b"], ["a"]], "tree": []}
    relations = {
        "cultures": ["a", "b"],
        "people": flat,
        "arms": [
            {
                "arm": "unaware", "kinship": flat, "r": None, "low": None, "high": None, "p": None,
                "shared": None, "n": 4,
            }
        ],
        "chance": 1.0,
    }  # fmt: skip
    matrix = {
        "arm": "unaware", "cultures": ["a", "b"], "n": 4,
        "alignment": [[0.7, 0.7], [0.7, 0.7]], "centred": [[0.0, 0.0], [0.0, 0.0]],
    }  # fmt: skip
    assert heat_figure([Panel("p", "ab", "ab", [[0.0, 0.0], [0.0, 0.0]])], "") is None
    page = page_with(metrics, relations=relations, matrices=[matrix])
    assert "The answers of unaware for all cultures are too near to each other to draw." in page
