"""Survey tuning with every measured item held out once: an adapter for each fold.

One held-out part leaves an interval that is as wide as the gain over what needs no model. Here the
130 items of `studies/survey.toml --profile short` are dealt into folds, one by one or with all of
their battery or topic; for each fold an adapter is tuned on all attitudes but the fold's, and asked
the fold. Every item is then answered by an adapter that did not see it, and what needs no model is
told just what that adapter was taught. With several seeds each fold has an adapter of each, and the
mean of their answers is set beside them.

    python -m benchmarks.folds --by item --seeds 0 43 44 --folder runs/folds-item

Stopped and typed again, it goes on where it was.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from acculturate.cli.saying import say
from acculturate.config import validate
from acculturate.evaluation import scale_use
from acculturate.evaluation.arm_table import ArmTable, build_table
from acculturate.evaluation.baselines import OWN, baseline_tables
from acculturate.evaluation.comparison import compare
from acculturate.evaluation.reference_arms import reference_table, reference_tables
from acculturate.evaluation.scores import MEAN, score_table
from acculturate.evaluation.seeds import seed_differences
from acculturate.evaluation.specificity_scores import specificity_scores
from acculturate.progress import progress_here
from acculturate.records import Answer, Item
from acculturate.statistics.bootstrap import Resampling
from acculturate.store import Store
from acculturate.study.finished import FinishedRun
from acculturate.study.parts import part_answers
from acculturate.study.schema import Study, load_study
from acculturate.study.split import held_with
from acculturate.study.wiring import run_study
from acculturate.survey import load_survey

STUDY = Path("studies/survey.toml")
ARM, TWICE, TOGETHER = "survey", "both-wordings", "mean-answer-of-seeds"
"""The adapter as it is asked in the study, in each item's two wordings, and the mean answer of the
adapters of all seeds.
"""
SEED = 0
"""Of the adapters where no other is named: the study's."""
DEALT = 17
"""The seed by which items are dealt into folds."""
By = Literal["item", "battery", "topic"]
METRICS = ("alignment", "js_divergence")
"""What is compared with answerers that need no model."""
TOLD = (*METRICS, "deviation_correlation", scale_use.NAME)


def dealt(items: Sequence[Item], by: By, folds: int) -> list[list[Item]]:
    """Return the items of each fold, in their order; those of one battery or topic stay together.

    Groups go in a drawn order, each to the fold that has the fewest items.
    """
    names = [held_with(item, by) for item in items]
    groups = list(dict.fromkeys(names))
    fold_of: dict[str, int] = {}
    filled = [0] * folds
    for at in np.random.default_rng(DEALT).permutation(len(groups)):
        fold_of[groups[at]] = fold = filled.index(min(filled))
        filled[fold] += names.count(groups[at])
    return [
        [item for item, name in zip(items, names, strict=True) if fold_of[name] == fold]
        for fold in range(folds)
    ]


def fold_study(items: Sequence[Item], by: By, seed: int = SEED) -> Study:
    """Return the study of one fold: `items` are asked, all that is not held out with them is
    taught.
    """
    study = load_study(STUDY, "short")
    tree = study.model_dump(mode="json", exclude_unset=True)
    if seed != SEED:
        tree["study"]["seeds"] = [seed]
    tree["survey"] |= {"items": [item.id for item in items]}
    tree["survey"]["split"] = {"by": by, "held_out": "measured", "measure": "held-out"}
    tree["adapt"] = [section for section in tree["adapt"] if section["id"] == ARM]
    tree["arm"] = [arm for arm in tree["arm"] if arm["id"] in (ARM, "unadapted")]
    tree["arm"].append(tree["arm"][-1] | {"id": TWICE, "answers": {"wordings": 2}})
    return validate(Study, tree, "folds")


def run_folds(folder: Path, by: By, folds: int, seed: int = SEED) -> list[FinishedRun]:
    """Carry out the study of each fold in a folder of its own; return the runs."""
    runs = []
    asked = load_survey().select(load_study(STUDY, "short").survey.items)
    for number, items in enumerate(dealt(asked, by, folds)):
        place = folder / (f"fold-{number}" if seed == SEED else f"fold-{number}-seed-{seed}")
        say(f"Fold {number}, seed {seed}: {len(items)} items are held out.")
        with progress_here(quiet=False) as shown:
            run_study(fold_study(items, by, seed), place, progress=shown, report=False)
        runs.append(FinishedRun.of(place))
    return runs


