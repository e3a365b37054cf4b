"""Every error a user can meet, one class per boundary it crossed.

    AcculturateError
    ├── ConfigError      a study file, an option, a value from the environment
    ├── SurveyError      a survey, its items, cultures, framings, or an answers file
    ├── EngineError      a model, its weights, its server
    ├── ServerError      an engine reached over the network
    ├── TrainingError    training rows, tuning, an adapter
    └── StoreError       the run folder

A message is one sentence or two: what is wrong (which file, row or key), what was expected, and
what to type next. The command line prints it as it stands and exits with 2. All of them can be
pickled, because they cross process borders.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class AcculturateError(Exception):
    """Root of the errors a user can mend. `str(error)` is the whole message."""

    exit_code = 2


class ConfigError(AcculturateError):
    """A study file, a command-line option or an environment variable."""


class SurveyError(AcculturateError):
    """A survey, an item, a culture, a framing, or a file of answers."""


class EngineError(AcculturateError):
    """A model that cannot be found, loaded, or asked."""


class ServerError(EngineError):
    """An engine behind a network address."""


class TrainingError(AcculturateError):
    """Training rows, the training itself, or an adapter."""


class StoreError(AcculturateError):
    """The folder of a run."""


def nearest(name: str, known: Iterable[str], alike: float = 0.5) -> str:
    """End of a sentence that names the nearest known name: ` Did you mean 'CHN'?`, or ``""``.

    Among thousands of names many are near by chance, and `alike` (at most 1) has to be higher.
    """
    by_fold = {word.casefold(): word for word in known}
    close = get_close_matches(name.casefold(), by_fold, n=1, cutoff=alike)
    return f" Did you mean '{by_fold[close[0]]}'?" if close else ""


def first_line(problem: BaseException) -> str:
    """What a library says of a problem, as a part of a sentence: its first line without its end."""
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    return (lines or [type(problem).__name__])[0].removesuffix(".").removesuffix(":")
