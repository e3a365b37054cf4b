"""The model card of an adapter: its README.md as the Hub shows it, made from a run's results.

It says first what was shown and what was not: the verdict with its figures, each with an interval,
the number of items and the refusals. Everything is read from metrics.json and from the adapter's
own report, so the same run gives the same card.

Source of the form: Mitchell et al. 2019, "Model Cards for Model Reporting"; the Hub's metadata as
huggingface_hub writes it.
"""

import functools
from collections.abc import Iterator, Sequence
from importlib import metadata, resources
from pathlib import Path
from typing import Any, NamedTuple

from acculturate.engines.embedded import EMBEDDED, HUB_ID
from acculturate.engines.weights import ADAPTER_FILES, adapter_config, is_folder
from acculturate.errors import TrainingError
from acculturate.extras import lacking
from acculturate.files import write_whole
from acculturate.records import Score
from acculturate.records.results.described import ArmNote
from acculturate.records.results.differences import CorrectedDifference
from acculturate.records.results.made import TuningRow
from acculturate.records.results.run_results import RunResults
from acculturate.tuning.card import CARD_FILE, Merged, opening
from acculturate.tuning.report import TuningReport, read_report
from acculturate.visible import in_markdown

MEAN = "mean"
REFERENCE = "reference:"
LICENCES = {EMBEDDED: "apache-2.0"}


class Measured(NamedTuple):
    """An arm on the adapter: its scores, and its differences from the arm before it."""

    arm: ArmNote
    scores: tuple[Score, ...]
    differences: tuple[CorrectedDifference, ...]

    def score(self, metric: str, culture: str) -> Score | None:
        """Return the arm's row of a metric and a culture; None where there is none."""
        return next(
            (row for row in self.scores if (row.metric, row.culture) == (metric, culture)), None
        )


def write_cards(folder: Path, results: RunResults) -> list[Path]:
    """Write the model card of every adapter that lies in a run's folder; returns their paths.

    Where huggingface_hub is not installed the cards of tuning stay as they are. Raises
    `TrainingError` where a card cannot be written.
    """
    if lacking("A model card", "train", "huggingface_hub"):
        return []
    written = []
    for row in results.meta.tuning:
        adapter = folder / "adapters" / row.adapter
        if not (adapter / ADAPTER_FILES[0]).is_file():
            continue  # the user took it away
        path = adapter / CARD_FILE
        try:
            write_whole(path, model_card(adapter, row, results))
        except OSError as error:
            raise TrainingError(f"{path} cannot be written: {error.strerror or error}.") from error
        written.append(path)
    return written


def model_card(adapter: Path, row: TuningRow, results: RunResults) -> str:
    """Return the card of one adapter as Markdown that begins with the Hub's metadata in YAML."""
    report = read_report(adapter)
    revision = str(adapter_config(adapter).get("revision") or "")
    merged = _merged(report)
    base = hub_name(report.base_model)
    arms = [_measured(arm, results) for arm in results.meta.arms if _is_on(arm, row)]
    text = _template().render(
        version=metadata.version("acculturate"),
        row=row,
        report=report,
        meta=results.meta,
        base=base or report.base_model,
        base_kind="hub" if base else "folder",
        revision=revision,
        merged=merged,
        arms=arms,
        primary=results.meta.primary or "alignment",
        references=_references(results),
        mean=MEAN,
        settings=sorted(report.settings.items()),
        neutral=[text for text in results.meta.neutral if _of_adapter(text.model, row)],
        abilities=[task for task in results.meta.abilities if _of_adapter(task.model, row)],
        opening=opening(report.base_model, merged, revision),
    )
    return f"---\n{_metadata(row, base, arms, results)}---\n{text}"


def hub_name(base: str) -> str:
    """Return what a base is called on the Hub; "" for a model in a folder.

    >>> hub_name("embedded"), hub_name("org/model"), hub_name("./mine")
    ('HuggingFaceTB/SmolLM2-135M-Instruct', 'org/model', '')
    """
    if base == EMBEDDED:
        return HUB_ID
    local = is_folder(base) or base.startswith((".", "~", "/"))
    return "" if local or base.count("/") != 1 else base


def _metadata(row: TuningRow, base: str, arms: Sequence[Measured], results: RunResults) -> str:
    """Return the YAML that the Hub reads: base, licence, languages and the evaluation's results."""
    from huggingface_hub import EvalResult, ModelCardData

    meta = results.meta
    survey = meta.survey.name if meta.survey else "survey"
    shown = [
        EvalResult(
            task_type="text-generation",
            task_name="Survey items answered for a culture",
            dataset_type=survey,
            dataset_name=(meta.survey.title if meta.survey else "") or survey,
            metric_type=score.metric,
            metric_name=f"{score.metric}, mean over cultures, framing {score.framing}",
            metric_value=round(score.value, 4),
        )
        for measured in arms
        for score in measured.scores
        if score.culture == MEAN and score.value is not None and score.metric == meta.primary
    ]
    languages = {score.language for one in arms for score in one.scores if score.language}
    data = ModelCardData(
        base_model=base or None,
        library_name="peft",
        pipeline_tag="text-generation",
        license=LICENCES.get(EMBEDDED if base == HUB_ID else base),
        language=sorted(languages) or None,
        tags=["acculturate", "cultural-alignment", "lora"],
        model_name=row.adapter,
        eval_results=shown or None,
    )
    return f"{data.to_yaml()}\n"


def _is_on(arm: ArmNote, row: TuningRow) -> bool:
    """Return whether an arm was measured on this adapter: on it alone, or on all of its
    adaptation's.
    """
    if arm.adapter != row.adapt:
        return False
    named = arm.model.removeprefix("@")
    return arm.part_of is None or named == row.adapter


def _of_adapter(model: str, row: TuningRow) -> bool:
    return model.removeprefix("@") in (row.adapt, row.adapter)


def _measured(arm: ArmNote, results: RunResults) -> Measured:
    return Measured(
        arm,
        tuple(score for score in results.rows if score.arm == arm.id),
        tuple(difference for difference in results.differences if difference.arm == arm.id),
    )


def _references(results: RunResults) -> Iterator[Score]:
    """Yield what answerers that need no model score in the primary metric, mean over cultures."""
    for row in results.rows:
        if (row.metric, row.culture) == (results.meta.primary, MEAN) and row.arm.startswith(
            REFERENCE
        ):
            yield row


def _merged(report: TuningReport) -> list[Merged]:
    digests = report.base_weights.split("+")[1:]
    return [Merged(*pair) for pair in zip(report.base_adapters, digests, strict=False)]


def _figure(row: Any, digits: int = 3, sign: str = "") -> str:
    """Return a value with its interval; "not known" where there is none."""
    if row is None or row.value is None:
        return "not known"
    figure = f"{row.value:{sign}.{digits}f}"
    if row.low is None or row.high is None:
        return figure
    return f"{figure} [{row.low:{sign}.{digits}f}, {row.high:{sign}.{digits}f}]"


@functools.cache
def _template() -> Any:
    import jinja2

    source = resources.files(__package__) / "model_card.md.jinja"
    environment = jinja2.Environment(
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(plain=in_markdown, figure=_figure)
    return environment.from_string(source.read_text(encoding="utf-8"))
