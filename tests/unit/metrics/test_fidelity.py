"""Population fidelity of items: what it gives by hand, at its edges, and by the field's package."""

import importlib.util

import numpy as np
import pytest

from acculturate.metrics.fidelity import Fidelity, fidelity

PEOPLE = [[0.1, 0.9], [0.5, 0.5], [0.7, 0.3]]


def scored(model: list[list[float]], people: list[list[float]]) -> Fidelity:
    model_CIK, people_CIK = (np.array(side)[:, None] for side in (model, people))
    return fidelity(model_CIK, people_CIK, np.array([model_CIK.shape[-1]]), np.array([True]))


def test_parts_by_hand() -> None:
    # distances of the people: .4 .6 .2, of the model: .1 .2 .1 -> medians .4 and .1
    parts = scored([[0.3, 0.7], [0.4, 0.6], [0.5, 0.5]], PEOPLE)
    assert parts.accuracy_I == pytest.approx([1 - (0.2 + 0.1 + 0.2) / 3])
    assert parts.adaptability_I == pytest.approx([0.25])
    assert parts.structure_I == pytest.approx([np.sqrt(3) / 2])  # ranks 2 3 1 and 1.5 3 1.5
    assert parts.score_I == pytest.approx([(5 / 6 * 0.25 * np.sqrt(3) / 2) ** (1 / 3)])


def test_a_caricature_is_as_unfaithful_as_sameness() -> None:
    half = scored([[0.3, 0.7], [0.5, 0.5], [0.6, 0.4]], PEOPLE).adaptability_I
    twice = scored(PEOPLE, [[0.3, 0.7], [0.5, 0.5], [0.6, 0.4]]).adaptability_I
    assert half == pytest.approx([0.5])
    assert twice == pytest.approx([0.5])


def test_one_answer_for_all_cultures_scores_zero() -> None:
    parts = scored([[0.5, 0.5]] * 3, PEOPLE)
    assert [float(part_I[0]) for part_I in (*parts, parts.score_I)] == [pytest.approx(0.8), 0, 0, 0]


@pytest.mark.parametrize(
    ("model", "people"),
    [(PEOPLE, [[0.5, 0.5]] * 3), (PEOPLE[:2], PEOPLE[:2])],
    ids=["people alike", "two cultures"],
)
def test_items_without_a_score(model: list[list[float]], people: list[list[float]]) -> None:
    assert np.isnan(scored(model, people)).all()


def test_nominal_items_and_missing_cultures_are_left_out() -> None:
    rng = np.random.default_rng(1)
    model_CIK, people_CIK = rng.dirichlet(np.ones(4), (2, 5, 3))
    people_CIK[:2, 1] = np.nan  # three cultures are left
    people_CIK[:3, 2] = np.nan  # two are left
    size_I = np.array([4, 4, 4])
    parts = fidelity(model_CIK, people_CIK, size_I, np.array([False, True, True]))
    assert np.isfinite(parts.score_I).tolist() == [False, True, False]
    alone = fidelity(model_CIK[2:, 1:2], people_CIK[2:, 1:2], size_I[:1], np.array([True]))
    assert [part[1] for part in parts] == pytest.approx([part[0] for part in alone])


def _cases(n: int = 1000) -> list[tuple[np.ndarray, np.ndarray]]:
    """Random cells, some of them all alike or certain; people and model, (C, K) each."""
    rng = np.random.default_rng(0)
    cases = []
    for number in range(n):
        shape = int(rng.integers(3, 9)), int(rng.integers(2, 11))
        sides = [rng.dirichlet(np.full(shape[1], rng.choice([0.2, 1, 5])), shape[0]) for _ in "12"]
        for side, (alike, certain) in zip(sides, [(17, 11), (7, 13)], strict=True):
            if number % alike == 0:
                side[:] = side[0]
            if number % certain == 0:
                side[:] = np.eye(shape[1])[rng.integers(shape[1], size=shape[0])]
        cases.append((sides[0], sides[1]))
    return cases


@pytest.mark.skipif(importlib.util.find_spec("popfidelity") is None, reason="extra 'measures'")
def test_the_parts_are_those_of_popfidelity() -> None:
    import popfidelity

    names = ("score_accuracy", "score_adaptability", "score_structure", "pfs")
    compared = 0
    for people, model in _cases():
        labels = [tuple(f"{n:02d}" for n in range(size)) for size in people.shape]
        cells = [popfidelity.Cells(labels[0], labels[1], side) for side in (people, model)]
        theirs = popfidelity.score(cells[0], cells[1])
        parts = scored(model.tolist(), people.tolist())
        if np.isnan(theirs["pfs"]):
            assert np.isnan(parts.score_I).all()
            continue
        ours = [part_I[0] for part_I in (*parts, parts.score_I)]
        assert ours == pytest.approx([theirs[name] for name in names], abs=1e-12)
        compared += 1
    assert compared > 900
