"""Baselines that were told something: what any adapted model must beat on items held out.

The scale histogram answers an item with the mean answers to other items of the same scale: over all
cultures, or each culture's own, which is how its people use a scale whatever is asked. The
wording lookup is a ridge regression from the 4-grams of an item's wording to each people's answers:
on a random split of items it looks like knowledge of cultures, because items of one grid stand on
both sides; on a split by topic it is none. So both are made for items held out in folds, by random
choice, by battery or by topic; where a study has trained on `known` items, for all others from just
those. Axes: C cultures, I items, K options.

    >>> from acculturate.survey import load_survey
    >>> survey = load_survey()
    >>> items = survey.select(["Q1", "Q2", "Q57"])
    >>> wording_lookup(survey, ["DEU"], items, "random").shape
    (1, 3, 4)
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.reference_arms import reference_table
from acculturate.evaluation.wording_regression import WordingRegression
from acculturate.records import Item
from acculturate.statistics.bootstrap import battery_index
from acculturate.survey import Survey

Floats = NDArray[np.float64]
Split = Literal["random", "battery", "topic"]
BASELINES = ("wording-lookup", "scale-histogram")
OWN = "own-scale-histogram"
FOLDS = 5


def folds(items: Sequence[Item], by: Split = "topic", seed: int = 0) -> NDArray[np.intp]:
    """Return the fold that each item is held out in, whole batteries or topics together; shape
    (I,).
    """
    groups = {
        "random": np.arange(len(items)),
        "battery": battery_index([item.battery for item in items]),
        "topic": battery_index([item.topic for item in items]),
    }
    if by not in groups:
        raise SurveyError(f"There is no split by '{by}': expected random, battery or topic.")
    group_I = groups[by]
    n = int(group_I.max(initial=-1)) + 1
    return np.asarray((np.random.default_rng([seed, 11]).permutation(n) % FOLDS)[group_I])


def wording_lookup(
    survey: Survey,
    cultures: Sequence[str],
    items: Sequence[Item],
    by: Split = "topic",
    seed: int = 0,
    language: str = "en",
    known: Sequence[Item] = (),
) -> Floats:
    """Return shares predicted for each item from the wording of items in other folds, or of `known`
    items, none of which is among `items`; (C, I, K).
    """
    every = [*items, *known]
    people = survey.people(cultures, every)
    fold_I = _parted(items, known, by, seed)
    regression = WordingRegression.of(people, language)
    share_CIK: Floats = np.full(people.count_CIK.shape, np.nan)
    for fold in np.unique(fold_I):
        held = np.flatnonzero(fold_I == fold)
        share_CIK[:, held] = regression.predict(np.flatnonzero(fold_I != fold), held)
    return _of_items(share_CIK, items)


def scale_histogram(
    survey: Survey,
    cultures: Sequence[str],
    items: Sequence[Item],
    by: Split = "topic",
    seed: int = 0,
    own: bool = False,
    known: Sequence[Item] = (),
) -> Floats:
    """Return the mean answers to items of other folds, or to `known` items, with the same scale;
    (C, I, K).

    Of all cultures alike, or with `own` of each culture by itself (its way of using scales). Where
    no other item has the scale, the mean over items with as many options; else uniform.
    """
    every = [*items, *known]
    people = survey.people(cultures, every)
    fold_I = _parted(items, known, by, seed)
    known_CIK = people.share_CIK
    if not own:
        known_CIK = np.broadcast_to(_mean(known_CIK, 0)[None], known_CIK.shape)
    share_CIK: Floats = np.zeros(known_CIK.shape)
    for i, size in enumerate(people.size_I[: len(items)]):
        other = fold_I != fold_I[i]
        alike = other & np.array([item.shares_scale(items[i]) for item in every])
        near = other & (people.size_I == size)
        chosen = alike if alike.any() else near
        mean_CK = _mean(known_CIK[:, chosen], 1)
        even_K = (np.arange(share_CIK.shape[-1]) < size) / size
        share_CIK[:, i] = np.where(np.isnan(mean_CK), even_K, mean_CK)
    return _of_items(share_CIK, items)


def baseline_tables(
    survey: Survey,
    cultures: Sequence[str],
    items: Sequence[Item],
    by: Split = "topic",
    seed: int = 0,
    known: Sequence[Item] = (),
) -> list[ArmTable]:
    """Return the baselines as arms `reference:wording-lookup` and `reference:scale-histogram`.

    Where there are `known` items, from just those, and `reference:own-scale-histogram` as well.
    """
    asked = survey, cultures, items
    shares = {
        BASELINES[0]: wording_lookup(*asked, by, seed, known=known),
        BASELINES[1]: scale_histogram(*asked, by, seed, known=known),
    }
    if known:
        shares[OWN] = scale_histogram(*asked, by, seed, own=True, known=known)
    return [reference_table(*asked, name, share_CIK) for name, share_CIK in shares.items()]


def _parted(items: Sequence[Item], known: Sequence[Item], by: Split, seed: int) -> NDArray[np.intp]:
    """Return the folds of `items`; with `known` ones behind them, two: those asked and
    those known.
    """
    if not known:
        return folds(items, by, seed)
    return np.repeat(np.arange(2, dtype=np.intp), [len(items), len(known)])


def _of_items(share_CIK: Floats, items: Sequence[Item]) -> Floats:
    """Return the part of `items`, which come first, as wide as the longest of their scales."""
    width = max((len(item.codes) for item in items), default=0)
    return share_CIK[:, : len(items), :width]


def _mean(share: Floats, axis: int) -> Floats:
    """Return the mean over an axis of what is known; NaN where nothing is."""
    known = np.isfinite(share)
    n = known.sum(axis)
    total = np.where(known, share, 0.0).sum(axis)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)
