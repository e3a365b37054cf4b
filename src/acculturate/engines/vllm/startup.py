"""vLLM started on a model's files, so that it computes what the engine `hf` computes.

The folder, the digests, the tokenizer and the end tokens are those of `hf`; the sampling defaults
that a model's makers ship with it are not taken, and only safetensors are read. vLLM reports nobody
what it is used for.

Starting takes a minute or more, so a vLLM is kept as a base of `hf` is (bases.py): adapters follow
each other in one that has room for their rank.
"""

import importlib.util
import json
import os
import subprocess
import weakref
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acculturate.engines import bases, chat, weights
from acculturate.engines.adapter_file import check_adapter_file
from acculturate.engines.bases import Base, Change, Key
from acculturate.engines.model_files import find_folder, read_tokenizer
from acculturate.engines.protocol import DType, Identity, ModelSpec
from acculturate.engines.vllm.named_adapter import Adapter, lora_rank
from acculturate.engines.vllm.startup_log import StartupLog
from acculturate.engines.vllm.vllm_settings import VllmSettings
from acculturate.errors import EngineError, first_line
from acculturate.processes import insistent_signals, watched
from acculturate.threads import soon_asleep
from acculturate.visible import brief

KNOWN = "0.29"
"""The version whose ways are known here; others send and return other things."""
NAMES = "VLLM::"
"""How the processes call themselves in which vLLM computes."""
QUIET = "ERROR"
"""What of its log vLLM prints where the user names no level; it goes into a file then."""
FREE_SHARE = 4
"""On a processor: one of so many parts of the free memory is for prompts, beside the weights."""


@dataclass(frozen=True, slots=True)
class Files:
    """A model's files: folder, revision on the hub, digest of its weights, and its adapter."""

    folder: Path
    revision: str
    weights: str
    adapter: Adapter | None


class Started:
    """A started `LLM` with room for adapters up to a rank (0: for none).

    `end()` gives back the GPU, once: the process that computes ends. It is also called when
    this object is no longer used; the watcher does it where this process is killed.
    """

    def __init__(
        self, llm: Any, rank: int, watcher: "subprocess.Popen[bytes] | None", log: StartupLog
    ) -> None:
        self.llm, self.rank, self.log = llm, rank, log
        self.end = weakref.finalize(self, _end, llm, watcher, log)


@dataclass(frozen=True, slots=True)
class Running:
    """A started vLLM as `base`, what it really is with its adapter, and the adapter's request."""

    base: Base
    identity: Identity
    lora: Any

    @property
    def llm(self) -> Any:
        return self.base.model.llm

    @property
    def log(self) -> StartupLog:
        """What its processes print."""
        log: StartupLog = self.base.model.log
        return log

    @property
    def room(self) -> int:
        """How many tokens prompt and reply may have together."""
        return int(self.llm.model_config.max_model_len)

    def leave(self) -> None:
        """End its use: it is left to the next where it is of use to somebody, else it ends."""
        if bases.is_keeping():
            bases.give_back(self.base, Change(lambda: None))
        else:
            self.end()

    def end(self) -> None:
        """Give back the GPU."""
        self.base.model.end()


def find_vllm(spec: ModelSpec) -> Files:
    """Find a model's files and see that its adapter is of this base, without starting vLLM.

    Raises `EngineError` where vLLM is not installed, and as the engine `hf` does.
    """
    for package in ("vllm", "peft") if spec.adapter else ("vllm",):
        if importlib.util.find_spec(package) is None:
            raise EngineError(
                f"This needs {package}, which is not installed: pip install 'acculturate[vllm]'"
            )
    folder, revision = find_folder(spec)
    base = weights.weights_digest(folder)
    adapter = None
    if spec.adapter is not None:
        digest = weights.check_adapter(spec.adapter, spec.name, base)
        adapter = Adapter(spec.adapter, digest, lora_rank(spec.adapter))
        check_adapter_file(folder, spec.adapter, spec.trust_remote_code)
    return Files(folder, revision, base, adapter)


def open_vllm(spec: ModelSpec) -> Running:
    """Start vLLM on the model that `spec` names; takes a minute or more.

    Raises `EngineError` in a sentence where the model or the adapter is not there, does not fit,
    or cannot be run here.
    """
    files = find_vllm(spec)
    dtype = _prepared(spec.dtype)
    settings = spec.told(VllmSettings)
    key = Key(
        str(files.folder), files.weights, dtype, f"vllm {settings}", "", spec.trust_remote_code
    )
    base = _kept(key, files.adapter) or _base(key, files, settings)
    identity = Identity(
        model=f"vllm:{spec.name}",
        weights=files.weights,
        dtype=dtype,
        template=chat.template_digest(base.tokenizer),
        adapter=files.adapter.digest if files.adapter else "",
        revision=files.revision,
    )
    return Running(base, identity, _with_adapter(base.model, files.adapter))


def _kept(key: Key, adapter: Adapter | None) -> Base | None:
    """Return the vLLM that is kept, if it is of this base and has room for the adapter."""
    base = bases.kept_base(key)
    if base is not None and adapter is not None and base.model.rank < adapter.rank:
        base.model.end()
        return None
    return base


def _base(key: Key, files: Files, settings: VllmSettings) -> Base:
    tokenizer = read_tokenizer(files.folder, key.trust_remote_code)
    started = _started(files, key.dtype, settings, key.trust_remote_code)
    return Base(key, started, tokenizer, chat.end_ids(_named_ends(files.folder), tokenizer))


