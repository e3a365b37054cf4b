"""What a study will ask, before it asks: prompts per stage, without opening a model.

Arms are counted exactly. What an adaptation asks depends on what the model writes, so it is bounded
by its attempts and estimated from the size of the survey's own items.
"""

from dataclasses import dataclass

from acculturate.study.methods import METHODS
from acculturate.study.parts import adapter_names, arm_parts
from acculturate.study.schema import Study
from acculturate.study.split import with_split
from acculturate.survey import Survey

CHARACTERS_PER_TOKEN = 4.2  # English prompts under byte-pair tokenizers


@dataclass(frozen=True, slots=True)
class Estimate:
    """Prompts and tokens by stage; `text` says them in lines."""

    stages: tuple[tuple[str, int, int], ...]
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        lines = [
            f"{name}: {prompts} prompts, about {tokens:,} tokens"
            for name, prompts, tokens in self.stages
        ]
        total = sum(prompts for _, prompts, _ in self.stages)
        end = f"In all about {total} prompts. Nothing has been asked."
        return "\n".join([*lines, *self.notes, end])


def estimate(study: Study, survey: Survey) -> Estimate:
    """Count prompts and their tokens (by characters) of every arm and adaptation."""
    study = with_split(study, survey)
    stages = []
    for arm in study.arm:
        for _, stage in arm_parts(study, survey, arm):
            letters = sum(len(m.text) for each in stage.requests() for m in each.messages)
            stages.append((stage.name, stage.total, round(letters / CHARACTERS_PER_TOKEN)))
    for section in study.adapt:
        stages += METHODS[section.method].estimate(study, survey, section)
    notes = tuple(
        f"tuning {section.id}: {len(adapter_names(study, section))} adapter(s), on the rows built"
        for section in study.adapt
    )
    return Estimate(tuple(stages), notes)
