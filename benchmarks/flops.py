"""How much arithmetic a job needs, and how fast this machine can do it at best."""

import time
from typing import Any

import torch

from acculturate.engines.hf.prefix import Tree


def matrix_weights(model: Any) -> int:
    """Weights of all matrices but the head."""
    head = model.get_output_embeddings()
    return sum(
        module.weight.numel()
        for module in model.modules()
        if isinstance(module, torch.nn.Linear) and module is not head
    )


def tree_flops(model: Any, tree: Tree, asked: int) -> float:
    """Floating-point operations to compute every token of the tree once.

    Two per weight of a matrix and token (the head only where it is asked), and four per head
    dimension for each pair of a token and one it sees.
    """
    config = model.config
    head = model.get_output_embeddings().weight.numel()
    width = config.num_attention_heads * config.head_dim * config.num_hidden_layers
    return float(
        2 * matrix_weights(model) * tree.size + 2 * head * asked + 4 * width * tree.attended
    )


def writing_seconds(
    model: Any, read: int, written: int, steps: int, peak: float, rate: float
) -> float:
    """The least seconds in which a batch's `read` new prompt tokens are computed and `written` ones
    drawn in `steps`: by the products' arithmetic, or by reading the weights once a step.

    Attention, caches and the dice are left out, so the limit that follows is an upper one.
    """
    body = matrix_weights(model)
    head = model.get_output_embeddings().weight
    step_bytes = (body + head.numel()) * head.element_size()
    drawing: float = 2 * (body + head.numel()) * written / peak
    weights: float = steps * step_bytes / rate
    return 2 * body * read / peak + max(drawing, weights)


def gemm_peak(dtype: torch.dtype, device: torch.device, seconds: float = 2.0) -> float:
    """Floating-point operations per second of large matrix products, the best of several."""
    left, right = (torch.randn(2048, 2048, dtype=dtype, device=device) for _ in range(2))
    best = 0.0
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        (left @ right).sum().item()
        best = max(best, 2 * 2048**3 / (time.perf_counter() - began))
    return best


def read_rate(device: torch.device, seconds: float = 0.5) -> float:
    """Bytes per second read from memory, the best of several."""
    block = torch.ones(64 << 20, device=device)
    best = 0.0
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        block.sum().item()
        best = max(best, block.nbytes / (time.perf_counter() - began))
    return best
