"""The reviewed table of territories is complete, and each cell keeps its form."""

import csv
import re
from pathlib import Path

import pytest

PATH = Path(__file__).parents[3] / "src/acculturate/culture/territories.csv"
HEADER = ["culture", "name", "demonym", "adjective", "languages", "zone", "continent", "wvs_code"]
N_TERRITORIES = 200  # the 66 of World Values Survey wave 7, and every other state
BUILTIN = "AUS BOL BRA CAN CHN DEU ETH GBR IND KEN MEX NGA NLD NZL RUS THA UKR USA ZWE"
ZONES = {
    *("African-Islamic", "Latin America", "English-Speaking", "Confucian", "West & South Asia"),
    *("Catholic Europe", "Protestant Europe", "Orthodox Europe"),
}
CONTINENTS = {"Africa", "Asia", "Europe", "North America", "South America", "Oceania"}
SPOKEN_WITH_Y = {"Ugandan", "Ukrainian", "Uruguayan"}  # a written vowel, heard as a consonant
TAG = re.compile(r"([a-z]{2,3})(?:-([A-Z][a-z]{3}))?")

with PATH.open(encoding="utf-8", newline="") as file:
    ROWS: list[dict[str, str]] = list(csv.DictReader(file))
each_row = pytest.mark.parametrize("row", ROWS, ids=[row["culture"] for row in ROWS])


def column(name: str) -> list[str]:
    return [row[name] for row in ROWS]


@pytest.mark.parametrize("name", ["culture", "name", "demonym", "adjective", "wvs_code"])
def test_one_row_for_each_territory(name: str) -> None:
    assert len(ROWS) == N_TERRITORIES
    assert len(set(column(name))) == N_TERRITORIES


def test_sorted_by_culture_and_holds_the_builtin_ones() -> None:
    assert column("culture") == sorted(column("culture"))
    assert set(column("culture")) >= set(BUILTIN.split(" "))


@each_row
def test_cells_keep_their_form(row: dict[str, str]) -> None:
    assert list(row) == HEADER
    assert all(cell == cell.strip() for cell in row.values())
    assert all(cell for name, cell in row.items() if name != "zone")
    assert re.fullmatch(r"[A-Z]{3}", row["culture"])
    assert re.fullmatch(r"[1-9][0-9]{0,2}", row["wvs_code"])  # a number: no leading zeros
    assert row["zone"] in {"", *ZONES}
    assert row["continent"] in CONTINENTS


@each_row
def test_demonym_starts_with_the_right_article(row: dict[str, str]) -> None:
    article, word = row["demonym"].split()[:2]
    vowel = word[0].lower() in "aeiou" and word not in SPOKEN_WITH_Y
    assert article == ("an" if vowel else "a")


@each_row
def test_languages_are_known(row: dict[str, str]) -> None:
    english = pytest.importorskip("babel").Locale("en")
    tags = row["languages"].split(" ")
    assert len(tags) == len(set(tags))
    for tag in tags:
        match = TAG.fullmatch(tag)
        assert match, tag
        assert match[1] in english.languages, tag
        assert match[2] is None or match[2] in english.scripts, tag
