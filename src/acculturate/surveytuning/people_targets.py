"""Targets: what the people of each culture answered, as shares to be taught.

    target = mix * the culture's own people + (1 - mix) * world       world: the mean over cultures

A prompt that names no culture is taught the world. Each culture counts once in the world, however
many people were asked; only the cultures that are adapted to do, so that people held out stay so.

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

from acculturate.metrics.specificity import deviations, profile
from acculturate.records import Item
from acculturate.survey import Survey

Shares = tuple[float, ...]


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
    ) -> Self:
        """Compute the targets of every culture that answered an item.

        `label` names the culture whose people are taught in a culture's place. Raises
        `SurveyError` for a culture without people.
        """
        people = survey.people(cultures, items)
        share_CIK = people.share_CIK
        asked_CI = np.asarray(np.isfinite(share_CIK).all(-1))
        profiles = profile(share_CIK, people.size_I, people.ordinal_I)
        spread_CI = (deviations(profiles, asked_CI) ** 2).sum(-1)
        shares: dict[tuple[str, str], Shares] = {}
        worlds: dict[str, Shares] = {}
        spread: dict[str, float] = {}
        for i, item in enumerate(items):
            known_C = asked_CI[:, i]
            if not known_C.any():
                continue
            share_CK = share_CIK[:, i, : len(item.codes)]
            world_K = share_CK[known_C].mean(0)
            worlds[item.id] = tuple(world_K.tolist())
            spread[item.id] = float(spread_CI[known_C, i].mean())
            for c, culture in enumerate(people.cultures):
                taught = people.cultures.index((label or {}).get(culture, culture))
                if known_C[c] and known_C[taught]:
                    mixed_K = mix * share_CK[taught] + (1 - mix) * world_K
                    shares[item.id, culture] = tuple(mixed_K.tolist())
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
