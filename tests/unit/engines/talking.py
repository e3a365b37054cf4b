"""Conversations that end one by one, and some of whose lines are asked again, as in role-play."""

from collections.abc import Iterator, Sequence

from acculturate.engines.hf import HfEngine
from acculturate.records import Failure, GenerateRequest, Generation, Message, Sampling
from acculturate.runner import Lookup, Round

DRAWN = Sampling(temperature=1.0, top_p=0.9, max_tokens=8, seed=1)
TURNS = 5


class Talks:
    """Each person says at most `TURNS` lines; what a line sounds like decides who leaves (1 of 7)
    and whose line is asked again once more (1 of 5).
    """

    name = "talks"

    def __init__(self, people: int) -> None:
        self.people = people

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """The next line of everybody who is there."""
        said = {who: list[str]() for who in range(self.people)}
        again = dict.fromkeys(said, 0)
        while said:
            asked = {who: _request(who, lines, again[who]) for who, lines in said.items()}
            yield Round("base", list(asked.values()), len(asked))
            for who, request in asked.items():
                reply = done("base", request)
                if reply is None:
                    return
                assert isinstance(reply, Generation)
                sound = sum(map(ord, reply.text))
                if sound % 5 == 0 and again[who] < 2:
                    again[who] += 1
                    continue
                again[who] = 0
                said[who] += [reply.text or "...", "Is it so, or is it otherwise?" * (sound % 3)]
                if sound % 7 == 0 or len(said[who]) == 2 * TURNS:
                    del said[who]


def _request(who: int, lines: Sequence[str], sample: int) -> GenerateRequest:
    first = f"You are number {who} of many people who have come to talk." + " Listen." * (who % 9)
    spoken = [Message("assistant" if at % 2 == 0 else "user", x) for at, x in enumerate(lines)]
    return GenerateRequest(
        (Message("system", first), Message("user", "Hi."), *spoken), DRAWN, sample
    )


class Dying:
    """A local engine that dies within its batch number `last`, if it ever asks so many."""

    def __init__(self, engine: HfEngine, last: int) -> None:
        self._engine, self._left = engine, last
        self.identity, self.batch_size = engine.identity, 8
        self.choose_batch_size = engine.choose_batch_size
        self.can_choose, self.can_seed_rows = engine.can_choose, engine.can_seed_rows
        self.can_bind, self.commits_each = engine.can_bind, engine.commits_each
        self.choose, self.close = engine.choose, engine.close
        self.asked: list[Sequence[GenerateRequest]] = []

    def generate(
        self, requests: Sequence[GenerateRequest]
    ) -> Iterator[tuple[str, Generation | Failure]]:
        """Yield texts, and only the first of the last batch."""
        self.asked.append(requests)
        self._left -= 1
        for reply in self._engine.generate(requests):
            yield reply
            if self._left == 0:
                raise KeyboardInterrupt
