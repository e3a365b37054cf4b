"""Formats: which reader takes a file, told by its columns or by its name.

wvs7               WVS-7's cross-national file: CSV with codes, label export, SPSS, Stata
evs-wvs            joint EVS/WVS file and time series, by a map of codes
worldvaluesbench   a split of WorldValuesBench (a folder, or its *value_qa.tsv)
globalopinionqa    GlobalOpinionQA
respondents        a row per person, with a layout of one's own
marginals          a row per count: culture, item, code, count
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from acculturate.errors import SurveyError, unknown
from acculturate.sheets.findings import Findings
from acculturate.sheets.heads import spelled_as
from acculturate.sheets.opening import open_sheet
from acculturate.sheets.sheet import Source
from acculturate.survey import own_table
from acculturate.survey.globalopinionqa import COLUMNS, read_globalopinionqa
from acculturate.survey.layout import SHIPPED, Layout, read_layout, shipped_layout
from acculturate.survey.model import Survey
from acculturate.survey.worldvaluesbench import read_worldvaluesbench


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is read. `layout` is a TOML file (docs/surveys.md); `format` "auto" looks at the
    columns; `delimiter` and `encoding` are told from the file unless given; `language` is that of
    the file's own texts where there is no layout.
    """

    format: str = "auto"
    layout: Path | None = None
    delimiter: str = ""
    encoding: str = ""
    language: str = "en"


# what a layout says of a file whose rows are not respondents
SURVEY_KEYS = ("title", "notice", "spoken_name", "language", "columns", "cultures", "culture")
Reader = Callable[[Source, ReadOptions, Findings], Survey]


def read_survey(path: Path, options: ReadOptions, findings: Findings) -> tuple[str, Survey]:
    """Read a file; gives the format's name and the survey, and fills `findings`.

    Raises `SurveyError` where nothing can be read. Rows and cells with errors are left out: call
    `findings.stop_at_errors()` to refuse them.
    """
    if options.format not in ("auto", "worldvaluesbench", *READERS):
        known = ["auto", "worldvaluesbench", *READERS]
        raise SurveyError(unknown("format", options.format, known))
    with TemporaryDirectory() as folder:
        bench = path.is_dir() or "value_qa" in path.name
        if options.format == "worldvaluesbench" or (options.format == "auto" and bench):
            if options.layout is not None:
                raise SurveyError("WorldValuesBench is read without a layout: leave out --layout.")
            survey = read_worldvaluesbench(
                path, Path(folder), findings, delimiter=options.delimiter, encoding=options.encoding
            )
            return "worldvaluesbench", survey
        source = open_sheet(
            path, Path(folder), delimiter=options.delimiter, encoding=options.encoding
        )
        name = _told(source, options, path) if options.format == "auto" else options.format
        if options.language != "en" and (options.layout is not None or name not in SHIPPED):
            raise SurveyError(
                "--language is for labelled files of WVS-7 and EVS: leave it out; a layout names "
                'it with language = "...".'
            )
        return name, READERS[name](source, options, findings)


def _told(source: Source, options: ReadOptions, path: Path) -> str:
    """Return the format that a file's columns show."""
    names = _folded(source.names)
    if _folded(COLUMNS) <= names:
        return "globalopinionqa"
    if _folded(own_table.MARGINALS) <= names:
        return "marginals"
    if options.layout is not None:
        return "respondents"
    for name in SHIPPED:
        layout = shipped_layout(name)
        columns = _folded(section.column for section in layout.sections().values())
        if names & _folded(layout.columns.culture) and names & columns:
            return name
    raise SurveyError(
        f"{path.name} is none of the known formats: describe its columns in a TOML file and give "
        "it with --layout (docs/surveys.md has examples), or name the format with --format."
    )


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}


def _wvs7(source: Source, options: ReadOptions, findings: Findings) -> Survey:
    return own_table.respondents_survey(source, _layout("wvs7", options), findings, whole=False)


def _evs_wvs(source: Source, options: ReadOptions, findings: Findings) -> Survey:
    return own_table.respondents_survey(source, _layout("evs-wvs", options), findings, whole=False)


def _respondents(source: Source, options: ReadOptions, findings: Findings) -> Survey:
    if options.layout is None:
        raise SurveyError(
            f"{findings.file} needs a TOML file that says which column is what: give it with "
            "--layout (docs/surveys.md has examples)."
        )
    layout = read_layout(options.layout)
    return own_table.respondents_survey(source, layout, findings, whole=not layout.extends)


def _marginals(source: Source, options: ReadOptions, findings: Findings) -> Survey:
    used = (*SURVEY_KEYS, "extends", "items", "items_like", "groups", "demographics")
    layout = read_layout(options.layout, used) if options.layout is not None else None
    return own_table.marginals_survey(source, layout, findings)


def _global(source: Source, options: ReadOptions, findings: Findings) -> Survey:
    layout = read_layout(options.layout, SURVEY_KEYS) if options.layout is not None else None
    source = spelled_as(source, (*COLUMNS, "source"), findings)
    return read_globalopinionqa(source, layout, findings)


def _layout(name: str, options: ReadOptions) -> Layout:
    """Return the user's own layout for a known format, or the shipped one in the language given."""
    if options.layout is not None:
        return read_layout(options.layout)
    return shipped_layout(name).model_copy(update={"language": options.language})


READERS: dict[str, Reader] = {
    "wvs7": _wvs7,
    "evs-wvs": _evs_wvs,
    "globalopinionqa": _global,
    "respondents": _respondents,
    "marginals": _marginals,
}
