"""`[[adapt]]`: an adaptation, with what every method has; a method is a subclass.

    class Mine(Adaptation):
        method: Literal["mine"]
        teacher: str = ""                   a role: the name of a model in [models]
        mine: MySettings = MySettings()     its own settings: [adapt.mine]

        roles: ClassVar[tuple[str, ...]] = ("teacher",)

        def build(self, context, carrier): ...

Fields that are tables with a `seed` are seeded by the study. Keys of other methods are refused,
unless they say what those methods have by default (a study as it is written into its run folder).
"""

from abc import abstractmethod
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self, get_args

from pydantic import BaseModel, Field, TypeAdapter, ValidationError, model_validator

from acculturate.config import Settings, laid_under
from acculturate.culture import Culture
from acculturate.culture.spoken import OWN, HasTexts, own_language
from acculturate.errors import ConfigError
from acculturate.methods.context import Carrier, Context
from acculturate.methods.export_table import MethodTable
from acculturate.methods.grouping import Grouping
from acculturate.methods.judged import Subject
from acculturate.methods.taught import Tables, Taught
from acculturate.methods.workload import Counter, Work
from acculturate.patterns import NAME
from acculturate.plugins import METHODS
from acculturate.records import Item
from acculturate.tuning.tuning_settings import TuningSettings


class GainPart(NamedTuple):
    """A part of an arm's gain: the difference of two arms, each named by what it is a control by.

    An `arm` of None is the arm itself, an `against` of None what that arm is against.
    """

    name: str
    arm: str | None
    against: str | None


class Addition(NamedTuple):
    """What a method adds to the results of a study beside its tables: rows by name, cautions."""

    rows: Tables
    cautions: tuple[str, ...] = ()


