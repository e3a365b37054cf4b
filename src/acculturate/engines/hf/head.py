"""The output matrix in float32, whatever the model computes in.

In bfloat16 a logit between 16 and 32 is a multiple of 1/8, and a culture often moves an answer by
less. So where options are weighed the last product takes the numbers as they are and is summed and
kept in float32; what the model does with its logits then (scaling, soft-capping) is done in float32
too. The weights stay as they are, tied or not: a processor casts them a slice at a time.

    weights and hidden states in bfloat16 --> product in float32 --> logits in float32

So it is where an adapter is trained: a loss is of these probabilities. A matrix that is trained
itself is left as it is, since trained weights are in float32. Drawn texts keep the model's own
product: a logit off by 1/16 does not change what kind of text is drawn, and every step would pay.
"""

import functools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor

from acculturate.engines.hf.standing_in import stand_in

HALVES = (torch.bfloat16, torch.float16)

SLICE = 4096
"""Rows of the matrix that are cast at once: they stay in a processor's cache."""


@contextmanager
def wide_head(model: Any) -> Iterator[None]:
    """Let the logits of a model in half precision come in float32 for a while."""
    with ExitStack() as stack:
        for linear in _halves(model.get_output_embeddings()):
            stack.callback(stand_in(linear, functools.partial(_wide, linear)))
        yield


def _halves(head: Any) -> Iterator[Any]:
    """Yield the matrix, or all of them where an adapter put something around it."""
    for module in head.modules() if head is not None else ():
        if type(module) is torch.nn.Linear and module.weight.dtype in HALVES:
            yield module


def _wide(linear: Any, x: Tensor) -> Tensor:
    if linear.weight.requires_grad and torch.is_grad_enabled():
        usual: Tensor = type(linear).forward(linear, x)
        return usual
    rows = x.reshape(-1, x.shape[-1])
    with torch.autocast(x.device.type, enabled=False):
        out: Tensor = _Product.apply(rows, linear.weight)  # type: ignore[no-untyped-call]
    if linear.bias is not None:
        out = out + linear.bias.float()
    return out.view(*x.shape[:-1], -1)


class _Product(torch.autograd.Function):
    """Rows (R, inputs) times a matrix (outputs, inputs) that is not trained: (R, outputs).

    Its gradient casts the matrix slice by slice too, where torch's own would keep all the casts.
    """

    @staticmethod
    def forward(ctx: Any, rows: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(weight)
        ctx.dtype = rows.dtype
        if weight.is_cuda:
            return torch.mm(rows.to(weight.dtype), weight.t(), out_dtype=torch.float32)
        rows = rows.float()
        return torch.cat([rows @ part.float().t() for part in torch.split(weight, SLICE)], dim=-1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        [weight], [gradient] = ctx.saved_tensors, gradients
        total = gradient.new_zeros(len(gradient), weight.shape[1])
        for part, some in zip(
            torch.split(weight, SLICE), torch.split(gradient, SLICE, dim=-1), strict=True
        ):
            total.addmm_(some, part.float())
        return total.to(ctx.dtype), None


def lay_out_rows(model: Any) -> None:
    """Let the output matrix meet its rows one beside the other, from now on.

    The last position of each prompt is a slice of many, and by such a slice torch multiplies a
    matrix that is not trained as a batch of copies, one for each prompt: of 27 prompts and a
    vocabulary of 262,000, 9 GB and ten times the time of all other layers.
    """
    head = model.get_output_embeddings()
    if head is not None:
        head.register_forward_pre_hook(lambda module, given: (given[0].contiguous(), *given[1:]))
