"""The study files that come with the package, by name.

An installed package holds them in its own folder, a checkout beside `src/`.

    >>> find_shipped("demo").name
    'demo.toml'
"""

import re
from pathlib import Path

from acculturate.config import read_toml
from acculturate.errors import ConfigError, nearest


def shipped_studies() -> dict[str, Path]:
    """Return the files of all shipped studies by name, in the order of the names.

    Raises `ConfigError` where this installation has none.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "studies", package.parents[1] / "studies"):
        if (folder / "demo.toml").is_file():
            return {path.stem: path for path in sorted(folder.glob("*.toml"))}
    raise ConfigError("This installation lacks its study files: install acculturate anew.")


def find_shipped(name: str) -> Path:
    """Return the file of a shipped study; raises `ConfigError` with the nearest known name."""
    studies = shipped_studies()
    if name not in studies:
        raise ConfigError(
            f"There is no study '{name}', neither a file nor one of this package."
            f"{nearest(name, studies)} 'acculturate studies list' names those of the package."
        )
    return studies[name]


def demo_study() -> Path:
    """Return the file of the study that `acculturate demo` runs."""
    return find_shipped("demo")


def study_path(path: Path) -> Path:
    """Return a study file as it is given, or the shipped study of this name where no file has it.

    Raises `ConfigError` for a name that no study has, and for a shipped file that is named by its
    path in a checkout.
    """
    name = path.as_posix()
    if path.exists() or not re.fullmatch(r"[\w-]+|studies/[\w-]+\.toml", name):
        return path
    studies = shipped_studies()
    if path.suffix == "":
        return find_shipped(name)
    if path.stem not in studies:
        return path
    raise ConfigError(
        f"There is no file {path}: the study '{path.stem}' is part of this package; type "
        f"'acculturate run {path.stem}', or 'acculturate studies copy {path.stem}' to change it."
    )


def study_title(path: Path) -> str:
    """Return the title that a study file gives itself, or its name where it gives none."""
    return str(read_toml(path)["study"].get("title") or path.stem)


def copy_shipped(name: str, target: Path) -> Path:
    """Copy a shipped study to a file, or under its own name into a folder, and return the file.

    Raises `ConfigError` where the file exists, or where it cannot be written.
    """
    source = find_shipped(name)
    file = target / source.name if target.is_dir() else target
    if file.exists():
        raise ConfigError(f"{file} exists: name another file, or remove this one.")
    try:
        file.write_text(source.read_text("utf-8"), "utf-8")
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}.") from None
    return file
