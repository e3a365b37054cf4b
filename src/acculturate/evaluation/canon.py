"""The field's measures by their own names, as the package popfidelity computes them.

Other papers report other figures of the same shares. These are computed only where they are named,
by a package of their own (extra `measures`), so that a number can be held against a paper's. Each
is a ratio of sums over items, so it has our interval: by battery. Axes: C cultures, I items, K
options.

    opinionqa          representativeness (Santurkar et al. 2023)
    globalopinionqa    similarity with logarithms to base 2 (Durmus et al. 2024)
    subpop             Wasserstein distance in options, and its noise floor (Suh et al. 2025)
    simbench           100 (1 - distance / distance of a uniform guess) (Hu et al. 2026)
    worldvaluesbench   share of items within a distance (Zhao et al. 2024)
    machine-bias       share of answers in each band of quality (Boelaert et al. 2025)
    dispersion         spread, collapse and stereotyping (Bisbee et al. 2024 and others)
    pfs                the score's nine variants (da Silva et al. 2026)
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import ConfigError, unknown
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.draws import interval
from acculturate.evaluation.scores import MEAN, score_row
from acculturate.extras import lacking
from acculturate.metrics.fidelity import FEWEST_CULTURES
from acculturate.metrics.ratio import Ratio
from acculturate.records import Score
from acculturate.statistics.bootstrap import Resampling, item_weights, macro_mean, ratio_draws
from acculturate.statistics.interval import NO_INTERVAL

Floats = NDArray[np.float64]
FLOOR_DRAWS = 200
WITHIN = (0.05, 0.10, 0.20)
BANDS = ("very good", "good", "mediocre", "bad", "very bad")


class Sides(NamedTuple):
    """One item: the people's shares and the model's, of the cultures that have both, and the people
    asked; shapes (C, K), (C, K) and (C,), K without padding.
    """

    people: Floats
    model: Floats
    n: Floats


Of = Callable[[Sides], Floats | float]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of an item: `of` returns a value per culture, or with `together` one for all.

    `ordinal`: along a scale, so nominal items have none. `over` returns the divisor where the
    measure is a quotient of sums over items. The figure is ``offset + scale * quotient``.
    """

    description: str
    of: Of
    higher_is_better: bool | None = True
    ordinal: bool = False
    over: Of | None = None
    together: bool = False
    offset: float = 0.0
    scale: float = 1.0


def canon_scores(
    table: ArmTable, groups: Sequence[str], resampling: Resampling | None = None
) -> list[Score]:
    """Return rows of the measures of `groups`, culture by culture and their mean.

    Measures of all cultures together have the row "mean" alone. Where the items are fixed, rows
    have no interval. Raises `ConfigError` for a group that is not known, and without the extra.
    """
    measures, resampling = find_canon(groups), resampling or Resampling()
    items = list(_sides(table))
    return [
        row
        for name, measure in measures.items()
        for row in _rows(table, name, measure, _ratio(table, measure, items), resampling)
    ]


def find_canon(groups: Sequence[str]) -> dict[str, Measure]:
    """Return the measures of groups by their names.

    Raises `ConfigError` for a group that is not known, and where popfidelity is not installed.
    """
    for group in groups:
        if group not in GROUPS:
            raise ConfigError(unknown("group of measures", group, GROUPS))
    if groups and (said := lacking("More measures need", "measures", "popfidelity")):
        raise ConfigError(f"{said}.")
    return {name: each for group in dict.fromkeys(groups) for name, each in GROUPS[group]().items()}


def _sides(table: ArmTable) -> Iterator[tuple[NDArray[np.intp], Sides]]:
    """Yield of each item which cultures have both sides, and the sides."""
    people = table.people
    for i, size in enumerate(people.size_I.tolist()):
        own_CK, model_CK = people.share_CIK[:, i, :size], table.share_CIK[:, i, :size]
        has = np.flatnonzero(np.isfinite(own_CK + model_CK).all(-1))
        model_CK = model_CK[has] / model_CK[has].sum(-1, keepdims=True)
        yield has, Sides(own_CK[has], model_CK, people.effective_n_CI[has, i])


def _ratio(
    table: ArmTable, measure: Measure, items: Sequence[tuple[NDArray[np.intp], Sides]]
) -> Ratio:
    """Return the sums of a measure over items; NaN where an item has none."""
    shape = (1 if measure.together else len(table.cultures), len(items))
    top_CI, bottom_CI = np.full(shape, np.nan), np.full(shape, np.nan)
    for i, (has, sides) in enumerate(items):
        skipped = measure.ordinal and not table.people.ordinal_I[i]
        if skipped or len(has) < (FEWEST_CULTURES if measure.together else 1):
            continue
        rows = [0] if measure.together else has
        top_CI[rows, i] = measure.of(sides)
        bottom_CI[rows, i] = measure.over(sides) if measure.over else 1.0
    return Ratio(top_CI, bottom_CI)


def _rows(
    table: ArmTable, name: str, measure: Measure, ratio: Ratio, resampling: Resampling
) -> list[Score]:
    if not ratio.scored_I.any():
        return []
    weight_BI = item_weights(table.batteries, resampling.draws, resampling.seed)
    sides = (ratio.value(), ratio_draws(*ratio.filled(), weight_BI))
    value_C, draw_BC = (measure.offset + measure.scale * side for side in sides)
    if not measure.together:
        value_C, draw_BC = (
            np.concatenate([side, macro_mean(side)[..., None]], axis=-1)
            for side in (value_C, draw_BC)
        )
    named = [MEAN] if measure.together else [*table.cultures, MEAN]
    rows = []
    for c, culture in enumerate(named):
        scored_CI = ratio.scored_I if culture == MEAN else ratio.scored_I[c : c + 1]
        fixed = resampling.items == "fixed"
        bounds = (
            NO_INTERVAL
            if fixed
            else interval(draw_BC[:, c], value_C[c], scored_CI, table.people, resampling)
        )
        n = int(scored_CI.any(0).sum())
        rows.append(score_row(table, name, culture, float(value_C[c]), bounds, n))
    return rows


# -- the measures, group by group ------------------------------------------------------------------


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
        )
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
            return np.array([float(each == band) for each in bands])

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
