"""The reference of study files, made from the schema that reads them: every section and key.

Descriptions, types, limits and defaults are those of the fields, so the page cannot say anything
that the code does not do. `make docs` makes it anew.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from acculturate.methods import Adaptation
from acculturate.methods.adaptation import usable_methods
from acculturate.study.schema import Study
from acculturate.tuning.tuning_settings import TuningSettings, presets

INTRODUCTION = """# Study file

A study file is a TOML file with the sections below. Only `[study]`, `[cultures]`, `[models.base]`
and one `[[arm]]` are required. An unknown key is an error that names the nearest known key.

- `acculturate run FILE` runs it. `--set section.key=value` changes a value for one run; an entry of
  a list is named by its id: `--set arm.aware.framing=country`.
- `[profiles.NAME]` holds sections that `--profile NAME` lays over the file
  ([Study files](../studies.md)).
- A path is relative to the current folder.

This page is made from the code that reads study files.
"""
PLAIN = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Path: "path",
    NoneType: "",
    Any: "any value",
}
LIMITS = {
    "ge": ("at least {:,}", max),
    "gt": ("above {:,}", max),
    "le": ("at most {:,}", min),
    "lt": ("below {:,}", min),
    "min_length": ("at least {:,} of them", max),
    "max_length": ("at most {:,} of them", min),
}
"""How a limit is said, and which of several holds."""
CEILING = 1_000_000
"""From here on, an upper limit only keeps out slips of the keyboard, and is not said."""
KEYS = '<div class="keys" markdown>'
"""Begins a table whose rows are set one below the other on a phone."""
COMMON = ("id", "method", "base", "preset", "grouping", "groups")
"""Keys that an `[[adapt]]` table of every method has."""
METHOD = "which method makes the adapter; it decides which table of settings is read"


def study_page() -> str:
    """Return the page in Markdown."""
    return "\n".join([INTRODUCTION, *_sections(Study, ())])


def described_fields() -> Iterator[tuple[str, FieldInfo]]:
    """Yield every key of a study file with its field, the key as a dotted path."""
    yield from _fields_below(Study, "")


def _fields_below(model: type[BaseModel], path: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        key = f"{path}.{name}".lstrip(".")
        inner = _models(field.annotation)
        if not inner and name != "method":
            yield key, field
        for below in inner:
            yield from _fields_below(below, key)


def _sections(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[str]:
    """Yield the sections below a model in their order: a heading, what it is for, its keys."""
    for name, field in model.model_fields.items():
        inner = _models(field.annotation)
        if inner and issubclass(inner[0], Adaptation):
            yield from _adaptations()
        elif len(inner) == 1:
            yield from _section(inner[0], (*path, *_names(name, field)), _listed(field))


def _section(model: type[BaseModel], path: tuple[str, ...], listed: bool) -> Iterator[str]:
    if path == ("arm", "answers"):  # the same keys as [answers], each of them optional
        yield f"## [{'.'.join(path)}]\n"
        names = ", ".join(f"`{name}`" for name in model.model_fields)
        yield f"Keys of `[answers]` that differ for this arm: {names}.\n"
        return
    head = f"[[{path[0]}]]" if listed else f"[{'.'.join(path)}]"
    yield f"## {head}\n"
    yield _said(model) + "\n"
    yield from _table(model.model_fields)
    yield from _preset_lines(model)
    yield from _sections(model, path)


def _adaptations() -> Iterator[str]:
    """Yield `[[adapt]]`: the keys of all methods, how adapters are trained, then each method's."""
    methods = list(usable_methods())
    common = {name: methods[0].model_fields[name] for name in COMMON}
    yield "## [[adapt]]\n"
    yield "One adaptation: a method makes training rows, and an adapter is trained on them.\n"
    names = ", ".join(f'`"{_method_name(method)}"`' for method in methods)
    yield "\n".join(_table(common)).replace(f'`"{_method_name(methods[0])}"`', names, 1)
    for method in methods:
        yield from _method(method)
    yield from _section(TuningSettings, ("adapt", "tuning"), listed=False)
    for name, values in presets().items():
        if values:
            yield f'`preset = "{name}"` sets {_values(values)}.\n'


