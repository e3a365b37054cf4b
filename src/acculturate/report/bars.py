"""Stacked bars: one distribution over an item's options, as segments of a coloured strip.

The page sets the segments as a gradient of CSS and says their shares beside it, so that no meaning
rests on colour alone.

    >>> [round(part.width) for part in stacked_bar((0.25, 0.75))]
    [25, 75]
"""

from collections.abc import Sequence
from typing import NamedTuple

from acculturate.report.typesetting import share_of

# the cividis map, made to be read with any colour vision, without its glaring ends
CIVIDIS = ((18, 48, 94), (65, 77, 107), (124, 123, 120), (177, 166, 114), (225, 204, 100))


class Segment(NamedTuple):
    """One option's part of a stacked bar, its number from 1; `width` in percent of the bar."""

    option: int
    share: float
    width: float
    colour: str


def stacked_bar(shares: Sequence[float]) -> list[Segment]:
    """Return the segments of one distribution over an item's options; widths add up to 100."""
    whole = sum(shares)
    segments = []
    for index, share in enumerate(shares):
        rgb = _cividis(index / max(len(shares) - 1, 1))
        part = share_of(share, whole) or 0.0
        segments.append(Segment(index + 1, part, 100 * part, "#{:02x}{:02x}{:02x}".format(*rgb)))
    return segments


def _cividis(position: float) -> tuple[int, ...]:
    spot = position * (len(CIVIDIS) - 1)
    left = min(int(spot), len(CIVIDIS) - 2)
    ends = zip(CIVIDIS[left], CIVIDIS[left + 1], strict=True)
    return tuple(round(low + (high - low) * (spot - left)) for low, high in ends)
