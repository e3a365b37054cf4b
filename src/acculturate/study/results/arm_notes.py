"""Arms in names, as results list them: those that were asked, and the means over training seeds."""

from collections.abc import Iterator
from dataclasses import replace

from acculturate.records.results.described import ArmNote
from acculturate.study.arm_section import ArmSection
from acculturate.study.schema import Study
from acculturate.study.training_seeds import named_arms, without_seed


def arm_notes(study: Study) -> tuple[ArmNote, ...]:
    """Return a note on every arm of a study, then on each that is a mean over seeds."""
    return (*(_arm_note(study, arm) for arm in study.arm), *_mean_notes(study))


def _arm_note(study: Study, arm: ArmSection) -> ArmNote:
    section = study.adaptation(arm.model)
    return ArmNote(
        id=arm.id,
        model=arm.model,
        framing=arm.framing,
        adapter=section.id if section else None,
        control=study.control(arm),
        part_of=arm.part_of,
        below=tuple(ref.removeprefix("@") for ref in study.adapted_bases(arm.model)),
        kind=study.settings(arm).kind,
    )


def _mean_notes(study: Study) -> Iterator[ArmNote]:
    """Yield arms that are means over training seeds, as the study file has them."""
    for name, arm in named_arms(study).items():
        if arm.seed is not None:
            parts = [
                other for other in study.arm if other.seed is not None and other.part_of == name
            ]
            note = _arm_note(study, arm)
            yield replace(
                note,
                id=name,
                model=without_seed(arm.model, arm.seed),
                adapter=without_seed(note.adapter or "", arm.seed),
                part_of="",
                below=tuple(without_seed(below, arm.seed) for below in note.below),
                seeds=tuple(part.seed for part in parts if part.seed is not None),
            )
