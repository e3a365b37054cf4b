"""Models of vLLM, in this process, on one GPU or several.

vllm_settings   what `[models.X.vllm]` may say
named_adapter   a LoRA adapter as vLLM wants it named and sized
startup_log     what it prints while it starts, and the cause of a failure in it
startup         vLLM started on a model's files, so that it computes what `hf` computes
engine          options weighed and texts drawn behind the interface of engines
"""

from acculturate.engines.vllm.engine import VllmEngine
from acculturate.engines.vllm.named_adapter import lora_rank
from acculturate.engines.vllm.startup import find_vllm
from acculturate.engines.vllm.vllm_settings import VllmSettings

__all__ = ["VllmEngine", "VllmSettings", "find_vllm", "lora_rank"]
