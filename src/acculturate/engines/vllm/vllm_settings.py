"""What a study may say about vLLM: `[models.X.vllm]`, in vLLM's own words.

[models.base]
name = "vllm:org/model"

[models.base.vllm]
tensor_parallel_size = 4
"""

from typing import Annotated

from pydantic import Field

from acculturate.config import Count, Settings


class VllmSettings(Settings):
    """How much of the machine a model may have; none of it changes what is asked."""

    tensor_parallel_size: Annotated[
        Count, Field(description="GPUs that hold one model together")
    ] = 1
    gpu_memory_utilization: Annotated[
        float, Field(gt=0, le=1, description="share of each GPU's memory")
    ] = 0.9
    max_model_len: Annotated[
        Count | None,
        Field(ge=16, description="tokens of prompt and reply; as many as fit by default"),
    ] = None
