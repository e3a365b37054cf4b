"""What CultureSPA will ask and train, counted before anything is asked.

Items of the survey stand in for the questions to come.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import fmean

from acculturate.asking import shown_orders
from acculturate.culturespa.answering import REWORDED, AnswerStage
from acculturate.culturespa.brought import bring
from acculturate.culturespa.culturespa_settings import CultureSpaSettings
from acculturate.culturespa.precision import shift_model
from acculturate.culturespa.questions import Questions, QuestionStage, as_json
from acculturate.culturespa.self_judged import ASKS, COMPARED, SelfJudgeStage
from acculturate.framing import Backdrop
from acculturate.methods import Adaptation, Context
from acculturate.methods.workload import Amount, Counter, Work, nobody
from acculturate.records import Item, Request, TrainingRow
from acculturate.runner import Stage

STAND_INS = 60
"""Items of the survey that stand in for the questions to come, when answers are counted."""

KEPT = 0.5
"""The share of attempts that make a usable question: .31 in the demo, .99 in the paper."""

LABEL_TOKENS = 2
"""Of a reply that states an option and ends."""


def estimate(section: Adaptation, writer: str, context: Context, counts: Counter) -> Iterator[Work]:
    """Yield the attempts of a writer, the answers to the questions wanted, and the rows of their
    shifts; no attempts where questions are brought.

    A question is taken to be shown in as many orders as the survey's items, and at most in as many
    as that which has the most. How many answers shift nobody knows, so rows are those of all, or
    of the share that the settings take.
    """
    settings: CultureSpaSettings = section.own
    own, items = settings.questions, context.seen
    written = f"{writer} {settings.seed} {own!r}"
    if own.source:
        brought = bring(own, items).items
        yield from _answered(section, context, counts, brought, len(brought), written)
        return
    wordings = [item for item in items if item.wordings.get("en")]
    wanted = own.per_topic * len(own.topics or {item.topic for item in wordings})
    asked, most = _first_round(QuestionStage(items, settings)), wanted * own.attempts
    texts = (as_json(item, item.wordings["en"][0]) for item in wordings)
    length = fmean(counts.length(writer, text) for text in texts)
    yield counts.asking(
        "questions",
        writer,
        Amount(min(wanted / KEPT, most), most),
        asked,
        Amount(length, own.max_tokens),
        after=written,
        rows=min(len(asked), wanted),
    )
    if own.self_judged:
        judging = SelfJudgeStage(Questions(tuple(wordings[:1]), (), (), ()), items, settings)
        prompts = Amount(*[ASKS * (wanted + min(COMPARED, len(wordings)))] * 2)
        yield counts.asking(judging.name, writer, prompts, _first_round(judging), after=written)
    yield from _answered(section, context, counts, items, wanted, written)


def _answered(
    section: Adaptation,
    context: Context,
    counts: Counter,
    items: Sequence[Item],
    wanted: int,
    written: str,
) -> Iterator[Work]:
    """Yield the answers to so many questions like `items`, and what is taught of them."""
    own: CultureSpaSettings = section.own
    survey = context.survey
    some = items[:: max(1, len(items) // STAND_INS)]
    behind, title = Backdrop(survey, context.answers.backdrop), survey.spoken_name
    stage = AnswerStage(some, context.cultures, own, context.answers, title, backdrop=behind)
    settings = own.answers(context.answers)
    orders = [len(shown_orders(item, settings)) for item in items]
    once = sum(len(shown_orders(item, settings)) for item in some)
    shown = Amount(fmean(orders), max(orders))
    reworded = min(wanted, REWORDED) * stage.reworded / once
    prompts = shown.times(wanted * (stage.total - stage.reworded) / once + reworded)
    asked, reply = _first_round(stage), Amount(LABEL_TOKENS, own.answering.max_tokens)
    work = counts.asking(stage.name, shift_model(section, context), prompts, asked, reply)
    # of the questions to come only some are asked in other words, of the stand-ins all
    begin, weights = once * settings.texts, [1.0] * len(asked)
    weights[begin : begin + stage.reworded] = [min(1, REWORDED / wanted)] * stage.reworded
    asks = {
        f"{written} {request.id}": weight for request, weight in zip(asked, weights, strict=True)
    }
    yield replace(work, asks=asks)
    share = own.shifts.quantity * (own.shifts.top if own.shifts.select == "top" else 1)
    rows = shown.times(wanted * len(context.cultures) * share)
    taught = [TrainingRow(request.messages, "", "") for request in asked]
    yield replace(counts.tuning(section.base, taught, section.tuning, rows), open=True)


def _first_round(stage: Stage) -> list[Request]:
    return list(next(iter(stage.rounds(nobody))).requests)
