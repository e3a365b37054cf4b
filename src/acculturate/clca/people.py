"""Verdicts of people on a sample, and how far two judges agree.

The sample is a CSV with a row per dialogue, its transcript, and empty columns for `quality`, `fit`
and `review`; the judge's own verdicts are not in it, so that nobody is led by them. People write
good or bad (in any of the languages), leave out what they cannot tell, and the file is read back.

    path.write_text(dump_sample(draw_sample(dialogues, 50, seed=42)))
    compare(judged.verdicts, read_sample(path, dialogues))
"""

import csv
import io
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from acculturate.clca.dialogue import Dialogue, transcript
from acculturate.clca.verdicts import Question, Verdict
from acculturate.clca.words import read_in
from acculturate.errors import ConfigError, nearest
from acculturate.metrics.agreement import cohens_kappa

QUESTIONS: tuple[Question, ...] = ("quality", "fit", "review")
COLUMNS = ("dialogue", "culture", "setting", "people", "transcript", *QUESTIONS)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two judges on one question: over `n` dialogues that both judged, the share of equal verdicts
    and Cohen's kappa (None where chance alone would agree fully, or n is 0).
    """

    question: Question
    n: int
    share: float | None
    kappa: float | None


def draw_sample(dialogues: Sequence[Dialogue], count: int, seed: int) -> list[Dialogue]:
    """At most `count` dialogues, the same for the same seed; a smaller sample is part of a
    larger one.
    """
    shuffled = sorted(dialogues, key=lambda each: each.id)
    random.Random(f"{seed}/sample").shuffle(shuffled)
    return shuffled[:count]


def dump_sample(dialogues: Sequence[Dialogue]) -> str:
    """The sample as a CSV to be filled in."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for each in dialogues:
        people = " / ".join(f"{who.name} ({who.occupation})" for who in each.scenario.pair)
        writer.writerow(
            {
                "dialogue": each.id,
                "culture": each.culture,
                "setting": _cell(each.scenario.setting),
                "people": _cell(people),
                "transcript": transcript(each),
            }
        )
    return text.getvalue()


def read_sample(path: Path, dialogues: Sequence[Dialogue]) -> tuple[Verdict, ...]:
    """People's verdicts out of a filled-in sample; empty cells are no verdicts.

    Raises `ConfigError` in one sentence for a file, column, dialogue or cell that is not right.
    """
    languages = {each.id: each.language for each in dialogues}
    verdicts = []
    for number, row in enumerate(_rows(path), 2):
        key = (row.get("dialogue") or "").strip()
        if key not in languages:
            raise ConfigError(
                f"{path}, row {number}: there is no dialogue '{key}' in this run."
                f"{nearest(key, languages)}"
            )
        for question in QUESTIONS:
            cell = (row.get(question) or "").strip()
            if cell:
                where = f"{path}, row {number}, column '{question}'"
                good = _good(cell, languages[key], where)
                verdicts.append(Verdict(key, question, good, "confident"))
    return tuple(verdicts)


def compare(left: Sequence[Verdict], right: Sequence[Verdict]) -> tuple[Agreement, ...]:
    """How far two judges agree, question by question, on the dialogues that both judged."""
    return tuple(_agreement(question, left, right) for question in QUESTIONS)


def _agreement(question: Question, left: Sequence[Verdict], right: Sequence[Verdict]) -> Agreement:
    by_left, by_right = (
        {each.dialogue: int(each.good) for each in verdicts if each.question == question}
        for verdicts in (left, right)
    )
    both = sorted(by_left.keys() & by_right.keys())
    if not both:
        return Agreement(question, 0, None, None)
    left_N = np.array([by_left[key] for key in both], dtype=np.int64)
    right_N = np.array([by_right[key] for key in both], dtype=np.int64)
    kappa = cohens_kappa(left_N, right_N)
    share = float((left_N == right_N).mean())
    return Agreement(question, len(both), share, None if math.isnan(kappa) else kappa)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(f"The verdicts in {path} cannot be read: {reason}.") from None
    head = text.partition("\n")[0]
    # spreadsheets of many countries write semicolons
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    lacking = [each for each in ("dialogue", *QUESTIONS) if each not in (reader.fieldnames or ())]
    if lacking:
        raise ConfigError(
            f"{path} has no column '{lacking[0]}': expected {', '.join(COLUMNS)}, as the sample "
            "was written."
        )
    return list(reader)


def _good(cell: str, language: str, where: str) -> bool:
    folded = cell.casefold().rstrip(".!。")
    for words in read_in(language):
        if folded in (*words.good, "1", "+"):
            return True
        if folded in (*words.bad, "0", "-"):
            return False
    raise ConfigError(f"{where}: '{cell}' is no verdict; write good or bad, or leave it empty.")


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
