"""A survey small enough to score by hand."""

from dataclasses import replace

import pytest

from acculturate.records import Item, Wording
from acculturate.records.item import Scale
from acculturate.survey import Survey


def make_item(key: str, codes: tuple[int, ...], scale: Scale, battery: str = "") -> Item:
    texts = tuple(f"Choice {'abcdefghij'[place]}" for place in range(len(codes)))
    wordings = {"en": (Wording(f"What of {key}?", texts),)}
    return Item(key, "Topic", codes, scale, wordings, battery=battery)


@pytest.fixture
def large(survey: Survey) -> Survey:
    """The survey five times over, T1a to T4e: 15 batteries, of which intervals can be made."""
    items = {
        f"{key}{copy}": replace(item, id=f"{key}{copy}", battery=item.battery and f"grid {copy}")
        for copy in "abcde"
        for key, item in survey.items.items()
    }
    counts = {
        culture: {key: table[key[:2]] for key in items if key[:2] in table}
        for culture, table in survey.counts.items()
    }
    return replace(survey, items=items, counts=counts)


@pytest.fixture
def survey() -> Survey:
    """Three cultures; T3's middle code stands last in the data, T4 was not asked in ZZZ."""
    items = {
        "T1": make_item("T1", (1, 2, 3, 4), "ordinal", "grid"),
        "T2": make_item("T2", (1, 2), "nominal", "grid"),
        "T3": make_item("T3", (1, 3, 2), "ordinal"),
        "T4": make_item("T4", (0, 1, 2), "nominal"),
    }
    counts = {
        "XAA": {"T1": (1, 2, 5, 2), "T2": (6, 4), "T3": (2, 7, 1), "T4": (5, 5, 0)},
        "YYY": {"T1": (4, 4, 1, 1), "T2": (1, 9), "T3": (8, 1, 1), "T4": (2, 3, 5)},
        "ZZZ": {"T1": (0, 0, 5, 5), "T2": (5, 5), "T3": (1, 1, 8)},
    }
    floats = {
        culture: {item: tuple(map(float, counts)) for item, counts in table.items()}
        for culture, table in counts.items()
    }
    modes = {("XAA", "T4"): 1}
    return Survey("toy", "Toy", items, floats, "", published_modes=modes)
