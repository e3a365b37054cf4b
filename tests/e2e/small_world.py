"""A small world: a model of two layers that knows planted cultures, and nothing else.

It is trained from nothing on the survey's own prompts. Asked under `aware` about the items `known`
it answers with (1 - strength) x the world's mean + strength x the people of the culture; about the
items `other`, and under `unaware`, with the world's mean. Its words are whole lines, so that a
prompt has about ten tokens; lines that say the same in two wordings of an item begin as nearly the
same vector, as in a model that understands what it reads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acculturate.asking import AnswerSettings, Ask, asks, messages, shown
from acculturate.culture import Culture
from acculturate.framing import find_framing
from acculturate.records import Item, Message
from acculturate.survey import Survey

Floats = NDArray[np.float64]
WORDINGS = 2
HIDDEN = 64
MARKS = ("<|im_start|>", "<|im_end|>")
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
APART = 0.05
"""How far the vectors of two lines that say the same lie apart, of their length."""


@dataclass(frozen=True)
class World:
    """What the model is to know; `strength` is in [0, 1], `framing` names the culture."""

    survey: Survey
    cultures: tuple[str, ...]
    known: tuple[Item, ...]
    other: tuple[Item, ...]
    strength: float
    framing: str = "aware"

    @property
    def items(self) -> tuple[Item, ...]:
        return (*self.known, *self.other)

    def people(self, items: Sequence[Item]) -> Floats:
        """The people's shares, padded with zeros. Shape (cultures, items, options)."""
        return self.survey.people(self.cultures, items).share_CIK

    def unaware(self, items: Sequence[Item]) -> Floats:
        """What it answers where no culture is named: the mean over cultures."""
        people_CIK = self.people(items)
        return np.broadcast_to(people_CIK.mean(0), people_CIK.shape)

    def aware(self, items: Sequence[Item]) -> Floats:
        """What it answers for each culture."""
        known_I = np.array([item in self.known for item in items])[:, None]
        mixed_CIK = (1 - self.strength) * self.unaware(items) + self.strength * self.people(items)
        return np.where(known_I, mixed_CIK, self.unaware(items))

    def taught(self, items: Sequence[Item], gain: float = 1.0) -> Floats:
        """What theory says it answers once it has learned the shifts of `items` wholly."""
        aware_CIK, unaware_CIK = self.aware(items), self.unaware(items)
        taught_CIK = aware_CIK * (aware_CIK / np.where(unaware_CIK > 0, unaware_CIK, 1)) ** gain
        return np.asarray(taught_CIK / taught_CIK.sum(-1, keepdims=True))


@dataclass(frozen=True)
class Lesson:
    """A prompt, and the probabilities of the labels that are to follow it."""

    messages: tuple[Message, ...]
    target: dict[str, float]


def lessons(world: World) -> Iterator[Lesson]:
    """Every prompt that a study puts to the world, in both wordings of its items."""
    cultures = [world.survey.culture(code) for code in world.cultures]
    settings = AnswerSettings(wordings=WORDINGS)
    for framing in ("unaware", world.framing):
        share_CIK = (world.unaware if framing == "unaware" else world.aware)(world.items)
        for ask in asks(world.items, find_framing(framing), cultures, settings):
            share_K = share_CIK[_row(world, ask.culture), world.items.index(ask.item)]
            options = shown(ask.item, ask.presentation)
            places = zip(options, ask.presentation.order, strict=True)
            yield Lesson(messages(ask), {option.label: float(share_K[at]) for option, at in places})


def _row(world: World, culture: Culture | None) -> int:
    return world.cultures.index(culture.code) if culture else 0


