"""CLCA in a study: scenarios, role-play, verdicts, intents, relevance, rows."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from acculturate.clca.adapting import AdaptStage
from acculturate.clca.method import dialogue_rows, learn
from acculturate.clca.seeds import scenario_files
from acculturate.clca.settings import ClcaSettings
from acculturate.study.methods.taught import Taught, drop_rows
from acculturate.study.schema import AdaptSection, Study
from acculturate.study.workplace import Workplace
from acculturate.survey import Survey

TOKENS_PER_MOVE = 500  # a scene, two people, and half of what they said
QUESTIONS_PER_DIALOGUE = 8  # three verdicts and stereotypes, each in two orders


class Clca:
    """Liu, Korhonen and Gurevych, ACL 2025, arXiv 2504.02953."""

    more = (
        "play more dialogues (scenarios.count, roleplay.dialogues) or keep more of them "
        "(judging.keep)"
    )

    def check(self, study: Study, survey: Survey, section: AdaptSection) -> None:
        """Situations, descriptors and the language must be there."""
        AdaptStage([survey.culture(code) for code in study.cultures.adapt], _settings(section))

    def prompts(self, study: Study, section: AdaptSection) -> Iterator[str]:
        """Of scenario files of the user's own; its prompts are the package's."""
        for folder in section.clca.scenarios.folders:
            for file in scenario_files(folder):
                yield hashlib.sha256(file.read_bytes()).hexdigest()[:16]

    def estimate(
        self, study: Study, survey: Survey, section: AdaptSection
    ) -> list[tuple[str, int, int]]:
        """Moves at most, verdicts and intents of all dialogues."""
        settings = _settings(section)
        cultures = [survey.culture(code) for code in study.cultures.adapt]
        scenes = AdaptStage(cultures, settings).total
        dialogues = scenes * settings.roleplay.dialogues
        moves = dialogues * settings.roleplay.moves(settings.language)
        verdicts = dialogues * QUESTIONS_PER_DIALOGUE
        stages = [("scenarios", scenes if settings.scenarios.adapt == "teacher" else 0)]
        stages += [("moves, at most", moves), ("verdicts", verdicts)]
        stages += [("intents, at most", moves if settings.teaching.intents else 0)]
        return [(f"{section.id}: {name}", n, n * TOKENS_PER_MOVE) for name, n in stages if n]

    def build(self, place: Workplace, section: AdaptSection) -> Taught:
        """Play, judge, and make rows of what was kept."""
        refs = _refs(section)
        cultures = [place.survey.culture(code) for code in place.study.cultures.adapt]
        judge = place.models.engine(refs["judge"])

        def carry(stage: Any) -> Any:
            return place.carry(stage, {role: refs[role] for role in stage.roles})

        learned = learn(cultures, _settings(section), carry, can_choose=judge.can_choose)
        return Taught(
            rows=learned.teaching.rows,
            yields=[asdict(each) for each in learned.yields],
            drops=drop_rows(learned.drops),
            dialogues=dialogue_rows(learned),
        )


def _settings(section: AdaptSection) -> ClcaSettings:
    return section.clca.model_copy(update={"partner": bool(section.partner)})


def _refs(section: AdaptSection) -> Mapping[str, str]:
    """Who stands behind each role: the base itself, unless another model is named."""
    teacher = section.teacher or section.base
    return {
        "teacher": teacher,
        "partner": section.partner or teacher,
        "judge": section.judge or teacher,
    }
