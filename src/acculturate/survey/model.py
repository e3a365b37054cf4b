"""A survey: its items, and what the people of each culture answered.

Counts are kept per culture and item in scale order. `Survey.people` lays them out as arrays for the
metrics, whose axes are in their names: C cultures, I items, K options (padded with zeros to the
longest scale).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError, nearest
from acculturate.records import Item

Floats = NDArray[np.float64]
ItemSet = Literal["attitudes", "all", "published"]


@dataclass(frozen=True)
class People:
    """What people answered, as arrays over `cultures` (C), `items` (I) and options (K, padded).

    `count_CIK` are respondents who chose an option (weighted where the survey is); a row of zeros
    is an item that was not asked in that culture. `size_I` is the number of options, `ordinal_I`
    whether the scale is ordered.
    """

    cultures: tuple[str, ...]
    items: tuple[Item, ...]
    count_CIK: Floats
    size_I: NDArray[np.int64]
    ordinal_I: NDArray[np.bool_]

    @property
    def n_CI(self) -> Floats:
        """Respondents who answered."""
        return np.asarray(self.count_CIK.sum(-1))

    @property
    def share_CIK(self) -> Floats:
        """Shares among those who answered; NaN where the item was not asked."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.count_CIK / self.n_CI[..., None])


@dataclass(frozen=True)
class Survey:
    """A questionnaire with the answers of people.

    `counts[culture][item]` follow the item's codes in scale order; `sample_sizes` count
    respondents, answering or not. `published_modes[culture, item]` is the modal code that a
    published score used where two codes tie. `notice` is the source to cite and its terms;
    `spoken_name` is how a prompt names the survey.
    """

    name: str
    title: str
    items: Mapping[str, Item]
    counts: Mapping[str, Mapping[str, tuple[float, ...]]]
    notice: str
    sample_sizes: Mapping[str, int] = field(default_factory=dict)
    published_modes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    published_items: tuple[str, ...] = ()
    spoken_name: str = ""

    @property
    def cultures(self) -> tuple[str, ...]:
        return tuple(self.counts)

    def item(self, key: str) -> Item:
        """The item named `key`; raises `SurveyError` with the nearest name."""
        if key not in self.items:
            raise SurveyError(
                f"The survey '{self.name}' has no item '{key}'.{nearest(key, self.items)} "
                f"`acculturate survey show {self.name}` lists them."
            )
        return self.items[key]

    def select(self, which: ItemSet | str | Sequence[str]) -> tuple[Item, ...]:
        """Items by set (`attitudes`: attitudes and behaviour; `all`; `published`) or by list."""
        if isinstance(which, str):
            which = which.strip()
            if which == "attitudes":
                kinds = ("attitude", "behaviour")
                return tuple(item for item in self.items.values() if item.kind in kinds)
            if which == "all":
                return tuple(self.items.values())
            if which == "published":
                return tuple(self.item(key) for key in self.published_items)
            which = [key.strip() for key in which.split(",")]
        return tuple(self.item(key) for key in dict.fromkeys(which))

    def check_cultures(self, cultures: Iterable[str]) -> tuple[str, ...]:
        """The same cultures, or a `SurveyError` naming the one without people's answers."""
        cultures = tuple(dict.fromkeys(cultures))
        for culture in cultures:
            if culture not in self.counts:
                raise SurveyError(
                    f"The survey '{self.name}' holds no people's answers for '{culture}'."
                    f"{nearest(culture, self.counts)} It has {', '.join(self.counts)}."
                )
        return cultures

    def people(self, cultures: Sequence[str], items: Sequence[Item]) -> People:
        """Lay out people's answers as arrays; raises `SurveyError` for a culture without any."""
        cultures = self.check_cultures(cultures)
        width = max((len(item.codes) for item in items), default=0)
        count = np.zeros((len(cultures), len(items), width))
        for c, culture in enumerate(cultures):
            for i, item in enumerate(items):
                counts = self.counts[culture].get(item.id, ())
                count[c, i, : len(counts)] = counts
        size = np.array([len(item.codes) for item in items], dtype=np.int64)
        ordinal = np.array([item.ordinal for item in items], dtype=np.bool_)
        return People(cultures, tuple(items), count, size, ordinal)
