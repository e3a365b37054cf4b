"""A file of questions through a set of rules, line by line, with a record of what fell away.

report = filter_file(Path("questions.jsonl.gz"), PublishedRules(items))
report.steps, report.topics, report.reasons
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Protocol

from acculturate.culturespa.filters import Steps
from acculturate.culturespa.meaning import Encoder
from acculturate.culturespa.question_reader import Draft
from acculturate.culturespa.written import BadLine, Written, as_line, read_questions
from acculturate.errors import SurveyError
from acculturate.files import whole
from acculturate.records.yields import Drop, Yield, funnel

SAME_MEANING = "same meaning as another"
ALIKE = 0.9
"""Cosine from which two questions mean the same. Lower ones join questions of one manner."""
AHEAD = 512
"""Lines that are read before the first of them goes through the rules."""
SHOWN = 5
"""Examples that are kept of each reason, and of bad lines."""


class Rules(Protocol):
    """Decides on one question after the other; `steps` are names of steps with their reasons."""

    steps: Steps

    def take(self, draft: Draft, topic: str) -> Draft | Drop:
        """Return the draft as it is used, or why it is not."""
        ...

    def found(self) -> tuple[Yield, ...]:
        """Return what was counted among the drafts that are used."""
        ...


@dataclass(slots=True)
class FilterReport:
    """Lines read, what is left after each step, by topic, and reasons with some examples.

    `found` is what the rules counted among the questions left.
    """

    read: int = 0
    kept: int = 0
    steps: tuple[Yield, ...] = ()
    found: tuple[Yield, ...] = ()
    read_by_topic: Counter[str] = field(default_factory=Counter)
    kept_by_topic: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Drop]] = field(default_factory=dict)
    bad: int = 0
    bad_lines: list[BadLine] = field(default_factory=list)

    @property
    def topics(self) -> tuple[Yield, ...]:
        """How many are left of each topic, in the order of the file."""
        return tuple(
            Yield(topic, self.kept_by_topic[topic], read)
            for topic, read in self.read_by_topic.items()
        )


def filter_file(
    path: Path,
    rules: Rules,
    out: Path | None = None,
    encoder: Encoder | None = None,
    *,
    apart: bool = False,
) -> FilterReport:
    """Take every line of `path` through the rules; what is left goes to `out`.

    An encoder that the rules use is asked for many questions at once. Where they are to be `apart`,
    what is left is compared by its meaning as well, and is held in memory until then. Raises
    `SurveyError` where a file cannot be read or written, or where no line holds a question.
    """
    report = FilterReport()
    kept = _kept(path, rules, report, encoder)
    if apart and encoder is not None:
        kept = iter(_apart(list(kept), encoder, report))
    with _writer(out) as file:
        for candidate in kept:
            report.kept += 1
            report.kept_by_topic[candidate.topic] += 1
            if file is not None:
                file.write(as_line(candidate.topic, candidate.draft) + "\n")
        if not report.read:
            first = report.bad_lines[0] if report.bad_lines else None
            reason = f": line {first.line} is {first.reason}" if first else ", it is empty"
            raise SurveyError(
                f"No line of {path} holds a question{reason}. Give JSON lines "
                "with topic, question and options."
            )
    report.steps, report.found = _steps(rules, report), rules.found()
    return report


def _kept(
    path: Path, rules: Rules, report: FilterReport, encoder: Encoder | None
) -> Iterator[Written]:
    for read in _encoded(read_questions(path), encoder):
        if isinstance(read, BadLine):
            report.bad += 1
            if len(report.bad_lines) < SHOWN:
                report.bad_lines.append(read)
            continue
        report.read += 1
        report.read_by_topic[read.topic] += 1
        taken = rules.take(read.draft, read.topic)
        if isinstance(taken, Drop):
            _note(report, replace(taken, line=read.line))
        else:
            yield read._replace(draft=taken)


def _encoded(
    lines: Iterator[Written | BadLine], encoder: Encoder | None
) -> Iterator[Written | BadLine]:
    """Give the lines as they are; an encoder, which remembers, has met their questions by then."""
    while block := list(itertools.islice(lines, AHEAD)):
        if encoder is not None:
            encoder([read.draft.question for read in block if isinstance(read, Written)])
        yield from block


def _note(report: FilterReport, drop: Drop) -> None:
    report.reasons[drop.reason] += 1
    shown = report.examples.setdefault(drop.reason, [])
    if len(shown) < SHOWN:
        shown.append(drop)


def _apart(kept: Sequence[Written], encoder: Encoder, report: FilterReport) -> Iterator[Written]:
    """Yield those that mean what no other does."""
    from acculturate.culturespa.semantic import duplicates

    questions = [candidate.draft.question for candidate in kept]
    doubles = {double.text: double for double in duplicates(questions, encoder, ALIKE)}
    for number, candidate in enumerate(kept):
        if number in doubles:
            like = questions[doubles[number].other]
            drop = Drop(
                SAME_MEANING, candidate.draft.question, candidate.topic, like, candidate.line
            )
            _note(report, drop)
        else:
            yield candidate


def _steps(rules: Rules, report: FilterReport) -> tuple[Yield, ...]:
    alone = [("alone in meaning", (SAME_MEANING,))] if SAME_MEANING in report.reasons else []
    return tuple(funnel(report.read, [*rules.steps, *alone], report.reasons, "all other rules"))


@contextmanager
def _writer(out: Path | None) -> Iterator[IO[str] | None]:
    """Open a file that appears whole or not at all."""
    if out is None:
        yield None
        return
    try:
        with whole(out) as part, part.open("w", encoding="utf-8") as file:
            yield file
    except OSError as problem:
        raise SurveyError(
            f"The questions cannot be written to {out} ({problem.strerror}): name a file in a "
            "folder that is there."
        ) from problem
