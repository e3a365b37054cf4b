"""Neighbours: which cultures' people answer most and least like those of another.

They are found from the people's own answers to the items named, all attitudes by default, so the
items that are measured have a part in it: a prompt that names neighbours discloses that much, and
`Framing.discloses` says so.

    >>> from acculturate.survey import load_survey
    >>> survey = load_survey()
    >>> people = survey.people(survey.cultures, survey.select("attitudes"))
    >>> neighbours(people, "USA", 2).similar
    ('CAN', 'AUS')
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.metrics.divergence import item_distance
from acculturate.metrics.published import alignment_as_published
from acculturate.metrics.ratio import mean
from acculturate.survey import People, Survey
from acculturate.survey.modes import modal_codes

Floats = NDArray[np.float64]
Distance = Literal["alignment", "published"]
Tied = Mapping[tuple[str, str], int] | None


class Neighbours(NamedTuple):
    """Codes of cultures: the nearest first in `similar`, the farthest first in `different`."""

    similar: tuple[str, ...]
    different: tuple[str, ...]


def neighbours(
    people: People,
    culture: str,
    n: int = 3,
    distance: Distance = "alignment",
    pool: Collection[str] | None = None,
    tied: Tied = None,
) -> Neighbours:
    """Return the `n` cultures of `people` most like `culture`, and the `n` least like it.

    `alignment`: mean over items of the normalised Wasserstein distance (ordinal) or the total
    variation (nominal) of the two peoples' shares, in [0, 1]. `published` (CultureSPA, arXiv
    2410.12971): ``1 - S`` of the score S between the two peoples' modal codes (`tied` as in
    `modal_codes`), S in steps of .001. Both over the items that both were asked; ties go by code.
    `pool` names who may be a neighbour, all by default. Nobody is both: of fewer than 2 n others,
    the nearer half is similar.
    Raises `SurveyError` where fewer than two others were asked the same.
    """
    row = people.cultures.index(culture)
    distance_C = DISTANCES[distance](people, row, tied)
    others = [
        (float(value), code)
        for value, code in zip(distance_C, people.cultures, strict=True)
        if code != culture and np.isfinite(value) and (pool is None or code in pool)
    ]
    if len(others) < 2:
        raise SurveyError(
            f"{culture} has no neighbours here: similar and different ones are found among at "
            "least two other cultures that were asked the same items, of the survey and of "
            "answers.backdrop.pool if that is set."
        )
    near = [code for _, code in sorted(others)]
    far = [code for _, code in sorted(others, key=lambda pair: (-pair[0], pair[1]))]
    similar = near[: min(n, (len(others) + 1) // 2)]
    different = [code for code in far if code not in similar][: min(n, len(others) // 2)]
    return Neighbours(tuple(similar), tuple(different))


def neighbour_pool(survey: Survey, culture: str, named: Sequence[str] = ()) -> tuple[str, ...]:
    """Return who may be a neighbour of a culture: other territories, or those of `named`.

    A group's own territory holds the same people, and a country must not come three times, as
    itself and as its parts. Where a survey has fewer than two other territories, its other groups.
    """
    groups = survey.respondents.groups if survey.respondents else {}
    own = {culture, groups[culture].territory if culture in groups else culture}
    if named:
        return tuple(code for code in named if code not in own)
    territories = [code for code in survey.cultures if code not in groups and code not in own]
    if len(territories) > 1:
        return tuple(territories)
    return tuple(code for code in groups if code != culture)


def _by_shares(people: People, row: int, tied: Tied) -> Floats:
    share_CIK = people.share_CIK
    gap_CI = item_distance(share_CIK, share_CIK[row], people.size_I, people.ordinal_I)
    return np.asarray(mean(gap_CI).value())


def _as_published(people: People, row: int, tied: Tied) -> Floats:
    code_CI = modal_codes(people, tied)
    score_C = alignment_as_published(code_CI, code_CI[row], people.size_I)
    # in tenths of a point: to these GBR and NLD tie as seen from CHN, and the published list has
    # GBR, the first by code
    return np.asarray(1 - np.round(100 * score_C, 1) / 100)


DISTANCES: dict[Distance, Callable[[People, int, Tied], Floats]] = {
    "alignment": _by_shares,
    "published": _as_published,
}
