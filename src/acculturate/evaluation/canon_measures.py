"""The field's measures, group by group, each a function of one item's shares.

opinionqa          representativeness, steerability and consistency (Santurkar et al. 2023)
globalopinionqa    similarity with logarithms to base 2 (Durmus et al. 2024)
subpop             Wasserstein distance in options, and its noise floor (Suh et al. 2025)
simbench           100 (1 - distance / distance of a uniform guess) (Hu et al. 2026)
worldvaluesbench   share of items within a distance (Zhao et al. 2024)
machine-bias       share of answers in each band of quality (Boelaert et al. 2025)
dispersion         spread, collapse and stereotyping (Bisbee et al. 2024 and others)
pfs                the score's nine variants (da Silva et al. 2026)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FLOOR_DRAWS = 200
WITHIN = tuple(step / 20 for step in range(1, 11))
"""Points of the threshold curve, in lengths of the scale; at .5 nearly every item lies within."""
BANDS = ("very good", "good", "mediocre", "bad", "very bad")


class Sides(NamedTuple):
    """One item: the people's shares and the model's, of the cultures that have both, and the people
    asked; shapes (C, K), (C, K) and (C,), K without padding.
    """

    people: Floats
    model: Floats
    n: Floats


Of = Callable[[Sides], Floats | float]
MadeOf = Literal["items", "topics", "arms"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of an item: `of` returns a value per culture, or with `together` one for all.

    `ordinal`: along a scale, so nominal items have none. `over` returns the divisor where the
    measure is a quotient of sums over items. The figure is ``offset + scale * quotient``.
    `people_alone`: it asks nothing of the model's side, so it is the same beside every arm.
    `made_of` says what it takes: single items; all items of each topic; or several arms of one
    model, whose nearest answers are then measured item by item.
    """

    description: str
    of: Of
    higher_is_better: bool | None = True
    ordinal: bool = False
    over: Of | None = None
    together: bool = False
    people_alone: bool = False
    made_of: MadeOf = "items"
    offset: float = 0.0
    scale: float = 1.0


def _distance(metric: str, **settings: float) -> Of:
    def of(sides: Sides) -> Floats:
        import popfidelity

        return np.asarray(
            popfidelity.metrics.distance(sides.people, sides.model, metric, **settings)
        )

    return of


def _opinionqa() -> dict[str, Measure]:
    return {
        "opinionqa_representativeness": Measure(
            "1 - Wasserstein distance along the scale, in lengths of the scale",
            _distance("nemd"),
            ordinal=True,
            offset=1.0,
            scale=-1.0,
        ),
        "opinionqa_steerability": Measure(
            "representativeness of the best of several prompts that tell of the culture, chosen "
            "for each item and culture by the people's own answers",
            _distance("nemd"),
            ordinal=True,
            offset=1.0,
            scale=-1.0,
            made_of="arms",
        ),
        "opinionqa_consistency": Measure(
            "share of topics whose best represented culture is the best represented of all items",
            _distance("nemd"),
            higher_is_better=None,
            ordinal=True,
            together=True,
            offset=1.0,
            scale=-1.0,
            made_of="topics",
        ),
    }


def _globalopinionqa() -> dict[str, Measure]:
    return {
        "globalopinionqa_similarity_base_2": Measure(
            "1 - Jensen-Shannon distance with logarithms to base 2",
            _distance("js_distance", base=2.0),
            offset=1.0,
            scale=-1.0,
        )
    }


def _subpop() -> dict[str, Measure]:
    def floor(sides: Sides) -> Floats:
        from popfidelity.alignment import subpop_noise_floor

        drawn = zip(sides.people, np.rint(sides.n).astype(int).tolist(), strict=True)
        return np.array(
            [subpop_noise_floor(own_K, max(n, 1), draws=FLOOR_DRAWS) for own_K, n in drawn]
        )

    return {
        "subpop_distance": Measure(
            "Wasserstein distance along the scale, in options",
            _distance("emd"),
            higher_is_better=False,
            ordinal=True,
        ),
        "subpop_noise_floor": Measure(
            "the same of as many people drawn anew from the people: no model is expected below it",
            floor,
            higher_is_better=None,
            ordinal=True,
            people_alone=True,
        ),
    }