def _prepared(dtype: DType) -> str:
    """Return the precision to compute in, once it is known that vLLM can compute here at all."""
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    os.environ.setdefault("VLLM_LOGGING_LEVEL", QUIET)
    try:
        import vllm
        from vllm.platforms import current_platform
    except ImportError as problem:
        raise EngineError(f"vLLM is installed but cannot be used: {first_line(problem)}.") from (
            problem
        )
    if not f"{vllm.__version__}.".startswith(f"{KNOWN}."):
        raise EngineError(
            f"vLLM {vllm.__version__} is installed, and this version of acculturate knows {KNOWN}: "
            "pip install 'acculturate[vllm]'"
        )
    if current_platform.is_unspecified():
        raise EngineError(
            "vLLM finds no GPU here: name the model without 'vllm:', or serve it where there is "
            "one and write 'server:NAME'."
        )
    if dtype != "auto":
        return dtype
    return str(current_platform.supported_dtypes[0]).removeprefix("torch.")


def _started(files: Files, dtype: str, settings: VllmSettings, trust_remote_code: bool) -> Started:
    from vllm import LLM

    watcher = watched(NAMES)
    rank = files.adapter.rank if files.adapter else 0
    lora = {"enable_lora": True, "max_loras": 1, "max_lora_rank": rank} if rank else {}
    head = {"hf_overrides": {"head_dtype": "float32"}} if _casts_head(files.folder, dtype) else {}
    log = StartupLog()
    quiet = os.environ["VLLM_LOGGING_LEVEL"] == QUIET
    try:
        with _waiting(), insistent_signals() as signals, log.taking() if quiet else nullcontext():
            llm = LLM(
                model=str(files.folder),
                dtype=dtype,
                trust_remote_code=trust_remote_code,
                load_format="safetensors",
                use_tqdm_on_load=False,
                generation_config="vllm",
                logprobs_mode="raw_logprobs",
                enable_prefix_caching=True,
                tensor_parallel_size=settings.tensor_parallel_size,
                **_memory(settings),
                **_prompts(),
                max_model_len=settings.max_model_len or -1,  # -1: as many as memory has room for
                **lora,
                **head,
            )
    except KeyboardInterrupt:
        _dismiss(watcher)
        log.close()
        raise
    except Exception as problem:  # of any kind, from several processes
        _dismiss(watcher)
        cause, where = log.cause(problem), log.kept()
        log.close()
        raise EngineError(
            f"vLLM cannot run the model in {brief(str(files.folder))}: {cause}.{where}"
        ) from problem
    started = Started(llm, rank, watcher, log)
    if signals:  # vLLM went on, whatever a signal raised
        started.end()
        raise KeyboardInterrupt
    return started


def _memory(settings: VllmSettings) -> dict[str, Any]:
    """Return what vLLM may have of the memory: on a processor, where nothing is said, a share of
    what is free for the keys and values of prompts. VLLM_CPU_KVCACHE_SPACE goes before both.
    """
    from vllm.platforms import current_platform

    if current_platform.is_cpu() and "gpu_memory_utilization" not in settings.model_fields_set:
        import psutil

        return {"kv_cache_memory_bytes": psutil.virtual_memory().available // FREE_SHARE}
    return {"gpu_memory_utilization": settings.gpu_memory_utilization}


def _waiting() -> AbstractContextManager[None]:
    """Return how vLLM's threads are to wait: as it likes where it has placed them, but on a
    processor that they share with others (`nobind`) they soon sleep.
    """
    shared = os.environ.get("VLLM_CPU_OMP_THREADS_BIND") == "nobind"
    return soon_asleep() if shared else nullcontext()


def _prompts() -> dict[str, Any]:
    """Return how prompts are computed: on a processor each in one step, since vLLM 0.29 ends there
    where it draws from a seed behind a prompt that was computed in two.
    """
    from vllm.platforms import current_platform

    return {"enable_chunked_prefill": False} if current_platform.is_cpu() else {}


def _end(llm: Any, watcher: "subprocess.Popen[bytes] | None", log: StartupLog) -> None:
    llm.llm_engine.engine_core.shutdown()
    _dismiss(watcher)
    log.close()


def _dismiss(watcher: "subprocess.Popen[bytes] | None") -> None:
    if watcher is not None:
        watcher.kill()
        watcher.wait()


def _casts_head(folder: Path, dtype: str) -> bool:
    """Return whether the output matrix is to be multiplied in float32, as `hf` does (head.py); vLLM
    cannot where it may be quantised.
    """
    return dtype != "float32" and "quantization_config" not in _config(folder)


def _with_adapter(started: Started, adapter: Adapter | None) -> Any:
    """Return the adapter's request, loaded now: at the first prompt a bad one would end vLLM."""
    if adapter is None:
        return None
    request = adapter.request
    try:
        started.llm.llm_engine.add_lora(request)
    except Exception as problem:  # it comes from another process as a bare Exception
        started.end()
        raise EngineError(
            f"The adapter {adapter.folder} does not fit this model: {first_line(problem)}."
        ) from problem
    return request


def _named_ends(folder: Path) -> int | list[int] | None:
    """Return the end tokens that a model's files name, as transformers finds them."""
    for name in ("generation_config.json", "config.json"):
        named: int | list[int] | None = _config(folder, name).get("eos_token_id")
        if named is not None:
            return named
    return None


def _config(folder: Path, name: str = "config.json") -> dict[str, Any]:
    """Return what a file of a model says; nothing where there is none."""
    file = folder / name
    config: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return config
