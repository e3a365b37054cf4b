"""Scoring of the survey's tasks inside lm-evaluation-harness.

This file is copied beside the task files, so it needs nothing but Python. A document is one prompt:
an item under a framing in one order of its options. `weights` says of each label which of the
`choices` hold its probability (+1), and which are to be taken away again, since they run on into
another label (-1: the "10" in the "1" of a scale that has both).

    shares of an item = mean over its documents of p(label) / sum of p(labels)
    alignment         = mean over items of 1 - distance to the people's shares
"""

import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any

Doc = dict[str, Any]
LEAST = 1e-300


def documents(file: str, **_: Any) -> dict[str, Any]:
    """Return the documents of a task as lm-eval takes them."""
    from datasets import Dataset

    lines = (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines()
    return {"test": Dataset.from_list([_row(line) for line in lines])}


def _row(line: str) -> Doc:
    """Return a line as a row: both messages, and the whole as text, since columns have one type."""
    doc = json.loads(line)
    return {"system": doc["system"], "user": doc["user"], "document": line}


def read(row: Doc) -> Doc:
    """Return a document from its row."""
    return json.loads(row["document"])  # type: ignore[no-any-return]


def choices(row: Doc) -> list[str]:
    """Return the texts whose probabilities are asked for."""
    return list(read(row)["choices"])


def answer(row: Doc, results: list[tuple[float, bool]]) -> dict[str, Any]:
    """Return the shares of a document, once for each culture that it is held against."""
    doc = read(row)
    chances = [math.exp(result[0]) for result in results]
    shares = [max(sum(sign * chances[at] for at, sign in parts), 0.0) for parts in doc["weights"]]
    mass = sum(shares)
    given: dict[str, Any] = {"option_mass": mass}
    records = []
    for culture, people in doc["people"].items():
        own = None if mass <= LEAST else [shares[place] / mass for place in doc["position"]]
        records.append((culture, doc["item"], doc["ordinal"], own, people))
    given["alignment"] = records
    for record in records:
        given[f"alignment_{record[0]}"] = [record]
    return given


def mean(values: list[float]) -> float:
    """Return the mean of values; lm-eval calls it for each metric."""
    return sum(values) / len(values)


def alignment(values: list[list[tuple[Any, ...]]]) -> float:
    """Return the mean over cultures of the mean over items; NaN where nothing can be scored."""
    by_culture: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for record in (record for records in values for record in records):
        by_culture[record[0]][record[1]].append(record)
    means = [
        _mean([value for cells in items.values() if (value := _item(cells)) is not None])
        for items in by_culture.values()
    ]
    return _mean([value for value in means if not math.isnan(value)])


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan


def _item(cells: list[Any]) -> float | None:
    """Return 1 - distance of an item's mean shares to the people's; None where one is unknown."""
    read_ones = [cell[3] for cell in cells if cell[3] is not None]
    people, ordinal = cells[0][4], cells[0][2]
    if not read_ones or people is None:
        return None
    shares: list[float] = [sum(column) / len(read_ones) for column in zip(*read_ones, strict=True)]
    apart: list[float] = [share - other for share, other in zip(shares, people, strict=True)]
    if not ordinal:
        return 1 - sum(map(abs, apart)) / 2
    run_on, total = 0.0, 0.0
    for gap in apart[:-1]:
        run_on += gap
        total += abs(run_on)
    return 1 - total / (len(apart) - 1)
