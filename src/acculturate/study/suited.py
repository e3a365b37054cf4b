"""Whether an engine can be asked as an arm says: what it lacks is told before anything is asked."""

from collections.abc import Iterator

from acculturate.asking import AnswerSettings
from acculturate.engines import Engine
from acculturate.engines.protocol import HasRoom
from acculturate.errors import EngineError
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.records import GenerateRequest

SINGLE = 'set presentation = "single"'
FEWER = {"battery": "A battery of these items", "interview": "An interview of these items"}


def check_suited(engine: Engine, stage: SurveyTaking) -> None:
    """Raise `EngineError` with what to type where an engine cannot be asked so."""
    for lack in (*_lacks(engine, stage.settings), *_has_no_room(engine, stage)):
        cautions = "".join(f" {caution}" for caution in getattr(engine, "cautions", ()))
        raise EngineError(f"{lack}{cautions}")


def _lacks(engine: Engine, settings: AnswerSettings) -> Iterator[str]:
    model = f"The model '{engine.identity.model}'"
    if settings.kind == "expected" and not engine.can_choose:
        yield (
            f'{model} gives no option probabilities: set answers.kind to "sampled" (measure: --set '
            "answers.kind=sampled)."
        )
    if settings.by_length and getattr(engine, "counts_texts", False):
        yield (
            f"{model} gives no log-probability of an option's text, so it cannot be divided by the "
            "text's length: leave answers.by_length out, or use the engine hf or vllm."
        )
    writes = settings.reason or settings.kind != "expected"
    if writes and not getattr(engine, "can_write", True):
        what = "answers.reason needs a thought" if settings.reason else "answers.kind needs texts"
        yield f"{model} writes no texts, but {what}: leave answers.reason and answers.kind out."


def _has_no_room(engine: Engine, stage: SurveyTaking) -> Iterator[str]:
    """Yield what does not fit, where items stand together and the engine knows its room."""
    presentation = stage.settings.presentation
    if presentation == "single" or not isinstance(engine, HasRoom):
        return
    longest = stage.longest()
    reply = longest.sampling.max_tokens if isinstance(longest, GenerateRequest) else 1
    prompt = engine.length(longest.messages)
    if prompt + reply > engine.room:
        yield (
            f"{FEWER[presentation]} takes {prompt} tokens and {reply} for its reply, and the model "
            f"'{engine.identity.model}' was made for {engine.room} together: name fewer "
            f"survey.items, or {SINGLE}."
        )
