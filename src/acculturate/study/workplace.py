"""The workplace: what a method of adapting works with, and how it has a stage carried out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from acculturate.runner import Progress, Runner
from acculturate.store import Store
from acculturate.study.models import Models
from acculturate.study.schema import Study
from acculturate.survey import Survey

ENGINE_CAUTIONS = "cautions "
"""What stands before a model's reference where the store keeps what its engine says of itself."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """A study at work in its run folder. `within` stands before the names of the stages of what
    is worked on.
    """

    study: Study
    survey: Survey
    store: Store
    models: Models
    progress: Progress
    within: str = ""

    def carry(self, stage: Any, refs: Mapping[str, str]) -> Any:
        """Run a stage on the models of `refs`, by role, and collect what it brought."""
        runner = self.runner(refs)
        runner.run(stage)
        return stage.collect(runner.lookup)

    def runner(self, refs: Mapping[str, str]) -> Runner:
        """A runner of stages on the models of `refs`, by role."""
        engines = self.models.engines(refs)
        for role, ref in refs.items():
            said = list(getattr(engines[role], "cautions", ()))
            if said:
                self.store.keep(f"{ENGINE_CAUTIONS}{ref}", said)
        executor = self.models.executor
        return Runner(self.store, engines, self.progress, executor=executor, within=self.within)
