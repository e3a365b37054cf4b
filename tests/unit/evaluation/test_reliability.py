"""Reliability over ways to ask: which ways, what is planted, and intervals."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from acculturate.evaluation.reference_arms import reference_tables
from acculturate.evaluation.reliability import reliability, seed_repeats, way_repeats
from acculturate.evaluation.variance_sources import Variation
from acculturate.records import Answer
from acculturate.records.results.varied import Reliability
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import load_survey

SURVEY = load_survey()
ITEMS = [item for item in SURVEY.select("attitudes") if item.ordinal][::8]
CULTURES = ("CHN", "DEU", "NGA", "USA")
DRAWN = Resampling(draws=300, seed=2)


def answers(noise: float, shift: float = 0.0) -> Iterator[Answer]:
    """Answers whose shares follow the people, moved by the wording: at random, or all alike."""
    rng = np.random.default_rng(4)
    people = SURVEY.people(CULTURES, ITEMS).share_CIK
    for i, item in enumerate(ITEMS):
        size = len(item.codes)
        for wording in (0, 1, 2):
            for c, culture in enumerate(CULTURES):
                own_K = np.nan_to_num(people[c, i, :size], nan=1 / size)
                moved_K = (1 - noise) * own_K + noise * rng.dirichlet(np.ones(size))
                moved_K = (1 - shift * wording) * moved_K
                moved_K[-1] += shift * wording
                shares = tuple((moved_K / moved_K.sum()).tolist())
                for order in (tuple(range(size)), tuple(range(size))[::-1]):
                    yield Answer(
                        item.id, "expected", culture=culture, wording=wording, order=order,
                        probabilities=shares,
                    )  # fmt: skip


def found(noise: float, shift: float = 0.0) -> dict[tuple[str, str], Reliability]:
    gathered = Variation(SURVEY)
    for answer in answers(noise, shift):
        gathered.add(answer)
    rows = reliability(way_repeats(gathered), DRAWN)
    return {(row.source, row.of): row for row in rows}


def test_answers_that_never_change_are_fully_reliable() -> None:
    rows = found(0.0)
    assert list(rows) == [
        ("wording", "answers"), ("wording", "cultures"), ("order", "answers"), ("order", "cultures")
    ]  # fmt: skip
    assert [row.value for row in rows.values()] == pytest.approx([1.0] * 4)
    assert [row.ways for row in rows.values()] == [3, 3, 2, 2]
    assert {row.n for row in rows.values()} == {len(ITEMS)}


def test_noise_lowers_what_tells_cultures_apart_and_the_mean_of_ways_stands_above() -> None:
    little, much = found(0.3), found(0.9)
    for key in (("wording", "answers"), ("wording", "cultures")):
        small, large = little[key], much[key]
        assert large.value is not None
        assert small.value is not None
        assert small.low is not None
        assert small.high is not None
        assert large.value < small.low < small.value < small.high < 1
        assert small.of_mean == pytest.approx(3 * small.value / (1 + 2 * small.value), abs=1e-9)
    assert much["order", "answers"].value == pytest.approx(1.0), "orders were not moved"


def test_a_wording_that_moves_all_cultures_alike_does_not_hide_their_differences() -> None:
    rows = found(0.0, shift=0.3)
    answers_, cultures = rows["wording", "answers"].value, rows["wording", "cultures"].value
    assert answers_ is not None
    assert cultures is not None
    assert answers_ < 0.7 < 0.8 < cultures


def test_items_that_are_left_out_are_left_out() -> None:
    gathered = Variation(SURVEY)
    for answer in answers(0.3):
        gathered.add(answer)
    few = [repeats.of(ITEMS[:3]) for repeats in way_repeats(gathered)]
    rows = reliability(few, DRAWN)
    assert {row.n for row in rows} == {3}
    assert {row.low for row in rows} == {None}, "three batteries are too few"


def test_one_way_and_no_culture() -> None:
    gathered = Variation(SURVEY)
    for answer in answers(0.3):
        if answer.wording == 0 and answer.order[0] == 0:
            gathered.add(answer)
    assert way_repeats(gathered) == ()
    common = Variation(SURVEY)
    for answer in answers(0.3):
        if answer.culture == "DEU":
            common.add(replace(answer, culture=""))
    assert {row.of for row in reliability(way_repeats(common), DRAWN)} == {"answers"}


def test_a_habit_of_position_is_as_unreliable_as_can_be() -> None:
    gathered = Variation(SURVEY)
    for item in ITEMS:
        forward = tuple(range(len(item.codes)))
        for order in (forward, forward[::-1]):
            gathered.add(Answer(item.id, "expected", order=order, code=item.codes[order[0]]))
    (row,) = reliability(way_repeats(gathered), DRAWN)
    assert row.value == pytest.approx(-1.0)
    assert row.of_mean is None


def test_training_seeds() -> None:
    people, other = reference_tables(SURVEY, CULTURES, ITEMS, ["people", "another"])
    assert seed_repeats(people) == ()
    same = replace(people, seeds=(people, people))
    assert [row.value for row in reliability(seed_repeats(same), DRAWN)] == pytest.approx([1, 1])
    mixed = replace(people, seeds=(people, other))
    rows = {row.of: row for row in reliability(seed_repeats(mixed), DRAWN)}
    assert {row.source for row in rows.values()} == {"seed"}
    assert rows["cultures"].value is not None
    assert rows["cultures"].value < 0.3
