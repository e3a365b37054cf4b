"""What CultureSPA will ask and train, counted before anything is asked."""

import functools
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING

from acculturate.asking import shown_orders
from acculturate.culturespa.answering import OTHER_WORDINGS, REWORDED, AnswerStage
from acculturate.culturespa.brought import bring
from acculturate.culturespa.precision import shift_model
from acculturate.culturespa.questions import QuestionStage, as_json
from acculturate.framing import Backdrop
from acculturate.methods import Context
from acculturate.methods.workload import (
    Amount,
    Counts,
    Work,
    nobody,
    row_batches,
    spread,
    tuning_work,
    work_of,
)
from acculturate.records import ChooseRequest, GenerateRequest, Item, Message, Request
from acculturate.runner import Stage

if TYPE_CHECKING:
    from acculturate.culturespa.adaptation import CultureSpaAdaptation

STAND_INS = 60
"""Items of the survey that stand in for the questions to come, when answers are counted."""

KEPT = 0.5
"""The share of attempts that make a usable question: .31 in the demo, .99 in the paper."""

LABEL_TOKENS = 2
"""Of a reply that states an option and ends."""


def estimate(section: "CultureSpaAdaptation", context: Context, counts: Counts) -> list[Work]:
    """Return the attempts, the answers to the questions wanted, and the rows of their shifts; no
    attempts where questions are brought.

    A question is taken to be shown in as many orders as the survey's items, and at most in as many
    as that which has the most. How many answers shift nobody knows, so rows are those of all, or
    of the share that the settings take.
    """
    own, survey = section.culturespa, context.survey
    written = not own.questions.source
    seeds = context.seen if written else bring(own.questions, context.seen).items
    wanted = _wanted(section, seeds) if written else len(seeds)
    cultures = context.cultures
    stand_ins = seeds[:: max(1, len(seeds) // STAND_INS)]
    spoken, behind = survey.spoken_name, Backdrop(survey, context.answers.backdrop)
    asking = AnswerStage(stand_ins, cultures, own, context.answers, spoken, backdrop=behind)
    asked = functools.cache(functools.partial(_first_round, asking))
    orders = [len(shown_orders(item, own.answers(context.answers))) for item in seeds]
    shown = Amount(fmean(orders), max(orders))
    once = fmean(orders[:: max(1, len(seeds) // STAND_INS)]) * len(stand_ins)
    reworded = min(wanted, REWORDED) * asking.reworded / once
    prompts = shown.times(wanted * (asking.total - asking.reworded) / once + reworded)
    share = own.shifts.quantity * (own.shifts.top if own.shifts.select == "top" else 1)
    rows = shown.times(wanted * len(cultures) * share)
    asks = _asked_answers(section, context, wanted)
    name, size = " ".join(asks), section.tuning.batch
    read = counts.sizes(section.base, name, lambda: spread(asked(), asking.total))
    taught = counts.sizes(
        section.base, f"{size} rows of {name}", lambda: row_batches(asked(), size)
    )
    sampling = own.answering.sampling(own.seed)
    text = GenerateRequest((), sampling) if own.answering.kind == "sampled" else None
    short = Amount(LABEL_TOKENS, sampling.max_tokens)
    ref = shift_model(section, context)
    answers = work_of(asking.name, ref, prompts, read, text, short)
    return [
        *([_written_questions(section, seeds, wanted, counts)] if written else []),
        replace(answers, asks=asks),
        replace(tuning_work(section.base, rows, taught, section.tuning), open=True),
    ]


def _wanted(section: "CultureSpaAdaptation", seeds: Sequence[Item]) -> int:
    """How many questions are to be kept, on all topics."""
    own = section.culturespa.questions
    return own.per_topic * len(own.topics or {i.topic for i in seeds if i.wordings.get("en")})


def _written_questions(
    section: "CultureSpaAdaptation", seeds: Sequence[Item], wanted: int, counts: Counts
) -> Work:
    """Attempts to write a question, as long as those of the survey are."""
    own, ref = section.culturespa.questions, section.writer
    stage = QuestionStage(seeds, section.culturespa)
    asked, name = _first_round(stage), _asked_questions(section)
    work = work_of(
        stage.name,
        ref,
        Amount(min(wanted / KEPT, wanted * own.attempts), wanted * own.attempts),
        counts.sizes(ref, name, lambda: spread(asked, len(asked))),
        asked[0],
        Amount(_length(seeds, ref, counts), own.max_tokens),
        rows=min(len(asked), wanted),
    )
    return replace(work, asks={name: wanted})


def _length(seeds: Sequence[Item], ref: str, counts: Counts) -> float:
    """Tokens of a question, without what a template puts around it."""
    texts = [as_json(item, item.wordings["en"][0]) for item in seeds if item.wordings.get("en")]
    written = [ChooseRequest((Message("user", each),), ()) for each in texts]
    reader = counts.reader(ref)
    bare = reader.tokens(reader.read([Message("user", "")]))
    return counts.sizes(ref, "items as questions", lambda: [written]).read - bare


def _first_round(stage: Stage) -> list[Request]:
    return list(next(iter(stage.rounds(nobody))).requests)


def _writer(section: "CultureSpaAdaptation") -> str:
    return section.teacher or section.base


def _asked_questions(section: "CultureSpaAdaptation") -> str:
    """All that decides the attempts to write questions."""
    own = section.culturespa
    return f"questions {section.writer} {own.seed} {own.questions!r}"


def _asked_answers(
    section: "CultureSpaAdaptation", context: Context, wanted: int
) -> dict[str, float]:
    """All that decides the answers, without a culture and with each, and how many ask."""
    own, questions = section.culturespa, _asked_questions(section)
    aware, _ = section.framings(context)
    how = own.answering.model_dump_json(exclude={"framing"})
    whose = len(context.cultures) if aware.needs_culture else 1
    name = f"answers {questions} {how}"
    asks: dict[str, float] = {f"{name} unaware": 1, f"{name} {aware.name}": whose}
    if own.shifts.noise != "ignore":
        asks[f"{name} reworded"] = len(OTHER_WORDINGS) * min(1, REWORDED / wanted)
    return asks
