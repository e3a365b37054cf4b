"""The precision of shifts: in which number format the answers are asked that shifts are made of.

Cultures move a small model's answers by less than half precision rounds them, so a model of at most
`MOST` weights is asked in float32, whatever it computes arms in; its replies are then those of
another identity. Larger ones are asked as they are everywhere, and their shifts held against the
noise (culturespa/noise.py), which holds the rounding.
"""

from acculturate.culturespa.culturespa_settings import CultureSpaSettings
from acculturate.engines import ModelSpec, kind_of
from acculturate.errors import ConfigError, EngineError
from acculturate.methods import Adaptation, Context
from acculturate.methods.context import in_precision

MOST = 2e9
"""Weights of a model that is small: 8 GB in float32."""


def shift_model(section: Adaptation, context: Context) -> str:
    """Return a reference to the base in the precision in which it is asked for shifts.

    Raises `ConfigError` where one is named for an engine that has no weights here.
    """
    settings: CultureSpaSettings = section.own
    own, spec = settings.answering, context.spec(section.base)
    if own.dtype == "model":
        return section.base
    if own.dtype == "auto":
        precise = own.kind == "expected" and spec.dtype != "float32" and _is_small(spec)
        return in_precision(section.base, "float32") if precise else section.base
    if not kind_of(spec).files:
        raise ConfigError(
            f"[[adapt]] {section.id}: answering.dtype = '{own.dtype}', but '{section.base}' is of "
            f"the engine '{spec.engine}', which computes as it does: leave answering.dtype out."
        )
    return in_precision(section.base, own.dtype)


def _is_small(spec: ModelSpec) -> bool:
    """Return whether a model is here and small, and soon opened in another format."""
    from acculturate.engines.hf.model_shape import read_shape
    from acculturate.engines.model_files import local_folder

    if not kind_of(spec).reopens or spec.quantised:
        return False
    try:
        return read_shape(local_folder(spec), spec.trust_remote_code).parameters <= MOST
    except EngineError:
        return False
