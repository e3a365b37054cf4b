"""Survey taking: a model answers a survey's items under a framing.

>>> from acculturate.survey import load_survey
>>> from acculturate.asking import AnswerSettings
>>> taking = SurveyTaking.of("arm", load_survey(), "attitudes", ["CHN"], "aware", AnswerSettings())
>>> next(taking.requests()).labels
('1', '2', '3', '4')
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from acculturate.asking import AnswerSettings, Ask, answer, asks, orders, request
from acculturate.culture import Culture
from acculturate.errors import SurveyError
from acculturate.framing import Framing, find_framing
from acculturate.records import Answer, Item, Request, Sampling
from acculturate.runner import Lookup, Round
from acculturate.survey import Survey


@dataclass(frozen=True, slots=True)
class SurveyTaking:
    """A stage: `items` asked under each of `framings` (languages and wordings of one framing)."""

    name: str
    role: str
    items: tuple[Item, ...]
    cultures: tuple[Culture, ...]
    framings: tuple[Framing, ...]
    settings: AnswerSettings

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
    ) -> Self:
        """Look up items, cultures and framing by name; raises `SurveyError` or `ConfigError`."""
        spoken = survey.spoken_name if settings.name_survey else ""
        framings = tuple(
            find_framing(framing, language, wording, settings.prompts, spoken)
            for language in settings.languages
            for wording in range(settings.framing_wordings)
        )
        chosen = survey.select(items)
        for language, item in itertools.product(settings.languages, chosen):
            item.wording(language, settings.wordings - 1)
        if not chosen:
            raise SurveyError("No items are left to ask: name at least one, or 'attitudes'.")
        people = tuple(survey.culture(code) for code in dict.fromkeys(cultures))
        return cls(name, role, chosen, people, framings, settings)

    def asks(self) -> Iterator[Ask]:
        """Every ask, in the order that batches are cut."""
        s = self.settings
        samples = s.samples if s.kind == "sampled" else 1
        for framing in self.framings:
            yield from asks(
                self.items, framing, self.cultures, s.orders, s.labels, s.wordings, samples
            )

    def requests(self) -> Iterator[Request]:
        s = self.settings
        sampling = Sampling(s.temperature, s.top_p, s.max_tokens, s.seed)
        return (request(each, s.kind, sampling) for each in self.asks())

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """One round: no item's prompt depends on another's answer."""
        yield Round(self.role, self.requests(), self.total)

    @property
    def total(self) -> int:
        """How many requests there are."""
        s = self.settings
        presentations = sum(len(orders(item, s.orders)) for item in self.items) * s.wordings
        whose = sum(len(self.cultures) if f.needs_culture else 1 for f in self.framings)
        return presentations * whose * (s.samples if s.kind == "sampled" else 1)

    def answers(self, done: Lookup) -> Iterator[Answer]:
        """The answers, read anew from the stored replies; what has no reply is left out."""
        for ask, each in zip(self.asks(), self.requests(), strict=True):
            reply = done(self.role, each)
            if reply is not None:
                yield answer(ask, reply)
