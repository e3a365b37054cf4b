"""Dataset folder: a run's tables in the layout that `datasets` loads, with a card.

    acculturate export runs/demo --dataset demo-data
    datasets.load_dataset("demo-data", "answers")

Each table is a configuration with one split, a Parquet file in data/. A data set is made to be
passed on, so what describes single respondents of a survey (their ids, prompts that tell of them)
is left out unless they are fictitious.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from acculturate.export.data_files import data_tables, table_page
from acculturate.export.methods_text import methods_text, read_template
from acculturate.export.opened_run import OpenedRun
from acculturate.export.run_tables import rows_of
from acculturate.export.sheet_files import write_sheet
from acculturate.export.table_catalogue import find_table
from acculturate.methods.export_table import ExportTable
from acculturate.visible import visible

SPLIT = "train"
"""What `datasets` calls a set that has one part."""
LEFT_OUT = ("prompts", "replies")
"""Tables that tell of single respondents, where prompts do."""


def write_dataset(run: OpenedRun, folder: Path) -> str:
    """Write every table and the card; returns what was written as a sentence."""
    private = tells_of_respondents(run)
    tables = [
        table
        for table in (*data_tables(), find_table("cells"))
        if not (private and table.name in LEFT_OUT)
    ]
    (folder / "data").mkdir()
    counts = {}
    for table in tables:
        rows = _rows(run, table, private)
        first = next(rows, None)
        if first is not None:
            path = folder / "data" / f"{table.name}.parquet"
            counts[table.name] = write_sheet(path, table, chain([first], rows), "parquet")
    (folder / "README.md").write_text(card(run, counts, private), encoding="utf-8")
    return f"a data set of {len(counts)} configurations ({', '.join(counts)})"


def tells_of_respondents(run: OpenedRun) -> bool:
    """Return whether prompts speak of single persons who live."""
    survey = run.finished.survey
    if survey.respondents is None or survey.fictitious:
        return False
    stages = (part.stage for parts in run.plan.parts.values() for part in parts)
    return any(framing.needs_persona for stage in stages for framing in stage.framings)


def _rows(run: OpenedRun, table: ExportTable, private: bool) -> Iterator[Mapping[str, Any]]:
    for row in rows_of(run, table.name):
        yield {**row, "respondent": None} if private and "respondent" in row else row


def card(run: OpenedRun, counts: Mapping[str, int], private: bool) -> str:
    """Return the card: what `datasets` reads of it first, then what a reader has to know."""
    meta = run.results.meta
    body = read_template("dataset_card.md.jinja").render(
        title=meta.title or meta.study,
        private=private,
        verdict=meta.verdict.sentence if meta.verdict else "",
        cautions=meta.cautions,
        methods=methods_text(run).strip(),
        tables=[
            {"name": name, "rows": count, "page": "\n".join(table_page(find_table(name)))}
            for name, count in counts.items()
        ],
        notice=meta.survey.notice if meta.survey else "",
    )
    return "\n".join([*_head(run, counts), body.strip(), ""])


def _head(run: OpenedRun, counts: Mapping[str, int]) -> Iterator[str]:
    meta, own = run.results.meta, run.plan.study.answers
    spoken = [language for language in own.languages if language != "culture"] or ["en"]
    yield "---"
    yield f"pretty_name: {json.dumps(visible(meta.title or meta.study), ensure_ascii=False)}"
    yield "license: other"
    yield "license_name: see-source-and-terms"
    yield f"language: {json.dumps(sorted({tag.partition('-')[0] for tag in spoken}))}"
    yield "tags: [survey, culture, values, llm-evaluation, acculturate]"
    yield "configs:"
    for at, name in enumerate(counts):
        yield f"- config_name: {name}"
        if not at:
            yield "  default: true"
        yield "  data_files:"
        yield f"  - split: {SPLIT}"
        yield f"    path: data/{name}.parquet"
    yield "---"
