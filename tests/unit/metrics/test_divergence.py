import importlib.util

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy, wasserstein_distance

from acculturate.metrics import divergence, spread

Floats = NDArray[np.float64]
counts = st.integers(0, 1000)


def normalised(count: list[int]) -> Floats:
    return np.array(count, dtype=np.float64) / sum(count)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Floats, Floats]:
    size = draw(st.integers(2, 11))
    vector = st.lists(counts, min_size=size, max_size=size).filter(any)
    return normalised(draw(vector)), normalised(draw(vector))


def all_distances(model: Floats, people: Floats) -> dict[str, float]:
    size = np.array(len(model))
    yes, no = np.array(True), np.array(False)
    return {
        "tv": float(divergence.total_variation(model, people)),
        "js": float(divergence.js_divergence(model, people)),
        "jsd": float(divergence.js_distance(model, people)),
        "w": float(divergence.wasserstein(model, people, size)),
        "ordinal": float(divergence.item_distance(model, people, size, yes)),
        "nominal": float(divergence.item_distance(model, people, size, no)),
    }


@given(pairs())
def test_symmetric_bounded_and_zero_on_itself(pair: tuple[Floats, Floats]) -> None:
    there, back = all_distances(*pair), all_distances(*pair[::-1])
    assert there == pytest.approx(back, abs=1e-12)
    assert all(0 <= value <= 1 + 1e-12 for value in there.values())
    assert there["js"] <= np.log(2)
    assert all_distances(pair[0], pair[0]) == dict.fromkeys(there, 0.0)


@given(pairs())
def test_against_scipy(pair: tuple[Floats, Floats]) -> None:
    ours, (model, people) = all_distances(*pair), pair
    places = np.arange(len(model))
    along = wasserstein_distance(places, places, model, people) / (len(model) - 1)
    assert ours["w"] == ours["ordinal"] == pytest.approx(along, abs=1e-12)
    theirs = jensenshannon(model, people) if (model != people).any() else 0.0
    # scipy takes the root of a rounding error where the two are almost the same
    assert ours["jsd"] == pytest.approx(theirs, abs=1e-7)


@given(pairs(), st.integers(0, 2**32))
def test_nominal_distances_know_no_order(pair: tuple[Floats, Floats], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(pair[0]))
    before, after = all_distances(*pair), all_distances(pair[0][order], pair[1][order])
    for name in ("tv", "js", "jsd", "nominal"):
        assert after[name] == pytest.approx(before[name], abs=1e-12)


def test_wasserstein_knows_the_order() -> None:
    first, second, last = np.eye(5)[[0, 1, 4]]
    size = np.array(5)
    assert divergence.wasserstein(first, second, size) == pytest.approx(0.25)
    assert divergence.wasserstein(first, last, size) == pytest.approx(1.0)
    assert divergence.total_variation(first, second) == divergence.total_variation(first, last)


@given(pairs())
def test_padding_changes_nothing(pair: tuple[Floats, Floats]) -> None:
    model, people = (np.pad(share_K, (0, 3)) for share_K in pair)
    size = np.array(len(pair[0]))
    assert divergence.wasserstein(model, people, size) == pytest.approx(
        all_distances(*pair)["w"], abs=1e-12
    )
    assert divergence.js_divergence(model, people) == pytest.approx(
        all_distances(*pair)["js"], abs=1e-12
    )


def test_unasked_items_stay_unknown_and_the_smallest_float_is_no_trouble() -> None:
    model = np.array([[0.5, 0.5], [np.nan, np.nan]])
    people = np.array([0.5, 0.5])
    for distance in (divergence.total_variation, divergence.js_divergence, divergence.js_distance):
        value = distance(model, people)
        assert value[0] == 0
        assert np.isnan(value[1])
    assert np.isnan(divergence.wasserstein(model, people, np.array([2, 2]))[1])
    tiny = np.array([5e-324, 1.0])
    assert divergence.js_divergence(tiny, np.array([0.0, 1.0])) == pytest.approx(0.0, abs=1e-12)


@given(pairs())
def test_smoothed_kl_is_zero_on_itself_alone_and_bounded(pair: tuple[Floats, Floats]) -> None:
    model, people = pair
    size = np.array(len(model))
    value = float(divergence.kl_divergence(people, model, size))
    assert divergence.kl_divergence(people, people, size) == 0
    assert 0 <= value <= 0.99 * np.log(1 + 99 * len(model)) + 1e-9
    mixed = [0.99 * share_K + 0.01 / len(share_K) for share_K in (people, model)]
    assert value == pytest.approx(float(entropy(*mixed)), abs=1e-12)
    padded = [np.pad(share_K, (0, 2)) for share_K in (people, model)]
    assert divergence.kl_divergence(padded[0], padded[1], size) == pytest.approx(value, abs=1e-12)


def test_plain_kl_is_infinite_where_the_model_excludes_what_people_say() -> None:
    people, model, size = np.array([0.5, 0.5]), np.array([1.0, 0.0]), np.array(2)
    assert divergence.kl_divergence(people, model, size, smoothing=0) == np.inf
    assert divergence.kl_divergence(model, people, size, smoothing=0) == pytest.approx(np.log(2))
    gap = np.array([np.nan, np.nan])
    assert np.isnan(divergence.kl_divergence(people, gap, size))


def test_similarity_is_one_less_the_distance() -> None:
    first, last = np.eye(3)[[0, 2]]
    assert divergence.globalopinionqa_similarity(first, first) == 1
    assert divergence.globalopinionqa_similarity(first, last) == pytest.approx(
        1 - np.sqrt(np.log(2))
    )


@pytest.mark.skipif(importlib.util.find_spec("popfidelity") is None, reason="extra 'measures'")
def test_distances_and_entropies_are_those_of_another_package() -> None:
    from popfidelity import metrics

    rng = np.random.default_rng(1)
    certain, alike = 0, 0
    for number in range(1000):
        size = int(rng.integers(2, 12))
        model, people = rng.dirichlet(np.full(size, rng.choice([0.1, 1, 5])), 2)
        if number % 5 == 0:  # one option alone
            model, certain = np.eye(size)[rng.integers(size)], certain + 1
        if number % 7 == 0:  # options that nobody takes
            people = (
                np.round(people, 1) / np.round(people, 1).sum() if people.max() > 0.1 else people
            )
        if number % 11 == 0:
            model, alike = people, alike + 1
        theirs = {
            name: float(metrics.distance(people[None], model[None], name, **more)[0])
            for name, more in (
                ("nemd", {}),
                ("total_variation", {}),
                ("js_distance", {"base": np.e}),
            )
        }
        ours = all_distances(model, people)
        assert ours["w"] == pytest.approx(theirs["nemd"], abs=1e-12)
        assert ours["tv"] == pytest.approx(theirs["total_variation"], abs=1e-12)
        # a root of a rounding error where the two are almost the same
        assert ours["jsd"] == pytest.approx(theirs["js_distance"], abs=1e-7)
        for share in (model, people):
            assert float(spread.entropy(share)) == pytest.approx(
                float(metrics.entropy(share[None], base=np.e)[0]), abs=1e-12
            )
        deviation = (
            spread.deviation(model, np.array(size)),
            spread.deviation(people, np.array(size)),
        )
        if deviation[1] > 0:
            ratio = metrics.distance(people[None], model[None], "sd_ratio")[0]
            assert deviation[0] / deviation[1] == pytest.approx(float(ratio), abs=1e-9)
    assert (certain, alike) == (200, 91)