class Adaptation(Settings):
    """What makes an adapter, as a study file says it."""

    roles: ClassVar[tuple[str, ...]] = ()
    """The fields that name models of the study."""
    subjects: ClassVar[tuple[Subject, ...]] = ()
    """The kinds of texts that it makes and people judge."""
    tuning_presets: ClassVar[Mapping[str, Mapping[str, object]]] = {}
    """Presets of `tuning` that the method brings, by name: settings other than the default."""
    title: ClassVar[str] = ""
    """What a methods section calls it, cited by a key of export/references.bib: `CLCA [@clca]`."""
    more: ClassVar[str] = "give it more to learn from"
    """What to type where it brought too few rows."""

    id: Annotated[
        str,
        Field(pattern=NAME, description="its name; arms use it as @ID"),
    ]
    method: str
    base: Annotated[
        str, Field(description="the model adapted: a name of [models], or @ID to build on it")
    ] = "base"
    preset: Annotated[
        Literal["default", "published"],
        Field(description="default values: ours, or those of the paper"),
    ] = "default"
    grouping: Annotated[
        Grouping, Field(description="one adapter for all cultures, one for each, or for groups")
    ] = "joint"
    groups: dict[str, tuple[str, ...]] = Field(
        default={}, description="where groups: names and their cultures"
    )
    tuning: TuningSettings = TuningSettings()

    @classmethod
    def tuning_preset(cls, preset: str, grouping: str) -> str:
        """Return the preset of `tuning` that goes with the method's own of that name."""
        return preset

    # -- what a method does -----------------------------------------------------------------------

    def check(self, context: Context) -> None:
        """Look up every name it will use; raises the error of the first that is wrong."""

    def prompts(self, context: Context) -> Iterator[str]:
        """Return digests of files beside the study that decide what it asks."""
        return iter(())

    @abstractmethod
    def estimate(self, context: Context, counts: Counter) -> Iterable[Work]:
        """Return the work of each stage in their order, the tuning last."""

    def trained_items(self, context: Context) -> tuple[Item, ...]:
        """Return the items whose answers or wordings it may use."""
        return context.seen

    @abstractmethod
    def build(self, context: Context, carrier: Carrier) -> Taught:
        """Return training rows, and how they came about."""

    @classmethod
    def examine(cls, folder: Path, taught: Mapping[str, Taught]) -> Addition:
        """Return what a run's results hold beside the tables of its adaptations by this method.

        `folder` is the run's, `taught` what each adaptation was taught, by its id.
        """
        return Addition({})

    @classmethod
    def export_tables(cls) -> tuple[MethodTable, ...]:
        """Return the tables that it adds to the exports of a run."""
        return ()

    # -- what it is to a study's verdict ----------------------------------------------------------

    @property
    def own(self) -> Any:
        """The settings of its method: the field that is named like it."""
        return getattr(self, self.method)

    @property
    def control(self) -> str | None:
        """What it is a control by, such as `shuffled`; None for one that is none."""
        return None

    @property
    def planted(self) -> float | None:
        """How far its arms are to lean as the people do on the items that it trained, in deviation
        slopes; None where the method aims at no such thing.
        """
        return None

    @property
    def ceiling(self) -> bool:
        """Whether it is taught the people's own answers to other items, so that its arms are the
        level which methods without such data are held against.
        """
        return False

    @property
    def target(self) -> Hashable:
        """The kind of its targets: a control counts where it is of the same kind as the arm."""
        return None

    @property
    def gain_parts(self) -> tuple[GainPart, ...]:
        """The parts into which a gain can be split, where the study has the arms for them."""
        return ()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its training rows: tags, or `culture` (each culture's own)."""
        return ("en",)

    def trained_in(self, culture: Culture, has_texts: HasTexts) -> tuple[str, ...]:
        """Return the tags in which a culture's rows are, each once; `has_texts` says in which
        languages the survey's questions are.
        """
        own = own_language(culture, has_texts)
        return tuple(dict.fromkeys(own if tag == OWN else tag for tag in self.languages))

    @property
    def methods_notes(self) -> tuple[str, ...]:
        """Sentences that a methods section needs beside its settings."""
        return ()

    def asking(self) -> dict[str, Any]:
        """Return all that decides what it asks, and of whom, as plain values."""
        own = self.own.model_dump(mode="json")
        return self.model_dump(mode="json", include=set(self.roles)) | {self.method: own}

    def seeds(self) -> tuple[int, ...]:
        """Return every seed that something is drawn with."""
        return tuple(getattr(self, name).seed for name in reversed(self.seeded()))

    def with_seed(self, seed: int) -> Self:
        """Return the same adaptation with everything that it draws drawn with another seed."""
        tables = {name: _with_seed(getattr(self, name), seed) for name in self.seeded()}
        return self.model_copy(update=tables)

    # -- how its table is read --------------------------------------------------------------------

    @classmethod
    def seeded(cls) -> tuple[str, ...]:
        """Return the names of its tables that have a seed."""
        return cls._tables_with("seed")

    @classmethod
    def _tables_with(cls, key: str) -> tuple[str, ...]:
        kinds = {name: field.annotation for name, field in cls.model_fields.items()}
        return tuple(name for name, kind in kinds.items() if key in _fields(kind))

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return cls._with_preset(_without_foreign(cls, given))

    @classmethod
    def _with_preset(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Set the preset of the method's settings and of the tuning, unless they name one."""
        preset = given.get("preset", "default")
        tuning = cls.tuning_preset(preset, str(given.get("grouping", "joint")))
        under = {str(given.get("method")): {"preset": preset}, "tuning": {"preset": tuning}}
        return laid_under(
            given, {key: under[key] for key in cls._tables_with("preset") if key in under}
        )

    @model_validator(mode="after")
    def _groups_meet(self) -> Self:
        if (self.grouping == "groups") != bool(self.groups):
            raise ValueError(
                f"[[adapt]] {self.id}: grouping = 'groups' and a [groups] table go together"
            )
        return self


def _with_seed(table: BaseModel, seed: int) -> BaseModel:
    """Return settings with a seed for all in them that is drawn, also what a control draws."""
    update: dict[str, Any] = {
        name: seed for name in ("seed", "control_seed") if name in type(table).model_fields
    }
    for name, value in table:
        if isinstance(value, BaseModel):
            update[name] = _with_seed(value, seed)
    return table.model_copy(update=update)


def find_method(name: str) -> type[Adaptation]:
    """Return the adaptation of a method.

    Raises `ConfigError` for a name that nobody brings, and for a package whose part is no method.
    """
    method = METHODS.find(name)
    if not (isinstance(method, type) and issubclass(method, Adaptation)):
        raise ConfigError(f"The method '{name}' is no acculturate.methods.Adaptation: {method!r}.")
    if get_args(method.model_fields["method"].annotation) != (name,):
        raise ConfigError(
            f"The method '{name}' is brought by {method.__name__}, whose field has to be "
            f'method: Literal["{name}"].'
        )
    if lacking := sorted(method.__abstractmethods__):
        raise ConfigError(
            f"The method '{name}' is brought by {method.__name__}, which has to define "
            f"{' and '.join(lacking)} (docs/extending.md)."
        )
    if name not in method.model_fields:
        raise ConfigError(
            f"The method '{name}' is brought by {method.__name__}, whose settings have to be a "
            f"field of that name, as in {name}: MySettings = MySettings()."
        )
    return method


def usable_methods() -> Iterator[type[Adaptation]]:
    """Return the adaptation of every method, without those of packages that do not load."""
    for name in METHODS.names:
        with suppress(ConfigError):
            yield find_method(name)


def find_subjects() -> dict[str, Subject]:
    """Return the kinds of texts that people judge, by name; the first method that brings a name has
    it.
    """
    kinds: dict[str, Subject] = {}
    for method in usable_methods():
        for subject in method.subjects:
            kinds.setdefault(subject.name, subject)
    return dict(sorted(kinds.items()))


def _without_foreign(cls: type[Adaptation], given: dict[str, Any]) -> dict[str, Any]:
    """Return the table without keys of other methods; raises `ValueError` where such a key says
    more than that method's default.
    """
    foreign = [key for key in given if key not in cls.model_fields]
    for other in usable_methods() if foreign else ():
        for key in [key for key in foreign if key in other.model_fields]:
            if not _is_default(other.model_fields[key], given[key]):
                raise ValueError(
                    f"[[adapt]] {given.get('id')}: its method is '{given.get('method')}', so what "
                    f"is for {_name(other)} would do nothing: take it out"
                )
            foreign.remove(key)
            given = {own: value for own, value in given.items() if own != key}
    return given


def _is_default(field: Any, given: Any) -> bool:
    """Return whether a value is a field's default, whatever its seed."""
    try:
        read = TypeAdapter(field.annotation).validate_python(given)
    except ValidationError:
        return False
    default = field.get_default(call_default_factory=True)
    if "seed" in _fields(field.annotation):
        read = read.model_copy(update={"seed": default.seed})
    return bool(read == default)


def _name(method: type[Adaptation]) -> str:
    return str(get_args(method.model_fields["method"].annotation)[0])


def _fields(kind: Any) -> Mapping[str, Any]:
    is_table = isinstance(kind, type) and issubclass(kind, BaseModel)
    return kind.model_fields if is_table else {}
