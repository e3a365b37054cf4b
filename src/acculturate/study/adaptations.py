"""Adaptations: adapters made within a study, by any method.

A method builds training rows (acculturate.methods), which are kept as a file; then an adapter is
tuned on them, or several, one for each group of cultures. All rows are built first, so that all
adapters can be trained at once; only what is on top of another adaptation's adapter waits for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from acculturate.errors import TrainingError
from acculturate.methods import Adaptation, Taught
from acculturate.records.results.made import Trained
from acculturate.records.yields import told
from acculturate.study.built import Built, build
from acculturate.study.trainings import train, training
from acculturate.study.workplace import Workplace
from acculturate.tuning.training import Training


@dataclass(frozen=True, slots=True)
class Adapted:
    """What an adaptation built, and its trainings."""

    built: Built
    tuning: Sequence[Trained]

    @property
    def taught(self) -> Taught:
        return self.built.taught


def adapt(place: Workplace) -> dict[str, Adapted]:
    """Build the rows of all adaptations and tune their adapters, going on where it was cut off.

    What is on top of another adaptation's adapter comes after it.
    """
    return make(place, place.plan.adaptations)


def make(place: Workplace, sections: Sequence[Adaptation]) -> dict[str, Adapted]:
    """Make the adapters of adaptations, and before them those that they are on top of."""
    made: dict[str, Adapted] = {}
    for together in place.plan.generations(sections):
        made |= _made(place, together)
    return made


def _made(place: Workplace, sections: Sequence[Adaptation]) -> dict[str, Adapted]:
    """Build the rows of adaptations that do not depend on each other, then tune all of them."""
    built = {section.id: _built(place, section) for section in sections}
    trainings = {
        section.id: list(_trainings(place, section, built[section.id])) for section in sections
    }
    told = train(place, [report for own in trainings.values() for report in own])
    return {
        name: Adapted(built[name], [told[report.adapter] for report in own])
        for name, own in trainings.items()
    }


def _built(place: Workplace, section: Adaptation) -> Built:
    """Return what an adaptation built; raises `TrainingError` where that is no row."""
    built = build(place, section)
    if not any(built.rows.values()):
        why = lost_at(built.taught)
        raise TrainingError(
            f"The adaptation '{section.id}' has no training rows{why}: {section.more}."
        )
    return built


def lost_at(taught: Taught) -> str:
    """Return the last step through which something could have come, and nothing came."""
    steps = [step for step in taught.yields if step.of and not step.found]
    empty = [step for step in steps if not step.count]
    if not empty:
        return ""
    return f" ({told(empty[-1])})"


def _trainings(place: Workplace, section: Adaptation, built: Built) -> Iterator[Training]:
    """Yield the training of each adapter; raises `TrainingError` where one has no rows."""
    for name, rows in built.rows.items():
        adapter = f"{section.id}/{name}" if name else section.id
        if not rows:
            raise TrainingError(f"The adapter '{adapter}' has no training rows: {section.more}.")
        yield training(place, section, adapter, rows)
