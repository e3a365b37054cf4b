"""Engine objects that are given from Python: in a study each stands under a name of its own.

    with closing(open_engine("embedded")) as engine:
        acculturate.measure(engine, cultures="CHN")

The name is `object:MODEL-DIGEST`, after what the engine is. It opens nothing: a study that is run
again from its file says that the object is missing.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from acculturate.engines.kind import EngineKind
from acculturate.engines.protocol import Engine, ModelSpec
from acculturate.errors import ConfigError, EngineError

NEEDED = (*Engine.__annotations__, "generate", "choose", "close")
"""What an engine object must have."""


def object_name(engine: Engine) -> str:
    """Return the name under which an engine object stands in a study."""
    name = re.sub(r"[^A-Za-z0-9._:/-]+", "-", engine.identity.model)
    return f"object:{name}-{engine.identity.digest}"


def as_models(given: Any) -> list[str | Engine]:
    """Return names and engine objects as they are, one as a list of one.

    Raises `ConfigError` for what is neither.
    """
    one = isinstance(given, str) or hasattr(given, "identity") or not isinstance(given, Iterable)
    several = [given] if one else list(given)
    return [model if isinstance(model, str) else _checked(model) for model in several]


def labels(models: Sequence[str | Engine]) -> list[str]:
    """Return what models are called in titles and arms: an object by what it says that it is, and
    by its digest too where another is called so.
    """
    names = [model if isinstance(model, str) else model.identity.model for model in models]
    return [
        label if isinstance(model, str) or names.count(label) == 1 else object_name(model)
        for model, label in zip(models, names, strict=True)
    ]


def _checked(given: Any) -> Engine:
    lacking = [name for name in NEEDED if not hasattr(given, name)]
    if lacking:
        raise ConfigError(
            f"A model is given by its name or as an engine object, not as {type(given).__name__} "
            f"(it has no {lacking[0]}): write a name such as 'embedded', or give what "
            "acculturate.open_engine returns."
        )
    engine: Engine = given
    return engine


def _open(spec: ModelSpec) -> NoReturn:
    raise EngineError(
        f"The model 'object:{spec.name}' is an engine object that was given from Python, and no "
        "name opens it: give the object to acculturate.measure again, or name a model."
    )


OBJECT = EngineKind(_open, _open, texts="batch")