def pooled(runs: Sequence[FinishedRun], arm: str) -> ArmTable:
    """Return an arm's answers to the items of all folds as one table."""
    items = [item for run in runs for item in run.items]
    answers = [answer for run in runs for answer in _answers(run, arm)]
    return build_table(answers, runs[0].survey, arm=arm, cultures=runs[0].cultures, items=items)


def company(runs: Sequence[FinishedRun]) -> Iterator[ArmTable]:
    """Yield what needs no model, told in each fold what that fold's adapter was taught."""
    survey, cultures = runs[0].survey, runs[0].cultures
    items = [item for run in runs for item in run.items]
    yield from reference_tables(survey, cultures, items, ["uniform", "culture-blind"])
    told = [
        {
            table.arm: table.share_CIK
            for table in baseline_tables(survey, cultures, run.items, known=_taught(run))
        }
        for run in runs
    ]
    for name in told[0]:
        share_CIK = _joined([shares[name] for shares in told])
        yield reference_table(survey, cultures, items, name.partition(":")[2], share_CIK)


def _answers(run: FinishedRun, arm: str) -> list[Answer]:
    with Store(run.folder) as store:
        return list(part_answers(run.parts(arm), store))


def _taught(run: FinishedRun) -> tuple[Item, ...]:
    return run.plan.adaptations[0].trained_items(run.plan.context)


def _joined(shares: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return shares of all folds side by side, padded to the longest scale."""
    width = max(share_CIK.shape[-1] for share_CIK in shares)
    padded = [np.pad(one, ((0, 0), (0, 0), (0, width - one.shape[-1]))) for one in shares]
    return np.concatenate(padded, axis=1)


def together(tables: Sequence[ArmTable]) -> ArmTable:
    """Return the mean of the answers of several adapters as one table."""
    share_CIK = np.mean([table.share_CIK for table in tables], axis=0)
    return replace(tables[0], arm=TOGETHER, share_CIK=share_CIK)


def tell(seeds: Mapping[int, Sequence[FinishedRun]]) -> None:
    """Print the arm of each seed, their mean, what needs no model, and the differences with
    intervals over batteries (and seeds, where there are several).
    """
    first = next(iter(seeds.values()))
    others, drawn = list(company(first)), Resampling()
    [habit_CIK] = [table.share_CIK for table in others if table.arm == f"reference:{OWN}"]
    arms = [replace(pooled(runs, ARM), arm=f"{ARM}, {seed}") for seed, runs in seeds.items()]
    twice = [replace(pooled(runs, TWICE), arm=f"{TWICE}, {seed}") for seed, runs in seeds.items()]
    mean = [together(arms)] if len(arms) > 1 else []
    for table in (pooled(first, "unadapted"), *arms, *twice, *mean, *others):
        rows = [*score_table(table, list(METRICS), drawn), *specificity_scores(table, drawn)]
        rows += scale_use.scale_use_scores(table, habit_CIK, drawn)
        for row in rows:
            if row.culture == MEAN and row.metric in TOLD:
                say(f"{table.arm}: {row.metric} {_shown(row.value, row.low, row.high)} n {row.n}")
    for table in others:
        differences = [
            less for arm in (*arms, *mean) for less in compare(arm, table, METRICS, drawn)
        ]
        if len(arms) > 1:
            named = [replace(arm, arm=f"{ARM}, mean over seeds") for arm in arms]
            differences += seed_differences(named, [table] * len(arms), METRICS, drawn)
        for less in differences:
            if less.culture == MEAN:
                shown = _shown(less.value, less.low, less.high)
                say(f"{less.arm} less {table.arm}: {less.metric} {shown}")


def _shown(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return str(value)
    return f"{value:.4f} [{low:.4f}, {high:.4f}]"


def main() -> None:
    """Run all folds, then print what they come to."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--by", choices=get_args(By), default="item", help="what is held out together"
    )
    parser.add_argument("--folds", type=int, default=5, help="(%(default)s)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[SEED], help="(%(default)s)")
    parser.add_argument("--folder", type=Path, help="default: runs/folds-BY")
    given = parser.parse_args()
    folder = given.folder or Path(f"runs/folds-{given.by}")
    tell({seed: run_folds(folder, given.by, given.folds, seed) for seed in given.seeds})


if __name__ == "__main__":
    main()
