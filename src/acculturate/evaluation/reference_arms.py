"""Reference answerers as arms: what a score is worth is seen beside those who need no model.

`reference:uniform` knows nothing, `reference:midpoint` and `reference:first` answer without
reading, `reference:mode` is the best single answer of each people (the ceiling of every arm that
gives one answer per item), `reference:culture-blind` is the mean of the other cultures' people.
`reference:people-resampled` is a survey of as many people drawn from the people themselves: what
chance alone puts between two surveys (SubPOP's noise floor, arXiv 2502.16761), which no model can
be expected to pass.
`reference:country`, beside groups of people, is all people of the group's country: what is to be
had by knowing the country and nothing of the group.
`people` (the exact distribution of each people) and `another` (the next culture's) are there for
tables that show what a metric does.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable, culture_blind_of
from acculturate.evaluation.published_reading import PublishedReading, reading
from acculturate.metrics import references
from acculturate.records import Item
from acculturate.statistics.bootstrap import people_draws
from acculturate.survey import People, Survey
from acculturate.survey.modes import code_table, modal_codes

Floats = NDArray[np.float64]
RESAMPLED = "people-resampled"
COUNTRY = "country"
REFERENCES = ("uniform", "midpoint", "mode", "first", "culture-blind", RESAMPLED)
RESAMPLING_SEED = 7  # the same resample wherever the people are the same
ALL_REFERENCES = (*REFERENCES, "people", "another")


def reference_tables(
    survey: Survey,
    cultures: Sequence[str],
    items: Sequence[Item],
    names: Sequence[str] = REFERENCES,
) -> list[ArmTable]:
    """Return one table per reference answerer, over the same cultures and items as the arms beside
    it.
    """
    people = survey.people(cultures, items)
    size_I, width = people.size_I, people.count_CIK.shape[-1]
    shares: dict[str, Callable[[], Floats]] = {
        "uniform": lambda: references.uniform(size_I, width),
        "midpoint": lambda: references.midpoint(size_I, width),
        "mode": lambda: references.mode(people.share_CIK),
        "first": lambda: references.first_option(size_I, width),
        "culture-blind": lambda: culture_blind_of(survey, people),
        RESAMPLED: lambda: _resampled(people),
        COUNTRY: lambda: _countries(survey, people),
        "people": lambda: people.share_CIK,
        "another": lambda: _neighbours(survey, people),
    }
    return [reference_table(survey, cultures, items, name, shares[name]()) for name in names]


def _resampled(people: People) -> Floats:
    """Return shares of as many people (Kish's number where weighted), drawn with replacement."""
    draws = people_draws(people.count_CIK, people.effective_n_CI, 1, RESAMPLING_SEED)
    return next(share_BCIK[0] for _, share_BCIK in draws)


def _countries(survey: Survey, people: People) -> Floats:
    """Return for each group the people of the whole culture that it is a part of."""
    wholes = tuple(dict.fromkeys(people.wholes))
    share_CIK = survey.people(wholes, people.items).share_CIK
    return np.asarray(share_CIK[[wholes.index(whole) for whole in people.wholes]])


def _neighbours(survey: Survey, people: People) -> Floats:
    """Return the people of the next culture in the survey's order."""
    peers = survey.peers(people.cultures)
    everyone = survey.people(peers, people.items)
    rows = [peers.index(culture) for culture in people.cultures]
    return references.another_culture(everyone.share_CIK)[rows]


def reference_table(
    survey: Survey, cultures: Sequence[str], items: Sequence[Item], name: str, share_CIK: Floats
) -> ArmTable:
    """Return an arm `reference:NAME` out of shares of shape (C, I, K), or (I, K) for all
    cultures.
    """
    people = survey.people(cultures, items)
    share_CIK = np.broadcast_to(share_CIK, people.count_CIK.shape)
    blind_CIK = culture_blind_of(survey, people)
    none_CI = np.zeros(people.count_CIK.shape[:2])
    return ArmTable(
        arm=f"reference:{name}",
        model=None,
        framing=None,
        language=None,
        survey=survey.name,
        kind="point" if name in ("midpoint", "mode", "first") else "expected",
        people=people,
        blind_CIK=blind_CIK,
        share_CIK=share_CIK,
        read_CI=np.ones_like(none_CI),
        mass_CI=np.full_like(none_CI, np.nan),
        asked_CI=none_CI,
        refused_CI=none_CI,
        common=False,
        published=_codes(survey, people, name),
    )


def _codes(survey: Survey, people: People, name: str) -> PublishedReading | None:
    """Return the one code that a reference gives; the midpoint of an even scale lies
    between two.
    """
    code_IK = code_table(people.items)
    if name == "mode":
        code_RI = modal_codes(people, survey.published_modes)
    elif name == "first":
        code_RI = np.nanmin(code_IK, axis=-1)[None]
    elif name == "midpoint":
        code_RI = (np.nanmin(code_IK, axis=-1) + np.nanmax(code_IK, axis=-1))[None] / 2
    else:
        return None
    return reading(code_RI, code_RI, people, survey.published_modes)
