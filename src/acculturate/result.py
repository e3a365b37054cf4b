"""A result as Python has it: scores, differences and the verdict, short on the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from acculturate.calling import as_path, as_texts, wrong_kind
from acculturate.errors import ConfigError, nearest
from acculturate.evaluation.scores import MEAN
from acculturate.extras import as_frame, frame_or_rows
from acculturate.records import Score
from acculturate.records.results.differences import CorrectedDifference
from acculturate.records.results.run_results import RunMeta, RunResults
from acculturate.short_table import ShortTable, interval

REFERENCE = "reference:"


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """Scores of one or several arms, and where the rest lies (`folder` None: nothing was kept).

    `differences` are each of an arm less the arm that it is against. `meta` holds what a reader
    needs to judge the scores: cautions, terms, what intervals cover.
    """

    scores: tuple[Score, ...]
    meta: RunMeta
    folder: Path | None = None
    differences: tuple[CorrectedDifference, ...] = ()

    @property
    def arms(self) -> tuple[str, ...]:
        """The ids of the arms that were measured."""
        named = (row.arm for row in self.scores if not row.arm.startswith(REFERENCE))
        return tuple(dict.fromkeys(named))

    @property
    def cultures(self) -> tuple[str, ...]:
        """The codes of the cultures that answers were held against."""
        named = (row.culture for row in self.scores if row.culture not in (None, "", MEAN))
        return tuple(dict.fromkeys(str(code) for code in named))

    @property
    def primary(self) -> str:
        """The metric that a table shows where none is named."""
        return self.meta.primary or "alignment"

    @property
    def verdict(self) -> str | None:
        """The verdict of a study in words; None without one."""
        return self.meta.verdict.sentence if self.meta.verdict else None

    @property
    def cautions(self) -> tuple[str, ...]:
        """What these numbers cannot show, one sentence each."""
        return self.meta.cautions

    @property
    def adapters(self) -> dict[str, Path]:
        """The folders of the adapters that were tuned, by their names."""
        if self.folder is None:
            return {}
        return {row.adapter: self.folder / "adapters" / row.adapter for row in self.meta.tuning}

    def value(self, metric: str, *, culture: str = MEAN, arm: str | None = None) -> float | None:
        """Return one number, of the only arm or of the one named; None where it is not known.

        Raises `ConfigError` where there is no such row, and where there are several arms and none
        is named.
        """
        for given in (metric, culture, *([] if arm is None else [arm])):
            if not isinstance(given, str):
                raise wrong_kind("value() takes the names of a metric, a culture and an arm", given)
        if arm is None and len(self.arms) > 1:
            raise ConfigError(
                f"There are the arms {', '.join(self.arms)}: say which, for example "
                f"value('{metric}', arm='{self.arms[0]}')."
            )
        arm = arm or next(iter(self.arms), None)
        for row in self.scores:
            if (row.metric, row.culture, row.arm) == (metric, culture, arm):
                return row.value
        raise ConfigError(f"There is no score '{metric}' {self._missing(metric, culture, arm)}")

    def _missing(self, metric: str, culture: str, arm: str | None) -> str:
        for kind, name, known in (
            ("arm", arm or "", {row.arm for row in self.scores}),
            ("metric", metric, {row.metric for row in self.scores}),
            ("culture", culture, {row.culture or "" for row in self.scores}),
        ):
            if name not in known:
                return f"here: it has no {kind} '{name}'.{nearest(name, known)}"
        return f"of the arm '{arm}' for the culture '{culture}'."

    def frame(self) -> Any:
        """Return the scores as a pandas DataFrame, a row each.

        Raises `ConfigError` where pandas is not installed.
        """
        return as_frame(self.scores)

    def table(self, name: str) -> Any:
        """Return a table of the run by its name in docs/export.md, such as `replies` or `cells`.

        A pandas DataFrame, or a list of dicts where pandas is not installed. Raises `ConfigError`
        for a name that is not there, and where nothing was kept (`score`); `StoreError` for a run
        that is not finished or lacks replies.
        """
        from acculturate.export import open_run, rows_of
        from acculturate.export.run_tables import RECORDS, record_rows
        from acculturate.export.table_catalogue import find_table

        if name in RECORDS:
            results = RunResults(self.scores, self.meta, self.differences)
            return frame_or_rows(record_rows(results, name))
        find_table(name)
        if self.folder is None:
            raise ConfigError(
                f"Scores of a file have no run folder, so there is no table '{name}' of them."
            )
        with open_run(self.folder) as run:
            return frame_or_rows(rows_of(run, name))

    def answers(self) -> Any:
        """Return each answer of each arm with its shares and the people's, as `table` does."""
        return self.table("answers")

    def prompts(self) -> Any:
        """Return every prompt as it was sent, as `table` does."""
        return self.table("prompts")

    def replies(self) -> Any:
        """Return every reply as it came, as `table` does."""
        return self.table("replies")

    def cells(self) -> Any:
        """Return shares in the long form (cell_id, question, option, share, n), as `table` does."""
        return self.table("cells")

    def export(
        self,
        out: Path | str,
        parts: Sequence[str] = ("data",),
        *,
        format: Literal["csv", "parquet", "jsonl"] = "csv",  # noqa: A002
        only: Sequence[str] = (),
    ) -> Path:
        """Write parts of the run into a new folder and return it, as `acculturate export` does.

        Raises `ConfigError` and `StoreError` in one sentence.
        """
        from acculturate.export.exporting import ExportSettings, export_run

        if self.folder is None:
            raise ConfigError("Scores of a file have no run folder, so there is no export of them.")
        place = as_path(out, "export() takes a new folder")
        settings = ExportSettings(format, as_texts(only, "only"))
        return export_run(self.folder, place, as_texts(parts, "parts"), settings).folder

    def report(self) -> Path:
        """Write the run's report.html and return its path.

        Raises `ConfigError` where nothing was kept (`score`).
        """
        from acculturate.study.wiring import write_page

        if self.folder is None:
            raise ConfigError("Scores of a file have no run folder, so there is no report of them.")
        return write_page(self.folder)

    def __repr__(self) -> str:
        return self._table().text()

    def _repr_html_(self) -> str:
        return self._table().html(self.cautions)

    def _table(self) -> ShortTable:
        arms, cultures = len(self.arms), len(self.cultures)
        counted = f"{arms} arm{'s' * (arms != 1)}, {cultures} culture{'s' * (cultures != 1)}"
        rows = [(row.arm, row.culture or "all", _shown(row)) for row in self._cells()]
        below = [self.verdict] if self.verdict else []
        if self.folder is not None:
            below.append(f"Kept in {self.folder}")
        return ShortTable(
            f"Result of {counted}: {self.primary}, [95% interval], items",
            ("arm", "culture", self.primary),
            rows,
            below,
        )

    def _cells(self) -> Sequence[Score]:
        """Return the rows of the primary metric, arms first, then the reference levels' means."""
        own = [row for row in self.scores if row.metric == self.primary]
        arms = [row for row in own if not row.arm.startswith(REFERENCE)]
        means = [row for row in own if row.arm.startswith(REFERENCE) and row.culture == MEAN]
        return [*arms, *means]


def _shown(row: Score) -> str:
    if row.value is None:
        return "not known"
    count = f" n {row.n}" if row.n is not None else ""
    return interval(row.value, row.low, row.high) + count
