"""Likeness: how far a survey's shares are from the built-in counts of the same items.

The same survey read rightly is at 0 (unweighted). A large distance in most cultures means that a
scale was read the wrong way, or that another question stands behind the item. Axes: K options.
"""

from collections.abc import Iterator

import numpy as np

from acculturate.survey.builtin import load_builtin
from acculturate.survey.findings import Finding
from acculturate.survey.model import Survey

FAR = 0.2  # total variation, mean over cultures; waves of one survey differ by about .05 to .15
FEW = 50  # answers below which shares say little


def odd_items(survey: Survey) -> Iterator[Finding]:
    """A note on the distance as a whole, and one for each item that is far."""
    survey = survey.reweighted(False)
    far, all_distances = [], []
    for key in survey.items:
        distances = list(_distances(survey, key))
        all_distances += [distance for _, distance in distances]
        if distances and np.mean([distance for _, distance in distances]) > FAR:
            worst, most = max(distances, key=lambda pair: pair[1])
            far.append((key, float(np.mean([each for _, each in distances])), worst, most))
    if not all_distances:
        return
    yield Finding(
        f"mean distance of shares from the built-in counts {np.mean(all_distances):.3f} (total "
        f"variation; 0 is equal), over {len(all_distances)} cells of cultures and items",
        "note",
    )
    for key, mean, worst, most in far:
        yield Finding(
            f"{key} is far from the built-in counts: {mean:.2f} on average, {most:.2f} in {worst}; "
            "look at the direction of its scale and at its codes",
            "note",
        )


def _distances(survey: Survey, key: str) -> Iterator[tuple[str, float]]:
    """Total variation by culture, where both surveys have enough answers to the same options."""
    known = load_builtin()
    if key not in known.items or survey.items[key].topic != known.items[key].topic:
        return
    codes = survey.items[key].codes
    for culture in known.cultures:
        there = known.counts[culture].get(key, ())
        here = survey.counts.get(culture, {}).get(key, ())
        at = [known.items[key].codes.index(code) for code in codes]
        there_K, here_K = np.array([there[place] for place in at if there]), np.array(here)
        if min(there_K.sum(), here_K.sum()) >= FEW:
            yield (
                culture,
                float(0.5 * np.abs(there_K / there_K.sum() - here_K / here_K.sum()).sum()),
            )
