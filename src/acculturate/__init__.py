"""Measure how well a language model agrees with the people of a culture, and adapt it.

    >>> import acculturate
    >>> result = acculturate.measure("mock:uniform", cultures=["CHN"], items=["Q1", "Q2"])
    >>> result.frame()  # doctest: +SKIP

`import acculturate` loads nothing heavy: each name below is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from acculturate.threads import share_processor

if TYPE_CHECKING:
    from acculturate.api import adapt, load_run, load_study, measure, run, score, tune
    from acculturate.asking import AnswerSettings
    from acculturate.engines import open_engine
    from acculturate.engines.mock import MockEngine
    from acculturate.errors import AcculturateError
    from acculturate.result import Result
    from acculturate.study.comparing import Comparison, compare
    from acculturate.study.schema import Study
    from acculturate.survey import load_survey

share_processor()

__version__ = "0.1.0"
__all__ = [
    "AcculturateError",
    "AnswerSettings",
    "Comparison",
    "MockEngine",
    "Result",
    "Study",
    "adapt",
    "compare",
    "load_run",
    "load_study",
    "load_survey",
    "measure",
    "open_engine",
    "run",
    "score",
    "tune",
]

_HOMES = {
    "AcculturateError": "acculturate.errors",
    "AnswerSettings": "acculturate.asking",
    "Comparison": "acculturate.study.comparing",
    "MockEngine": "acculturate.engines.mock",
    "Result": "acculturate.result",
    "Study": "acculturate.study.schema",
    "compare": "acculturate.study.comparing",
    "load_survey": "acculturate.survey",
    "open_engine": "acculturate.engines",
}
_API = "acculturate.api"


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'acculturate' has no attribute '{name}'")
    return getattr(import_module(_HOMES.get(name, _API)), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
