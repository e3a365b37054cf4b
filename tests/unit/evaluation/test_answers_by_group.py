"""Answers from anywhere over groups of people: whose each is, and what is left out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

import acculturate
from acculturate.errors import AcculturateError
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey.crossing import crossed
from acculturate.survey.fictitious import fictitious_survey
from acculturate.survey.shipped import SURVEYS

ITEMS = ["Q1", "Q46", "Q106"]
PEOPLE = fictitious_survey(1400, cultures=["DEU", "NGA"], items=ITEMS, name="small")
PARTED = crossed(PEOPLE, ["sex"], ["DEU", "NGA"])
FOUR = ("DEU-male", "DEU-female", "NGA-male", "NGA-female")


@pytest.fixture(autouse=True)
def _small_survey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SURVEYS, "small", lambda: PEOPLE)


def scored(rows: Sequence[Mapping[str, Any]], **more: Any) -> acculturate.Result:
    few = Resampling(draws=20, people_draws=20)
    given = {"survey": "small", "groups": ["sex"], "metrics": ["alignment"], "resampling": few}
    return acculturate.score(rows, **{**given, **more})


def people(code: str) -> list[dict[str, Any]]:
    """Return the people's own shares of a culture or a group as answers."""
    return [
        {"culture": code, "item": name, "probabilities": (np.array(count) / sum(count)).tolist()}
        for name, count in PARTED.counts[code].items()
    ]


def test_a_group_is_held_against_its_own_people() -> None:
    result = scored([row for code in FOUR for row in people(code)])
    assert result.cultures == FOUR
    values = [result.value("alignment", culture=code) for code in FOUR]
    assert values == pytest.approx([1.0] * 4)
    assert result.meta.groups is not None
    sizes = PARTED.respondents.sizes() if PARTED.respondents else {}
    ends = {end.size: (end.culture, end.people) for end in result.meta.groups.ends}
    by_size = sorted(FOUR, key=lambda code: sizes[code])
    assert ends["smallest"] == (by_size[0], sizes[by_size[0]])
    assert ends["largest"] == (by_size[-1], sizes[by_size[-1]])


def test_a_country_is_held_against_each_of_its_groups() -> None:
    result = scored(people("DEU"))
    assert result.cultures == FOUR[:2]
    for code in FOUR[:2]:
        value = result.value("alignment", culture=code)
        assert value is not None
        assert value < 1
        own = {row.culture: row.value for row in result.scores
               if (row.arm, row.metric) == ("reference:country", "alignment")}  # fmt: skip
        assert value == pytest.approx(own[code])


def test_a_respondent_answers_for_the_group_that_he_is_in() -> None:
    respondents = PARTED.respondents
    assert respondents is not None
    rows = [
        {"culture": "DEU", "respondent": person.id, "item": item, "answer": answer}
        for code in FOUR[:2]
        for person in (respondents.record(int(row)) for row in respondents.rows(code)[:80])
        for item, answer in person.answers.items()
    ]
    result = scored(rows, metrics=["alignment", "individual_hard_accuracy"])
    assert result.cultures == FOUR[:2]
    assert result.value("individual_hard_accuracy", culture="DEU-female") == 1.0
    # 80 of the group's people, weighted alike
    assert 0.9 < (result.value("alignment", culture="DEU-female") or 0) < 1


def test_what_is_of_nobody_is_counted_and_left_out() -> None:
    unknown = next(
        person.id
        for row in range(len(PEOPLE.respondents or ()))
        if PEOPLE.respondents
        and "sex" not in (person := PEOPLE.respondents.record(row)).demographics
        and person.culture == "DEU"
    )
    rows = [*people("DEU"), {"culture": "DEU", "respondent": unknown, "item": "Q1", "answer": 1}]
    told = [{**row, "arm": f"arm {'respondent' in row}"} for row in rows]
    with pytest.raises(AcculturateError, match="The arm 'arm True' has no answer of a group"):
        scored(told)
    mixed = [{**row, "answer": 1} for row in people("DEU")] + rows[-1:]
    for row in mixed:
        row.pop("probabilities", None)
    said = scored(mixed).meta.remarks
    assert any("1 of 4 answers are of nobody in a group that is measured" in one for one in said)


def test_without_a_culture_all_groups_of_the_named_ones_are_measured() -> None:
    rows = [{"culture": "", "item": "Q1", "answer": 1}]
    assert scored(rows).cultures == FOUR
    assert scored(rows, cultures=["NGA-female", "DEU"]).cultures == ("NGA-female", *FOUR[:2])


@pytest.mark.parametrize(
    ("rows", "more", "said"),
    [
        ([{"culture": "DEU-femal", "item": "Q1", "answer": 1}], {}, "Did you mean 'DEU-female'"),
        (people("DEU") + people("DEU-male"), {}, "for DEU and for its group DEU-male"),
        (people("DEU"), {"groups": ["sexe"]}, "Did you mean 'sex'"),
        (people("DEU"), {"groups": ["sex", "sex"]}, "named twice"),
        (people("DEU"), {"groups": ["sex", "education", "settlement", "age"]}, "at most 3"),
        (people("DEU"), {"survey": "wvs7-marginals"}, "no respondents"),
        (people("DEU"), {"cultures": ["NGA"]}, "no answer of a group that is measured"),
        (people("DEU"), {"groups": ["age_band", "education", "settlement"]}, "No group of DEU"),
    ],
)
def test_what_cannot_be_is_told(rows: list[Any], more: dict[str, Any], said: str) -> None:
    with pytest.raises(AcculturateError, match=said):
        scored(rows, **more)
