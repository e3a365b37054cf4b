"""Sharing: what two stages ask alike is asked once, so it is counted once.

A reply is kept under the model and the prompt, so a second stage that asks the same finds it there.
Here the same is told beforehand: parts of a stage's prompts are named by all that decides them
(`Work.asks`), and what was named before for the same model is taken off.

    arm transfer-CHN    @spa/CHN: about CHN, about DEU
    arm specific        @spa/CHN: about CHN                   nothing of its own
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from acculturate.methods.workload import Work


@dataclass(slots=True)
class Sharing:
    """Remembers what was counted; `who` names the model that answers for a reference."""

    who: Callable[[str], str]
    repeated: list[str] = field(default_factory=list)
    """Stages that ask nothing of their own."""
    _alike: dict[tuple[str, frozenset[str]], list[str]] = field(default_factory=dict)
    _asked: dict[tuple[str, str], float] = field(default_factory=dict)

    def meet(self, works: Iterable[Work]) -> None:
        """Remember the names of stages that ask the same, before any of them is counted."""
        for work in works:
            self._alike.setdefault(self._key(work), []).append(work.name)

    def alike(self, work: Work) -> list[str]:
        """The names under which what it asks may have been asked, its own among them."""
        return self._alike.get(self._key(work), [work.name]) if work.asks else [work.name]

    def _key(self, work: Work) -> tuple[str, frozenset[str]]:
        return self.who(work.ref), frozenset(work.asks)

    def own(self, works: Iterable[Work]) -> Iterator[Work]:
        """What is left for each to ask, after those before it; without those that ask nothing.

        Of a part that comes in two sizes the smaller is taken to lie within the larger.
        """
        for work in works:
            left = sum(self._new(work.ref, *part) for part in work.asks.items())
            if left or not work.asks:
                yield work.only(left, sum(work.asks.values())) if work.asks else work
            else:
                self.repeated.append(work.name)

    def _new(self, ref: str, part: str, amount: float) -> float:
        key = self.who(ref), part
        before = self._asked.get(key, 0.0)
        self._asked[key] = max(before, amount)
        return max(0.0, amount - before)

    @property
    def note(self) -> str:
        """The stages left out, in a sentence; "" where there is none."""
        tails: dict[str, list[str]] = {}
        for name in self.repeated:
            head, _, tail = name.partition(": ")
            tails.setdefault(head, []).append(tail)
        heads: dict[str, list[str]] = {}
        for head, said in tails.items():
            heads.setdefault(", ".join(filter(None, said)), []).append(head)
        parts = [
            f"{what} of {', '.join(of)}" if what else ", ".join(of) for what, of in heads.items()
        ]
        return f"Asked before, and counted once: {'; '.join(parts)}." if parts else ""
