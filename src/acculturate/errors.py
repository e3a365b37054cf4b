"""Every error a user can meet, one class per boundary it crossed.

    AcculturateError
    ├── ConfigError      a study file, an option, a value from the environment
    ├── SurveyError      a survey, its items, cultures, framings, or an answers file
    ├── EngineError      a model, its weights, its server
    ├── ServerError      an engine reached over the network
    ├── TrainingError    training rows, tuning, an adapter
    └── StoreError       the run folder

`ConfigError` and `SurveyError` are `ValueError`s too: what the user gave is wrong. So are
`NoModelError`, `NoRunError` and `NoRowsError`: what the user named is not there. `KindError` is a
`TypeError` as well: the user gave a value of another kind. A message is one
sentence or two: what is wrong (which file, row or key), what was expected, and what to type next.
`str(error)` shows it on one line, with control characters as their numbers and what is too long cut
in its middle (visible.py); the command line prints it so and exits with 2. All of them can be
pickled, because they cross process borders.
"""

import functools
import re
from collections.abc import Callable, Collection, Iterable
from difflib import SequenceMatcher, get_close_matches
from typing import ParamSpec, TypeVar

from acculturate.visible import named, sentence

Given = ParamSpec("Given")
Returned = TypeVar("Returned")

SHORT = 3
"""Letters of a code, of which one says little about what is meant."""
LONGEST_NAME = 200
"""Letters of a name that is held against others: no name that is meant is longer."""


class AcculturateError(Exception):
    """Root of the errors a user can mend. `str(error)` is the whole message: a sentence, and below
    it a line for each further argument, such as a row of a file.
    """

    exit_code = 2

    def __str__(self) -> str:
        message, *lines = map(str, self.args or ("",))
        return "\n".join([sentence(message), *(f"  {sentence(line)}" for line in lines)])


class ConfigError(AcculturateError, ValueError):
    """A study file, a command-line option or an environment variable."""


class KindError(ConfigError, TypeError):
    """A value of another kind than a function takes."""


class SurveyError(AcculturateError, ValueError):
    """A survey, an item, a culture, a framing, or a file of answers."""


class EngineError(AcculturateError):
    """A model that cannot be found, loaded, or asked."""


class ServerError(EngineError):
    """An engine behind a network address."""


class NoModelError(EngineError, ValueError):
    """A name or a folder at which there is no model."""


class TrainingError(AcculturateError):
    """Training rows, the training itself, or an adapter."""


class NoRowsError(TrainingError, ValueError):
    """A file of rows that cannot be read, or holds none."""


class StoreError(AcculturateError):
    """The folder of a run."""


class NoRunError(StoreError, ValueError):
    """A folder that is not there, or holds no finished run."""


def nearest(name: str, known: Iterable[str], alike: float = 0.6) -> str:
    """End of a sentence that names the nearest known name: ` Did you mean 'CHN'?`, or ``""``.

    Among thousands of names many are near by chance, and `alike` (at most 1) has to be higher. A
    name with another number (Q300 beside Q30) is another thing. Of a short code another first
    letter (FRA beside BRA), or two codes that are equally near, say nothing. A name that is known
    is never suggested for itself.
    """
    if len(name) > LONGEST_NAME:
        return ""
    by_fold = {word.casefold(): word for word in known}
    fold = name.casefold()
    if name in by_fold.values():
        return ""
    likely = [word for word in by_fold if word == fold or _likely(fold, word)]
    close = get_close_matches(fold, likely, n=2, cutoff=alike)
    if len(close) == 2 and len(fold) <= SHORT and fold != close[0]:
        first, second = (SequenceMatcher(None, word, fold).ratio() for word in close)
        close = close if first > second else []
    return f" Did you mean '{by_fold[close[0]]}'?" if close else ""


def unknown(what: str, name: object, known: Collection[str]) -> str:
    """Return `There is no WHAT 'NAME'.`, with the nearest known name, and those that are known."""
    return f"There is no {what} '{name}'.{nearest(str(name), known)} Known: {named(known)}."


def _likely(name: str, word: str) -> bool:
    """Return whether `word` can be what is meant by `name`, as far as numbers and first letters
    tell.
    """
    numbers, others = (set(map(int, re.findall(r"[0-9]+", text))) for text in (name, word))
    shorter = min(len(name), len(word))
    return numbers <= others and (shorter > SHORT or (shorter == SHORT and name[0] == word[0]))


def place_error(error: OSError) -> ConfigError:
    """Return the error of a file or folder that the system does not take: too long a name, a file
    in the way, no permission.
    """
    return ConfigError(f"{error.filename}: {error.strerror}. Give another file or folder.")


def telling_places(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """Return a function that raises `place_error` where the system does not take a path."""

    @functools.wraps(function)
    def told(*args: Given.args, **kwargs: Given.kwargs) -> Returned:
        try:
            return function(*args, **kwargs)
        except OSError as error:
            if error.filename is None:
                raise
            raise place_error(error) from error

    return told


def first_line(problem: BaseException) -> str:
    """Return what a library says of a problem, as a part of a sentence: its first line without its
    end.
    """
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    return (lines or [type(problem).__name__])[0].removesuffix(".").removesuffix(":")
