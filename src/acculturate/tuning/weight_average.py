"""The mean of an adapter's weights over the last steps of its training.

Single steps lead here and there, their mean less so. On held-out items it was as near to the people
as the last weights, or a little nearer (docs/decisions/021).

Imports torch: only `sft` imports this module, inside a function.
"""

from typing import Any

import torch
from torch import Tensor
from transformers import TrainerCallback


class WeightAverage(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
    """Gives a model at its last step the mean of its trained weights over a share of all steps, the
    last ones.
    """

    def __init__(self, share: float) -> None:
        self._share, self._count = share, 0
        self._means: dict[str, Tensor] = {}

    @torch.no_grad()
    def on_step_end(
        self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any
    ) -> None:
        step, last = state.global_step, state.max_steps
        if step <= (1 - self._share) * last:
            return
        self._count += 1
        for name, weight in model.named_parameters():
            if weight.requires_grad:
                mean = self._means.setdefault(name, weight.detach().clone())
                mean += (weight - mean) / self._count
                if step == last:
                    weight.copy_(mean)
