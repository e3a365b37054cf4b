"""The study file: adaptations and arms compared on one survey, described by one TOML file.

Sections stand beside their owners; this module only says which there are. Precedence: command line
over environment over file over defaults. Unknown keys are an error that names the nearest one.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, Union

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    create_model,
    field_validator,
    model_serializer,
    model_validator,
)

from acculturate.asking import AnswerSettings
from acculturate.config import (
    Count,
    Seed,
    apply_profile,
    apply_settings,
    laid_under,
    read_toml,
    validate,
)
from acculturate.engines import DType, Quantised, usable_kinds
from acculturate.errors import ConfigError, nearest
from acculturate.evaluation.abilities.ability_settings import AbilitySettings
from acculturate.evaluation.neutral import NeutralSettings
from acculturate.executors import ExecutorName, RaySettings
from acculturate.methods import Adaptation
from acculturate.methods.adaptation import find_method, usable_methods
from acculturate.patterns import NAME
from acculturate.plugins import ENGINES, METHODS
from acculturate.study.arm_section import ArmSection, Section
from acculturate.study.paper_tables import TableSection
from acculturate.study.shipped_studies import study_path
from acculturate.study.survey_section import SurveySection


class StudySection(Section):
    """`[study]`: what the study is called and what decides it."""

    name: Annotated[
        str,
        Field(pattern=NAME, description="names the folder of the run"),
    ]
    title: Annotated[str, Field(description="the heading of the report")] = ""
    about: Annotated[
        str, Field(description="sentences for a reader, above everything else: what is shown")
    ] = ""
    profile: Annotated[str, Field(description="the profile laid over the file: --profile")] = ""
    seed: Annotated[Seed, Field(description="seed of everything that is drawn at random")] = 42
    seeds: Annotated[
        tuple[Seed, ...],
        Field(description="make each adaptation once for each of these; results are means"),
    ] = ()
    primary: Annotated[str, Field(description="the one metric that the verdict uses")] = "alignment"
    draws: Annotated[Count, Field(ge=100, description="bootstrap draws for intervals")] = 10_000
    bootstrap_items: Annotated[
        Literal["random", "fixed"], Field(description="are the items a sample, or all there is?")
    ] = "random"
    executor: Annotated[
        ExecutorName, Field(description="where models are asked: in this process, or on Ray")
    ] = "inline"
    ray: Annotated[RaySettings, Field(description="workers, where the executor is ray")] = (
        RaySettings()
    )


class MetricsSection(Section):
    """`[metrics]`: figures beside those that every study has."""

    more: Annotated[
        tuple[str, ...],
        Field(description="the field's measures by group, such as subpop (docs/metrics.md)"),
    ] = ()


class CulturesSection(Section):
    """`[cultures]`: whose people answers are compared with, and whom the model is adapted to."""

    measure: Annotated[
        tuple[str, ...],
        Field(min_length=1, description="codes of the cultures whose people are compared"),
    ]
    adapt: Annotated[
        tuple[str, ...], Field(description="codes of the cultures that the model is adapted to")
    ] = ()


def _alone(given: Any) -> Any:
    """Return the only entry of a list with one, None for an empty list; anything else as it is."""
    if isinstance(given, list | tuple) and len(given) < 2:
        return next(iter(given), None)
    return given


class ModelSection(Section):
    """`[models.X]`: a model, `[engine:]name[@revision]`, and a table for each engine that has
    settings, such as `[models.X.server]`.
    """

    name: Annotated[
        str, Field(description="a Hub id, a folder, embedded, or ENGINE:NAME such as server:NAME")
    ]
    dtype: Annotated[
        DType, Field(description="number format; auto: float32 on processors, bfloat16 on GPUs")
    ] = "auto"
    device: Annotated[
        str, Field(description="hf: auto (all GPUs), cpu, cuda:1; else the first GPU or cpu")
    ] = ""
    quantised: Annotated[
        Quantised | None, Field(description="hf: 4bit or 8bit weights, by bitsandbytes on a GPU")
    ] = None
    adapter: Annotated[
        Path | tuple[Path, ...] | None,
        BeforeValidator(_alone),
        Field(description="folder of an adapter made before, or of several, the lowest first"),
    ] = None
    trust_remote_code: Annotated[bool, Field(description="run code that comes with a model")] = (
        False
    )

    @property
    def adapters(self) -> tuple[Path, ...]:
        """Return the folders of its adapters, the lowest first."""
        several = self.adapter if isinstance(self.adapter, tuple) else (self.adapter,)
        return tuple(folder for folder in several if folder is not None)

    @model_serializer(mode="wrap")
    def _without_unused_engines(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out the tables of other packages' engines where a study sets nothing in them: which
        packages are installed must not change a study's digest.
        """
        told: dict[str, Any] = write(self)
        return {key: told[key] for key in told if key in OWN_KEYS or told[key] is not None}


