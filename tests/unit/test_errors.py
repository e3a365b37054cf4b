"""Which known name a wrong one is met with, and when with none."""

import pytest

import acculturate
from acculturate.errors import AcculturateError, ConfigError, nearest

CODES = ("AUS", "BRA", "CAN", "CHN", "DEU", "GBR", "USA")


@pytest.mark.parametrize(
    ("name", "known", "right"),
    [
        ("CHM", CODES, "CHN"),
        ("UAS", CODES, "USA"),
        ("chn", CODES, "CHN"),
        ("aligment", ("alignment", "skill"), "alignment"),
        ("wvs-marginals", ("wvs7-marginals", "fictitious-wvs7"), "wvs7-marginals"),
        ("q042", ("Q4", "Q42"), "Q42"),
        ("bas", ("base", "aware"), "base"),
    ],
)
def test_a_misspelt_name_is_met_with_the_right_one(
    name: str, known: tuple[str, ...], right: str
) -> None:
    assert nearest(name, known) == f" Did you mean '{right}'?"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("FRA", CODES),  # not BRA
        ("CHM", (*CODES, "CHE")),  # two are equally near
        ("Q300", ("Q30", "Q130")),  # another number
        ("T9", ("T1", "T2")),
        ("wvs6", ("wvs7", "wvs7-marginals")),
        ("wvs7-marginals", ("wvs7-marginals", "fictitious-wvs7")),  # itself
        ("Q", ("Q1", "Q2")),
        ("banana", CODES),
    ],
)
def test_a_name_that_is_near_to_none_is_met_with_none(name: str, known: tuple[str, ...]) -> None:
    assert nearest(name, known) == ""


def test_a_place_that_the_system_does_not_take_is_told() -> None:
    for call in (acculturate.load_run, acculturate.score, acculturate.load_study):
        with pytest.raises(AcculturateError, match=r"too long|no file|could not be read"):
            call("x" * 5000)
    with pytest.raises(ConfigError, match=r"File name too long\. Give another file or folder\."):
        acculturate.compare("x" * 5000, "a", "b")
