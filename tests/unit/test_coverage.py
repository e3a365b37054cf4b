"""Coverage at small size; docs/metrics.md has it at large."""

import pytest
from benchmarks.coverage import Trial, coverage, false_alarms
from benchmarks.simulation import World

WORLD = World(cultures=2)


def test_intervals_of_random_items_hold_the_truth() -> None:
    result = coverage(Trial(WORLD, batteries=40, draws=300), surveys=240, large=8000)
    for name, held in result.items():
        # the standard error of a share of .95 of 240 is .014
        assert held.share > 0.89, name
        if name != "pair_share":
            assert held.value == pytest.approx(held.truth, abs=0.02), name


@pytest.mark.slow
@pytest.mark.parametrize("batteries", [2, 3, 4, 5, 6, 7, 8, 9, 10, 29, 74])
def test_wherever_an_interval_is_given_it_holds_the_truth(batteries: int) -> None:
    """`docs/metrics.md` has the same at 600 surveys; of 400, .95 has a standard error of .011."""
    trial = Trial(World(cultures=4), batteries=batteries, pairs=False)
    few = batteries <= 10
    result = coverage(trial, surveys=10 if few else 400)
    for name, held in result.items():
        print(f"{batteries} batteries, {name}: {held.share:.3f} of {held.given:.0%}")  # noqa: T201  # the table that the test is for
        assert held.given == (0.0 if few else 1.0)
        assert few or 0.92 <= held.share <= 0.98, name


def test_intervals_of_fixed_items_hold_the_truth() -> None:
    trial = Trial(WORLD, batteries=8, fixed=True, texts=20, draws=200, pairs=False)
    result = coverage(trial, surveys=50, large=150)
    for name, held in result.items():
        assert held.share > 0.86, name


def test_a_model_seldom_differs_from_itself() -> None:
    assert false_alarms(Trial(WORLD, batteries=40, texts=10, draws=300), 120) < 0.12
    fixed = Trial(WORLD, batteries=8, fixed=True, texts=20, draws=200)
    assert false_alarms(fixed, 50) < 0.15


def test_seeds_are_part_of_the_truth() -> None:
    world = World(cultures=2, seed_sd=0.5)
    result = coverage(Trial(world, batteries=40, draws=200, seeds=3), surveys=60, large=10000)
    assert set(result) == {"level", "mean", "difference"}
    assert result["mean"].share > 0.85
