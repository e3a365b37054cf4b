"""The field's measures by name: their values on cases counted by hand, their rows, their names."""

from dataclasses import replace

import numpy as np
import pytest

from acculturate.api import score
from acculturate.errors import ConfigError
from acculturate.evaluation import canon
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.canon import canon_scores
from acculturate.evaluation.canon_measures import GROUPS
from acculturate.evaluation.population_fidelity import fidelity_scores
from acculturate.evaluation.reference_arms import reference_tables
from acculturate.evaluation.scores import score_table
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import load_survey

pytest.importorskip("popfidelity", reason="extra 'measures'")
DRAWN = Resampling(draws=200)
CULTURES = ("CHN", "DEU", "NGA", "USA")


def tables(*names: str) -> list[ArmTable]:
    survey = load_survey()
    items = survey.select(["Q1", "Q7", "Q46", "Q57", "Q106", "Q150", "Q165", "Q240"])
    return reference_tables(survey, CULTURES, items, names)


def means(table: ArmTable, *groups: str) -> dict[str, float | None]:
    rows = canon_scores(table, groups, DRAWN)
    return {row.metric: row.value for row in rows if row.culture == "mean"}


def test_the_people_score_the_best_of_every_measure() -> None:
    (people,) = tables("people")
    values = means(people, *GROUPS)
    del values["opinionqa_consistency"]  # of no worth where all are represented alike
    floor = values.pop("subpop_noise_floor")
    assert floor is not None
    assert 0 < floor < 0.1
    assert values == pytest.approx(
        {
            "opinionqa_representativeness": 1.0,
            "globalopinionqa_similarity_base_2": 1.0,
            "subpop_distance": 0.0,
            "simbench_score": 100.0,
            **{f"worldvaluesbench_within_{step / 20:.2f}": 1.0 for step in range(1, 11)},
            "machine_bias_very_good": 1.0,
            "machine_bias_good": 0.0,
            "machine_bias_mediocre": 0.0,
            "machine_bias_bad": 0.0,
            "machine_bias_very_bad": 0.0,
            "sd_ratio": 1.0,
            "pooled_entropy_ratio": 1.0,
            "collision_ratio": 1.0,
            "modal_collapse": 0.0,
            "support_collapse": 0.0,
            "stereotyping": 0.0,
            **dict.fromkeys(GROUPS["pfs"](), 1.0),
        },
        abs=1e-9,
    )


def test_a_uniform_guess_scores_zero_where_a_measure_says_so() -> None:
    (uniform,) = tables("uniform")
    values = means(uniform, "simbench", "pfs")
    assert values.pop("simbench_score") == pytest.approx(0.0)
    assert values["pfs_default"] == 0.0


def test_measures_that_we_have_too_agree_with_ours() -> None:
    for table in tables("uniform", "culture-blind", "another"):
        ordinal = replace(
            table,
            share_CIK=np.where(table.people.ordinal_I[:, None], table.share_CIK, np.nan),
        )
        ours = {
            row.metric: row.value
            for row in score_table(ordinal, ["wasserstein"], DRAWN) + fidelity_scores(table, DRAWN)
            if row.culture == "mean"
        }
        theirs = means(table, "opinionqa", "pfs")
        near = ours["wasserstein"]
        assert near is not None
        assert theirs["opinionqa_representativeness"] == pytest.approx(1 - near)
        assert theirs["pfs_default"] == pytest.approx(ours["population_fidelity"], abs=1e-12)


def test_the_noise_floor_is_what_a_resample_has() -> None:
    resampled, other = tables("people-resampled", "another")
    floor = means(other, "subpop")["subpop_noise_floor"]
    seen = means(resampled, "subpop")["subpop_distance"]
    assert floor is not None
    assert seen == pytest.approx(floor, rel=0.35)  # one draw on eight items


def test_rows_have_cultures_and_intervals_by_battery() -> None:
    survey = load_survey()
    (other,) = reference_tables(survey, CULTURES, survey.select("attitudes"), ["another"])
    rows = [
        row for row in canon_scores(other, ["subpop"], DRAWN) if row.metric == "subpop_distance"
    ]
    assert [row.culture for row in rows] == [*CULTURES, "mean"]
    assert all(row.low is not None and row.low < (row.value or 0) for row in rows)
    fixed = canon_scores(other, ["subpop"], Resampling(items="fixed", draws=100))
    assert {row.low for row in fixed} == {None}


def test_an_unknown_group_and_a_missing_package_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="Did you mean 'subpop'"):
        canon_scores(tables("uniform")[0], ["supbop"])
    monkeypatch.setattr(canon, "lacking", lambda *_: "More measures need popfidelity: type this")
    with pytest.raises(ConfigError, match="type this"):
        canon_scores(tables("uniform")[0], ["subpop"])


def test_score_takes_groups_and_shows_levels_beside_the_arm() -> None:
    rows = [
        {"item": name, "culture": culture, "answer": 1}
        for culture in CULTURES
        for name in ("Q1", "Q7", "Q46", "Q57")
    ]
    result = score(rows, measures=["subpop"])
    arms = {row.arm for row in result.scores if row.metric == "subpop_distance"}
    levels = {"reference:uniform", "reference:mode", "reference:people-resampled"}
    assert levels < arms
    assert len(arms - levels) == 1
    floors = {row.arm for row in result.scores if row.metric == "subpop_noise_floor"}
    assert floors == {"reference:people-resampled"}, "it is the same beside every arm"
    assert not [row for row in score(rows).scores if row.metric == "subpop_distance"]
