"""How far scores move with the way of asking."""

from collections.abc import Iterator

import numpy as np
import pytest

from acculturate.evaluation.arm_table import build_table
from acculturate.evaluation.robustness import Levels, robustness
from acculturate.evaluation.scores import score_table
from acculturate.records import Answer
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import load_survey

SURVEY = load_survey()
ITEMS = SURVEY.select("clca")
DRAWN = Resampling(items="fixed", draws=200)


def answers(moved: float) -> Iterator[Answer]:
    """Answers that are moved towards the first option where the question has typos."""
    for culture in ("DEU", "CHN"):
        for item in ITEMS:
            n = len(item.codes)
            for kind in ("", "typos", "case"):
                first = moved if kind == "typos" else 0.0
                share = np.full(n, (1 - first) / n)
                share[0] += first
                for order in (tuple(range(n)), tuple(range(n))[::-1]):
                    yield Answer(
                        item.id, "expected", culture=culture, order=order, perturbation=kind,
                        probabilities=tuple(share.tolist()), mass=1.0,
                    )  # fmt: skip


def tables(moved: float, *sources: str) -> Levels:
    levels = Levels(SURVEY, ITEMS, ["DEU", "CHN"], sources)
    for answer in answers(moved):
        levels.add(answer)
    return levels


def test_the_spread_is_that_of_the_levels_scores() -> None:
    found = tables(0.6, "perturbation", "order").tables()
    rows = {
        row.metric: row
        for row in robustness("a", "perturbation", found["perturbation"], "alignment", DRAWN)
    }
    row = rows["alignment"]
    only = build_table(
        (one for one in answers(0.6) if one.perturbation == "typos"),
        SURVEY, arm="typos", cultures=["DEU", "CHN"], items=ITEMS,
    )  # fmt: skip
    [typos] = [s.value for s in score_table(only, ["alignment"], DRAWN) if s.culture == "mean"]
    assert row.levels == 3
    assert typos in (pytest.approx(row.least_value), pytest.approx(row.most_value))
    assert "typos" in (row.least, row.most)
    assert row.spread == pytest.approx(row.most_value - row.least_value)
    assert row.low is not None
    assert row.minded
    assert rows["entropy_ratio"].low is None
    [order] = [
        row
        for row in robustness("a", "order", found["order"], "alignment", DRAWN)
        if row.metric == "alignment"
    ]
    assert (order.spread, order.minded) == (0, False)


def test_levels_that_agree_are_not_minded() -> None:
    found = tables(0.0, "perturbation").tables()["perturbation"]
    rows = robustness("a", "perturbation", found, "alignment", DRAWN)
    assert all(row.spread == pytest.approx(0) and not row.minded for row in rows)


def test_a_source_with_one_level_has_no_row() -> None:
    assert tables(0.5, "wording").tables() == {}
