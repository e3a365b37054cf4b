"""`acculturate culturespa ...`: generated questions as files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from acculturate.cli.saying import say, say_json
from acculturate.errors import ConfigError

if TYPE_CHECKING:
    from acculturate.culturespa.filtering import FilterReport, Rules
    from acculturate.culturespa.meaning import Encoder

app = typer.Typer(help="Filter generated questions.", no_args_is_help=True)


@app.callback()
def culturespa() -> None:
    """Filter generated questions."""


@app.command("filter")
def filter_(
    file: Annotated[Path, typer.Argument(help="JSON lines: topic, question, options; or .gz.")],
    rules: Annotated[
        Literal["published", "default"], typer.Option(help="Those of the paper's code, or ours.")
    ] = "default",
    out: Annotated[
        Path | None, typer.Option(help="A file for the questions that are kept.")
    ] = None,
    survey: Annotated[str, typer.Option(help="Drop what this survey asks.")] = "wvs7-marginals",
    leaks: Annotated[
        Literal["remove", "keep"],
        typer.Option(help="What to do with questions that reword one of the survey's."),
    ] = "remove",
    similar: Annotated[
        float,
        typer.Option(min=0.01, max=1, help="From this similarity on, two are copies."),
    ] = 0.8,
    frames: Annotated[
        float,
        typer.Option(
            min=0.01,
            max=1,
            help="The most of a topic that may begin alike.",
        ),
    ] = 0.5,
    off_topic: Annotated[
        Literal["drop", "count"],
        typer.Option(help="What to do with questions that seem to be on another topic."),
    ] = "count",
    encoder: Annotated[
        str,
        typer.Option(
            help="Of the leak check: 'minilm' (extra dedup), hf:NAME, a folder, or 'letters'."
        ),
    ] = "minilm",
    same_meaning: Annotated[
        Literal["drop", "keep"],
        typer.Option(help="What to do with questions that mean the same as another one."),
    ] = "keep",
    explain: Annotated[
        bool, typer.Option("--explain", help="Show examples of what was dropped.")
    ] = (False),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Filter a file of questions. Drops ill-formed ones, copies, what the survey asks, and more."""
    from acculturate.culturespa.filtering import filter_file
    from acculturate.culturespa.semantic import open_encoder

    meaning = open_encoder(encoder) if rules == "default" else None
    if same_meaning == "drop" and meaning is None:
        raise ConfigError(
            "--same-meaning drop compares by an encoder, under the default rules: type "
            "--encoder minilm."
        )
    chosen = (
        _published(survey)
        if rules == "published"
        else _default(survey, leaks, similar, frames, off_topic, meaning)
    )
    report = filter_file(file, chosen, out, meaning, apart=same_meaning == "drop")
    if as_json:
        say_json(_as_json(report, explain))
        return
    _print(report, explain)
    if out is not None:
        say(f"\nQuestions: {out}")


def _published(survey: str) -> "Rules":
    from acculturate.culturespa.published_filter import PublishedRules
    from acculturate.survey import load_survey

    return PublishedRules(tuple(load_survey(survey).items.values()))


def _default(
    survey: str,
    leaks: str,
    similar: float,
    frames: float,
    off_topic: Literal["drop", "count"],
    encoder: "Encoder | None",
) -> "Rules":
    from acculturate.culturespa.filters import DefaultRules
    from acculturate.culturespa.leaks import LeakCheck
    from acculturate.survey import load_survey

    items = tuple(load_survey(survey).items.values())
    check = LeakCheck(items, encoder) if leaks == "remove" else None
    return DefaultRules(items, similar, check, frames=frames, off_topic=off_topic)


def _as_json(report: "FilterReport", explain: bool) -> dict[str, object]:
    return {
        "schema": 1,
        "read": report.read,
        "kept": report.kept,
        "steps": [{"step": step.step, "left": step.count} for step in report.steps],
        "found": [
            {"what": tally.step, "count": tally.count, "of": tally.of, "note": tally.note}
            for tally in report.found
        ],
        "topics": [
            {"topic": topic.step, "read": topic.of, "kept": topic.count} for topic in report.topics
        ],
        "reasons": dict(report.reasons.most_common()),
        "bad_lines": {
            "count": report.bad,
            "first": [line._asdict() for line in report.bad_lines],
        },
        **({"examples": _examples(report)} if explain else {}),
    }


def _examples(report: "FilterReport") -> list[dict[str, object]]:
    return [
        {
            "reason": example.reason,
            "line": example.line,
            "question": example.text,
            "like": example.like,
        }
        for reason, _ in report.reasons.most_common()
        for example in report.examples[reason]
    ]


def _print(report: "FilterReport", explain: bool) -> None:
    say(f"{report.read} questions read")
    for step in report.steps:
        say(f"{step.count} {step.step}")
    for tally in report.found:
        say(f"{tally.count} of {tally.of} {tally.step} ({tally.note})")
    say("\nleft of each topic")
    for topic in report.topics:
        say(f"{topic.count:6} of {topic.of:6}  {topic.step or '(no topic)'}")
    if report.reasons:
        say("\ndropped")
    for reason, count in report.reasons.most_common():
        say(f"{count:6}  {reason}")
        for drop in report.examples[reason] if explain else ():
            like = f"  <- {drop.like}" if drop.like else ""
            say(f"        line {drop.line}: {drop.text}{like}")
    if report.bad:
        first = ", ".join(f"line {line.line} ({line.reason})" for line in report.bad_lines)
        more = " ..." if report.bad > len(report.bad_lines) else ""
        say(f"\n{report.bad} lines hold no question: {first}{more}", err=True)
