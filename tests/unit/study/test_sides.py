"""The verdict sets its arm, and the ceiling, beside answers that need no model."""

import numpy as np
import pytest

from acculturate.config import validate
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.reference_arms import reference_table
from acculturate.records.results.conclusion import Line, Verdict
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.plan import Plan
from acculturate.study.results.sides import with_levels
from acculturate.study.schema import Study

DRAWN = Resampling(draws=300)
CULTURES = ["CHN", "DEU", "MEX"]
ITEMS = ["Q4", "Q12", "Q22", "Q30", "Q37", "Q53", "Q61", "Q77", "Q100", "Q108", "Q115", "Q126"]
TAUGHT = ["Q2", "Q3", "Q28", "Q29", "Q51", "Q52"]


def study(held_out: bool) -> Study:
    """CultureSPA, and beside it the ceiling, on items that only the latter's neighbours teach."""
    split = {"split": {"by": "item", "held_out": "measured"}} if held_out else {}
    tree = {
        "study": {"name": "both"},
        "survey": {"items": ITEMS, **split},
        "cultures": {"measure": CULTURES, "adapt": CULTURES},
        "models": {"base": {"name": "embedded"}},
        "adapt": [
            {"id": "spa", "method": "culturespa"},
            {"id": "taught", "method": "survey", "survey": {"items": TAUGHT}},
            {"id": "shuffled", "method": "survey", "survey": {"control": "shuffled"}},
        ],
        "arm": [
            {"id": "aware"},
            {"id": "shuffled", "model": "@shuffled", "framing": "country"},
            {"id": "ceiling", "model": "@taught", "framing": "country"},
            {"id": "adapted", "model": "@spa", "against": "aware"},
        ],
    }
    return validate(Study, tree, "test")


def lines_of(held_out: bool) -> dict[str, Line]:
    """The lines of a verdict on `adapted`, a uniform guess, where the ceiling is the people."""
    plan = Plan.of(study(held_out))
    items = plan.survey.select(plan.study.survey.items)
    people = plan.survey.people(CULTURES, items)
    sizes_I = people.size_I[:, None]
    even_IK = (np.arange(people.share_CIK.shape[-1]) < sizes_I) / sizes_I

    def table(name: str, own: float) -> ArmTable:
        share_CIK = own * people.share_CIK + (1 - own) * even_IK
        return reference_table(plan.survey, CULTURES, items, name, share_CIK)

    tables = {"adapted": table("adapted", 0.0), "ceiling": table("ceiling", 0.9)}
    verdict = Verdict("alignment", "mean", "adapted", "aware", 0.0, None, None, 48, None)
    told = with_levels(verdict, plan, tables, DRAWN)
    assert all(line.said in told.sentence for line in told.lines)
    return {line.about: line for line in told.lines}


def test_the_ceiling_stands_beside_what_was_told_the_same_items() -> None:
    lines = lines_of(held_out=True)
    assert set(lines) == {"levels", "ceiling"}
    ceiling = lines["ceiling"]
    assert ceiling.said.startswith(
        "The ceiling: ceiling, trained on the people's answers to 6 other "
    )
    assert "uniform +" in ceiling.said
    assert "(above it)" in ceiling.said
    assert [row.against.partition(":")[2] for row in ceiling.levels] == [
        "uniform",
        "wording-lookup",
        "scale-histogram",
        "own-scale-histogram",
    ]
    [uniform] = [row for row in lines["levels"].levels if row.against == "reference:uniform"]
    assert uniform.value == pytest.approx(0)


def test_without_items_held_out_nothing_is_said_of_levels() -> None:
    assert lines_of(held_out=False) == {}
