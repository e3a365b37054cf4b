"""Single persons: arms whose answers speak for respondents, held against those very respondents.

A survey of marginals knows no persons: there the answers are scored at culture level alone, and one
sentence says why.
"""

from collections.abc import Sequence
from dataclasses import replace

from acculturate.errors import SurveyError
from acculturate.evaluation.answers_file import ArmAnswers
from acculturate.evaluation.catalogue import find_figures
from acculturate.evaluation.individual import (
    IndividualTable,
    individual_scores,
    individual_tables,
)
from acculturate.records import Answer, Score
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import Survey

BASELINE = "reference:individual-"


def person_scores(
    arms: Sequence[Sequence[IndividualTable]], names: Sequence[str], resampling: Resampling
) -> list[Score]:
    """Rows of `names` for the tables of each arm, and of what the arm must beat.

    Baselines stand on the cells that an arm answered, so with several arms each has its own, named
    `reference:individual-mode:ARM`.
    """
    spoken = [tables for tables in arms if tables] if names else []
    rows = []
    for tables in spoken:
        end = f":{tables[0].arm}" if len(spoken) > 1 else ""
        rows += [
            replace(row, arm=row.arm + end) if row.arm.startswith(BASELINE) else row
            for row in individual_scores(tables, resampling)
            if row.metric in names
        ]
    return rows


def file_scores(
    arms: Sequence[ArmAnswers],
    survey: Survey,
    metrics: Sequence[str] | None,
    cultures: Sequence[str] | None,
    resampling: Resampling,
) -> tuple[list[Score], list[str]]:
    """Rows for a file of answers, and what is to be said of rows that cannot be had.

    Raises `SurveyError` where `metrics` names a figure of single persons and the file names no
    respondents, or the survey has none.
    """
    names = find_figures(metrics).individual
    if not names:
        return [], []
    if not any(speaks_for_persons(each.answers) for each in arms):
        if metrics is not None:
            raise SurveyError(f"{names[0]} needs a column 'respondent' in the file of answers.")
        return [], []
    if survey.respondents is None:
        if metrics is not None:
            raise SurveyError(no_persons(survey))
        return [], [no_persons(survey)]
    tables = [person_tables(_of(each.answers, cultures), survey, each.arm) for each in arms]
    return person_scores(tables, names, resampling), []


def person_tables(
    answers: Sequence[Answer], survey: Survey, arm: str, model: str | None = None
) -> list[IndividualTable]:
    """An arm's answers beside the persons they speak for, culture by culture.

    None where no answer names a respondent. Raises `SurveyError` for a survey of counts, and for a
    respondent whom it lacks.
    """
    if not speaks_for_persons(answers):
        return []
    if survey.respondents is None:
        raise SurveyError(no_persons(survey))
    by_culture: dict[str, list[Answer]] = {}
    for answer in answers:
        by_culture.setdefault(answer.culture, []).append(answer)
    tables = []
    for culture, mine in by_culture.items():
        ids = dict.fromkeys(answer.respondent for answer in mine if answer.respondent)
        people = {each.id: each for each in survey.respondents.find(ids, culture)}
        tables += individual_tables(
            mine,
            {name: person.answers for name, person in people.items()},
            survey,
            arm=arm,
            model=model,
            demographics={name: person.demographics for name, person in people.items()},
        )
    return tables


def _of(answers: Sequence[Answer], cultures: Sequence[str] | None) -> list[Answer]:
    return [each for each in answers if cultures is None or each.culture in cultures]


def speaks_for_persons(answers: Sequence[Answer]) -> bool:
    """Whether any answer names a respondent."""
    return any(answer.respondent for answer in answers)


def no_persons(survey: Survey) -> str:
    """The sentence for a survey that holds counts alone."""
    return (
        f"The survey '{survey.name}' holds counts and no respondents, so that single persons "
        "cannot be scored: import a file of respondents (`acculturate survey import FILE --name "
        "NAME`) and give --survey NAME."
    )
