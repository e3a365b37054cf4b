"""Tasks of lm-evaluation-harness, asked of an engine here through the run folder.

lm-eval knows the tasks: their questions, their prompts, and when an answer is right. It does not
load a model: what it wants to know is asked as requests like any others, so that a task runs on
every engine, under any framing, and goes on where it was cut off. Texts that it wants written are
generated; options are weighed where they are letters, numbers or single words (`mmlu`, `everyday`).

    ask_task("everyday", settings, "", carry)      carry: requests to replies, in their order
"""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from typing import Any

from acculturate.errors import EngineError, SurveyError
from acculturate.evaluation.abilities.ability_scores import TaskResult
from acculturate.evaluation.abilities.ability_settings import AbilitySettings
from acculturate.evaluation.abilities.tasks import check_installed, load_task, offline, told
from acculturate.records import (
    Choice,
    ChooseRequest,
    GenerateRequest,
    Generation,
    Message,
    Reply,
    Request,
    Sampling,
)
from acculturate.runner import Lookup, Round

LONGEST_LABEL = 5
"""Letters of an option that can be weighed by its beginning."""
LENGTH = 256
"""Tokens of a text where a task names no number."""
METRICS = ("acc", "exact_match", "prompt_level_strict_acc")
"""The score of a question, by preference; else the first number that it has."""
FILTERS = ("flexible-extract", "none")

Samples = dict[str, list[dict[str, Any]]]
Carry = Callable[[Sequence[Request]], list[Reply | None]]
"""Has requests asked, and gives the replies in their order."""


