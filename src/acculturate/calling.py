"""Functions that take one object of settings, and are called with its fields; paths as given.

@called_with(MeasureCall)
def measure(call: MeasureCall) -> Result: ...

measure("embedded", "CHN", language="zh")
"""

import functools
import inspect
from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path
from typing import ParamSpec, TypeVar

from acculturate.errors import KindError
from acculturate.visible import brief

Given = ParamSpec("Given")
Call = TypeVar("Call")
Returned = TypeVar("Returned")


def called_with(
    fields: Callable[Given, Call],
) -> Callable[[Callable[[Call], Returned]], Callable[Given, Returned]]:
    """Return a decorator of a function that takes a call: it then takes the call's fields, by place
    and by name, and shows them in `help`, in notebooks, to type checkers and to the command line.
    """

    def decorated(function: Callable[[Call], Returned]) -> Callable[Given, Returned]:
        @functools.wraps(function)
        def called(*args: Given.args, **kwargs: Given.kwargs) -> Returned:
            try:
                shown.bind(*args, **kwargs)
            except TypeError as error:  # which would name the class of the fields
                raise TypeError(f"{function.__name__}() {error}") from None
            return function(fields(*args, **kwargs))

        shown = inspect.signature(fields)
        returned = inspect.signature(function).return_annotation
        vars(called)["__signature__"] = shown.replace(return_annotation=returned)
        return called

    return decorated


def wrong_kind(expected: str, given: object) -> KindError:
    """Return the error of a value of another kind; `expected` says what the function takes."""
    return KindError(f"{expected} (given: {brief(repr(given))}).")


def as_path(given: object, expected: str) -> Path:
    """Return a path that was given; raises `KindError` for what can be none."""
    if isinstance(given, str | PathLike) and (path := str(given)) and "\0" not in path:
        return Path(given)
    raise wrong_kind(expected, given)


def as_texts(given: str | Iterable[str], name: str) -> list[str]:
    """Return what was given as `name`, one text as a list of one.

    Raises `KindError` for what is no text, and for a list that holds such.
    """
    if isinstance(given, str):
        return [given]
    texts = list(given) if isinstance(given, Iterable) else [given]
    for text in texts:
        if not isinstance(text, str):
            raise wrong_kind(f"{name} is a text, or a list of texts", text)
    return texts
