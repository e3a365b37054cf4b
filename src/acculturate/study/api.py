"""The same from Python: measure a model, run a study, score answers from anywhere.

>>> import acculturate
>>> result = acculturate.measure("mock:uniform", cultures=["CHN"], items=["Q1", "Q2"])
>>> round(result.value("alignment", culture="CHN"), 2)
0.62
"""

import hashlib
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from acculturate.asking import AnswerSettings
from acculturate.config import apply_settings, validate
from acculturate.engines import parse_model
from acculturate.errors import ConfigError
from acculturate.evaluation.answer_cells import SUM_TOLERANCE
from acculturate.evaluation.answers_file import read_answers
from acculturate.evaluation.arm_table import build_table
from acculturate.evaluation.catalogue import find_figures
from acculturate.evaluation.draws import what_intervals_cover
from acculturate.evaluation.scores import MEAN
from acculturate.records import Score
from acculturate.records.answer import AnswerKind
from acculturate.runner import Progress, Silent
from acculturate.sheets.findings import Findings
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.costs.estimate import estimate_tuning
from acculturate.study.costs.forecast import Estimate
from acculturate.study.models import check_tunable
from acculturate.study.results.persons import file_scores
from acculturate.study.results.scoring import arm_scores
from acculturate.study.schema import Study, load_study
from acculturate.study.trainings import Shown, in_dtype, told_if_stopped
from acculturate.study.wiring import Outcome, run_study
from acculturate.survey import load_survey
from acculturate.tuning.qlora import check_quantised
from acculturate.tuning.ranks import check_shares, find_ranks
from acculturate.tuning.report import TuningReport
from acculturate.tuning.rows import read_rows
from acculturate.tuning.settings import resolve

RUNS = Path("runs")


