"""Reading a study file: TOML, then a profile, then `--set section.key=value`, into a typed model.

Knows no section: the model that is read into says what there is. Every complaint names the file,
the key, what was expected, and the nearest known name.

    >>> read_value("3"), read_value("true"), read_value("no"), read_value('["a"]')
    (3, True, 'no', ['a'])
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from acculturate.errors import ConfigError, nearest

Model = TypeVar("Model", bound=BaseModel)
Tree = dict[str, Any]

LONGEST_SHOWN = 80
"""Characters of a wrong value that a complaint repeats."""


def read_toml(path: Path) -> Tree:
    """A TOML file as a tree; raises `ConfigError` for one that is not there or not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        siblings = (
            [str(each) for each in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        )
        hint = nearest(str(path), siblings)
        raise ConfigError(f"There is no study file {path}.{hint}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not a TOML file: {error}.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None


def read_value(text: str) -> Any:
    """A value as TOML would read it; what TOML cannot read is a string."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def apply_profile(tree: Tree, profile: str | None, path: Path) -> Tree:
    """The tree with `[profiles.NAME]` laid over it and the profiles taken out."""
    tree = dict(tree)
    profiles = tree.pop("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(p, dict) for p in profiles.values()):
        raise ConfigError(f"{path}: profiles are tables, [profiles.NAME], each with its sections.")
    if profile is None:
        return tree
    if profile not in profiles:
        have = f"It has {', '.join(profiles)}." if profiles else "It has none."
        raise ConfigError(f"{path} has no profile '{profile}'.{nearest(profile, profiles)} {have}")
    return merge(tree, profiles[profile])


def merge(tree: Tree, over: Mapping[str, Any]) -> Tree:
    """`over` laid over `tree`: tables merge, lists of tables by entry, all else is replaced.

    A table over a list of tables goes over each of its entries.
    """
    out = dict(tree)
    for key, value in over.items():
        old = out.get(key)
        if isinstance(old, dict) and isinstance(value, Mapping):
            out[key] = merge(old, value)
        elif isinstance(old, list) and _tables(old) and isinstance(value, Mapping):
            out[key] = [merge(each, value) for each in old]
        elif isinstance(old, list) and _tables(old) and _tables(value):
            out[key] = _merge_lists(old, value)
        else:
            out[key] = value
    return out


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(x, dict) for x in value)


def _merge_lists(old: list[Tree], over: list[Tree]) -> list[Tree]:
    """Entries with the same `id` merge; entries without one go by their place."""
    out = [dict(each) for each in old]
    places = {each.get("id"): place for place, each in enumerate(out)}
    for place, each in enumerate(over):
        at = places.get(each["id"]) if "id" in each else place
        if at is None or at >= len(out):
            out.append(each)
        else:
            out[at] = merge(out[at], each)
    return out


def apply_settings(tree: Tree, settings: Sequence[str]) -> Tree:
    """Lay `section.key=value` settings over the tree; list entries go by id or number."""
    for setting in settings:
        key, equals, text = setting.partition("=")
        path = key.strip().split(".")
        if not equals or not all(path):
            raise ConfigError(
                f"--set '{setting}' is not of the form section.key=value, for example "
                "--set cultures.measure='[\"CHN\"]'."
            )
        tree = _set(tree, path, read_value(text.strip()), setting)
    return tree


def _set(tree: Tree, path: Sequence[str], value: Any, setting: str) -> Tree:
    head, rest = path[0], path[1:]
    if not rest:
        return {**tree, head: value}
    child = tree.get(head, {})
    if isinstance(child, list):
        place = _place(child, rest[0], setting)
        if len(rest) > 1 and not isinstance(child[place], dict):
            raise ConfigError(
                f"--set '{setting}': '{head}.{rest[0]}' holds a value, not a section."
            )
        entry = value if len(rest) == 1 else _set(child[place], rest[1:], value, setting)
        return {**tree, head: [*child[:place], entry, *child[place + 1 :]]}
    if not isinstance(child, dict):
        raise ConfigError(f"--set '{setting}': '{head}' holds a value, not a section.")
    return {**tree, head: _set(child, rest, value, setting)}


def _place(entries: list[Any], name: str, setting: str) -> int:
    ids = [
        str(each.get("id", place) if isinstance(each, dict) else place)
        for place, each in enumerate(entries)
    ]
    if name in ids:
        return ids.index(name)
    if name.isdigit() and int(name) < len(entries):
        return int(name)
    raise ConfigError(f"--set '{setting}': there is no entry '{name}'.{nearest(name, ids)}")


def over_preset(given: Any, presets: Mapping[Any, Mapping[str, Mapping[str, Any]]]) -> Any:
    """Settings in tables laid over those of the preset that they name; no table: as it is."""
    if not isinstance(given, dict):
        return given
    laid = dict(given)
    for name, values in presets.get(given.get("preset", "default"), {}).items():
        section = laid.get(name, {})
        if isinstance(section, BaseModel):
            section = section.model_dump(exclude_unset=True)
        laid[name] = {**values, **section} if isinstance(section, dict) else section
    return laid


def validate(model: type[Model], tree: Mapping[str, Any], where: str) -> Model:
    """Read a tree into its model; raises `ConfigError` with the first complaint in one sentence."""
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        raise ConfigError(_sentence(model, error, where)) from None


def _sentence(model: type[BaseModel], error: ValidationError, where: str) -> str:
    """The first complaint; an unknown key is named with the nearest known one."""
    found = error.errors(include_url=False)
    first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
    path = [part for part in first["loc"] if not str(part).startswith("function-")]
    key = ".".join(map(str, path))
    if first["type"] == "extra_forbidden":
        known = _fields(model, path[:-1])
        hint = nearest(str(path[-1]), known)
        known_text = f" Known here: {', '.join(known)}." if known else ""
        return f"{where}: there is no key '{key}'.{hint}{known_text}"
    if first["type"] == "missing":
        return f"{where}: the key '{key}' is missing."
    said = first["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    given = "" if first["type"] == "value_error" else f" (given: {_shown(first['input'])})"
    place = f"'{key}': " if key else ""
    return f"{where}: {place}{said[:1].lower()}{said[1:]}{given}."


def _shown(value: Any) -> str:
    """A value in a sentence: of a whole table only its beginning."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."


def _fields(model: Any, path: Iterable[Any]) -> list[str]:
    """The keys known at a place of a model, looked up through its fields' types."""
    for part in path:
        if isinstance(part, int):
            continue
        fields = getattr(model, "model_fields", {})
        if part not in fields:
            # a table of named entries ([models.X]), or the tag of a union: stay where we are
            continue
        model = _inner(fields[part].annotation)
    return list(getattr(model, "model_fields", {}))


def _inner(annotation: Any) -> Any:
    """The model inside `tuple[M, ...]`, `dict[str, M]` or `M | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for each in get_args(annotation):
        found = _inner(each)
        if found is not None:
            return found
    return None
