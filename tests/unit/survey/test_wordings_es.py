"""Spanish: the items' scales keep their direction, prompts fill, replies are read."""

import csv
import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from acculturate.asking.parser import load_cues, parse
from acculturate.culture import cultures
from acculturate.framing import find_framing
from acculturate.prompts import find_prompt
from acculturate.records import Option
from acculturate.survey import load_survey

LANGUAGE = "es"
HERE = Path(__file__).parent
ITEMS = [f"Q{n}" for n in [*range(1, 42), 43, 44, 45]]
WORDINGS = {key: load_survey("wvs7-marginals").item(key).wordings[LANGUAGE] for key in ITEMS}
POLES: dict[str, Any] = tomllib.loads((HERE / f"poles_{LANGUAGE}.toml").read_text(encoding="utf-8"))
with (HERE / "poles.csv").open(encoding="utf-8", newline="") as file:
    ENDS = {row["item"]: (row["first"], row["last"]) for row in csv.DictReader(file)}
SURVEY = "the World Values Survey"


def fits(text: str, pole: str) -> bool:
    """Whether an option's text can mean a pole."""
    return matches(POLES[pole]["any"], text) and not matches(POLES[pole]["none"], text)


def matches(patterns: list[str], text: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


# Survey


@pytest.mark.parametrize("key", ITEMS)
def test_ends_of_the_scale_mean_what_their_codes_mean(key: str) -> None:
    first, last = ENDS[key]
    for wording in WORDINGS[key]:
        low, *inner, high = wording.texts
        assert fits(low, first), f"{key}: '{low}' does not read as {first}"
        assert fits(high, last), f"{key}: '{high}' does not read as {last}"
        assert not fits(high, first), f"{key}: '{high}' also reads as {first}"
        assert not fits(low, last), f"{key}: '{low}' also reads as {last}"
        for text in inner:
            assert not fits(text, first), f"{key}: '{text}' reads as {first}"
            assert not fits(text, last), f"{key}: '{text}' reads as {last}"


@pytest.mark.parametrize("key", [key for key in ITEMS if len(WORDINGS[key][0].texts) > 3])
def test_the_options_beside_the_ends_lean_to_their_side(key: str) -> None:
    first, last = (POLES[pole]["next"] for pole in ENDS[key])
    for wording in WORDINGS[key]:
        near_low, near_high = wording.texts[1], wording.texts[-2]
        assert [matches(first, text) for text in (near_low, near_high)] == [True, False]
        assert [matches(last, text) for text in (near_low, near_high)] == [False, True]


def test_the_44_items_have_two_wordings_each() -> None:
    survey = load_survey("wvs7-marginals")
    assert [key for key, item in survey.items.items() if LANGUAGE in item.wordings] == ITEMS
    for key, wordings in WORDINGS.items():
        assert len(wordings) == 2, key
        for wording in wordings:
            texts = wording.texts
            assert len(texts) == len(survey.item(key).codes), key
            assert len({text.casefold() for text in texts if text}) == len(texts), key


def test_middles_stand_in_the_middle() -> None:
    for wordings, size in ((WORDINGS["Q33"], 5), (WORDINGS["Q43"], 3)):
        for wording in wordings:
            assert re.search(r"^Ni |\bni .* ni |igual$|lo mismo$", wording.texts[size // 2])


def test_no_two_stems_are_alike_and_none_names_a_number() -> None:
    stems = [w.stem for wordings in WORDINGS.values() for w in wordings]
    bare = {re.sub(r"\W+", " ", stem).casefold().strip() for stem in stems}
    assert len(bare) == len(stems)
    assert not [stem for stem in stems if re.search(r"\d", stem)]
    assert not [stem for stem in stems if stem[-1] not in "?”"]


# Cultures and prompts


def test_every_culture_has_a_name_of_its_own() -> None:
    path = resources.files("acculturate.culture") / "names" / f"{LANGUAGE}.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [row["culture"] for row in rows] == list(cultures())
    assert len({row["name"] for row in rows}) == len(rows)
    assert all(row["name"] == row["name"].strip() != "" for row in rows)


def test_names_read_after_de_and_en() -> None:
    """No name begins with "el", which would have to join "de": all read after "de" and "en"."""
    babel = pytest.importorskip("babel")
    known = {n for tag in ("es", "es_MX") for n in babel.Locale.parse(tag).territories.values()}
    own = {"Gran Bretaña", "Irlanda del Norte", "Hong Kong", "Macao", "Myanmar"}
    names = {culture.named(LANGUAGE) for culture in cultures().values()}
    assert {re.sub("^(la|los) ", "", name) for name in names} <= known | own
    assert [name for name in sorted(names) if name[0].islower()] == ["la India", "los Países Bajos"]


@pytest.mark.parametrize("wording", range(3))
@pytest.mark.parametrize("survey", ["", SURVEY])
def test_framings_fill_for_every_culture(wording: int, survey: str) -> None:
    unaware = find_framing("unaware", LANGUAGE, wording, survey=survey)
    assert not unaware.needs_culture
    aware = find_framing("aware", LANGUAGE, wording, survey=survey)
    texts = {aware.system(culture) for culture in cultures().values()}
    assert len(texts) == len(cultures())
    for culture in cultures().values():
        assert culture.named(LANGUAGE) in aware.system(culture)
    for text in {*texts, unaware.system()}:
        assert ("World Values Survey" in text) == bool(survey)
        assert not re.search(r"\b(the|from|people)\b|[{}]|  | [.,]|\(\)|“”|„“", text)
        assert text.endswith(".")


@pytest.mark.parametrize("letters", [True, False])
def test_instruction_says_what_to_write(letters: bool) -> None:
    text = find_prompt("asking", "instruction", LANGUAGE).fill(letters=letters)
    assert ("letra" in text.lower()) == letters
    assert ("número" in text.lower()) != letters


# Replies

AGREE = [Option(n, str(n), text) for n, text in enumerate(WORDINGS["Q28"][0].texts, 1)]
IMPORTANCE = [Option(n, str(n), text) for n, text in enumerate(WORDINGS["Q1"][0].texts, 1)]
TEN = [Option(n, str(n), {1: "Nunca", 10: "Siempre"}.get(n, "")) for n in range(1, 11)]
LETTERS = [Option(n, "ABCD"[n - 1], text) for n, text in enumerate(WORDINGS["Q28"][0].texts, 1)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
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
)
def test_stated(text: str, code: int) -> None:
    assert parse(text, AGREE, LANGUAGE) == (code, "stated")


@pytest.mark.parametrize(
    ("text", "code"),
    [
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
)
def test_ten_points(text: str, code: int) -> None:
    assert parse(text, TEN, LANGUAGE) == (code, "stated")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("B", 2),
        ("C.", 3),
        ("Elijo la B.", 2),
        ("Elijo A.", 1),
        ("Mi respuesta es la opción D.", 4),
        ("Me inclino por la A, no por la B.", 1),
        ("La letra C", 3),
        ("D. Muy en desacuerdo", 4),
    ],
)
def test_letters(text: str, code: int) -> None:
    assert parse(text, LETTERS, LANGUAGE) == (code, "stated")


@pytest.mark.parametrize(
    "text",
    [
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
)
def test_refused(text: str) -> None:
    assert parse(text, TEN, LANGUAGE) == (None, "refused")


@pytest.mark.parametrize(
    "text",
    [
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
)
def test_unclear(text: str) -> None:
    assert parse(text, TEN, LANGUAGE) == (None, "unclear")


@pytest.mark.parametrize(
    "text", ["No estoy de acuerdo.", "No estoy muy de acuerdo.", "No tiene mucha importancia."]
)
def test_a_denied_option_is_not_stated(text: str) -> None:
    options = [*AGREE, *IMPORTANCE]
    assert parse(text, options, LANGUAGE).code is None


@pytest.mark.parametrize("key", ITEMS)
def test_no_option_reads_as_a_refusal_and_each_is_read_by_its_text(key: str) -> None:
    for wording in WORDINGS[key]:
        options = [Option(n, str(n), text) for n, text in enumerate(wording.texts, 1)]
        for option in options:
            assert not load_cues(LANGUAGE).refusal.search(option.text), option.text
            for shape in ("{0}", "{0}.", "{1}. {0}", "Yo diría: {0}.", "Yo diría: {1}"):
                text = shape.format(option.text, option.label)
                assert parse(text, options, LANGUAGE) == (option.code, "stated"), text
