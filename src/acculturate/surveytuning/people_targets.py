"""Targets: what the people of each culture answered, as shares to be taught.

    target = mix * the culture's own people + (1 - mix) * world      world: the mean over cultures

With a `prior` both are drawn towards a habit, their own mean over other items of the same scale:

    (1 - prior) * shares + prior * habit

A prompt that names no culture is taught the world. Each culture counts once in the world, however
many people were asked; only the cultures that are adapted to do, so that people held out stay so.
A habit is how a people uses a scale, whatever is asked: all that can be known of an item that
nothing resembles.

    >>> from acculturate.survey import load_survey
    >>> survey = load_survey()
    >>> targets = PeopleTargets.of(survey, survey.select("Q57"), ("CHN", "DEU"), mix=0.5)
    >>> [round(share, 3) for share in targets.own("Q57", "CHN")]
    [0.606, 0.394]
    >>> [round(share, 3) for share in targets.world("Q57")]
    [0.557, 0.443]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from acculturate.metrics.specificity import deviations, profile
from acculturate.records import Item
from acculturate.survey import Survey

Shares = tuple[float, ...]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PeopleTargets:
    """Shares to be taught, in scale order.

    `shares[item, culture]` has an entry where people of the culture answered the item; `spread`
    says how far the peoples of an item differ: the mean square of their deviations.
    """

    shares: Mapping[tuple[str, str], Shares]
    worlds: Mapping[str, Shares]
    spread: Mapping[str, float]

    @classmethod
    def of(
        cls,
        survey: Survey,
        items: Sequence[Item],
        cultures: Sequence[str],
        mix: float = 1.0,
        label: Mapping[str, str] | None = None,
        prior: float = 0.0,
    ) -> Self:
        """Compute the targets of every culture that answered an item.

        `label` names the culture whose people are taught in a culture's place. `mix` and `prior`
        are parts of a target, from 0 to 1. Raises `SurveyError` for a culture without people.
        """
        people = survey.people(cultures, items)
        share_CIK = people.share_CIK
        asked_CI = np.asarray(np.isfinite(share_CIK).all(-1))
        profiles = profile(share_CIK, people.size_I, people.ordinal_I)
        spread_CI = (deviations(profiles, asked_CI) ** 2).sum(-1)
        taught_C = [
            people.cultures.index((label or {}).get(code, code)) for code in people.cultures
        ]
        world_IK = _with_prior(_mean(share_CIK)[None], items, prior)[0]
        own_CIK = _with_prior(share_CIK[taught_C], items, prior)
        mixed_CIK = mix * own_CIK + (1 - mix) * world_IK
        shares: dict[tuple[str, str], Shares] = {}
        worlds: dict[str, Shares] = {}
        spread: dict[str, float] = {}
        for i, item in enumerate(items):
            known_C = asked_CI[:, i]
            if not known_C.any():
                continue
            size = len(item.codes)
            worlds[item.id] = tuple(world_IK[i, :size].tolist())
            spread[item.id] = float(spread_CI[known_C, i].mean())
            for c, culture in enumerate(people.cultures):
                if known_C[c] and known_C[taught_C[c]]:
                    shares[item.id, culture] = tuple(mixed_CIK[c, i, :size].tolist())
        return cls(shares, worlds, spread)

    def own(self, item: str, culture: str) -> Shares | None:
        """Return what is taught under a prompt that names the culture; None without an answer."""
        return self.shares.get((item, culture))

    def world(self, item: str) -> Shares | None:
        """Return what is taught under a prompt that names none."""
        return self.worlds.get(item)

    def copies(self, item: str, most: int) -> int:
        """Return how often an item is seen in an epoch, 1 to `most`, by its spread."""
        mean = sum(self.spread.values()) / len(self.spread)
        return min(most, max(1, round(self.spread[item] / mean))) if mean else 1


def _with_prior(share_CIK: Floats, items: Sequence[Item], prior: float) -> Floats:
    """Return shares drawn towards the mean over other items of the same scale, or with as many
    options where there is none; those of an item that stands alone stay as they are.
    """
    if not prior:
        return share_CIK
    drawn_CIK = share_CIK.copy()
    for i, item in enumerate(items):
        others = [k for k in range(len(items)) if k != i]
        near = [k for k in others if len(items[k].codes) == len(item.codes)]
        alike = [k for k in near if items[k].shares_scale(item)] or near
        habit_CK = _mean(share_CIK[:, alike].swapaxes(0, 1)) if alike else share_CIK[:, i]
        known_CK = np.where(np.isfinite(habit_CK), habit_CK, share_CIK[:, i])
        drawn_CIK[:, i] = (1 - prior) * share_CIK[:, i] + prior * known_CK
    return drawn_CIK


def _mean(share_CIK: Floats) -> Floats:
    """Return the mean over the first axis of what is known; NaN where nothing is."""
    known = np.isfinite(share_CIK)
    count = known.sum(0)
    total = np.where(known, share_CIK, 0.0).sum(0)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))
