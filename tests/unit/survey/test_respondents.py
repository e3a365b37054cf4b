"""Respondents: counts, weights, Kish's number, groups, single people."""

import re
from dataclasses import replace

import numpy as np
import pytest

from acculturate.errors import SurveyError
from acculturate.records import Item, Wording
from acculturate.survey import Survey
from acculturate.survey.respondents import Group, Respondents, Trait

ITEM = Item(
    id="X1",
    topic="Work",
    codes=(1, 3, 2),
    scale="ordinal",
    wordings={"en": (Wording("Is work hard?", ("Yes", "Partly", "No")),)},
)
PEOPLE = Respondents(
    items=(ITEM,),
    cultures=("DEU", "USA"),
    culture_N=np.array([0, 0, 0, 1, 0], dtype=np.int16),
    weight_N=np.array([2, 1, 1, 1, 4], dtype=np.float32),
    answer_IN=np.array([[0, 1, 1, 2, -1]], dtype=np.int8),
    ids=["a", "b", "c", "d", "e"],
    traits={"age": Trait(np.array([0, 1, 2, 0, 1], dtype=np.int32), ("17", "40", "66"))},
    groups={"DEU-grown": Group("DEU", {"age": (18.0, float("inf"))})},
)


def survey(people: Respondents = PEOPLE) -> Survey:
    return Survey("toy", "Toy", {"X1": ITEM}, {}, "", respondents=people).reweighted()


def test_weighted_counts_add_up_to_the_people_who_answered() -> None:
    people = survey().people(["DEU", "USA", "DEU-grown"], [ITEM])
    assert people.count_CIK[0, 0].tolist() == [1.5, 1.5, 0]  # weights 2 and 1 + 1, of 3 people
    assert people.n_CI[:, 0].tolist() == [3, 1, 2]
    assert people.effective_n_CI[:, 0].tolist() == pytest.approx([16 / 6, 1, 2])
    assert survey().sample_sizes == {"DEU": 4, "USA": 1, "DEU-grown": 3}


def test_without_weights_every_person_counts_one() -> None:
    plain = survey().reweighted(False)
    people = plain.people(["DEU"], [ITEM])
    assert people.count_CIK[0, 0].tolist() == [1, 2, 0]
    assert people.kish_CI is None
    assert people.effective_n_CI.tolist() == [[3]]
    assert not plain.weighted
    assert plain.reweighted().weighted


def test_equal_weights_are_no_weights() -> None:
    equal = replace(PEOPLE, weight_N=np.full(5, 0.5, dtype=np.float32))
    assert not survey(equal).weighted
    assert survey(equal).people(["DEU"], [ITEM]).count_CIK[0, 0].tolist() == [1, 2, 0]


def test_tallies_agree_with_counting_one_by_one() -> None:
    rng = np.random.default_rng(3)
    many = replace(
        PEOPLE,
        culture_N=rng.integers(0, 2, 500).astype(np.int16),
        weight_N=rng.random(500).astype(np.float32),
        answer_IN=rng.integers(-1, 3, (1, 500)).astype(np.int8),
        ids=[str(n) for n in range(500)],
        traits={"age": Trait(rng.integers(-1, 3, 500).astype(np.int32), ("17", "40", "66"))},
    )
    for culture, tally in many.tallies("X1").items():
        rows = [row for row in many.rows(culture) if many.answer_IN[0, row] >= 0]
        weights = [float(many.weight_N[row]) for row in rows]
        by_hand = [0.0, 0.0, 0.0]
        for row, weight in zip(rows, weights, strict=True):
            by_hand[many.answer_IN[0, row]] += weight * len(rows) / sum(weights)
        assert tally.count_K.tolist() == pytest.approx(by_hand)
        assert tally.kish == pytest.approx(sum(weights) ** 2 / sum(w * w for w in weights))


def test_a_culture_without_answers_has_no_counts() -> None:
    silent = replace(PEOPLE, answer_IN=np.array([[-1, -1, -1, 2, -1]], dtype=np.int8))
    assert survey(silent).counts["DEU"] == {}
    people = survey(silent).people(["DEU", "USA"], [ITEM])
    assert people.n_CI.tolist() == [[0], [1]]
    assert people.effective_n_CI[0, 0] == 0


def test_a_record_holds_what_is_known() -> None:
    person = PEOPLE.record(1)
    assert (person.id, person.culture, person.weight) == ("b", "DEU", 1.0)
    assert person.demographics == {"age": "40"}
    assert person.answers == {"X1": 3}
    assert PEOPLE.record(4).answers == {}


def test_a_sample_is_of_the_culture_without_repeats_and_seeded() -> None:
    drawn = PEOPLE.sample("DEU-grown", 2, seed=5)
    assert {person.id for person in PEOPLE.sample("DEU-grown", 99, seed=5)} == {"b", "c", "e"}
    assert drawn == PEOPLE.sample("DEU-grown", 2, seed=5)
    assert {person.culture for person in drawn} == {"DEU-grown"}
    orders = {tuple(person.id for person in PEOPLE.sample("DEU", 4, seed=n)) for n in range(9)}
    assert len(orders) > 1


def test_people_are_found_by_their_ids() -> None:
    assert [person.answers for person in PEOPLE.find(["c", "a"])] == [{"X1": 3}, {"X1": 1}]
    twice = replace(PEOPLE, ids=["a", "b", "c", "a", "e"])
    assert twice.find(["a"], "USA")[0].answers == {"X1": 2}
    with pytest.raises(SurveyError, match="2 respondents are called 'a': say of which"):
        twice.find(["a"])
    with pytest.raises(SurveyError, match="no respondent 'b' of USA"):
        twice.find(["b"], "USA")


@pytest.mark.parametrize(
    ("people", "culture", "said"),
    [
        (PEOPLE, "DEV", "no respondents of 'DEV'. Did you mean 'DEU' (Germany)?"),
        (
            replace(PEOPLE, groups={"DEU-x": Group("DEU", {"agee": ["1"]})}),
            "DEU-x",
            "no demographic 'agee'. Did you mean 'age'?",
        ),
    ],
)
def test_unknown_names_are_said(people: Respondents, culture: str, said: str) -> None:
    with pytest.raises(SurveyError, match=re.escape(said)):
        people.rows(culture)