@dataclass(frozen=True, slots=True)
class Result:
    """Scores of one or several arms, and where the rest lies (None where nothing was kept)."""

    scores: tuple[Score, ...]
    meta: dict[str, Any]
    folder: Path | None = None

    def value(self, metric: str, *, culture: str = MEAN, arm: str | None = None) -> float | None:
        """One number; raises `ConfigError` where there is no such row."""
        for row in self.scores:
            named = row.arm == arm if arm else not row.arm.startswith("reference:")
            if row.metric == metric and row.culture == culture and named:
                return row.value
        raise ConfigError(
            f"There is no score '{metric}' for the culture '{culture}'"
            + (f" and the arm '{arm}'." if arm else ".")
        )

    def frame(self) -> Any:
        """The rows as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.scores)


def measure(
    model: str,
    cultures: Sequence[str],
    framing: str = "aware",
    *,
    items: str | Sequence[str] = "attitudes",
    survey: str = "wvs7-marginals",
    adapter: Path | str | None = None,
    answers: AnswerSettings | None = None,
    dtype: str = "auto",
    settings: Sequence[str] = (),
    bootstrap_items: Literal["random", "fixed"] = "random",
    executor: str = "inline",
    out: Path | str | None = None,
    progress: Progress | None = None,
    retry_failed: bool = False,
    command: str = "",
) -> Result:
    """Ask `model` the survey under a framing and score it against each culture's people.

    Replies are kept in `out` (a folder under `runs/` named after the question asked, without it),
    so that asking the same again costs nothing. `settings` are `section.key=value` texts, over all
    else: what a study file could say. `bootstrap_items` says whether the questions are a sample of
    others, or all there is ("fixed": intervals are those of other respondents). With the executor
    "ray" workers ask, on the cluster at RAY_ADDRESS or on this machine. Raises `AcculturateError`
    in one sentence.
    """
    tree: dict[str, Any] = {
        "study": {
            "name": "measure",
            "title": f"{model} under {framing}",
            "executor": executor,
            "bootstrap_items": bootstrap_items,
        },
        "survey": {"source": survey, "items": items if isinstance(items, str) else list(items)},
        "cultures": {"measure": list(cultures)},
        "models": {"base": {"name": model, "adapter": adapter, "dtype": dtype}},
        "answers": answers.model_dump(exclude_unset=True) if answers else {},
        "arm": [{"id": re.sub(r"[^A-Za-z0-9._-]+", "-", framing), "framing": framing}],
    }
    study = validate(Study, apply_settings(tree, settings, Study), "measure")
    folder = Path(out) if out is not None else RUNS / f"measure-{_digest(study)}"
    return _result(
        run_study(study, folder, progress=progress, retry_failed=retry_failed, command=command)
    )


def run(
    path: Path | str,
    *,
    profile: str | None = None,
    settings: Sequence[str] = (),
    out: Path | str | None = None,
    progress: Progress | None = None,
) -> Result:
    """Run a study file to its end; `settings` are `section.key=value` texts."""
    study = load_study(Path(path), profile, tuple(settings))
    folder = Path(out) if out is not None else RUNS / study.run_name
    return _result(run_study(study, folder, progress=progress))


def score(
    path: Path | str,
    *,
    survey: str = "wvs7-marginals",
    cultures: Sequence[str] | None = None,
    metrics: Sequence[str] | None = None,
    resampling: Resampling | None = None,
    kind: AnswerKind | None = None,
    tolerance: float = SUM_TOLERANCE,
    delimiter: str = "",
    encoding: str = "",
) -> Result:
    """Score a file of answers from anywhere (CSV, JSON lines, Parquet, Excel, SPSS, Stata).

    With a column `respondent` and a survey that has respondents, answers are also held against
    those very persons. `kind` says what answers are where it cannot be seen, `tolerance` how far
    from 1 probabilities may sum. `delimiter` and `encoding` are told from the file unless given.
    Raises `SurveyError` that names row and column.
    """
    find_figures(metrics)  # a name that is wrong is told before a long file is read
    loaded = load_survey(survey)
    findings = Findings(Path(path).name)
    arms = read_answers(
        Path(path),
        loaded,
        kind=kind,
        tolerance=tolerance,
        delimiter=delimiter,
        encoding=encoding,
        findings=findings,
    )
    drawn = resampling or Resampling()
    tables = [build_table(each.answers, loaded, arm=each.arm, cultures=cultures) for each in arms]
    scores = arm_scores(tables, loaded, metrics, drawn)
    persons, remarks = file_scores(arms, loaded, metrics, cultures, drawn)
    remarks = [
        *(f"{findings.file}: {note}." for note in findings.all),
        *remarks,
        *(each.remark for each in arms if each.remark),
    ]
    scored = dict.fromkeys(culture for each in tables for culture in each.cultures)
    items = {item.id: item for each in tables for item in each.items}
    meta = {
        "survey": loaded.name,
        "notice": loaded.notice,
        "weights": loaded.weights,
        "no_answer": loaded.no_answer_means(scored, tuple(items.values())),
        "remarks": remarks,
        "cautions": [loaded.fictitious] if loaded.fictitious else [],
        "bootstrap_items": drawn.items,
        "intervals": what_intervals_cover(drawn),
    }
    return Result((*scores, *persons), meta)


def tune_rows(
    rows: Path,
    out: Path,
    base: str = "embedded",
    preset: str = "default",
    settings: Sequence[str] = (),
    *,
    progress: Progress | None = None,
) -> TuningReport:
    """Tune an adapter of `base` on a file of rows; `settings` are `key=value` texts.

    Raises `TrainingError` for rows or a model that cannot be trained, `ConfigError` for settings.
    """
    from acculturate.engines.loading import load_model, pick_dtype
    from acculturate.tuning.sft import tune

    chosen = resolve(preset, apply_settings({}, settings))
    check_quantised(chosen)
    read = read_rows(rows)
    spec = in_dtype(check_tunable(parse_model(base)), chosen)
    ranks = find_ranks()
    check_shares(ranks, chosen)
    ranks.join()
    # parted over ranks, a model need not fit on one GPU
    if ranks.sharded:  # read by the processor, computed on GPUs
        spec = replace(spec, device="cpu", dtype=pick_dtype(spec.dtype))
    model = load_model(spec)
    shown = Shown(progress if progress and ranks.first else Silent(), f"tuning {out.name}")
    with closing(shown) as note, told_if_stopped([shown]):
        return tune(read, model, chosen, out, note=note, ranks=ranks)


def estimate_rows(
    rows: Path, base: str = "embedded", preset: str = "default", settings: Sequence[str] = ()
) -> Estimate:
    """What `tune_rows` would take, without loading the model; raises as it does."""
    chosen = resolve(preset, apply_settings({}, settings))
    check_quantised(chosen)
    spec = in_dtype(check_tunable(parse_model(base)), chosen)
    return estimate_tuning(read_rows(rows), spec, chosen)


def _result(outcome: Outcome) -> Result:
    rows = tuple(Score(**row) for row in outcome.metrics["rows"])
    return Result(rows, outcome.metrics["meta"], outcome.folder)


def _digest(study: Study) -> str:
    asked = study.model_dump_json(exclude={"study": {"executor", "ray", "bootstrap_items"}})
    return hashlib.sha256(asked.encode()).hexdigest()[:10]
