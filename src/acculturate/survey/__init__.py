"""Surveys: the model of one, and the ways to get one. `load_survey` loads one.

wvs7-marginals     built in: 259 items of WVS-7, counts of 19 cultures
fictitious-wvs7    invented respondents drawn from those counts (-large: 20,000 of them)
any other name     a survey that the user imported (shelf.py)
"""

from acculturate.calling import wrong_kind
from acculturate.errors import SurveyError, telling_places
from acculturate.survey.model import ItemSet, People, Survey
from acculturate.survey.shipped import SURVEYS

__all__ = ["ItemSet", "People", "Survey", "load_survey", "survey_names"]


@telling_places
def load_survey(name: str = "wvs7-marginals", *, weighted: bool = True) -> Survey:
    """Load a survey by name, the shipped ones or one that was imported.

    Counts are weighted where the survey has weights, unless `weighted` is False. Raises
    `SurveyError` with the nearest known name.
    """
    if not isinstance(name, str):
        raise wrong_kind("load_survey() takes the name of a survey", name)
    if name in SURVEYS:
        survey = SURVEYS[name]()
    else:
        from acculturate.survey.shelf import take_survey

        survey = take_survey(name)
    if survey.weighted and not weighted:
        if survey.respondents is None:
            raise SurveyError(
                f"The survey '{name}' has weighted counts and no respondents: it cannot be read "
                "without its weights."
            )
        return survey.reweighted(False)
    return survey


def survey_names() -> tuple[str, ...]:
    """Return every survey that can be loaded: the shipped ones, then the imported ones."""
    from acculturate.survey.shelf import shelf_names

    return (*SURVEYS, *shelf_names())
