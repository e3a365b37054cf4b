"""The folder of an export: new, and there whole or not at all.

What is written goes into a hidden folder beside it, which takes its place in the end; whoever is
stopped on the way leaves nothing under the name.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from acculturate.errors import StoreError
from acculturate.files import rename_whole


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a folder to write into, which becomes `path` when all went well.

    Raises `StoreError` where there is something already, and where it cannot be written.
    """
    check_new(path)
    part = path.absolute().parent / f".{path.absolute().name}.{uuid4().hex[:8]}.part"
    try:
        part.mkdir(parents=True)
        yield part
        if path.is_dir():  # an empty one
            path.rmdir()
        rename_whole(part, path)
    except OSError as error:
        raise StoreError(
            f"The folder {path} cannot be written ({error.strerror or error}): make room, or name "
            "another. Nothing was left in it."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def check_new(path: Path) -> None:
    """Raise `StoreError` for a path under which there is something already."""
    if path.is_dir():
        if any(path.iterdir()):
            raise StoreError(
                f"The folder {path} is not empty: name a new one, or remove it first. An export "
                "never mixes with other files."
            )
    elif path.exists():
        raise StoreError(f"{path} is a file: name a folder, which will be made.")
