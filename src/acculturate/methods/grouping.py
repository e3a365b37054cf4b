"""Grouping: which adapters an adaptation makes, and of which cultures each learns.

joint      one adapter of all cultures           adapters/spa
specific   one for each culture                  adapters/spa/CHN   adapters/spa/DEU
groups     one for each group                    adapters/spa/east  adapters/spa/west

>>> grouped("specific", {}, ("CHN", "JPN"))
{'CHN': ('CHN',), 'JPN': ('JPN',)}
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from acculturate.culture.territory import nearest_culture
from acculturate.errors import ConfigError

Grouping = Literal["joint", "specific", "groups"]
JOINT = ""
"""The name of the one adapter of all cultures: it lies in the adaptation's folder itself."""


def grouped(
    grouping: Grouping, groups: Mapping[str, tuple[str, ...]], cultures: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Return the adapters by name, with the codes of their cultures.

    Raises `ConfigError` where a group names a culture that is not adapted to, or where a culture is
    in no group or in two.
    """
    own = tuple(dict.fromkeys(cultures))
    if grouping == "joint":
        return {JOINT: own}
    if grouping == "specific":
        return {code: (code,) for code in own}
    named = [code for codes in groups.values() for code in codes]
    for code in named:
        if code not in own:
            raise ConfigError(
                f"groups name '{code}', to which nothing is adapted.{nearest_culture(code, own)} "
                f"cultures.adapt has {', '.join(own)}."
            )
    for code in own:
        if named.count(code) != 1:
            raise ConfigError(
                f"The culture {code} is in {named.count(code)} groups: name it in one of "
                f"{', '.join(groups)}."
            )
    return dict(groups)
