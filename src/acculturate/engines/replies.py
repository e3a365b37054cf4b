"""A reply as it is kept: a text, the options' probabilities, or why it is neither.

Every engine brings what it read through these two, so that the same thing is a failure whoever
computes: a thought that is cut off, a text that never came, probabilities that are no numbers, and
options of which none has a probability (all of them alike would be no answer, but look like one).

    >>> choice_reply((float("nan"), -1.0), 9) == NO_NUMBERS
    True
    >>> text_reply(Written("", "Even, or", cut=True), 9, 24, LIMIT).message
    'The thought is cut off after 24 tokens: raise max_tokens of what asks it (answers.max_tokens).'
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from acculturate.engines.labels import LEAST
from acculturate.records import Choice, Failure, Generation

LIMIT = "raise max_tokens of what asks it (answers.max_tokens)"
NO_NUMBERS = Failure(
    "content",
    "The model's probabilities are not numbers, as happens in float16 (set dtype to float32 or "
    "bfloat16) and with an adapter whose weights are too large (train it again, with a smaller "
    "learning rate).",
)
NO_OPTION = Failure(
    "content", "None of the options has a probability above 0: set answers.kind to sampled."
)
ABOVE_ONE = Failure("content", "The options' probabilities add up to more than 1.")
ROUNDING = 0.01
"""By how much probabilities may pass 1: some are computed in 16 bits."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was read of a text. `cut`: its thought never ends; `full`: its length ran out."""

    answer: str
    reasoning: str = ""
    cut: bool = False
    full: bool = False

    @property
    def unfinished(self) -> bool:
        """Whether the length ran out before an answer began."""
        return self.cut or (self.full and not self.answer.strip())


def text_reply(written: Written, read: int, new: int, setting: str) -> Generation | Failure:
    """Return the text, from a prompt of `read` tokens; `setting` says what to do where `new` tokens
    did not suffice for an answer.
    """
    if written.cut or (written.unfinished and written.reasoning):
        return Failure("content", f"The thought is cut off after {new} tokens: {setting}.")
    if written.unfinished:
        return Failure("content", f"The {new} tokens written hold no text: {setting}.")
    if written.reasoning and not written.answer.strip():
        return Failure("content", "The reply is a thought without an answer.")
    return Generation(
        written.answer, read, new, "length" if written.full else "end", written.reasoning
    )


def choice_reply(logprobs: Sequence[float], read: int) -> Choice | Failure:
    """Return the labels' log-probabilities (natural, each `LEAST` or above) after `read` tokens."""
    if any(math.isnan(logprob) for logprob in logprobs):
        return NO_NUMBERS
    if all(logprob <= LEAST for logprob in logprobs):
        return NO_OPTION
    if math.fsum(map(math.exp, logprobs)) > 1 + ROUNDING:
        return ABOVE_ONE
    return Choice(tuple(logprobs), read)
