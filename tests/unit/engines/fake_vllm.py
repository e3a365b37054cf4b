"""A `vllm` of the shapes that 0.29 has (vllm_0_29.json, read off its source), over transformers.

Names that 0.29 does not have are a `TypeError`, values that it refuses are its own error. What it
computes is the plain way, one forward a token, so its numbers are those of a model and no script.
"""

import copy
import importlib.machinery
import json
import sys
from collections.abc import Sequence
from dataclasses import make_dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import AutoConfig
from transformers.models.auto import AutoModelForCausalLM

from acculturate.engines.quiet import quiet

from .tiny import naive_logprobs

SHAPES = json.loads((Path(__file__).parent / "vllm_0_29.json").read_text())
MOST_IDS = 128


class VLLMValidationError(Exception):
    """What 0.29 raises for a request that it refuses."""


def shape(name: str) -> Any:
    """A dataclass with the fields of 0.29's class of that name, None where nothing is given."""
    return make_dataclass(name, [(field, Any, None) for field in SHAPES[name]])


CompletionOutput, RequestOutput, Logprob = (
    shape(name) for name in ("CompletionOutput", "RequestOutput", "Logprob")
)


class SamplingParams(
    make_dataclass(  # type: ignore[misc]
        "Sampling",
        [(name, Any, default) for name, default in SHAPES["SamplingParams"].items()],
        kw_only=True,
    )
):
    """Knows what was given, and refuses as 0.29 does."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.given = set(given)
        refused = {
            "temperature": not 0 <= self.temperature <= 2,
            "top_p": not 0 < self.top_p <= 1,
            "max_tokens": self.max_tokens is not None and self.max_tokens < 1,
            "logprob_token_ids": len(self.logprob_token_ids or ()) > MOST_IDS,
        }
        for name, wrong in refused.items():
            if wrong:
                raise VLLMValidationError(f"{name} is refused, got {getattr(self, name)}.")


class StructuredOutputsParams(shape("StructuredOutputsParams")):  # type: ignore[misc]
    """As 0.29 has it: exactly one form. Nothing is held to it here."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        if len(given) != 1:
            raise VLLMValidationError("You must use one kind of structured outputs constraint.")


