"""References stand on what the arms beside them are scored on, whatever the order of arms."""

from dataclasses import replace

import numpy as np
import pytest

from acculturate.evaluation.arm_table import ArmTable, build_table
from acculturate.evaluation.company import beside, companies, reference_scores, scored_cells
from acculturate.evaluation.reference_arms import reference_tables
from acculturate.records import Answer, Score
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.results.scored_rows import arm_scores
from acculturate.survey import Survey, load_survey

FEW = Resampling(draws=20, people_draws=20)


def arm(survey: Survey, name: str, codes: dict[str, int | None], cultures: str = "XAA") -> ArmTable:
    answers = [
        Answer(item, "point", culture=culture, code=code)
        for culture in cultures.split()
        for item, code in codes.items()
    ]
    return build_table(answers, survey, arm=name)


LONG: dict[str, int | None] = {"T1": 3, "T2": 1, "T3": 1, "T4": 0}
SHORT: dict[str, int | None] = {"T2": 2, "T3": 3}


def by_name(rows: list[Score]) -> dict[tuple[str, str | None, str], Score]:
    return {(row.arm, row.culture, row.metric): row for row in rows}


def test_the_order_of_arms_decides_nothing(survey: Survey) -> None:
    arms = [arm(survey, "short", SHORT), arm(survey, "long", LONG)]
    rows = [by_name(arm_scores(order, survey, None, FEW)) for order in (arms, arms[::-1])]
    assert rows[0] == rows[1]
    alone = by_name(arm_scores(arms[:1], survey, ["alignment"], FEW))
    for name in ("uniform", "mode", "culture-blind", "scale-histogram"):
        beside_it = rows[0][f"reference:{name}:short", "XAA", "alignment"]
        assert beside_it.value == alone[f"reference:{name}", "XAA", "alignment"].value
        assert beside_it.n == 2
        assert rows[0][f"reference:{name}:long", "XAA", "alignment"].n == 4


def test_references_stand_on_what_was_read_in_each_culture(survey: Survey) -> None:
    answers = {"XAA": LONG | {"T1": None}, "YYY": LONG | {"T4": None}}
    table = build_table(
        [
            Answer(item, "point", culture=culture, code=code)
            for culture, codes in answers.items()
            for item, code in codes.items()
        ],
        survey,
        arm="arm",
    )
    rows = by_name(arm_scores([table], survey, None, FEW))
    uniform = rows["reference:uniform", "XAA", "alignment"]
    # T2: .1; T3, people .2 .7 .1 in scale order: (2/15 + 7/30) / 2; T4, people .5 .5 0: 1/3
    assert uniform.value == pytest.approx(1 - (0.1 + (2 / 15 + 7 / 30) / 2 + 1 / 3) / 3)
    assert (uniform.n, rows["arm", "XAA", "alignment"].n) == (3, 3)
    # where refusals count as uniform, everything asked counts beside it too
    filled = "alignment_refused_as_uniform"
    assert rows["reference:uniform", "YYY", filled].n == rows["arm", "YYY", filled].n == 4


def test_arms_that_were_asked_the_same_share_what_all_of_them_read(survey: Survey) -> None:
    arms = [
        arm(survey, "one", LONG | {"T1": None}, "XAA YYY"),
        arm(survey, "two", LONG | {"T2": None}, "YYY XAA"),
        arm(survey, "mute", dict.fromkeys(LONG), "XAA YYY"),
    ]
    [company] = companies(arms)
    assert company.label == ""
    cells_CI = scored_cells(company.arms, "alignment")
    assert cells_CI.tolist() == [[False, False, True, True]] * 2
    reference = reference_tables(survey, ("XAA", "YYY"), arms[0].items, ["uniform"])[0]
    rows = reference_scores(reference, company.arms, ["alignment", "kl_as_published"], FEW)
    assert [row.metric for row in rows[::3]] == ["alignment", "kl_as_published"]
    assert rows[0].n == 2


def test_a_reference_is_found_by_the_arm_it_stands_beside() -> None:
    names = ["reference:uniform:a+b", "reference:uniform:c", "reference:uniform-ish"]
    assert beside("b", "reference:uniform", names) == names[0]
    assert beside("c", "reference:uniform", names) == names[1]
    assert beside("d", "reference:uniform", names) is None
    assert beside("d", "reference:uniform", [*names, "reference:uniform"]) == "reference:uniform"


def test_one_arm_that_answered_everything_has_the_references_of_the_survey() -> None:
    survey = load_survey()
    items = survey.select("Q1,Q46,Q57,Q165")
    tables = reference_tables(survey, ("CHN", "DEU"), items, ["mode", "culture-blind"])
    asked = replace(tables[0], arm="arm", asked_CI=np.ones_like(tables[0].asked_CI))
    rows = by_name(arm_scores([asked], survey, ["alignment"], FEW))
    assert rows["reference:mode", "mean", "alignment"].value == pytest.approx(
        rows["arm", "mean", "alignment"].value
    )
