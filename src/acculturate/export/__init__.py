"""Export: what a run holds, as files that other programs read.

    acculturate export runs/demo --out demo-data                  tables of answers, prompts, scores
    acculturate export runs/demo --out paper --figures --tables --methods

    from acculturate.export import open_run, rows_of
    with open_run(Path("runs/demo")) as run:
        first = next(rows_of(run, "answers"))

A table is a function from an open run to rows, a line in `run_tables.TABLES`, and its columns in
columns.toml, which the pages are made from. Rows come one by one, so that a run of any size takes
little memory. No model is opened.
"""

from acculturate.export.opened_run import OpenedRun, open_run
from acculturate.export.run_tables import rows_of

__all__ = ["OpenedRun", "open_run", "rows_of"]
