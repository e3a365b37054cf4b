"""Adaptations: adapters made within a study, by any method.

A method builds training rows (acculturate.methods), which are kept as a file; then an adapter is
tuned on them, or several, one for each group of cultures. All rows are built first, so that all
adapters can be trained at once; only what is on top of another adaptation's adapter waits for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from acculturate.errors import TrainingError
from acculturate.methods import Adaptation, Taught
from acculturate.records import TrainingRow
from acculturate.records.results.made import Trained
from acculturate.records.yields import told
from acculturate.study.trainings import train, training
from acculturate.study.workplace import Workplace
from acculturate.tuning.rows import dump_rows
from acculturate.tuning.training import Training


@dataclass(frozen=True, slots=True)
class Adapted:
    """What an adaptation was taught, and its trainings."""

    taught: Taught
    tuning: Sequence[Trained]


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
    taught = {section.id: _taught(place, section) for section in sections}
    trainings = {
        section.id: list(_trainings(place, section, taught[section.id].rows))
        for section in sections
    }
    told = train(place, [report for own in trainings.values() for report in own])
    return {
        name: Adapted(taught[name], [told[report.adapter] for report in own])
        for name, own in trainings.items()
    }


def _taught(place: Workplace, section: Adaptation) -> Taught:
    """Return what an adaptation is taught; raises `TrainingError` where that is nothing."""
    taught, _ = build(place, section)
    if not taught.rows:
        why = lost_at(taught)
        raise TrainingError(
            f"The adaptation '{section.id}' has no training rows{why}: {section.more}."
        )
    return taught


def lost_at(taught: Taught) -> str:
    """Return the last step through which something could have come, and nothing came."""
    steps = [step for step in taught.yields if step.of and not step.found]
    empty = [step for step in steps if not step.count]
    if not empty:
        return ""
    return f" ({told(empty[-1])})"


def build(place: Workplace, section: Adaptation) -> tuple[Taught, Path]:
    """Return an adaptation's training rows by its method, and the file of them for
    `acculturate tune`.
    """
    taught = section.build(place.plan.context, replace(place, prefix=f"{section.id}: "))
    for ending, text in taught.files.items():
        place.store.write(f"{section.id}{ending}", text)
    return taught, place.store.write(f"{section.id}.rows.jsonl", dump_rows(taught.rows))


def _trainings(
    place: Workplace, section: Adaptation, rows: Sequence[TrainingRow]
) -> Iterator[Training]:
    """Yield the training of each adapter; raises `TrainingError` where one has no rows."""
    for name, codes in place.plan.adapters[section.id].items():
        adapter = f"{section.id}/{name}" if name else section.id
        own = [row for row in rows if row.culture in codes]
        if not own:
            raise TrainingError(f"The adapter '{adapter}' has no training rows: {section.more}.")
        yield training(place, section, adapter, own)
