"""What a study will ask, before it asks: prompts per stage, without opening a model."""

from dataclasses import dataclass

from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.study.schema import Study
from acculturate.survey import load_survey

CHARACTERS_PER_TOKEN = 4.2  # English prompts under byte-pair tokenizers


@dataclass(frozen=True, slots=True)
class Estimate:
    """Prompts by stage; `text` says them in lines."""

    stages: tuple[tuple[str, int, int], ...]

    @property
    def text(self) -> str:
        lines = [
            f"{name}: {prompts} prompts, about {tokens:,} tokens"
            for name, prompts, tokens in self.stages
        ]
        total = sum(prompts for _, prompts, _ in self.stages)
        return "\n".join([*lines, f"In all {total} prompts. Nothing has been asked."])


def estimate(study: Study) -> Estimate:
    """Count prompts and their tokens (by characters) of every arm and adaptation."""
    survey = load_survey(study.survey.source)
    stages = []
    for arm in study.arm:
        taking = SurveyTaking.of(
            f"arm {arm.id}",
            survey,
            study.survey.items,
            study.cultures.measure,
            arm.framing,
            study.answers,
        )
        letters = sum(len(m.text) for each in taking.requests() for m in each.messages)
        stages.append((taking.name, taking.total, round(letters / CHARACTERS_PER_TOKEN)))
    return Estimate(tuple(stages))
