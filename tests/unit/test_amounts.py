import math

import pytest

from acculturate.amounts import amount

OPEN = math.inf


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("8 to 11", 8, 11),
        ("18–24", 18, 24),
        ("Under 8", -OPEN, 8),
        ("16 or older", 16, OPEN),
        ("65+", 65, OPEN),
        ("three or more children", 3, OPEN),
        ("None", 0, 0),
        ("$20,000 - $50,000", 20_000, 50_000),
        ("More than 1.5 million", 1_500_000, OPEN),
        ("20-40%", 20, 40),
        ("1-2 hours", 1, 2),
        ("Less than an hour", -OPEN, 1),
        ("2 days", 48, 48),
        ("weniger als 5", -OPEN, 5),
        ("5 bis 10 Stunden", 5, 10),
        ("menos de 5 horas", -OPEN, 5),
        ("16 o más", 16, OPEN),
        ("8至11岁", 8, 11),
        ("16岁以上", 16, OPEN),
        ("5歳未満", -OPEN, 5),
        ("5〜10歳", 5, 10),
    ],
)
def test_amounts_in_words(text: str, low: float, high: float) -> None:
    assert amount(text) == (low, high)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("once a month", "twice a week"),
        ("30 minutes", "1 hour"),
        ("每月一次", "每周两次"),
        ("Under 8", "8 to 11"),
        ("8 to 11", "11 or more"),
    ],
)
def test_units_and_rates_are_compared(less: str, more: str) -> None:
    low, high = amount(less), amount(more)
    assert low is not None
    assert high is not None
    assert low < high


@pytest.mark.parametrize(
    "text",
    ["Article 5 of the law", "Everyone", "The two of them", "Yes", "A few days", "", "1 2 3"],
)
def test_texts_that_are_no_amounts(text: str) -> None:
    assert amount(text) is None
