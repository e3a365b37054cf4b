"""CLCA as an adaptation of a study: scenarios, role-play, verdicts, intents, relevance, rows."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from acculturate.clca.clca_settings import ClcaSettings
from acculturate.clca.dialogue_tables import move_rows, rater_rows, talk_rows, verdict_rows
from acculturate.clca.estimate import estimate
from acculturate.clca.judges.dialogue_subject import DIALOGUE
from acculturate.clca.judges.people import cases_of
from acculturate.clca.judges.verdict_sheets import agreement_rows
from acculturate.clca.method import (
    SECOND_JUDGE,
    Learned,
    Made,
    RoleStage,
    audit_rows,
    dialogue_rows,
    learn,
)
from acculturate.clca.play.views import READS_OUT
from acculturate.clca.scenarios.adapting import AdaptStage
from acculturate.clca.scenarios.situations import scenario_files
from acculturate.clca.words import has_prompts, spoken
from acculturate.culture import Culture, language_name
from acculturate.culture.spoken import OWN, HasTexts, in_languages, without_own
from acculturate.errors import ConfigError
from acculturate.files import file_digest
from acculturate.methods import Adaptation, Addition, Carrier, Context, Taught
from acculturate.methods.export_table import MethodTable, method_tables
from acculturate.methods.judged import Subject
from acculturate.methods.kept_texts import DIALOGUES, dump_records, read_dialogue
from acculturate.methods.workload import Counter, Work
from acculturate.records.results.plain import row_of
from acculturate.records.yields import counted


class ClcaAdaptation(Adaptation):
    """Liu, Korhonen and Gurevych, ACL 2025, arXiv 2504.02953."""

    method: Literal["clca"]
    teacher: Annotated[
        str, Field(description="the model that writes; the base itself by default")
    ] = ""
    judge: Annotated[str, Field(description="the model that judges; the teacher by default")] = ""
    second_judge: Annotated[
        str, Field(description="a model that judges too, to be compared; it drops nothing")
    ] = ""
    partner: Annotated[str, Field(description="the model that plays the second character")] = ""
    clca: ClcaSettings = ClcaSettings()

    subjects: ClassVar[tuple[Subject, ...]] = (DIALOGUE,)
    roles: ClassVar[tuple[str, ...]] = ("teacher", "judge", "second_judge", "partner")
    title: ClassVar[str] = "CLCA [@clca]"
    tuning_presets: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "published-clca": {  # an adapter for each culture
            "rank": 4,
            "alpha": 0.1,
            "dropout": 0.5,
            "target": ("q_proj", "v_proj"),
            "embeddings": True,
            "quantised": "4bit",
            "learning_rate": 1e-4,
            "epochs": 3,
            "batch": 2,
            "accumulation": 4,
            "max_length": 2048,
        }
    }
    more: ClassVar[str] = (
        "take a teacher that follows instructions, play more dialogues (scenarios.count, "
        "roleplay.dialogues) or keep more of them (judging.keep)"
    )

    @classmethod
    def tuning_preset(cls, preset: str, grouping: str) -> str:
        return "published-clca" if preset == "published" else preset

    @model_validator(mode="after")
    def _partners_meet(self) -> Self:
        if self.clca.partner and not self.partner:
            raise ValueError(
                f"[[adapt]] {self.id}: clca.partner needs partner = the name of a model"
            )
        return self

    @property
    def settings(self) -> ClcaSettings:
        """Its settings, with whether a second model plays."""
        return self.clca.model_copy(update={"partner": bool(self.partner)})

    @property
    def refs(self) -> Mapping[str, str]:
        """The model behind each role: the base itself, unless another is named."""
        teacher = self.teacher or self.base
        refs = {
            "teacher": teacher,
            "partner": self.partner or teacher,
            "judge": self.judge or teacher,
        }
        return refs | ({SECOND_JUDGE: self.second_judge} if self.second_judge else {})

    def check(self, context: Context) -> None:
        """Raise `ConfigError` where situations, descriptors or the language are not there, or two
        judges are one.
        """
        if self.second_judge and self.second_judge == self.refs["judge"]:
            raise ConfigError(
                f"[[adapt]] {self.id}: second_judge '{self.second_judge}' is the judge itself: "
                "name another model, or leave it out."
            )
        AdaptStage(context.cultures, self.settings)

    def prompts(self, context: Context) -> Iterator[str]:
        """Yield what identifies the user's own scenario files; the prompts are the package's."""
        for folder in self.clca.scenarios.folders:
            for file in scenario_files(folder):
                yield file_digest(file)[:16]

    def estimate(self, context: Context, counts: Counter) -> Iterator[Work]:
        """Return the work of all dialogues, each played to its limit and each move read at once."""
        return estimate(self, self.settings, self.refs, context, counts)

    def build(self, context: Context, carrier: Carrier) -> Taught:
        """Play, judge, and make rows of what was kept."""
        refs = self.refs
        can_choose = {
            role: carrier.engine(refs[role]).can_choose
            for role in (SECOND_JUDGE, "judge")
            if role in refs
        }

        def carry(stage: RoleStage[Made], /) -> Made:
            return carrier.carry(stage, {role: refs[role] for role in stage.roles})

        learned = learn(
            context.cultures,
            self.settings,
            carry,
            can_choose=can_choose["judge"],
            second_can_choose=can_choose.get(SECOND_JUDGE),
        )
        dialogues = dialogue_rows(learned)
        return Taught(
            rows=learned.teaching.rows,
            yields=learned.yields,
            drops=counted(learned.drops),
            tables={
                "dialogues": [row_of(dialogue) for dialogue in dialogues],
                "audit": [row_of(count) for count in audit_rows(learned)],
            },
            files={DIALOGUES: dump_records(dialogues)} if dialogues else {},
            cautions=(
                *_of_turns(self.id, learned),
                *_of_prompts(self.id, learned),
                *_of_judging(self.id, learned),
                *_of_language(self.id, self.clca.language, context.cultures),
                *_of_persons(context),
            ),
        )

    @classmethod
    def examine(cls, folder: Path, taught: Mapping[str, Taught]) -> Addition:
        """Return how far judges and the people whose verdicts are kept in the run agree."""
        cases = {
            name: cases_of(name, map(read_dialogue, own.tables["dialogues"]))
            for name, own in taught.items()
        }
        rows, left_out = agreement_rows(folder, cases)
        return Addition({"raters": [row_of(row) for row in rows]}, tuple(left_out))

    @classmethod
    def export_tables(cls) -> tuple[MethodTable, ...]:
        """Return dialogues, their moves, verdicts on them, and how far raters agree."""
        rows = {
            "dialogues": talk_rows,
            "moves": move_rows,
            "verdicts": verdict_rows,
            "raters": rater_rows,
        }
        return method_tables(__package__, rows)

    @property
    def control(self) -> str | None:
        return self.clca.control

    @property
    def languages(self) -> tuple[str, ...]:
        return (self.clca.language,)

    def trained_in(self, culture: Culture, has_texts: HasTexts) -> tuple[str, ...]:
        """Return the one language in which a culture's people talk, which has prompts."""
        return (spoken(culture, self.clca.language),)

    @property
    def methods_notes(self) -> tuple[str, ...]:
        if self.clca.descriptors == "none":
            return ()
        return ("Cultures are described in words of dimensions [@culture-map] [@hofstede].",)