class LoRARequest(shape("LoRARequest")):  # type: ignore[misc]
    """As 0.29 has it: the number is above zero, and the path is not empty."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if not 0 < self.lora_int_id < 2**31:
            raise ValueError(f"id must be > 0, got {self.lora_int_id}")
        assert self.lora_path, "lora_path cannot be empty"


class LLM:
    """One running model. `log` holds what `generate` was given, in order; `last` is the newest."""

    last: "LLM"
    started = 0

    def __init__(self, model: str, **given: Any) -> None:
        unknown = set(given) - set(SHAPES["EngineArgs"]) - set(SHAPES["LLM"])
        if unknown:
            raise TypeError(f"EngineArgs got an unexpected keyword argument {unknown}")
        if given.get("enable_lora") and given["max_lora_rank"] not in (1, 8, 16, 32, 64, 128, 256):
            raise ValueError("max_lora_rank is refused")
        self.given = given
        dtype = getattr(torch, given["dtype"])
        with quiet():
            self.model = AutoModelForCausalLM.from_pretrained(model, dtype=dtype).eval()
        self.ends = _named_ends(Path(model))
        asked = given.get("max_model_len")
        most = AutoConfig.from_pretrained(model).max_position_embeddings
        self.model_config = SimpleNamespace(max_model_len=most if asked in (None, -1) else asked)
        core = SimpleNamespace(shutdown=self._shut_down)
        self.llm_engine = SimpleNamespace(engine_core=core, add_lora=self._add_lora)
        self.adapted: dict[str, Any] = {}
        self.log: list[tuple[tuple[int, ...], SamplingParams, Any]] = []
        self.down = 0
        self.broken: BaseException | None = None
        self.given_up = False
        LLM.last = self
        LLM.started += 1

    def generate(
        self,
        prompts: Sequence[dict[str, Any]],
        sampling_params: Sequence[SamplingParams],
        *,
        use_tqdm: bool = True,
        lora_request: LoRARequest | None = None,
    ) -> list[Any]:
        assert not use_tqdm
        assert len(prompts) == len(sampling_params)
        if self.broken is not None:
            raise self.broken
        return [
            self._one(number, tuple(prompt["prompt_token_ids"]), params, lora_request)
            for number, (prompt, params) in enumerate(zip(prompts, sampling_params, strict=True))
        ]

    def _one(self, number: int, prompt: tuple[int, ...], params: Any, lora: Any) -> Any:
        if len(prompt) >= self.model_config.max_model_len:
            raise VLLMValidationError(f"The decoder prompt (length {len(prompt)}) is too long.")
        self.log.append((prompt, params, lora))
        model = self.adapted[lora.lora_name] if lora else self.model
        new: list[int] = []
        listed: list[dict[int, Any]] = []
        ended = None
        while ended is None:
            logprobs = naive_logprobs(model, [*prompt, *new])
            new.append(_draw(logprobs, params, len(new)))
            asked = (new[-1], *(params.logprob_token_ids or ()))
            listed.append({token: Logprob(float(logprobs[token])) for token in asked})
            if new[-1] in {*self.ends, *(params.stop_token_ids or ())} and not params.ignore_eos:
                ended = "stop"
            elif len(new) == params.max_tokens or len(prompt) + len(new) >= (
                self.model_config.max_model_len
            ):
                ended = "length"
        done = CompletionOutput(
            index=0,
            text="",
            token_ids=new,
            logprobs=listed if params.logprob_token_ids else None,
            finish_reason="abort" if self.given_up else ended,
            lora_request=lora,
        )
        return RequestOutput(
            request_id=str(number), prompt_token_ids=[*prompt], outputs=[done], finished=True
        )

    def _add_lora(self, request: LoRARequest) -> bool:
        from peft import PeftModel

        assert self.given["enable_lora"]
        rank = json.loads((Path(request.lora_path) / "adapter_config.json").read_text())["r"]
        if rank > self.given["max_lora_rank"]:
            raise Exception("LoRA rank is greater than max_lora_rank.")
        with quiet():
            tuned = PeftModel.from_pretrained(copy.deepcopy(self.model), request.lora_path)
            self.adapted[request.lora_name] = tuned.merge_and_unload().eval()
        return True

    def _shut_down(self) -> None:
        self.down += 1


def _named_ends(folder: Path) -> list[int]:
    """The tokenizer's end token; those of the generation config too, whatever it is told to be."""
    ids = json.loads((folder / "generation_config.json").read_text())["eos_token_id"]
    return [ids] if isinstance(ids, int) else list(ids)


def _draw(logprobs: Any, params: SamplingParams, step: int) -> int:
    if params.temperature == 0:
        return int(logprobs.argmax())
    dice = torch.Generator().manual_seed(params.seed + step)
    return int((logprobs / params.temperature).softmax(-1).multinomial(1, generator=dice))


def install(patch: pytest.MonkeyPatch) -> ModuleType:
    """Put the fake where `import vllm` finds it; the platform can compute in float32 first."""
    vllm = ModuleType("vllm")
    platform = SimpleNamespace(
        supported_dtypes=[torch.float32, torch.bfloat16],
        is_unspecified=lambda: False,
        is_cpu=lambda: False,
    )
    parts: dict[str, dict[str, Any]] = {
        "vllm": {
            "__version__": SHAPES["version"],
            "LLM": LLM,
            "SamplingParams": SamplingParams,
        },
        "vllm.platforms": {"current_platform": platform},
        "vllm.sampling_params": {"StructuredOutputsParams": StructuredOutputsParams},
        "vllm.exceptions": {"VLLMValidationError": VLLMValidationError},
        "vllm.lora": {},
        "vllm.lora.request": {"LoRARequest": LoRARequest},
    }
    for name, members in parts.items():
        module = vllm if name == "vllm" else ModuleType(name)
        module.__spec__ = importlib.machinery.ModuleSpec(name, None)
        vars(module).update(members)
        patch.setitem(sys.modules, name, module)
    return vllm
