"""Survey taking: a model answers a survey's items under a framing.

>>> from acculturate.survey import load_survey
>>> from acculturate.asking import AnswerSettings
>>> taking = SurveyTaking.of("arm", load_survey(), "attitudes", ["CHN"], "aware", AnswerSettings())
>>> next(taking.requests()).labels
('1', '2', '3', '4')
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from acculturate.asking import AnswerSettings, Ask, answer, asks, messages, request, shown_orders
from acculturate.culture import Culture
from acculturate.errors import SurveyError
from acculturate.framing import Backdrop, Framing, Persona, find_framing
from acculturate.records import Answer, Item, Request
from acculturate.runner import Lookup, Round
from acculturate.survey import Survey

Personas = Mapping[str, tuple[Persona, ...]]


@dataclass(frozen=True, slots=True)
class SurveyTaking:
    """A stage: `items` asked under each of `framings` (languages and wordings of one framing).

    `personas` are respondents by culture, for framings that speak of one: their answers carry the
    respondent's id.
    """

    name: str
    role: str
    items: tuple[Item, ...]
    cultures: tuple[Culture, ...]
    framings: tuple[Framing, ...]
    settings: AnswerSettings
    personas: Personas = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        name: str,
        survey: Survey,
        items: str | Sequence[str],
        cultures: Sequence[str],
        framing: str,
        settings: AnswerSettings,
        role: str = "base",
        backdrop: Backdrop | None = None,
    ) -> Self:
        """Look up items, cultures and framing by name, and try the first prompt of each culture.

        `backdrop` may be shared by stages that ask the same survey with the same settings. Raises
        `SurveyError` or `ConfigError`.
        """
        spoken = survey.spoken_name if settings.name_survey else ""
        behind = backdrop or Backdrop(survey, settings.backdrop)
        framings = tuple(
            find_framing(framing, language, wording, settings.prompts, spoken, behind)
            for language in settings.languages
            for wording in range(settings.framing_wordings)
        )
        chosen = survey.select(items)
        for language, item in itertools.product(settings.languages, chosen):
            item.wording(language, settings.wordings - 1)
        if not chosen:
            raise SurveyError("No items are left to ask: name at least one, or 'attitudes'.")
        people = tuple(survey.culture(code) for code in dict.fromkeys(cultures))
        persons: dict[str, tuple[Persona, ...]] = {}
        if any(one.needs_persona for one in framings):
            persons = {
                person.code: behind.personas(person.code, settings.seed) for person in people
            }
        taking = cls(name, role, chosen, people, framings, settings, persons)
        taking._try()
        return taking

    @property
    def discloses(self) -> str:
        """What the prompts give away of the people that the answers are held against."""
        return self.framings[0].discloses

    @property
    def varied(self) -> bool:
        """Whether an item is asked in several ways: wordings, languages or orders."""
        s = self.settings
        ways = len(self.framings) * s.wordings
        return ways > 1 or any(len(shown_orders(item, s)) > 1 for item in self.items)

    def asks(self) -> Iterator[Ask]:
        """Yield every ask, in the order that batches are cut."""
        for framing in self.framings:
            alike = self.told_alike(framing)
            first = tuple(culture for culture in self.cultures if culture.code in alike)
            yield from self._asks(framing, self.items, first)

    def requests(self) -> Iterator[Request]:
        s = self.settings
        return (request(ask, s.kind, s.sampling) for ask in self.asks())

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Yield one round: no item's prompt depends on another's answer."""
        yield Round(self.role, self.requests(), self.total)

    @property
    def total(self) -> int:
        """How many requests there are."""
        return self._times(
            times for framing in self.framings for times in self.askers(framing).values()
        )

    @property
    def answered(self) -> int:
        """How many answers there are where every request has a reply."""
        return self._times(
            times * max(len(alike), 1)
            for framing in self.framings
            for code, alike in self.told_alike(framing).items()
            if (times := self.askers(framing)[code])
        )

    def _times(self, askers: Iterable[int]) -> int:
        s = self.settings
        shown = sum(len(shown_orders(item, s)) for item in self.items)
        return shown * s.wordings * s.texts * sum(askers)

    def told_alike(self, framing: Framing) -> dict[str, tuple[Culture, ...]]:
        """Return the cultures that a framing tells in the same words, by the code of the one that
        is asked for all of them: groups of one culture, where it says nothing of groups. "" is for
        a framing that tells of no culture.
        """
        if not framing.needs_culture:
            return {"": ()}
        alike: dict[str, tuple[Culture, ...]] = {}
        asked: dict[str, str] = {}
        for culture in self.cultures:
            whole = culture.code if framing.tells_groups else culture.of or culture.code
            first = asked.setdefault(whole, culture.code)
            alike[first] = (*alike.get(first, ()), culture)
        return alike

    def askers(self, framing: Framing) -> dict[str, int]:
        """Return how often each item is asked by culture: once, or for each of its persons; "" is
        for all of them at once.
        """
        if framing.needs_persona:
            return {culture.code: len(self.personas[culture.code]) for culture in self.cultures}
        return dict.fromkeys(self.told_alike(framing), 1)

    def answers(self, done: Lookup) -> Iterator[Answer]:
        """Yield the answers, read anew from the stored replies; what has no reply is left out."""
        alike = {id(framing): self.told_alike(framing) for framing in self.framings}
        for ask, asked in zip(self.asks(), self.requests(), strict=True):
            reply = done(self.role, asked)
            if reply is not None:
                read = answer(ask, reply)
                yield read
                for culture in alike[id(ask.framing)].get(read.culture, ())[1:]:
                    yield replace(read, culture=culture.code)

    def _try(self) -> None:
        """Fill one prompt for each culture: what a framing lacks is told before all is asked."""
        for culture in self.cultures:
            for framing in self.framings:
                messages(next(self._asks(framing, self.items[:1], [culture])))

    def _asks(
        self, framing: Framing, items: Sequence[Item], cultures: Sequence[Culture]
    ) -> Iterator[Ask]:
        return asks(items, framing, cultures, self.settings, self.personas)
