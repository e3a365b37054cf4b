"""Stacked bars: one distribution over an item's options, as segments of a coloured strip.

The page sets the segments in HTML; each carries its option's name, so that no meaning rests on
colour alone.

    >>> [round(part.width) for part in stacked_bar((0.25, 0.75), ("Yes", "No"))]
    [25, 75]
"""

from collections.abc import Sequence
from typing import NamedTuple

from acculturate.report.typesetting import share_of

# the cividis map, made to be read with any colour vision, without its glaring ends
CIVIDIS = ((18, 48, 94), (65, 77, 107), (124, 123, 120), (177, 166, 114), (225, 204, 100))


class Segment(NamedTuple):
    """One option's part of a stacked bar; `width` in percent of the bar."""

    option: int
    label: str
    share: float
    width: float
    colour: str
    ink: str


def stacked_bar(shares: Sequence[float], options: Sequence[str]) -> list[Segment]:
    """Return the segments of one distribution over an item's options; widths add up to 100."""
    whole = sum(shares)
    segments = []
    for index, share in enumerate(shares):
        rgb = _cividis(index / max(len(shares) - 1, 1))
        label = options[index] if index < len(options) else str(index + 1)
        part = share_of(share, whole) or 0.0
        # at this luminance black and white contrast alike, 4.6 to 1 (WCAG 2 wants 4.5)
        ink = "#000" if _luminance(rgb) > 0.179 else "#fff"
        colour = "#{:02x}{:02x}{:02x}".format(*rgb)
        segments.append(Segment(index + 1, label, part, 100 * part, colour, ink))
    return segments


def _cividis(position: float) -> tuple[int, ...]:
    spot = position * (len(CIVIDIS) - 1)
    left = min(int(spot), len(CIVIDIS) - 2)
    ends = zip(CIVIDIS[left], CIVIDIS[left + 1], strict=True)
    return tuple(round(low + (high - low) * (spot - left)) for low, high in ends)


def _luminance(rgb: Sequence[int]) -> float:
    """Return the relative luminance of an sRGB colour (WCAG 2), 0 to 1."""
    parts = (channel / 255 for channel in rgb)
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
