"""Conversations that go on: the same texts as if every prompt were computed from the start."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import torch

from acculturate.engines import DType, ModelSpec
from acculturate.engines.hf import HfEngine, memory, packing
from acculturate.engines.hf.decoding import Writer
from acculturate.engines.hf.memory import Memory, nested
from acculturate.records import GenerateRequest, Generation, Message, Sampling
from acculturate.runner import Runner, Silent
from acculturate.store import Store

from .talking import Dying, Talks
from .tiny import naive_logprobs

DRAWN = Sampling(temperature=1.0, top_p=0.9, max_tokens=6, seed=1)
PEOPLE = ("a farmer", "a nurse", "a cook")


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many prompt tokens each packed pass computes."""
    sizes: list[int] = []
    forward = packing.forward

    def counting(model: Any, runs: Any, *rest: Any) -> torch.Tensor:
        sizes.append(sum(len(run.tokens) for run in runs))
        return forward(model, runs, *rest)

    monkeypatch.setattr(packing, "forward", counting)
    return sizes


def opened(folders: dict[str, Path], name: str = "llama") -> HfEngine:
    return HfEngine(ModelSpec(str(folders[name]), dtype="float32"))


def talk(engine: HfEngine, said: list[list[str]]) -> list[str]:
    """Each person's next line after what was said so far."""
    asked = [
        GenerateRequest(
            (
                Message("system", f"You are {who}."),
                *(Message("assistant" if at % 2 else "user", x) for at, x in enumerate(lines)),
            ),
            DRAWN,
        )
        for who, lines in zip(PEOPLE, said, strict=True)
    ]
    replies = dict(engine.generate(asked))
    result = [replies[request.id] for request in asked]
    assert all(isinstance(reply, Generation) for reply in result)
    return [reply.text for reply in result if isinstance(reply, Generation)]


def conversation(engine: HfEngine, said: list[list[str]], turns: int) -> list[list[str]]:
    for _ in range(turns):
        for lines, text in zip(said, talk(engine, said), strict=True):
            lines += [text or "...", "Is it so?"]
    return said


def start() -> list[list[str]]:
    return [[f"Good day, {who}."] for who in PEOPLE]


@pytest.mark.parametrize("name", ["llama", "gemma2", "llama-base"])
def test_texts_are_the_same_killed_or_not(name: str, folders: dict[str, Path]) -> None:
    whole = conversation(opened(folders, name), start(), 4)
    half = conversation(opened(folders, name), start(), 2)
    assert conversation(opened(folders, name), half, 2) == whole


def play(engine: HfEngine, folder: Path, last: int = 0) -> tuple[list[tuple[str, str]], Dying]:
    """Talks of 20 people in batches of 8, cut off within batch `last`; what is kept."""
    dying = Dying(engine, last)
    with Store(folder) as store:
        runner = Runner(store, {"base": dying}, Silent())
        try:
            runner.run(Talks(20))
        except KeyboardInterrupt:
            assert last
    db = sqlite3.connect(folder / "run.db")
    rows = db.execute("SELECT request, reply FROM replies ORDER BY request").fetchall()
    db.close()
    return rows, dying


