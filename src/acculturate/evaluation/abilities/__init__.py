"""General abilities: what else a model can do, before and after it was adapted.

Tasks are lm-evaluation-harness's (extra `lm-eval`), asked of any engine here and under any framing;
`everyday` is this project's own and needs no hub. Every question asked before is asked after, so
that what is compared are pairs.
"""

from acculturate.evaluation.abilities.ability_scores import AbilityScore, TaskResult, kept, score
from acculturate.evaluation.abilities.ability_settings import AbilitySettings
from acculturate.evaluation.abilities.harness import AbilityStage, ask_task, task_requests
from acculturate.evaluation.abilities.tasks import check_installed

__all__ = [
    "AbilityScore",
    "AbilitySettings",
    "AbilityStage",
    "TaskResult",
    "ask_task",
    "check_installed",
    "kept",
    "score",
    "task_requests",
]
