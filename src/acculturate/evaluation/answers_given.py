"""Answers given from Python: a file, a DataFrame or rows, each opened as a file.

>>> with as_file([{"culture": "DEU", "item": "Q1", "answer": 1}]) as path:
...     path.read_text()
'{"culture": "DEU", "item": "Q1", "answer": 1}'
"""

import json
import math
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from acculturate.errors import AcculturateError, SurveyError
from acculturate.sheets.row import BadRowError
from acculturate.visible import brief

TABLE = "The table of answers"
EMPTY = (
    "The table of answers has no rows: give one for each answer, with culture, item, and answer or "
    "probabilities."
)


@contextmanager
def as_file(answers: Any) -> Iterator[Path]:
    """Give the file of answers: a path as it is, a table in memory as a temporary file.

    Raises `SurveyError` for rows that are no dicts; errors that name the temporary file say "The
    table of answers" instead.
    """
    if isinstance(answers, str | Path):
        yield Path(answers)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.jsonl"
        if hasattr(answers, "to_json"):
            if not len(answers):
                raise SurveyError(EMPTY)
            answers.to_json(path, orient="records", lines=True, force_ascii=False)
        else:
            path.write_text("\n".join(_lines(answers)), encoding="utf-8")
        try:
            yield path
        except BadRowError as error:
            raise SurveyError(_of_table(error, path)) from None
        except AcculturateError as error:
            raise type(error)(*(_of_table(argument, path) for argument in error.args)) from None


def _of_table(argument: object, path: Path) -> str:
    return str(argument).replace(str(path), TABLE).replace(path.name, TABLE)


def _lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield rows as lines of JSON, each with the columns of all; what has no value is null."""
    listed = list(rows) if isinstance(rows, Iterable) else [rows]
    if not listed:
        raise SurveyError(EMPTY)
    if strange := [row for row in listed if not isinstance(row, Mapping)]:
        raise SurveyError(
            "Answers are a file, a DataFrame or a list of rows, each a dict with the keys culture, "
            f"item, and answer or probabilities (given: {brief(repr(strange[0]))})."
        )
    names = dict.fromkeys(str(name) for row in listed for name in row)
    for row in listed:
        values = {name: _plain(row.get(name)) for name in names}
        yield json.dumps(values, ensure_ascii=False, default=str)


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it: numpy's as Python's, and what is not a number as None."""
    plain = value.tolist() if hasattr(value, "tolist") else value
    return None if isinstance(plain, float) and math.isnan(plain) else plain
