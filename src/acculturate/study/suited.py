"""Whether an engine can be asked as an arm says: what it lacks is told before anything is asked."""

from collections.abc import Iterator

from acculturate.asking import AnswerSettings
from acculturate.engines import Engine
from acculturate.errors import EngineError


def check_suited(engine: Engine, settings: AnswerSettings) -> None:
    """Raise `EngineError` with what to type where an engine cannot be asked so."""
    for lack in _lacks(engine, settings):
        cautions = "".join(f" {caution}" for caution in getattr(engine, "cautions", ()))
        raise EngineError(f"The model '{engine.identity.model}' {lack}{cautions}")


def _lacks(engine: Engine, settings: AnswerSettings) -> Iterator[str]:
    if settings.kind == "expected" and not engine.can_choose:
        yield (
            'gives no option probabilities: set answers.kind to "sampled" (measure: --set '
            "answers.kind=sampled)."
        )
    if settings.by_length and getattr(engine, "counts_texts", False):
        yield (
            "has its texts counted, not weighed token by token, and a count has no length to be "
            "divided by: leave answers.by_length out, or ask it by the engine hf or vllm."
        )
