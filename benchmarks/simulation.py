"""A made-up world in which the truth is known, to see whether intervals hold what they promise.

Items come in batteries whose answers have something in common; each culture's people lean away from
the mean of mankind; a model leans with them by `slope`, and misses by a `gap` that batteries share.
People are drawn (multinomial), a model's texts are drawn or its probabilities taken as they are,
and training seeds move a whole model. Axes: C cultures, I items, K options,
S seeds.

    >>> world = World(cultures=2)
    >>> items = world.items(5, np.random.default_rng(1))
    >>> items.people_CIK.shape[0], items.model_SCIK.shape[1:] == items.people_CIK.shape
    (2, True)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SIZES = (2, 3, 4, 4, 4, 10)
ORDINAL = 0.85
BATTERY_SIZES = (1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 5, 5, 9, 11)


class Items(NamedTuple):
    """Items with the true shares of people, of a model (S training seeds) and of its control."""

    batteries: tuple[str, ...]
    size_I: NDArray[np.int64]
    ordinal_I: NDArray[np.bool_]
    people_CIK: Floats
    model_SCIK: Floats
    control_CIK: Floats


@dataclass(frozen=True, slots=True)
class World:
    """How items, people and models come about; leanings and gaps are in logits.

    `slope` is how much of the people's own leaning the model has, `uneven` how much more in the
    last culture (and less in the first), `gap` how far it misses, `shared` the part of a variance
    that a battery has in common. The control misses by the same gap and a further one of size
    `apart`. A training seed makes all of a model's leanings larger or smaller by `seed_sd`.
    """

    cultures: int = 6
    slope: float = 0.12
    uneven: float = 0.25
    gap: float = 0.8
    shared: float = 0.5
    apart: float = 0.4
    lean: float = 0.6
    seed_sd: float = 0.0
    battery_sizes: tuple[int, ...] = BATTERY_SIZES

    def items(
        self, batteries: int, rng: np.random.Generator, shifts: Sequence[float] = (0.0,)
    ) -> Items:
        """So many batteries of items, drawn anew; `shifts` are effects of training seeds."""
        size = rng.choice(np.array(self.battery_sizes), batteries)
        index_I = np.repeat(np.arange(batteries), size)
        size_I = rng.choice(np.array(SIZES, dtype=np.int64), batteries)[index_I]
        ordinal_I = (rng.random(batteries) < ORDINAL)[index_I] | (size_I == max(SIZES))
        effects = _Effects(rng, index_I, self.shared)
        level_I, curve_I = effects.draw(1), effects.draw(1)
        lean_CI = self.lean * effects.draw(self.cultures)
        miss_CI = self.gap * (0.7 * effects.draw(1) + 0.7 * effects.draw(self.cultures))
        more_CI = self.apart * effects.draw(self.cultures)
        place_IK = np.arange(max(SIZES)) / (size_I[:, None] - 1) * 2 - 1
        slope_C = self.slope + self.uneven * np.linspace(-1, 1, self.cultures)
        own_CI = slope_C[:, None] * lean_CI + miss_CI

        def table(added_CI: Floats) -> Floats:
            return _shares(level_I + added_CI, curve_I, place_IK)

        names = tuple(f"battery {k}" for k in index_I)
        model_SCIK = np.stack([table(own_CI * (1 + shift)) for shift in shifts])
        control_CIK = table(own_CI + more_CI)
        return Items(names, size_I, ordinal_I, table(lean_CI), model_SCIK, control_CIK)

    def shifts(self, seeds: int, rng: np.random.Generator) -> Sequence[float]:
        """The effects of so many training seeds."""
        return [float(shift) for shift in self.seed_sd * rng.normal(size=seeds)]


class _Effects:
    """Standard normal effects of which `shared` of the variance is a battery's."""

    def __init__(self, rng: np.random.Generator, index_I: NDArray[np.intp], shared: float):
        self.rng, self.index_I, self.shared = rng, index_I, shared

    def draw(self, rows: int) -> Floats:
        n = int(self.index_I.max(initial=-1)) + 1
        battery = self.rng.normal(size=(rows, n))[:, self.index_I]
        own = self.rng.normal(size=(rows, len(self.index_I)))
        return np.asarray(np.sqrt(self.shared) * battery + np.sqrt(1 - self.shared) * own)


def _shares(lean_CI: Floats, curve_I: Floats, place_IK: Floats) -> Floats:
    """Shares over options by a softmax of leaning and curvature along the scale."""
    logit = lean_CI[..., None] * place_IK - 0.7 * (1 + curve_I[..., None]) * place_IK**2
    raised = np.where(place_IK <= 1, np.exp(np.minimum(logit, 30)), 0.0)
    return np.asarray(raised / raised.sum(-1, keepdims=True))


def drawn(share_CIK: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Counts of `n` answers to every item in every culture (multinomial)."""
    return rng.multinomial(n, share_CIK).astype(np.float64)
