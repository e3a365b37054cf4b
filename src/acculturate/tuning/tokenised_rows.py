"""Training rows as tokens: exactly the tokens the model will meet when it is asked.

A completion is rendered with the end of its turn, and every one of its tokens is trained; in a
conversation so is every earlier reply that the row names, behind the prompt it would be asked with.
Where a template writes a reply in the history as it was made, the whole is one sequence; where it
does not (thoughts that are cut out later), each reply has a sequence of its own. A target over
labels is trained by the rule that also reads answers (`engines.labels`): labels are paths of
tokens after the prompt, and where one label runs on into another ("1" and "10") the shorter one
gets what does not run on. The prompt is then fed together with the shared beginning, so that the
model's distribution after it is known too:

    prompt           -> p(1), p(2), ...         P("2")  = p(2)
    prompt "1"       -> p(0 | 1)                P("10") = p(1) p(0|1), P("1") = p(1) (1 - p(0|1))
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from acculturate.engines import chat, thoughts
from acculturate.engines.labels import LabelPlan, Path, plan_labels
from acculturate.errors import TrainingError
from acculturate.records import TrainingRow
from acculturate.records.results.made import FirstRow

if TYPE_CHECKING:
    import torch


class Place(NamedTuple):
    """Where a distribution is read: which of an example's sequences, how far before its end."""

    sequence: int
    before_end: int


@dataclass(frozen=True)
class Example:
    """One row as tokens.

    `sequences` are fed (one, but for labels whose tokens part early), and the model's distribution
    is read at `places`: with a completion, where each of the `trained` tokens is to be predicted;
    with a target, after each of the continuations that `plan` asks about, in its order.
    """

    sequences: tuple[tuple[int, ...], ...]
    places: tuple[Place, ...]
    weight: float
    trained: tuple[int, ...] = ()
    target: tuple[float, ...] = ()
    plan: LabelPlan | None = None
    truncated: bool = False
    mass: float = 1.0
    group: str = ""

    @cached_property
    def length(self) -> int:
        return max(len(sequence) for sequence in self.sequences)

    @cached_property
    def reads(self) -> tuple[tuple[int, ...], ...]:
        """Return the tokens that stand before each of the `places`."""
        ends = [len(self.sequences[place.sequence]) - place.before_end for place in self.places]
        pairs = zip(self.places, ends, strict=True)
        return tuple(self.sequences[place.sequence][:end] for place, end in pairs)

    @property
    def items(self) -> int:
        """What the row counts in a step's mean: its trained tokens, or 1 for a target."""
        return len(self.trained) or 1


def make_example(tokenizer: Any, row: TrainingRow, max_length: int) -> Example | None:
    """Return `row` as tokens, or None where nothing of it is left to train within `max_length`
    tokens.

    Raises `TrainingError` where the model's template opens a thought before every reply.
    """
    if thoughts.open_thought(chat.render(tokenizer, row.prompt)):
        raise TrainingError(
            "This model's chat template opens a thought before every reply, where an answer would "
            "be trained as a thought: choose a model whose thinking can be switched off."
        )
    if row.labels:
        example = _target_example(tokenizer, row)
        return example if example.length <= max_length else None
    replies = [_reply_tokens(tokenizer, row, place) for place in (*row.trained, None)]
    cut = [reply.within(max_length) for reply in replies if len(reply.prompt) < max_length]
    if not cut:
        return None
    sequences = _joined(cut)
    whole = len(cut) == len(replies) and cut[-1].trained == replies[-1].trained
    return Example(
        sequences=sequences,
        places=tuple(place for reply in cut for place in reply.places(sequences)),
        weight=row.weight,
        trained=tuple(token for reply in cut for token in reply.trained),
        truncated=not whole,
        group=row.group,
    )


def show_row(tokenizer: Any, row: TrainingRow, example: Example) -> FirstRow:
    """Return what the model reads and what bears loss, decoded from the very tokens."""
    if example.plan is not None:
        shares = zip(row.labels, row.target, strict=True)
        trained = ", ".join(f"{label}: {share:.4f}" for label, share in shares)
        return FirstRow(_decode(tokenizer, list(example.plan.context)), trained)
    asked = list(example.reads[0])
    return FirstRow(_decode(tokenizer, asked), _decode(tokenizer, list(example.trained)))