def _of_turns(name: str, learned: Learned) -> Iterator[str]:
    """Yield a caution where dialogues are kept of a model of which more than a quarter of the
    replies were no turn.
    """
    turns, kept = learned.dialogues.yields[0], learned.judged.kept
    if kept and 4 * turns.count < 3 * turns.of:
        yield (
            f"{name}: only {turns.count} of {turns.of} {turns.step}. A model that fails so often "
            f"also says what makes no sense, and no rule finds that: read the {len(kept)} "
            "dialogues that are kept before you trust what was learned, or take a larger teacher."
        )


def _of_prompts(name: str, learned: Learned) -> Iterator[str]:
    """Yield how often characters read out what they were told instead of playing it."""
    moves = sum(drop.reason == READS_OUT for drop in learned.dialogues.drops)
    dialogues = sum(drop.reason == READS_OUT for drop in learned.judged.drops)
    if moves or dialogues:
        yield (
            f"{name}: characters read out their prompt (goal, secret, background, the culture in "
            f"words) instead of playing it. Moves refused for it: {moves}; dialogues dropped for "
            f"it: {dialogues}. This rule does not find milder forms."
        )


def _of_language(name: str, language: str, cultures: Sequence[Culture]) -> Iterator[str]:
    """Yield which cultures are played in which language, where some have none with prompts."""
    lacking = without_own(cultures, has_prompts) if language == OWN else ()
    if lacking:
        spoken_in = ", ".join(
            f"{culture.code} in {language_name(spoken(culture, language))}" for culture in cultures
        )
        yield (
            f"{name}: there are no prompts in the language of {in_languages(lacking)}, so English "
            f"stands in: {spoken_in}."
        )


def _of_judging(name: str, learned: Learned) -> Iterator[str]:
    """Yield a caution where dialogues are kept though the judge is not sure of most of its verdicts
    on them.
    """
    kept = {dialogue.id for dialogue in learned.judged.kept}
    verdicts = [verdict for verdict in learned.judged.verdicts if verdict.dialogue in kept]
    unsure = sum(verdict.confidence in (None, "not sure") for verdict in verdicts)
    if 2 * unsure > len(verdicts):
        yield (
            f"{name}: the judge is not sure of {unsure} of {len(verdicts)} verdicts on the "
            f"{len(kept)} dialogues that are kept: read them before you trust what was learned, "
            'take a judge that can tell, or set judging.keep = "default".'
        )


def _of_persons(context: Context) -> Iterator[str]:
    """Yield a caution where the study looks at no single persons, which the paper does."""
    if context.survey.respondents is None:
        yield (
            f"Culture level only: the survey '{context.survey.name}' holds counts and no "
            "respondents, so single persons cannot be scored as in the CLCA paper."
        )
