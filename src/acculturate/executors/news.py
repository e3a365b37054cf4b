"""What is heard of a job before it ends, since it is done in a thread of its worker.

    driver: do(job), hear(), hear(), ...
                 │      │       │
    thread:   begun    step    step   ...   result

A worker answers one call at a time, and a call that lasted as long as the job would leave its
driver in the dark for hours. So a call brings one piece of news, and the next call the next one.
"""

import threading
from queue import SimpleQueue
from typing import Any, NamedTuple

from acculturate.errors import AcculturateError
from acculturate.executors.base import Job


class Step(NamedTuple):
    """How far a job is."""

    done: int
    total: int


class Result(NamedTuple):
    """What a job gave back, which is the last that is heard of it."""

    value: Any


News = Step | Result | AcculturateError
"""An error of the user's making is news like any other: it ends one job, and no worker."""


class Newsroom:
    """A job under way, from its beginning."""

    def __init__(self, job: Job[Any]) -> None:
        self._news: SimpleQueue[News | BaseException] = SimpleQueue()
        threading.Thread(target=self._do, args=(job,), daemon=True).start()

    def next(self) -> News:
        """Wait for the next piece of news; raises what ended the job, if that is a defect."""
        news = self._news.get()
        if isinstance(news, BaseException) and not isinstance(news, AcculturateError):
            raise news
        return news

    def _do(self, job: Job[Any]) -> None:
        try:
            self._news.put(Result(job(lambda done, total: self._news.put(Step(done, total)))))
        except BaseException as error:  # told to whoever waits
            self._news.put(error)
