"""The engine over a fake of vLLM 0.29 that refuses what the real one does not know."""

import contextlib
import importlib.util
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, field_validator

import acculturate
from acculturate.engines import ModelSpec, find_model, open_engine, weights
from acculturate.engines.bases import keeping_base
from acculturate.engines.hf import HfEngine
from acculturate.engines.model_files import read_tokenizer
from acculturate.engines.vllm import VllmEngine, VllmSettings, engine, lora_rank
from acculturate.engines.vllm.startup import _casts_head
from acculturate.errors import EngineError
from acculturate.records import (
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Message,
    Sampling,
)
from acculturate.records.json_schema import TEXT, TEXTS, object_of, schema_text

from . import fake_vllm
from .fake_vllm import LLM, SHAPES
from .test_choose import survey_requests
from .test_kinds import OPENED
from .test_loading import save_adapter
from .tiny import FAMILIES, naive_logprobs, save_family


@pytest.fixture(autouse=True)
def vllm(monkeypatch: pytest.MonkeyPatch) -> Any:
    return fake_vllm.install(monkeypatch)


@pytest.fixture(scope="module")
def adapter(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_adapter(folders["llama"], tmp_path_factory.mktemp("adapters") / "a")


def opened(folder: Path, **more: Any) -> VllmEngine:
    return VllmEngine(ModelSpec(str(folder), "vllm", **{"dtype": "float32"} | more))


def texts(count: int = 3, most: int = 8, temperature: float = 0.0) -> list[GenerateRequest]:
    drawn = Sampling(temperature, 0.9, most, 3)
    return [GenerateRequest((Message("user", f"Write {n}."),), drawn, n) for n in range(count)]


@pytest.mark.parametrize("name", FAMILIES)
def test_options_and_texts_are_those_of_hf(name: str, folders: dict[str, Path]) -> None:
    ours, theirs = opened(folders[name]), HfEngine(ModelSpec(str(folders[name]), dtype="float32"))
    expected = dict(theirs.choose(survey_requests()))
    result = dict(ours.choose(survey_requests()))
    assert list(result) == list(expected)
    for key, reply in result.items():
        other = expected[key]
        assert isinstance(reply, Choice)
        assert isinstance(other, Choice)
        assert reply.prompt_tokens == other.prompt_tokens
        assert reply.logprobs == pytest.approx(other.logprobs, abs=1e-4)
    assert dict(ours.generate(texts())) == dict(theirs.generate(texts()))


def test_a_label_of_two_tokens_is_asked_for_by_a_longer_prompt(folders: dict[str, Path]) -> None:
    ten = tuple(str(number) for number in range(1, 11))
    request = ChooseRequest((Message("user", "From 1 to 10?"),), ten)
    [(_, reply)] = opened(folders["llama"]).choose([request])
    assert isinstance(reply, Choice)
    (short, first, _), (long, second, _) = LLM.last.log
    assert long[:-1] == short
    assert (len(first.logprob_token_ids), len(second.logprob_token_ids)) == (9, 1)
    assert long[-1] in first.logprob_token_ids
    assert sum(map(math.exp, reply.logprobs)) < 1


def test_no_default_decides_a_draw(folders: dict[str, Path]) -> None:
    """What bears on a draw in 0.29 is sent; the rest of its parameters have nothing to do here."""
    elsewhere = {"prompt_logprobs", "flat_logprobs", "skip_special_tokens", "extra_args"}
    elsewhere |= {"spaces_between_special_tokens", "include_stop_str_in_output", "output_kind"}
    elsewhere |= {"stream_interval", "skip_clone", "allowed_token_ids"}
    elsewhere |= {"skip_reading_prefix_cache", "thinking_token_budget", "repetition_detection"}
    elsewhere |= {"routed_experts_prompt_start", "trace_decode_token_ids"}
    running = opened(folders["llama"])
    list(running.generate(texts(1, most=5, temperature=0.7)))
    list(running.choose(survey_requests()[:1]))
    (_, drawn, _), (_, weighed, _) = LLM.last.log
    for sent in (drawn, weighed):
        assert sent.given == set(SHAPES["SamplingParams"]) - elsewhere
        assert (sent.top_k, sent.min_p, sent.repetition_penalty, sent.n) == (0, 0.0, 1.0, 1)
        assert (sent.presence_penalty, sent.frequency_penalty, sent.min_tokens) == (0.0, 0.0, 0)
    assert (drawn.temperature, drawn.top_p, drawn.max_tokens) == (0.7, 0.9, 5)
    assert (weighed.temperature, weighed.top_p, weighed.max_tokens) == (0.0, 1.0, 1)
    assert LLM.last.given["generation_config"] == "vllm"
    assert LLM.last.given["logprobs_mode"] == "raw_logprobs"
    assert LLM.last.given["load_format"] == "safetensors"
    assert LLM.last.given["enable_prefix_caching"]


def test_a_text_is_held_to_its_schema(folders: dict[str, Path]) -> None:
    schema = schema_text(object_of({"question": TEXT, "options": TEXTS}))
    running = opened(folders["llama"])
    assert running.can_bind
    list(running.generate([replace(text, schema=schema) for text in texts(2)]))
    one, two = (params.structured_outputs for _, params, _ in LLM.last.log)
    assert one.json == two.json == schema
    assert one is not two


def test_inside_an_opened_thought_nothing_is_held_to_a_schema(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(folders["llama"], tmp_path / "thinks"))
    tokenizer = read_tokenizer(folder, False)
    tokenizer.chat_template = OPENED
    tokenizer.save_pretrained(folder)
    assert not opened(folder).can_bind


def test_each_text_has_a_seed_of_its_own_whoever_is_asked_with_it(folders: dict[str, Path]) -> None:
    running = opened(folders["llama"])
    drawn = texts(4, temperature=1.0)
    together = dict(running.generate(drawn))
    assert len({params.seed for _, params, _ in LLM.last.log}) == 4
    assert dict(running.generate(drawn[2:3])) == {drawn[2].id: together[drawn[2].id]}
    assert running.can_seed_rows
    assert running.commits_each


def test_prompts_are_handed_over_in_the_order_of_their_tokens(folders: dict[str, Path]) -> None:
    running = opened(folders["llama"])
    list(running.choose(survey_requests()[::-1]))
    prompts = [prompt for prompt, _, _ in LLM.last.log]
    assert prompts == sorted(prompts)
    assert len(set(prompts)) == len(prompts)


def test_more_tokens_than_one_request_may_name_are_several(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    running = opened(folders["qwen2"])
    whole = dict(running.choose(survey_requests()))
    LLM.last.log.clear()
    monkeypatch.setattr(engine, "MOST_IDS", 3)
    assert dict(running.choose(survey_requests())) == whole
    assert max(len(params.logprob_token_ids) for _, params, _ in LLM.last.log) == 3


def test_what_does_not_fit_is_that_requests_failure(folders: dict[str, Path]) -> None:
    running = opened(folders["llama"], settings=(VllmSettings(max_model_len=64),))
    assert LLM.last.given["max_model_len"] == 64
    long = ChooseRequest((Message("user", "Is it so? " * 40),), ("1", "2"))
    short = ChooseRequest((Message("system", "So?"), Message("user", "So?")), ("1", "2"))
    result = dict(running.choose([long, short]))
    refused = result[long.id]
    assert isinstance(refused, Failure)
    assert refused.kind == "content"
    assert "room for 64" in refused.message
    assert isinstance(result[short.id], Choice)
    assert "64 tokens" in " ".join(running.notes)


def test_a_request_that_vllm_gives_up_is_asked_again(folders: dict[str, Path]) -> None:
    running = opened(folders["llama"])
    LLM.last.given_up = True
    for result in (running.generate(texts(1)), running.choose(survey_requests()[:1])):
        [(_, reply)] = result
        assert isinstance(reply, Failure)
        assert reply.kind == "transient"


def test_the_machine_is_shared_as_the_study_says(folders: dict[str, Path]) -> None:
    settings = VllmSettings(tensor_parallel_size=4, gpu_memory_utilization=0.5)
    opened(folders["llama"], settings=(settings,))
    assert LLM.last.given["tensor_parallel_size"] == 4
    assert LLM.last.given["gpu_memory_utilization"] == 0.5
    assert LLM.last.given["max_model_len"] == -1
    assert "enable_lora" not in LLM.last.given


def test_on_a_processor_each_prompt_is_computed_in_one_step(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = sys.modules["vllm.platforms"].current_platform
    opened(folders["llama"])
    assert "enable_chunked_prefill" not in LLM.last.given
    monkeypatch.setattr(platform, "is_cpu", lambda: True)
    opened(folders["llama"])
    assert LLM.last.given["enable_chunked_prefill"] is False
    assert LLM.last.given["kv_cache_memory_bytes"] > 0


@pytest.mark.parametrize(("bind", "spins"), [("nobind", "1000"), ("auto", None)])
def test_threads_that_are_not_placed_soon_sleep(
    bind: str, spins: str | None, folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VLLM_CPU_OMP_THREADS_BIND", bind)
    seen: list[str | None] = []
    start = LLM.__init__

    def started(self: LLM, model: str, **given: Any) -> None:
        seen.append(os.environ.get("GOMP_SPINCOUNT"))
        start(self, model, **given)

    monkeypatch.setattr(LLM, "__init__", started)
    opened(folders["llama"])
    assert seen == [spins]
    assert "GOMP_SPINCOUNT" not in os.environ


def test_an_adapter_is_named_by_its_weights(
    folders: dict[str, Path], adapter: Path, tmp_path: Path
) -> None:
    ours = opened(folders["llama"], adapter=adapter)
    theirs = HfEngine(ModelSpec(str(folders["llama"]), dtype="float32", adapter=adapter))
    for (_, reply), (_, other) in zip(
        ours.choose(survey_requests()), theirs.choose(survey_requests()), strict=True
    ):
        assert isinstance(reply, Choice)
        assert isinstance(other, Choice)
        assert reply.logprobs == pytest.approx(other.logprobs, abs=1e-4)
    assert ours.identity.adapter == theirs.identity.adapter
    assert LLM.last.given["max_lora_rank"] == 8
    lora = LLM.last.log[0][2]
    assert lora.lora_name == weights.adapter_digest(adapter)
    assert lora.lora_path == str(adapter)
    again = save_adapter(folders["llama"], tmp_path / "a")
    (again / "adapter_config.json").write_text(
        (again / "adapter_config.json").read_text().replace('"lora_alpha": 8', '"lora_alpha": 9')
    )
    list(opened(folders["llama"], adapter=again).choose(survey_requests()[:1]))
    other_lora = LLM.last.log[0][2]
    assert other_lora.lora_name != lora.lora_name
    assert other_lora.lora_int_id != lora.lora_int_id


def test_adapters_follow_each_other_in_one_vllm(
    folders: dict[str, Path], adapter: Path, tmp_path: Path
) -> None:
    other = save_adapter(folders["llama"], tmp_path / "other", seed=2, r=12)
    ask = survey_requests()
    alone = [
        dict(opened(folders["llama"], adapter=folder).choose(ask)) for folder in (adapter, other)
    ]
    before = LLM.started
    with keeping_base():
        for folder, room, started in ((adapter, 8, 1), (other, 16, 2), (adapter, 16, 2)):
            running = opened(folders["llama"], adapter=folder)
            assert dict(running.choose(ask)) == alone[folder is other]
            running.close()
            assert LLM.last.given["max_lora_rank"] == room
            assert LLM.started == before + started
        plain = opened(folders["llama"])
        assert dict(plain.choose(ask)) not in alone
        plain.close()
        assert (LLM.started, LLM.last.down) == (before + 2, 0)
        HfEngine(ModelSpec(str(folders["llama"]), dtype="float32"))
        assert LLM.last.down == 1
        broken = opened(folders["llama"])
        LLM.last.broken = ValueError("Gone.")
        with pytest.raises(EngineError, match="Gone"):
            list(broken.choose(ask))
        opened(folders["llama"]).close()
        assert (LLM.started, LLM.last.down) == (before + 4, 0)
    assert LLM.last.down == 1


@pytest.mark.parametrize(("rank", "room"), [(1, 1), (2, 8), (16, 16), (17, 32), (512, 512)])
def test_rank_has_room(rank: int, room: int, tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text(json.dumps({"r": rank, "bias": "none"}))
    assert lora_rank(tmp_path) == room


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"r": 513}, "rank 513"),
        ({"r": 8, "use_dora": True}, "use_dora"),
        ({"r": 8, "alpha_pattern": {"q_proj": 4}}, "alpha_pattern"),
        ({"r": 8, "bias": "all"}, "has bias"),
        ({"lora_alpha": 8}, "needs a number 'r'"),
    ],
)
def test_what_vllm_would_compute_otherwise_is_refused(
    config: dict[str, Any], said: str, tmp_path: Path
) -> None:
    (tmp_path / "adapter_config.json").write_text(json.dumps(config))
    with pytest.raises(EngineError, match=said):
        lora_rank(tmp_path)


def test_identity_is_another_than_that_of_hf(folders: dict[str, Path]) -> None:
    ours = opened(folders["llama"]).identity
    theirs = HfEngine(ModelSpec(str(folders["llama"]), dtype="float32")).identity
    assert (ours.weights, ours.template) == (theirs.weights, theirs.template)
    assert ours.dtype == "float32"
    assert ours.model == f"vllm:{theirs.model}"
    assert ours.digest != theirs.digest
    assert opened(folders["llama"], dtype="bfloat16").identity.dtype == "bfloat16"


@pytest.mark.parametrize(
    ("dtype", "config", "wide"),
    [
        ("bfloat16", {}, True),
        ("float32", {}, False),
        ("bfloat16", {"quantization_config": {}}, False),
    ],
)
def test_the_output_matrix_is_multiplied_in_float32(
    dtype: Any, config: dict[str, Any], wide: bool, folders: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert _casts_head(tmp_path, dtype) == wide
    opened(folders["llama"], dtype=dtype)
    told = {"head_dtype": "float32"} if dtype == "bfloat16" else None
    assert LLM.last.given.get("hf_overrides") == told


def test_every_end_token_ends_a_reply(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = save_family(FAMILIES["llama"], tmp_path / "two-ends")
    config = folder / "generation_config.json"
    list(opened(folder).generate(texts(1)))
    first = int(naive_logprobs(LLM.last.model, LLM.last.log[0][0]).argmax())
    ends = json.loads(config.read_text())
    ends["eos_token_id"] = [2, first]
    config.write_text(json.dumps(ends))
    running = opened(folder)
    [(_, reply)] = running.generate(texts(1))
    assert isinstance(reply, Generation)
    assert (reply.text, reply.new_tokens, reply.stop) == ("", 1, "end")
    assert set(LLM.last.log[-1][1].stop_token_ids) == {2, first}


def test_closing_gives_the_gpu_back_once(folders: dict[str, Path]) -> None:
    running = opened(folders["llama"])
    running.close()
    running.close()
    assert LLM.last.down == 1
    with pytest.raises(EngineError, match="closed: open it again"):
        list(running.generate(texts()))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("kept", [KeyboardInterrupt, BaseException])
def test_a_signal_while_vllm_starts_ends_it(
    number: signal.Signals,
    kept: type[BaseException],
    folders: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """vLLM 0.29 keeps a KeyboardInterrupt to itself there, and would go on for a minute."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    start = LLM.__init__
    ready: list[LLM] = []

    def deaf(self: LLM, *given: Any, **named: Any) -> None:
        with contextlib.suppress(kept):
            os.kill(os.getpid(), number)
        start(self, *given, **named)
        ready.append(self)

    monkeypatch.setattr(LLM, "__init__", deaf)
    before = signal.signal(number, stop)
    try:
        with pytest.raises(KeyboardInterrupt):
            opened(folders["llama"])
        assert signal.getsignal(number) is stop
    finally:
        signal.signal(number, before)
    assert [one.down for one in ready] == ([1] if kept is BaseException else [])


TRACE = """
(EngineCore pid=7) ERROR 12-01 10:00:00 [core.py:1374] EngineCore failed to start.
(EngineCore pid=7) ERROR 12-01 10:00:00 [core.py:1374] Traceback (most recent call last):
(EngineCore pid=7) ERROR 12-01 10:00:00 [core.py:1374] ValueError: No memory for 2048 tokens.
(EngineCore pid=7) ERROR 12-01 10:00:00 [core.py:1374]   more of its way
(EngineCore pid=7) Traceback (most recent call last):
(EngineCore pid=7) RuntimeError: something that follows from it
"""
CORE = (
    "Engine core initialization failed. See root cause above. "
    "Failed core proc(s): {'EngineCore': %d}"
)


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        (TRACE, 1, "No memory for 2048 tokens. What it said on the way is in "),
        ("(Worker pid=8) AssertionError\n", 1, "llama: AssertionError. What it said"),
        ("", -9, "one of its processes was killed, as a system does that has no memory left."),
        ("", 1, f"{CORE % 1}."),
    ],
)
def test_why_vllm_does_not_start_is_told_in_a_sentence(
    said: str,
    code: int,
    told: str,
    folders: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """Its processes print more than a hundred lines, which are not to be seen."""

    def fail(*given: Any, **named: Any) -> None:
        subprocess.run([sys.executable, "-c", f"print({said!r})"], check=True)
        os.write(2, said.encode())
        raise RuntimeError(CORE % code)

    monkeypatch.setattr(LLM, "__init__", fail)
    monkeypatch.setenv("VLLM_LOGGING_LEVEL", "ERROR")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(EngineError) as ended:
        opened(folders["llama"])
    assert told in str(ended.value)
    assert capfd.readouterr() == ("", "")
    kept = [*tmp_path.iterdir()]
    assert [file.read_text().count(said) for file in kept] == ([2] if said else [])
    assert not said or str(ended.value).endswith(f" is in {kept[0]}.")


BAR = """
import os, subprocess, sys
from acculturate.engines.vllm.startup_log import StartupLog
print("first", file=sys.stderr)
log = StartupLog()
with log.taking():
    print("a bar", file=sys.stderr)
    os.write(2, b"of a library")
    subprocess.run(["echo", "of a process"])
print("last", file=sys.stderr)
print(log.kept())
"""


def test_a_bar_goes_on_while_vllm_starts() -> None:
    ended = subprocess.run([sys.executable, "-c", BAR], capture_output=True, text=True, check=True)
    assert ended.stderr == "first\na bar\nlast\n"
    kept = Path(ended.stdout.strip().removesuffix(".").rpartition(" ")[2])
    assert kept.read_text() == "of a libraryof a process\n"
    kept.unlink()


def test_its_log_is_shown_where_the_user_asks_for_it(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    start = LLM.__init__

    def speaking(self: LLM, *given: Any, **named: Any) -> None:
        os.write(1, b"It starts.\n")
        start(self, *given, **named)

    monkeypatch.setattr(LLM, "__init__", speaking)
    for level, shown in (("INFO", "It starts.\n"), ("ERROR", "")):
        monkeypatch.setenv("VLLM_LOGGING_LEVEL", level)
        opened(folders["llama"]).close()
        assert capfd.readouterr().out == shown


def test_a_setting_that_vllm_refuses_is_told_in_its_words(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Config(BaseModel):
        length: int

        @field_validator("length")
        @classmethod
        def short(cls, length: int) -> int:
            raise ValueError("max_model_len is greater than what the model was made for.")

    monkeypatch.setattr(LLM, "__init__", lambda *_, **__: Config(length=9))
    with pytest.raises(EngineError, match=r"llama: max_model_len is greater than .* made for\.$"):
        opened(folders["llama"])


@pytest.mark.parametrize("problem", [Exception("EngineCore is gone.\nMore."), KeyboardInterrupt()])
def test_an_engine_that_stops_is_closed(problem: BaseException, folders: dict[str, Path]) -> None:
    running = opened(folders["llama"])
    LLM.last.broken = problem
    kind = EngineError if isinstance(problem, Exception) else KeyboardInterrupt
    with pytest.raises(kind) as told:
        list(running.choose(survey_requests()))
    if kind is EngineError:
        assert str(told.value).startswith("vLLM stopped: EngineCore is gone. What was asked")
    assert LLM.last.down == 1
    with pytest.raises(EngineError, match="closed"):
        list(running.choose(survey_requests()))


def test_sampling_that_vllm_refuses_is_told(folders: dict[str, Path]) -> None:
    with pytest.raises(EngineError, match="vLLM does not draw in this way: temperature"):
        list(opened(folders["llama"]).generate(texts(1, temperature=3.0)))


def test_missing_old_or_useless_vllm_is_one_sentence(
    vllm: Any, folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = sys.modules["vllm.platforms"].current_platform
    monkeypatch.setattr(platform, "is_unspecified", lambda: True)
    with pytest.raises(EngineError, match="finds no GPU here"):
        opened(folders["llama"])
    vllm.__version__ = "0.290.1"
    with pytest.raises(EngineError, match=r"vLLM 0\.290\.1 is installed"):
        opened(folders["llama"])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    for look in (find_model, open_engine):
        with pytest.raises(EngineError, match=r"not installed: pip install 'acculturate\[vllm\]'"):
            look(f"vllm:{folders['llama']}")


def test_a_model_or_an_adapter_that_vllm_refuses_is_one_sentence(
    folders: dict[str, Path], adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        LLM, "_add_lora", lambda *_: (_ for _ in ()).throw(Exception("Call to add_lora failed"))
    )
    with pytest.raises(EngineError, match="does not fit this model: Call to add_lora failed"):
        opened(folders["llama"], adapter=adapter)
    assert LLM.last.down == 1
    monkeypatch.setattr(
        LLM, "__init__", lambda *_, **__: (_ for _ in ()).throw(ValueError("No room.\nTrace"))
    )
    with pytest.raises(EngineError, match=r"cannot run the model in .*: No room\.$"):
        opened(folders["llama"])


def test_the_front_door_opens_it(folders: dict[str, Path]) -> None:
    find_model(f"vllm:{folders['llama']}")
    running = open_engine(f"vllm:{folders['llama']}")
    assert isinstance(running, VllmEngine)
    running.close()


def test_a_survey_scores_the_same_and_the_report_says_what_vllm_is(tiny_model: Path) -> None:
    ours, theirs = (
        acculturate.measure(
            f"{engine}{tiny_model}", cultures=["CHN"], items=["Q1", "Q46"], dtype="float32"
        )
        for engine in ("vllm:", "")
    )
    value = ours.value("alignment", culture="CHN")
    assert value == pytest.approx(theirs.value("alignment", culture="CHN"), abs=1e-4)
    said = f"The texts of vllm:{tiny_model} are kept in this run"
    assert any(caution.startswith(said) for caution in ours.meta.cautions)
    assert not any("are kept in this run" in caution for caution in theirs.meta.cautions)


@pytest.mark.gpu
@pytest.mark.embedded
@pytest.mark.parametrize("with_adapter", [False, True])
def test_a_real_vllm_agrees_with_hf(
    with_adapter: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Needs vLLM 0.29 and a GPU: bf16 against bf16, half the sum of differences of each choice."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "vllm"]:
        monkeypatch.delitem(sys.modules, name)
    pytest.importorskip("vllm")
    from acculturate.engines.embedded import embedded_folder

    tuned = save_adapter(embedded_folder(), tmp_path / "a") if with_adapter else None
    spec = ModelSpec("embedded", "vllm", dtype="bfloat16", adapter=tuned)
    running = VllmEngine(spec)
    try:
        result = dict(running.choose(survey_requests()))
        drawn = texts(8, temperature=1.0)
        assert all(isinstance(reply, Generation) for _, reply in running.generate(drawn))
    finally:
        running.close()
    theirs = HfEngine(ModelSpec("embedded", dtype="bfloat16", adapter=tuned))
    distances = []
    for key, other in theirs.choose(survey_requests()):
        reply = result[key]
        assert isinstance(reply, Choice)
        assert isinstance(other, Choice)
        shares = [[math.exp(logprob) for logprob in both.logprobs] for both in (reply, other)]
        distances.append(sum(abs(p - q) for p, q in zip(*shares, strict=True)) / 2)
    assert max(distances) < 0.05, distances
