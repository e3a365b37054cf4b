"""Questions: the model writes new survey questions, topic by topic, in rounds.

Each attempt is a small dialogue: the role and the topic, then examples as if they had been asked
for and written before (survey items of the topic, and questions generated so far), then the request
for one more. A dialogue of examples serves small models far better than a list of them in one
message: the embedded model writes readable JSON in about 7 of 10 attempts instead of 1 or 2.

A round holds attempts for every topic that is still short, its examples drawn from closed rounds
only, so that a run that was killed goes on with the same prompts. A topic ends when it has what is
wanted or has used up its attempts; the yield then says so.

    stage = QuestionStage(survey_items, settings)
    runner.run(stage)
    found = stage.collect(runner.lookup)
"""

import json
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from acculturate.culturespa.culturespa_settings import CultureSpaSettings
from acculturate.culturespa.drafting import as_draft
from acculturate.culturespa.question_reader import Unread, read
from acculturate.culturespa.rulebook import AnyRules, Rulebook
from acculturate.errors import EngineError, SurveyError, nearest
from acculturate.prompts import find_prompt
from acculturate.records import GenerateRequest, Generation, Item, Message, Reply, Sampling, Wording
from acculturate.records.json_schema import TEXT, TEXTS, object_of, schema_text
from acculturate.records.yields import Drop, Yield, funnel, ranked, reasons, why
from acculturate.runner import Lookup, Round

ROOM = "culturespa"
FORM = schema_text(object_of({"question": TEXT, "options": TEXTS}))
"""Of a question, as `as_json` writes it."""
SURPLUS = "more than their topic needs"
"""Reason of a good question that came after its topic had enough."""
READ, KEPT = "replies held a question", "questions were kept"
WANTED = "questions that were wanted are there"
LEAST_RATE = 0.1
"""The lowest share of usable attempts that a round is planned with."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What was kept, what was dropped and why, and the yields: of the steps, and by topic."""

    items: tuple[Item, ...]
    drops: tuple[Drop, ...]
    yields: tuple[Yield, ...]
    topics: tuple[Yield, ...]

    @property
    def usable(self) -> tuple[int, int]:
        """How many attempts of a writer made a question that the rules keep, and how many there
        were; none of questions that were brought.
        """
        of = {tally.step: tally.of for tally in self.yields}
        return (of.get(KEPT, 0), of[READ]) if READ in of else (0, 0)

    def require(self) -> tuple[Item, ...]:
        """Return the items; raises `EngineError` where not one attempt made a usable question."""
        if not self.items:
            raise EngineError(
                f"None of {self.yields[0].of} attempts made a usable question "
                f"({reasons(self.drops)}): use a model that follows instructions, or raise "
                "questions.attempts."
            )
        return self.items


@dataclass(slots=True)
class _Topic:
    """A topic on its way: its survey items, what was kept, how often was tried."""

    name: str
    survey_items: tuple[Item, ...]
    kept: list[Item] = field(default_factory=list)
    tried: int = 0


@dataclass(slots=True)
class _Growth:
    """What the closed rounds brought."""

    topics: tuple[_Topic, ...]
    rules: AnyRules
    drops: list[Drop] = field(default_factory=list)
    readable: int = 0
    unread: Counter[str] = field(default_factory=Counter)

    def drop_unread(self, drop: Drop) -> None:
        """Count a reply that holds no question."""
        self.drops.append(drop)
        self.unread[drop.reason] += 1


