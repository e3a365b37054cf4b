import numpy as np
import pytest

from acculturate.statistics.variance import REST, components


def crossed(rng: np.random.Generator, items: int, sd: dict[str, float]) -> dict[str, float]:
    """Fully crossed a (3) x b (2) x 4 repeats in every item, effects of the given sizes."""
    a, b, _ = (grid.ravel() for grid in np.meshgrid(range(3), range(2), range(4), indexing="ij"))
    value, block = [], []
    for item in range(items):
        effect = sd["a"] * rng.normal(size=3)[a] + sd["b"] * rng.normal(size=2)[b]
        value.append(rng.normal() + effect + sd[REST] * rng.normal(size=len(a)))
        block.append(np.full(len(a), item))
    return components(
        np.concatenate(value)[:, None],
        np.concatenate(block),
        {"a": np.tile(a, items), "b": np.tile(b, items)},
    )


def test_sizes_of_effects_come_back() -> None:
    result = crossed(np.random.default_rng(1), 800, {"a": 1.0, "b": 0.5, REST: 0.7})
    assert result["a"] == pytest.approx(1.0, rel=0.15)
    assert result["b"] == pytest.approx(0.25, rel=0.2)
    assert result[REST] == pytest.approx(0.49, rel=0.1)


def test_noise_alone_is_no_source() -> None:
    result = crossed(np.random.default_rng(2), 400, {"a": 0.0, "b": 0.0, REST: 1.0})
    assert result["a"] < 0.02
    assert result["b"] < 0.02


def test_levels_that_never_vary_are_no_source_and_nothing_left_is_no_rest() -> None:
    value = np.array([[0.0, 1.0], [2.0, 1.0]])
    block = np.zeros(2, dtype=np.intp)
    result = components(value, block, {"a": np.array([0, 1]), "b": np.array([0, 0])})
    assert result["a"] == pytest.approx(2.0)
    assert np.isnan(result["b"])
    assert np.isnan(result[REST])
