"""`acculturate measure`, `score` and `compare`: what answers show, and how two arms differ."""

from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from acculturate.calling import called_with
from acculturate.cli.command_options import (
    AsJson,
    BootstrapItems,
    Out,
    Quiet,
    RetryFailed,
    Survey,
    listed,
    typed_command,
)
from acculturate.cli.printing import print_comparison, print_result
from acculturate.cli.saying import say_waiting
from acculturate.records.answer import AnswerKind

Models = Annotated[
    list[str],
    typer.Argument(
        metavar="MODEL [MODEL ...]",
        help="A Hub id, a folder, or 'embedded'; in full [engine:]name[@revision].",
    ),
]
Cultures = Annotated[
    list[str], typer.Option(help="Codes with commas between them, such as CHN,DEU.")
]
Framings = Annotated[
    list[str] | None,
    typer.Option(
        help="How the model is told of the culture; unaware: not at all. Several, such as "
        "unaware,aware, are measured side by side. (default: aware, with --groups: group)"
    ),
]
Languages = Annotated[
    list[str] | None,
    typer.Option(
        help="The language of the questions, such as en,de; culture: each culture's own. "
        "(default: en)"
    ),
]
Groups = Annotated[
    str | None,
    typer.Option(
        help="Measure groups of each culture's people, by at most three columns of the "
        "survey's respondents, such as sex,age_band."
    ),
]
Adapters = Annotated[
    list[Path] | None,
    typer.Option(help="The folder of an adapter to put on each model; again for one on top of it."),
]
Items = Annotated[
    str, typer.Option(help="Which items: attitudes, all, published, clca, or ids such as Q1,Q2.")
]
Metrics = Annotated[
    list[str] | None, typer.Option(help="Print this metric (may be given more than once).")
]
NumberFormat = Annotated[
    str, typer.Option(help="The number format: auto, float32, bfloat16 or float16.")
]
StudySets = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change what a study file could: section.key=value."),
]
Executor = Annotated[
    str,
    typer.Option(
        help="inline: in this process. ray: by workers, on the cluster at RAY_ADDRESS or here."
    ),
]
Answers = Annotated[
    Path,
    typer.Argument(help="A file of answers: CSV, TSV, JSON lines, Parquet, Excel, SPSS or Stata."),
]
PeopleOf = Annotated[
    str | None, typer.Option(help="Compare with the people of these cultures only.")
]
Measures = Annotated[
    str | None,
    typer.Option(help="Other papers' measures by group, such as subpop (docs/metrics.md)."),
]
PeopleGroups = Annotated[
    str | None,
    typer.Option(
        help="Compare with groups of each culture's people, by at most three columns of the "
        "survey's respondents, such as sex,age_band."
    ),
]
Kind = Annotated[
    AnswerKind | None, typer.Option(help="What the answers are, where the file does not show it.")
]
Tolerance = Annotated[
    float, typer.Option(help="How far the sum of a row's probabilities may be from 1.")
]
Delimiter = Annotated[str, typer.Option(help="What separates the columns (default: as found).")]
Encoding = Annotated[str, typer.Option(help="Encoding of the text (default: as found).")]


@dataclass(frozen=True)
class MeasureOptions:
    """What `measure` is typed with."""

    models: Models
    _: KW_ONLY
    cultures: Cultures
    framing: Framings = None
    language: Languages = None
    groups: Groups = None
    adapter: Adapters = None
    items: Items = "attitudes"
    survey: Survey = "wvs7-marginals"
    metric: Metrics = None
    dtype: NumberFormat = "auto"
    set_: StudySets = None
    bootstrap_items: BootstrapItems = "random"
    executor: Executor = "inline"
    out: Out = None
    retry_failed: RetryFailed = False
    as_json: AsJson = False
    quiet: Quiet = False

    def keywords(self) -> dict[str, Any]:
        """Return what `acculturate.measure` is called with."""
        alike = ("items", "survey", "adapter", "dtype", "bootstrap_items", "executor", "out")
        return {
            "model": listed(self.models, "MODEL"),
            **{
                name: listed(getattr(self, name), f"--{name}")
                for name in ("cultures", "framing", "language", "groups")
            },
            **{name: getattr(self, name) for name in (*alike, "retry_failed")},
            "settings": tuple(self.set_ or ()),
        }


@called_with(MeasureOptions)
def measure(typed: MeasureOptions) -> None:
    """Ask models the survey and score them. Compares their answers with the people's, by culture.

    Each combination of model, framing and language is an arm, and all are in one table.
    """
    from acculturate.cli.command_progress import show_progress

    with show_progress(typed.quiet or typed.as_json) as progress:
        from acculturate import api
        from acculturate.evaluation.catalogue import find_figures

        find_figures(typed.metric)
        told: dict[str, Any] = {"progress": progress, "command": typed_command(), "report": True}
        result = api.measure(**typed.keywords(), **told)
    print_result(result, typed.metric, typed.as_json)


@dataclass(frozen=True)
class ScoreOptions:
    """What `score` is typed with."""

    answers: Answers
    _: KW_ONLY
    survey: Survey = "wvs7-marginals"
    cultures: PeopleOf = None
    metric: Metrics = None
    measures: Measures = None
    groups: PeopleGroups = None
    kind: Kind = None
    tolerance: Tolerance = 0.01
    delimiter: Delimiter = ""
    encoding: Encoding = ""
    bootstrap_items: BootstrapItems = "random"
    as_json: AsJson = False


@called_with(ScoreOptions)
def score(typed: ScoreOptions) -> None:
    """Score a file of answers. Compares them with the people's answers, culture by culture."""
    say_waiting("Scoring ...")
    from acculturate import api
    from acculturate.statistics.bootstrap import Resampling

    alike = ("answers", "survey", "kind", "tolerance", "delimiter", "encoding")
    result = api.score(
        **{name: getattr(typed, name) for name in alike},
        cultures=listed(typed.cultures, "--cultures") or None,
        metrics=typed.metric,
        measures=listed(typed.measures, "--measures"),
        groups=listed(typed.groups, "--groups"),
        resampling=Resampling(items=typed.bootstrap_items),
    )
    print_result(result, typed.metric, typed.as_json)


def compare(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN [RUN ...] [ARM ARM]",
            help="RUN ARM ARM: two arms of one run. RUN RUN: the arms that two runs share. "
            "RUN RUN ... ARM ARM: two arms in runs of several training seeds.",
        ),
    ],
    metric: Metrics = None,
    bootstrap_items: Annotated[
        Literal["random", "fixed"] | None,
        typer.Option(help="random or fixed, as in measure (default: as the study says)."),
    ] = None,
    side: Annotated[
        Literal["held-out", "trained"],
        typer.Option(
            help="Of a study that measured both: the questions held out from adaptations, or those "
            "that they saw."
        ),
    ] = "held-out",
    as_json: AsJson = False,
) -> None:
    """Compare arms of finished runs. Prints the first minus the second, with exact tests."""
    say_waiting("Comparing ...")
    from acculturate.study.comparing import compare as compare_runs

    comparison = compare_runs(*what, metrics=metric, bootstrap_items=bootstrap_items, side=side)
    print_comparison(comparison, metric, as_json)
