"""A complaint: what of a tree does not fit the model that it is read into, in one sentence.

It names the key as it would be typed after `--set` (entries of a list by their id), what was
expected, and where a key that stands in a wrong place belongs. Knows no section: the model says
what there is.

    >>> entry_ids([{"id": "spa"}, {"size": 1}])
    ['spa', 1]
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from acculturate.errors import nearest
from acculturate.patterns import SAID

Models = tuple[type[BaseModel], ...]

_INNER = ("function-", "tuple[", "lax-or-strict[")
"""Beginnings of what pydantic names in a path that no file has."""

LONGEST_SHOWN = 80
"""Characters of a wrong value that a complaint repeats."""


def complaint(model: type[BaseModel], tree: Mapping[str, Any], error: ValidationError) -> str:
    """Return the first thing that is wrong; an unknown key is named first."""
    errors = error.errors(include_url=False)
    first = next((problem for problem in errors if problem["type"] == "extra_forbidden"), errors[0])
    path = [part for part in first["loc"] if not str(part).startswith(_INNER)]
    path, above = _walked(model, path)
    key = ".".join(map(str, _spelled(tree, path)))
    if first["type"] == "extra_forbidden":
        return _unknown(above, tree, path, key)
    if first["type"] == "missing":
        return f"the key '{key}' is missing."
    if first["type"] in ("tuple_type", "list_type") and isinstance(first["input"], dict):
        return f"'{key}' is a list of entries, and there are none: add a table [[{key}]] first."
    reason = first["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if first["type"] == "too_short" and not first["input"]:
        return f"'{key}' is an empty list: give at least {first['ctx']['min_length']}."
    if first["type"] == "string_pattern_mismatch":
        reason = SAID.get(first["ctx"]["pattern"], reason)
    if first["type"] in ("tuple_type", "too_short", "too_long"):
        reason = reason.replace("valid tuple", "list").replace("Tuple", "The list")
    if first["type"] == "path_type":
        reason = "input should be a path"
    given = "" if first["type"] == "value_error" else f" (given: {_shown(first['input'])})"
    place = f"'{key}': " if key and not reason.startswith("[[") else ""  # which names its entry
    end = "" if reason.endswith(("?", ".")) and not given else "."
    return f"{place}{reason[:1].lower()}{reason[1:]}{given}{end}"


def entry_ids(entries: Sequence[Any]) -> list[str | int]:
    """Return what each entry of a list goes by: its id, or its number where it has none."""
    return [
        str(entry["id"]) if isinstance(entry, dict) and "id" in entry else place
        for place, entry in enumerate(entries)
    ]


def belonging(
    model: type[BaseModel] | None, above: Sequence[str], rest: Sequence[str]
) -> Sequence[str]:
    """Return where `rest` belongs below the model at `above`, if its first key has one place there.

    Empty where it has none, or several, or where there is no model to tell.
    """
    inner = _walked(model, [*above, rest[0]])[1] if model else ()
    if any(rest[0] in _fields(candidate) for candidate in inner):
        return rest
    deeper = _all_below(inner, rest[0])
    return [*deeper[0], *rest[1:]] if len(deeper) == 1 else ()


def _unknown(above: Models, tree: Mapping[str, Any], path: Sequence[str | int], key: str) -> str:
    """Return an unknown key: where it belongs, or the nearest known one."""
    known = list(dict.fromkeys(key for model in above for key in _fields(model)))
    deeper = _all_below(above, str(path[-1]))
    if len(deeper) == 1:
        here = _spelled(tree, path[:-1])
        named = [*here, *_entries_named(_at(tree, path[:-1]), deeper[0])]
        hint = f" Did you mean '{'.'.join(map(str, named))}'?"
    else:
        hint = nearest(str(path[-1]), known)
    known_text = f" Known here: {', '.join(known)}." if known else ""
    return f"there is no key '{key}'.{hint}{known_text}"


def _spelled(tree: Any, path: Sequence[str | int]) -> list[str | int]:
    """Return a path with the ids of entries in place of their numbers."""
    spelled: list[str | int] = []
    for part in path:
        ids = entry_ids(tree) if isinstance(tree, list) else []
        spelled.append(ids[part] if isinstance(part, int) and part < len(ids) else part)
        tree = _at(tree, [part])
    return spelled


def _at(tree: Any, path: Iterable[str | int]) -> Any:
    """Return what stands at a path of a tree; None where nothing does."""
    for part in path:
        if isinstance(tree, Mapping):
            tree = tree.get(part)
        elif isinstance(tree, (list, tuple)) and isinstance(part, int) and part < len(tree):
            tree = tree[part]
        else:
            return None
    return tree


def _entries_named(tree: Any, path: Sequence[str]) -> Iterator[str | int]:
    """Yield a path through models, with the id of the one entry, or ID, where a list lies on it."""
    for part in path:
        yield part
        tree = _at(tree, [part])
        if isinstance(tree, list) and part != path[-1]:
            ids = entry_ids(tree)
            yield ids[0] if len(ids) == 1 else "ID"
            tree = _at(tree, [0])


def _all_below(models: Models, name: str) -> list[tuple[str, ...]]:
    """Return paths below any of the models at which there is a key of this name, once each."""
    return list(dict.fromkeys(path for model in models for path in _below(model, name)))


def _below(model: type[BaseModel], name: str) -> Iterator[tuple[str, ...]]:
    for key, field in _fields(model).items():
        inner = _models_in(field.annotation)
        if any(name in _fields(candidate) for candidate in inner):
            yield key, name
        else:
            yield from ((key, *path) for path in _all_below(inner, name))


def _walked(model: type[BaseModel], path: Iterable[Any]) -> tuple[list[Any], Models]:
    """Return a path as it is written in a file, and the models that its last part is a key of.

    Where a table is one of several that are told apart by a key, a path of pydantic's holds that
    key's value, which is left out.
    """
    written: list[Any] = []
    here: Models = (model,)
    above = here
    for part in path:
        if tagged := tuple(one for one in here if len(here) > 1 and part in _tags(one)):
            here = above = tagged
            continue
        written.append(part)
        above = here
        holding = [_fields(one)[part] for one in here if part in _fields(one)]
        if holding:
            here = tuple(inner for field in holding for inner in _models_in(field.annotation))
        # else an entry of a list, or the name of one in a table ([models.X]): stay here
    return written, above


def _fields(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """Return a model's fields by the keys that a file writes for them."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _tags(model: type[BaseModel]) -> set[Any]:
    """Return the values of a model's keys that have one."""
    kinds = [get_args(field.annotation) for field in model.model_fields.values()]
    return {kind[0] for kind in kinds if len(kind) == 1 and isinstance(kind[0], str)}


def _models_in(annotation: Any) -> Models:
    """Return the models inside `tuple[M, ...]`, `dict[str, M]`, `M | None` or `A | B`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(model for part in get_args(annotation) for model in _models_in(part))


def _shown(value: Any) -> str:
    """Return a value in a sentence: of a whole table only its beginning."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."
