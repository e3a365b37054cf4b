"""What a server can do, as its probe found it, and what that means for the numbers.

`sentences` say all of it, for a person who looks at the server; `cautions` are what no number
shows, and stand beside every result.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from acculturate.engines.server.request_body import FULLEST, Manner

Hearing = Literal["taken", "moved", "unknown"]
"""Whether a system message reaches the model: as it is, at the head of the user's, or not known."""

ONLY_ONE = "takes no temperature but 1: set answers.temperature = 1 where texts are asked for"


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the probe found.

    `listed`: how many of the first token's alternatives come; `apart`: what is listed is not what a
    reply begins with (a space of its own comes first, or another token's list is given), so lists
    are of no use. `one_temperature`: others than 1 are refused; `clamped`: they are taken, and
    others used. `answers_as` is the name in its replies where it is not the one asked for, and
    `another` says that it is no version of that.
    """

    manner: Manner = FULLEST
    listed: int = 0
    constrained: bool = False
    binds: bool = False
    many: bool = False
    draws: bool = True
    seeded: bool = False
    thinks: bool = False
    continues: bool = False
    hearing: Hearing = "taken"
    apart: bool = False
    one_temperature: bool = False
    clamped: bool = False
    answers_as: str = ""
    another: bool = False

    @property
    def way(self) -> str:
        """How options are weighed, unless there are too many, or their tokens are not known."""
        if self.listed and not self.thinks:
            return "log-probabilities"
        return "constrained choice" if self.constrained else "samples"

    @property
    def weighs(self) -> bool:
        """Whether options can be weighed: where they are counted, draws must differ, and lists and
        draws must be of the temperature that was asked for.
        """
        return not self.clamped and (self.way == "log-probabilities" or self.draws)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, for a person to read."""
        left_out = self._left_out
        first = f" (the first {self.listed} tokens)" if self.listed else ", counted"
        begun = "can" if self.continues else "cannot"
        weighed = f"are weighed by {self.way}{first}" if self.weighs else "cannot be weighed"
        return (
            f"options {weighed}",
            f"a reply {begun} be continued from given text, as labels of several tokens need",
            "a seed gives the same text again" if self.seeded else "seeds have no effect",
            "several replies in one request" if self.many else "one reply in each request",
            *([f"does without {', '.join(left_out)}"] if left_out else []),
            *([ONLY_ONE] if self.one_temperature else []),
            *self.cautions,
        )

    @property
    def hindrances(self) -> tuple[str, ...]:
        """Why nothing can be counted."""
        return tuple(self._hindrances())

    def _hindrances(self) -> Iterator[str]:
        if not self.draws:
            yield "always gives the same text, whatever the temperature and the seed"
        if self.clamped:
            yield "samples at another temperature than it is asked for"

    @property
    def cautions(self) -> tuple[str, ...]:
        """What no number shows."""
        return tuple(self._cautions())

    @property
    def _left_out(self) -> list[str]:
        manner = self.manner
        lacking = {
            "top_k and min_p": not manner.whole,
            "chat_template_kwargs": not manner.switches,
            "system messages": not manner.system and self.hearing == "taken",
            "seed": not manner.seed,
        }
        return [name for name, lacks in lacking.items() if lacks]

    def _cautions(self) -> Iterator[str]:
        if self.hearing == "moved":
            yield "ignores system messages: they are put before the user's message"
        if self.hearing == "unknown":
            yield (
                "may ignore system messages: it reports no token counts, and its replies do not "
                "show whether they reach the model"
            )
        if not self.manner.defaults:
            yield "refuses temperature and top_p of 1, so its own defaults are used"
        if self.thinks:
            yield "thinks before it answers, and thinking cannot be switched off"
        if self.apart:
            yield "lists tokens that its replies do not begin with, so options are sampled"
        yield from self._hindrances()
        if self.another:
            yield f"answers as '{self.answers_as}', another name than was asked for"
