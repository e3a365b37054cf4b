"""TensorBoard's files: in the folder that its variable names, else beside what is made."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOGS = "TENSORBOARD_LOGGING_DIR"


@contextmanager
def logging_into(folder: Path) -> Iterator[None]:
    """Have trainings of this process log into a folder, unless the user names another one."""
    if LOGS in os.environ:
        yield
        return
    os.environ[LOGS] = str(folder)
    try:
        yield
    finally:
        del os.environ[LOGS]
