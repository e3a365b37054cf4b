"""The shelf: surveys that a user imported, kept in the user's data folder and read in a moment.

    <data folder>/surveys/<name>/survey.json          items, cultures, source, findings, checksums
    <data folder>/surveys/<name>/<kind>-<digest>.parquet   the answers

The data folder is platformdirs' `user_data_dir("acculturate")`, or ACCULTURATE_DATA. survey.json is
written last and by rename, and names its Parquet file by its digest, so that an import is there
whole or not at all. Nothing on the shelf is ever sent anywhere.

    >>> from acculturate.survey.shelf import import_survey, check_survey
    >>> entry = import_survey("WVS_Cross-National_Wave_7_csv_v6_0.csv", "wvs7")  # doctest: +SKIP
    >>> [str(finding) for finding in check_survey("wvs7")]  # doctest: +SKIP
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from acculturate.bounded import json_tree
from acculturate.errors import AcculturateError, SurveyError, first_line, unknown
from acculturate.files import file_digest, write_whole
from acculturate.sheets.findings import Finding, Findings
from acculturate.survey.model import Survey
from acculturate.survey.shipped import SURVEYS

FOLDER = "ACCULTURATE_DATA"
SCHEMA = 2
NO_ANSWERS = 1  # the schema before answers and no answers were told apart
KEYS: Mapping[str, type] = {
    "kind": str, "title": str, "format": str, "items": list, "cultures": list, "respondents": int,
    "weighted": bool, "source": dict, "findings": list, "data": str, "data_bytes": int,
    "data_sha256": str, "notice": str, "spoken_name": str, "own": list, "groups": dict,
}  # fmt: skip
"""What a record holds."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A survey on the shelf. `kind` is "respondents" or "marginals"."""

    name: str
    title: str
    format: str
    kind: str
    items: int
    cultures: tuple[str, ...]
    respondents: int
    weighted: bool
    source: str
    findings: tuple[Finding, ...]


def shelf_folder() -> Path:
    """Return the folder that holds imported surveys."""
    own = os.environ.get(FOLDER)
    if own:
        return Path(own) / "surveys"
    from platformdirs import user_data_dir

    return Path(user_data_dir("acculturate")) / "surveys"


def import_survey(
    file: Path | str,
    name: str,
    *,
    format: str = "auto",  # noqa: A002  # the word that the command line uses
    layout: Path | str | None = None,
    delimiter: str = "",
    encoding: str = "",
    language: str = "en",
    drop: bool = False,
    replace_old: bool = False,
) -> Entry:
    """Read a file once and keep it under `name`.

    Raises `SurveyError` with rows and columns where the file says what it cannot mean; with `drop`
    such rows and cells are left out, and the findings kept.
    """
    from acculturate.survey.formats import ReadOptions, read_survey

    path = Path(file)
    folder = shelf_folder() / _checked(name, replace_old)
    if not path.exists():
        raise SurveyError(f"There is no file {path}: give the path of the data file.")
    findings = Findings(path.name)
    options = ReadOptions(
        format=format,
        layout=Path(layout) if layout is not None else None,
        delimiter=delimiter,
        encoding=encoding,
        language=language,
    )
    kind, survey = read_survey(path, options, findings)
    if not drop:
        findings.stop_at_errors()
    compare_with_builtin(survey, findings)
    source = {"file": path.name, "sha256": file_digest(path) if path.is_file() else ""}
    _keep(folder, replace(survey, name=name), kind, source, findings)
    return read_entry(name)


def shelf_names() -> tuple[str, ...]:
    """Return the names of the surveys on the shelf."""
    folder = shelf_folder()
    return tuple(sorted(path.parent.name for path in folder.glob("*/survey.json")))


def read_entry(name: str) -> Entry:
    """Return what is known of a survey without reading its answers."""
    record = _record(name)
    with _as_written(name):
        return Entry(
            name=name,
            title=record["title"],
            format=record["format"],
            kind=record["kind"],
            items=len(record["items"]),
            cultures=tuple(record["cultures"]),
            respondents=record["respondents"],
            weighted=record["weighted"],
            source=record["source"]["file"],
            findings=tuple(Finding(**finding) for finding in record["findings"]),
        )


def take_survey(name: str) -> Survey:
    """Return a survey from the shelf; raises `SurveyError` where it is not there or not whole."""
    from acculturate.survey.parquet import unpack

    record = _record(name)
    data = _data(name, record)
    with _as_written(name):
        return unpack(name, record, data)


def check_survey(name: str) -> tuple[Finding, ...]:
    """Look at a survey again: its checksum, what its import found, how it compares. One that is
    built in has no checksum.

    Raises `SurveyError` where the file on the shelf is not the one that was imported.
    """
    if name in SURVEYS:
        return _check_builtin(name)
    record = _record(name)
    if file_digest(_data(name, record)) != record["data_sha256"]:
        raise SurveyError(
            f"The survey '{name}' was changed since its import: import it again from "
            f"{record['source']['file']} with --replace."
        )
    survey = take_survey(name)
    again = Findings(name)
    again.note(f"checksum right: {record['data_sha256'][:12]}")
    compare_with_builtin(survey, again)
    return tuple(dict.fromkeys([*again.all, *read_entry(name).findings]))


