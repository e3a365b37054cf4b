"""What survey tuning teaches: whose answers, under which prompts, in which groups."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acculturate.config import validate
from acculturate.engines import Engine
from acculturate.errors import ConfigError, SurveyError
from acculturate.methods import Carrier, Taught
from acculturate.study.checks import check
from acculturate.study.plan import Plan
from acculturate.study.schema import Study
from acculturate.survey import load_survey
from acculturate.surveytuning.neutral_items import neutral_items, neutral_languages
from acculturate.surveytuning.people_targets import PeopleTargets

CODES = ("CHN", "DEU", "NGA")


def study(own: dict[str, Any] | None = None, **over: Any) -> Study:
    told = {"id": "told", "method": "survey", "survey": own or {}}
    tree: dict[str, Any] = {
        "study": {"name": "s"},
        "survey": {
            "items": ["Q1", "Q2", "Q46", "Q57", "Q91", "Q150"],
            "split": {"by": "battery", "held_out": ["life-importance"]},
        },
        "cultures": {"measure": CODES, "adapt": CODES},
        "models": {"base": {"name": "embedded"}},
        "adapt": [{**told, **over.pop("adapt", {})}],
        "arm": [{"id": "told", "model": "@told", "framing": "country"}],
    }
    return validate(Study, {**tree, **over}, "s.toml")


class Nobody(Carrier):
    """Carries nothing: the method asks nobody."""

    def carry(self, stage: Any, refs: Mapping[str, str]) -> Any:
        raise AssertionError("a stage was run")

    def engine(self, ref: str) -> Engine:
        raise AssertionError("an engine was opened")


def taught(whole: Study) -> Taught:
    plan = check(whole, fetch=False)
    return plan.study.adapt[0].build(plan.context, Nobody())


def shares(culture: str, item: str) -> NDArray[np.float64]:
    survey = load_survey()
    return np.asarray(survey.people([culture], [survey.item(item)]).share_CIK[0, 0])


def test_rows_teach_the_people_s_shares_in_the_order_shown() -> None:
    rows = taught(study({"items": ["Q46"]})).rows
    assert Counter(row.culture for row in rows) == dict.fromkeys(CODES, 2)
    for row in rows:
        people = shares(row.culture, "Q46")
        first = row.prompt[-1].text.partition("1. ")[2].startswith("Very happy")
        assert row.target == pytest.approx(people if first else people[::-1])
        assert row.labels == ("1", "2", "3", "4")
        assert load_survey().culture(row.culture).name in row.prompt[-1].text.splitlines()[-1]
        assert row.prompt[0] == rows[0].prompt[0]


def test_a_group_is_one_presentation_put_to_all_cultures() -> None:
    rows = taught(study({"items": ["Q46", "Q57"], "wordings": 2})).rows
    groups = Counter(row.group for row in rows)
    assert set(groups.values()) == {3}
    assert len(groups) == 2 * 2 * 2  # items, wordings, orders
    for name in groups:
        own = [row for row in rows if row.group == name]
        assert len({row.prompt[-1].text.rpartition("\n")[0] for row in own}) == 1
        assert len({row.labels for row in own}) == 1


def test_nothing_that_is_held_out_is_taught() -> None:
    result = taught(study())
    items = {load_survey().item(row.source).battery for row in result.rows}
    assert items
    assert "life-importance" not in items
    assert not any("test was trained on" in said for said in result.cautions)


def test_without_a_split_it_says_that_the_test_was_trained_on() -> None:
    whole = study({"items": ["Q46"]}, survey={"items": ["Q46", "Q57"]})
    [said] = taught(whole).cautions
    assert "1 of the 2 items" in said
    assert "[survey.split]" in said


def test_cultures_held_out_are_another_people() -> None:
    split = {"by": "culture", "held_out": ["NGA"]}
    result = taught(study(survey={"items": ["Q46", "Q57"], "split": split}))
    assert {row.culture for row in result.rows} == {"CHN", "DEU"}
    assert result.cautions == ()


def test_mix_goes_from_the_mean_to_the_people() -> None:
    world = np.mean([shares(code, "Q57") for code in CODES], 0)
    for mix in (0.0, 0.5, 1.0):
        rows = taught(study({"items": ["Q57"], "mix": mix, "orders": "forward"})).rows
        for row in rows:
            people = shares(row.culture, "Q57")
            assert row.target == pytest.approx(mix * people + (1 - mix) * world)


def test_a_prior_draws_targets_to_how_the_people_use_the_scale() -> None:
    # Q1 to Q3 have one scale; nothing else here is answered on that of Q57
    items = {"items": ["Q1", "Q2", "Q3", "Q57"], "orders": "forward"}
    split = {"by": "item", "held_out": ["Q150"]}
    survey = {"items": ["Q1", "Q150"], "split": split}
    for mix in (0.0, 1.0):
        plain = taught(study({**items, "mix": mix}, survey=survey)).rows
        drawn = taught(study({**items, "mix": mix, "prior": 0.25}, survey=survey)).rows
        target = {(row.source, row.culture): np.array(row.target) for row in plain}
        for row in drawn:
            own = target[row.source, row.culture]
            others = [item for item in ("Q1", "Q2", "Q3") if item != row.source]
            habit = np.mean([target[item, row.culture] for item in others], 0)
            alone = row.source == "Q57"
            assert row.target == pytest.approx(own if alone else 0.75 * own + 0.25 * habit)


def test_a_prior_is_that_of_the_people_who_are_taught() -> None:
    items = load_survey().select("Q1,Q2")
    label = {"CHN": "DEU", "DEU": "NGA", "NGA": "CHN"}
    targets = PeopleTargets.of(load_survey(), items, CODES, label=label, prior=0.5)
    halves = (shares("DEU", "Q1") + shares("DEU", "Q2")) / 2
    assert targets.own("Q1", "CHN") == pytest.approx(halves)
    world = (np.mean([shares(code, "Q1") for code in CODES], 0)
             + np.mean([shares(code, "Q2") for code in CODES], 0)) / 2  # fmt: skip
    assert targets.world("Q1") == pytest.approx(world)


def test_the_mean_alone_is_the_same_for_all_also_with_a_prior() -> None:
    # not every culture was asked every item, and a habit of its own would tell them apart
    survey = load_survey()
    codes = survey.cultures
    targets = PeopleTargets.of(survey, survey.select("attitudes"), codes, mix=0.0, prior=0.6)
    assert len(targets.shares) < len(codes) * len(targets.worlds)
    for (item, _), share in targets.shares.items():
        assert share == targets.world(item)


def test_a_framing_without_a_culture_is_taught_the_mean_for_every_adapter() -> None:
    world = np.mean([shares(code, "Q57") for code in CODES], 0)
    settings = {"items": ["Q57"], "framings": ["aware", "unaware"], "orders": "forward"}
    rows = taught(study(settings)).rows
    aware, unaware = rows[:3], rows[3:]
    assert {row.group for row in aware} != {row.group for row in unaware}
    assert [row.culture for row in unaware] == list(CODES)
    assert len({row.prompt for row in unaware}) == 1
    assert len({row.prompt for row in aware}) == 3
    for row in unaware:
        assert row.target == pytest.approx(world)
    for row in aware:
        assert row.target == pytest.approx(shares(row.culture, "Q57"))


def test_shuffled_teaches_each_culture_another_people() -> None:
    whole = study({"items": ["Q57"], "control": "shuffled", "orders": "forward"})
    assert whole.adapt[0].control == "shuffled"
    rows = taught(whole).rows
    for row in rows:
        assert row.target != pytest.approx(shares(row.culture, "Q57"))
    given = np.array(sorted(row.target for row in rows))
    people = np.array(sorted(tuple(shares(code, "Q57")) for code in CODES))
    assert given == pytest.approx(people)


def test_the_mean_alone_is_a_control() -> None:
    assert study({"mix": 0}).adapt[0].control == "world"
    assert study({"mix": 0.5}).adapt[0].control is None


def test_neutral_asks_about_numbers_in_as_many_rows_of_the_same_form() -> None:
    settings = {"items": ["Q57", "Q46", "Q150"], "orders": "balanced", "wordings": 2}
    people = taught(study(settings)).rows
    whole = study({**settings, "control": "neutral"})
    assert whole.adapt[0].control == "neutral"
    assert not whole.adapt[0].ceiling
    plan = check(whole, fetch=False)
    assert plan.study.adapt[0].trained_items(plan.context) == ()
    rows = taught(whole).rows
    forms = [
        [(row.source, row.culture, row.group, row.labels) for row in one] for one in (people, rows)
    ]
    assert forms[0] == forms[1]
    for true, neutral in zip(people, rows, strict=True):
        assert neutral.prompt[0] == true.prompt[0]
        assert survey_stem(true.source) not in neutral.prompt[-1].text
        assert neutral.target is not None
        world = PeopleTargets.of(load_survey(), plan.context.seen, CODES).world(true.source)
        assert sorted(neutral.target) == pytest.approx(sorted(world or ()))


def survey_stem(item: str) -> str:
    return load_survey().item(item).wording("en").stem


def test_neutral_gives_the_right_number_the_largest_share() -> None:
    items = load_survey().select("attitudes")
    for asked in neutral_items(items, seed=3):
        shares = [0.6, *(0.4 / (len(asked.places) - 1) for _ in asked.places[1:])]
        wording = asked.item.wording("en")
        numbers = [int(text) for text in wording.texts]
        right = numbers[int(np.argmax(asked.dealt(shares)))]
        assert len(set(numbers)) == len(asked.item.codes)
        assert right == worked_out(wording.stem, numbers)
    others = neutral_items(items, seed=4)
    places = Counter(one.places[0] for one in others if len(one.places) == 4)
    assert min(places[place] for place in range(4)) > 15  # of 106


def worked_out(stem: str, numbers: list[int]) -> int:
    """Solve a question in its first English wording."""
    if "largest" in stem:
        return max(numbers)
    if "smallest" in stem:
        return min(numbers)
    a, b = map(int, re.findall(r"\d+", stem))
    return a + b if "plus" in stem else a - b


def test_neutral_is_worded_alike_in_every_language() -> None:
    for one in neutral_items(load_survey().select(["Q57", "Q91", "Q150", "Q1"]), seed=1):
        for language in neutral_languages():
            first, second = one.item.wordings_in(language)
            assert first.texts == second.texts == one.item.wording("en").texts
            assert first.stem != second.stem
            assert sorted(re.findall(r"\d+", first.stem)) == sorted(re.findall(r"\d+", second.stem))


def test_items_whose_peoples_differ_are_seen_more_often() -> None:
    plan = Plan.of(study())
    items = plan.context.seen[:40]
    targets = PeopleTargets.of(load_survey(), items, CODES)
    copies = {item.id: targets.copies(item.id, 3) for item in items}
    assert set(copies.values()) == {1, 2, 3}
    assert copies[max(targets.spread, key=lambda key: targets.spread[key])] == 3
    settings = {"items": list(copies), "orders": "forward", "oversample": 3}
    groups = Counter(row.source for row in taught(study(settings)).rows if row.culture == "CHN")
    known = {item for item, culture in targets.shares if culture == "CHN"}
    assert groups == {item: n for item, n in copies.items() if item in known}


def test_a_people_not_asked_an_item_has_no_row_there() -> None:
    counts = load_survey().counts["CHN"]
    lacking = next(item.id for item in load_survey().select("attitudes") if item.id not in counts)
    result = taught(study({"items": [lacking, "Q57"], "orders": "forward"}))
    assert {row.culture for row in result.rows if row.source == lacking} <= {"DEU", "NGA"}
    assert {row.culture for row in result.rows if row.source == "Q57"} == set(CODES)
    step = result.yields[0]
    assert step.count + sum(step.lost.values()) == step.of == 6
    assert step.lost


@pytest.mark.parametrize("mix", [-0.1, 1.5])
def test_a_mix_lies_between_none_and_all(mix: float) -> None:
    with pytest.raises(ConfigError, match=r"survey\.mix"):
        study({"mix": mix})


@pytest.mark.parametrize(
    ("own", "over", "error", "said"),
    [
        ({"items": ["Q1"]}, {}, ConfigError, "names Q1, which this study holds out"),
        ({"items": ["Q999"]}, {}, SurveyError, "has no item 'Q999'"),
        ({"framings": ["awre"]}, {}, ConfigError, "Did you mean 'aware'"),
        ({"framings": ["persona"]}, {}, ConfigError, "speaks for single respondents"),
        ({"languages": ["de"]}, {}, SurveyError, "no wording 1 in 'de'"),
        (
            {"control": "neutral", "languages": ["sw"]},
            {},
            ConfigError,
            r"control = 'neutral' has no questions in 'sw', but in en, de, es, ja, zh: name one",
        ),
        (
            {"control": "shuffled"},
            {"cultures": {"measure": CODES, "adapt": ["CHN"]}},
            ConfigError,
            "needs two cultures",
        ),
        (
            {},
            {"cultures": {"measure": CODES, "adapt": ["CHN", "FRA"]}},
            SurveyError,
            "holds no people's answers for 'FRA'",
        ),
    ],
)
def test_what_cannot_be_taught_is_said(
    own: dict[str, Any], over: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        check(study(own, **over), fetch=False)


def test_a_culture_that_answered_none_of_the_items_is_named() -> None:
    survey = load_survey()
    lacking = next(i.id for i in survey.items.values() if i.id not in survey.counts["CHN"])
    with pytest.raises(ConfigError, match="no people of CHN answered any of the 1 items"):
        check(study({"items": [lacking]}), fetch=False)


def test_presets_bring_their_tuning() -> None:
    tuned = study().adapt[0].tuning
    assert (tuned.rank, tuned.batch, tuned.contrast) == (32, 1, 1.0)
    published = study(adapt={"preset": "published"}).adapt[0]
    tuned = published.tuning
    assert (tuned.rank, tuned.alpha, tuned.learning_rate, tuned.contrast) == (8, 32, 2e-4, 0)
    assert published.own.orders == "forward"
    assert study(adapt={"tuning": {"rank": 4}}).adapt[0].tuning.rank == 4
