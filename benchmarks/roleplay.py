"""Role-play: conversations of two speakers who take turns, each with a scene and a character.

Ours goes through the engine's seam: each turn asks all conversations at once, and the engine keeps
what it computed for a speaker from turn to turn. The peers are `generate` of transformers with the
same sampling, all conversations in one left-padded batch, or one conversation after the other
(timed on every thirty-second). All are counted in generated tokens per second.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch

from acculturate.engines import chat, parse_model
from acculturate.engines.hf import HfEngine
from acculturate.engines.hf.loading import LoadedModel
from acculturate.engines.quiet import quiet
from acculturate.records import GenerateRequest, Generation, Message, Sampling
from benchmarks.flops import gemm_peak, read_rate, writing_seconds
from benchmarks.timing import Options, Timing, timed
from benchmarks.work import people

SAMPLING = Sampling(temperature=0.8, top_p=0.95, max_tokens=32, seed=1)
GREEDY = Sampling(temperature=0.0, top_p=1.0, max_tokens=12, seed=1)
LOOP_STEP = 32
SCENE = (
    "You play one of two people who have met by chance at a bus stop and talk about what matters "
    "to them. Stay in your role, and say your next line only, in one or two sentences."
)
OPENING = "The other person has sat down beside you. You speak first."

Lines = list[list[str]]
"""What was said in each conversation so far."""

Asked = Sequence[tuple[Message, ...]]
"""Each conversation as the speaker whose turn it is sees it."""

Reply = Callable[[Asked], list[tuple[str, int]]]
"""Writes a text for each list of messages, and tells how many tokens it has."""


def views(scenes: Sequence[tuple[str, str]], said: Lines, turn: int) -> list[tuple[Message, ...]]:
    """Each conversation as the speaker whose turn it is sees it: its own lines are the model's."""
    speaker = turn % 2
    result = []
    for who, lines in zip(scenes, said, strict=True):
        seen = [Message("system", f"{SCENE}\n{who[speaker]}")]
        if speaker == 0:
            seen.append(Message("user", OPENING))
        for at, line in enumerate(lines):
            seen.append(Message("assistant" if at % 2 == speaker else "user", line))
        result.append(tuple(seen))
    return result


def play(scenes: Sequence[tuple[str, str]], turns: int, reply: Reply) -> int:
    """Carry all conversations through their turns; returns how many tokens were written."""
    said: Lines = [[] for _ in scenes]
    tokens = 0
    for turn in range(turns):
        for lines, (text, count) in zip(said, reply(views(scenes, said, turn)), strict=True):
            lines.append(text or "...")
            tokens += count
    return tokens


def scenes(count: int) -> list[tuple[str, str]]:
    """Pairs of fictitious people."""
    who = people(2 * count, seed=11)
    return list(zip(who[:count], who[count:], strict=True))


