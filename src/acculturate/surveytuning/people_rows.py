"""Training rows: the people's answers under the very prompts in which a model is asked.

All cultures of an item in one presentation are a group: they are trained in one step, which
computes what their prompts begin with once, and can learn how they deviate from each other
(`tuning.contrast`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from acculturate.asking import AnswerSettings, Ask, asks, messages, shown
from acculturate.culture import Culture
from acculturate.culture.spoken import OWN, own_language
from acculturate.framing import Backdrop, Framing, find_framing
from acculturate.records import Item, TrainingRow
from acculturate.records.language import look_up
from acculturate.surveytuning.people_targets import PeopleTargets
from acculturate.surveytuning.survey_settings import SurveyTuningSettings


@dataclass(frozen=True, slots=True)
class PeopleRows:
    """What rows are made from: items and cultures, and how they are asked.

    `answers` are the study's answer settings, `backdrop` the survey's people for framings that
    draw on them, `title` the survey's name where prompts are to say it.
    """

    items: tuple[Item, ...]
    cultures: tuple[Culture, ...]
    settings: SurveyTuningSettings
    answers: AnswerSettings
    backdrop: Backdrop
    title: str = ""

    def framings(self, language: str) -> Iterator[Framing]:
        """Yield every framing in every wording; raises `ConfigError` for one that is not there."""
        for name in self.settings.framings:
            for wording in range(self.settings.framing_wordings):
                yield find_framing(
                    name, language, wording, self.answers.prompts, self.title, self.backdrop
                )

    def asks(self) -> Iterator[tuple[Ask, Culture]]:
        """Yield every ask with the culture that it is for, item by item.

        A framing that names no culture is asked for each of them, so that every adapter learns it.
        """
        shape = self.settings.answers(self.answers)
        tags = {culture.code: self.languages(culture) for culture in self.cultures}
        framings = {tag: list(self.framings(tag)) for tag in {*chain.from_iterable(tags.values())}}
        for item in self.items:
            for culture in self.cultures:
                for framing in chain.from_iterable(framings[tag] for tag in tags[culture.code]):
                    for ask in asks([item], framing, [culture], shape):
                        yield ask, culture

    def languages(self, culture: Culture) -> tuple[str, ...]:
        """Return the tags in which a culture is trained, each once."""

        def worded(tag: str) -> bool:
            return all(look_up(item.wordings, tag) is not None for item in self.items)

        own = own_language(culture, worded)
        tags = (own if tag == OWN else tag for tag in self.settings.languages)
        return tuple(dict.fromkeys(tags))

    def rows(self, targets: PeopleTargets) -> tuple[TrainingRow, ...]:
        """Return a row for each ask that people of its culture answered, items group by group."""
        made: dict[str, list[TrainingRow]] = {}
        for ask, culture in self.asks():
            if row := _row(ask, culture, targets):
                made.setdefault(row.group, []).append(row)
        return tuple(_copied(list(made.values()), targets, self.settings.oversample))


def _row(ask: Ask, culture: Culture, targets: PeopleTargets) -> TrainingRow | None:
    named, item = ask.framing.needs_culture, ask.item
    target = targets.own(item.id, culture.code)
    if target is None:
        return None
    taught = target if named else targets.world(item.id)
    assert taught is not None  # a culture answered the item
    order = ask.presentation.order
    return TrainingRow(
        messages(ask),
        culture.code,
        item.id,
        labels=tuple(option.label for option in shown(item, ask.presentation)),
        target=tuple(taught[place] for place in order),
        group=_group(ask),
    )


def _group(ask: Ask) -> str:
    """Name all that the rows of a group have in common: everything but the culture."""
    framing, shape = ask.framing, ask.presentation
    asked = f"{framing.name} {framing.language}.{framing.wording}"
    return f"{ask.item.id} {asked} {shape.wording} {'-'.join(map(str, shape.order))}"


def _copied(
    groups: Sequence[Sequence[TrainingRow]], targets: PeopleTargets, most: int
) -> Iterator[TrainingRow]:
    for rows in groups:
        for copy in range(targets.copies(rows[0].source, most)):
            named = f"{rows[0].group} again {copy}" if copy else rows[0].group
            yield from (replace(row, group=named) for row in rows)
