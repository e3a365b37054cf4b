"""CultureSPA as an adaptation of a study: questions, answers without and with a culture, rows."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from acculturate.culturespa.answering import AnswerStage
from acculturate.culturespa.brought import bring
from acculturate.culturespa.culturespa_settings import CultureSpaSettings
from acculturate.culturespa.estimate import estimate
from acculturate.culturespa.precision import shift_model
from acculturate.culturespa.question_subject import QUESTION
from acculturate.culturespa.question_tables import question_rows, shift_rows
from acculturate.culturespa.questions import Questions, QuestionStage
from acculturate.culturespa.rulebook import LEAKED
from acculturate.culturespa.self_judged import SelfJudgeStage
from acculturate.culturespa.semantic import check_encoder
from acculturate.culturespa.shift_files import kept_files
from acculturate.culturespa.shift_rows import teaching_rows
from acculturate.culturespa.shifts import Shifts, find_shifts
from acculturate.errors import ConfigError
from acculturate.files import file_digest
from acculturate.framing import Backdrop, Framing, find_framing
from acculturate.methods import Adaptation, Carrier, Context, GainPart, Taught
from acculturate.methods.export_table import MethodTable, method_tables
from acculturate.methods.judged import Subject
from acculturate.methods.workload import Counter, Work
from acculturate.records.results.plain import row_of
from acculturate.records.yields import counted

LORA: Mapping[str, object] = {"rank": 8, "alpha": 16.0, "learning_rate": 1e-4}


class CultureSpaAdaptation(Adaptation):
    """Xu, Leng, Yu and Xiong, NAACL 2025, arXiv 2410.12971, steps 1 to 3."""

    method: Literal["culturespa"]
    teacher: Annotated[
        str, Field(description="the model that writes questions; the base itself by default")
    ] = ""
    culturespa: CultureSpaSettings = CultureSpaSettings()

    subjects: ClassVar[tuple[Subject, ...]] = (QUESTION,)
    roles: ClassVar[tuple[str, ...]] = ("teacher",)
    title: ClassVar[str] = "CultureSPA [@culturespa]"
    tuning_presets: ClassVar[Mapping[str, Mapping[str, object]]] = {
        # one adapter for all cultures, and one for each
        "published": {**LORA, "batch": 4, "accumulation": 32},
        "published-specific": {**LORA, "batch": 1, "accumulation": 8},
    }
    more: ClassVar[str] = (
        "write more questions (questions.per_topic), select weaker shifts (shifts.strength), or "
        'teach what does not exceed the noise too (shifts.noise = "report")'
    )

    @classmethod
    def tuning_preset(cls, preset: str, grouping: str) -> str:
        specific = preset == "published" and grouping == "specific"
        return "published-specific" if specific else preset

    @property
    def writer(self) -> str:
        """The name of the model that writes questions."""
        return self.teacher or self.base

    def framings(self, context: Context) -> Iterator[Framing]:
        """Return the framings in which it asks and trains; raises for one that is not there."""
        own = self.culturespa
        for name in (own.answering.framing, own.shifts.train_framing):
            yield find_framing(name, folders=context.answers.prompts)

    def check(self, context: Context) -> None:
        """Raise `ConfigError` where framings are not there or do not speak for cultures, or topics
        have no items; `SurveyError` where a framing shows answers that a culture's people did not
        give.
        """
        for framing in self.framings(context):
            if framing.needs_persona:
                raise ConfigError(
                    f"[[adapt]] {self.id}: the framing '{framing.name}' speaks for single "
                    "respondents, and an adaptation is made for cultures: name another, such as "
                    "'aware'."
                )
            if framing.needs_people:
                context.survey.check_cultures(context.codes)
        if self.culturespa.questions.source:
            bring(self.culturespa.questions, context.seen)
        else:
            QuestionStage(context.seen, self.culturespa)
        check_encoder(self.culturespa.questions.encoder)
        if self.culturespa.answering.dtype != "auto":  # which needs a look at the model's files
            shift_model(self, context)

    def prompts(self, context: Context) -> Iterator[str]:
        """Yield what identifies the framings in which it asks and trains, and a table of
        questions.
        """
        yield from (framing.digest for framing in self.framings(context))
        if self.culturespa.questions.file:
            yield file_digest(self.culturespa.questions.file)

    def estimate(self, context: Context, counts: Counter) -> Iterator[Work]:
        """Return the work of the attempts, of the answers to the questions that it wants, and of
        the rows of their shifts.
        """
        return estimate(self, self.writer, context, counts)

    def build(self, context: Context, carrier: Carrier) -> Taught:
        """Ask, find the shifts, and make rows of them."""
        settings, own, survey = self.culturespa, context.answers, context.survey
        questions = self._questions(context, carrier)
        kept, cultures = questions.require(), context.cultures
        spoken, behind = survey.spoken_name, Backdrop(survey, own.backdrop)
        asking = AnswerStage(kept, cultures, settings, own, spoken, backdrop=behind)
        asked = shift_model(self, context)
        answers = carrier.carry(asking, {"base": asked})
        shifts = find_shifts(answers, settings)
        taught = teaching_rows(shifts.shifts, kept, cultures, settings, own, spoken, behind)
        dtype = carrier.engine(asked).identity.dtype
        paired = [replace(tally, note=f"in {dtype}") for tally in answers.yields]
        yields = (*questions.yields, *paired, *shifts.yields, *taught.yields)
        return Taught(
            rows=taught.rows,
            yields=yields,
            drops=counted(questions.drops),
            tables={
                "shifts": [row_of(count) for count in shifts.counts],
                "overlaps": [row_of(overlap) for overlap in shifts.overlaps],
            },
            files=kept_files(kept, shifts),
            cautions=tuple(self._cautions(context, questions, shifts)),
        )

    def _questions(self, context: Context, carrier: Carrier) -> Questions:
        """Return the questions that are brought, or else written by a model."""
        own = self.culturespa
        if own.questions.source:
            return bring(own.questions, context.seen, context.measured)
        writing = QuestionStage(context.seen, own, avoid=context.measured)
        written = carrier.carry(writing, {"base": self.writer})
        if not own.questions.self_judged:
            return written
        if not carrier.engine(self.writer).can_choose:
            raise ConfigError(
                f"[[adapt]] {self.id}: questions.self_judged asks '{self.writer}' for option "
                "probabilities, which it does not give: set it to 0, or name another teacher."
            )
        judging = SelfJudgeStage(written, context.seen, own)
        return carrier.carry(judging, {"base": self.writer})

    def _cautions(self, context: Context, questions: Questions, shifts: Shifts) -> Iterator[str]:
        """Yield what the rows were made with that the arms are measured on, what may be no shift,
        and that a writer failed more often than not.
        """
        yield from _of_writer(self.id, self.writer, questions)
        if shifts.noise and 2 * shifts.above < shifts.asked:
            excluded = self.culturespa.shifts.noise == "exclude"
            left = "were left out" if excluded else "may be taught"
            yield (
                f"{self.id}: {shifts.asked - shifts.above} of {shifts.asked} differences between "
                f"the answers with and without a culture do not exceed the noise and {left}; "
                f"{shifts.noise.told}."
            )
        kept = sum(tally.count for tally in questions.yields if tally.step == LEAKED)
        if kept:
            yield (
                f"{self.id}: {kept} questions ask what is measured and were kept "
                '(questions.leaks = "keep"), so a part of the test was trained on.'
            )
        for caution in dict.fromkeys(framing.discloses for framing in self.framings(context)):
            if caution:
                yield f"{self.id}, in asking or training: {caution}"

    @classmethod
    def export_tables(cls) -> tuple[MethodTable, ...]:
        """Return its questions, and how far each culture moved the answer to each."""
        return method_tables(__package__, {"questions": question_rows, "shifts": shift_rows})

    @property
    def control(self) -> str | None:
        return self.culturespa.control

    @property
    def target(self) -> Hashable:
        """Whether the position of options is kept or forgotten."""
        return self.culturespa.shifts.position

    @property
    def gain_parts(self) -> tuple[GainPart, ...]:
        """Culture: the arm less the same rows without their shifts. Position: what unlearning the
        position of options brings. Training: what training on one's own answers does.
        """
        forgets = self.culturespa.shifts.position == "forget"
        return (
            GainPart("culture", None, "position" if forgets else "gain-0"),
            GainPart("position", "position", None),
            GainPart("training", "gain-0", None),
        )

    def asking(self) -> dict[str, Any]:
        """Return all settings but those of the shifts, which are selected from what was asked."""
        own = self.culturespa.model_dump(mode="json", exclude={"shifts"})
        return {**super().asking(), self.method: own}


def _of_writer(name: str, writer: str, questions: Questions) -> Iterator[str]:
    """Yield a caution where most attempts of the writer made no question that the rules keep."""
    good, tried = questions.usable
    if 2 * good < tried:
        yield (
            f"{name}: only {good} of {tried} attempts of '{writer}' made a question that the rules "
            "keep. A writer that fails so often also writes questions that pass them and make no "
            f"sense: read the {len(questions.items)} kept ones before you trust what was learned, "
            "name a larger teacher, or bring questions (questions.from)."
        )