class RolePlay:
    """Rows `roleplay_vs_loop` and `roleplay_vs_batched`."""

    def __init__(self, options: Options) -> None:
        self.engine = HfEngine(parse_model(options.model, dtype=options.dtype))
        self.names, self.turns = options.names, options.turns
        self.scenes = scenes(options.conversations)
        self.work: list[tuple[Asked, int, int]] = []

    def warm_up(self) -> None:
        """Without dice, ours and the peer must say the same."""
        asked = views(self.scenes[:4], [[] for _ in self.scenes[:4]], 0)
        with quiet():
            theirs = generate_batch(self.engine.loaded, asked, GREEDY)
        ours = self._reply(asked, GREEDY)
        if [text for text, _ in ours] != [text for text, _ in theirs]:
            raise SystemExit("Without dice the peer says something else: the bench is not fair.")

    def pair(self) -> dict[str, Timing]:
        loaded = self.engine.loaded
        peak = gemm_peak(loaded.model.dtype, loaded.model.device)
        rate = read_rate(loaded.model.device)
        self.work = []
        seconds, tokens = timed(
            lambda: play(self.scenes, self.turns, lambda asked: self._reply(asked, SAMPLING))
        )
        ours = tokens / seconds
        best = tokens / self._least_seconds(peak, rate)
        result = {}
        with quiet():
            if "roleplay_vs_batched" in self.names:
                seconds, tokens = timed(lambda: play(self.scenes, self.turns, self._batched))
                peer = tokens / seconds
                result["roleplay_vs_batched"] = Timing(ours, peer, ours / peer, best / peer)
            if "roleplay_vs_loop" in self.names:
                some = self.scenes[::LOOP_STEP]
                seconds, tokens = timed(
                    lambda: sum(play([scenario], self.turns, self._batched) for scenario in some)
                )
                peer = tokens / seconds
                result["roleplay_vs_loop"] = Timing(ours, peer, ours / peer, best / peer)
        return result

    def _least_seconds(self, peak: float, rate: float) -> float:
        """What a perfect implementation would need for all turns of ours."""
        loaded = self.engine.loaded
        return sum(
            writing_seconds(
                loaded.model,
                sum(_new_tokens(loaded.tokenizer, messages) for messages in asked),
                written,
                steps,
                peak,
                rate,
            )
            for asked, written, steps in self.work
        )

    def _batched(self, asked: Asked) -> list[tuple[str, int]]:
        return generate_batch(self.engine.loaded, asked, SAMPLING)

    def _reply(self, asked: Asked, sampling: Sampling) -> list[tuple[str, int]]:
        """Ours; notes what was asked, how many tokens came, and in how many steps."""
        requests = [GenerateRequest(messages, sampling, n) for n, messages in enumerate(asked)]
        replies = dict(self.engine.generate(requests))
        result = [replies[request.id] for request in requests]
        texts = [(one.text, one.new_tokens) for one in result if isinstance(one, Generation)]
        assert len(texts) == len(requests)
        self.work.append((asked, sum(n for _, n in texts), max(n for _, n in texts)))
        return texts


def _new_tokens(tokenizer: Any, messages: Sequence[Message]) -> int:
    """Tokens of a prompt that the same speaker's last one did not have, its own reply left out."""
    whole = len(chat.encode(tokenizer, chat.render(tokenizer, messages)))
    turns = chat.turns(messages)
    if len(turns) == 1:
        return whole
    before = messages[: len(turns[-2]) + 1]
    return whole - len(chat.encode(tokenizer, chat.render(tokenizer, before)))


def generate_batch(loaded: LoadedModel, asked: Asked, sampling: Sampling) -> list[tuple[str, int]]:
    """`generate` of transformers on a left-padded batch."""
    words = loaded.tokenizer
    ids = [chat.encode(words, chat.render(words, messages)) for messages in asked]
    width = max(map(len, ids))
    tokens = torch.tensor([[loaded.pad_id] * (width - len(id_)) + id_ for id_ in ids])
    mask = torch.tensor([[0] * (width - len(id_)) + [1] * len(id_) for id_ in ids])
    drawn = {"do_sample": True, "temperature": sampling.temperature, "top_p": sampling.top_p}
    out = loaded.model.generate(
        tokens.to(loaded.model.device),
        attention_mask=mask.to(loaded.model.device),
        max_new_tokens=sampling.max_tokens,
        pad_token_id=loaded.pad_id,
        eos_token_id=list(loaded.end_ids),
        top_k=0,
        **(drawn if sampling.temperature else {"do_sample": False}),
    )
    return [_read(loaded, row) for row in out[:, width:].tolist()]


def _read(loaded: LoadedModel, row: list[int]) -> tuple[str, int]:
    ends = [at for at, token in enumerate(row) if token in loaded.end_ids]
    count = ends[0] + 1 if ends else len(row)
    text: str = loaded.tokenizer.decode(row[:count], skip_special_tokens=True)
    return text, count
