"""Peak memory: the most that this process held at once, and the most on its GPU."""

import sys

GIB = 2**30


def peak_memory() -> dict[str, float]:
    """Return GiB by what they are of, `process` and `GPU`; what is not known is left out."""
    held = {"process": _process(), "GPU": _gpu()}
    return {name: round(gib, 2) for name, gib in held.items() if gib}


def _process() -> float:
    try:
        import resource
    except ImportError:  # not on Windows
        return 0.0
    # kibibytes on Linux, bytes on macOS
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / GIB


def _gpu() -> float:
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return 0.0
    return float(torch.cuda.max_memory_allocated()) / GIB
