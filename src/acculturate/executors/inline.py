"""The executor of a laptop: engines in this process, one batch after the other."""

from collections.abc import Iterable, Iterator, Sequence

from acculturate.engines import Engine, ModelSpec, open_engine
from acculturate.executors.executor import Batch, Carried, Job, Note, T, work


class Inline:
    """Asks here and now."""

    def open(self, spec: ModelSpec) -> Engine:
        """Open the model in this process."""
        return open_engine(spec)

    def carry(self, engine: Engine, batches: Iterable[Batch]) -> Iterator[Carried]:
        """Ask each batch as it is read."""
        for batch in batches:
            yield Carried(batch, work(engine, batch))

    def do(self, jobs: Sequence[Job[T]], notes: Sequence[Note]) -> Iterator[tuple[int, T]]:
        """Do one job after the other, each as it is read."""
        for number, (job, note) in enumerate(zip(jobs, notes, strict=True)):
            yield number, job(note)

    def close(self) -> None:
        """Do nothing: engines are closed by those who opened them."""
