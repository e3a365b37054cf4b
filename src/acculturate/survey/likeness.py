"""Likeness: how far a survey's shares are from the built-in counts of the same items.

The same survey read rightly is at 0 (unweighted), another wave at some .05 to .15 on most items. So
no distance is far by itself: an item is told where it lies far above what chance and the file's
other items let expect, or where its answers would be much nearer with two codes exchanged or the
scale reversed. So is a culture of an item. Axes: C cultures, K options, R readings.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from acculturate.records import Item
from acculturate.sheets.findings import Finding
from acculturate.survey.builtin import load_builtin
from acculturate.survey.model import Survey

Floats = NDArray[np.float64]
FEW = 50  # answers below which shares say little
FAR = 0.2  # where too few items tell what to expect
ENOUGH = 8  # items
STEP = 0.02  # what may lie between two items of one file
SPREADS = 6  # robust standard deviations above the other items
SAME = 0.005  # usual distance of a file that holds the same people as the built-in counts
GAIN = 0.05  # what another reading has to bring at least, where it halves the distance
SURE = 0.1  # of the distance left by another reading: the same people, read wrongly
LEAST = 0.002  # below this nothing is told
TOLD = 20  # items told one by one


@dataclass(frozen=True, slots=True)
class _Beside:
    """An item's shares in this survey and in the built-in one, cultures that both have.

    `chance_C` is the distance to expect of two samples of these sizes from the same people.
    """

    item: Item
    cultures: Sequence[str]
    here_CK: Floats
    there_CK: Floats
    chance_C: Floats

    @property
    def distance_C(self) -> Floats:
        return _distance(self.here_CK, self.there_CK)

    @property
    def excess_C(self) -> Floats:
        """The distance beyond chance."""
        return self.distance_C - self.chance_C


def odd_items(survey: Survey) -> Iterator[Finding]:
    """Yield a note on the distance as a whole, and one for each item that is not as expected."""
    beside = [*_beside(survey.reweighted(False))]
    if not beside:
        return
    distances = np.concatenate([case.distance_C for case in beside])
    yield Finding(
        f"mean distance of shares from the built-in counts {distances.mean():.3f} (total "
        f"variation; 0 is equal), over {len(distances)} cells of cultures and items",
        "note",
    )
    usual = float(np.median([case.distance_C.mean() for case in beside]))
    limit = _limit([case.excess_C.mean() for case in beside])
    cell_limit = _limit(np.concatenate([case.excess_C for case in beside]))
    beside.sort(key=lambda case: -case.distance_C.mean())
    whole = {case.item.id: _odd(case, usual, limit) for case in beside}
    odd = [what for what in whole.values() if what]
    odd += [_odd_in(case, usual, cell_limit) for case in beside if not whole[case.item.id]]
    odd = [what for what in odd if what]
    for what in odd[:TOLD]:
        yield Finding(what, "note")
    if len(odd) > TOLD:
        yield Finding(f"{len(odd) - TOLD} more items are as far from the built-in counts", "note")


def _limit(excesses: Sequence[float] | Floats) -> float:
    """Return the excess above which one is far, by all of them."""
    if len(excesses) < ENOUGH:
        return FAR
    middle = float(np.median(excesses))
    spread = 1.4826 * float(np.median(np.abs(np.array(excesses) - middle)))
    return middle + max(STEP, SPREADS * spread)


def _odd(case: _Beside, usual: float, limit: float) -> str:
    """Return what is odd about an item in most cultures, or ``""``."""
    nearer = _nearer(case, np.arange(len(case.cultures)))
    if not nearer and np.median(case.excess_C) <= limit:
        return ""
    most = int(case.distance_C.argmax())
    return (
        f"{case.item.id} is far from the built-in counts: {case.distance_C.mean():.2f} on average, "
        f"where the file's items are at {usual:.2f}; {case.distance_C[most]:.2f} in "
        f"{case.cultures[most]}; {nearer or 'look at the direction of its scale and at its codes'}"
    )


def _odd_in(case: _Beside, usual: float, limit: float) -> str:
    """Return what is odd about an item in single cultures, or ``""``.

    Between waves single peoples do change; only in the same data is a distance alone enough.
    """
    far = np.flatnonzero(case.excess_C > limit).tolist()
    rows = [c for c in far if usual < SAME or _nearer(case, np.array([c]))]
    if not rows:
        return ""
    names = ", ".join(case.cultures[c] for c in rows)
    most = case.distance_C[rows].max()
    nearer = _nearer(case, np.array(rows)) or f"by up to {most:.2f}; look at the codes there"
    return f"{case.item.id} is far from the built-in counts in {names}: {nearer}"


def _nearer(case: _Beside, rows: NDArray[np.intp]) -> str:
    """Return the reading that brings some cultures much nearer to the built-in counts, or
    ``""``.
    """
    readings = _readings(case.item)
    if not readings:
        return ""
    orders = np.array([*readings.values()])
    read_CRK = case.here_CK[rows][:, orders]
    by_reading_R = _distance(read_CRK, case.there_CK[rows][:, None]).mean(0)
    best = int(by_reading_R.argmin())
    now, then = float(case.distance_C[rows].mean()), float(by_reading_R[best])
    chance = float(case.chance_C[rows].mean())
    halved = then < now / 2 and now - then > max(GAIN, 2 * chance)
    if now < LEAST or not (halved or then < SURE * now):
        return ""
    return f"{[*readings][best]} it would be at {then:.2f} in place of {now:.2f}"


def _readings(item: Item) -> Mapping[str, Sequence[int]]:
    """Return other readings of an item's codes: positions of the options by what the codes would
    mean.
    """
    places = range(len(item.codes))
    readings: dict[str, Sequence[int]] = {}
    if len(item.codes) > 2:
        readings["with its scale reversed"] = [*reversed(places)]
    for one, other in combinations(places, 2):
        order = [*places]
        order[one], order[other] = other, one
        readings[f"with the codes {item.codes[one]} and {item.codes[other]} exchanged"] = order
    return readings


def _beside(survey: Survey) -> Iterator[_Beside]:
    """Yield items that both surveys have, with the same options and enough answers."""
    known = load_builtin()
    for key, item in survey.items.items():
        there = known.items.get(key)
        if there is None or item.topic != there.topic or not {*item.codes} <= {*there.codes}:
            continue
        at = [there.codes.index(code) for code in item.codes]
        counts = {
            culture: (np.array(survey.counts[culture][key]), np.array(known.counts[culture][key]))
            for culture in known.cultures
            if key in survey.counts.get(culture, {}) and key in known.counts[culture]
        }
        pairs = {
            culture: (here_K, there_K[at])
            for culture, (here_K, there_K) in counts.items()
            if min(here_K.sum(), there_K[at].sum()) >= FEW
        }
        if pairs:
            here_CK, there_CK = (np.stack([pair[n] for pair in pairs.values()]) for n in (0, 1))
            yield _Beside(
                item, (*pairs,), _shares(here_CK), _shares(there_CK), _chance(here_CK, there_CK)
            )


def _shares(count_CK: Floats) -> Floats:
    return np.asarray(count_CK / count_CK.sum(-1, keepdims=True), dtype=np.float64)


def _distance(one_K: Floats, other_K: Floats) -> Floats:
    """Return the total variation, in [0, 1]."""
    return np.asarray(0.5 * np.abs(one_K - other_K).sum(-1))


def _chance(here_CK: Floats, there_CK: Floats) -> Floats:
    """Return the mean distance of two samples of these sizes, by the normal approximation."""
    share_CK = _shares(here_CK + there_CK)
    spread_CK = 1 / here_CK.sum(-1) + 1 / there_CK.sum(-1)
    variance_CK = share_CK * (1 - share_CK) * spread_CK[:, None]
    return np.asarray(0.5 * np.sqrt(2 / np.pi * variance_CK).sum(-1))
