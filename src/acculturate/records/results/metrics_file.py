"""metrics.json: the results of a run, written once and read by whoever shows them.

The file says its schema. A file of that schema may lack parts (it is of an earlier version, or the
run has nothing for them), and may hold others, which are left unread. What does not fit is said in
one sentence with the file and the key.

    >>> results = results_of({"schema": 1, "rows": [], "meta": {"title": "a run"}}, "metrics.json")
    >>> results.meta.title
    'a run'
    >>> json.loads(results_text(results))["meta"]["title"]
    'a run'
"""

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from acculturate.bounded import json_tree
from acculturate.errors import ConfigError, NoRunError, StoreError
from acculturate.records.results.plain import Row, plain
from acculturate.records.results.run_results import RunMeta, RunResults

SCHEMA = 1
METRICS_FILE = "metrics.json"
METHOD_TABLES = ("raters", "yields", "drops", "shifts", "overlaps", "dialogues", "audit")
"""Tables of methods whose rows are records; others are kept as they are."""
SHOWN = 60
"""Characters of a wrong value that are repeated."""
EXPECTED = {
    "dataclass_type": "a row ({...})",
    "dataclass_exact_type": "a row ({...})",
    "tuple_type": "a list",
    "mapping_type": "a table ({...})",
    "dict_type": "a table ({...})",
    "missing": "a value",
}
"""What is due by the kind of an error, where the error does not say it well."""


def read_results(folder: Path) -> RunResults:
    """Return the results of a finished run from its folder.

    Raises `StoreError` where the file is missing, cannot be read, is of another schema, or holds
    what does not fit.
    """
    return results_of(read_tree(folder), folder / METRICS_FILE)


def read_tree(folder: Path) -> Any:
    """Return the parsed metrics.json of a run's folder; raises `StoreError` for none."""
    path = folder / METRICS_FILE
    try:
        return json_tree(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoRunError(
            f"There is no {METRICS_FILE} in {path.parent}, so it is no folder of a finished run: "
            "type `acculturate run STUDY.toml`, and give the folder that it names."
        ) from None
    except OSError as error:
        raise StoreError(f"{path} could not be read: {error.strerror or error}.") from None
    except ValueError as error:
        raise StoreError(
            f"{path} is not JSON ({error}). Run the study again: it writes the file anew."
        ) from None


def results_of(tree: Any, path: Path | str) -> RunResults:
    """Return the results that a parsed metrics.json holds; `path` names it in errors.

    Raises `StoreError` for another schema, and for what does not fit.
    """
    schema = tree.get("schema") if isinstance(tree, Mapping) else None
    if schema != SCHEMA:
        raise StoreError(
            f"{path} says schema {json.dumps(schema)}, but this version reads schema {SCHEMA}. "
            "Write the report with the version of acculturate that ran the study, or run it again."
        )
    parts = _given(tree)
    if isinstance(parts.get("meta"), Mapping):
        parts["meta"] = _with_method_tables(_given(parts["meta"]))
    try:
        results: RunResults = _adapter(RunResults).validate_python(parts)
    except ValidationError as error:
        raise StoreError(
            f"{path}: {_complaint(error)} Run the study again: it writes the file anew."
        ) from None
    return results


def results_text(results: RunResults) -> str:
    """Return results as the text of metrics.json."""
    return json.dumps(results_tree(results), indent=1, ensure_ascii=False)


def results_tree(results: RunResults) -> dict[str, Any]:
    """Return results as the JSON values of metrics.json."""
    meta: Any = plain(results.meta)
    own, tuning = meta.pop("method_tables"), meta.pop("tuning")
    return {
        "schema": SCHEMA,
        "rows": plain(results.rows),
        "meta": {**meta, **own, "tuning": tuning},
        "differences": plain(results.differences),
    }


def with_method_tables(meta: RunMeta, tables: Mapping[str, Sequence[Row]]) -> RunMeta:
    """Return `meta` with the tables that methods bring, by their names.

    Raises `ConfigError` for a name that another part of the results has, and for rows of a table of
    ours that lack what it shows.
    """
    own = {name: tuple(rows) for name, rows in tables.items() if name not in METHOD_TABLES}
    for name in own:
        if name in _parts():
            raise ConfigError(
                f"A method's table is called '{name}', which is another part of the results: give "
                "it another name."
            )
    known = {name: list(rows) for name, rows in tables.items() if name in METHOD_TABLES}
    try:
        read = _adapter(RunMeta).validate_python(known)
    except ValidationError as error:
        raise ConfigError(f"A method's table does not fit: {_complaint(error)}") from None
    held = {name: getattr(read, name) for name in known}
    return replace(meta, **held, method_tables=own)


def _given(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts that are there: one that is null is missing."""
    return {key: part for key, part in tree.items() if part is not None}


def _with_method_tables(meta: dict[str, Any]) -> dict[str, Any]:
    """Return `meta` with parts that are none of ours as tables of methods, where they are rows."""
    own = {key: rows for key, rows in meta.items() if key not in _parts() and _are_rows(rows)}
    return {key: part for key, part in meta.items() if key not in own} | {"method_tables": own}


def _are_rows(part: Any) -> bool:
    return isinstance(part, list) and all(isinstance(row, Mapping) for row in part)


@functools.cache
def _parts() -> frozenset[str]:
    """Return the names of the parts of `RunMeta` in metrics.json."""
    return frozenset(field.name for field in fields(RunMeta)) - {"method_tables"}


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _complaint(error: ValidationError) -> str:
    """Return the first thing that does not fit: its key, what is due, and what is there."""
    first = error.errors(include_url=False)[0]
    key = "".join(_key(first))
    due = EXPECTED.get(first["type"])
    if first["type"] == "missing":
        return f"the key '{key}' is missing."
    reason = f"expected {due}" if due else first["msg"][:1].lower() + first["msg"][1:]
    text = json.dumps(first["input"], default=repr)
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
    return f"'{key}': {reason}, and it is {shown}."


def _key(error: ErrorDetails) -> Iterator[str]:
    """Yield the path to what is wrong, as `meta.verdict.steps[0].answer`."""
    for place, part in enumerate(error["loc"]):
        yield f"[{part}]" if isinstance(part, int) else f"{'.' if place else ''}{part}"
