"""What Python users call: measure a model, run a study, adapt, tune, score answers, compare.

>>> import acculturate
>>> result = acculturate.measure("mock:uniform", cultures="CHN", items=["Q1", "Q2"])
>>> round(result.value("alignment", culture="CHN"), 2)
0.65

Whatever a user can mend is an `AcculturateError` in one sentence; where a value is wrong it is a
`ValueError` too. Progress is shown as on the command line; `progress=Silent()` of
`acculturate.runner` shows none.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from acculturate.calling import as_path, as_texts, called_with, wrong_kind
from acculturate.config import apply_settings, validate
from acculturate.engines import parse_model
from acculturate.errors import ConfigError, telling_places
from acculturate.progress import on_screen, progress_here
from acculturate.records.results.metrics_file import read_results
from acculturate.records.results.run_results import RunResults
from acculturate.result import Result
from acculturate.runner import Progress, Silent
from acculturate.study.calls import RUNS, AdaptCall, MeasureCall, OneOrMore
from acculturate.study.costs.forecast import Estimate
from acculturate.study.costs.study_estimate import estimate_tuning
from acculturate.study.models import check_tunable
from acculturate.study.outside_answers import ScoreCall, score_answers
from acculturate.study.schema import Study
from acculturate.study.schema import load_study as read_study
from acculturate.study.trainings import Shown, in_dtype, told_if_stopped
from acculturate.study.wiring import run_study
from acculturate.tuning.logs import logging_into
from acculturate.tuning.qlora import check_quantised
from acculturate.tuning.ranks import check_shares, find_ranks
from acculturate.tuning.report import TuningReport
from acculturate.tuning.rows import read_rows
from acculturate.tuning.tuning_settings import resolve


@telling_places
@called_with(MeasureCall)
def measure(call: MeasureCall) -> Result:
    """Ask a model, or several, the survey and score the answers against each culture's people.

    A model is given by its name or as an engine object, which is asked as it is and left open. Its
    replies are kept under its `identity`, so another script of a mock needs another name. `adapter`
    is for models that are named: a folder, or several on top of each other, the lowest first.
    Several models, framings or languages make an arm for each combination; the framing is "aware"
    and the language "en" where none is named, and "culture" is each culture's own. `groups` are
    columns of the survey's respondents, at most three: their cells are then measured in place of
    each culture, under the framing "group" where none is named. Replies are kept in `out` (a folder
    under `runs/`, without it), so that asking the same again costs nothing.
    `settings` are `section.key=value` texts, over all else: what a study file could say.
    `bootstrap_items` says whether the questions are a sample of others, or all there is ("fixed":
    intervals are those of other respondents). With the executor "ray" workers ask, on the cluster
    at RAY_ADDRESS or on this machine. `report` also writes the run's page, as `result.report()`
    does later. Raises `AcculturateError` in one sentence.
    """
    study = call.study()
    return _carried(
        study,
        call.folder(study),
        call.progress,
        call.report,
        retry_failed=call.retry_failed,
        command=call.command,
        engines=call.engines(study),
    )


@telling_places
def run(
    study: Study | Path | str,
    *,
    profile: str | None = None,
    settings: OneOrMore = (),
    out: Path | str | None = None,
    progress: Progress | None = None,
    report: bool = True,
) -> Result:
    """Run a study, or a study file, to its end; what was cut off goes on where it was.

    `profile` and `settings` (`section.key=value` texts) are laid over a file. Raises
    `AcculturateError` in one sentence.
    """
    if not isinstance(study, Study):
        path = as_path(study, "run() takes a study or the path of its file")
        study = load_study(path, profile, settings)
    elif profile is not None:
        raise ConfigError(
            "run() lays a profile over a file: give the file's path, or load_study(path, profile)."
        )
    elif settings:
        study = validate(
            Study, apply_settings(study.model_dump(), as_texts(settings, "settings"), Study), "run"
        )
    told = "run() takes the folder of the run as out"
    folder = as_path(out, told) if out is not None else RUNS / study.run_name
    return _carried(study, folder, progress, report)


@telling_places
@called_with(AdaptCall)
def adapt(call: AdaptCall) -> Result:
    """Adapt a model to cultures by a method, and measure it before and after.

    The result's `adapters` are the folders of what was tuned; its arms are `before` and `after`,
    asked about `measured` (the cultures adapted to, without it). Both are on top of `adapter`, a
    folder or several. `settings` are `section.key=value` texts of the study that this makes, whose
    adaptation is `adapted`: `adapt.adapted.tuning.rank=8`. A study file says more (controls,
    held-out items), and `run` carries it out. Raises `AcculturateError` in one sentence.
    """
    study = call.study()
    return _carried(study, call.folder(study), call.progress, call.report)


@telling_places
def load_run(folder: Path | str) -> Result:
    """Return the result of a finished run from its folder; no model is opened.

    Raises `StoreError` for a folder without a finished run.
    """
    folder = as_path(folder, "load_run() takes the folder of a run")
    return _result(read_results(folder), folder)


@telling_places
def load_study(path: Path | str, profile: str | None = None, settings: OneOrMore = ()) -> Study:
    """Return a study file with a profile and `section.key=value` settings laid over it.

    Raises `ConfigError` with the file, the key, what was expected, and the nearest known name.
    """
    path = as_path(path, "load_study() takes the path of a study file")
    if not isinstance(profile, str | None):
        raise wrong_kind("profile is a text", profile)
    return read_study(path, profile, tuple(as_texts(settings, "settings")))


@telling_places
@called_with(ScoreCall)
def score(call: ScoreCall) -> Result:
    """Score answers from anywhere: a file (CSV, JSON lines, Parquet, Excel, SPSS, Stata), or rows.

    `measures` are groups of the field's measures beside ours, such as "subpop" (docs/metrics.md).
    With a column `respondent` and a survey that has respondents, answers are also held against
    those very persons. `groups` are columns of the survey's respondents, at most three: answers for
    a culture are then held against each of its cells, a respondent's against the respondent's own.
    `kind` says what answers are where it cannot be seen, `tolerance` how far from 1 probabilities
    may sum, `delimiter` and `encoding` how the file is written. Raises `SurveyError` that names row
    and column, `ConfigError` for an unknown group of measures.
    """
    scored = score_answers(call)
    return Result(scored.rows, scored.meta)


@telling_places
def tune(
    rows: Path | str,
    out: Path | str,
    base: str = "embedded",
    preset: str = "default",
    settings: OneOrMore = (),
    *,
    progress: Progress | None = None,
) -> TuningReport:
    """Tune an adapter of `base` on a file of rows; `settings` are `key=value` texts.

    Raises `TrainingError` for rows or a model that cannot be trained, `ConfigError` for settings.
    """
    from acculturate.engines.hf.loading import load_model, pick_dtype
    from acculturate.tuning.sft import tune as tune_model

    chosen = resolve(preset, apply_settings({}, as_texts(settings, "settings")))
    check_quantised(chosen)
    rows = as_path(rows, "tune() takes the path of a file of rows")
    out = as_path(out, "tune() takes the folder that the adapter is written to")
    read = read_rows(rows)
    spec = in_dtype(check_tunable(parse_model(base)), chosen)
    ranks = find_ranks()
    check_shares(ranks, chosen)
    ranks.join()
    # parted over ranks, a model need not fit on one GPU
    if ranks.sharded:  # read by the processor, computed on GPUs
        spec = replace(spec, device="cpu", dtype=pick_dtype(spec.dtype))
    model = load_model(spec)
    with (
        _progress(progress if ranks.first else Silent()) as own,
        closing(Shown(own, f"tuning {out.name}")) as note,
        told_if_stopped([note]),
        logging_into(out.with_name(f"{out.name}-tensorboard")),
    ):
        return tune_model(read, model, chosen, out, note=note, ranks=ranks)


def estimate_rows(
    rows: Path, base: str = "embedded", preset: str = "default", settings: Sequence[str] = ()
) -> Estimate:
    """Return what `tune` would take, without loading the model; raises as it does."""
    chosen = resolve(preset, apply_settings({}, as_texts(settings, "settings")))
    check_quantised(chosen)
    spec = in_dtype(check_tunable(parse_model(base)), chosen)
    return estimate_tuning(read_rows(rows), spec, chosen)


def _carried(
    study: Study, folder: Path, progress: Progress | None, report: bool, **given: Any
) -> Result:
    with _progress(progress) as shown:
        outcome = run_study(study, folder, progress=shown, report=report, **given)
    return _result(outcome.results, outcome.folder)


@contextmanager
def _progress(given: Progress | None) -> Iterator[Progress]:
    """Give the progress that was passed; else bars on a terminal and in a notebook, nothing
    elsewhere.
    """
    if given is not None:
        if not hasattr(given, "begin"):
            raise wrong_kind("progress is a Progress, such as Silent()", given)
        yield given
        return
    with progress_here(quiet=not on_screen()) as shown:
        yield shown


def _result(results: RunResults, folder: Path) -> Result:
    return Result(results.rows, results.meta, folder, results.differences)