@pytest.mark.parametrize(("dtype", "step"), [("bfloat16", 4), ("float32", 1)])
def test_talks_are_the_same_wherever_they_are_killed(
    dtype: DType, step: int, folders: dict[str, Path], tmp_path: Path
) -> None:
    """Also where others have left in between, or were asked again, or moved to another batch."""

    def fresh() -> HfEngine:
        return HfEngine(ModelSpec(str(folders["llama"]), dtype=dtype))

    whole, alive = play(fresh(), tmp_path / "whole")
    assert len({len(batch) for batch in alive.asked}) > 2
    for last in range(1, len(alive.asked), step):
        cut, _ = play(fresh(), tmp_path / f"cut-{last}", last)
        assert len(cut) < len(whole)
        assert play(fresh(), tmp_path / f"cut-{last}")[0] == whole
    often = 0
    while play(fresh(), tmp_path / "often", 2)[0] != whole:
        often += 1
        assert often < len(alive.asked)
    assert often > 3


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_a_batch_is_written_alike_by_whoever_knows_what_of_it(
    dtype: DType, folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As workers on Ray, who each had other batches before, and forget."""
    spec = ModelSpec(str(folders["llama"]), dtype=dtype)
    rows, alive = play(HfEngine(spec), tmp_path / "whole")
    texts = dict(rows)
    monkeypatch.setattr(memory, "KEPT_BYTES", 200_000)
    workers = [HfEngine(spec) for _ in range(3)]
    for number, batch in enumerate(alive.asked):
        for request, reply in workers[number * number % 3].generate(batch):
            assert isinstance(reply, Generation)
            assert f'"text":{json.dumps(reply.text, ensure_ascii=False)}' in texts[request]


def test_only_what_is_new_is_computed(folders: dict[str, Path], computed: list[int]) -> None:
    engine = opened(folders)
    said = conversation(engine, start(), 8)
    computed.clear()
    talk(engine, said)
    warm = sum(computed)
    computed.clear()
    talk(opened(folders), said)
    assert 0 < warm < sum(computed) / 2


def test_kept_numbers_are_those_of_the_whole_prompt(llama: HfEngine) -> None:
    """Also where the rows of a batch were in several batches before."""
    model = llama.loaded.model
    first = [(5, 6, 7, 8), (5, 6, 9), (4, 4)]
    turns_B = [(path, (*path, 11, 12, 13 + at)) for at, path in enumerate(first)]
    with torch.inference_mode():
        held = Memory(model)
        for some in (first[::2], first[1:2]):
            list(held.recall([(token,) for token in some]))
        pairs = list(held.recall(turns_B))
        for row, turns in enumerate(turns_B):
            plain = model(torch.tensor([turns[-1]]), use_cache=True).past_key_values
            for (key, value), layer in zip(pairs, plain.layers, strict=True):
                size = len(turns[-1])
                assert torch.allclose(key[row, :, -size:], layer.keys[0], atol=1e-5)
                assert torch.allclose(value[row, :, -size:], layer.values[0], atol=1e-5)


def test_the_longest_unused_is_forgotten(
    llama: HfEngine, computed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Memory(llama.loaded.model)
    with torch.inference_mode():
        list(held.recall([((5, 6, 7),)]))
        [one] = held._kept
        monkeypatch.setattr(memory, "KEPT_BYTES", one.size)
        monkeypatch.setattr(held, "_memory", 0)  # of the machine: none to spare
        list(held.recall([((5, 6, 8),)]))
        assert one not in held._kept
        computed.clear()
        list(held.recall([((5, 6, 7), (5, 6, 7, 9))]))
    assert computed == [256]
    [one] = held._kept
    assert one.tree.way(((5, 6, 7), (9,))) == (0, 1, 2, 3)


def test_prompts_that_do_not_go_on_are_cut_where_they_part() -> None:
    assert nested([(1, 2, 3, 9), (1, 2, 4, 5, 9)]) == ((1, 2), (1, 2, 4, 5))
    assert nested([(9,)]) == ((),)


def test_a_batch_that_shrinks_writes_what_each_row_would(llama: HfEngine) -> None:
    loaded = llama.loaded
    prompts = [[5, 6, *range(7, 7 + at)] for at in range(1, 9)]
    greedy = Sampling(temperature=0.0, top_p=1.0, max_tokens=12, seed=1)
    ends = {naive_logprobs(loaded.model, prompts[0]).argmax().item()}
    stopping = type(loaded)(
        loaded.model, loaded.tokenizer, loaded.identity, loaded.folder, tuple(ends), 0
    )
    together = Writer(stopping).write([[prompt] for prompt in prompts], greedy, ["a"])
    assert len(together[0]) == 1
    for prompt, new in zip(prompts, together, strict=True):
        assert Writer(stopping).write([[prompt]], greedy, ["a"]) == [new]