OWN_KEYS = {*ModelSection.model_fields, *ENGINES.own}


def _told_engines() -> dict[str, Any]:
    """Return the tables of `[models.X]` that engines read, as fields."""
    settings = {name: kind.settings for name, kind in usable_kinds() if kind.settings}
    return {
        name: (setting | None, Field(None, description=(setting.__doc__ or "").partition("\n")[0]))
        for name, setting in settings.items()
        if name not in ModelSection.model_fields
    }


if not TYPE_CHECKING:
    ModelSection = create_model(
        "ModelSection", __base__=ModelSection, __module__=__name__, **_told_engines()
    )


def _known_method(given: Any) -> Any:
    """Raise `ValueError` for a method that nobody brings; a table without one is left as it is."""
    name = given.get("method") if isinstance(given, dict) else None
    if isinstance(name, str):
        try:
            find_method(name)
        except ConfigError as error:
            raise ValueError(f"[[adapt]] {given.get('id')}: {error}".removesuffix(".")) from None
    return given


if TYPE_CHECKING:
    AnyAdaptation = Adaptation
else:
    AnyAdaptation = Annotated[
        Union[tuple(usable_methods())],  # noqa: UP007
        Field(discriminator="method"),
        BeforeValidator(_known_method),
    ]
    """The table of whichever method `method` names."""


REPR_ARMS = 6
"""Arms that a study is printed with; the others are counted."""


class Study(Section):
    """A whole study."""

    study: StudySection
    survey: SurveySection = SurveySection()
    cultures: CulturesSection
    models: dict[str, ModelSection]
    answers: AnswerSettings = AnswerSettings()
    metrics: MetricsSection = MetricsSection()
    abilities: AbilitySettings = AbilitySettings()
    neutral: NeutralSettings = NeutralSettings()
    adapt: tuple[AnyAdaptation, ...] = ()
    arm: Annotated[tuple[ArmSection, ...], Field(min_length=1)]
    table: tuple[TableSection, ...] = ()

    def __repr__(self) -> str:
        arms = ", ".join(arm.id for arm in self.arm[:REPR_ARMS])
        more = f" and {len(self.arm) - REPR_ARMS} more" if len(self.arm) > REPR_ARMS else ""
        return (
            f"Study '{self.study.name}' on {self.survey.source}: cultures "
            f"{len(self.cultures.measure)}, adaptations {len(self.adapt)}, arms {arms}{more}"
        )

    __str__ = __repr__

    @model_validator(mode="before")
    @classmethod
    def _hand_seed_down(cls, given: Any) -> Any:
        """Give `study.seed`, or what it is where it is left out, to the sections that name no
        seed.
        """
        study = given.get("study") if isinstance(given, dict) else None
        if not isinstance(study, dict):
            return given
        seed = study.get("seed", StudySection.model_fields["seed"].default)
        laid = laid_under(given, {"answers": {"seed": seed}})
        if isinstance(laid.get("adapt"), list):
            laid["adapt"] = [_seeded(adaptation, seed) for adaptation in laid["adapt"]]
        return laid

    @field_validator("models")
    @classmethod
    def _has_base(cls, models: dict[str, ModelSection]) -> dict[str, ModelSection]:
        if "base" not in models:
            raise ValueError("there is no [models.base]: add one with a name, such as 'embedded'")
        return models

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        _unique([section.id for section in self.adapt], "[[adapt]]")
        _unique([arm.id for arm in self.arm], "[[arm]]")
        if len(set(self.study.seeds)) != len(self.study.seeds):
            raise ValueError("study.seeds names a seed twice: name each once, such as [1, 2, 3]")
        adapted = [f"@{section.id}" for section in self.adapt]
        for section in self.adapt:
            if self.adaptation(section.base) is None:
                _known(section.base, [*self.models, *adapted], f"[[adapt]] {section.id}: base")
            for role in section.roles:
                if getattr(section, role):
                    _known(
                        getattr(section, role), list(self.models), f"[[adapt]] {section.id}: {role}"
                    )
        for arm in self.arm:
            if self.adaptation(arm.model) is None:
                _known(arm.model, [*self.models, *adapted], f"[[arm]] {arm.id}: model")
            self._well_asked(arm)
        self._synonyms_are_used()
        used = [below.id for arm in self.arm for below in self.adapters_of(arm.model)]
        for section in self.adapt:
            if section.id not in used:
                raise ValueError(
                    f"[[adapt]] {section.id} is used by no [[arm]]: add one with model = "
                    f"'@{section.id}'"
                )
        return self

    def _well_asked(self, arm: ArmSection) -> None:
        """Raise `ValueError` for an arm whose keys contradict each other or its `against`."""
        if why := self.settings(arm).contradiction:
            raise ValueError(f"[[arm]] {arm.id}: {why}")
        if arm.against:
            arms = [arm.id for arm in self.arm]
            _known(arm.against, arms, f"[[arm]] {arm.id}: against")
            if arm.against == arm.id:
                raise ValueError(f"[[arm]] {arm.id} is against itself: name another arm")
            self._same_kind(arm, self.arm[arms.index(arm.against)])

    def _synonyms_are_used(self) -> None:
        """Raise `ValueError` for a file of synonyms that no arm is asked with."""
        using = [arm.id for arm in self.arm if "synonyms" in self.settings(arm).perturb]
        if self.answers.synonyms and not using:
            raise ValueError(f"answers.{_unused(self.answers.synonyms)}")
        for arm in self.arm:
            if arm.id not in using and (file := arm.own_answers.get("synonyms")):
                raise ValueError(f"[[arm]] {arm.id}: {_unused(file)}")

    def _same_kind(self, arm: ArmSection, against: ArmSection) -> None:
        kinds = self.settings(arm).kind, self.settings(against).kind
        if kinds[0] != kinds[1]:
            raise ValueError(
                f"[[arm]] {arm.id}: against '{against.id}', but its answers are {kinds[0]} and "
                f"those {kinds[1]}: a difference between two kinds of answer says nothing"
            )

    @property
    def run_name(self) -> str:
        """The name of its run folder: a profile's run is another than the whole study's."""
        return "-".join(filter(None, (self.study.name, self.study.profile)))

    def adaptation(self, ref: str) -> Adaptation | None:
        """Return the adaptation that a reference names, `@id` or `@id/adapter`; None for a plain
        model.
        """
        return next(
            (
                adaptation
                for adaptation in self.adapt
                if f"@{adaptation.id}" == ref.partition("/")[0]
            ),
            None,
        )

    def adapters_of(self, ref: str) -> tuple[Adaptation, ...]:
        """Return the adaptations whose adapters a reference stands on, the lowest first.

        Raises `ValueError` for some that are on top of each other in a circle.
        """
        chain: list[Adaptation] = []
        while (section := self.adaptation(ref)) is not None:
            if section in chain:
                raise ValueError(
                    _circle([adaptation.id for adaptation in chain[chain.index(section) :]])
                )
            chain.append(section)
            ref = section.base
        return tuple(chain[::-1])

    def adapted_bases(self, ref: str) -> tuple[str, ...]:
        """Return the references below a reference that name adapters, the lowest first."""
        bases = (section.base for section in self.adapters_of(ref))
        return tuple(base for base in bases if self.adaptation(base))

    def settings(self, arm: ArmSection) -> AnswerSettings:
        """Return how an arm is asked: `[answers]`, with keys of its own where it has any."""
        own = {key: value for key, value in arm.own_answers.items() if value is not None}
        return self.answers.model_copy(update=own)

    def control(self, arm: ArmSection) -> str | None:
        """Return what an arm is a control by, such as `shuffled`; None for one that is none."""
        section = self.adaptation(arm.model)
        return section.control if section else None


