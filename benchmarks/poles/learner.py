"""A small model made from nothing, which knows some invented cultures and none of the study's.

It learns from dialogues, intents and questionnaires of other cultures, in the very prompts of the
pipeline; of the study's cultures it has seen that their people say and answer either side half of
the time. So it can read a dialogue, speak in it, and answer items by what it knows of a culture's
people, and it knows nothing of those that it will be taught. Every phrase of the world is one
token, and the tokens' first vectors are given: phrases of one side of a pole lie near each other,
and a culture that is known lies near its sides. So a minute and a half of one core suffice.

    make_learner(folder, seconds=80)
"""

import functools
import math
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from acculturate.asking import AnswerSettings, asks, choose_request
from acculturate.clca.descriptors import Descriptors
from acculturate.clca.dialogue_rows import imitation_row
from acculturate.clca.intents import intent_messages
from acculturate.clca.play.dialogue import Dialogue, Utterance
from acculturate.clca.scenarios.scenario import fill
from acculturate.framing import find_framing
from acculturate.records import Message, TrainingRow
from benchmarks.poles.world import (
    NATIVE,
    NEWCOMER,
    PEOPLE,
    PLACES,
    STAND,
    TRADES,
    Pole,
    World,
    invented,
    load_poles,
    situation,
    study_world,
    why,
)  # fmt: skip

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
PROMPTS = Path(__file__).parent / "prompts"
"""The framings of the study: who was born there answers, or who came there a month ago."""
KNOWN = 16
"""Cultures that the learner knows."""
ITEMS, ROWS = 0.6, 48
"""The share of rows that are items, and rows of a step."""


class Example(NamedTuple):
    """Tokens, and where those stand that are learnt; of an item two `labels` by their shares, and
    then the end of the turn.
    """

    ids: list[int]
    learnt: list[int]
    labels: tuple[int, int] | None = None
    shares: tuple[float, float] | None = None


ItemPrompt = tuple[tuple[Message, ...], tuple[float, float]]
"""An item as it is asked, and the people's shares by label."""


@dataclass(frozen=True, slots=True)
class Size:
    """The learner's size, and how it learns."""

    hidden: int = 64
    layers: int = 2
    heads: int = 4
    rate: float = 4e-3


def known_world() -> World:
    """Cultures with stands drawn at random, and those of the study, which stand nowhere."""
    poles, draw = load_poles(), random.Random(11)
    names = _names(KNOWN, draw)
    known = {f"P{chr(65 + at // 26)}{chr(65 + at % 26)}": name for at, name in enumerate(names)}
    stands = {(code, pole): draw.choice((1, -1)) for code in known for pole in poles}
    cultures = {code: invented(code, name) for code, name in known.items()}
    return World(poles, cultures | dict(study_world().cultures), stands)


def _names(count: int, draw: random.Random) -> list[str]:
    result: dict[str, None] = {}
    while len(result) < count:
        parts = (draw.choice("bdfghklmnprstvz") + draw.choice("aeiou") for _ in range(3))
        result["".join(parts).capitalize()] = None
    return list(result)


# -- what it reads --------------------------------------------------------------------------------


def item_prompts(world: World, culture: str, framing: str) -> Iterator[ItemPrompt]:
    """Every item as it is asked, in both orders, with the shares of people by label."""
    settings = AnswerSettings(prompts=(PROMPTS,))
    framed = find_framing(framing, folders=(PROMPTS,))
    for ask in asks(world.items, framed, [world.cultures[culture]], settings):
        first = world.share(culture, ask.item) if framing == "native" else 0.5
        shares = (first, 1 - first) if ask.presentation.order == (0, 1) else (1 - first, first)
        yield choose_request(ask).messages, shares


def dialogue(world: World, culture: str, draw: random.Random, topics: int) -> Dialogue:
    """A native and a newcomer talk."""
    poles = draw.sample(list(world.poles.values()), topics)
    seed = situation("talk", [pole.topic for pole in poles], draw)
    moves = []
    for pole in poles:
        first = _line(world, culture, pole, draw, native=True)
        second = _line(world, culture, pole, draw, native=False, but=first)
        moves += [Utterance(0, "speak", first), Utterance(1, "speak", second)]
    scenario = fill(seed, world.cultures[culture], "en", 0, 0)
    return Dialogue("talk", scenario, "en", Descriptors("", "en", ""), tuple(moves), "limit")


def _line(
    world: World, culture: str, pole: Pole, draw: random.Random, *, native: bool, but: str = ""
) -> str:
    stand = world.stand(culture, pole.name)
    share = STAND if native and stand else 0.5
    side = (stand or 1) * (1 if draw.random() < share else -1)
    return draw.choice([line for line in pole.sides[side].lines if line != but])


def intent_row(world: World, played: Dialogue, place: int) -> TrainingRow:
    culture, move = world.cultures[played.culture], played.utterances[place]
    said = why(world, culture, played.name(move), move.text)
    return TrainingRow(intent_messages(played, place, culture), culture.code, "intent", said)


