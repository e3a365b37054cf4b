"""How far a stage is: a bar on a terminal and in a notebook, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable
from typing import Any, Self

from acculturate.runner import Silent
from acculturate.visible import visible

LINE_EVERY = 20.0
NUMBERS = 45
"""Letters beside a bar that are never cut: so many of so many, the pace, and two times."""
PREPARING = "preparing"
"""What is shown while no stage is asked: models are loaded, scores are computed."""
BAR = 40


class Lines:
    """One line when a stage begins, one every 20 seconds, one when it ends; to stderr."""

    def __init__(self) -> None:
        self._name, self._total, self._done = "", 0, 0
        self._start = self._said = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: there is nothing to put away."""

    def begin(self, name: str, total: int) -> None:
        self._name, self._total, self._done = name, total, 0
        self._start = self._said = time.monotonic()
        _say(f"{name}: {total} to do")

    def kept(self, name: str, total: int) -> None:
        _say(f"{name}: all {total} are kept")

    def advance(self, count: int) -> None:
        self._done += count
        if time.monotonic() - self._said >= LINE_EVERY and self._done < self._total:
            self._said = time.monotonic()
            _say(f"{self._name}: {self._done} of {self._total}")

    def end(self) -> None:
        _say(f"{self._name}: {self._done} done in {time.monotonic() - self._start:.1f} s")

    def beside(self) -> "Lines":
        """Return lines between these."""
        return Lines()


class Bars:
    """A bar per stage, with counts, the pace and the time that is left, and a moving one where no
    stage is under way.
    """

    def __init__(self, drawn: Any = None) -> None:
        self._progress = drawn or _drawn()
        self._room = max(self._progress.console.width - NUMBERS, 0)
        self._task: Any = None
        self._waiting: Any = None
        self._name, self._total = "", 0

    def __enter__(self) -> Self:
        self._progress.start()
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._go_on()
        self._progress.stop()

    def begin(self, name: str, total: int) -> None:
        self._go_on()
        if name == self._name:  # another round of the same stage
            self._total += total
            self._progress.update(self._task, total=self._total)
        else:
            self._name, self._total = name, total
            most = max(self._room - min(BAR, self._room // 2), 8)
            name = visible(name)
            shown = name if len(name) <= most else f"{name[: most - 1]}…"
            self._task = self._progress.add_task(shown, total=total)

    def kept(self, name: str, total: int) -> None:
        self.begin(name, total)
        self.advance(total)

    def advance(self, count: int) -> None:
        self._progress.advance(self._task, count)

    def end(self) -> None:
        """Leave the bar on the screen as it is."""
        self._wait()

    def beside(self) -> "Bars":
        """Return bars below these."""
        return Bars(self._progress)

    def _wait(self) -> None:
        """Show that something is going on."""
        if self._waiting is None:
            self._waiting = self._progress.add_task(PREPARING, total=None)

    def _go_on(self) -> None:
        if self._waiting is not None:
            self._progress.remove_task(self._waiting)
            self._waiting = None


def _drawn() -> Any:
    """Return what rich draws, with all bars: at most half of the room beside the numbers."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn
    from rich.text import Text

    class Figures(ProgressColumn):
        """One of the figures of a task, aligned to the right."""

        def __init__(self, figure: Callable[[Any], str], style: str) -> None:
            super().__init__()
            self._figure, self._style = figure, style

        def render(self, task: Any) -> Text:
            return Text(self._figure(task), style=self._style, justify="right")

    console = Console(stderr=not in_notebook())
    room = max(console.width - NUMBERS, 0)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(min(BAR, max(room // 2, 1))),
        Figures(_count, "progress.download"),
        Figures(_pace, "progress.data.speed"),
        TimeElapsedColumn(),
        Figures(_left, "progress.remaining"),
        console=console,
    )


def _seconds(task: Any) -> float:
    """Return how long a stage took, or takes until now."""
    return float(task.elapsed or 0.0 if task.finished_time is None else task.finished_time)


def _count(task: Any) -> str:
    return "" if task.total is None else f"{task.completed:.0f}/{task.total:.0f}"


def _pace(task: Any) -> str:
    """Return how many of a stage were done in a second, or how many seconds each took."""
    seconds = _seconds(task)
    if not task.total or not task.completed or not seconds:
        return ""
    pace = task.completed / seconds
    if pace >= 1:
        return f"{min(pace, 99_999):.0f}/s" if pace >= 10 else f"{pace:.1f}/s"
    return f"{1 / pace:.0f} s each" if pace < 0.1 else f"{1 / pace:.1f} s each"


def _left(task: Any) -> str:
    """Return the time that is left at the pace of the whole stage, from its first batch on."""
    if task.total is None:
        return ""
    if not task.completed:
        return "-:--:--"
    left = round(_seconds(task) * (task.total - task.completed) / task.completed)
    return f"{left // 3600}:{left % 3600 // 60:02}:{left % 60:02}"


class Quiet(Silent):
    """Says nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: there is nothing to put away."""


def progress_here(quiet: bool = False) -> "Bars | Lines | Quiet":
    """Return a progress for where this runs: bars on a terminal and in a notebook, lines in a file,
    nothing if `quiet`.
    """
    if quiet:
        return Quiet()
    return Bars() if on_screen() else Lines()


def on_screen() -> bool:
    """Return whether somebody watches: a terminal or a notebook."""
    return sys.stderr.isatty() or in_notebook()


def in_notebook() -> bool:
    """Return whether a notebook shows what this process prints."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return type(shell).__name__ == "ZMQInteractiveShell"


def _say(text: str) -> None:
    sys.stderr.write(f"{visible(text)}\n")
    sys.stderr.flush()
