"""Names of countries as data files spell them."""

import csv
from importlib import resources

import pytest

from acculturate.culture import cultures, find_culture
from acculturate.culture.territory import find_territory, nearest_culture
from acculturate.errors import SurveyError

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
    source = resources.files("acculturate.culture") / "territory_names.csv"
    rows = list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
    assert {row["culture"] for row in rows} <= set(cultures())
    assert [row["name"] for row in rows if find_territory(row["name"]) != row["culture"]] == []
    assert all(find_territory(culture.name) == code for code, culture in cultures().items())


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("GER", " Did you mean 'DEU' (Germany)?"),
        ("Germany", " Did you mean 'DEU' (Germany)?"),
        ("deu", " Did you mean 'DEU' (Germany)?"),
        ("UK", " Did you mean 'GBR' (Great Britain)?"),
        ("DEV", " Did you mean 'DEU' (Germany)?"),
        ("Germnay", " Did you mean 'DEU' (Germany)?"),
        ("DEU-eest", " Did you mean 'DEU-east'?"),
        ("FRA", ""),  # another country, and so is the next
        ("Austria", ""),
        ("AUT", ""),
        ("DEU", ""),
    ],
)
def test_what_is_meant_among_the_cultures_of_a_survey(text: str, right: str) -> None:
    assert nearest_culture(text, ("AUS", "BRA", "DEU", "DEU-east", "GBR")) == right


def test_a_culture_that_is_not_known_is_met_with_its_code() -> None:
    with pytest.raises(SurveyError, match=r"no culture 'Zimb'\. Did you mean 'ZWE' \(Zimbabwe\)\?"):
        find_culture("Zimb")
    with pytest.raises(SurveyError, match=r"no culture 'CHM'\. `acculturate survey cultures`"):
        find_culture("CHM")


def test_a_message_names_a_culture_once() -> None:
    """However a culture is misspelt, its name stands once, in brackets behind its code."""
    table = cultures()
    for code, territory in table.items():
        for text in (
            territory.name,
            territory.name[:-1],
            f"{territory.name}x",
            code.lower(),
            f"{code[:2]}x",
        ):
            hint = nearest_culture(text, table)
            assert hint.count("(") == hint.count("Did you mean") <= 1
            if text == territory.name:
                with pytest.raises(SurveyError) as told:
                    find_culture(text)
                assert str(told.value).count(f"({territory.name})") == 1
