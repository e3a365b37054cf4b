"""German: the items' scales keep their direction, prompts fill, replies are read."""

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

LANGUAGE = "de"
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
            assert re.search(r"^Weder |weder .* noch|egal$|gleichgültig$", wording.texts[size // 2])


def test_no_two_stems_are_alike_and_none_names_a_number() -> None:
    stems = [w.stem for wordings in WORDINGS.values() for w in wordings]
    bare = {re.sub(r"\W+", " ", stem).casefold().strip() for stem in stems}
    assert len(bare) == len(stems)
    assert not [stem for stem in stems if re.search(r"\d", stem)]
    assert not [stem for stem in stems if stem[-1] not in "?“"]


# Cultures and prompts


def test_every_culture_has_a_name_of_its_own() -> None:
    path = resources.files("acculturate.culture") / "names" / f"{LANGUAGE}.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [row["culture"] for row in rows] == list(cultures())
    assert len({row["name"] for row in rows}) == len(rows)
    assert all(row["name"] == row["name"].strip() != "" for row in rows)


def test_names_read_after_aus_with_the_article_they_need() -> None:
    """`culture.named("de")` stands in the dative: "aus der Türkei", "aus den USA"."""
    babel = pytest.importorskip("babel")
    known = set(babel.Locale("de").territories.values())
    own = {"USA", "Großbritannien", "Nordirland", "Hongkong", "Macau", "Niederlanden"}
    names = {code: culture.named(LANGUAGE) for code, culture in cultures().items()}
    bare = {code: re.sub("^(dem|den|der) ", "", name) for code, name in names.items()}
    assert set(bare.values()) <= known | own
    articles = {code: names[code].split()[0] for code in names if names[code] != bare[code]}
    assert articles == {
        **dict.fromkeys(("IRN", "IRQ", "LBN"), "dem"),
        **dict.fromkeys(("MNG", "SVK", "TUR", "UKR"), "der"),
        **dict.fromkeys(("MDV", "NLD", "PHL", "USA"), "den"),
    }


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
    assert ("buchstabe" in text.lower()) == letters
    assert ("zahl" in text.lower()) != letters


# Replies

AGREE = [Option(n, str(n), text) for n, text in enumerate(WORDINGS["Q28"][0].texts, 1)]
IMPORTANCE = [Option(n, str(n), text) for n, text in enumerate(WORDINGS["Q1"][0].texts, 1)]
TEN = [Option(n, str(n), {1: "Nie", 10: "Immer"}.get(n, "")) for n in range(1, 11)]
LETTERS = [Option(n, "ABCD"[n - 1], text) for n, text in enumerate(WORDINGS["Q28"][0].texts, 1)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
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
)
def test_stated(text: str, code: int) -> None:
    assert parse(text, AGREE, LANGUAGE) == (code, "stated")


@pytest.mark.parametrize(
    ("text", "code"),
    [
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
)
def test_ten_points(text: str, code: int) -> None:
    assert parse(text, TEN, LANGUAGE) == (code, "stated")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("B", 2),
        ("C.", 3),
        ("Ich wähle B.", 2),
        ("Ich würde D wählen.", 4),
        ("Antwort A, nicht B.", 1),
        ("Buchstabe C", 3),
        ("D. Lehne völlig ab", 4),
    ],
)
def test_letters(text: str, code: int) -> None:
    assert parse(text, LETTERS, LANGUAGE) == (code, "stated")


@pytest.mark.parametrize(
    "text",
    [
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
)
def test_refused(text: str) -> None:
    assert parse(text, TEN, LANGUAGE) == (None, "refused")


@pytest.mark.parametrize(
    "text",
    [
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
)
def test_unclear(text: str) -> None:
    assert parse(text, TEN, LANGUAGE) == (None, "unclear")


@pytest.mark.parametrize(
    "text",
    [
        "Ich stimme dem nicht zu.",
        "Das ist mir nicht sehr, sehr wichtig.",
        "Ich sage nicht: Stimme zu.",
    ],
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
            for shape in (
                "{0}",
                "{0}.",
                "{1}. {0}",
                "Ich würde sagen: {0}.",
                "Ich würde sagen: {1}",
            ):
                text = shape.format(option.text, option.label)
                assert parse(text, options, LANGUAGE) == (option.code, "stated"), text
