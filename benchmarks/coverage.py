"""Coverage: whether the 95% intervals hold the truth 95 times in 100.

Surveys are drawn from a made-up world (`simulation.py`) and sent through the very code that
scores real ones. The truth is what the same figure would be on average over endlessly many surveys
of that size: the population of items where items are random, the same items with other respondents
and other texts where they are fixed. A distance of two small samples is above 0 even where nothing
differs, so that the truth belongs to its numbers of respondents and texts (`metrics.sampling`).

    >>> world = World(cultures=2)
    >>> found = coverage(Trial(world, batteries=20, draws=50), surveys=2, large=50)
    >>> sorted(found)
    ['difference', 'level', 'mean', 'pair_share']
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.comparison import compare
from acculturate.evaluation.scores import score_table
from acculturate.evaluation.seeds import seed_differences, seed_scores
from acculturate.evaluation.specificity_scores import agreement, matrix_scores
from acculturate.metrics.specificity import pair_share
from acculturate.records import Item, Score
from acculturate.records.results.differences import Difference
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import People
from benchmarks.simulation import Items, World, drawn

Floats = NDArray[np.float64]
FIGURES = ("level", "mean", "difference", "pair_share")


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting: so many `batteries`, `respondents` a culture, `texts` an item (0: exact).

    `fixed` keeps one set of items and draws respondents and texts only. With several training
    `seeds` the figures are means over them. `pairs` False leaves the pair share out, which takes
    most of the time (and is not there with seeds).
    """

    world: World
    batteries: int = 74
    respondents: int = 1500
    texts: int = 0
    seeds: int = 1
    fixed: bool = False
    metric: str = "alignment"
    draws: int = 1000
    pairs: bool = True

    @property
    def resampling(self) -> Resampling:
        items = "fixed" if self.fixed else "random"
        return Resampling(items=items, draws=self.draws, people_draws=self.draws)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Covered:
    """Of the intervals that were given, `given` of the surveys had one: the share that held the
    truth (NaN without any). The mean value, and the truth itself.
    """

    share: float
    value: float
    truth: float
    given: float


def coverage(
    trial: Trial, surveys: int, *, large: int | None = None, seed: int = 0
) -> dict[str, Covered]:
    """Draw so many surveys and count, per figure, how many intervals hold the truth.

    The truth is the mean over `large` batteries (items random) or surveys (items fixed); without
    it over so many that its own error is a twentieth of a survey's.
    """
    large = large or (2000 if trial.fixed else 40_000)
    rng = np.random.default_rng([seed, 1])
    items = trial.world.items(trial.batteries, rng) if trial.fixed else None
    truth = _truth(trial, items, large, np.random.default_rng([seed, 2]))
    result: dict[str, list[Score | Difference]] = {}
    for _ in range(surveys):
        for name, row in _figures(trial, items, rng).items():
            result.setdefault(name, []).append(row)
    return {name: _covered(rows, truth[name]) for name, rows in result.items()}


def _covered(rows: Sequence[Score | Difference], truth: float) -> Covered:
    held = [
        row.low <= truth <= row.high for row in rows if row.low is not None and row.high is not None
    ]
    share = float(np.mean(held)) if held else float("nan")
    value = float(np.mean([row.value or 0.0 for row in rows]))
    return Covered(share, value, truth, len(held) / len(rows))


def false_alarms(trial: Trial, surveys: int, *, seed: int = 0) -> float:
    """The share of comparisons of a sampled model with itself whose interval leaves out zero."""
    rng = np.random.default_rng([seed, 3])
    items = trial.world.items(trial.batteries, rng) if trial.fixed else None
    alarms = 0
    for _ in range(surveys):
        now = items or trial.world.items(trial.batteries, rng)
        people = _people(trial, now, rng)
        arms = [_arm(trial, now, people, now.model_SCIK[0], name, rng) for name in ("a", "b")]
        row = compare(arms[0], arms[1], [trial.metric], trial.resampling)[-1]
        if row.low is not None and row.high is not None:
            alarms += not row.low <= 0 <= row.high
    return alarms / surveys


