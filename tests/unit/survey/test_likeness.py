"""Each item is held against its own expectation: codes exchanged in one of 259 are found."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from acculturate.survey import Survey, load_survey
from acculturate.survey.likeness import odd_items

Counts = Mapping[str, Mapping[str, tuple[float, ...]]]


@pytest.fixture(scope="module")
def known() -> Survey:
    return load_survey()


def exchanged(counts: Counts, item: str, one: int, other: int, cultures: Sequence[str]) -> Counts:
    """Counts with the options at two places exchanged in some cultures."""

    def read(row: tuple[float, ...]) -> tuple[float, ...]:
        cells = [*row]
        cells[one], cells[other] = cells[other], cells[one]
        return tuple(cells)

    return {
        culture: {
            key: read(row) if key == item and culture in cultures else row
            for key, row in rows.items()
        }
        for culture, rows in counts.items()
    }


def told(survey: Survey, counts: Counts) -> list[str]:
    """What is said of items; the first finding is the distance as a whole."""
    return [finding.what for finding in odd_items(replace(survey, counts=counts))][1:]


def drawn(counts: Counts, rng: np.random.Generator, part: float, drift: float = 0.0) -> Counts:
    """Other people: fewer of them, with a drift along each item's scale."""

    def shares(row: tuple[float, ...]) -> np.ndarray:
        size = len(row)
        tilt = rng.normal(0, drift) * np.linspace(-1, 1, size) + rng.normal(0, drift / 3, size)
        weights = np.array(row) * np.exp(tilt)
        return np.asarray(weights / weights.sum())

    return {
        culture: {
            key: tuple(rng.multinomial(int(part * sum(row)), shares(row)).tolist())
            for key, row in rows.items()
        }
        for culture, rows in counts.items()
    }


@pytest.mark.parametrize(
    ("item", "one", "other"),
    [("Q239", 2, 3), ("Q193", 3, 4), ("Q57", 0, 1), ("Q171", 0, 1), ("Q48", 4, 5), ("Q56", 0, 2)],
)
def test_two_codes_exchanged_in_one_item_of_the_same_data(
    known: Survey, item: str, one: int, other: int
) -> None:
    [what] = told(known, exchanged(known.counts, item, one, other, known.cultures))
    codes = known.item(item).codes
    assert what.startswith(f"{item} is far from the built-in counts: ")
    assert "where the file's items are at 0.00" in what
    read = f"with the codes {codes[one]} and {codes[other]} exchanged"
    assert f"{read} it would be at 0.00" in what or "with its scale reversed" in what


def test_one_culture_that_reads_an_item_otherwise(known: Survey) -> None:
    [what] = told(known, exchanged(known.counts, "Q46", 0, 3, ["DEU"]))
    assert what.startswith("Q46 is far from the built-in counts in DEU: with the codes 1 and 4 ")
    odd = {**known.counts, "DEU": {**known.counts["DEU"], "Q46": (100.0, 0.0, 0.0, 900.0)}}
    [what] = told(known, odd)
    assert what.startswith("Q46 is far from the built-in counts in DEU: ")


@pytest.mark.parametrize("part", [0.1, 1.0])
def test_chance_is_no_finding(known: Survey, part: float) -> None:
    people = drawn(known.counts, np.random.default_rng(1), part)
    assert told(known, people) == []
    assert any(what.startswith("Q239") for what in told(known, turned(known, people)))


def test_another_wave_is_held_against_itself(known: Survey) -> None:
    wave = drawn(known.counts, np.random.default_rng(2), 1.0, drift=0.25)
    assert len(told(known, wave)) <= 5
    result = [what for what in told(known, turned(known, wave)) if what.startswith("Q239")]
    assert "with the codes 3 and 4 exchanged" in result[0]


def turned(known: Survey, counts: Counts) -> Counts:
    return exchanged(counts, "Q239", 2, 3, known.cultures)


def test_a_few_items_are_held_against_a_distance(known: Survey) -> None:
    few = {culture: {"Q1": row} for culture, rows in known.counts.items() if (row := rows["Q1"])}
    assert told(known, few) == []
    assert (
        "with its scale reversed"
        in told(known, {culture: {"Q1": rows["Q1"][::-1]} for culture, rows in few.items()})[0]
    )


def test_many_findings_are_counted(known: Survey) -> None:
    counts: Counts = known.counts
    for number in range(27, 59):
        counts = exchanged(counts, f"Q{number}", 0, 1, known.cultures)
    result = told(known, counts)
    assert len(result) == 21
    assert result[-1] == "12 more items are as far from the built-in counts"
