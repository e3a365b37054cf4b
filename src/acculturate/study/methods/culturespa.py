"""CultureSPA in a study: questions, answers without and with a culture, shifts, rows."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from statistics import fmean

from acculturate.asking import shown_orders
from acculturate.culturespa.answering import OTHER_WORDINGS, REWORDED, AnswerStage
from acculturate.culturespa.questions import Questions, QuestionStage, as_json
from acculturate.culturespa.shifts import Shifts, find_shifts
from acculturate.culturespa.teaching import teaching_rows
from acculturate.errors import ConfigError
from acculturate.framing import Backdrop, Framing, find_framing
from acculturate.records import ChooseRequest, GenerateRequest, Item, Message, Request
from acculturate.runner import Stage
from acculturate.study.costs.workload import (
    Amount,
    Counts,
    Work,
    nobody,
    row_batches,
    spread,
    tuning_work,
    work_of,
)
from acculturate.study.methods.taught import Taught, drop_rows
from acculturate.study.precision import shift_model
from acculturate.study.schema import AdaptSection, Study
from acculturate.study.split import seen_items
from acculturate.study.workplace import Workplace
from acculturate.survey import Survey

STAND_INS = 60
"""Items of the survey that stand in for the questions to come, when answers are counted."""

KEPT = 0.5
"""The share of attempts that make a usable question: .31 in the demo, .99 in the paper."""

LABEL_TOKENS = 2
"""Of a reply that states an option and ends."""


class CultureSpa:
    """Xu, Leng, Yu and Xiong, NAACL 2025, arXiv 2410.12971, steps 1 to 3."""

    more = (
        "write more questions (questions.per_topic), select weaker shifts (shifts.strength), or "
        'teach what does not exceed the noise too (shifts.noise = "report")'
    )

    def check(self, study: Study, survey: Survey, section: AdaptSection) -> None:
        """Framings must be there and speak for cultures, whose people must have answered where a
        framing shows that; topics must have items.
        """
        for framing in _framings(study, section):
            if framing.needs_persona:
                raise ConfigError(
                    f"[[adapt]] {section.id}: the framing '{framing.name}' speaks for single "
                    "respondents, and an adaptation is made for cultures: name another, such as "
                    "'aware'."
                )
            if framing.needs_people:
                survey.check_cultures(study.cultures.adapt)
        QuestionStage(seen_items(study, survey), section.culturespa)
        if section.culturespa.answering.dtype != "auto":  # which needs a look at the model's files
            shift_model(study, section)

    def prompts(self, study: Study, section: AdaptSection) -> Iterator[str]:
        """Of the framings in which it asks and trains."""
        return (framing.digest for framing in _framings(study, section))

    def estimate(
        self, study: Study, survey: Survey, section: AdaptSection, counts: Counts
    ) -> list[Work]:
        """Attempts, the answers to the questions that it wants, and the rows of their shifts.

        A question is taken to be shown in as many orders as the survey's items, and at most in as
        many as that which has the most. How many answers shift nobody knows, so rows are those of
        all, or of the share that the settings take.
        """
        own, seeds = section.culturespa, seen_items(study, survey)
        wanted = _wanted(section, seeds)
        cultures = [survey.culture(code) for code in study.cultures.adapt]
        stand_ins = seeds[:: max(1, len(seeds) // STAND_INS)]
        spoken, behind = survey.spoken_name, Backdrop(survey, study.answers.backdrop)
        asking = AnswerStage(stand_ins, cultures, own, study.answers, spoken, backdrop=behind)
        asked = functools.cache(functools.partial(_first_round, asking))
        orders = [len(shown_orders(item, own.answers(study.answers))) for item in seeds]
        shown = Amount(fmean(orders), max(orders))
        once = fmean(orders[:: max(1, len(seeds) // STAND_INS)]) * len(stand_ins)
        reworded = min(wanted, REWORDED) * asking.reworded / once
        prompts = shown.times(wanted * (asking.total - asking.reworded) / once + reworded)
        share = own.shifts.quantity * (own.shifts.top if own.shifts.select == "top" else 1)
        rows = shown.times(wanted * len(cultures) * share)
        asks = _asked_answers(study, section, wanted)
        name, size = " ".join(asks), section.tuning.batch
        read = counts.sizes(section.base, name, lambda: spread(asked(), asking.total))
        taught = counts.sizes(
            section.base, f"{size} rows of {name}", lambda: row_batches(asked(), size)
        )
        sampling = own.answering.sampling(own.seed)
        text = GenerateRequest((), sampling) if own.answering.kind == "sampled" else None
        short = Amount(LABEL_TOKENS, sampling.max_tokens)
        ref = shift_model(study, section)
        answers = work_of(asking.name, ref, prompts, read, text, short)
        return [
            _written_questions(section, seeds, wanted, counts),
            replace(answers, asks=asks),
            replace(tuning_work(section.base, rows, taught, section.tuning), open=True),
        ]

    def build(self, place: Workplace, section: AdaptSection) -> Taught:
        """Ask, find the shifts, and make rows of them."""
        settings, own, survey = section.culturespa, place.study.answers, place.survey
        items = survey.select(place.study.survey.items)
        writing = QuestionStage(seen_items(place.study, survey), settings, avoid=items)
        questions: Questions = place.carry(writing, {"base": _writer(section)})
        kept = questions.require()
        cultures = [survey.culture(code) for code in place.study.cultures.adapt]
        spoken, behind = survey.spoken_name, Backdrop(survey, own.backdrop)
        asking = AnswerStage(kept, cultures, settings, own, spoken, backdrop=behind)
        asked = shift_model(place.study, section)
        answers = place.carry(asking, {"base": asked})
        shifts = find_shifts(answers, settings)
        taught = teaching_rows(shifts.shifts, kept, cultures, settings, own, spoken, behind)
        dtype = place.models.engine(asked).identity.dtype
        paired = [replace(each, note=f"{each.note}; in {dtype}") for each in answers.yields]
        yields = (*questions.yields, *paired, *shifts.yields, *taught.yields)
        return Taught(
            rows=taught.rows,
            yields=[asdict(each) for each in yields],
            drops=drop_rows(questions.drops),
            shifts=[each._asdict() for each in shifts.counts],
            overlaps=[each._asdict() for each in shifts.overlaps],
            cautions=tuple(_cautions(place.study, section, questions, shifts)),
        )


def _wanted(section: AdaptSection, seeds: Sequence[Item]) -> int:
    """How many questions are to be kept, on all topics."""
    own = section.culturespa.questions
    return own.per_topic * len(own.topics or {i.topic for i in seeds if i.wordings.get("en")})


def _written_questions(
    section: AdaptSection, seeds: Sequence[Item], wanted: int, counts: Counts
) -> Work:
    """Attempts to write a question, as long as those of the survey are."""
    own, ref = section.culturespa.questions, _writer(section)
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


def _writer(section: AdaptSection) -> str:
    return section.teacher or section.base


def _asked_questions(section: AdaptSection) -> str:
    """All that decides the attempts to write questions."""
    own = section.culturespa
    return f"questions {_writer(section)} {own.seed} {own.questions!r}"


def _asked_answers(study: Study, section: AdaptSection, wanted: int) -> dict[str, float]:
    """All that decides the answers, without a culture and with each, and how many ask."""
    own, questions = section.culturespa, _asked_questions(section)
    aware, _ = _framings(study, section)
    how = own.answering.model_dump_json(exclude={"framing"})
    whose = len(study.cultures.adapt) if aware.needs_culture else 1
    name = f"answers {questions} {how}"
    asks: dict[str, float] = {f"{name} unaware": 1, f"{name} {aware.name}": whose}
    if own.shifts.noise != "ignore":
        asks[f"{name} reworded"] = len(OTHER_WORDINGS) * min(1, REWORDED / wanted)
    return asks


def _framings(study: Study, section: AdaptSection) -> Iterator[Framing]:
    settings = section.culturespa
    for name in (settings.answering.framing, settings.shifts.train_framing):
        yield find_framing(name, folders=study.answers.prompts)


def _cautions(
    study: Study, section: AdaptSection, questions: Questions, shifts: Shifts
) -> Iterator[str]:
    """What the rows were made with that the arms are measured on, and what may be no shift."""
    if shifts.noise and 2 * shifts.above < shifts.asked:
        left = "were left out" if section.culturespa.shifts.noise == "exclude" else "may be taught"
        yield (
            f"{section.id}: {shifts.asked - shifts.above} of {shifts.asked} differences between "
            f"the answers with and without a culture do not exceed the noise and {left}; "
            f"{shifts.noise.told}."
        )
    kept = sum(each.count for each in questions.yields if each.step == "leaks kept")
    if kept:
        yield (
            f"{section.id}: {kept} questions ask what is measured and were kept "
            '(questions.leaks = "keep"), so a part of the test was trained on.'
        )
    for said in dict.fromkeys(each.discloses for each in _framings(study, section)):
        if said:
            yield f"{section.id}, in asking or training: {said}"
