"""CLCA's published divergence to 1e-9, and what is wrong with it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acculturate.metrics.divergence import js_distance, kl_divergence
from acculturate.metrics.published import kl_as_published
from acculturate.survey import load_survey

Floats = NDArray[np.float64]
GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "clca.json").read_text())
ITEMS = [f"Q{n}" for n in range(1, 46) if n != 42]


@pytest.mark.parametrize("name", GOLDEN["made_up"])
def test_made_up_counts(name: str) -> None:
    case = GOLDEN["made_up"][name]
    people, model = (np.array(case[side], dtype=float) for side in ("people", "model"))
    shares = people / people.sum(), model / model.sum()
    size = np.array(len(people))
    assert kl_as_published(people, model) == pytest.approx(case["kl_as_published"], abs=1e-9)
    assert js_distance(*shares) == pytest.approx(case["jsd"], abs=1e-9)
    true = np.inf if case["kl_true"] is None else case["kl_true"]
    assert kl_divergence(*shares, size, smoothing=0.0) == pytest.approx(true, abs=1e-9)


def answerers(people_K: Floats) -> dict[str, Floats]:
    """Options, and a last cell of invalid answers."""
    size = len(people_K) - 1
    # of tied options the first: that is how the figures were made
    order = np.argsort(-people_K[:-1], kind="stable")
    cells = np.eye(size + 1)
    uniform = np.append(np.full(size, 1 / size), 0.0)
    return {
        "people": people_K,
        "mode": cells[order[0]],
        "second": cells[order[1]],
        "uniform": uniform,
        "refused": cells[-1],
    }


@pytest.mark.parametrize("culture", GOLDEN["real"])
def test_real_marginals(culture: str) -> None:
    survey, case = load_survey(), GOLDEN["real"][culture]
    kl: dict[str, list[float]] = {}
    jsd: dict[str, list[float]] = {}
    for item in survey.select(ITEMS):
        people_K = np.append(np.array(survey.counts[culture][item.id]), 0.0)
        for name, model_K in answerers(people_K).items():
            kl.setdefault(name, []).append(float(kl_as_published(people_K, model_K)))
            shares = people_K / people_K.sum(), model_K / model_K.sum()
            jsd.setdefault(name, []).append(float(js_distance(*shares)))
    for name, value in case["kl"].items():
        assert np.mean(kl[name]) == pytest.approx(value, abs=1e-9), name
        # a root of a rounding error stands where the two are equal
        assert np.mean(jsd[name]) == pytest.approx(case["jsd"][name], abs=1e-7), name
    beaten = sum(mode < own for mode, own in zip(kl["mode"], kl["people"], strict=True))
    assert beaten == case["mode_beats_people"]