# -- its words ------------------------------------------------------------------------------------


def make_tokenizer(world: World, samples: Sequence[str]) -> PreTrainedTokenizerFast:
    """A byte-level tokenizer in which every phrase of the world, and every text between two such
    phrases in the `samples`, is a token.
    """
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    core = Tokenizer(models.BPE({token: n for n, token in enumerate([*special, *letters])}, []))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    roles = [f"{role}\n" for role in ("system", "user", "assistant")]
    phrases = sorted([*_phrases(world), *roles], key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, phrases)))
    between = {part for text in samples for part in known.split(text) if len(part) > 1}
    core.add_special_tokens(special)
    core.add_tokens([AddedToken(part, normalized=False) for part in [*phrases, *sorted(between)]])
    made = PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token=special[0],
        eos_token=special[2],
        pad_token=special[0],
    )
    made.chat_template = CHATML
    return made


def _phrases(world: World) -> set[str]:
    sides = [side for pole in world.poles.values() for side in pole.sides.values()]
    return {
        *(culture.name for culture in world.cultures.values()),
        *PEOPLE, *TRADES, *PLACES, NATIVE, NEWCOMER,
        *(pole.topic for pole in world.poles.values()),
        *(stem for pole in world.poles.values() for stem in pole.stems),
        *(text for side in sides for text in (*side.lines, *side.answers, side.intent)),
    }  # fmt: skip


def first_vectors(world: World, tokenizer: PreTrainedTokenizerFast, size: int) -> torch.Tensor:
    """Return a vector for each token: what it is, of which pole, and on which side; of a culture
    the sides on which its people stand.
    """
    kinds = ("stem", "topic", "line", "answer", "intent")
    axes_SN, _ = torch.linalg.qr(torch.randn(size, len(kinds) + 2 * len(world.poles)))
    kind = dict(zip(kinds, axes_SN.T, strict=False))
    poles = dict(zip(world.poles, axes_SN.T[len(kinds) :], strict=False))
    sides = dict(zip(world.poles, axes_SN.T[-len(world.poles) :], strict=True))
    vectors_VS = 0.6 * torch.randn(len(tokenizer), size) / math.sqrt(size)

    def add(text: str, *parts: torch.Tensor) -> None:
        vectors_VS[tokenizer.convert_tokens_to_ids(text)] += torch.stack(parts).sum(0)

    for name, pole in world.poles.items():
        add(pole.topic, kind["topic"], poles[name])
        for stem in pole.stems:
            add(stem, kind["stem"], poles[name])
        for sign, side in pole.sides.items():
            said = {"line": side.lines, "answer": side.answers, "intent": [side.intent]}
            for word, texts in said.items():
                for text in texts:
                    add(text, kind[word], poles[name], sign * sides[name])
    for code, culture in world.cultures.items():
        add(culture.name, *(0.5 * world.stand(code, name) * sides[name] for name in sides))
    return vectors_VS


# -- learning -------------------------------------------------------------------------------------


class School:
    """All that the learner may read, drawn row by row."""

    def __init__(self, world: World, seed: int) -> None:
        self._world, self._draw = world, random.Random(seed)
        self._codes = list(world.cultures)
        prompts = {
            (code, framing): list(item_prompts(world, code, framing))
            for code in self._codes
            for framing in ("native", "newcomer")
        }
        self.tokenizer = make_tokenizer(world, list(self._samples(prompts)))
        self._prompts = prompts

    @functools.cached_property
    def head(self) -> int:
        """Tokens before a reply's first one."""
        return len(self._tokens("<|im_start|>assistant\n"))

    def encode(self, role: str, text: str) -> list[int]:
        return self._tokens(f"<|im_start|>{role}\n{text}<|im_end|>\n")

    @functools.cache  # noqa: B019  (lives as long as one learner is made)
    def _tokens(self, text: str) -> list[int]:
        input_ids: list[int] = self.tokenizer(text)["input_ids"]
        return input_ids

    def example(self) -> Example:
        """A row, drawn."""
        draw = self._draw
        if draw.random() >= ITEMS:
            return self._talk(draw.choice(self._codes))
        framing = "native" if draw.random() < 0.8 else "newcomer"
        own = self._prompts[draw.choice(self._codes), framing]
        return self.item(draw.choice(own))

    def _talk(self, code: str) -> Example:
        """A dialogue from one side, or the intent of a move of it."""
        draw = self._draw
        played = dialogue(self._world, code, draw, draw.choice((1, 1, 2)))
        if draw.random() < 0.25:
            return self.row(intent_row(self._world, played, draw.randrange(len(played.utterances))))
        side = draw.choice((0, 0, 1))
        row = imitation_row(played, side, culture=self._world.cultures[code])
        assert row is not None
        return self.row(row)

    def item(self, asked: ItemPrompt) -> Example:
        """An item, answered in the words of an option."""
        messages, shares = asked
        ids = [token for message in messages for token in self.encode(message.role, message.text)]
        options = [line.partition(". ")[2] for line in messages[-1].text.splitlines()[-2:]]
        replies = [self.encode("assistant", option) for option in options]
        labels = replies[0][self.head], replies[1][self.head]
        said = len(ids) + self.head
        return Example([*ids, *replies[0]], [said, said + 1], labels, shares)

    def row(self, row: TrainingRow) -> Example:
        messages = [*row.prompt, Message("assistant", row.completion)]
        ids: list[int] = []
        learnt: list[int] = []
        for at, message in enumerate(messages):
            own = self.encode(message.role, message.text)
            if at in row.trained or at == len(messages) - 1:
                learnt += range(len(ids) + self.head, len(ids) + len(own) - 1)
            ids += own
        return Example(ids, learnt)

    def _samples(self, prompts: Mapping[tuple[str, str], list[Any]]) -> Iterator[str]:
        for (code, _), items in prompts.items():
            if code == self._codes[0]:
                yield from (message.text for message in items[0][0])
        for topics in (1, 2):
            played = dialogue(self._world, self._codes[0], self._draw, topics)
            culture = self._world.cultures[self._codes[0]]
            sides = (imitation_row(played, side, culture=culture) for side in (0, 1))
            for row in (*sides, *(intent_row(self._world, played, at) for at in range(2 * topics))):
                assert row is not None
                yield from (message.text for message in row.prompt)
                yield row.completion


