"""Reading a study file: TOML, then a profile, then `--set section.key=value`, into a typed model.

Knows no section: the model that is read into says what there is. Every complaint names the file,
the key, what was expected, and the nearest known name.

    >>> read_value("3"), read_value("true"), read_value("no"), read_value('["a"]')
    (3, True, 'no', ['a'])
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from acculturate.bounded import DEEPEST, flaw_in, toml_tree
from acculturate.complaint import belonging, complaint, entry_ids
from acculturate.errors import ConfigError, nearest

Model = TypeVar("Model", bound=BaseModel)
Tree = dict[str, Any]

Seed = Annotated[int, Field(ge=0, lt=2**32)]
"""A random seed, as large as every library takes it."""
Count = Annotated[int, Field(ge=1, le=1_000_000)]
"""How often something is done, or how much of it is wanted: at most a million times."""
Heat = Annotated[float, Field(ge=0, le=100)]
"""A temperature at which texts are drawn."""


def read_toml(path: Path) -> Tree:
    """Return a TOML file as a tree; raises `ConfigError` for one that is not there or not TOML."""
    try:
        return toml_tree(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        siblings = (
            [str(file) for file in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        )
        hint = nearest(str(path), siblings)
        raise ConfigError(f"There is no study file {path}.{hint}") from None
    except IsADirectoryError:
        raise ConfigError(f"{path} is a folder: give a study file, FOLDER/NAME.toml.") from None
    except ValueError as error:
        raise ConfigError(f"{path} is not a TOML file: {error}.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None


def read_value(text: str) -> Any:
    """Return a value as TOML would read it; what TOML cannot read is a string.

    Raises `ConfigError` for a value beyond all bounds.
    """
    try:
        return toml_tree(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    except ValueError as error:
        raise ConfigError(f"The value '{text}' cannot be read: {error}.") from None


def apply_profile(tree: Tree, profile: str | None, path: Path) -> Tree:
    """Return the tree with `[profiles.NAME]` laid over it and the profiles taken out.

    `A+B` lays A and then B. Raises `ConfigError` for a profile that the file lacks.
    """
    tree = dict(tree)
    profiles = tree.pop("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(p, dict) for p in profiles.values()):
        raise ConfigError(f"{path}: profiles are tables, [profiles.NAME], each with its sections.")
    if profile is None:
        return tree
    for name in profile.split("+"):
        if name not in profiles:
            have = f"It has {', '.join(profiles)}." if profiles else "It has none."
            raise ConfigError(f"{path} has no profile '{name}'.{nearest(name, profiles)} {have}")
        tree = merge(tree, profiles[name])
    return tree


def merge(tree: Tree, over: Mapping[str, Any]) -> Tree:
    """Return `over` laid over `tree`: tables merge, lists of tables by entry, all else is replaced.

    A table over a list of tables goes over each of its entries.
    """
    out = dict(tree)
    for key, value in over.items():
        old = out.get(key)
        if isinstance(old, dict) and isinstance(value, Mapping):
            out[key] = merge(old, value)
        elif isinstance(old, list) and _tables(old) and isinstance(value, Mapping):
            out[key] = [merge(entry, value) for entry in old]
        elif isinstance(old, list) and _tables(old) and _tables(value):
            out[key] = _merge_lists(old, value)
        else:
            out[key] = value
    return out


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(x, dict) for x in value)


def _merge_lists(old: list[Tree], over: list[Tree]) -> list[Tree]:
    """Merge entries with the same `id`; entries without one go by their place."""
    out = [dict(entry) for entry in old]
    places = {_id(entry): place for place, entry in enumerate(out)}
    for place, entry in enumerate(over):
        at = places.get(_id(entry)) if "id" in entry else place
        if at is None or at >= len(out):
            out.append(entry)
        else:
            out[at] = merge(out[at], entry)
    return out


def _id(entry: Tree) -> str | None:
    """Return the id of an entry; None for none, and for what can be no id."""
    name = entry.get("id")
    return name if isinstance(name, str) else None


def apply_settings(
    tree: Tree, settings: Sequence[str], model: type[BaseModel] | None = None
) -> Tree:
    """Lay `section.key=value` settings over the tree; list entries go by id or number.

    Raises `ConfigError` for a setting that leads to no place, with the key that was meant as far
    as the tree, and the `model` that it will be read into, tell.
    """
    for setting in settings:
        key, equals, text = setting.partition("=")
        path = key.strip().split(".")
        if not equals or not all(path):
            raise ConfigError(
                f"The setting '{setting}' is not of the form section.key=value, for example "
                'cultures.measure=["CHN"] (on the command line: --set \'cultures.measure='
                '["CHN"]\').'
            )
        if len(path) > DEEPEST:
            raise ConfigError(f"The setting '{setting}' names a key more than {DEEPEST} deep.")
        tree = _Setting(setting, model, path).laid(tree, 0, read_value(text.strip()))
    return tree


class _Setting(NamedTuple):
    """One `--set` as it was typed, and the path of its key."""

    text: str
    model: type[BaseModel] | None
    path: Sequence[str]

    def laid(self, tree: Tree, at: int, value: Any) -> Tree:
        """Return the tree below the first `at` parts of the path, with the value laid over it."""
        head, *rest = self.path[at:]
        if not rest:
            return {**tree, head: value}
        child = tree.get(head, {})
        if isinstance(child, list):
            place = self._place(child, at + 1)
            if len(rest) > 1 and not isinstance(child[place], dict):
                raise self._no_section(f"{head}.{rest[0]}")
            entry = value if len(rest) == 1 else self.laid(child[place], at + 2, value)
            return {**tree, head: [*child[:place], entry, *child[place + 1 :]]}
        if not isinstance(child, dict):
            raise self._no_section(head)
        return {**tree, head: self.laid(child, at + 1, value)}

    def _no_section(self, name: str) -> ConfigError:
        return ConfigError(f"The setting '{self.text}': '{name}' holds a value, not a section.")

    def _place(self, entries: list[Any], at: int) -> int:
        """Return the number of the entry that a part of the path names, by its id or its number."""
        name, ids = self.path[at], list(map(str, entry_ids(entries)))
        if name in ids:
            return ids.index(name)
        if name in map(str, range(len(entries))):
            return int(name)
        key = ".".join(self.path[:at])
        wrong = f"The setting '{self.text}': there is no entry '{name}' in the list '{key}'."
        above = belonging(self.model, self.path[:at], self.path[at:])
        if (hint := nearest(name, ids)) and not above:
            raise ConfigError(f"{wrong}{hint}")
        if not any(isinstance(entry, dict) for entry in entries):
            raise ConfigError(f"{wrong} It holds values: give them all, as {key}='[...]'.")
        # who leaves the id out means a key of some entry
        rest = above or self.path[at:]
        whole = ".".join([key, ids[0] if len(ids) == 1 else "ID", *rest])
        which = f", where ID is one of {', '.join(ids)}" if len(ids) > 1 else ""
        raise ConfigError(f"{wrong} Its entries go by their id: write {whole}=...{which}.")


class Settings(BaseModel):
    """Settings, read from a file or built in Python: who builds wrong ones is told in one sentence,
    by a `ConfigError`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    def __init__(self, /, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            name = type(self).__name__
            raise ConfigError(f"{name}: {complaint(type(self), given, error)}") from None

    @model_validator(mode="before")
    @classmethod
    def _no_truth_for_a_number(cls, given: Any) -> Any:
        for key, value in given.items() if isinstance(given, Mapping) else ():
            field = cls.model_fields.get(key)
            if isinstance(value, bool) and field and not {bool, Any} & _kinds(field.annotation):
                word = str(value).lower()
                raise ValueError(f"'{key}' takes no true or false: write its value (given: {word})")
        return given

    # settings within settings are read by their own fields, and complained of with their whole path
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]


