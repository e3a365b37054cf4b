"""Surveys: the model of one, and the ways to get one. `load_survey` is the only door."""

from collections.abc import Callable

from acculturate.errors import SurveyError, nearest
from acculturate.survey.model import ItemSet, People, Survey

__all__ = ["ItemSet", "People", "Survey", "load_survey"]


def _builtin() -> Survey:
    from acculturate.survey.builtin import load_builtin

    return load_builtin()


SURVEYS: dict[str, Callable[[], Survey]] = {"wvs7-marginals": _builtin}


def load_survey(name: str = "wvs7-marginals") -> Survey:
    """Load a survey by name; raises `SurveyError` with the nearest known one."""
    if name not in SURVEYS:
        raise SurveyError(
            f"There is no survey '{name}'.{nearest(name, SURVEYS)} Known: {', '.join(SURVEYS)}."
        )
    return SURVEYS[name]()
