"""Who is like whom: against a second implementation, the published lists, and small cases."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest

from acculturate.errors import SurveyError
from acculturate.framing import neighbours
from acculturate.framing.backdrop import Backdrop
from acculturate.framing.backdrop_settings import BackdropSettings
from acculturate.framing.neighbours import neighbour_pool
from acculturate.records import Item, Wording
from acculturate.study.schema import load_study
from acculturate.study.shipped_studies import demo_study
from acculturate.survey import People, load_survey
from acculturate.survey.fictitious import fictitious_survey
from acculturate.survey.modes import modal_codes
from acculturate.survey.respondents import Group


def item(key: str, size: int, scale: str = "ordinal") -> Item:
    texts = tuple(f"option {k}" for k in range(size))
    codes = tuple(range(1, size + 1))
    return Item(key, "t", codes, scale, {"en": (Wording("?", texts),)})  # type: ignore[arg-type]


ITEMS = (item("A", 3), item("B", 2), item("C", 4, "nominal"))


def people(rows: dict[str, list[list[float]]]) -> People:
    """Counts by culture and item; an empty list is an item not asked."""
    count = np.zeros((len(rows), len(ITEMS), 4))
    for c, counts in enumerate(rows.values()):
        for i, count_K in enumerate(counts):
            count[c, i, : len(count_K)] = count_K
    size = np.array([len(item.codes) for item in ITEMS])
    ordinal = np.array([item.ordinal for item in ITEMS])
    return People(tuple(rows), ITEMS, count, size, ordinal)


def slow_distance(left: list[list[float]], right: list[list[float]]) -> float:
    """The documented mean, one cell at a time."""
    gaps = []
    for item, one, other in zip(ITEMS, left, right, strict=True):
        if not sum(one) or not sum(other):
            continue
        p, q = [x / sum(one) for x in one], [x / sum(other) for x in other]
        if item.ordinal:
            walk = (abs(math.fsum(p[:k]) - math.fsum(q[:k])) for k in range(1, len(p)))
            gaps.append(sum(walk) / (len(p) - 1))
        else:
            gaps.append(sum(abs(x - y) for x, y in zip(p, q, strict=True)) / 2)
    return math.fsum(gaps) / len(gaps)


@pytest.mark.parametrize("seed", range(5))
def test_neighbours_are_those_of_a_second_implementation(seed: int) -> None:
    draw = random.Random(seed)
    rows = {
        code: [[draw.randint(0, 9) + 0.5 for _ in item.codes] for item in ITEMS]
        for code in ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG")
    }
    rows["CCC"][1] = [0, 0]
    gaps = {code: slow_distance(rows["AAA"], rows[code]) for code in rows if code != "AAA"}
    near = sorted(gaps, key=lambda code: (gaps[code], code))
    far = sorted(gaps, key=lambda code: (-gaps[code], code))
    result = neighbours(people(rows), "AAA", 3)
    assert result.similar == tuple(near[:3])
    assert result.different == tuple(far[:3])


def test_the_published_neighbours_are_reproduced() -> None:
    survey = load_survey()
    held = [code for code in survey.cultures if code != "MEX"]
    every = survey.people(held, survey.select("published"))

    def published(code: str) -> tuple[str, str]:
        result = neighbours(every, code, 3, "published", tied=survey.published_modes)
        return " ".join(result.similar), " ".join(result.different)

    assert published("USA") == ("CAN GBR NZL", "ZWE NGA IND")
    assert published("CHN") == ("RUS UKR ETH", "BRA NZL GBR")


def test_the_paper_s_study_has_the_paper_s_neighbours_of_each_culture() -> None:
    survey, study = load_survey(), load_study(demo_study().parent / "culturespa-framing.toml")
    settings = study.answers.backdrop
    held = [code for code in survey.cultures if code != "MEX"]
    assert set(settings.pool) == set(held)
    every = survey.people(held, survey.select("published"))
    ours, open_pool = (
        Backdrop(survey, settings.model_copy(update={"pool": pool})) for pool in (settings.pool, ())
    )
    differ = []
    for code in study.cultures.adapt:
        expected = neighbours(every, code, 3, "published", tied=survey.published_modes)
        result = [tuple(culture.code for culture in side) for side in ours.neighbours(code)]
        assert result == [expected.similar, expected.different]
        if ours.neighbours(code) != open_pool.neighbours(code):
            differ.append(code)
    assert differ == ["CAN", "BOL", "KEN"]  # Mexico is in the survey and not in the paper


def test_a_pool_names_cultures_of_the_survey() -> None:
    survey = load_survey()
    small = Backdrop(survey, BackdropSettings(pool=("USA", "CAN", "CHN")))
    [similar], [different] = small.neighbours("USA")
    assert {similar.code, different.code} == {"CAN", "CHN"}
    with pytest.raises(SurveyError, match=r"USA has no neighbours here: .*answers\.backdrop\.pool"):
        Backdrop(survey, BackdropSettings(pool=("USA", "CAN"))).neighbours("USA")
    with pytest.raises(SurveyError, match="holds no people's answers for 'CNA'"):
        Backdrop(survey, BackdropSettings(pool=("CNA", "CAN"))).neighbours("USA")


def test_ties_go_by_code_and_nobody_is_both() -> None:
    same = [[1.0, 1.0, 1.0], [1.0, 1.0], [1.0, 1.0, 1.0, 1.0]]
    rows = dict.fromkeys(("DDD", "CCC", "AAA", "BBB"), same)
    assert neighbours(people(rows), "CCC", 3) == (("AAA", "BBB"), ("DDD",))
    assert neighbours(people(rows), "CCC", 1) == (("AAA",), ("BBB",))
    assert neighbours(people(rows), "CCC", 1, pool=["DDD", "BBB"]) == (("BBB",), ("DDD",))


def test_cultures_without_a_common_item_are_no_neighbours() -> None:
    rows: dict[str, list[list[float]]] = {
        "AAA": [[1.0, 0, 0], [0, 0], [0, 0, 0, 0]],
        "BBB": [[0, 0, 1.0], [0, 0], [0, 0, 0, 0]],
        "CCC": [[0, 1.0, 0], [0, 0], [0, 0, 0, 0]],
        "DDD": [[0, 0, 0], [1.0, 1.0], [0, 0, 0, 0]],
    }
    assert neighbours(people(rows), "AAA", 3) == (("CCC",), ("BBB",))
    with pytest.raises(SurveyError, match="at least two other cultures"):
        neighbours(people(rows), "DDD")


def test_a_mode_is_the_lowest_of_tied_codes_or_the_published_one() -> None:
    rows: dict[str, list[list[float]]] = {
        "AAA": [[2.0, 1.0, 2.0], [0, 0], [0, 0, 1.0, 0]],
        "BBB": [[0.0, 1.0, 5.0], [3.0, 3.0], [0, 0, 0, 0]],
    }
    codes = modal_codes(people(rows))
    assert codes[0].tolist()[0::2] == [1, 3]
    assert np.isnan(codes[0, 1])
    assert codes[1].tolist()[:2] == [3, 1]
    tied = modal_codes(people(rows), {("AAA", "A"): 3, ("BBB", "A"): 1, ("ZZZ", "A"): 2})
    assert tied[0, 0] == 3
    assert tied[1, 0] == 3  # 1 is not among the most frequent


def test_a_group_is_no_neighbour_of_its_own_country() -> None:
    survey = fictitious_survey(400, cultures=["DEU", "CHN", "MEX"], items=["Q1", "Q2"])
    assert survey.respondents is not None
    groups = {f"DEU-{sex}": Group("DEU", {"sex": [sex]}) for sex in ("female", "male")}
    people_of_groups = replace(survey.respondents, groups=groups)
    own = replace(survey, respondents=people_of_groups).reweighted()
    assert neighbour_pool(own, "DEU-female") == ("CHN", "MEX")
    assert neighbour_pool(own, "MEX") == ("DEU", "CHN")
    # without two other territories, the groups are what there is
    alone = fictitious_survey(200, cultures=["DEU"], items=["Q1"])
    assert neighbour_pool(alone, "DEU") == ()
    assert alone.respondents is not None
    parted = replace(alone, respondents=replace(alone.respondents, groups=groups)).reweighted()
    assert neighbour_pool(parted, "DEU-male") == ("DEU-female",)
