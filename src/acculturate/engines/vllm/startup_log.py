"""What vLLM and its processes say: kept off the terminal, and read for the cause of a failure.

Where one of vLLM's processes fails, each of them prints its way to the error, over a hundred lines,
and the process that waits for them is told "See root cause above". So what they print goes into a
file without a name, which gets one where vLLM has failed.

    log = StartupLog()
    with log.taking():
        llm = LLM(...)
    log.cause(problem)
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr
from pathlib import Path
from typing import TextIO

from pydantic import ValidationError

from acculturate.errors import first_line
from acculturate.visible import brief

STDOUT, STDERR = 1, 2
RAISED = re.compile(
    r"^(?:\([^)]*\) )?(?:[A-Z]+ \S+ \S+ \[[^\]]*\] )?"
    r"((?:\w+\.)*\w*(?:Error|Exception))(?:: (.*))?$",
    re.MULTILINE,
)
"""The line of an error, behind the name of a process and the head of a line of its log: its kind,
and its words."""
LONGEST = 140
"""Characters of a cause, which stands in a sentence with the place of the log, to be seen whole."""
ELSEWHERE = re.compile(r"see .*(?:root cause|stack trace)", re.IGNORECASE)
"""In errors whose cause another process has told."""
KILLED = re.compile(r"'\w+': -9\b")
"""A process that the system ended, as vLLM names it."""


class StartupLog:
    """What this process and those that it starts print while it is being taken."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 (closed with what prints to it)

    @contextmanager
    def taking(self) -> Iterator[None]:
        """Take what is printed meanwhile; of a process that is started meanwhile, all it prints.

        Where `sys.stderr` leads to the terminal it still does: a bar that says that something is
        under way goes on.
        """
        with ExitStack() as ends:
            own = _on_its_own(sys.stderr)
            for stream, number in ((sys.stdout, STDOUT), (sys.stderr, STDERR)):
                stream.flush()
                ends.callback(_put_back, number, os.dup(number))
                os.dup2(self._file.fileno(), number)
            if own is not None:
                ends.enter_context(own)
                ends.enter_context(redirect_stderr(own))
            yield
            sys.stdout.flush()

    def cause(self, problem: BaseException) -> str:
        """Return why vLLM failed, as a part of a sentence: what it raises, or the first error that
        one of its processes told of.
        """
        if isinstance(problem, ValidationError):
            cause = str(problem.errors()[0]["msg"]).removeprefix("Value error, ")
        elif ELSEWHERE.search(str(problem)):
            told = [words.strip() or kind for kind, words in RAISED.findall(self._text())]
            cause = next((one for one in told if not ELSEWHERE.search(one)), "")
        else:
            cause = first_line(problem)
        if not cause and KILLED.search(str(problem)):
            cause = "one of its processes was killed, as a system does that has no memory left"
        return brief((cause or first_line(problem)).removesuffix("."), LONGEST)

    def kept(self) -> str:
        """Keep what was printed in a file, and return a sentence that says where; "" where there
        is nothing.
        """
        text = self._text()
        if not text.strip():
            return ""
        number, name = tempfile.mkstemp(prefix="acculturate-vllm-", suffix=".txt")
        os.close(number)
        Path(name).write_text(text, encoding="utf-8")
        return f" What it said on the way is in {name}."

    def close(self) -> None:
        """Let go of what was printed."""
        self._file.close()

    def _text(self) -> str:
        # what writes to it goes on where it was: its place in the file is shared
        number = self._file.fileno()
        return os.pread(number, os.fstat(number).st_size, 0).decode("utf-8", "replace")


def _on_its_own(stream: TextIO) -> TextIO | None:
    """Return another way to where a stream leads, if that is what this process prints errors to."""
    try:
        if stream.fileno() != STDERR:
            return None
        return os.fdopen(os.dup(STDERR), "w", 1, stream.encoding, stream.errors)
    except (OSError, AttributeError):  # a stream of a notebook or a test
        return None


def _put_back(number: int, copy: int) -> None:
    os.dup2(copy, number)
    os.close(copy)