def _simbench() -> dict[str, Measure]:
    def uniform(sides: Sides) -> Floats | float:
        even_CK = np.full_like(sides.people, 1 / sides.people.shape[-1])
        return _distance("total_variation")(sides._replace(model=even_CK))

    return {
        "simbench_score": Measure(
            "100 (1 - total variation / total variation of a uniform guess): 0 is as near as that",
            _distance("total_variation"),
            over=uniform,
            offset=100.0,
            scale=-100.0,
        )
    }


def _worldvaluesbench() -> dict[str, Measure]:
    def within(limit: float) -> Of:
        near = _distance("nemd")
        return lambda sides: np.asarray(near(sides) <= limit, dtype=np.float64)

    return {
        f"worldvaluesbench_within_{limit:.2f}": Measure(
            f"share of items whose distance along the scale is at most {limit:.2f}",
            within(limit),
            ordinal=True,
        )
        for limit in WITHIN
    }


def _machine_bias() -> dict[str, Measure]:
    def share(band: str) -> Of:
        def of(sides: Sides) -> Floats:
            from popfidelity.structure import quality_bands

            bands = quality_bands(_distance("nemd")(sides))
            return np.array([float(limit == band) for limit in bands])

        return of

    return {
        f"machine_bias_{band.replace(' ', '_')}": Measure(
            f"share of items whose distance along the scale is {band}",
            share(band),
            higher_is_better=None,
            ordinal=True,
        )
        for band in BANDS
    }


def _dispersion() -> dict[str, Measure]:
    from popfidelity import dispersion

    def pooled(key: str) -> Of:
        return lambda sides: dispersion.diversity_ratios(*_cells(sides))[key]

    def shares(of: Callable[[Any, Any], Any], column: str) -> Of:
        return lambda sides: of(*_cells(sides))[column].to_numpy(dtype=np.float64)

    def stereotyping(key: str) -> Of:
        return lambda sides: dispersion.stereotyping(*_cells(sides))[key]

    return {
        "sd_ratio": Measure(
            "standard deviation along the scale of all cultures together over the people's",
            lambda sides: dispersion.sd_ratio(*_cells(sides)),
            higher_is_better=None,
            ordinal=True,
            together=True,
        ),
        "pooled_entropy_ratio": Measure(
            "entropy of all cultures' answers together over the people's",
            pooled("entropy_ratio"),
            higher_is_better=None,
            together=True,
        ),
        "collision_ratio": Measure(
            "probability that two answers are the same, all cultures together, over the people's",
            pooled("collision_ratio"),
            higher_is_better=None,
            together=True,
        ),
        "modal_collapse": Measure(
            "share of items whose most frequent answer has .15 more than among the people",
            shares(dispersion.modal_collapse, "collapsed"),
            higher_is_better=False,
        ),
        "support_collapse": Measure(
            "share of people whose answer the model never gives",
            shares(dispersion.support_collapse, "unexpressed_prevalence"),
            higher_is_better=False,
        ),
        "stereotyping": Measure(
            "share of the variance that lies between cultures, less the people's: above 0 cultures "
            "are told apart more than the people's answers do",
            stereotyping("delta_eta_squared"),
            higher_is_better=None,
            ordinal=True,
            together=True,
        ),
    }


def _pfs() -> dict[str, Measure]:
    import popfidelity

    def of(variant: Any) -> Of:
        return lambda sides: float(popfidelity.score(*_cells(sides), variant)["pfs"])

    return {
        f"pfs_{variant.name}": Measure(
            f"population fidelity score, variant {variant.name}, mean over items",
            of(variant),
            ordinal=True,
            together=True,
        )
        for variant in popfidelity.VARIANTS
    }


def _cells(sides: Sides) -> tuple[Any, Any]:
    """Return the people's and the model's shares as popfidelity takes them."""
    from popfidelity import Cells

    cultures, options = (tuple(f"{n:03d}" for n in range(size)) for size in sides.people.shape)
    people, model = (Cells(cultures, options, side, sides.n) for side in sides[:2])
    return people, model


GROUPS: Mapping[str, Callable[[], dict[str, Measure]]] = {
    "opinionqa": _opinionqa,
    "globalopinionqa": _globalopinionqa,
    "subpop": _subpop,
    "simbench": _simbench,
    "worldvaluesbench": _worldvaluesbench,
    "machine-bias": _machine_bias,
    "dispersion": _dispersion,
    "pfs": _pfs,
}
"""Groups by the names that a user types."""
