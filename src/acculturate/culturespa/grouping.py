"""Which adapter learns which rows: one for all cultures, one for each, or one for a group.

>>> from acculturate.culturespa.settings import CultureSpaSettings
>>> settings = CultureSpaSettings(grouping="groups", groups={"east": ("CHN", "JPN")})
>>> adapters(settings, ("CHN", "JPN"))
{'east': ('CHN', 'JPN')}
"""

from collections.abc import Mapping, Sequence

from acculturate.culturespa.settings import CultureSpaSettings
from acculturate.errors import ConfigError, nearest
from acculturate.records import TrainingRow

JOINT = "joint"
"""The name of the one adapter of all cultures."""


def adapters(settings: CultureSpaSettings, cultures: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The adapters by name, with the codes of their cultures.

    Raises `ConfigError` where a group names a culture that is not adapted to, or where a culture is
    in no group or in two.
    """
    own = tuple(dict.fromkeys(cultures))
    if settings.grouping == "joint":
        return {JOINT: own}
    if settings.grouping == "specific":
        return {code: (code,) for code in own}
    named = [code for codes in settings.groups.values() for code in codes]
    for code in named:
        if code not in own:
            raise ConfigError(
                f"groups name '{code}', to which nothing is adapted.{nearest(code, own)} "
                f"cultures.adapt has {', '.join(own)}."
            )
    for code in own:
        if named.count(code) != 1:
            raise ConfigError(
                f"The culture {code} is in {named.count(code)} groups: name it in one of "
                f"{', '.join(settings.groups)}."
            )
    return dict(settings.groups)


def rows_by_adapter(
    rows: Sequence[TrainingRow], settings: CultureSpaSettings, cultures: Sequence[str]
) -> Mapping[str, tuple[TrainingRow, ...]]:
    """Each adapter's rows, in the order in which they are trained; empty where it has none."""
    return {
        name: tuple(row for row in rows if row.culture in codes)
        for name, codes in adapters(settings, cultures).items()
    }
