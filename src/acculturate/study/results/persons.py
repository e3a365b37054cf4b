"""Single persons: arms whose answers speak for respondents, held against those very respondents.

A survey of marginals knows no persons: there the answers are scored at culture level alone, and one
sentence says why.
"""

from collections.abc import Sequence
from dataclasses import replace

from acculturate.errors import SurveyError
from acculturate.evaluation.answers_file import ArmAnswers
from acculturate.evaluation.catalogue import find_figures
from acculturate.evaluation.individual_scores import individual_differences, individual_scores
from acculturate.evaluation.personas import IndividualTable, PersonaAnswers
from acculturate.records import Score
from acculturate.records.results.differences import CorrectedDifference
from acculturate.records.results.plain import widened
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import Survey

BASELINE = "reference:individual-"


def person_scores(
    arms: Sequence[Sequence[IndividualTable]], names: Sequence[str], resampling: Resampling
) -> list[Score]:
    """Return rows of `names` for the tables of each arm, and of what the arm must beat.

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


def person_differences(
    arm: Sequence[IndividualTable], control: Sequence[IndividualTable], resampling: Resampling
) -> list[CorrectedDifference]:
    """Return paired differences of two arms that spoke for the same persons; they have no test.

    None where one of them spoke for nobody.
    """
    if not (arm and control):
        return []
    return [
        widened(CorrectedDifference, difference)
        for difference in individual_differences(arm, control, resampling)
    ]


def file_scores(
    arms: Sequence[ArmAnswers],
    survey: Survey,
    metrics: Sequence[str] | None,
    cultures: Sequence[str] | None,
    resampling: Resampling,
) -> tuple[list[Score], list[str]]:
    """Return rows for a file of answers, and what is to be said of rows that cannot be had.

    Raises `SurveyError` where `metrics` names a figure of single persons and the file names no
    respondents, or the survey has none.
    """
    names = find_figures(metrics).individual
    if not names:
        return [], []
    if not any(answer.respondent for arm in arms for answer in arm.answers):
        if metrics is not None:
            raise SurveyError(f"{names[0]} needs a column 'respondent' in the file of answers.")
        return [], []
    if survey.respondents is None:
        if metrics is not None:
            raise SurveyError(no_persons(survey))
        return [], [no_persons(survey)]
    tables = [person_tables(_gathered(arm, survey, cultures), survey) for arm in arms]
    return person_scores(tables, names, resampling), []


def person_tables(gathered: PersonaAnswers, survey: Survey) -> list[IndividualTable]:
    """Return an arm's answers beside the persons they speak for, culture by culture.

    None where no answer names a respondent. Raises `SurveyError` for a survey of counts, and for a
    respondent whom it lacks.
    """
    if not gathered.speak_for_persons:
        return []
    if survey.respondents is None:
        raise SurveyError(no_persons(survey))
    tables = []
    for culture in gathered.cultures:
        ids = [name for name in gathered.respondents(culture) if name]
        people = {person.id: person for person in survey.respondents.find(ids, culture)}
        given = {name: person.answers for name, person in people.items()}
        known = {name: person.demographics for name, person in people.items()}
        tables.append(gathered.table(culture, given, known))
    return tables


def _gathered(arm: ArmAnswers, survey: Survey, cultures: Sequence[str] | None) -> PersonaAnswers:
    gathered = PersonaAnswers(survey, arm.arm)
    for answer in arm.answers:
        if cultures is None or answer.culture in cultures:
            gathered.add(answer)
    return gathered


def no_persons(survey: Survey) -> str:
    """Return the sentence for a survey that holds counts alone."""
    return (
        f"The survey '{survey.name}' holds counts and no respondents, so that single persons "
        "cannot be scored: import a file of respondents (`acculturate survey import FILE --name "
        "NAME`) and give --survey NAME."
    )
