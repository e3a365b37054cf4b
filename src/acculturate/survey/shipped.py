"""Shipped surveys by name, loaded where they are asked for."""

from collections.abc import Callable

from acculturate.survey.model import Survey


def _builtin() -> Survey:
    from acculturate.survey.builtin import load_builtin

    return load_builtin()


def _fictitious() -> Survey:
    from acculturate.survey.fictitious import fictitious_survey

    return fictitious_survey()


def _fictitious_large() -> Survey:
    from acculturate.survey.fictitious import LARGE, fictitious_survey

    return fictitious_survey(LARGE, name="fictitious-wvs7-large")


SURVEYS: dict[str, Callable[[], Survey]] = {
    "wvs7-marginals": _builtin,
    "fictitious-wvs7": _fictitious,
    "fictitious-wvs7-large": _fictitious_large,
}
