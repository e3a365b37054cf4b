"""Groups of people: `survey.groups` parts the people of every measured culture by demographics.

What is measured are then the groups, each a culture of its own (survey/crossing.py); adaptations
learn the cultures of `cultures.adapt` as before. A culture that is named as one of its groups is
measured in that group alone.

A study is parted once, before anything is asked, and written down as parted: parting it again
changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from acculturate.errors import ConfigError
from acculturate.evaluation.group_specificity import NAME as GROUP_CORRELATION
from acculturate.evaluation.scores import MEAN
from acculturate.records import Score
from acculturate.records.results.conclusion import Line, Verdict
from acculturate.records.results.grouped import GroupEnd, GroupNote
from acculturate.study.schema import Study
from acculturate.survey import Survey
from acculturate.survey.crossing import crossed, measured_cells, parted_culture

TOLD = {
    1: "groups are told apart as their people differ",
    0: "it is not shown that groups are told apart",
    -1: "groups are told apart against how their people differ",
}
"""What a group correlation shows, by the side of zero on which its interval lies."""


def with_groups(study: Study, survey: Survey) -> tuple[Study, Survey]:
    """Return the study with groups as what is measured, and the survey with their people; both as
    they are where the study names no groups.

    Raises `ConfigError` or `SurveyError` for what `crossed` raises for, for a group that is not
    there or too small, and for cultures held out.
    """
    columns, split = study.survey.groups, study.survey.split
    if not columns:
        return study, survey
    if split and split.by == "culture":
        raise ConfigError(
            'survey.groups and survey.split by = "culture" do not go together: name the cultures '
            "to measure as cultures.measure, and others as cultures.adapt."
        )
    measured = study.cultures.measure
    parted = crossed(survey, columns, [parted_culture(survey, code) for code in measured])
    named = tuple(dict.fromkeys(cell for code in measured for cell in measured_cells(parted, code)))
    cultures = study.cultures.model_copy(update={"measure": named})
    return study.model_copy(update={"cultures": cultures}), parted


def group_note(
    survey: Survey, measured: Sequence[str], scores: Sequence[Score], primary: str
) -> GroupNote | None:
    """Return what people were parted by, with the primary metric of every arm in the smallest and
    in the largest group measured; None where they were not.
    """
    if survey.groups is None:
        return None
    people = {cell.code: cell.n for cell in survey.groups.cells if cell.code in measured}
    return replace(survey.groups, ends=tuple(_ends(people, scores, primary)))


def with_group_line(concluded: Verdict, note: GroupNote | None, scores: Sequence[Score]) -> Verdict:
    """Return a verdict on groups with a line on whether its arm tells them apart within their
    countries: the steps do not say it, since groups of several countries differ as these do.
    """
    own = [row for row in scores if (row.arm, row.culture) == (concluded.arm, MEAN)]
    rows = [row for row in own if row.metric == GROUP_CORRELATION]
    if note is None or not rows:
        return concluded
    (row,) = rows
    if row.value is None:
        shown = f"{concluded.arm} answers alike for all groups of a country"
    else:
        bounds = "" if row.low is None else f" [{row.low:+.3f}, {row.high:+.3f}]"
        shown = (
            f"{TOLD[row.side or 0]} (group correlation of {concluded.arm} {row.value:+.3f}{bounds})"
        )
    sentence = f"Within countries: {shown}."
    lines = (*concluded.lines, Line("groups", sentence))
    return replace(concluded, lines=lines, sentence=f"{concluded.sentence} {sentence}")


def _ends(people: Mapping[str, int], scores: Sequence[Score], primary: str) -> list[GroupEnd]:
    by_size = sorted(people, key=lambda code: people[code])
    ends = {"smallest": by_size[0], "largest": by_size[-1]}
    rows = {(row.arm, row.culture): row for row in scores if row.metric == primary}
    return [
        GroupEnd(arm, size, code, people[code], primary, row.value, row.low, row.high, row.n)
        for arm in dict.fromkeys(arm for arm, _ in rows)
        for size, code in ends.items()
        if (row := rows.get((arm, code)))
    ]
