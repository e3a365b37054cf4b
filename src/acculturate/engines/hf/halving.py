"""Halving: a batch that does not fit into memory is computed in halves, and its replies say so.

    64 requests -> memory runs out -> 32, 32 -> memory runs out in the first -> 16, 16, 32 -> 16, 16

What has fitted once is the most that is tried from then on. Halves bring the same numbers but for
rounding, and a drawn text is another draw, since a batch is seeded by its requests: so each reply
holds how often its batch was `halved`. Where the system ends a process that takes too much memory,
nothing can be halved: that is a kill.
"""

import gc
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TypeVar

import torch

from acculturate.errors import EngineError
from acculturate.records import Choice, Failure, Generation, Request

R = TypeVar("R", bound=Request)
Pair = tuple[str, Choice | Generation | Failure]

log = logging.getLogger(__name__)

SAID = ("can't allocate memory", "out of memory", "_STATUS_ALLOC_FAILED")
"""Parts of what torch and its libraries say of memory in a plain RuntimeError."""


def ran_out(error: BaseException) -> bool:
    """Return whether an error says that memory did not suffice.

    >>> ran_out(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to ..."))
    True
    >>> ran_out(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    False
    """
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in SAID)


def set_free() -> None:
    """Give back what a computation left behind that was cut off."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


class Halving:
    """Asks batches as large as fit, each `within` a context; `forget` drops what a model keeps from
    batch to batch.
    """

    def __init__(
        self,
        forget: Callable[[], None],
        within: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._forget, self._within = forget, within
        self._most: int | None = None

    def ask(
        self, asking: Callable[[Sequence[R]], Iterable[Pair]], requests: Sequence[R]
    ) -> Iterator[Pair]:
        """Yield the replies of `asking` to all requests; raises `EngineError` where one request
        alone does not fit.
        """
        waiting = deque([(requests, 0)])
        while waiting:
            some, halved = waiting.popleft()
            pairs = self._tried(asking, some) if len(some) <= (self._most or len(some)) else None
            if pairs is not None:
                yield from ((key, _marked(reply, halved)) for key, reply in pairs)
                continue
            half = (len(some) + 1) // 2
            waiting.extendleft([(some[half:], halved + 1), (some[:half], halved + 1)])

    def _tried(
        self, asking: Callable[[Sequence[R]], Iterable[Pair]], some: Sequence[R]
    ) -> list[Pair] | None:
        """Return the replies, or None where memory did not suffice."""
        try:
            with self._within():
                return list(asking(some))
        except Exception as error:
            if not ran_out(error):
                raise
            if len(some) == 1:
                raise EngineError(
                    "One prompt alone does not fit into memory beside the model: end other "
                    "programs, or take a smaller model, a shorter prompt or a machine with more "
                    "memory."
                ) from error
        # out of the handler, so that what its frames held is free
        log.warning("%d prompts at once do not fit into memory: half as many are asked.", len(some))
        self._most = (len(some) + 1) // 2
        self._forget()
        set_free()
        return None


def _marked(reply: Choice | Generation | Failure, halved: int) -> Choice | Generation | Failure:
    if isinstance(reply, Failure) or not halved:
        return reply
    return replace(reply, halved=halved)
