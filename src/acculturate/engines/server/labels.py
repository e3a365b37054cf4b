"""Options weighed by what a server lists as the reply's first token, without its tokenizer.

The rule is the local engine's (engines/labels.py does the arithmetic): a label's tokens are a path,
and what runs on into a longer label is that label's. What is missing here is the tokenizer, so how
many tokens a label is made of is read off the server's own count of a prompt that ends in it:

    count("10") = count("1")        one token, and "1" does not run on into it
    count("10") = count("1") + 1    "1", then "0": what follows "1" is asked for, by letting the
                                    server go on from a reply that begins with "1"

A server lists only its most probable tokens (20, mostly). What is not listed has at most the
probability of the last one listed, and at most what all listed ones leave; half of that is written,
and where it could be more than `UNSEEN` nothing is written at all. The last but one is taken for
the last, since some servers also list the token that they draw, wherever it stands.
"""

import itertools
import math
from collections.abc import Collection, Mapping, Sequence

from acculturate.engines.labels import LEADS, LEAST, LabelPlan, Path
from acculturate.engines.server.transport import UnansweredError
from acculturate.records import Failure

UNSEEN = 0.02
"""The most that an option which is not listed may have: its error is half of this."""

Pieces = tuple[str, ...]


def pieces_of(label: str, tokens: int) -> Pieces | None:
    """A label's tokens, from how many they are; None where that does not say which.

    >>> pieces_of("10", 2), pieces_of("10", 1), pieces_of("Agree", 2)
    (('1', '0'), ('10',), None)
    """
    if tokens == 1:
        return (label,)
    return tuple(label) if tokens == len(label) else None


class TextPlan:
    """A `LabelPlan` whose tokens are texts: what is asked after which beginning of a reply.

    `spaced` are the first pieces that are one token together with a space before them too; a space
    that is a token of its own does not count, as in the local engine.
    """

    def __init__(self, labels: Sequence[Pieces], spaced: Collection[str] = ()) -> None:
        self._names: dict[str, int] = {}
        paths = []
        for pieces in labels:
            leads = LEADS if pieces[0] in spaced else LEADS[:1]
            variants = [(lead + pieces[0], *pieces[1:]) for lead in leads]
            paths.append(tuple(self._path(each) for each in variants))
        self._plan = LabelPlan((), tuple(paths))
        self._texts = list(self._names)

    @property
    def beginnings(self) -> list[str]:
        """Beginnings of a reply after which the next token is wanted too."""
        return [
            "".join(self._texts[each] for each in path) for path in self._plan.questions if path
        ]

    def logprobs(self, answers: Mapping[str, Mapping[str, float]]) -> tuple[float, ...]:
        """Each label's log-probability, from what the server lists after each beginning ("" too).

        Raises `UnansweredError` where an option may hold more than `UNSEEN` and is not listed.
        """
        found: dict[Path, dict[int, float]] = {}
        for path, tokens in self._plan.questions.items():
            listed = answers["".join(self._texts[each] for each in path)]
            found[path] = {each: _logprob(self._texts[each], listed) for each in tokens}
        return self._plan.logprobs(found)

    def _path(self, pieces: Pieces) -> Path:
        return tuple(self._names.setdefault(each, len(self._names)) for each in pieces)


def conflicting(labels: Sequence[Pieces]) -> bool:
    """Whether a label's tokens cannot all be read off the first one."""
    return any(len(each) > 1 for each in labels) or any(
        left == right[: len(left)] for left, right in itertools.permutations(labels, 2)
    )


def _logprob(text: str, listed: Mapping[str, float]) -> float:
    if text in listed:
        return listed[text]
    left = max(0.0, 1 - math.fsum(map(math.exp, listed.values())))
    most = min(left, math.exp(sorted(listed.values())[:2][-1]))
    if most > UNSEEN:
        raise UnansweredError(
            Failure(
                "content",
                f"The server lists {len(listed)} tokens, '{text}' is not among them, and it could "
                f'have {most:.0%}: set answers.kind to "sampled".',
            )
        )
    return math.log(most / 2) if most > 0 else LEAST
