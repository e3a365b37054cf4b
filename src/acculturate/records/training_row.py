"""Rows that a model is tuned on, from whichever method."""

from dataclasses import dataclass

from acculturate.records.request import Message


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """A prompt and what the model should answer.

    Either `completion` is the assistant's text (only its tokens bear loss), or `labels` and
    `target` give a distribution over the labels at the reply's first position (cross-entropy
    against it; probabilities sum to 1). `mass` is the probability that all labels together are
    to have there, in (0, 1]: below 1 the rest of the vocabulary is to keep its own. `culture`
    and `source` (an item's id) say what it teaches. Of a conversation the assistant's earlier
    messages that bear loss too stand in `trained`, as their places in the prompt, rising. Rows
    of one `group` put the same to several cultures: they are trained in one step, under the same
    labels.
    """

    prompt: tuple[Message, ...]
    culture: str
    source: str
    completion: str = ""
    labels: tuple[str, ...] = ()
    target: tuple[float, ...] = ()
    weight: float = 1.0
    trained: tuple[int, ...] = ()
    mass: float = 1.0
    group: str = ""