def _survey(
    trial: Trial, items: Items, rng: np.random.Generator
) -> tuple[list[ArmTable], ArmTable]:
    """The arm's tables, one for each seed, and its control's."""
    people = _people(trial, items, rng)
    arms = [_arm(trial, items, people, model_CIK, "arm", rng) for model_CIK in items.model_SCIK]
    return arms, _arm(trial, items, people, items.control_CIK, "control", rng)


def _people(trial: Trial, items: Items, rng: np.random.Generator) -> People:
    made = tuple(
        Item(f"S{i}", "Simulated", tuple(range(size)), "ordinal", {}, battery=items.batteries[i])
        for i, size in enumerate(items.size_I.tolist())
    )
    count = drawn(items.people_CIK, trial.respondents, rng)
    names = tuple(f"C{c:02}" for c in range(trial.world.cultures))
    return People(names, made, count, items.size_I, items.ordinal_I)


def _arm(
    trial: Trial,
    items: Items,
    people: People,
    share_CIK: Floats,
    name: str,
    rng: np.random.Generator,
) -> ArmTable:
    if trial.texts:
        share_CIK = drawn(share_CIK, trial.texts, rng) / trial.texts
    wide = people.count_CIK.shape[:2]
    return ArmTable(
        arm=name,
        model=None,
        framing=None,
        language=None,
        survey="simulated",
        kind="sampled" if trial.texts else "expected",
        people=people,
        blind_CIK=share_CIK,
        share_CIK=share_CIK,
        read_CI=np.ones(wide),
        mass_CI=np.full(wide, np.nan),
        asked_CI=np.full(wide, float(max(trial.texts, 1))),
        refused_CI=np.zeros(wide),
    )


def _figures(
    trial: Trial, items: Items | None, rng: np.random.Generator
) -> dict[str, Score | Difference]:
    shifts = trial.world.shifts(trial.seeds, rng)
    now = items or trial.world.items(trial.batteries, rng, shifts)
    arms, control = _survey(trial, now, rng)
    metrics, resampling = [trial.metric], trial.resampling
    scores: Sequence[Score]
    if trial.seeds > 1:
        scores = seed_scores(arms, metrics, resampling)
        differences = seed_differences(arms, [control] * trial.seeds, metrics, resampling)
    else:
        scores = score_table(arms[0], metrics, resampling)
        differences = compare(arms[0], control, metrics, resampling)
    rows: dict[str, Score | Difference] = {
        "level": scores[0],
        "mean": scores[-1],
        "difference": differences[-1],
    }
    if trial.pairs and trial.seeds == 1:
        rows["pair_share"] = matrix_scores(arms[0], resampling)[1]
    return rows


def _truth(
    trial: Trial, items: Items | None, large: int, rng: np.random.Generator
) -> dict[str, float]:
    """Figures of a huge survey, or the mean of many surveys of the same items."""
    few = Resampling(draws=1, people_draws=1)
    levels, controls, matrices = [], [], []
    for now in _worlds(trial, items, large, rng):
        arms, control = _survey(trial, now, rng)
        levels.append([row.value or 0.0 for row in score_table(arms[0], [trial.metric], few)])
        controls.append(score_table(control, [trial.metric], few)[-1].value or 0.0)
        matrices.append(agreement(arms[0]).value_CC if trial.pairs else np.eye(2))
    level = np.mean(levels, axis=0)
    return {
        "level": float(level[0]),
        "mean": float(level[-1]),
        "difference": float(level[-1] - np.mean(controls)),
        "pair_share": float(pair_share(np.mean(matrices, axis=0))),
    }


def _worlds(
    trial: Trial, items: Items | None, large: int, rng: np.random.Generator
) -> Iterator[Items]:
    """Sets of items whose figures average to the truth; many small ones where seeds vary."""
    if items is not None:
        yield from (items for _ in range(large))
        return
    size = min(large, 100 if trial.world.seed_sd else 2000)
    for _ in range(max(large // size, 1)):
        yield trial.world.items(size, rng, trial.world.shifts(1, rng))
