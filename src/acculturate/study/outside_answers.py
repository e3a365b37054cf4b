"""Answers from elsewhere, scored: a file or rows, with or without groups of people."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from acculturate.calling import as_texts, wrong_kind
from acculturate.config import validate
from acculturate.errors import ConfigError
from acculturate.evaluation.answer_cells import SUM_TOLERANCE
from acculturate.evaluation.answers_by_group import by_group, group_codes
from acculturate.evaluation.answers_file import ArmAnswers, read_answers
from acculturate.evaluation.answers_given import as_file
from acculturate.evaluation.arm_table import ArmTable, build_table
from acculturate.evaluation.canon import find_canon
from acculturate.evaluation.catalogue import find_figures
from acculturate.evaluation.draws import what_intervals_cover
from acculturate.evaluation.population_fidelity import fidelity_row
from acculturate.records.answer import AnswerKind
from acculturate.records.results.described import SurveyNote
from acculturate.records.results.run_results import RunMeta, RunResults
from acculturate.sheets.findings import Findings
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.calls import OneOrMore
from acculturate.study.people_groups import group_note
from acculturate.study.results.persons import file_scores
from acculturate.study.results.scored_rows import arm_scores
from acculturate.study.survey_section import SurveySection
from acculturate.survey import Survey, load_survey

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ScoreCall:
    """What is scored, against whom, and how the answers are written."""

    answers: "Path | str | pd.DataFrame | Sequence[Mapping[str, Any]]"
    _: KW_ONLY
    survey: str = "wvs7-marginals"
    cultures: OneOrMore | None = None
    metrics: OneOrMore | None = None
    measures: OneOrMore = ()
    groups: OneOrMore = ()
    resampling: Resampling | None = None
    kind: AnswerKind | None = None
    tolerance: float = SUM_TOLERANCE
    delimiter: str = ""
    encoding: str = ""


class _Read(NamedTuple):
    """Answers by arm, the people that they are held against, and what reading them told."""

    arms: Sequence[ArmAnswers]
    survey: Survey
    cultures: Sequence[str] | None
    remarks: Sequence[str]


def score_answers(call: ScoreCall) -> RunResults:
    """Return the scores of answers, with what a reader needs to judge them.

    Raises `SurveyError` for answers that cannot be read and for an unknown metric, `ConfigError`
    for an unknown group of measures.
    """
    if not isinstance(call.resampling, Resampling | None):
        raise wrong_kind("resampling is a Resampling", call.resampling)
    if not isinstance(call.tolerance, int | float):
        raise wrong_kind("tolerance is a number", call.tolerance)
    for name, text in (("delimiter", call.delimiter), ("encoding", call.encoding)):
        if not isinstance(text, str):
            raise wrong_kind(f"{name} is a text", text)
    metrics = as_texts(call.metrics, "metrics") if call.metrics is not None else None
    if metrics == []:
        raise ConfigError("metrics is empty: name one, or leave it out for all.")
    measures = as_texts(call.measures, "measures")
    find_figures(metrics)  # a name that is wrong is told before a long file is read
    find_canon(measures)
    read = _read(call)
    drawn = call.resampling or Resampling()
    tables = [
        build_table(arm.answers, read.survey, arm=arm.arm, cultures=read.cultures)
        for arm in read.arms
    ]
    scores = arm_scores(tables, read.survey, metrics, drawn, measures)
    persons, lacking = file_scores(read.arms, read.survey, metrics, read.cultures, drawn)
    scored = list(dict.fromkeys(culture for table in tables for culture in table.cultures))
    meta = _described(read.survey, tables, scored, drawn)
    remarks = [*read.remarks, *lacking, *(arm.remark for arm in read.arms if arm.remark)]
    ends = group_note(read.survey, scored, scores, "alignment")
    meta = replace(meta, groups=ends, remarks=tuple(remarks))
    return RunResults((*scores, *persons), meta)


def _read(call: ScoreCall) -> _Read:
    survey = load_survey(call.survey)
    cultures = as_texts(call.cultures, "cultures") if call.cultures is not None else None
    columns = validate(SurveySection, {"groups": as_texts(call.groups, "groups")}, "score").groups
    with as_file(call.answers) as path:
        findings = Findings(path.name)
        arms = read_answers(
            path,
            survey,
            kind=call.kind,
            tolerance=call.tolerance,
            delimiter=call.delimiter,
            encoding=call.encoding,
            findings=findings,
            groups=group_codes(survey, columns) if columns else {},
        )
    told = [f"{findings.file}: {note}." for note in findings.all]
    if not columns:
        return _Read(arms, survey, cultures, told)
    by_cell, cells, codes, remarks = by_group(arms, survey, columns, cultures)
    return _Read(by_cell, cells, codes, [*told, *remarks])


def _described(
    survey: Survey, tables: Sequence[ArmTable], cultures: Sequence[str], drawn: Resampling
) -> RunMeta:
    """Return what scores rest on: the survey, its people, and what intervals cover."""
    items = {item.id: item for table in tables for item in table.items}
    return RunMeta(
        survey=SurveyNote(survey.name, survey.title, len(items), survey.notice, survey.weights),
        no_answer=survey.no_answer_means(cultures, tuple(items.values())),
        fidelity=tuple(filter(None, map(fidelity_row, tables))),
        bootstrap_items=drawn.items,
        intervals=what_intervals_cover(drawn),
    )
