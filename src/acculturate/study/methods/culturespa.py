"""CultureSPA in a study: questions, answers without and with a culture, shifts, rows."""

from collections.abc import Iterator
from dataclasses import asdict

from acculturate.asking import shown_orders
from acculturate.culturespa.answering import AnswerStage
from acculturate.culturespa.questions import Questions, QuestionStage
from acculturate.culturespa.shifts import find_shifts
from acculturate.culturespa.teaching import teaching_rows
from acculturate.errors import ConfigError
from acculturate.framing import Backdrop, Framing, find_framing
from acculturate.study.methods.taught import Taught, drop_rows
from acculturate.study.schema import AdaptSection, Study
from acculturate.study.split import seen_items
from acculturate.study.workplace import Workplace
from acculturate.survey import Survey

TOKENS_PER_EXAMPLE = 70  # a survey item as JSON, with its turn
TOKENS_PER_ANSWER = 120  # framing, instruction and item


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
        self, study: Study, survey: Survey, section: AdaptSection
    ) -> list[tuple[str, int, int]]:
        """Attempts at most, and the answers to the questions that it wants."""
        questions, answering = section.culturespa.questions, section.culturespa.answering
        seeds = seen_items(study, survey)
        wanted = len(questions.topics or {item.topic for item in seeds}) * questions.per_topic
        own = section.culturespa.answers(study.answers)
        shown = [len(shown_orders(item, own)) for item in seeds]
        answers = round(wanted * sum(shown) / len(shown) * (1 + len(study.cultures.adapt)))
        if answering.kind == "sampled":
            answers *= answering.samples
        attempts = wanted * questions.attempts
        per_attempt = TOKENS_PER_EXAMPLE * (questions.examples + 1) + questions.max_tokens
        return [
            (f"{section.id}: questions, at most", attempts, attempts * per_attempt),
            (f"{section.id}: answers to them", answers, answers * TOKENS_PER_ANSWER),
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
            cautions=tuple(_cautions(place.study, section, questions)),
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
