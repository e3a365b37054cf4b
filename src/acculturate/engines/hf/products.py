"""Matrix products of few rows, three times faster on a processor: weights packed once.

A product walks through a matrix in panels that fit the registers, and first copies the matrix into
that order. With a thousand rows the copy is nothing; with the 32 rows of a decoding step it is most
of the time. So the copies are kept: packed once for a number of rows, used at every step.

    GFLOP/s in fp32, 2 cores, 576 x 1536      1 row   32 rows   64 rows   512 rows
    weights as they lie                          16        44        89        150
    packed for that number of rows               14       138       150        150

Only where that is the case: weights in float32 on a processor with MKL. Elsewhere, and for models
above `MOST_WEIGHTS` (a pack is a second copy), nothing is changed.
"""

import functools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor

from acculturate.engines.hf.standing_in import stand_in

MOST_WEIGHTS = 250_000_000
"""Of a model that is packed: 1 GB a pack."""

ROWS = range(16, 129)
"""Numbers of rows for which a pack pays."""

PACKS = 4
"""Numbers of rows whose packs are kept at once."""


class Products:
    """The packed matrices of one model, by number of rows; the last used `PACKS` are kept."""

    def __init__(self, model: Any) -> None:
        self._linears = _packable(model)
        self._packs: dict[int, list[Tensor]] = {}

    @contextmanager
    def of_rows(self, rows: int) -> Iterator[None]:
        """Let the model's linear layers use packs for inputs of `rows` rows for a while."""
        if rows not in ROWS or not self._linears:
            yield
            return
        with ExitStack() as stack:
            for linear, pack in zip(self._linears, self._packed(rows), strict=True):
                product = functools.partial(
                    torch.ops.mkl._mkl_linear, MKL_W=pack, ORI_W=linear.weight, B=linear.bias,
                    batch_size=rows,
                )  # fmt: skip
                stack.callback(stand_in(linear, product))
            yield

    def _packed(self, rows: int) -> list[Tensor]:
        packs = self._packs.pop(rows, None) or [
            torch.ops.mkl._mkl_reorder_linear_weight(linear.weight, rows)
            for linear in self._linears
        ]
        self._packs[rows] = packs
        while len(self._packs) > PACKS:
            del self._packs[next(iter(self._packs))]
        return packs


def _packable(model: Any) -> list[Any]:
    """Return the linear layers of a model that gains by packing; none of another."""
    linears = [module for module in model.modules() if type(module) is torch.nn.Linear]
    fits = sum(linear.weight.numel() for linear in linears) <= MOST_WEIGHTS
    able = torch.backends.mkl.is_available()  # type: ignore[no-untyped-call]
    plain = model.device.type == "cpu" and model.dtype == torch.float32
    return linears if fits and plain and able else []
