"""Threads of GNU's OpenMP library that wait by sleeping, for a while: torch's on Linux.

While they have a core each, waiting threads had better spin: on an idle machine a training that
lets them sleep takes up to half as long again. Where they share a core, each must make room for the
one that it waits for. How long they spin is read from the environment once, as torch is loaded; but
the library spins 100 turns in place of 300,000 while it has more threads than the machine has cores
(`gomp_throttled_spin_count_var` in libgomp's env.c and wait.h). So a team that does nothing is
brought up, and sleeps until it is ended.
"""

import ctypes
import os
import threading
from pathlib import Path
from typing import Any

import torch


def openmp(file: Path = Path(torch.__file__).parent / "lib" / "libtorch_cpu.so") -> Any:
    """Return torch's own library, by which the OpenMP library that it uses is called; None where
    that is not GNU's (LLVM's and Intel's know GNU's calls too).
    """
    try:
        library = ctypes.CDLL(str(file))
    except OSError:
        return None
    gnu = hasattr(library, "GOMP_parallel") and not hasattr(library, "kmp_set_blocktime")
    return library if gnu else None


class IdleTeam:
    """As many threads as make the library spin less, until `end` is called."""

    def __init__(self, library: Any) -> None:
        self._library, self._over = library, threading.Event()
        self._up = threading.Event()
        self._leader = threading.Thread(target=self._lead, name="idle team", daemon=True)
        self._leader.start()
        self._up.wait()

    def _lead(self) -> None:
        nothing = ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p)
        self._library.GOMP_parallel(nothing, None, (os.cpu_count() or 1) + 1, 0)
        self._up.set()
        self._over.wait()  # its team lasts as long as this thread

    def end(self) -> None:
        """Let the threads go, and the others spin as before."""
        self._over.set()
        self._leader.join()
