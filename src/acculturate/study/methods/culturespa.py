"""CultureSPA in a study: questions, answers without and with a culture, shifts, rows."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from statistics import fmean

from acculturate.asking import shown_orders
from acculturate.culturespa.answering import AnswerStage
from acculturate.culturespa.questions import Questions, QuestionStage, as_json
from acculturate.culturespa.shifts import find_shifts
from acculturate.culturespa.teaching import teaching_rows
from acculturate.errors import ConfigError
from acculturate.framing import Backdrop, Framing, find_framing
from acculturate.records import Item, Message
from acculturate.study.costs.workload import (
    Amount,
    Reader,
    Readers,
    Work,
    nobody,
    sizes,
    spread,
    tuning_work,
    work_of,
)
from acculturate.study.methods.taught import Taught, drop_rows
from acculturate.study.schema import AdaptSection, Study
from acculturate.study.split import seen_items
from acculturate.study.workplace import Workplace
from acculturate.survey import Survey

STAND_INS = 60
"""Items of the survey that stand in for the questions to come, when answers are counted."""

KEPT = 0.5
"""The share of attempts that make a usable question: .31 in the demo, .99 in the paper."""

SHIFTED = 0.25
"""The share of answers that shift, as in the demo."""

LABEL_TOKENS = 2
"""Of a reply that states an option and ends."""


class CultureSpa:
    """Xu, Leng, Yu and Xiong, NAACL 2025, arXiv 2410.12971, steps 1 to 3."""

    more = "write more questions (questions.per_topic) or select weaker shifts (shifts.strength)"

    def check(self, study: Study, survey: Survey, section: AdaptSection) -> None:
        """Framings must be there and speak for cultures, topics must have items."""
        for framing in _framings(study, section):
            if framing.needs_persona:
                raise ConfigError(
                    f"[[adapt]] {section.id}: the framing '{framing.name}' speaks for single "
                    "respondents, and an adaptation is made for cultures: name another, such as "
                    "'aware'."
                )
        QuestionStage(seen_items(study, survey), section.culturespa)

    def prompts(self, study: Study, section: AdaptSection) -> Iterator[str]:
        """Of the framings in which it asks and trains."""
        return (framing.digest for framing in _framings(study, section))

    def estimate(
        self, study: Study, survey: Survey, section: AdaptSection, readers: Readers
    ) -> list[Work]:
        """Attempts, the answers to the questions that it wants, and the rows of their shifts.

        A question is taken to be shown in as many orders as the survey's items, and at most in as
        many as that which has the most.
        """
        own, seeds = section.culturespa, seen_items(study, survey)
        wanted = _wanted(section, seeds)
        cultures = [survey.culture(code) for code in study.cultures.adapt]
        stand_ins = seeds[:: max(1, len(seeds) // STAND_INS)]
        spoken, behind = survey.spoken_name, Backdrop(survey, study.answers.backdrop)
        asking = AnswerStage(stand_ins, cultures, own, study.answers, spoken, backdrop=behind)
        [todo] = asking.rounds(nobody)
        asked, reader = list(todo.requests), readers(section.base)
        orders = [len(shown_orders(item, own.answers(study.answers))) for item in seeds]
        shown = Amount(fmean(orders), max(orders))
        once = fmean(orders[:: max(1, len(seeds) // STAND_INS)]) * len(stand_ins)
        prompts = shown.times(wanted * len(asked) / once)
        short = Amount(LABEL_TOKENS, own.answering.max_tokens)
        rows = shown.times(Amount(SHIFTED, 1)).times(wanted * len(cultures) * own.shifts.quantity)
        found = sizes(spread(asked, len(asked)), reader)
        return [
            _written_questions(section, seeds, wanted, readers(section.teacher or section.base)),
            work_of(asking.name, section.base, prompts, found, asked[0], short),
            tuning_work(section.base, rows, asked, reader, section.tuning),
        ]

    def build(self, place: Workplace, section: AdaptSection) -> Taught:
        """Ask, find the shifts, and make rows of them."""
        settings, own, survey = section.culturespa, place.study.answers, place.survey
        items = survey.select(place.study.survey.items)
        writing = QuestionStage(seen_items(place.study, survey), settings, avoid=items)
        questions: Questions = place.carry(writing, {"base": section.teacher or section.base})
        kept = questions.require()
        cultures = [survey.culture(code) for code in place.study.cultures.adapt]
        spoken, behind = survey.spoken_name, Backdrop(survey, own.backdrop)
        asking = AnswerStage(kept, cultures, settings, own, spoken, backdrop=behind)
        answers = place.carry(asking, {"base": section.base})
        shifts = find_shifts(answers, settings)
        taught = teaching_rows(shifts.shifts, kept, cultures, settings, own, spoken, behind)
        yields = (*questions.yields, *answers.yields, *shifts.yields, *taught.yields)
        return Taught(
            rows=taught.rows,
            yields=[asdict(each) for each in yields],
            drops=drop_rows(questions.drops),
            shifts=[each._asdict() for each in shifts.counts],
            overlaps=[each._asdict() for each in shifts.overlaps],
            cautions=tuple(_cautions(place.study, section, questions)),
        )


def _wanted(section: AdaptSection, seeds: Sequence[Item]) -> int:
    """How many questions are to be kept, on all topics."""
    own = section.culturespa.questions
    return own.per_topic * len(own.topics or {i.topic for i in seeds if i.wordings.get("en")})


def _written_questions(
    section: AdaptSection, seeds: Sequence[Item], wanted: int, reader: Reader
) -> Work:
    """Attempts to write a question, as long as those of the survey are."""
    own = section.culturespa.questions
    stage = QuestionStage(seeds, section.culturespa)
    asked = list(next(stage.rounds(nobody)).requests)
    texts = [as_json(item, item.wordings["en"][0]) for item in seeds if item.wordings.get("en")]
    bare, *full = (reader.read([Message("user", each)]) for each in ("", *texts))
    length = fmean(map(reader.tokens, full)) - reader.tokens(bare)
    return work_of(
        stage.name,
        section.teacher or section.base,
        Amount(min(wanted / KEPT, wanted * own.attempts), wanted * own.attempts),
        sizes(spread(asked, len(asked)), reader),
        asked[0],
        Amount(length, own.max_tokens),
        rows=min(len(asked), wanted),
    )


def _framings(study: Study, section: AdaptSection) -> Iterator[Framing]:
    settings = section.culturespa
    for name in (settings.answering.framing, settings.shifts.train_framing):
        yield find_framing(name, folders=study.answers.prompts)


def _cautions(study: Study, section: AdaptSection, questions: Questions) -> Iterator[str]:
    """What the rows were made with that the arms are measured on."""
    kept = sum(each.count for each in questions.yields if each.step == "leaks kept")
    if kept:
        yield (
            f"{section.id}: {kept} questions ask what is measured and were kept "
            '(questions.leaks = "keep"), so a part of the test was trained on.'
        )
    for said in dict.fromkeys(each.discloses for each in _framings(study, section)):
        if said:
            yield f"{section.id}, in asking or training: {said}"
