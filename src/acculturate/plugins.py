"""Parts found by name: those of this package, and those that other packages bring.

Another package declares its own as entry points, in its pyproject.toml:

    [project.entry-points."acculturate.methods"]
    mine = "my_package.adaptation:MyAdaptation"

What is named is imported when it is used.
"""

import functools
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from acculturate.errors import ConfigError, nearest


class Registry:
    """Parts of one kind by name: `own` names where those of this package are (`module:name`),
    `group` the entry points of other packages. A name of this package stands above another's.
    `unsaid` are names that nobody types, so that no message offers them.
    """

    def __init__(
        self, kind: str, group: str, own: Mapping[str, str], unsaid: Sequence[str] = ()
    ) -> None:
        self._kind, self._group, self._own, self._unsaid = kind, group, own, unsaid

    @property
    def own(self) -> tuple[str, ...]:
        """The names of this package's own."""
        return tuple(self._own)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name: first this package's own, then those of other packages in order."""
        return (*self._own, *sorted(set(self._declared) - set(self._own)))

    def find(self, name: str) -> Any:
        """Return the part of a name, imported.

        Raises `ConfigError` for a name that is not known, and for a package that cannot be
        imported.
        """
        if name in self._own:
            return _imported(self._own[name])
        if name not in self._declared:
            offered = [known for known in self.names if known not in self._unsaid]
            raise ConfigError(
                f"There is no {self._kind} '{name}'.{nearest(name, offered)} There are "
                f"{', '.join(offered)}; other packages bring theirs as entry points "
                f"'{self._group}'."
            )
        try:
            return self._declared[name].load()
        except Exception as error:  # the package's own code, which may fail in any way
            raise ConfigError(
                f"The {self._kind} '{name}' cannot be loaded from {self._declared[name].value}: "
                f"{type(error).__name__}: {error}. Correct or reinstall the package that provides "
                "it, or uninstall it."
            ) from None

    def bringing(self, package: str) -> EntryPoint | None:
        """Return an entry point of this kind whose module lies in a package (a top-level name)."""
        return next(
            (point for point in self._declared.values() if _top(point.module) == package), None
        )

    @functools.cached_property
    def _declared(self) -> dict[str, EntryPoint]:
        return {entry_point.name: entry_point for entry_point in entry_points(group=self._group)}


def _top(module: str) -> str:
    return module.partition(".")[0]


def brought_by(module: str) -> str:
    """Return the name of the distribution that a module of another package's part belongs to, or
    of its package where no distribution is known; "" for a module of anything else.
    """
    package = _top(module)
    for registry in (METHODS, ENGINES):
        if point := registry.bringing(package):
            return point.dist.name if point.dist else package
    return ""


def _imported(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


METHODS = Registry(
    "method",
    "acculturate.methods",
    {
        "culturespa": "acculturate.culturespa.adaptation:CultureSpaAdaptation",
        "clca": "acculturate.clca.adaptation:ClcaAdaptation",
        "survey": "acculturate.surveytuning.adaptation:SurveyAdaptation",
    },
)
"""Methods of adapting: subclasses of `acculturate.methods.Adaptation`."""

ENGINES = Registry(
    "engine",
    "acculturate.engines",
    {
        "hf": "acculturate.engines.hf.engine:HF",
        "mock": "acculturate.engines.mock:MOCK",
        "server": "acculturate.engines.server.engine:SERVER",
        "vllm": "acculturate.engines.vllm.engine:VLLM",
        "object": "acculturate.engines.objects:OBJECT",
    },
    unsaid=("object",),
)
"""Ways to reach models: records of `acculturate.engines.EngineKind`."""