def _unused(synonyms: Path) -> str:
    return (
        f"synonyms names {synonyms}, and nothing is asked in its words: set perturb = "
        '["synonyms"] beside it, or leave synonyms out'
    )


def _seeded(given: Any, seed: Any) -> Any:
    """Return an adaptation's table with a seed for all that has one."""
    name = given.get("method") if isinstance(given, dict) else None
    if name not in METHODS.names:
        return given
    try:
        tables = find_method(name).seeded()
    except ConfigError:  # told where the table itself is read
        return given
    return laid_under(given, {key: {"seed": seed} for key in tables})


def _circle(names: list[str]) -> str:
    if len(names) == 1:
        return f"[[adapt]] {names[0]} is its own base: name a model, or another adaptation"
    return (
        f"[[adapt]] {', '.join(names[:-1])} and {names[-1]} are each other's base: name a model of "
        "[models] as the base of one of them"
    )


def _unique(names: list[str], where: str) -> None:
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise ValueError(f"{where} has two entries with the id '{twice[0]}'")


def _known(name: str, known: list[str], where: str) -> None:
    if name not in known:
        raise ValueError(
            f"{where} '{name}' is not defined.{nearest(name, known)} Known: {', '.join(known)}"
        )


def load_study(path: Path, profile: str | None = None, settings: tuple[str, ...] = ()) -> Study:
    """Read a study file, or a shipped study by its name, with a profile and `section.key=value`
    settings laid over it.

    Raises `ConfigError` with the file, the key, what was expected, and the nearest known name.
    """
    path = study_path(path)
    tree = apply_profile(read_toml(path), profile, path)
    if profile and isinstance(tree.get("study"), dict):
        tree["study"] = {**tree["study"], "profile": profile.replace("+", "-")}
    return validate(Study, apply_settings(tree, settings, Study), str(path), path.parent)
