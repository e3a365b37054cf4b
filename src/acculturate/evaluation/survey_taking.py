"""Survey taking: a model answers a survey's items under a framing.

>>> from acculturate.survey import load_survey
>>> from acculturate.asking import AnswerSettings
>>> taking = SurveyTaking.of("arm", load_survey(), "attitudes", ["CHN"], "aware", AnswerSettings())
>>> next(taking.requests()).labels
('1', '2', '3', '4')
"""

import functools
import itertools
import operator
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from acculturate.asking import AnswerSettings, Ask, shown_orders
from acculturate.asking.conversation import Conversation, Replies, Single, Sitting, likely
from acculturate.asking.fingerprint import fingerprint
from acculturate.asking.questionnaire import Size, conversations, count_conversations, size_of
from acculturate.culture import Culture
from acculturate.errors import SurveyError
from acculturate.framing import Backdrop, Framing, Persona, find_framing
from acculturate.records import Answer, Item, Request
from acculturate.runner import Lookup, Round
from acculturate.survey import Survey

LISTED = 6
"""Items that a sentence names."""
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
        if not chosen:
            raise SurveyError("No items are left to ask: name at least one, or 'attitudes'.")
        for language in settings.languages:
            _check_wordings(survey, chosen, language, settings.wordings)
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
    def sources(self) -> tuple[str, ...]:
        """In what the asking of an item varies: orders, wordings, languages, perturbations."""
        s = self.settings
        ways = {
            "perturbation": 1 + len(s.perturb),
            "wording": s.wordings,
            "framing wording": len({framing.wording for framing in self.framings}),
            "language": len({framing.language for framing in self.framings}),
            "order": max(len(shown_orders(item, s)) for item in self.items),
        }
        return tuple(source for source, count in ways.items() if count > 1)

    @property
    def varied(self) -> bool:
        """Whether an item is asked in several ways."""
        return bool(self.sources)

    def narrowed(self, cultures: Container[str], items: Container[str]) -> "SurveyTaking":
        """Return the stage with these cultures (codes) and items (ids) alone, asked as they are in
        the whole one: where items stand together, all of them stay.
        """
        alone = self.settings.presentation == "single"
        return replace(
            self,
            cultures=tuple(culture for culture in self.cultures if culture.code in cultures),
            items=tuple(item for item in self.items if not alone or item.id in items),
        )

    def conversations(self, start: int = 0) -> Iterator[Conversation]:
        """Yield every conversation from the `start`-th (from 0) on, in the order that batches are
        cut.
        """
        for framing in self.framings:
            if start and (size := count_conversations(*self._asked(framing))) <= start:
                start -= size
                continue
            yield from conversations(*self._asked(framing), start)
            start = 0

    def asks(self) -> Iterator[Ask]:
        """Yield every ask of an item by itself, one for each of `requests` where all are such."""
        return (one.ask for one in self.conversations() if isinstance(one, Single))

    def _asked(
        self, framing: Framing
    ) -> tuple[tuple[Item, ...], Framing, tuple[Culture, ...], AnswerSettings, Personas]:
        alike = self.told_alike(framing)
        first = tuple(culture for culture in self.cultures if culture.code in alike)
        return self.items, framing, first, self.settings, self.personas

    def first_requests(self, start: int = 0) -> Iterator[Request]:
        """Yield what each conversation from the `start`-th (from 0) on begins with: no reply
        decides it.
        """
        firsts = (one.request(()) for one in self.conversations(start))
        return (request for request in firsts if request is not None)

    def requests(self) -> Iterator[Request]:
        """Yield every request; those that depend on replies as they would be after likely ones."""
        for conversation in self.conversations():
            yield from likely(conversation)

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Yield rounds: one where no prompt depends on a reply, else one for each turn.

        Interviews are carried side by side as many as the settings say, then the next ones: each
        goes on from what is held of it.
        """
        replied = functools.partial(done, self.role)
        if self.settings.presentation == "interview":
            yield from self._interviews(replied)
            return
        firsts = self.first_requests
        yield Round(self.role, firsts(), self.held, firsts, self.digest)
        if self.settings.reason:
            requests = (Sitting(one).at(1, replied) for one in self.conversations())
            yield Round(self.role, (one for one in requests if one is not None), self.held)

    def _interviews(self, replied: Replies) -> Iterator[Round]:
        every, turn = self.conversations(), operator.methodcaller("next", replied)
        while held := [Sitting(one) for one in itertools.islice(every, self._at_once)]:
            while asked := [one for one in map(turn, held) if one is not None]:
                yield Round(self.role, asked, len(asked))

    @property
    def _at_once(self) -> int:
        return self.settings.interviews_at_once

    @property
    def digest(self) -> str:
        """Names all that decides the first requests: 32 hex digits."""
        others = self.items, self.cultures, self.personas
        return fingerprint(self.settings, self.framings, others, self.first_requests, self.held)

    def longest(self) -> Request:
        """Return the longest request there is likely to be, of a culture's first person."""
        cultures = self.cultures[:1]
        persons = {code: people[:1] for code, people in self.personas.items()}
        return max(
            (
                asked
                for framing in self.framings
                for one in conversations(self.items, framing, cultures, self.settings, persons)
                for asked in likely(one)
            ),
            key=lambda asked: sum(len(message.text) for message in asked.messages),
        )

    @property
    def whole(self) -> int | None:
        """How many requests are shown as one bar, where its rounds are many."""
        return self.total if self.settings.presentation == "interview" else None

    @property
    def total(self) -> int:
        """How many requests there are."""
        return self._size.requests * sum(self._askers())

    @property
    def answered(self) -> int:
        """How many answers there are where every request has a reply."""
        return self._size.answers * sum(
            times * max(len(alike), 1)
            for framing in self.framings
            for code, alike in self.told_alike(framing).items()
            if (times := self.askers(framing)[code])
        )

    @property
    def held(self) -> int:
        """How many conversations there are."""
        turns = 2 if self.settings.reason else 1
        if self.settings.presentation == "interview":
            turns *= len(self.items)
        return self.total // turns

    @property
    def _size(self) -> Size:
        return size_of(self.items, self.settings)

    def _askers(self) -> Iterable[int]:
        return (times for framing in self.framings for times in self.askers(framing).values())

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
        return (read for _, read in self.exchanges(done) if read is not None)

    def exchanges(self, done: Lookup) -> Iterator[tuple[Request, Answer | None]]:
        """Yield each request with each of the answers that its reply gives, None where it has no
        reply.
        """
        replied = functools.partial(done, self.role)
        for framing in self.framings:
            alike = self.told_alike(framing)
            for conversation in conversations(*self._asked(framing)):
                for asked, read in Sitting(conversation).exchanges(replied):
                    yield asked, read
                    for culture in alike.get(read.culture, ())[1:] if read else ():
                        yield asked, replace(read, culture=culture.code) if read else None

    def _try(self) -> None:
        """Fill one prompt for each culture: what a framing lacks is told before all is asked."""
        for culture in self.cultures:
            for framing in self.framings:
                some = self.items[:1], framing, [culture], self.settings, self.personas
                next(conversations(*some)).request(())


def _check_wordings(survey: Survey, items: Sequence[Item], language: str, number: int) -> None:
    """Raise `SurveyError` where items have fewer wordings in a language than are asked for, with
    what can be asked in it.
    """
    lacking = [item.id for item in items if len(item.wordings_in(language)) < number]
    if not lacking:
        return
    wanted = "no wording" if number == 1 else f"fewer than {number} wordings"
    have = [item.id for item in survey.items.values() if len(item.wordings_in(language)) >= number]
    instead = "ask in another language" if number == 1 else "ask for fewer answers.wordings"
    if have:
        instead = (
            f"name items that have, such as {', '.join(have[:LISTED])} ({len(have)} of the "
            f"survey's do: acculturate survey show {survey.name} --language {language} marks the "
            "others)"
        )
    first = f"{', '.join(lacking[:LISTED])}{' ...' if len(lacking) > LISTED else ''}"
    raise SurveyError(
        f"{len(lacking)} of {len(items)} items have {wanted} in '{language}' ({first}): {instead}."
    )
