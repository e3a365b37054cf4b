import numpy as np
import pytest
from benchmarks.simulation import World, drawn


def test_shares_are_shares_and_batteries_have_something_in_common() -> None:
    world = World(cultures=3, shared=0.9, battery_sizes=(5,))
    items = world.items(200, np.random.default_rng(1), shifts=[0.0, 0.5])
    assert items.model_SCIK.shape == (2, *items.people_CIK.shape)
    for table in (items.people_CIK, items.control_CIK, *items.model_SCIK):
        assert table.sum(-1) == pytest.approx(1)
        assert (table[:, np.arange(table.shape[-1]) >= items.size_I[:, None]] == 0).all()
    assert len(items.batteries) == 1000
    first = items.people_CIK[0, :, 0].reshape(200, 5)
    assert first.mean(1).var() > 2 * first.var(1).mean()


def test_a_seed_moves_the_model_and_not_the_people() -> None:
    world = World(cultures=2, seed_sd=1.0)
    shifts = world.shifts(2, np.random.default_rng(3))
    assert len(set(shifts)) == 2
    one, two = (world.items(5, np.random.default_rng(1), [shift]) for shift in shifts)
    assert np.array_equal(one.people_CIK, two.people_CIK)
    assert not np.array_equal(one.model_SCIK, two.model_SCIK)
    assert World().shifts(2, np.random.default_rng(3)) == [0.0, 0.0]


def test_answers_are_drawn_in_full() -> None:
    share = World(cultures=2).items(3, np.random.default_rng(1)).people_CIK
    count = drawn(share, 50, np.random.default_rng(2))
    assert (count.sum(-1) == 50).all()
    assert (count[share == 0] == 0).all()
