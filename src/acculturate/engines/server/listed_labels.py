"""Options weighed by what a server lists as the reply's first token, without its tokenizer.

The rule is the local engine's (engines/labels.py does the arithmetic): a label's tokens are a path,
and what runs on into a longer label is that label's. What is missing here is the tokenizer, so how
many tokens a label is made of is read off the server's own count of a prompt that ends in it:

    count("10") = count("1")        one token, and "1" does not run on into it
    count("10") = count("1") + 1    "1", then "0": what follows "1" is asked for, by letting the
                                    server go on from a reply that begins with "1"

A server lists only its most probable tokens (20, mostly). What is not listed has at most the
probability of the last one listed, and at most what all listed ones leave; half of that is written,
and where it could be more than `UNSEEN` of what the options have together, nothing is written at
all: where no option is listed they would all look alike. The last but one is taken for the last,
since some servers also list the token that they draw, wherever it stands.
"""

import itertools
import math
from collections.abc import Collection, Mapping, Sequence

from acculturate.engines.labels import LEADS, LEAST, LabelPlan, Path
from acculturate.engines.server.trouble import UnansweredError
from acculturate.records import Failure

UNSEEN = 0.05
"""The most that an option which is not listed may have of what all options have together: its error
is half of this."""
SHOWN = 3
"""Of what is listed instead of options, in a sentence."""

Pieces = tuple[str, ...]


def pieces_of(label: str, tokens: int) -> Pieces | None:
    """Return a label's tokens, from how many they are; None where that does not say which.

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
            paths.append(tuple(self._path(variant) for variant in variants))
        self._plan = LabelPlan((), tuple(paths))
        self._texts = list(self._names)
        self._labels = ["".join(label) for label in labels]

    @property
    def beginnings(self) -> list[str]:
        """Beginnings of a reply after which the next token is wanted too."""
        return [
            "".join(self._texts[piece] for piece in path) for path in self._plan.questions if path
        ]

    def logprobs(self, answers: Mapping[str, Mapping[str, float]]) -> tuple[float, ...]:
        """Return each label's log-probability, from what the server lists after each beginning (""
        too).

        Raises `UnansweredError` where an option may hold more than `UNSEEN` and is not listed.
        """
        half, most = (self._weighed(answers, part) for part in (0.5, 1.0))
        first = answers[""]
        if not any(self._texts[token] in first for token in self._plan.questions[()]):
            raise UnansweredError(Failure("content", _none_listed(first)))
        mass = math.fsum(half)
        unsure = [upper - share for share, upper in zip(half, most, strict=True)]
        at = max(range(len(half)), key=lambda place: unsure[place])
        if 2 * unsure[at] > UNSEEN * mass:
            raise UnansweredError(
                Failure("content", _may_be_large(len(first), self._labels[at], most[at], mass))
            )
        return tuple(math.log(share) if share > 0 else LEAST for share in half)

    def _weighed(
        self, answers: Mapping[str, Mapping[str, float]], part: float
    ) -> tuple[float, ...]:
        """Return each label's probability, where what is not listed has a part of the most it may
        have.
        """
        weighed: dict[Path, dict[int, float]] = {}
        for path, tokens in self._plan.questions.items():
            listed = answers["".join(self._texts[piece] for piece in path)]
            weighed[path] = {token: _logprob(self._texts[token], listed, part) for token in tokens}
        return tuple(map(math.exp, self._plan.logprobs(weighed)))

    def _path(self, pieces: Pieces) -> Path:
        return tuple(self._names.setdefault(piece, len(self._names)) for piece in pieces)


def conflicting(labels: Sequence[Pieces]) -> bool:
    """Return whether a label's tokens cannot all be read off the first one."""
    return any(len(label) > 1 for label in labels) or any(
        left == right[: len(left)] for left, right in itertools.permutations(labels, 2)
    )


def _logprob(text: str, listed: Mapping[str, float], part: float) -> float:
    if text in listed:
        return listed[text]
    left = max(0.0, 1 - math.fsum(map(math.exp, listed.values())))
    most = min(left, math.exp(sorted(listed.values())[:2][-1]))
    return math.log(most * part) if most > 0 else LEAST


def _none_listed(listed: Mapping[str, float]) -> str:
    likeliest = sorted(listed, key=lambda text: -listed[text])[:SHOWN]
    shown = ", ".join(f"{text!r} {math.exp(listed[text]):.0%}" for text in likeliest)
    return (
        f"None of the options is among the {len(listed)} tokens that the server lists ({shown}): "
        'set answers.kind to "sampled".'
    )


def _may_be_large(count: int, label: str, most: float, mass: float) -> str:
    return (
        f"The server lists {count} tokens, '{label}' is not among them, and it could have "
        f'{most:.0%} where all options have {mass:.0%}: set answers.kind to "sampled".'
    )
