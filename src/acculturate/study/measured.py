"""What is kept of an arm once its answers have been read: its table, and what only answers show.

Answers are many and tables are not, so each arm's answers are looked at once, here, and dropped:
the table for every metric, the place on the culture map, what moved the answers, and the persons
they spoke for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from acculturate.evaluation.arm_table import ArmTable, build_table
from acculturate.evaluation.culture_map import Position, arm_positions, map_items
from acculturate.evaluation.individual import IndividualTable
from acculturate.evaluation.variance import Habit, Source, position_habit, variance_by_source
from acculturate.records import Answer, Item
from acculturate.study.persons import person_tables
from acculturate.survey import Survey


@dataclass(frozen=True)
class Measured:
    """An arm: `places` is empty without the map's items, `sources` without several ways to ask.

    `habit` is None where each item was shown in one order, `persons` empty where the answers speak
    for no respondents. `discloses` says what its prompts gave away of the people's answers, `refs`
    which models were asked.
    """

    table: ArmTable
    places: tuple[Position, ...] = ()
    sources: tuple[Source, ...] = ()
    habit: Habit | None = None
    persons: tuple[IndividualTable, ...] = ()
    discloses: str = ""
    refs: tuple[str, ...] = ()


def look(
    answers: Sequence[Answer],
    survey: Survey,
    *,
    arm: str,
    model: str,
    cultures: Sequence[str],
    items: Sequence[Item],
    seed: int,
    discloses: str = "",
    refs: Sequence[str] = (),
) -> Measured:
    """Everything that an arm's answers show; raises `SurveyError` as `build_table` does."""
    table = build_table(answers, survey, arm=arm, model=model, cultures=cultures, items=items)
    told = [answer for answer in answers if not answer.refused]
    ways = _ways(told)
    on_map = {item.id for item in items} >= set(map_items())
    return Measured(
        table,
        tuple(arm_positions(told, survey, arm, seed=seed)) if on_map else (),
        tuple(variance_by_source(told, survey)) if ways else (),
        position_habit(told, survey) if "order" in ways else None,
        tuple(person_tables(answers, survey, arm, model)),
        discloses,
        tuple(refs),
    )


def _ways(answers: Sequence[Answer]) -> set[str]:
    """In what the asking varied: sources of variance besides the culture."""
    seen: dict[tuple[str, str], set[object]] = {}
    for answer in answers:
        for name in ("order", "wording", "framing_wording", "language"):
            seen.setdefault((name, answer.item), set()).add(getattr(answer, name))
    return {name for (name, _), levels in seen.items() if len(levels) > 1}
