"""What a run was made with: versions, machine, precision. Written beside it as environment.json."""

import os
import platform
from importlib import metadata

from acculturate.engines import deciding_packages
from acculturate.records.results.described import Environment


def describe() -> Environment:
    """Return versions of the packages that decide numbers, and the machine without its name."""
    packages = ("acculturate", "numpy", *deciding_packages(), "trl", "pydantic")
    return Environment(
        python=platform.python_version(),
        packages={name: release for name in packages if (release := version(name))},
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    )


def version(package: str) -> str | None:
    """Return the installed version of a package, or None."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
