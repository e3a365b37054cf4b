"""The backdrop: all that a framing may draw from the people of a survey, computed when asked for.

neighbours(culture)             cultures like it, and cultures unlike it
examples(item, culture, "en")   items like one, answered
personas(culture, seed)         its respondents, as a prompt may know them

    >>> from acculturate.survey import load_survey
    >>> [culture.name for culture in Backdrop(load_survey()).neighbours("USA")[0]]
    ['Canada', 'Australia', 'Great Britain']
"""

from functools import cached_property

from acculturate.culture import Culture
from acculturate.errors import SurveyError
from acculturate.framing.backdrop_settings import BackdropSettings
from acculturate.framing.examples import Example, ExampleChoice
from acculturate.framing.neighbours import neighbour_pool, neighbours
from acculturate.framing.persona import Persona, draw_personas
from acculturate.records import Item
from acculturate.survey import People, Survey


class Backdrop:
    """Neighbours, examples and personas of one survey under one choice of settings."""

    def __init__(self, survey: Survey, settings: BackdropSettings | None = None) -> None:
        self.survey, self.settings = survey, settings or BackdropSettings()
        self._neighbours: dict[str, tuple[tuple[Culture, ...], tuple[Culture, ...]]] = {}

    def neighbours(self, culture: str) -> tuple[tuple[Culture, ...], tuple[Culture, ...]]:
        """Return cultures like this one, and cultures unlike it; raises `SurveyError` without
        people.
        """
        if culture not in self._neighbours:
            self.survey.check_cultures([culture])
            s = self.settings
            near = neighbours(
                self._people,
                culture,
                s.neighbours,
                s.distance,
                neighbour_pool(self.survey, culture, s.pool),
                self.survey.published_modes,
            )
            similar, different = (
                tuple(self.survey.culture(code) for code in codes) for codes in near
            )
            self._neighbours[culture] = similar, different
        return self._neighbours[culture]

    def examples(self, item: Item, culture: str, language: str) -> tuple[Example, ...]:
        """Return items like `item` with the culture's modal answers; raises `SurveyError` where
        none.
        """
        examples = self._choice.examples(item, culture, language, self.settings.examples)
        if not examples:
            raise SurveyError(
                f"There is no item in '{language}' that people of {culture} answered and that "
                f"could be an example for {item.id}: name others as answers.backdrop.example_items,"
                " or another language."
            )
        return examples

    def personas(self, culture: str, seed: int) -> tuple[Persona, ...]:
        """Return persons of a culture, drawn with a seed; raises `SurveyError` without
        respondents.
        """
        if self.survey.respondents is None:
            raise SurveyError(
                f"The survey '{self.survey.name}' has counts of answers and no respondents, so "
                "there is nobody to be a persona: import one with respondents (acculturate survey "
                'import FILE --name NAME), or try survey.source = "fictitious-wvs7".'
            )
        s = self.settings
        return draw_personas(
            self.survey.respondents, culture, s.persons, seed, s.traits, weighted=s.weighted
        )

    @cached_property
    def _people(self) -> People:
        survey = self.survey
        survey.check_cultures(self.settings.pool)
        return survey.people(survey.cultures, survey.select(self.settings.neighbour_items))

    @cached_property
    def _choice(self) -> ExampleChoice:
        return ExampleChoice(self.survey, self.survey.select(self.settings.example_items))
