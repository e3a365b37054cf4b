"""What adaptations built: training rows and how they came about, read back where they are kept.

    <id>.rows.jsonl     the rows
    <id>.built.json     what a report says of them: steps, drops, tables, cautions
    <id>.<ending>       the method's own texts

A mark in run.db names these files by their digests, and what they were built from: the study, the
source of this program and of the method's package, the models that were asked. It is kept behind
the files. It goes with the marks of rounds (store/done_part.py) where a reply is taken out or
changed, and where failures are to be asked again. Without it, or where anything is not as it says,
all is built anew from the replies (decisions/027-done-parts.md).
"""

import functools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from acculturate.bounded import json_tree
from acculturate.engines import Engine
from acculturate.files import file_digest, text_digest
from acculturate.methods import Adaptation, Taught
from acculturate.methods.context import Made
from acculturate.records import TrainingRow
from acculturate.records.results.plain import plain
from acculturate.records.yields import DropCount, Yield
from acculturate.runner import COUNTED, CollectingStage
from acculturate.store import DONE
from acculturate.study.checks import study_digest
from acculturate.study.workplace import Workplace
from acculturate.tuning.rows import KeptRows, dump_rows, rows_digest

BUILT = f"{DONE}of "
"""What stands before an adaptation's id where the store keeps its mark."""
ROWS, TOLD = ".rows.jsonl", ".built.json"
SOURCES = (".py", ".jinja", ".toml", ".txt", ".csv", ".tsv")


@dataclass(frozen=True)
class Built:
    """What an adaptation built. `rows` are those of each of its adapters, by their names; `file`
    has them all.
    """

    file: Path
    rows: Mapping[str, Sequence[TrainingRow]]
    read: Callable[[], Taught]

    @cached_property
    def taught(self) -> Taught:
        """How the rows came about."""
        return self.read()


class _Told(NamedTuple):
    """What is kept of `Taught` beside the rows and the texts."""

    yields: tuple[Yield, ...]
    drops: tuple[DropCount, ...]
    tables: dict[str, list[dict[str, Any]]]
    cautions: tuple[str, ...]


class _Mark(NamedTuple):
    """What is kept: `named` by what it was built from, `models` and `files` by their digests, the
    number of all rows and their digest, those of each adapter, how the stages' requests fared.
    """

    named: str
    models: dict[str, str]
    files: dict[str, str]
    all_rows: tuple[int, str]
    rows: dict[str, tuple[int, str]]
    counted: dict[str, Any]


TOLD_KIND, MARK = TypeAdapter(_Told), TypeAdapter(_Mark)


@dataclass(frozen=True)
class _Asking:
    """Carries a method's stages, and notes which models it asked, by their identities."""

    place: Workplace
    models: dict[str, str] = field(default_factory=dict)

    def carry(self, stage: CollectingStage[Made], refs: Mapping[str, str]) -> Made:
        made = self.place.carry(stage, refs)
        for role, engine in self.place.models.engines(refs).items():
            self.models[refs[role]] = engine.identity.digest
        return made

    def engine(self, ref: str) -> Engine:
        engine = self.place.engine(ref)
        self.models[ref] = engine.identity.digest
        return engine


def build(place: Workplace, section: Adaptation) -> Built:
    """Return an adaptation's training rows by its method: those that are kept, if they would come
    out.
    """
    within = replace(place, prefix=f"{section.id}: ")
    named = _digest(place, section)
    mark = _mark(within, section)
    if mark and mark.named == named and _is_whole(within, mark):
        return _kept(within, section, mark)
    return _fresh(within, section, named)


def _mark(place: Workplace, section: Adaptation) -> _Mark | None:
    """Return an adaptation's mark; None where there is none, or one that somebody wrote into."""
    try:
        mark = MARK.validate_python(place.store.fact(f"{BUILT}{section.id}"))
    except ValidationError:
        return None
    return mark if mark.rows.keys() == place.plan.adapters[section.id].keys() else None


def _is_whole(place: Workplace, mark: _Mark) -> bool:
    """Return whether the files of a mark are as it says, and the models those that were asked."""
    for name, digest in mark.files.items():
        path = place.store.folder / name
        if not path.is_file() or file_digest(path) != digest:
            return False
    return all(
        place.runner({ref: ref}).engines[ref].identity.digest == digest
        for ref, digest in mark.models.items()
    )


def _kept(place: Workplace, section: Adaptation, mark: _Mark) -> Built:
    """Return what is kept; its rows and tables are read when they are looked at."""
    folder = place.store.folder
    for stage, counted in mark.counted.items():
        place.store.keep(f"{COUNTED}{place.prefix}{stage}", counted)
    file = folder / f"{section.id}{ROWS}"
    codes = place.plan.adapters[section.id]
    rows = {name: KeptRows(file, codes[name], *own) for name, own in mark.rows.items()}

    def read() -> Taught:
        told = TOLD_KIND.validate_python(json_tree((folder / f"{section.id}{TOLD}").read_bytes()))
        return Taught(KeptRows(file, None, *mark.all_rows), **told._asdict())

    return Built(file, rows, read)


def _fresh(place: Workplace, section: Adaptation, named: str) -> Built:
    """Build all from the replies, asking what is missing, and keep it."""
    store, asking = place.store, _Asking(place)
    taught = section.build(place.plan.context, asking)
    texts = {**taught.files, TOLD: _told(taught), ROWS: dump_rows(taught.rows)}
    files = {ending: store.write(f"{section.id}{ending}", text) for ending, text in texts.items()}
    rows = {
        name: tuple(row for row in taught.rows if row.culture in codes)
        for name, codes in place.plan.adapters[section.id].items()
    }
    mark = _Mark(
        named,
        asking.models,
        {file.name: file_digest(file) for file in files.values()},
        (len(taught.rows), text_digest(texts[ROWS], 32)),
        {name: (len(own), rows_digest(own)) for name, own in rows.items()},
        store.facts(f"{COUNTED}{place.prefix}"),
    )
    store.keep(f"{BUILT}{section.id}", mark._asdict())
    return Built(files[ROWS], rows, lambda: taught)


def _told(taught: Taught) -> str:
    """Return what a report says of the rows, as the text of a file."""
    parts = (taught.yields, taught.drops, taught.tables, taught.cautions)
    return json.dumps(plain(dict(zip(_Told._fields, parts, strict=True))))


def _digest(place: Workplace, section: Adaptation) -> str:
    """Return what names all that an adaptation is built from, but for the models."""
    method = type(section).__module__.partition(".")[0]
    sources = [
        _source(package) for package in dict.fromkeys((__package__.partition(".")[0], method))
    ]
    return text_digest(json.dumps([study_digest(place.plan), section.id, *sources]), 32)


@functools.cache
def _source(package: str) -> str:
    """Return a digest of a package's code and texts; a new one each time where there is no file."""
    place = getattr(sys.modules[package], "__file__", None)
    if place is None:
        return uuid4().hex
    file = Path(place)
    inner = sorted(file.parent.rglob("*")) if file.name == "__init__.py" else [file]
    files = (path for path in inner if path.suffix in SOURCES)
    return text_digest("".join(f"{path.name} {file_digest(path)}\n" for path in files), 32)
