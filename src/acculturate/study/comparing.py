"""Comparing: arms of finished runs, two by two, on the questions and cultures that both have.

    compare(RUN, ARM, ARM)            two arms of one run, the first less the second
    compare(RUN, RUN)                 each arm that both have, the first run's less the second's
    compare(RUN, RUN, ARM)            that arm alone
    compare(RUN, RUN, ..., ARM, ARM)  a study run with several seeds: the mean over its runs of
                                      the first arm less the second

Where a study measured items that its adaptations saw beside those held out, arms are compared on
those held out, or with `side = "trained"` on the others.

Every difference is paired and has its interval; two arms have a permutation test as well, with
Holm's correction over the cultures. Several seeds have none: their spread is in the interval. What
intervals cover, and tests that so few batteries could never pass, are said in the remarks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from acculturate.calling import as_texts, wrong_kind
from acculturate.errors import ConfigError, NoRunError, SurveyError, telling_places, unknown
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.draws import what_intervals_cover
from acculturate.evaluation.measures import find_metrics
from acculturate.evaluation.seeds import seed_differences
from acculturate.evaluation.significance import out_of_reach, paired_tests
from acculturate.evaluation.specific_gain import specific_gain, specific_gain_p
from acculturate.extras import as_frame
from acculturate.records import Item
from acculturate.records.results.differences import CorrectedDifference
from acculturate.records.results.plain import widened
from acculturate.short_table import ShortTable, interval
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.calls import OneOrMore
from acculturate.study.finished import FinishedRun
from acculturate.study.results.scored_rows import tested_differences

Rows = list[CorrectedDifference]
Side = Literal["held-out", "trained"]
Items = Literal["random", "fixed"]


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """Rows of differences (as in metrics.json), and what was compared with what, in sentences."""

    rows: tuple[CorrectedDifference, ...]
    remarks: tuple[str, ...]
    primary: str

    def __repr__(self) -> str:
        return self._table().text()

    def _repr_html_(self) -> str:
        return self._table().html(self.remarks)

    def _table(self) -> ShortTable:
        rows = [row for row in self.rows if row.metric == self.primary and row.value is not None]
        return ShortTable(
            f"Comparison of {self.primary}: difference, [95% interval], items "
            f"(all {len(self.rows)} rows: .frame())",
            ("arm", "against", "culture", self.primary, "p"),
            [(row.arm, row.against, row.culture, _shown(row), _p_value(row)) for row in rows],
        )

    def frame(self) -> Any:
        """Return the rows as a pandas DataFrame.

        Raises `ConfigError` where pandas is not installed.
        """
        return as_frame(self.rows)


def _shown(row: CorrectedDifference) -> str:
    assert row.value is not None
    return f"{interval(row.value, row.low, row.high, '+')} n {row.n}"


def _p_value(row: CorrectedDifference) -> str:
    """Return a row's p after Holm's correction, else its own; "" where there is no test."""
    p = row.p if row.holm is None else row.holm
    return "" if p is None else f"{p:.3f}"


class Finished(Protocol):
    """What has a run folder, such as a `Result`."""

    @property
    def folder(self) -> Path | None: ...


@telling_places
def compare(
    *what: "str | Path | Finished",
    metrics: OneOrMore | None = None,
    bootstrap_items: Items | None = None,
    side: Side = "held-out",
) -> Comparison:
    """Compare arms of runs; `what` are run folders or results, then ids of arms.

    `metrics` are names of `METRICS` (all without). `bootstrap_items` says whether items are a
    sample or all there is (without it as the first run's study says). `side` says which items are
    compared where a run has measured both: those held out from its adaptations, or those that
    they saw. Raises `ConfigError` for words that do not say what to compare, `StoreError`
    for folders that are no finished runs, `SurveyError` for runs that have nothing in common.
    """
    metrics = None if metrics is None else as_texts(metrics, "metrics")
    find_metrics(metrics)
    if side not in get_args(Side):
        raise ConfigError(unknown("side", side, get_args(Side)))
    if bootstrap_items not in (None, *get_args(Items)):
        raise ConfigError(unknown("way to take items", bootstrap_items, get_args(Items)))
    folders, arms = _read([_word(argument) for argument in what])
    if len(set(arms)) < len(arms):
        raise ConfigError(f"compare: the arm '{arms[0]}' is named twice: name another one.")
    runs = [FinishedRun.of(folder) for folder in folders]
    study = runs[0].study.study
    items_are = bootstrap_items or study.bootstrap_items
    drawn = Resampling(items=items_are, draws=study.draws, seed=study.seed)
    cultures, items, remarks = _common(runs)
    items, told = _of_side(runs, items, side)
    remarks += told
    if len(arms) == 2:
        sides = [[run.table(arm, cultures, items) for run in runs] for arm in arms]
        rows, notes = _of_pair(sides[0], sides[1], metrics, drawn, study.primary)
        remarks += notes
    elif len(runs) == 2:
        rows, notes = _of_runs(
            runs, arms or _shared(runs), cultures, items, metrics, drawn, study.primary
        )
        remarks += notes
    else:
        raise ConfigError(_grammar(f"runs: {len(runs)}, arms: {len(arms)}"))
    return Comparison(tuple(rows), (*remarks, what_intervals_cover(drawn)), study.primary)


def _word(given: "str | Path | Finished") -> str | Path:
    """Return a folder or an arm as it was typed; a result stands for its folder."""
    if isinstance(given, str | Path):
        return given
    if not hasattr(given, "folder"):
        raise wrong_kind("compare() takes folders of runs, results, and ids of arms", given)
    if given.folder is None:
        raise ConfigError(
            "Scores of a file cannot be compared with arms of a run: give what `measure` or `run` "
            "gave."
        )
    return given.folder


def _read(what: Sequence[str | Path]) -> tuple[list[Path], list[str]]:
    """Return folders first, then arms: the first word that is no folder ends the runs."""
    words = [str(word) for word in what]
    n = next((k for k, word in enumerate(words) if not Path(word).is_dir()), len(words))
    if not n:
        raise NoRunError(
            f"There is no run folder {words[0]}." if words else _grammar("nothing named")
        )
    if any("/" in word for word in words[n:]):
        raise NoRunError(f"There is no run folder {next(w for w in words[n:] if '/' in w)}.")
    if len(words) - n > 2:
        raise ConfigError(_grammar(f"runs: {n}, arms: {len(words) - n}"))
    return [Path(word) for word in words[:n]], words[n:]


def _grammar(problem: str) -> str:
    return (
        f"Say what to compare ({problem}): a run and two of its arms (RUN ARM ARM), two runs (RUN "
        "RUN), or runs of several seeds and two arms (RUN RUN ... ARM ARM)."
    )


def _common(runs: Sequence[FinishedRun]) -> tuple[tuple[str, ...], tuple[Item, ...], list[str]]:
    """Return cultures and items that all runs have; raises `SurveyError` where there are none."""
    first = runs[0]
    for run in runs[1:]:
        theirs, ours = run.survey, first.survey
        if (theirs.name, theirs.fingerprint) != (ours.name, ours.fingerprint):
            raise SurveyError(
                f"{first.folder} asked the survey '{ours.name}' and {run.folder} '{theirs.name}': "
                "answers to different questions cannot be compared."
            )
    cultures = [c for c in first.cultures if all(c in run.cultures for run in runs)]
    asked = [{item.id for item in run.items} for run in runs]
    items = [item for item in first.items if all(item.id in keys for keys in asked)]
    if not cultures or not items:
        raise SurveyError(
            f"{first.folder} and {runs[-1].folder} have no "
            f"{'question' if cultures else 'culture'} in common, so nothing can be compared."
        )
    remarks = []
    if any(len(run.items) > len(items) or len(run.cultures) > len(cultures) for run in runs):
        remarks.append(
            f"Compared on the {len(items)} questions and {len(cultures)} cultures that all runs "
            "have."
        )
    return tuple(cultures), tuple(items), remarks


def _of_side(
    runs: Sequence[FinishedRun], items: Sequence[Item], side: Side
) -> tuple[tuple[Item, ...], list[str]]:
    """Return the items of one side, and a remark where there is another.

    Raises `SurveyError` where that side is empty.
    """
    trained = frozenset().union(*(run.trained for run in runs))
    seen = tuple(item for item in items if item.id in trained)
    held_out = tuple(item for item in items if item.id not in trained)
    chosen, others, other = (
        (seen, held_out, "held-out") if side == "trained" else (held_out, seen, "trained")
    )
    if not chosen:
        raise SurveyError(
            f"No question that was measured is on the side '{side}': all {len(items)} are on the "
            f"other. Type --side {other}."
        )
    if not seen:
        return chosen, []
    return chosen, [
        f"Compared on the {len(chosen)} questions of the side '{side}': whether adaptations saw a "
        f"question matters, and --side {other} compares the other {len(others)}."
    ]


def _of_pair(
    ours: Sequence[ArmTable],
    theirs: Sequence[ArmTable],
    metrics: Sequence[str] | None,
    drawn: Resampling,
    primary: str,
) -> tuple[Rows, list[str]]:
    """Return one arm less another, in one run or as the mean over several seeds."""
    if len(ours) == 1:
        remarks = _reach(ours[0], theirs[0], (metrics or [primary])[0], drawn)
        return _rows(ours[0], theirs[0], metrics, drawn), remarks
    rows = [
        widened(CorrectedDifference, difference)
        for difference in seed_differences(ours, theirs, metrics, drawn)
    ]
    return rows, [
        f"Means over {len(ours)} runs, taken as training seeds: intervals hold the seeds' spread."
    ]


def _of_runs(
    runs: Sequence[FinishedRun],
    arms: Sequence[str],
    cultures: Sequence[str],
    items: Sequence[Item],
    metrics: Sequence[str] | None,
    drawn: Resampling,
    primary: str,
) -> tuple[Rows, list[str]]:
    """Return the same arms of two runs, each named by its folder."""
    rows: Rows = []
    remarks: list[str] = []
    for arm in arms:
        pair = [
            replace(run.table(arm, cultures, items), arm=f"{run.folder}: {arm}") for run in runs
        ]
        rows += _rows(pair[0], pair[1], metrics, drawn)
        remarks += _reach(pair[0], pair[1], (metrics or [primary])[0], drawn)
    return rows, list(dict.fromkeys(remarks))


def _reach(arm: ArmTable, control: ArmTable, metric: str, drawn: Resampling) -> list[str]:
    """Return the tests that could never pass."""
    sentence = out_of_reach(paired_tests(arm, control, [metric], seed=drawn.seed))
    return [sentence] if sentence else []


def _rows(
    arm: ArmTable, control: ArmTable, metrics: Sequence[str] | None, drawn: Resampling
) -> Rows:
    rows = tested_differences(arm, control, metrics, drawn)
    gain = specific_gain(arm, control, drawn) if metrics is None else None
    if gain is None:
        return rows
    p = specific_gain_p(arm, control, drawn.seed)
    return [*rows, widened(CorrectedDifference, gain, p=p)]


def _shared(runs: Sequence[FinishedRun]) -> list[str]:
    shared = [arm for arm in runs[0].arms if arm in runs[1].arms]
    if not shared:
        raise ConfigError(
            f"{runs[0].folder} has the arms {', '.join(runs[0].arms)}, {runs[1].folder} "
            f"{', '.join(runs[1].arms)}: none has the same name, so there is no pair to compare."
        )
    return shared