def _method(method: type[Adaptation]) -> Iterator[str]:
    name = _method_name(method)
    own = {
        key: field
        for key, field in method.model_fields.items()
        if key not in COMMON and not _models(field.annotation)
    }
    if own:
        yield f'## [[adapt]] with method = "{name}"\n'
        yield f'Keys that only `method = "{name}"` has:\n'
        yield from _table(own)
    for key, field in method.model_fields.items():
        if key != "tuning":
            for model in _models(field.annotation):
                yield from _section(model, ("adapt", key), listed=False)


def _method_name(method: type[Adaptation]) -> str:
    [name] = get_args(method.model_fields["method"].annotation)
    return str(name)


def _table(fields: Mapping[str, FieldInfo]) -> Iterator[str]:
    rows = [
        " | ".join((f"| `{field.alias or name}`", _type(field), _default(field), text + " |"))
        for name, field in fields.items()
        if not _models(field.annotation)
        for text in [_said_of(name, field)]
    ]
    if rows:
        head = ["| key | type | default | what it says |", "|---|---|---|---|"]
        yield "\n".join([KEYS, "", *head, *rows, "", "</div>", ""])


def _preset_lines(model: type[BaseModel]) -> Iterator[str]:
    for name, values in getattr(model, "presets", {}).items():
        if values:
            yield f'`preset = "{name}"` sets {_values(values)}.\n'


def _values(values: Mapping[str, Any], path: str = "") -> str:
    """Return what a preset sets, such as ``questions.shared = 1``, with commas between."""
    return ", ".join(
        _values(value, f"{path}{key}.")
        if isinstance(value, Mapping) and value
        else f"`{path}{key} = {_toml(value)}`"
        for key, value in values.items()
    )


def _names(name: str, field: FieldInfo) -> tuple[str, ...]:
    """Return a section's part of the path; tables by a name of the user's have NAME in it."""
    return (name, "NAME") if get_origin(field.annotation) is dict else (name,)


def _listed(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is tuple


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Return the models of settings that an annotation holds, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def _said(model: type[BaseModel]) -> str:
    """Return a model's docstring in one paragraph, without the name that the heading has."""
    named = (kind.__doc__ for kind in model.__mro__ if kind.__module__.startswith("acculturate"))
    text = " ".join(next(filter(None, named), "").split())
    head, colon, rest = text.partition(": ")
    said = rest if colon and head.startswith("`[") else text
    return said[:1].upper() + said[1:]


def _type(field: FieldInfo) -> str:
    annotation = _annotated_type(field.annotation)
    limits = _limits(field.metadata)
    return f"{annotation}, {limits}" if limits else annotation


def _annotated_type(annotation: Any) -> str:
    """Return a type in words, such as ``list of text``."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        limits = _limits(parts[1:])
        text = _annotated_type(parts[0])
        return f"{text} {limits}" if limits else text
    if origin is Literal:
        return ", ".join(f"`{_toml(value)}`" for value in parts)
    if origin in (Union, UnionType):
        return " or ".join(filter(None, dict.fromkeys(map(_annotated_type, parts))))
    if origin is tuple and Ellipsis not in parts:
        return f"[{', '.join(map(_annotated_type, parts))}]"
    if origin in (tuple, list, frozenset):
        return f"list of {_annotated_type(parts[0])}"
    if origin is dict:
        return f"table of {_annotated_type(parts[1])} by name"
    return PLAIN[annotation]


def _limits(metadata: Any) -> str:
    """Return what a value is bounded by, such as ``at least 1``."""
    marks = [
        limit
        for mark in metadata
        for limit in (mark.metadata if isinstance(mark, FieldInfo) else [mark])
    ]
    said = []
    for name, (text, strictest) in LIMITS.items():
        values = [getattr(mark, name) for mark in marks if getattr(mark, name, None) is not None]
        if values and (strictest is max or min(values) < CEILING):
            said.append(text.format(strictest(values)))
    return " and ".join(said)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return "none" if value in (None, "", (), {}) else f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    """Return a value as it is written in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Mapping):
        return "{}"
    return (
        f'"{value}"'
        if isinstance(value, str | Path)
        else f"{value:_}"
        if _long(value)
        else str(value)
    )


def _long(value: Any) -> bool:
    return isinstance(value, int) and abs(value) >= 10_000


def _said_of(name: str, field: FieldInfo) -> str:
    text = METHOD if name == "method" else field.description or ""
    return " ".join(text.split()).replace("|", "\\|")
