"""Events of a job that runs in a thread of its worker: how far it is, and what it gave back.

    driver: do(job), next_event(), next_event(), ...
                 │      │       │
    thread:   begun    step    step   ...   result

A worker answers one call at a time, and during a call that lasts as long as the job its driver
would learn nothing for hours. So a call returns one event, and the next call the next one.
"""

import threading
from queue import SimpleQueue
from typing import Any, NamedTuple

from acculturate.errors import AcculturateError
from acculturate.executors.executor import Job


class Step(NamedTuple):
    """How far a job is."""

    done: int
    total: int


class Result(NamedTuple):
    """What a job gave back: its last event."""

    value: Any


Event = Step | Result | AcculturateError
"""An error of the user's making is an event as well: it ends one job, and no worker."""


class RunningJob:
    """A job under way, from its beginning."""

    def __init__(self, job: Job[Any]) -> None:
        self._events: SimpleQueue[Event | BaseException] = SimpleQueue()
        threading.Thread(target=self._do, args=(job,), daemon=True).start()

    def next(self) -> Event:
        """Wait for the next event and return it; raises what ended the job, if that is a defect."""
        event = self._events.get()
        if isinstance(event, BaseException) and not isinstance(event, AcculturateError):
            raise event
        return event

    def _do(self, job: Job[Any]) -> None:
        try:
            self._events.put(Result(job(lambda done, total: self._events.put(Step(done, total)))))
        except BaseException as error:  # told to whoever waits
            self._events.put(error)