def grow(
    world: World, folder: Path, *, steps: int = 240, hidden: int = HIDDEN, seed: int = 0
) -> float:
    """Train the world's model and leave it in `folder`; returns its divergence from what it is to
    know: the mean over its prompts, in nats.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    taught = list(lessons(world))
    tokenizer = _tokenizer(taught)
    tokenizer.save_pretrained(folder)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        config = LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=HIDDEN,
            intermediate_size=4 * HIDDEN,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=4,
            max_position_embeddings=64,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=None,
            initializer_range=0.1,
        )
        model = LlamaForCausalLM(config)
        _liken(model, tokenizer, world)
        loss = _train(model, tokenizer, taught, steps)
        model.save_pretrained(folder)
    return loss


def _tokenizer(taught: Sequence[Lesson]) -> Any:
    """Lines are words; a label may also stand behind a space, as asking for it tries."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    lines = [
        line for lesson in taught for said in lesson.messages for line in said.text.split("\n")
    ]
    labels = [label for lesson in taught for label in lesson.target]
    words = [*MARKS, "<unk>", "system", "user", "assistant", *labels, *(f" {x}" for x in labels)]
    known = {word: n for n, word in enumerate(dict.fromkeys([*words, *filter(None, lines)]))}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("\n", "removed")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="<unk>",
        eos_token=MARKS[1],
        pad_token=MARKS[1],
        additional_special_tokens=list(MARKS),
    )
    fast.chat_template = TEMPLATE
    return fast


def _liken(model: Any, tokenizer: Any, world: World) -> None:
    """Let lines of a second wording begin near those of the first."""
    import torch

    vector_VH = model.get_input_embeddings().weight.data
    settings = AnswerSettings(wordings=WORDINGS)
    shapes: dict[tuple[str, tuple[int, ...]], list[Ask]] = {}
    for ask in asks(world.items, find_framing("unaware"), (), settings):
        shapes.setdefault((ask.item.id, ask.presentation.order), []).append(ask)
    near: dict[int, int] = {}
    for own in shapes.values():
        first, *others = [messages(ask)[-1].text.split("\n") for ask in own]
        for other in others:
            ids = (tokenizer.convert_tokens_to_ids(token) for token in (other, first))
            near.update({to: at for to, at in zip(*ids, strict=True) if to != at})
    firsts = set(near.values())
    for to, at in near.items():
        if to not in firsts:
            noise_H = torch.randn_like(vector_VH[at]) * vector_VH[at].std()
            vector_VH[to] = vector_VH[at] + APART * noise_H


def _train(model: Any, tokenizer: Any, taught: Sequence[Lesson], steps: int) -> float:
    """Cross-entropy to the targets at the last token, by Adam on every prompt at once."""
    import torch

    ids = [tokenizer(_rendered(tokenizer, lesson), add_special_tokens=False) for lesson in taught]
    rows = [torch.tensor(row["input_ids"]) for row in ids]
    id_NT = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)  # what follows is not seen
    last_N = torch.tensor([len(row) - 1 for row in rows])
    label = {text for lesson in taught for text in lesson.target}
    place = {text: n for n, text in enumerate(sorted(label))}
    target_NL = torch.zeros(len(taught), len(place))
    for n, lesson in enumerate(taught):
        for text, share in lesson.target.items():
            target_NL[n, place[text]] = share
    token_L = torch.tensor([tokenizer.convert_tokens_to_ids(text) for text in place])
    entropy = -torch.special.xlogy(target_NL, target_NL).sum(-1).mean()
    model.get_input_embeddings().weight.requires_grad_(False)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=1e-2, weight_decay=0.0, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=steps)
    model.train()
    for _ in range(steps):
        hidden_NH = model.model(id_NT).last_hidden_state[torch.arange(len(rows)), last_N]
        logp_NL = model.lm_head(hidden_NH).log_softmax(-1)[:, token_L]
        loss = -(target_NL * logp_NL).sum(-1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    model.get_input_embeddings().weight.requires_grad_(True)
    model.eval()
    return float(loss.detach() - entropy)


def _rendered(tokenizer: Any, lesson: Lesson) -> str:
    turns = [{"role": message.role, "content": message.text} for message in lesson.messages]
    return str(tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))
