"""Planting: whether a model that was to hold a culture does, before others are built on it.

An adaptation that says how far its arms are to lean as the people do (`Adaptation.planted`), and
that is the base of another one, is a manipulation. Where it did not take, what stands on it is
void, and a caution says so.
"""

from collections.abc import Iterator, Mapping, Sequence

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.scores import MEAN
from acculturate.records import Score
from acculturate.study.results.sides import trained_name
from acculturate.study.schema import Study

SLOPE = "deviation_slope"
MOST_OFF = 0.1
"""How far a slope may lie from what was planted; the people's own is 1."""


def planting_cautions(
    study: Study, tables: Mapping[str, ArmTable], scores: Sequence[Score]
) -> Iterator[str]:
    """Yield a caution for each arm on a planted model that leans otherwise than was planted: on
    trained items, or on those held out, where nothing was.
    """
    slopes = {row.arm: row.value for row in scores if (row.metric, row.culture) == (SLOPE, MEAN)}
    bases = {adaptation.base.removeprefix("@") for adaptation in study.adapt}
    for arm in study.arm:
        section = study.adaptation(arm.model)
        if section is None or section.planted is None or section.id not in bases:
            continue
        trained = slopes.get(trained_name(arm.id))
        held_out = slopes.get(arm.id)
        if tables[arm.id].common or trained is None or held_out is None:
            continue
        if max(abs(trained - section.planted), abs(held_out)) > MOST_OFF:
            yield (
                f"Void: {arm.id} should have a deviation slope of {section.planted:g} on the items "
                f"that {section.id} trained and of 0 on those held out. It has {trained:.2f} and "
                f"{held_out:.2f}, so results of what was built on it mean nothing."
            )
