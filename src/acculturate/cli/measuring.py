"""`acculturate measure`, `score` and `compare`: what answers show, and how two arms differ."""

from pathlib import Path
from typing import Annotated, Literal

import typer

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
    str,
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


def measure(
    models: Models,
    cultures: Cultures,
    framing: Framings = None,
    language: Languages = None,
    groups: Groups = "",
    adapter: Adapters = None,
    items: Items = "attitudes",
    survey: Survey = "wvs7-marginals",
    metric: Metrics = None,
    dtype: NumberFormat = "auto",
    set_: StudySets = None,
    bootstrap_items: BootstrapItems = "random",
    executor: Executor = "inline",
    out: Out = None,
    retry_failed: RetryFailed = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Ask models the survey and score them. Compares their answers with the people's, by culture.

    Each combination of model, framing and language is an arm, and all are in one table.
    """
    from acculturate.cli.command_progress import show_progress

    with show_progress(quiet or as_json) as progress:
        from acculturate.api import measure as measure_model
        from acculturate.evaluation.catalogue import find_figures

        find_figures(metric)
        result = measure_model(
            listed(models),
            listed(cultures),
            listed(framing),
            language=listed(language),
            items=items,
            survey=survey,
            groups=listed(groups),
            adapter=adapter,
            dtype=dtype,
            settings=tuple(set_ or ()),
            bootstrap_items=bootstrap_items,
            executor=executor,
            out=out,
            progress=progress,
            retry_failed=retry_failed,
            command=typed_command(),
            report=True,
        )
    print_result(result, metric, as_json)


def score(
    answers: Annotated[
        Path,
        typer.Argument(
            help="A file of answers: CSV, TSV, JSON lines, Parquet, Excel, SPSS or Stata."
        ),
    ],
    survey: Survey = "wvs7-marginals",
    cultures: Annotated[
        str | None, typer.Option(help="Compare with the people of these cultures only.")
    ] = None,
    metric: Metrics = None,
    measures: Annotated[
        str,
        typer.Option(help="Other papers' measures by group, such as subpop (docs/metrics.md)."),
    ] = "",
    groups: Annotated[
        str,
        typer.Option(
            help="Compare with groups of each culture's people, by at most three columns of the "
            "survey's respondents, such as sex,age_band."
        ),
    ] = "",
    kind: Annotated[
        AnswerKind | None,
        typer.Option(help="What the answers are, where the file does not show it."),
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="How far the sum of a row's probabilities may be from 1.")
    ] = 0.01,
    delimiter: Annotated[
        str, typer.Option(help="What separates the columns (default: as found).")
    ] = "",
    encoding: Annotated[str, typer.Option(help="Encoding of the text (default: as found).")] = "",
    bootstrap_items: BootstrapItems = "random",
    as_json: AsJson = False,
) -> None:
    """Score a file of answers. Compares them with the people's answers, culture by culture."""
    from acculturate.api import score as score_file
    from acculturate.statistics.bootstrap import Resampling

    result = score_file(
        answers,
        survey=survey,
        cultures=listed(cultures) or None,
        metrics=metric,
        measures=listed(measures),
        groups=listed(groups),
        resampling=Resampling(items=bootstrap_items),
        kind=kind,
        tolerance=tolerance,
        delimiter=delimiter,
        encoding=encoding,
    )
    print_result(result, metric, as_json)


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
    as_json: AsJson = False,
) -> None:
    """Compare arms of finished runs. Prints the first minus the second, with exact tests."""
    from acculturate.study.comparing import compare as compare_runs

    comparison = compare_runs(*what, metrics=metric, bootstrap_items=bootstrap_items)
    print_comparison(comparison, metric, as_json)