def _kinds(annotation: Any) -> set[Any]:
    """Return the types of which an annotation is made."""
    return {annotation}.union(*map(_kinds, get_args(annotation)))


class OverPreset(Settings):
    """Settings that lie over those of the preset that their field `preset` names."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """What each preset sets other than the fields' own defaults."""

    @classmethod
    def preset_values(cls, name: str) -> Mapping[str, Any]:
        """Return what a preset sets; raises `ValueError` where the model finds it unknown."""
        return cls.presets.get(name, {})

    @model_validator(mode="before")
    @classmethod
    def _lay_over_preset(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        return laid_under(given, cls.preset_values(str(given.get("preset", "default"))))


def beside(path: str, info: ValidationInfo) -> str:
    """Return the path of a file that lies beside the one that names it, where there is such a file;
    else the path as it is given, from the current folder.
    """
    folder = (info.context or {}).get("folder")
    near = folder / path if folder and path else None
    return str(near) if near and near.is_file() else path


def laid_under(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with defaults laid under what they say, and so within each table of theirs.

    A value in a table's place is left as it is, for its reader to complain of.
    """
    laid = {**defaults, **given}
    for key, values in defaults.items():
        part = laid[key]
        if isinstance(part, BaseModel):
            part = part.model_dump(exclude_unset=True)
        if isinstance(values, Mapping) and isinstance(part, Mapping):
            laid[key] = {**values, **part}
    return laid


def validate(
    model: type[Model], tree: Mapping[str, Any], where: str, folder: Path | None = None
) -> Model:
    """Read a tree into its model; raises `ConfigError` with the first complaint in one sentence.

    `folder` is where the tree's file lies: see `beside`.
    """
    if flaw := flaw_in(tree):
        path, reason = flaw
        raise ConfigError(f"{where}: '{'.'.join(map(str, path))}': {reason}.")
    try:
        return model.model_validate(tree, context={"folder": folder})
    except ValidationError as error:
        raise ConfigError(f"{where}: {complaint(model, tree, error)}") from None
