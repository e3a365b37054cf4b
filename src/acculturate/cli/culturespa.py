"""`acculturate culturespa ...`: generated questions as files."""

from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from acculturate.calling import called_with
from acculturate.cli.saying import say, say_json
from acculturate.errors import ConfigError

if TYPE_CHECKING:
    from acculturate.culturespa.filtering import FilterReport, Rules
    from acculturate.culturespa.meaning import Encoder

app = typer.Typer(help="Filter generated questions.", no_args_is_help=True)


@app.callback()
def culturespa() -> None:
    """Filter generated questions."""


@dataclass(frozen=True)
class FilterOptions:
    """What `culturespa filter` is typed with."""

    file: Annotated[Path, typer.Argument(help="JSON lines: topic, question, options; or .gz.")]
    _: KW_ONLY
    rules: Annotated[
        Literal["published", "default"], typer.Option(help="Those of the paper's code, or ours.")
    ] = "default"
    out: Annotated[Path | None, typer.Option(help="A file for the questions that are kept.")] = None
    survey: Annotated[str, typer.Option(help="Drop what this survey asks.")] = "wvs7-marginals"
    leaks: Annotated[
        Literal["remove", "keep"],
        typer.Option(help="What to do with questions that reword one of the survey's."),
    ] = "remove"
    similar: Annotated[
        float, typer.Option(min=0.01, max=1, help="From this similarity on, two are copies.")
    ] = 0.8
    frames: Annotated[
        float, typer.Option(min=0.01, max=1, help="The most of a topic that may begin alike.")
    ] = 0.5
    off_topic: Annotated[
        Literal["drop", "count"],
        typer.Option(help="What to do with questions that seem to be on another topic."),
    ] = "count"
    encoder: Annotated[
        str,
        typer.Option(
            help="Of the leak check: 'minilm' (extra dedup), hf:NAME, a folder, or 'letters'."
        ),
    ] = "minilm"
    same_meaning: Annotated[
        Literal["drop", "keep"],
        typer.Option(help="What to do with questions that mean the same as another one."),
    ] = "keep"
    explain: Annotated[
        bool, typer.Option("--explain", help="Show examples of what was dropped.")
    ] = False
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False

    def chosen(self, meaning: "Encoder | None") -> "Rules":
        """Return the rules to filter by; raises `SurveyError` for an unknown survey."""
        from acculturate.culturespa.filters import DefaultRules
        from acculturate.culturespa.leaks import LeakCheck
        from acculturate.culturespa.published_filter import PublishedRules
        from acculturate.survey import load_survey

        items = tuple(load_survey(self.survey).items.values())
        if self.rules == "published":
            return PublishedRules(items)
        check = LeakCheck(items, meaning) if self.leaks == "remove" else None
        return DefaultRules(
            items, self.similar, check, frames=self.frames, off_topic=self.off_topic
        )


@app.command("filter")
@called_with(FilterOptions)
def filter_(typed: FilterOptions) -> None:
    """Filter a file of questions. Drops ill-formed ones, copies, what the survey asks, and more."""
    from acculturate.culturespa.filtering import filter_file
    from acculturate.culturespa.semantic import open_encoder

    meaning = open_encoder(typed.encoder) if typed.rules == "default" else None
    apart = typed.same_meaning == "drop"
    if apart and meaning is None:
        raise ConfigError(
            "--same-meaning drop compares by an encoder, under the default rules: type "
            "--encoder minilm."
        )
    report = filter_file(typed.file, typed.chosen(meaning), typed.out, meaning, apart=apart)
    if typed.as_json:
        say_json(_as_json(report, typed.explain))
        return
    _print(report, typed.explain)
    if typed.out is not None:
        say(f"\nQuestions: {typed.out}")


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
        "bad_lines": {"count": report.bad, "first": [line._asdict() for line in report.bad_lines]},
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
