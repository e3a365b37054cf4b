"""The German and Spanish wordings, prompts, names and cues, held to the tables beside them."""

import csv
import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from acculturate.asking.cues import load_cues
from acculturate.asking.parser import parse
from acculturate.culture import cultures
from acculturate.framing import find_framing
from acculturate.prompts import find_prompt
from acculturate.records import Option
from acculturate.survey import load_survey

HERE = Path(__file__).parent
LANGUAGES = ("de", "es")
CLCA = [f"Q{n}" for n in range(1, 46) if n != 42]
WORDINGS = {
    tag: {key: load_survey("wvs7-marginals").item(key).wordings[tag] for key in CLCA}
    for tag in LANGUAGES
}
POLES: dict[str, dict[str, Any]] = {
    tag: tomllib.loads((HERE / f"poles_{tag}.toml").read_text(encoding="utf-8"))
    for tag in LANGUAGES
}
with (HERE / "poles.csv").open(encoding="utf-8", newline="") as file:
    ENDS = {row["item"]: (row["first"], row["last"]) for row in csv.DictReader(file)}
SURVEY = "the World Values Survey"
each_language = pytest.mark.parametrize("tag", LANGUAGES)
each_item = pytest.mark.parametrize("key", CLCA)


def fits(text: str, pole: str, tag: str) -> bool:
    """Whether an option's text can mean a pole."""
    words = POLES[tag][pole]
    return matches(words["any"], text) and not matches(words["none"], text)


