"""How much arithmetic a job needs, and how fast this machine can do it at best."""

import time
from typing import Any

import torch

from acculturate.engines.prefix import Tree


def tree_flops(model: Any, tree: Tree, asked: int) -> float:
    """Floating-point operations to compute every token of the tree once.

    Two per weight of a matrix and token (the head only where it is asked), and four per head
    dimension for each pair of a token and one it sees.
    """
    config = model.config
    head = model.get_output_embeddings()
    matrices = sum(
        module.weight.numel()
        for module in model.modules()
        if isinstance(module, torch.nn.Linear) and module is not head
    )
    width = config.num_attention_heads * config.head_dim * config.num_hidden_layers
    return float(
        2 * matrices * tree.size + 2 * head.weight.numel() * asked + 4 * width * tree.attended
    )


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
