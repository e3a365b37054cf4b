"""Names of countries as data files spell them."""

import csv
from importlib import resources

import pytest

from acculturate.culture import cultures
from acculturate.survey.territory import find_territory

# names of the World Values Survey and of Pew's surveys that the table of cultures spells otherwise
SPELLED = {
    **{"Palest. ter.": "PSE", "S. Africa": "ZAF", "S. Korea": "KOR", "Britain": "GBR"},
    **{"Bosnia Herzegovina": "BIH", "Bosnia & Herzegovina": "BIH", "Czech Rep.": "CZE"},
    **{"Hong Kong SAR": "HKG", "Macau SAR": "MAC", "Taiwan ROC": "TWN", "Turkey": "TUR"},
    **{"Ivory Coast": "CIV", "C\u00f4te d\u2019Ivoire": "CIV", "N. Ireland": "NIR", "U.K.": "GBR"},
    **{"Burkina Faso": "BFA", "Tanzania": "TZA", "Andorra": "AND", "Greece": "GRC"},
    **{"St. Lucia": "LCA", "Gambia, The": "GMB", "Dominican Rep.": "DOM", "Viet Nam": "VNM"},
    **{"250": "FRA", "008": "ALB", "909": "NIR", "FRA": "FRA", "MOR": "MAR", "Mali": "MLI"},
}


@pytest.mark.parametrize(("text", "code"), SPELLED.items())
def test_territories_are_known_as_files_spell_them(text: str, code: str) -> None:
    assert find_territory(text) == code


def test_what_is_no_territory_is_none() -> None:
    assert [find_territory(text) for text in ("", "the", "Europe", "Atlantis", "Korea DPR X")] == [
        None
    ] * 5


def test_every_state_is_known_by_its_english_name_and_codes() -> None:
    babel = pytest.importorskip("babel")
    aliases = pytest.importorskip("babel.core").get_global("territory_aliases")
    english = babel.Locale.parse("en").territories
    source = resources.files("acculturate.culture") / "territories.csv"
    rows = list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
    for code, number in ((row["culture"], row["wvs_code"]) for row in rows):
        if code not in ("NIR", "XKX"):  # not among the states of ISO 3166
            two = aliases[code][0]
            assert aliases[number.zfill(3)][0] == two
            assert find_territory(english[two]) == find_territory(number) == code


def test_no_name_means_two_territories() -> None:
    source = resources.files("acculturate.survey") / "territory_names.csv"
    rows = list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
    assert {row["culture"] for row in rows} <= set(cultures())
    assert [row["name"] for row in rows if find_territory(row["name"]) != row["culture"]] == []
    assert all(find_territory(each.name) == code for code, each in cultures().items())