def label_logprobs(logp: Mapping[Path, "torch.Tensor"], plan: LabelPlan) -> "torch.Tensor":
    """Return the log-probability of each label, with gradient, by the rule of `LabelPlan.logprobs`.

    `logp[path]` holds the log-probabilities of the whole vocabulary after that continuation.
    """
    import torch

    questions = plan.questions
    labels = []
    for paths in plan.paths:
        variants = []
        for path in paths:
            terms = [logp[path[:at]][token] for at, token in enumerate(path)]
            if path in questions:
                terms.append(_not_onward(logp[path], questions[path]))
            variants.append(sum(terms[1:], start=terms[0]))
        labels.append(torch.stack(variants).logsumexp(0) if len(variants) > 1 else variants[0])
    return torch.stack(labels)


def _not_onward(logp_V: "torch.Tensor", onward: Sequence[int]) -> "torch.Tensor":
    """Return log(1 - p of the `onward` tokens), as the sum of all others: exact where p
    is near 1.
    """
    import torch

    mask_V = torch.zeros_like(logp_V, dtype=torch.bool)
    mask_V[list(onward)] = True
    return logp_V.masked_fill(mask_V, -torch.inf).logsumexp(0)


def _target_example(tokenizer: Any, row: TrainingRow) -> Example:
    plan = plan_labels(tokenizer, chat.render(tokenizer, row.prompt), row.labels)
    asked = list(plan.questions)
    ends = [
        path
        for path in asked
        if not any(len(o) > len(path) and o[: len(path)] == path for o in asked)
    ]
    places: dict[Path, Place] = {}
    for sequence, end in enumerate(ends):
        for at in range(len(end) + 1):
            places.setdefault(end[:at], Place(sequence, len(end) - at))
    return Example(
        sequences=tuple((*plan.context, *end) for end in ends),
        weight=row.weight,
        target=tuple(share / sum(row.target) for share in row.target),
        plan=plan,
        places=tuple(places[path] for path in asked),
        mass=row.mass,
        group=row.group,
    )


class _Reply(NamedTuple):
    """A trained reply as tokens, behind the prompt that it would be asked with."""

    prompt: tuple[int, ...]
    trained: tuple[int, ...]

    @property
    def fed(self) -> tuple[int, ...]:
        """The last token is predicted, never fed."""
        return (*self.prompt, *self.trained[:-1])

    def within(self, max_length: int) -> "_Reply":
        return self._replace(trained=self.trained[: max_length - len(self.prompt)])

    def places(self, sequences: Sequence[tuple[int, ...]]) -> tuple[Place, ...]:
        """Return where each trained token is predicted, in the sequence that this reply
        stands in.
        """
        fed = self.fed
        number = next(n for n, sequence in enumerate(sequences) if sequence[: len(fed)] == fed)
        first = len(sequences[number]) - len(self.prompt)
        return tuple(Place(number, first - at) for at in range(len(self.trained)))


def _joined(replies: Sequence[_Reply]) -> tuple[tuple[int, ...], ...]:
    """Return what is fed: the replies' sequences without those that another one begins with."""
    fed = [reply.fed for reply in replies]
    return tuple(
        one
        for at, one in enumerate(fed)
        if not any(later[: len(one)] == one for later in fed[at + 1 :])
    )


def _reply_tokens(tokenizer: Any, row: TrainingRow, place: int | None) -> _Reply:
    """Return the reply at a place of the prompt, or the completion; parted from its prompt where
    the prompt ends when the model is asked.
    """
    messages = row.prompt if place is None else row.prompt[:place]
    text = row.completion if place is None else row.prompt[place].text
    prompt_text, completion = chat.render_completion(tokenizer, messages, text)
    prompt = chat.encode(tokenizer, prompt_text)
    whole = chat.encode(tokenizer, prompt_text + completion)
    if whole[: len(prompt)] == prompt:
        return _Reply(tuple(prompt), tuple(whole[len(prompt) :]))
    # The tokenizer would merge across the border; the model, once asked, cannot.
    own = tokenizer(completion, add_special_tokens=False)["input_ids"]
    return _Reply(tuple(prompt), tuple(own))


def _decode(tokenizer: Any, tokens: list[int]) -> str:
    text: str = tokenizer.decode(
        tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False
    )
    return text
