"""The workplace: what a method of adapting works with, and how it has a stage carried out."""

from collections.abc import Mapping
from dataclasses import dataclass

from acculturate.engines import Engine
from acculturate.engines.server.server_settings import ServerSettings
from acculturate.methods.context import Made
from acculturate.records import Reply, Request
from acculturate.runner import COUNTED, CollectingStage, Lookup, Progress, Runner
from acculturate.store import DONE, Store
from acculturate.study.models import Models
from acculturate.study.plan import Plan
from acculturate.study.schema import Study

ENGINE_CAUTIONS = "cautions "
"""What stands before a model's reference where the store keeps what its engine says of itself."""

PRICE = "price "
"""What stands before a model's digest where the store keeps its price: of a million tokens read,
and of a million written."""


class _Counted:
    """A lookup that counts requests without a reply."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup, self.missing = lookup, 0

    def __call__(self, role: str, request: Request) -> Reply | None:
        reply = self._lookup(role, request)
        self.missing += reply is None
        return reply


@dataclass(frozen=True, slots=True)
class Workplace:
    """A plan carried out in a run folder. `prefix` stands before the names of the stages of what
    is worked on.
    """

    plan: Plan
    store: Store
    models: Models
    progress: Progress
    prefix: str = ""

    @property
    def study(self) -> Study:
        return self.plan.study

    def engine(self, ref: str) -> Engine:
        """Return the open engine behind a reference."""
        return self.models.engine(ref)

    def carry(self, stage: CollectingStage[Made], refs: Mapping[str, str]) -> Made:
        """Run a stage on the models of `refs`, by role, and collect what it brought."""
        runner = self.runner(refs)
        runner.run(stage)
        replies = _Counted(runner.lookup)
        made = stage.collect(replies)
        if replies.missing:  # the marks of what is done were wrong: all of it is walked
            self.store.forget(DONE)
            self.store.forget(f"{COUNTED}{self.prefix}{stage.name}")
            runner.run(stage)
            made = stage.collect(runner.lookup)
        return made

    def runner(self, refs: Mapping[str, str]) -> Runner:
        """Return a runner of stages on the models of `refs`, by role."""
        engines = self.models.engines(refs)
        for role, ref in refs.items():
            cautions = list(getattr(engines[role], "cautions", ()))
            if cautions:
                self.store.keep(f"{ENGINE_CAUTIONS}{ref}", cautions)
            if price := self.models.spec(ref).told(ServerSettings).price:
                self.store.keep(f"{PRICE}{engines[role].identity.digest}", price)
        executor = self.models.executor
        return Runner(self.store, engines, self.progress, executor=executor, prefix=self.prefix)