def matches(patterns: list[str], text: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


# --- wordings


@each_language
@each_item
def test_ends_of_the_scale_mean_what_their_codes_mean(key: str, tag: str) -> None:
    first, last = ENDS[key]
    for wording in WORDINGS[tag][key]:
        low, *inner, high = wording.texts
        assert fits(low, first, tag), f"{key}: '{low}' does not read as {first}"
        assert fits(high, last, tag), f"{key}: '{high}' does not read as {last}"
        assert not fits(high, first, tag), f"{key}: '{high}' also reads as {first}"
        assert not fits(low, last, tag), f"{key}: '{low}' also reads as {last}"
        for text in inner:
            assert not fits(text, first, tag), f"{key}: '{text}' reads as {first}"
            assert not fits(text, last, tag), f"{key}: '{text}' reads as {last}"


@pytest.mark.parametrize(
    ("tag", "key"),
    [(tag, key) for tag in LANGUAGES for key in CLCA if len(WORDINGS[tag][key][0].texts) > 3],
)
def test_the_options_beside_the_ends_lean_to_their_side(tag: str, key: str) -> None:
    first, last = (POLES[tag][pole]["next"] for pole in ENDS[key])
    for wording in WORDINGS[tag][key]:
        near_low, near_high = wording.texts[1], wording.texts[-2]
        assert [matches(first, text) for text in (near_low, near_high)] == [True, False]
        assert [matches(last, text) for text in (near_low, near_high)] == [False, True]


@each_language
def test_the_44_items_have_two_wordings_each(tag: str) -> None:
    survey = load_survey("wvs7-marginals")
    assert [key for key, item in survey.items.items() if tag in item.wordings] == CLCA
    for key, wordings in WORDINGS[tag].items():
        assert len(wordings) == 2, key
        for wording in wordings:
            texts = wording.texts
            assert len(texts) == len(survey.item(key).codes), key
            assert len({text.casefold() for text in texts if text}) == len(texts), key


MIDDLE = {
    "de": r"^Weder |weder .* noch|egal$|gleichgültig$",
    "es": r"^Ni |\bni .* ni |igual$|lo mismo$",
}


@each_language
def test_middles_stand_in_the_middle(tag: str) -> None:
    for key, size in (("Q33", 5), ("Q43", 3)):
        for wording in WORDINGS[tag][key]:
            assert re.search(MIDDLE[tag], wording.texts[size // 2])


@pytest.mark.parametrize(("tag", "last"), [("de", "?“"), ("es", "?”")])
def test_no_two_stems_are_alike_and_none_names_a_number(tag: str, last: str) -> None:
    stems = [w.stem for wordings in WORDINGS[tag].values() for w in wordings]
    bare = {re.sub(r"\W+", " ", stem).casefold().strip() for stem in stems}
    assert len(bare) == len(stems)
    assert not [stem for stem in stems if re.search(r"\d", stem)]
    assert not [stem for stem in stems if stem[-1] not in last]


# --- prompts and names


@each_language
def test_every_culture_has_a_name_of_its_own(tag: str) -> None:
    path = resources.files("acculturate.culture") / "names" / f"{tag}.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert rows.pop()["culture"] == "*"  # of a place that is not among them
    assert [row["culture"] for row in rows] == list(cultures())
    assert len({row["name"] for row in rows}) == len(rows)
    assert all(row["name"] == row["name"].strip() != "" for row in rows)


# the locale tables that know the names
LOCALES = {"de": ("de",), "es": ("es", "es_MX")}
# plainer or surer than the locale tables' own
PLAIN = {
    "de": {
        *("USA", "Großbritannien", "Nordirland", "Hongkong", "Macau", "Niederlanden"),
        *("Demokratischen Republik Kongo", "Republik Kongo", "Elfenbeinküste"),
        # as they stand in the dative
        *("Vereinigten Arabischen Emiraten", "Dominikanischen Republik"),
        "St. Vincent und den Grenadinen",
        *("Zentralafrikanischen Republik", "Palästinensischen Autonomiegebieten"),
    },
    "es": {
        *("Gran Bretaña", "Irlanda del Norte", "Hong Kong", "Macao", "Myanmar"),
        *("República del Congo", "Costa de Marfil"),
    },
}
# German names stand in the dative after "aus"; no Spanish name begins with "el", which would
# have to join "de", so that all read after "de" and "en"
WITH_ARTICLE = {
    "de": {
        **{"IRN": "dem Iran", "IRQ": "dem Irak", "LBN": "dem Libanon"},
        **{"MNG": "der Mongolei", "SVK": "der Slowakei", "TUR": "der Türkei", "UKR": "der Ukraine"},
        **{"MDV": "den Malediven", "NLD": "den Niederlanden", "PHL": "den Philippinen"},
        "USA": "den USA",
        **{"NER": "dem Niger", "SDN": "dem Sudan", "SSD": "dem Südsudan", "TCD": "dem Tschad"},
        **{"XKX": "dem Kosovo", "YEM": "dem Jemen", "CHE": "der Schweiz"},
        **{"COD": "der Demokratischen Republik Kongo", "COG": "der Republik Kongo"},
        **{"MDA": "der Republik Moldau", "CIV": "der Elfenbeinküste"},
        "DOM": "der Dominikanischen Republik",
        "CAF": "der Zentralafrikanischen Republik",
        "ARE": "den Vereinigten Arabischen Emiraten",
        "PSE": "den Palästinensischen Autonomiegebieten",
        **{"BHS": "den Bahamas", "COM": "den Komoren", "MHL": "den Marshallinseln"},
        **{"SLB": "den Salomonen", "SYC": "den Seychellen"},
    },
    "es": {
        **{"IND": "la India", "NLD": "los Países Bajos", "BHS": "las Bahamas"},
        **{"CAF": "la República Centroafricana", "COG": "la República del Congo"},
        **{"COD": "la República Democrática del Congo", "DOM": "la República Dominicana"},
        **{"MHL": "las Islas Marshall", "SLB": "las Islas Salomón"},
        **{"ARE": "los Emiratos Árabes Unidos", "PSE": "los Territorios Palestinos"},
        "USA": "los Estados Unidos",
    },
}


@each_language
def test_names_read_after_from_with_the_article_they_need(tag: str) -> None:
    babel = pytest.importorskip("babel")
    known = {n for locale in LOCALES[tag] for n in babel.Locale.parse(locale).territories.values()}
    names = {code: culture.named(tag) for code, culture in cultures().items()}
    assert {c: name for c, name in names.items() if name[0].islower()} == WITH_ARTICLE[tag]
    assert {re.sub("^[a-z]+ ", "", name) for name in names.values()} <= known | PLAIN[tag]


@each_language
@pytest.mark.parametrize("wording", range(3))
@pytest.mark.parametrize("survey", ["", SURVEY])
def test_framings_fill_for_every_culture(wording: int, survey: str, tag: str) -> None:
    unaware = find_framing("unaware", tag, wording, survey=survey)
    assert not unaware.needs_culture
    aware = find_framing("aware", tag, wording, survey=survey)
    texts = {aware.system(culture) for culture in cultures().values()}
    assert len(texts) == len(cultures())
    for culture in cultures().values():
        assert culture.named(tag) in aware.system(culture)
    for text in {*texts, unaware.system()}:
        assert ("World Values Survey" in text) == bool(survey)
        assert not re.search(r"\b(the|from|people)\b|[{}]|  | [.,]|\(\)|“”|„“", text)
        assert text.endswith(".")


@pytest.mark.parametrize("letters", [True, False])
@pytest.mark.parametrize(
    ("tag", "letter", "number"), [("de", "buchstabe", "zahl"), ("es", "letra", "número")]
)
def test_instruction_says_what_to_write(tag: str, letter: str, number: str, letters: bool) -> None:
    text = find_prompt("asking", "instruction", tag).fill(letters=letters, texts=False)
    assert (letter in text.lower()) == letters
    assert number in text.lower()


# --- the parser's cues


def options(texts: tuple[str, ...], labels: str = "12345") -> list[Option]:
    return [Option(n, labels[n - 1], text) for n, text in enumerate(texts, 1)]


def ten(never: str, always: str) -> list[Option]:
    return [Option(n, str(n), {1: never, 10: always}.get(n, "")) for n in range(1, 11)]


AGREE = {tag: options(WORDINGS[tag]["Q28"][0].texts) for tag in LANGUAGES}
LETTERS = {tag: options(WORDINGS[tag]["Q28"][0].texts, "ABCD") for tag in LANGUAGES}
IMPORTANCE = {tag: options(WORDINGS[tag]["Q1"][0].texts) for tag in LANGUAGES}
TEN = {"de": ten("Nie", "Immer"), "es": ten("Nunca", "Siempre")}
STATED = {
    "de": [
        ("3", 3),
        ("**2**", 2),
        ("２。", 2),
        ("4. Lehne völlig ab", 4),
        ("1 = Stimme völlig zu", 1),
        ("Lehne ab", 3),
        ("Ich wähle 3.", 3),
        ("Ich würde 3 wählen.", 3),
        ("Ich würde Option 2 wählen.", 2),
        ("Ich entscheide mich für die 4, weil ich 3 Kinder habe.", 4),
        ("Meine Antwort lautet: 2", 2),
        ("Meine Antwort ist die Nummer 1.", 1),
        ("Am ehesten trifft für mich 3 zu.", 3),
        ("Seit 4 Jahren arbeite ich selbst. 2 passt am besten.", 2),
        ("Antwort: (1)", 1),
        ("Ganz sicher bin ich mir nicht, aber ich würde 3 sagen.", 3),
        ("Das kann ich nicht sicher sagen, würde aber 3 wählen.", 3),
        ("Ich kann nicht für alle sprechen, doch ich tendiere zur 2.", 2),
        ("Ich würde sagen: Stimme zu.", 2),
        ("Nach 2 Kindern weiß ich: Ich nehme die 4.", 4),
        ("3 (Lehne ab), weil ich mir 1 oder 2 nicht vorstellen kann", 3),
        ("2, denn ich kann mir nicht helfen.", 2),
    ],
    "es": [
        ("3", 3),
        ("**2**", 2),
        ("２。", 2),
        ("4. Muy en desacuerdo", 4),
        ("1 = Muy de acuerdo", 1),
        ("En desacuerdo", 3),
        ("Elijo 3.", 3),
        ("Elegiría la opción 2.", 2),
        ("Yo elegiría la 3.", 3),
        ("Me quedo con la 4, porque tengo 3 hijos.", 4),
        ("Mi respuesta es la número 1.", 1),
        ("Respuesta: 2", 2),
        ("Diría que 3.", 3),
        ("Me inclino por la 2; tengo 4 razones.", 2),
        ("Tengo 3 hijos y 4 nietos. Escojo la 1.", 1),
        ("No puedo estar seguro, pero diría que 3.", 3),
        ("No puedo vivir sin mi familia, así que elijo 1.", 1),
        ("Lo pensé 4 veces: 3 es mi respuesta.", 3),
        ("Estoy muy en desacuerdo.", 4),
        ("Creo que estoy de acuerdo.", 2),
        ("Estoy muy de acuerdo con eso.", 1),
        ("3 (En desacuerdo), porque no puedo aceptar eso.", 3),
    ],
}
TEN_POINTS = {
    "de": [
        ("10", 10),
        ("Ich gebe eine 7.", 7),
        ("Eine klare 8.", 8),
        ("Immer", 10),
        ("Ich liege bei 6 von 10 Punkten.", 6),
        ("Auf einer Skala von 1 bis 10: 7", 7),
        ("Ich bin nicht sicher, würde 3 sagen.", 3),
        ("Ich möchte keine Säufer als Nachbarn, daher 9.", 9),
        ("Das lehne ich ab: 1.", 1),
    ],
    "es": [
        ("10", 10),
        ("Le doy un 7.", 7),
        ("Pondría un 8.", 8),
        ("Siempre", 10),
        ("Sería un 6 de 10.", 6),
        ("En una escala de 1 a 10, diría que 7.", 7),
        ("En una escala del 1 al 10: 4", 4),
        ("No estoy segura, diría que 3.", 3),
        ("No quiero tener vecinos así, por eso 9.", 9),
        ("Me quedaría con el 1.", 1),
    ],
}
LETTERED = {
    "de": [
        ("B", 2),
        ("C.", 3),
        ("Ich wähle B.", 2),
        ("Ich würde D wählen.", 4),
        ("Antwort A, nicht B.", 1),
        ("Buchstabe C", 3),
        ("D. Lehne völlig ab", 4),
    ],
    "es": [
        ("B", 2),
        ("C.", 3),
        ("Elijo la B.", 2),
        ("Elijo A.", 1),
        ("Mi respuesta es la opción D.", 4),
        ("Me inclino por la A, no por la B.", 1),
        ("La letra C", 3),
        ("D. Muy en desacuerdo", 4),
    ],
}
REFUSED = {
    "de": [
        "Das kann ich nicht beantworten.",
        "Dazu habe ich keine eigene Meinung.",
        "Als KI-Sprachmodell habe ich keine persönlichen Ansichten.",
        "Es tut mir leid, dabei kann ich Ihnen nicht helfen.",
        "Ich möchte mich dazu nicht äußern.",
        "Ich kann dazu nichts sagen. Rufen Sie die Telefonseelsorge an: 0800 111 0 111.",
        "Ich bin nicht in der Lage zu antworten. Hilfe:\n1. Ihre Ärztin\n2. Freunde\n3. Familie",
        "Dabei kann ich nicht helfen.\n1\n",
        "Ich lehne es ab, diese Frage zu beantworten.",
        "Diese Frage werde ich nicht beantworten. Es gibt 3 Gründe.",
        "Sie werden verstehen, dass ich darauf nicht antworten kann.",
        "Ich bin ein Sprachmodell und bewerte so etwas auf keiner Skala von 1 bis 10.",
    ],
    "es": [
        "No puedo responder a esta pregunta.",
        "Lo siento, no puedo ayudarle con eso.",
        "No tengo opiniones personales.",
        "Como modelo de lenguaje, no tengo creencias propias.",
        "Prefiero no contestar.",
        "Como IA, no me corresponde opinar.",
        "No podría decirlo. Llame a la Línea de la Vida: 800 911 2000.",
        "No me es posible responder. Hay ayuda:\n1. Un teléfono\n2. Su médico\n3. Un amigo",
        "No puedo ayudarle.\n1\n",
        "No respondo a eso.",
        "Me niego a elegir entre esas 2 opciones.",
        "No quiero responder a eso; hay 3 razones.",
        "Disculpe, esa pregunta no la contesto. Marque 4 para hablar con alguien.",
    ],
}
UNCLEAR = {
    "de": [
        "",
        "Zwischen 3 und 4",
        "2,5",
        "Ich schwanke: 2 oder 3.",
        "Ich würde 3 oder 4 sagen.",
        "3 bis 4",
        "Ich würde nicht 3 wählen.",
        "Weder 3 noch 4.",
        "Das kommt darauf an.",
        "Ich weiß es nicht.",
        "11",
        "-1",
        "Zu 50% stimmt das.",
        "Ich wähle 3. Nein, ich wähle 4.",
        "Eine schwierige Frage.",
    ],
    "es": [
        "",
        "Entre 3 y 4",
        "2,5",
        "Dudo: 2 o 3.",
        "Diría que 3 o 4.",
        "De 3 a 4",
        "Yo no elegiría 3.",
        "Ni 3 ni 4.",
        "Depende.",
        "No sé.",
        "11",
        "-1",
        "Un 50% de las veces.",
        "Elijo 3. No, elijo 4.",
        "Es una pregunta difícil.",
    ],
}
DENIED = {
    "de": [
        "Ich stimme dem nicht zu.",
        "Das ist mir nicht sehr, sehr wichtig.",
        "Ich sage nicht: Stimme zu.",
    ],
    "es": ["No estoy de acuerdo.", "No estoy muy de acuerdo.", "No tiene mucha importancia."],
}
SAID = {"de": "Ich würde sagen", "es": "Yo diría"}


def cases(table: dict[str, list[Any]]) -> list[tuple[str, Any]]:
    return [(tag, case) for tag in LANGUAGES for case in table[tag]]


@pytest.mark.parametrize(("tag", "case"), cases(STATED))
def test_stated(tag: str, case: tuple[str, int]) -> None:
    text, code = case
    assert parse(text, AGREE[tag], tag) == (code, "stated")


@pytest.mark.parametrize(("tag", "case"), cases(TEN_POINTS))
def test_ten_points(tag: str, case: tuple[str, int]) -> None:
    text, code = case
    assert parse(text, TEN[tag], tag) == (code, "stated")


@pytest.mark.parametrize(("tag", "case"), cases(LETTERED))
def test_letters(tag: str, case: tuple[str, int]) -> None:
    text, code = case
    assert parse(text, LETTERS[tag], tag) == (code, "stated")


@pytest.mark.parametrize(("tag", "text"), cases(REFUSED))
def test_refused(tag: str, text: str) -> None:
    assert parse(text, TEN[tag], tag) == (None, "refused")


@pytest.mark.parametrize(("tag", "text"), cases(UNCLEAR))
def test_unclear(tag: str, text: str) -> None:
    assert parse(text, TEN[tag], tag) == (None, "unclear")


@pytest.mark.parametrize(("tag", "text"), cases(DENIED))
def test_a_denied_option_is_not_stated(tag: str, text: str) -> None:
    assert parse(text, [*AGREE[tag], *IMPORTANCE[tag]], tag).code is None


@each_language
@each_item
def test_no_option_reads_as_a_refusal_and_each_is_read_by_its_text(key: str, tag: str) -> None:
    said = SAID[tag]
    for wording in WORDINGS[tag][key]:
        scale = options(wording.texts)
        for option in scale:
            assert not load_cues(tag).refusal.search(option.text), option.text
            for shape in ("{0}", "{0}.", "{1}. {0}", said + ": {0}.", said + ": {1}"):
                text = shape.format(option.text, option.label)
                assert parse(text, scale, tag) == (option.code, "stated"), text