def _check_builtin(name: str) -> tuple[Finding, ...]:
    findings = Findings(name)
    findings.note("built in: it comes with this package, and no file was imported")
    compare_with_builtin(SURVEYS[name](), findings)
    return tuple(findings.all)


def compare_with_builtin(survey: Survey, findings: Findings) -> None:
    """Tell how far a survey's shares are from the built-in counts, where both have an item.

    The same survey, unweighted, is 0 from them; a scale read the wrong way is far.
    """
    from acculturate.survey.likeness import odd_items

    for finding in odd_items(survey):
        findings.all.append(finding)


def _checked(name: str, replace_old: bool) -> str:
    if not _NAME.fullmatch(name) or name in SURVEYS:
        raise SurveyError(
            f"A survey cannot be called '{name}': expected letters, digits, '.', '_' and '-', and "
            f"none of {', '.join(SURVEYS)}."
        )
    if (shelf_folder() / name / "survey.json").is_file() and not replace_old:
        raise SurveyError(
            f"There is a survey '{name}' already: give --replace to import it anew, or another "
            "--name."
        )
    return name


def _keep(
    folder: Path, survey: Survey, kind: str, source: Mapping[str, str], findings: Findings
) -> None:
    """Write the data, then survey.json by rename, then drop the data that it no longer names."""
    from acculturate.survey.parquet import pack

    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"draft-{uuid4().hex[:8]}"
    try:
        record = pack(survey, draft)
        data_sha256 = file_digest(draft)
        data = f"{record['kind']}-{data_sha256[:12]}.parquet"
        draft.replace(folder / data)
    finally:
        draft.unlink(missing_ok=True)
    record |= {
        "schema": SCHEMA,
        "format": kind,
        "source": dict(source),
        "data": data,
        "data_sha256": data_sha256,
        "data_bytes": (folder / data).stat().st_size,
        "findings": [asdict(finding) for finding in findings.all],
    }
    write_whole(folder / "survey.json", json.dumps(record, ensure_ascii=False, indent=1))
    for old in folder.glob("*.parquet"):
        if old.name != data:
            old.unlink()


def _readable(record: Mapping[str, Any]) -> bool:
    """Return whether the record is of this version, or an older one whose counts are right as they
    are.
    """
    if record.get("schema") == NO_ANSWERS:
        # GlobalOpinionQA's shares held "DK/Refused" among the opinions
        return record.get("format") != "globalopinionqa"
    return record.get("schema") == SCHEMA


def _data(name: str, record: Mapping[str, Any]) -> Path:
    """Return the file of the answers; one of another size is another file."""
    path = shelf_folder() / name / str(record["data"])
    if not path.is_file() or path.stat().st_size != record["data_bytes"]:
        raise SurveyError(
            f"The survey '{name}' has lost its file {record['data']}, or it was changed: import it "
            f"again from {record['source']['file']} with --replace."
        )
    return path


def _record(name: str) -> dict[str, Any]:
    path = shelf_folder() / name / "survey.json"
    if not path.is_file() and name in SURVEYS:
        raise SurveyError(f"The survey '{name}' is built in and not among the imported ones.")
    if not path.is_file():
        from acculturate.survey.builtin import DOWNLOAD

        known = [*SURVEYS, *shelf_names()]
        how = (
            DOWNLOAD if name == "wvs7" else "`acculturate survey import FILE --name NAME` adds one."
        )
        raise SurveyError(f"{unknown('survey', name, known)} {how}")
    try:
        record: Any = json_tree(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SurveyError(
            f"{path} is not readable ({error}): import the survey again with --replace."
        ) from error
    if not isinstance(record, dict) or not _readable(record):
        raise SurveyError(
            f"The survey '{name}' was imported by another version: import it again with --replace."
        )
    for key, kind in KEYS.items():
        if not isinstance(record.get(key), kind):
            raise _changed(name, f"its '{key}' is {'missing' if key not in record else 'wrong'}")
    if not isinstance(record["source"].get("file"), str) or "/" in record["data"]:
        raise _changed(name, "its 'source' or its 'data' names no file")
    return record


def _changed(name: str, how: str) -> SurveyError:
    return SurveyError(
        f"The record {shelf_folder() / name / 'survey.json'} was changed ({how}): import the "
        "survey again with --replace."
    )


@contextmanager
def _as_written(name: str) -> Iterator[None]:
    """Say in one sentence what a record means that was changed by hand below its keys."""
    try:
        yield
    except AcculturateError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, LookupError, OverflowError) as error:
        raise _changed(name, f"{type(error).__name__}: {first_line(error)}") from error