class QuestionStage:
    """Writes questions on the topics of `survey_items`.

    `avoid` are the items that the study measures on: no question may copy them, nor say in other
    words what they ask, unless `questions.leaks` is "keep" (see leaks.py). Raises `SurveyError` for
    a topic without survey items.
    """

    def __init__(
        self,
        survey_items: Sequence[Item],
        settings: CultureSpaSettings,
        avoid: Sequence[Item] = (),
        role: str = "base",
        name: str = "questions",
    ) -> None:
        self.name = name
        self._role = role
        self._seed = settings.seed
        self._settings = settings.questions
        self._survey_items = by_topic(survey_items, settings.questions.topics)
        self._book = Rulebook(settings.questions, survey_items, avoid)
        self._researcher = find_prompt(ROOM, "researcher")
        self._question = find_prompt(ROOM, "question").fill()

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Ask in rounds until every topic has what is wanted or has used up its attempts."""
        return self._grow(self._begin(), done)

    def collect(self, done: Lookup) -> Questions:
        """Read every closed round anew from the replies."""
        growth = self._begin()
        for _ in self._grow(growth, done):
            pass
        items = tuple(item for topic in growth.topics for item in topic.kept)
        return Questions(items, tuple(growth.drops), self._yields(growth), _by_name(growth))

    def _begin(self) -> _Growth:
        topics = tuple(_Topic(name, self._pool(name)) for name in self._survey_items)
        return _Growth(topics, self._rules())

    def _rules(self) -> AnyRules:
        roles = [self._told(name, known) for name, known in self._survey_items.items()]
        return self._book.rules([*roles, self._question])

    def _pool(self, topic: str) -> tuple[Item, ...]:
        """Return a topic's survey items, or so many of them as the settings allow."""
        survey_items, most = self._survey_items[topic], self._settings.pool
        if most is None or most >= len(survey_items):
            return survey_items
        return tuple(random.Random(f"{self._seed}/{topic}/pool").sample(survey_items, most))

    def _grow(self, growth: _Growth, done: Lookup) -> Iterator[Round]:
        """Give each round, then close it with its replies; ends where one has no reply yet."""
        while asked := list(self._round(growth)):
            yield Round(self._role, [request for _, request in asked], len(asked))
            replies = [done(self._role, request) for _, request in asked]
            if any(reply is None for reply in replies):
                return
            for (topic, _), reply in zip(asked, replies, strict=True):
                if reply is not None:
                    self._take(growth, topic, reply)

    # -- a round ----------------------------------------------------------------------------------

    def _round(self, growth: _Growth) -> Iterator[tuple[_Topic, GenerateRequest]]:
        sampling = Sampling.of(self._settings, self._seed)
        form = FORM if self._settings.bound else ""
        for topic, count in zip(growth.topics, self._allot(growth.topics), strict=True):
            for number in range(topic.tried, topic.tried + count):
                messages = self._messages(topic, number)
                yield topic, GenerateRequest(messages, sampling, number, form)

    def _allot(self, topics: Sequence[_Topic]) -> list[int]:
        """Return attempts of each topic in the next round: one by one to the topic tried least, up
        to what each needs, until the round is full.
        """
        wants = [self._wants(topic) for topic in topics]
        given = [0] * len(topics)
        for _ in range(min(self._settings.round_size, sum(wants))):
            open_topics = [k for k in range(len(topics)) if given[k] < wants[k]]
            given[min(open_topics, key=lambda k: (topics[k].tried + given[k], k))] += 1
        return given

    def _wants(self, topic: _Topic) -> int:
        """Return attempts that should bring what is missing, at the topic's rate so far."""
        missing = self._settings.per_topic - len(topic.kept)
        left = self._settings.attempts * self._settings.per_topic - topic.tried
        rate = max(LEAST_RATE, (len(topic.kept) + 1) / (topic.tried + 2))
        return max(0, min(left, math.ceil(missing / rate)))

    def _messages(self, topic: _Topic, number: int) -> tuple[Message, ...]:
        draw = random.Random(f"{self._seed}/{topic.name}/{number // self._settings.shared}")
        examples = self._examples(topic, draw)
        turns = [Message("system", self._told(topic.name, examples))]
        for item in examples:
            wording = draw.choice(item.wordings["en"])
            turns += [Message("user", self._question), Message("assistant", as_json(item, wording))]
        return (*turns, Message("user", self._question))

    def _told(self, topic: str, examples: Sequence[Item]) -> str:
        """Return the system prompt; without an example it has to say what form a question takes."""
        return self._researcher.fill(topic=topic, examples=len(examples))

    def _examples(self, topic: _Topic, draw: random.Random) -> list[Item]:
        """Return generated questions as far as there are any, then survey items, shuffled."""
        generated = min(self._settings.generated, len(topic.kept))
        survey_items = min(self._settings.examples - generated, len(topic.survey_items))
        chosen = draw.sample(topic.kept, generated) + draw.sample(topic.survey_items, survey_items)
        draw.shuffle(chosen)
        return chosen

    # -- a reply ----------------------------------------------------------------------------------

    def _take(self, growth: _Growth, topic: _Topic, reply: Reply) -> None:
        """Keep the question of a reply, or drop the reply with its reason."""
        topic.tried += 1
        if not isinstance(reply, Generation):
            growth.drop_unread(Drop("no reply", getattr(reply, "message", ""), topic.name))
            return
        draft = read(reply.text, ended=reply.stop == "end")
        if isinstance(draft, Unread):
            growth.drop_unread(Drop(draft.reason, reply.text, topic.name))
            return
        growth.readable += 1
        item = growth.rules.item(draft, topic.name)
        if isinstance(item, Item) and len(topic.kept) >= self._settings.per_topic:
            item = Drop(SURPLUS, reply.text, topic.name)
        if isinstance(item, Drop):
            growth.drops.append(replace(item, text=reply.text))
            return
        topic.kept.append(item)
        growth.rules.keep(item)

    # -- the yields -------------------------------------------------------------------------------

    def _yields(self, growth: _Growth) -> tuple[Yield, ...]:
        tried = sum(topic.tried for topic in growth.topics)
        kept = sum(len(topic.kept) for topic in growth.topics)
        wanted = self._settings.per_topic * len(growth.topics)
        lost = Counter(drop.reason for drop in growth.drops) - growth.unread
        surplus = ranked({SURPLUS: lost.pop(SURPLUS, 0)})
        steps = [(f"questions are {name}", reasons) for name, reasons in growth.rules.steps]
        left = funnel(growth.readable, steps, lost, "questions pass all other rules")
        good = left[-1]
        missing = {f"not written in {self._bound} attempts for each topic": wanted - kept}
        return (
            Yield(READ, growth.readable, tried, lost=ranked(growth.unread)),
            replace(left[0], after=READ),
            *left[1:],
            Yield(KEPT, kept, good.count, lost=surplus, after=good.step),
            Yield(WANTED, kept, wanted, self._shortfall(growth), lost=ranked(missing)),
            *self._book.leaked([item for topic in growth.topics for item in topic.kept]),
            *growth.rules.found(),
        )

    @property
    def _bound(self) -> int:
        """Attempts that a topic has at most."""
        return self._settings.attempts * self._settings.per_topic

    def _shortfall(self, growth: _Growth) -> str:
        short = [topic for topic in growth.topics if len(topic.kept) < self._settings.per_topic]
        if not short:
            return ""
        counts = ", ".join(f"{topic.name} {len(topic.kept)}" for topic in short)
        return (
            f"{len(short)} of {len(growth.topics)} topics have fewer than the "
            f"{self._settings.per_topic} wanted after at most {self._bound} attempts each: {counts}"
        )


def as_json(item: Item, wording: Wording) -> str:
    """Return a question as the model is shown it and asked to write it."""
    draft = as_draft(item, wording)
    return json.dumps({"question": draft.question, "options": draft.options}, ensure_ascii=False)


def by_topic(survey_items: Sequence[Item], topics: Sequence[str]) -> dict[str, tuple[Item, ...]]:
    """Return survey items with an English wording by topic, in the order of the topics wanted."""
    items: dict[str, list[Item]] = {}
    for item in survey_items:
        if item.wordings.get("en"):
            items.setdefault(item.topic, []).append(item)
    for topic in topics:
        if topic not in items:
            raise SurveyError(
                f"The topic '{topic}' has no items to begin from.{nearest(topic, items)} "
                f"There are {', '.join(items) or 'no topics at all'}."
            )
    return {topic: tuple(items[topic]) for topic in dict.fromkeys(topics or items)}


def _by_name(growth: _Growth) -> tuple[Yield, ...]:
    return tuple(
        Yield(
            topic.name,
            len(topic.kept),
            topic.tried,
            lost=why(drop for drop in growth.drops if drop.topic == topic.name),
        )
        for topic in growth.topics
    )
