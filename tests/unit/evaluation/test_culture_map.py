from collections.abc import Iterable

import numpy as np
import pytest

from acculturate.errors import SurveyError
from acculturate.evaluation.culture_map import (
    MapAnswers,
    fit,
    map_items,
    people_positions,
    project,
    published_positions,
)
from acculturate.records import Answer
from acculturate.records.results.placed import ArmPlace
from acculturate.survey import Survey, load_survey


def placed(answers: Iterable[Answer], survey: Survey, draws: int = 10) -> list[ArmPlace]:
    gathered = MapAnswers(survey)
    for answer in answers:
        gathered.add(answer)
    return gathered.positions("arm", draws)


def test_positions_from_counts_meet_the_published_ones() -> None:
    survey = load_survey()
    positions = people_positions(survey, survey.cultures, draws=50)
    result = fit(positions)
    assert result.n == len(positions) == 19
    assert result.r_self_expression == pytest.approx(0.994, abs=5e-4)
    assert result.r_secular == pytest.approx(0.836, abs=5e-4)
    assert result.distance == pytest.approx(0.405, abs=5e-4)
    assert all(0 < p.ellipse.minor <= p.ellipse.major < 0.3 for p in positions if p.ellipse)


def test_projection_by_hand() -> None:
    """The published steps one by one: z-scores, weights, slopes, for answers that are all mode."""
    survey = load_survey()
    items = survey.select(map_items())
    width = max(len(item.codes) for item in items)
    code = {"Q46": 2, "Q57": 1, "Q45": 3, "Q209": 1, "Q164": 4, "Q182": 8, "Q184": 7, "Q254": 2}
    code |= {"Q154": 2, "Q155": 1, "Q8": 1, "Q14": 2, "Q15": 2, "Q17": 1}
    share = np.zeros((len(items), width))
    for i, item in enumerate(items):
        share[i, item.codes.index(code[item.id])] = 1
    # Y002 = 1 + 1 + 0; Y003 = 1 + 0 - 0 - 1
    x = np.array([2, 1, 3, 1, 4, 8, 7, 2, 2.0, 0.0])
    import tomllib
    from importlib import resources

    source = resources.files("acculturate.evaluation") / "inglehart_welzel" / "projection.toml"
    spec = tomllib.loads(source.read_text(encoding="utf-8"))["input"]
    z = (x - [axis["center"] for axis in spec]) / [axis["scale"] for axis in spec]
    first, second = z @ np.array([axis["weights"] for axis in spec])
    assert project(share, items) == pytest.approx([1.81 * first + 0.38, 1.61 * second - 0.01])
    share[0] = np.nan
    assert np.isnan(project(share, items)).all()


def test_who_lacks_the_nationality_is_not_the_least_proud_of_it() -> None:
    """Shares of Q254 are among the four options of pride: .5, .2, .1, 0 of .8 is a mean of 1.5."""
    survey = load_survey()
    items = survey.select(map_items())
    pride = map_items().index("Q254")
    share = survey.people(["GBR"], items).share_CIK[0].copy()
    with_foreigners, without = share.copy(), share.copy()
    with_foreigners[pride, :5] = [0.5, 0.2, 0.1, 0.0, 0.2]
    without[pride, :5] = [0.625, 0.25, 0.125, 0.0, 0.0]
    assert project(with_foreigners, items) == pytest.approx(project(without, items))
    without[pride, :5] = [0.5, 0.5, 0.0, 0.0, 0.0]  # the same mean
    assert project(with_foreigners, items) == pytest.approx(project(without, items))
    without[pride, :5] = [0.0, 0.0, 0.0, 0.0, 1.0]
    assert np.isnan(project(without, items)).all()
    # read as the fifth point of a scale, Britain stood .32 higher
    [britain] = people_positions(survey, ["GBR"], draws=10)
    assert (britain.self_expression, britain.secular) == pytest.approx((2.722, 0.447), abs=5e-4)


def test_an_arm_that_has_no_nationality_has_no_place() -> None:
    survey = load_survey()
    items = survey.select(map_items())

    def answers(pride: list[int]) -> list[Answer]:
        codes = {"Q254": pride}
        return [
            Answer(item.id, "sampled", culture="DEU", code=code, sample=n)
            for item in items
            for n, code in enumerate(codes.get(item.id, [1] * len(pride)))
        ]

    assert placed(answers([5, 5]), survey) == []
    [some], [all_proud] = placed(answers([1, 5] * 10), survey), placed(answers([1] * 20), survey)
    assert some.secular == pytest.approx(all_proud.secular)
    assert some.ellipse is not None
    assert np.isfinite(some.ellipse.major)


def test_ellipses_do_not_hang_on_the_order_in_which_answers_come() -> None:
    survey = load_survey()
    draw = np.random.default_rng(3)
    answers = [
        Answer(item.id, "sampled", culture="DEU", code=int(draw.choice(item.codes)), sample=n)
        for item in survey.select(map_items())
        for n in range(20)
    ]
    [place] = placed(answers, survey, draws=50)
    assert place.ellipse
    assert place.ellipse.minor > 0.1
    assert placed(answers[::-1], survey, draws=50) == [place]


def test_more_acceptance_is_more_self_expression_and_less_faith_more_secular() -> None:
    survey = load_survey()
    people = survey.people(["MEX"], survey.select(map_items()))
    before = project(people.share_CIK[0], people.items)
    for item, option, axis in (("Q182", 9, 0), ("Q164", 0, 1)):
        share = people.share_CIK[0].copy()
        share[map_items().index(item)] = np.eye(share.shape[1])[option]
        assert project(share, people.items)[axis] > before[axis]


def test_arms_stand_where_their_answers_put_them() -> None:
    survey = load_survey()
    place = {p.culture: p for p in people_positions(survey, ["CHN", "DEU"], draws=20)}
    rng = np.random.default_rng(1)
    people = survey.people(["DEU"], survey.select(map_items()))
    answers = [
        Answer(
            item.id, "sampled", culture="DEU", sample=n, code=int(rng.choice(item.codes, p=share))
        )
        for item, row in zip(people.items, people.share_CIK[0], strict=True)
        for share in [row[: len(item.codes)]]
        for n in range(200)
    ]
    result = placed(answers, survey, draws=100)[0]
    assert result.ellipse is not None
    away = np.hypot(
        result.self_expression - place["DEU"].self_expression, result.secular - place["DEU"].secular
    )
    assert away < 2 * result.ellipse.major
    assert result.zone == "Protestant Europe"
    fewer = [answer for answer in answers if answer.item != "Q46"]
    assert placed(fewer, survey) == []
    # two or eleven answers to a question are too few to show how far others would fall
    for many in (1, 2, 11):
        few = placed([a for a in answers if a.sample < many], survey)
        assert few[0].ellipse is None


def test_what_the_map_needs(survey: Survey) -> None:
    assert len(published_positions()) == 107
    assert published_positions()["Albania"].zone == "African-Islamic"
    assert len(map_items()) == 14
    with pytest.raises(SurveyError, match="lacks: Q46"):
        people_positions(survey, ["XAA"])
    assert np.isnan(fit([]).distance)
