"""A territory in a sentence: its name with the preposition and the article that people use."""

import csv
import re
from importlib import resources

import pytest

from acculturate.culture import Culture, cultures, find_culture, language_name, place

GERMAN = {
    "at": r"(?:in|auf) (?:(?:der|den) )?[A-ZÄÖÜ]|im [A-Z]",
    "to": r"nach [A-ZÄÖÜS]|(?:in|auf) (?:die|den) [A-ZÄÖÜ]",
    "origin": r"(?:aus|von) (?:(?:der|den|dem) )?[A-ZÄÖÜ]",
}
SPANISH = {"at": r"en ", "to": r"a (?!el )", "origin": r"de (?!el )"}


@pytest.mark.parametrize(("language", "forms"), [("de", GERMAN), ("es", SPANISH)])
def test_every_territory_has_its_prepositions(language: str, forms: dict[str, str]) -> None:
    for culture in cultures().values():
        named = culture.named(language)
        for way, form in forms.items():
            assert re.match(form, getattr(named, way)), (culture.code, getattr(named, way))
        bare = re.sub(r"^(?:der|den|dem|la|las|los) ", "", named)
        for way in (named.at, named.origin):
            assert way.endswith(bare), (culture.code, way)


@pytest.mark.parametrize("language", ["de", "es", "ja", "zh"])
def test_every_territory_is_named_once_in_every_language(language: str) -> None:
    source = resources.files("acculturate.culture") / "names" / f"{language}.csv"
    rows = list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
    codes = [row["culture"] for row in rows if row["culture"] != "*"]
    assert sorted(codes) == sorted(cultures())
    assert len({row["name"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("code", "language", "said"),
    [
        ("USA", "de", ("in den USA", "in die USA", "aus den USA")),
        ("TUR", "de", ("in der Türkei", "in die Türkei", "aus der Türkei")),
        ("IRN", "de", ("im Iran", "in den Iran", "aus dem Iran")),
        ("PHL", "de", ("auf den Philippinen", "auf die Philippinen", "von den Philippinen")),
        ("NLD", "de", ("in den Niederlanden", "in die Niederlande", "aus den Niederlanden")),
        ("DEU", "de", ("in Deutschland", "nach Deutschland", "aus Deutschland")),
        ("USA", "es", ("en los Estados Unidos", "a los Estados Unidos", "de los Estados Unidos")),
        ("IND", "es", ("en la India", "a la India", "de la India")),
        ("SLV", "es", ("en El Salvador", "a El Salvador", "de El Salvador")),
        ("USA", "en", ("in the United States", "to the United States", "from the United States")),
    ],
)
def test_as_people_say_it(code: str, language: str, said: tuple[str, str, str]) -> None:
    assert find_culture(code).named(language).ways == said


def test_a_territory_of_a_users_own_has_the_usual_prepositions() -> None:
    own = Culture("BAY", "Bayern", "", "", ("de",), "", "")
    assert own.named("de").ways == ("in Bayern", "nach Bayern", "aus Bayern")
    assert own.named("es").at == "en Bayern"
    assert place("BAY", "Bayern", "ja") == "Bayern"


def test_every_language_of_a_territory_has_a_name() -> None:
    for culture in cultures().values():
        for tag in culture.languages:
            assert language_name(tag) != tag
    assert language_name("pt-BR") == "Portuguese"
