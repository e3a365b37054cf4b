"""A survey: its items, and what the people of each culture answered.

Counts are kept per culture and item in scale order. `Survey.people` lays them out as arrays for the
metrics, whose axes are in their names: C cultures, I items, K options (padded with zeros to the
longest scale). Where a survey has respondents, the counts are computed from them: weighted unless
`Survey.reweighted(False)` is asked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from acculturate.culture import Culture, find_culture
from acculturate.culture.territory import nearest_culture
from acculturate.errors import SurveyError, nearest
from acculturate.records import Item
from acculturate.records.results.grouped import GroupNote
from acculturate.survey.respondents import Respondents
from acculturate.visible import named

Floats = NDArray[np.float64]
ItemSet = Literal["attitudes", "all", "published", "clca"]
CLCA = tuple(f"Q{number}" for number in range(1, 46) if number != 42)
"""The 44 items of WVS-7 that CLCA asks (arXiv 2504.02953)."""


@dataclass(frozen=True)
class People:
    """What people answered, as arrays over `cultures` (C), `items` (I) and options (K, padded).

    `count_CIK` are respondents who chose an option (weighted where the survey is); a row of zeros
    is an item that was not asked in that culture. `size_I` is the number of options, `ordinal_I`
    whether the scale is ordered. `kish_CI` is Kish's effective number of respondents where the
    counts are weighted, None where they are not. `wholes` are the cultures that `cultures` are
    groups of, or they themselves.
    """

    cultures: tuple[str, ...]
    items: tuple[Item, ...]
    count_CIK: Floats
    size_I: NDArray[np.int64]
    ordinal_I: NDArray[np.bool_]
    kish_CI: Floats | None = None
    wholes: tuple[str, ...] = ()

    @property
    def parted(self) -> bool:
        """Whether these are groups that a culture's people were parted into."""
        return self.wholes not in ((), self.cultures)

    @property
    def n_CI(self) -> Floats:
        """Respondents who answered."""
        return np.asarray(self.count_CIK.sum(-1))

    @property
    def effective_n_CI(self) -> Floats:
        """How many equally weighted respondents the shares are worth: what a bootstrap draws."""
        return self.n_CI if self.kish_CI is None else self.kish_CI

    @property
    def share_CIK(self) -> Floats:
        """Shares among those who answered; NaN where the item was not asked."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.count_CIK / self.n_CI[..., None])


INVENTED = "fictitious-"
"""How the ids of people begin who never lived."""


@dataclass(frozen=True, repr=False)
class Survey:
    """A questionnaire with the answers of people.

    `counts[culture][item]` follow the item's codes in scale order; `sample_sizes` count
    respondents, answering or not. `published_modes[culture, item]` is the modal code that a
    published score used where two codes tie. `notice` is the source to cite and its terms;
    `spoken_name` is how a prompt names the survey. `respondents` are the people themselves where
    the survey has them, and `effective` Kish's number for each weighted row of `counts`.
    `no_answer[culture][item]` are people who were asked and gave no answer ("don't know", refused),
    on the scale of `counts`; empty where the source does not tell them from people not asked, and
    `no_answer_note` says who else is among them. `own`
    describes cultures that the table of territories does not hold, such as groups inside one.
    `groups` says what the people of some cultures were parted by (survey/crossing.py).
    `weights_note` says what a reader has to know of the weights behind marginals.
    `fingerprint` names the very data of an imported survey, `more` says where there is more than it
    holds.
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
    respondents: Respondents | None = None
    effective: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    no_answer: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    no_answer_note: str = ""
    own: Mapping[str, Culture] = field(default_factory=dict)
    groups: GroupNote | None = None
    weights_note: str = ""
    fingerprint: str = ""
    more: str = ""

    def __repr__(self) -> str:
        people = f"{len(self.counts)} cultures, {len(self.items)} items"
        return f"Survey '{self.name}': {self.title}; {people}"

    @property
    def weighted(self) -> bool:
        """Whether `counts` are weighted."""
        return bool(self.effective)

    @property
    def weights(self) -> str:
        """What is known of the weights behind the counts, in a sentence or two."""
        if self.weighted:
            return "Counts are weighted."
        if self.respondents is not None:
            return "Counts are not weighted: each respondent counts once."
        return self.weights_note or "Counts stand as in the source, without weights of their own."

    @property
    def fictitious(self) -> str:
        """A sentence that says so where the respondents never lived, or ``""``."""
        if self.respondents is None or not str(self.respondents.ids[0]).startswith(INVENTED):
            return ""
        return (
            f"The respondents of '{self.name}' are fictitious: they were drawn from counts, so "
            "nothing here tells how the answers of a real person hang together."
        )

    def reweighted(self, weighted: bool = True) -> Self:
        """Return the same survey with counts from its respondents, weighted or not.

        Marginals alone are returned as they are.
        """
        people = self.respondents
        if people is None:
            return self
        weighted = weighted and people.weighted
        counts: dict[str, dict[str, tuple[float, ...]]] = {
            culture: {} for culture in (*people.cultures, *people.groups)
        }
        effective: dict[str, dict[str, float]] = {culture: {} for culture in counts}
        no_answer: dict[str, dict[str, float]] = {culture: {} for culture in counts}
        for item in people.items:
            for culture, tally in people.tallies(item.id, weighted=weighted).items():
                counts[culture][item.id] = tuple(tally.count_K.tolist())
                effective[culture][item.id] = tally.kish
                no_answer[culture][item.id] = tally.no_answer
        told = any(any(shares.values()) for shares in no_answer.values())
        return replace(
            self,
            counts=counts,
            effective=effective if weighted else {},
            no_answer=no_answer if told else {},
            sample_sizes=people.sizes(),
        )

    def no_answer_share(self, culture: str, item: str) -> float | None:
        """Share of the people asked who gave no answer, in [0, 1]; None where it is not known."""
        silent = self.no_answer.get(culture, {}).get(item)
        answered = sum(self.counts.get(culture, {}).get(item, ()))
        return None if silent is None or not answered else silent / (silent + answered)

    def no_answer_means(self, cultures: Iterable[str], items: Iterable[Item]) -> dict[str, float]:
        """Return `no_answer_share` of each culture, mean over the items of which it is known;
        cultures of which it is not known are left out.
        """
        means, keys = {}, [item.id for item in items]
        for culture in cultures:
            shares = [self.no_answer_share(culture, key) for key in keys]
            known = [share for share in shares if share is not None]
            if known:
                means[culture] = sum(known) / len(known)
        return means

    def culture(self, code: str) -> Culture:
        """Return the culture with this code: one of the survey's own, or a territory of
        the table.

        Raises `SurveyError` with the nearest name for one that is neither.
        """
        if code in self.own:
            return self.own[code]
        try:
            return find_culture(code)
        except SurveyError:
            if near := nearest(code, self.own):
                raise SurveyError(f"There is no culture or group '{code}'.{near}") from None
            of = [base for base in self.counts if code.startswith(f"{base}-")]
            if of and self.respondents is not None:
                raise SurveyError(
                    f"There is no culture '{code}': to measure a group of {of[0]}, name the "
                    'columns that make it, as survey.groups = ["sex"] or measure --groups sex.'
                ) from None
            raise

    @property
    def cultures(self) -> tuple[str, ...]:
        return tuple(self.counts)

    def whole(self, code: str) -> str:
        """Return the culture that a group of `groups` is a part of; else the code itself."""
        return self.own[code].of or code if code in self.own else code

    def peers(self, cultures: Iterable[str]) -> tuple[str, ...]:
        """Return the cultures among which these are compared with the others: groups among groups,
        and all others among all but groups.
        """
        parted = any(self.whole(code) != code for code in cultures)
        return tuple(code for code in self.counts if (self.whole(code) != code) == parted)

    def item(self, key: str) -> Item:
        """Return the item named `key`; raises `SurveyError` with the nearest name."""
        if key not in self.items:
            raise SurveyError(
                f"The survey '{self.name}' has no item '{key}'.{nearest(key, self.items)} "
                f"`acculturate survey show {self.name}` lists them."
            )
        return self.items[key]

    def select(self, which: ItemSet | str | Sequence[str]) -> tuple[Item, ...]:
        """Return items by set or by list; `attitudes` are attitudes and behaviour, `clca` its 44
        items.
        """
        if isinstance(which, str):
            which = which.strip()
            if which == "attitudes":
                kinds = ("attitude", "behaviour")
                return tuple(item for item in self.items.values() if item.kind in kinds)
            if which == "all":
                return tuple(self.items.values())
            if which == "published":
                return tuple(self.item(key) for key in self.published_items)
            if which == "clca":
                return tuple(self.item(key) for key in CLCA)
            which = [key.strip() for key in which.split(",")]
        return tuple(self.item(key) for key in dict.fromkeys(which))

    def check_cultures(self, cultures: Iterable[str]) -> tuple[str, ...]:
        """Return the same cultures, or a `SurveyError` naming the one without people's answers."""
        cultures = tuple(dict.fromkeys(cultures))
        for culture in cultures:
            if culture not in self.counts:
                sentence = (
                    f"The survey '{self.name}' holds no people's answers for '{culture}'."
                    f"{nearest_culture(culture, self.counts)} It has "
                    f"{named(self.counts, 40 if self.more else 120)}."
                )
                raise SurveyError(" ".join(filter(None, (sentence, self.more))))
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
        kish, wholes = self._kish(cultures, items), tuple(map(self.whole, cultures))
        return People(cultures, tuple(items), count, size, ordinal, kish, wholes)

    def _kish(self, cultures: Sequence[str], items: Sequence[Item]) -> Floats | None:
        if not self.effective:
            return None
        rows = [[self.effective[key].get(item.id, 0.0) for item in items] for key in cultures]
        return np.array(rows, dtype=np.float64).reshape(len(cultures), len(items))