@dataclass(frozen=True, slots=True)
class AbilityStage:
    """A task's requests as one round."""

    name: str
    requests: tuple[Request, ...]

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Yield all of them."""
        yield Round("model", self.requests, len(self.requests))


def ask_task(task: str, settings: AbilitySettings, system: str, carry: Carry) -> TaskResult:
    """Ask a task's questions after the system prompt `system` ("" for none).

    Raises `EngineError` without lm-eval or where an option cannot be weighed, `ConfigError` for an
    unknown task, `SurveyError` for one whose questions cannot be fetched.
    """
    return _read(task, _samples(task, settings, system, carry))


def task_requests(task: str, settings: AbilitySettings, system: str) -> tuple[Request, ...]:
    """Return what `ask_task` would ask. Nobody is asked and nothing is fetched; raises as
    it does.
    """
    asked: list[Request] = []

    def note(requests: Sequence[Request]) -> list[Reply | None]:
        asked.extend(requests)
        return [None] * len(requests)

    check_installed()
    with offline():
        _samples(task, settings, system, note)
    return tuple(asked)


def _samples(task: str, settings: AbilitySettings, system: str, carry: Carry) -> Samples:
    """Return every question with its replies and its score, by part of the task."""
    check_installed()
    with _quiet(carry) as heard:
        from lm_eval import evaluate

        loaded = load_task(task, settings.include)
        with told(task, OSError, ImportError):
            results = evaluate(
                lm=_bridge(heard),
                task_dict=loaded,
                limit=settings.limit,
                system_instruction=system or None,
                apply_chat_template=True,
                fewshot_as_multiturn=True,
                bootstrap_iters=0,
            )
    samples: Samples = results["samples"]
    return samples


def _bridge(carry: Carry) -> Any:
    """Return the model as lm-eval wants it: prompts are messages, as JSON, and come back
    as such.
    """
    from lm_eval.api.model import LM

    class Bridge(LM):  # type: ignore[misc]
        tokenizer_name = "messages"

        def apply_chat_template(
            self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
        ) -> str:
            return json.dumps(chat_history)

        def loglikelihood(self, requests: Sequence[Any]) -> list[tuple[float, bool]]:
            return _weighed([request.args for request in requests], carry)

        def generate_until(self, requests: Sequence[Any]) -> list[str]:
            return _written([request.args for request in requests], carry)

        def loglikelihood_rolling(self, requests: Sequence[Any]) -> list[float]:
            raise EngineError(
                "This task needs the probability of a whole text, which is not measured here: "
                "name one with options or with written answers (mmlu, gsm8k, ifeval)."
            )

    return Bridge()


def _messages(context: str) -> tuple[Message, ...]:
    return tuple(Message(load["role"], load["content"]) for load in json.loads(context))


def _weighed(asked: Sequence[tuple[str, str]], carry: Carry) -> list[tuple[float, bool]]:
    """Return the log-probability of each (context, option), and whether it is the likeliest of its
    context.
    """
    options: dict[str, list[str]] = {}
    for context, option in asked:
        label = option.strip()
        if len(label) > LONGEST_LABEL or not label.isalnum():
            raise EngineError(
                f"This task needs the probability of whole options such as '{label[:40]}', which "
                "is not measured here: name one whose options are letters, or whose answers are "
                "written (mmlu, gsm8k, ifeval)."
            )
        if label not in (of_it := options.setdefault(context, [])):
            of_it.append(label)
    requests = [
        ChooseRequest(_messages(context), tuple(texts)) for context, texts in options.items()
    ]
    logprob: dict[tuple[str, str], float] = {}
    likeliest: dict[str, str] = {}
    for (context, labels), reply in zip(options.items(), carry(requests), strict=True):
        # without a reply nothing is known: nan marks the question as failed
        weights = reply.logprobs if isinstance(reply, Choice) else (float("nan"),) * len(labels)
        logprob |= {(context, one): weight for one, weight in zip(labels, weights, strict=True)}
        likeliest[context] = max(zip(weights, labels, strict=True))[1]
    return [
        (logprob[context, option.strip()], likeliest[context] == option.strip())
        for context, option in asked
    ]


def _written(asked: Sequence[tuple[str, dict[str, Any]]], carry: Carry) -> list[str]:
    """Return the likeliest text of each context, up to where the task says that it ends."""
    requests = [
        GenerateRequest(_messages(context), Sampling(0.0, 1.0, how.get("max_gen_toks", LENGTH), 0))
        for context, how in asked
    ]
    texts = []
    for (_, how), reply in zip(asked, carry(requests), strict=True):
        text = reply.text if isinstance(reply, Generation) else ""
        until = how.get("until") or ()
        for end in (until,) if isinstance(until, str) else until:
            text = text.partition(end)[0] if end else text
        texts.append(text)
    return texts


def _read(task: str, samples: Samples) -> TaskResult:
    """Return a task's scores by question, over its parts; of several readings the most tolerant
    one.
    """
    values: dict[str, float] = {}
    guesses, failed, named = [], 0, ""
    for part, rows in samples.items():
        there = {row["filter"] for row in rows}
        chosen = next((name for name in FILTERS if name in there), min(there))
        for row in rows:
            if row["filter"] != chosen:
                continue
            options = [
                response[0] for response in row["filtered_resps"] if isinstance(response, tuple)
            ]
            if any(isinstance(option, float) and option != option for option in options):
                failed += 1
                continue
            named = next((metric for metric in (*METRICS, *row["metrics"]) if metric in row), "")
            values[f"{part} {row['doc_id']}"] = float(row[named])
            guesses.append(1 / len(options) if options else 0.0)
    if not values:
        raise SurveyError(
            f"No question of the task '{task}' got an answer that can be scored: try one of "
            "mmlu, gsm8k, ifeval, everyday."
        )
    return TaskResult(task, named, values, sum(guesses) / len(guesses), failed)


@contextmanager
def _quiet(carry: Carry) -> Iterator[Carry]:
    """Keep lm-eval's notices and bars off the terminal, but for the time that `carry` draws on."""
    shown, disabled = sys.stderr, logging.root.manager.disable

    def heard(requests: Sequence[Request]) -> list[Reply | None]:
        with redirect_stderr(shown):
            return carry(requests)

    logging.disable(logging.ERROR)
    try:
        with redirect_stderr(io.StringIO()):
            yield heard
    finally:
        logging.disable(disabled)
