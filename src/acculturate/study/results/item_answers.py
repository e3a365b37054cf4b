"""Item answers: each item's shares of the people and of the arms, and prompts as they were sent."""

import itertools
import warnings
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from acculturate.evaluation.arm_table import ArmTable, Floats
from acculturate.evaluation.scores import MEAN
from acculturate.metrics.divergence import item_distance
from acculturate.records import Item, Request
from acculturate.records.results.answered import AskedItem, ItemShares, SentPrompt
from acculturate.study.parts import Part

MOST_ROWS = 1200
"""Cells of culture and item; where there are more, each item has its mean over cultures alone."""
MOST_ARMS = 5
PROMPTS, STEP = 3, 4
"""How many prompts of an arm are shown, and every which: those between differ in order alone."""


def asked_items(items: Sequence[Item], language: str = "en") -> tuple[AskedItem, ...]:
    """Return every item in words."""
    return tuple(_asked(item, language) for item in items)


def _asked(item: Item, language: str) -> AskedItem:
    wording = (item.wordings_in(language) or next(iter(item.wordings.values())))[0]
    options = tuple(text or str(code) for text, code in zip(wording.texts, item.codes, strict=True))
    return AskedItem(item.id, item.topic, wording.stem, options)


def item_shares(
    tables: Mapping[str, ArmTable], pair: tuple[str, str] | None
) -> tuple[ItemShares, ...]:
    """Return the shares of every item by culture, of the arms of the `pair` and of the first ones.

    Where that is more than `MOST_ROWS`, each item has one row, the mean over cultures.
    """
    first = next(iter(tables.values()), None)
    if first is None:
        return ()
    named = [pair[1], pair[0]] if pair else []
    chosen = [*(name for name in named if name in tables), *tables]
    arms = {name: tables[name] for name in list(dict.fromkeys(chosen))[:MOST_ARMS]}
    arms = {name: arm for name, arm in arms.items() if arm.people.cultures == first.cultures}
    whole = len(first.cultures) * len(first.items) <= MOST_ROWS
    return tuple(_rows(first, arms, whole))


def _rows(first: ArmTable, arms: Mapping[str, ArmTable], whole: bool) -> Iterator[ItemShares]:
    people_CIK = first.people.share_CIK
    shares = {name: arm.share_CIK for name, arm in arms.items()}
    size_I, ordinal_I = first.people.size_I, first.people.ordinal_I
    gaps = {
        name: item_distance(share_CIK, people_CIK, size_I, ordinal_I)
        for name, share_CIK in shares.items()
    }
    cultures = first.cultures
    if not whole:
        cultures = (MEAN,)
        people_CIK = _mean(people_CIK)
        shares = {name: _mean(share_CIK) for name, share_CIK in shares.items()}
        gaps = {name: _mean(gap_CI) for name, gap_CI in gaps.items()}
    for i, item in enumerate(first.items):
        options = slice(len(item.codes))
        for c, culture in enumerate(cultures):
            at = (c, i, options)
            yield ItemShares(
                item.id,
                culture,
                _rounded(people_CIK[at]),
                {name: known for name in shares if (known := _rounded(shares[name][at]))},
                {
                    name: round(float(gap_CI[c, i]), 4)
                    for name, gap_CI in gaps.items()
                    if np.isfinite(gap_CI[c, i])
                },
            )


def _mean(values: Floats) -> Floats:
    """Return means over cultures, of those that have a value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a mean of nothing is no number
        return np.asarray(np.nanmean(values, axis=0, keepdims=True))


def _rounded(share_K: Floats) -> tuple[float, ...]:
    """Return shares with three decimals, as a bar shows them; none where nothing was answered."""
    return () if np.isnan(share_K).any() else tuple(np.round(share_K, 3).tolist())


def sent_prompts(parts: Mapping[str, Sequence[Part]], arms: Sequence[str]) -> Iterator[SentPrompt]:
    """Yield a few prompts of each arm: those that no reply comes before, which are known as they
    were sent.
    """
    for arm in arms:
        if parts.get(arm):
            requests = filter(_opens, parts[arm][0].stage.requests())
            for request in itertools.islice(requests, 0, PROMPTS * STEP, STEP):
                prompt = tuple((message.role, message.text) for message in request.messages)
                yield SentPrompt(arm, prompt)


def _opens(request: Request) -> bool:
    return all(message.role != "assistant" for message in request.messages)
