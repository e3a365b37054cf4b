"""What is kept of an arm once its answers have been read: its table, and what only answers show.

Answers are many and tables are not, so each arm's answers are looked at once, as they come, and
dropped: what stays is the table for every metric, the place on the culture map, what moved the
answers, and the persons they spoke for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from acculturate.evaluation.arm_table import ArmTable, build_table
from acculturate.evaluation.culture_map import MapAnswers, map_items
from acculturate.evaluation.no_answers import NoAnswers
from acculturate.evaluation.personas import IndividualTable, PersonaAnswers
from acculturate.evaluation.reliability import Repeats, way_repeats
from acculturate.evaluation.robustness import Levels
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.evaluation.variance_sources import Variation
from acculturate.records import Answer
from acculturate.records.results.placed import ArmPlace
from acculturate.records.results.silent import NoAnswerRow
from acculturate.records.results.varied import Habit, Source
from acculturate.study.results.persons import person_tables
from acculturate.survey import Survey

WAYS = frozenset({"perturbation", "order", "wording", "framing_wording", "language"})
"""Sources of variance besides the culture."""


@dataclass
class CutTexts:
    """How many of an arm's `texts` ended at the length limit before they named an option (`lost`):
    they count as refused, and say nothing of what the model would have answered.
    """

    texts: int = 0
    lost: int = 0

    def add(self, answer: Answer) -> None:
        """Count an answer."""
        self.texts += 1
        self.lost += answer.cut and answer.refused


@dataclass(frozen=True)
class Measured:
    """An arm: `places` is empty without the map's items, `sources` without several ways to ask.

    `habit` is None where each item was shown in one order, `persons` empty where the answers speak
    for no respondents. `discloses` says what its prompts gave away of the people's answers, `refs`
    which models were asked, `cut` which texts were too short, `tells` whether its prompts tell of
    the culture. `no_answers` say how often no answer is given where that was offered.
    `variation` has the answers by all ways to ask, to be held beside those of other arms,
    `levels` the tables of each source that it varies in, by level.
    """

    table: ArmTable
    places: tuple[ArmPlace, ...] = ()
    sources: tuple[Source, ...] = ()
    repeats: tuple[Repeats, ...] = ()
    habit: Habit | None = None
    persons: tuple[IndividualTable, ...] = ()
    discloses: str = ""
    refs: tuple[str, ...] = ()
    cut: CutTexts = field(default_factory=CutTexts)
    tells: bool = False
    no_answers: tuple[NoAnswerRow, ...] = ()
    variation: Variation | None = None
    levels: Mapping[str, Mapping[str, ArmTable]] = field(default_factory=dict)

    @property
    def deaf(self) -> bool:
        """Whether the culture is told and every culture has the same answers to the last bit."""
        first, *others = self.table.share_CIK
        alike = (np.array_equal(first, share_IK, equal_nan=True) for share_IK in others)
        return self.tells and bool(others) and not np.isnan(first).all() and all(alike)


def measure_answers(
    answers: Iterable[Answer],
    survey: Survey,
    asked: SurveyTaking,
    *,
    arm: str,
    model: str,
    cultures: Sequence[str],
    seed: int,
    refs: Sequence[str] = (),
) -> Measured:
    """Return everything that an arm's answers show, read once as they come, however many they are.

    `asked` says of which items and in which ways. Raises `SurveyError` as `build_table` does.
    """
    on_map = {item.id for item in asked.items} >= set(map_items())
    places = MapAnswers(survey) if on_map else None
    variation = Variation(survey)
    persons = PersonaAnswers(survey, arm, model)
    cut, none = CutTexts(), NoAnswers()
    levels = Levels(survey, asked.items, cultures, asked.sources)
    tallies = [note for note in (variation, persons, places, cut, none, levels) if note]

    def seen() -> Iterator[Answer]:
        for answer in answers:
            for tally in tallies:
                tally.add(answer)
            yield answer

    table = build_table(seen(), survey, arm=arm, model=model, cultures=cultures, items=asked.items)
    return Measured(
        table,
        tuple(places.positions(arm, seed=seed)) if places else (),
        tuple(variation.sources()) if asked.varied and variation.varied & WAYS else (),
        way_repeats(variation) if asked.varied else (),
        variation.habit() if asked.varied and "order" in variation.varied else None,
        tuple(person_tables(persons, survey)),
        asked.discloses,
        tuple(refs),
        cut,
        asked.framings[0].needs_culture,
        tuple(none.rows(arm, survey, cultures)),
        variation,
        levels.tables(),
    )
