"""Whether a process lives, where the system lists processes (/proc)."""

import time
from pathlib import Path


def is_alive(process: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def is_gone(process: int, within: float = 10) -> bool:
    """Whether a process that was killed ends: the system takes its time on a busy machine."""
    end = time.monotonic() + within
    while is_alive(process) and time.monotonic() < end:
        time.sleep(0.02)
    return not is_alive(process)
