"""`acculturate tune` as one of several processes whose weights FSDP parts, on processors.

accelerate parts weights over GPUs only; here it is told that processors will do, so that what
happens on GPUs can be seen without one. Ends with a word on whether the weights really were parted.
"""

from typing import Any

from accelerate.state import AcceleratorState
from accelerate.utils import DistributedType
from torch.distributed.tensor import DTensor

from acculturate.cli.main import main
from acculturate.tuning import lora

made, whole = AcceleratorState.__init__, lora.trained_weights


def on_processors(self: Any, *args: Any, fsdp_plugin: Any = None, **kwargs: Any) -> None:
    made(self, *args, fsdp_plugin=fsdp_plugin, **kwargs)
    if fsdp_plugin is not None:
        self.distributed_type, self.fsdp_plugin = DistributedType.FSDP, fsdp_plugin


def trained_weights(peft_model: Any) -> Any:
    parted = all(isinstance(parameter, DTensor) for parameter in peft_model.parameters())
    print("parted" if parted else "whole", flush=True)  # noqa: T201
    return whole(peft_model)


if __name__ == "__main__":
    AcceleratorState.__init__ = on_processors
    lora.trained_weights = trained_weights
    main()
