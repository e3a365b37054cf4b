"""Others: for each culture another one of the study, drawn by the seed so that none keeps its own.

Two controls are made of it. With `descriptors = "another"` a culture is played under another's
words, to see what the words are worth; with `teaching.control = "shuffled"` its dialogues are
taught under another's name, to see what the culture is worth beside training as such.

    >>> others(("CHN", "DEU", "MEX"), seed=42)
    {'CHN': 'MEX', 'DEU': 'CHN', 'MEX': 'DEU'}
"""

from collections.abc import Mapping, Sequence

import numpy as np

from acculturate.clca.clca_settings import ClcaSettings
from acculturate.errors import ConfigError
from acculturate.statistics.permutation import derangement

ANOTHER = "another"


def others(cultures: Sequence[str], seed: int) -> dict[str, str]:
    """Return each culture's other one; raises `ConfigError` for fewer than two cultures."""
    own = tuple(dict.fromkeys(cultures))
    if len(own) < 2:
        raise ConfigError(
            f"A control by another culture needs two cultures at least, and there is "
            f"{own[0] if own else 'none'}: add one to cultures.adapt."
        )
    order = derangement(len(own), np.random.default_rng([seed, 13]))
    return {code: own[k] for code, k in zip(own, order, strict=True)}


def whose_words(settings: ClcaSettings, cultures: Sequence[str]) -> Mapping[str, str]:
    """Return for each culture what `describe` is to be told: `own`, `none`, or a code."""
    if settings.descriptors == ANOTHER:
        return others(cultures, settings.seed)
    return dict.fromkeys(cultures, settings.descriptors)