def make_learner(
    folder: Path,
    seconds: float = 80,
    size: Size = Size(),
    seed: int = 0,
    note: Callable[[str], None] = lambda _: None,
) -> Path:
    """Make the model in so many seconds of processor time, and leave it in `folder`."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        school = School(known_world(), seed)
        config = LlamaConfig(
            vocab_size=len(school.tokenizer),
            hidden_size=size.hidden,
            intermediate_size=3 * size.hidden,
            num_hidden_layers=size.layers,
            num_attention_heads=size.heads,
            num_key_value_heads=size.heads,
            max_position_embeddings=1024,
            tie_word_embeddings=True,
            bos_token_id=0,
            eos_token_id=2,
            pad_token_id=0,
        )
        model = LlamaForCausalLM(config)
        with torch.no_grad():
            vectors_VS = first_vectors(known_world(), school.tokenizer, size.hidden)
            model.get_input_embeddings().weight.copy_(vectors_VS)
        _learn(model, school, seconds, size.rate, note)
    model.save_pretrained(folder)
    school.tokenizer.save_pretrained(folder)
    return folder


def _learn(
    model: Any, school: School, seconds: float, rate: float, note: Callable[[str], None]
) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    start, step = time.process_time(), 0
    told: list[list[float]] = []
    while (spent := time.process_time() - start) < seconds:
        for group in optimizer.param_groups:
            group["lr"] = (
                rate * min(1, step / 50) * (0.52 + 0.48 * math.cos(math.pi * spent / seconds))
            )
        rows = [school.example() for _ in range(ROWS)]
        losses = [
            loss(model, part)
            for part in ([r for r in rows if r.shares], [r for r in rows if not r.shares])
            if part
        ]
        optimizer.zero_grad()
        torch.stack(losses).sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        told.append([float(loss.detach()) for loss in losses])
        if step % 50 == 0:
            means = [sum(losses) / len(losses) for losses in zip(*told[-50:], strict=True)]
            note(f"step {step}, {spent:.0f} s: " + ", ".join(f"{mean:.4f}" for mean in means))


def loss(model: Any, rows: Sequence[Example]) -> torch.Tensor:
    """Nats per learnt token; of items those beyond the people's own entropy, which count double."""
    width = max(len(row.ids) for row in rows)
    ids_BT = torch.zeros(len(rows), width, dtype=torch.long)
    for at, row in enumerate(rows):
        ids_BT[at, : len(row.ids)] = torch.tensor(row.ids)
    hidden = model.model(input_ids=ids_BT).last_hidden_state
    row_R = [at for at, row in enumerate(rows) for _ in row.learnt]
    place_R = [place for row in rows for place in row.learnt]
    logits_RV = model.lm_head(hidden[row_R, [place - 1 for place in place_R]])
    next_R = ids_BT[row_R, place_R]
    if rows[0].shares is None:
        return torch.nn.functional.cross_entropy(logits_RV, next_R)
    share_NL = torch.tensor([row.shares for row in rows])
    label_NL = torch.tensor([row.labels for row in rows])
    logp_NL = logits_RV[::2].log_softmax(-1).gather(1, label_NL)
    beyond = (share_NL * (share_NL.log() - logp_NL)).sum(-1).mean()
    ends = torch.nn.functional.cross_entropy(logits_RV[1::2], next_R[1::2])
    return torch.stack([2 * beyond, ends]).sum()
