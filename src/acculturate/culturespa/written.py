"""Questions in a file: one JSON object a line, `topic`, `question` and `options`; gzip or plain.

A file is read line by line, so that a million questions need no more memory than one. A line that
holds no question is a `BadLine` with its number; the others are read on.

    for question in read_questions(Path("questions.jsonl.gz")):
        print(question)
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from acculturate.bounded import json_tree
from acculturate.culturespa.question_reader import Draft
from acculturate.errors import SurveyError


class Written(NamedTuple):
    """A question as it stands in line `line` (from 1) of a file."""

    line: int
    topic: str
    draft: Draft


class BadLine(NamedTuple):
    """A line that holds no question, and why."""

    line: int
    reason: str


def read_questions(path: Path) -> Iterator[Written | BadLine]:
    """Yield every line that is not blank. Raises `SurveyError` where the file cannot be read."""
    try:
        with _open(path) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _read(number, line)
    except (OSError, EOFError, zlib.error) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise SurveyError(
            f"The questions in {path} cannot be read ({reason}): give a file of JSON lines, "
            "plain or packed with gzip."
        ) from problem


def as_line(topic: str, draft: Draft) -> str:
    """Return a question as a line of such a file, without its end."""
    row = {"topic": topic, "question": draft.question, "options": list(draft.options)}
    return json.dumps(row, ensure_ascii=False)


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast(IO[bytes], gzip.open(path, "rb")) if packed else path.open("rb")


def _read(number: int, line: bytes) -> Written | BadLine:
    try:
        row = json_tree(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return BadLine(number, "not in UTF-8")
    except ValueError:
        return BadLine(number, "not JSON")
    reason = _fault(row)
    if reason:
        return BadLine(number, reason)
    options = tuple(_text(option) for option in row["options"])
    return Written(number, _text(row.get("topic", "")), Draft(_text(row["question"]), options))


def _fault(row: Any) -> str:
    if not isinstance(row, Mapping):
        return "not an object with question and options"
    if not isinstance(row.get("question"), str) or not row["question"].strip():
        return "no question"
    options = row.get("options")
    if not isinstance(options, list) or not options:
        return "no list of options"
    if not all(isinstance(option, str | int | float) for option in options):
        return "an option that is no text"
    return "" if isinstance(row.get("topic", ""), str) else "a topic that is no text"


def _text(value: Any) -> str:
    # half an escaped pair is a character that no file can hold
    return str(value).encode("utf-8", "replace").decode()
