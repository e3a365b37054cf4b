"""Respondents: one column per person, small enough to keep a whole survey in memory.

97,000 people and 400 items are 39 MB: answers are one byte each, the position of the option in
scale order; -1 where there is none, -2 where the source says that the person was asked and gave no
answer ("don't know", refused). Demographics are numbers into a short list of texts. Axes: I items,
N respondents, C cultures, K options.

    >>> from acculturate.survey import load_survey
    >>> people = load_survey("fictitious-wvs7").respondents
    >>> people.record(0).demographics["sex"] in ("male", "female")
    True
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.culture.territory import nearest_culture
from acculturate.errors import SurveyError, nearest
from acculturate.records import Item, Respondent
from acculturate.sheets.sheet import number

MISSING = -1  # not asked or not known
NO_ANSWER = -2  # asked, and gave no answer
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Condition = Sequence[str] | tuple[float, float]


class Trait(NamedTuple):
    """A demographic: for each respondent a number into `texts`, -1 where it is not known."""

    index_N: NDArray[np.int32]
    texts: tuple[str, ...]

    def chosen(self, condition: Condition) -> Bools:
        """Return who has one of the texts, or (a pair of numbers) a value from the first to the
        second.
        """
        if isinstance(condition, tuple):
            low, high = condition
            fits = [low <= number(text) <= high for text in self.texts]
        else:
            fits = [text in condition for text in self.texts]
        # one more at the end, where -1 points to
        return np.asarray(np.array([*fits, False])[self.index_N], dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Group:
    """People inside a territory: who fits every condition on the demographics.

    A condition is a list of texts, or a pair of numbers (from, to) for ages and sizes.
    """

    territory: str
    where: Mapping[str, Condition]


class Tally(NamedTuple):
    """Counts of one item in one culture: respondents by option, Kish's effective number, and those
    who were asked and gave no answer, on the scale of the counts.
    """

    count_K: Floats
    kish: float
    no_answer: float = 0.0


@dataclass(frozen=True)
class Respondents:
    """Everyone who was asked. `culture_N` are numbers into `cultures` (territories).

    `answer_IN` follows `items`; its values are positions in `Item.codes`, `MISSING` or `NO_ANSWER`.
    `weight_N` are
    weights within a culture; all 1 where the survey has none.
    """

    items: tuple[Item, ...]
    cultures: tuple[str, ...]
    culture_N: NDArray[np.int16]
    weight_N: NDArray[np.float32]
    answer_IN: NDArray[np.int8]
    ids: Sequence[str]
    traits: Mapping[str, Trait] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.culture_N)

    @property
    def weighted(self) -> bool:
        """Whether the survey's weights differ from person to person."""
        return len(self) > 0 and bool((self.weight_N != self.weight_N[0]).any())

    def rows(self, culture: str) -> NDArray[np.intp]:
        """Return positions of a culture's people; raises `SurveyError` for one that is not here."""
        return np.flatnonzero(self._mask(culture))

    def tallies(self, item: str, *, weighted: bool = True) -> dict[str, Tally]:
        """Return counts by culture (and group) over an item's options; cultures not asked are left
        out.

        Weighted counts are scaled to sum to the number of people who answered.
        """
        i = self._position(item)
        size, answer_N = len(self.items[i].codes), self.answer_IN[i]
        tallies = dict(self._territory_tallies(answer_N, size, weighted))
        for name, row_N in self._group_rows.items():
            answers = answer_N[row_N]
            weights = self.weight_N[row_N].astype(np.float64)
            tally = _tally(answers, weights if weighted else np.ones(len(answers)), size)
            if tally.kish:
                tallies[name] = tally
        return tallies

    def sizes(self) -> dict[str, int]:
        """Return respondents by culture and group, answering or not."""
        count_C = np.bincount(self.culture_N, minlength=len(self.cultures)).tolist()
        return dict(zip(self.cultures, count_C, strict=True)) | {
            name: len(row_N) for name, row_N in self._group_rows.items()
        }

    def sample(self, culture: str, n: int, seed: int) -> tuple[Respondent, ...]:
        """Return `n` people of a culture drawn without replacement (all of them where there are
        fewer).
        """
        rows = self.rows(culture)
        rng = np.random.default_rng([seed, *culture.encode()])
        drawn = rng.permutation(rows)[:n]
        return tuple(replace(self.record(int(row)), culture=culture) for row in drawn)

    def find(self, names: Iterable[str], culture: str = "") -> tuple[Respondent, ...]:
        """Return the people with these ids, of one culture where ids repeat between cultures.

        Raises `SurveyError` for an id that nobody has, or that several have.
        """
        return tuple(self.record(self._row(name, culture)) for name in names)

    def record(self, row: int) -> Respondent:
        """Return one person as a record."""
        column_I = self.answer_IN[:, row].tolist()
        pairs = zip(self.items, column_I, strict=True)
        return Respondent(
            id=str(self.ids[row]),
            culture=self.cultures[self.culture_N[row]],
            weight=float(self.weight_N[row]),
            demographics={
                name: trait.texts[trait.index_N[row]]
                for name, trait in self.traits.items()
                if trait.index_N[row] != MISSING
            },
            answers={item.id: item.codes[at] for item, at in pairs if at >= 0},
        )

    @cached_property
    def _group_rows(self) -> Mapping[str, NDArray[np.intp]]:
        return {name: self.rows(name) for name in self.groups}

    @cached_property
    def _rows_of(self) -> Mapping[str, Sequence[int]]:
        rows: dict[str, list[int]] = {}
        for row, name in enumerate(self.ids):
            rows.setdefault(str(name), []).append(row)
        return rows

    def _row(self, name: str, culture: str) -> int:
        mask = self._mask(culture) if culture else None
        rows = [row for row in self._rows_of.get(name, ()) if mask is None or mask[row]]
        if len(rows) == 1:
            return rows[0]
        of = f" of {culture}" if culture else ""
        if rows:
            raise SurveyError(
                f"{len(rows)} respondents are called '{name}'{of}: say of which culture."
            )
        raise SurveyError(
            f"There is no respondent '{name}'{of}: take the ids of the survey's file."
        )

    def _mask(self, culture: str) -> Bools:
        if culture in self.groups:
            group = self.groups[culture]
            mask = self._mask(group.territory)
            for name, condition in group.where.items():
                mask = mask & self.trait(name).chosen(condition)
            return mask
        if culture not in self.cultures:
            known = [*self.cultures, *self.groups]
            raise SurveyError(
                f"There are no respondents of '{culture}'.{nearest_culture(culture, known)} "
                f"There are {', '.join(known)}."
            )
        return np.asarray(self.culture_N == self.cultures.index(culture))

    def trait(self, name: str) -> Trait:
        """Return a demographic; raises `SurveyError` for one that the respondents do not have."""
        if name not in self.traits:
            raise SurveyError(
                f"The respondents have no demographic '{name}'.{nearest(name, self.traits)} "
                f"They have {', '.join(self.traits) or 'none'}."
            )
        return self.traits[name]

    def _position(self, item: str) -> int:
        for i, own in enumerate(self.items):
            if own.id == item:
                return i
        raise SurveyError(f"The respondents were not asked '{item}'.")

    def _territory_tallies(
        self, answer_N: NDArray[np.int8], size: int, weighted: bool
    ) -> Iterator[tuple[str, Tally]]:
        """Yield counts of every territory in one pass over the respondents."""
        # two cells before the first option take those who gave no answer and who were not asked
        cell_N = self.culture_N.astype(np.intp) * (size + 2) + answer_N + 2
        shape = (len(self.cultures), size + 2)

        def by_cell(weight_N: Floats | None) -> Floats:
            count = np.bincount(cell_N, weight_N, shape[0] * shape[1])
            return np.asarray(count.reshape(shape), dtype=np.float64)

        count_CK = by_cell(None)
        weight_CK, square_CK = count_CK, count_CK
        if weighted:
            weight_N = self.weight_N.astype(np.float64)
            weight_CK, square_CK = by_cell(weight_N), by_cell(weight_N**2)
        for c, culture in enumerate(self.cultures):
            tally = _scaled(
                float(count_CK[c, 2:].sum()),
                weight_CK[c, 2:],
                float(square_CK[c, 2:].sum()),
                silent=float(weight_CK[c, 0]),
            )
            if tally.kish:
                yield culture, tally


def _tally(answer_N: NDArray[np.int8], weight_N: Floats, size: int) -> Tally:
    known_N = answer_N >= 0
    weight_K = np.asarray(np.bincount(answer_N[known_N], weight_N[known_N], size), float)
    silent = float(weight_N[answer_N == NO_ANSWER].sum())
    return _scaled(float(known_N.sum()), weight_K, float((weight_N[known_N] ** 2).sum()), silent)


def _scaled(n: float, weight_K: Floats, square: float, silent: float) -> Tally:
    """Return weights scaled to the `n` people behind them; Kish's number is (sum w)^2 / sum w^2.
    `silent` is the weight of those who gave no answer.
    """
    total = float(weight_K.sum())
    if total <= 0 or square <= 0:
        return Tally(np.zeros(len(weight_K)), 0.0)
    return Tally(np.asarray(weight_K * (n / total)), total**2 / square, silent * (n / total))
