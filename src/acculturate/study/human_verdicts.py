"""People's verdicts on a run's dialogues: drawn for them to judge, and put into its report.

text, n = sample_of(run, 50, seed=1, page=True)     as a page, or as a CSV
compare_sheets(run, [Path("ana.csv")])              kept as run/verdicts/ana.csv, compared
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from acculturate.clca.judges.verdict_sheets import check_sheets, dump_sample, keep_sheets
from acculturate.culture import Culture
from acculturate.records.results.metrics_file import METRICS_FILE, read_results, results_text
from acculturate.records.results.talks import RaterRow
from acculturate.store import Store
from acculturate.study.finished import FinishedRun


def sample_of(
    run: Path, count: int, seed: int, *, page: bool = False, adaptation: str = ""
) -> tuple[str, int]:
    """Return a sample of a run's dialogues as the text of a CSV or a page, and how many it holds.

    Raises as `dump_sample` does, and `StoreError` for a folder that is no run.
    """

    def find(code: str) -> Culture:
        return FinishedRun.of(run).survey.culture(code)

    return dump_sample(run, count, seed, find, page=page, adaptation=adaptation)


def compare_sheets(run: Path, files: Sequence[Path] = (), encoding: str = "") -> list[RaterRow]:
    """Keep people's sheets in the run, compare all that it keeps, and write its report anew.

    Raises as `keep_sheets` does. A run that was cut off has no report yet.
    """
    from acculturate.report.page import write_report

    check_sheets(run, files, encoding)  # before a store is made in a folder that is no run
    with Store(run) as store:
        rows = keep_sheets(store, files, encoding)
        if (run / METRICS_FILE).is_file():
            results = read_results(run)
            meta = replace(results.meta, raters=tuple(rows))
            store.write(METRICS_FILE, results_text(replace(results, meta=meta)))
            write_report(run)
    return rows
