"""What a run was made with: versions, machine, precision. Written beside it as environment.json."""

import os
import platform
from importlib import metadata
from typing import Any

PACKAGES = (
    "acculturate",
    "numpy",
    "torch",
    "transformers",
    "peft",
    "trl",
    "tokenizers",
    "safetensors",
    "pydantic",
    "vllm",
)


def describe() -> dict[str, Any]:
    """Versions of the packages that decide numbers, and the machine, without its name."""
    return {
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := version(name))},
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }


def version(package: str) -> str | None:
    """The installed version of a package, or None."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
