"""A finished run read back from its folder: what was asked, and every arm's answers as a table.

No model is opened. The study file in the folder says what was asked, replies lie under the digest
of the model that gave them, and answers are read from them anew; so a run can be compared long
after its models are gone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from acculturate.errors import ConfigError, StoreError, nearest
from acculturate.evaluation.arm_table import ArmTable, build_table
from acculturate.records import Answer, Item
from acculturate.store import Reading, Store
from acculturate.study.parts import Part, kept_identity, part_answers
from acculturate.study.plan import Plan
from acculturate.study.schema import Study, load_study
from acculturate.study.split import trained_places
from acculturate.survey import Survey

STUDY_FILE, DATABASE = "study.toml", "run.db"


@dataclass(frozen=True)
class FinishedRun:
    """A run's folder with its plan; arms are looked up by their ids."""

    folder: Path
    plan: Plan

    @classmethod
    def of(cls, folder: Path) -> "FinishedRun":
        """Read a run folder's study; raises `StoreError` for a folder that is none."""
        cls.check(folder)
        return cls(folder, Plan.of(load_study(folder / STUDY_FILE)))

    @staticmethod
    def check(folder: Path) -> None:
        """Raise `StoreError` for a folder that is no run's."""
        for name in (STUDY_FILE, DATABASE):
            if not (folder / name).is_file():
                raise StoreError(
                    f"{folder} is no run folder: it has no {name}. Give one that `acculturate run` "
                    "or `acculturate measure` wrote."
                )

    @property
    def study(self) -> Study:
        return self.plan.study

    @property
    def survey(self) -> Survey:
        return self.plan.survey

    @property
    def arms(self) -> tuple[str, ...]:
        return tuple(self.plan.parts)

    @property
    def items(self) -> tuple[Item, ...]:
        """What every arm was asked."""
        return self.plan.context.measured

    @property
    def trained(self) -> frozenset[str]:
        """The ids of those of them that adaptations could see: none without a split that measures
        both.
        """
        places = trained_places(self.study, self.survey)
        return frozenset(self.items[place].id for place in places)

    @property
    def cultures(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.study.cultures.measure))

    def parts(self, arm: str) -> tuple[Part, ...]:
        """Return an arm as it was asked; raises `ConfigError` with the nearest name for an unknown
        one.
        """
        if arm not in self.plan.parts:
            raise ConfigError(
                f"The run {self.folder} has no arm '{arm}'.{nearest(arm, self.arms)} It has "
                f"{', '.join(self.arms)}."
            )
        return self.plan.parts[arm]

    def table(self, arm: str, cultures: Sequence[str], items: Sequence[Item]) -> ArmTable:
        """Return an arm's answers to `items`, held against the people of `cultures`.

        Raises `StoreError` where replies are missing: the run was cut off, or the survey, the
        prompts or the version have changed since.
        """
        self.parts(arm)  # an unknown arm is told before the store is opened
        with Store(self.folder) as store:
            return self.table_in(store, arm, cultures, items)

    def table_in(
        self, store: Reading, arm: str, cultures: Sequence[str], items: Sequence[Item]
    ) -> ArmTable:
        """Return the same from the run's store, which is open."""
        parts = self.parts(arm)
        identity = kept_identity(store, parts[0].ref)
        return build_table(
            self._whole(parts, store, arm),
            self.survey,
            arm=arm,
            model=identity.model if identity else None,
            cultures=cultures,
            items=items,
        )

    def _whole(self, parts: Sequence[Part], store: Reading, arm: str) -> Iterator[Answer]:
        """Yield the answers as they come; in the end, raises `StoreError` where some were
        missing.
        """
        came = 0
        for answer in part_answers(parts, store):
            yield answer
            came += 1
        # with adapters of its own, a culture's answers without a culture are counted once each
        total = sum(part.stage.answered for part in parts)
        if came < total:
            raise StoreError(
                f"The run {self.folder} lacks {total - came} of {total} "
                f"replies of its arm '{arm}' as it would be asked now: type `acculturate run "
                f"{self.folder / STUDY_FILE} --out {self.folder}` to fill it up."
            )
