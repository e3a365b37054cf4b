"""Measure how well a language model agrees with the people of a culture, and adapt it.

    >>> import acculturate
    >>> result = acculturate.measure("mock:uniform", cultures=["CHN"], items=["Q1", "Q2"])
    >>> result.frame()  # doctest: +SKIP

`import acculturate` loads nothing heavy: each name below is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from acculturate.asking import AnswerSettings
    from acculturate.engines import open_engine
    from acculturate.engines.mock import MockEngine
    from acculturate.errors import AcculturateError
    from acculturate.study.api import Result, measure, run, score
    from acculturate.study.comparing import Comparison, compare
    from acculturate.survey import load_survey

__version__ = "0.1.0"
__all__ = [
    "AcculturateError",
    "AnswerSettings",
    "Comparison",
    "MockEngine",
    "Result",
    "compare",
    "load_survey",
    "measure",
    "open_engine",
    "run",
    "score",
]

_HOMES = {
    "AcculturateError": "acculturate.errors",
    "AnswerSettings": "acculturate.asking",
    "Comparison": "acculturate.study.comparing",
    "MockEngine": "acculturate.engines.mock",
    "Result": "acculturate.study.api",
    "compare": "acculturate.study.comparing",
    "load_survey": "acculturate.survey",
    "measure": "acculturate.study.api",
    "open_engine": "acculturate.engines",
    "run": "acculturate.study.api",
    "score": "acculturate.study.api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'acculturate' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
