import csv
import tomllib
from importlib import resources

import pytest

from acculturate.clca.descriptors import DIMENSIONS, describe, figures, level
from acculturate.culture import cultures, find_culture
from acculturate.errors import ConfigError, SurveyError

PAPER = {"CHN": "zh-Hans", "DEU": "de", "GBR": "en", "JPN": "ja", "MEX": "es"}


@pytest.mark.parametrize(("code", "language"), PAPER.items())
def test_the_papers_cultures_have_all_eight_in_their_language(code: str, language: str) -> None:
    result = describe(find_culture(code), language)
    assert result.missing == ()
    assert len(result.text.splitlines()) == 8


def test_a_level_is_the_figure_cut_by_the_documented_rule() -> None:
    china = figures("CHN").values
    assert (china["power"], china["individualism"]) == (80, 20)
    assert level("power", 80) == 4  # a figure on a cut is above it
    assert level("individualism", 20) == 1
    assert [level("power", value) for value in (0, 19, 20, 39, 40, 60, 104)] == [
        0,
        0,
        1,
        1,
        2,
        3,
        4,
    ]
    assert level("self_expression", figures("DEU").values["self_expression"]) == 4


def test_map_cuts_are_the_quintiles_of_the_table() -> None:
    import numpy as np

    folder = resources.files("acculturate.clca") / "dimensions"
    text = (folder / "dimensions.csv").read_text(encoding="utf-8")
    cuts = tomllib.loads((folder / "words.toml").read_text(encoding="utf-8"))["cuts"]
    rows = list(csv.DictReader(text.splitlines()))
    for name in ("self_expression", "secular"):
        values = [float(row[name]) for row in rows if row[name]]
        assert len(values) == 107
        assert cuts[name] == pytest.approx(np.quantile(values, [0.2, 0.4, 0.6, 0.8]), abs=6e-4)


@pytest.mark.parametrize(
    ("code", "hofstede", "power"),
    [("DEU", "GER", 35), ("CHN", "CHI", 80), ("SVK", "SLK", 104), ("CHE", "SWI", 34),
     ("SLV", "SAL", 66), ("SVN", "SLV", 71), ("MKD", "MAC", None), ("MNE", "MNG", None)],
)  # fmt: skip
def test_codes_that_are_not_iso_are_led_to_iso(
    code: str, hofstede: str, power: float | None
) -> None:
    text = (resources.files("acculturate.clca") / "dimensions" / "dimensions.csv").read_text(
        encoding="utf-8"
    )
    row = next(row for row in csv.DictReader(text.splitlines()) if row["culture"] == code)
    assert row["hofstede"] == hofstede
    assert figures(code).values.get("power") == power


def test_what_is_missing_is_left_out_and_named() -> None:
    bolivia = describe(find_culture("BOL"), "en")
    assert bolivia.missing == DIMENSIONS[2:]
    assert len(bolivia.text.splitlines()) == 2
    nothing = describe(find_culture("UZB"), "en")
    assert (nothing.text, nothing.missing) == ("", DIMENSIONS)


def test_a_regions_figures_stand_in_and_say_so() -> None:
    result = figures("NGA")
    assert result.region == "AFW"
    assert "long_term" not in result.regional  # Nigeria's own
    assert result.values["long_term"] == 13
    assert describe(find_culture("NGA"), "en").text.endswith("are those of West Africa as a whole.")
    assert "África oriental" in describe(find_culture("KEN"), "es").text


def test_controls_show_nothing_or_another_culture() -> None:
    germany = find_culture("DEU")
    assert describe(germany, "en", "none").text == ""
    swapped = describe(germany, "en", "MEX")
    assert swapped.text == describe(find_culture("MEX"), "en").text
    assert swapped.culture == "MEX"
    with pytest.raises(SurveyError, match="no culture 'Mexico'"):
        describe(germany, "en", "Mexico")


def test_every_culture_and_language_reads_whole() -> None:
    for culture in cultures().values():
        for language in ("en", "zh", "de", "ja", "es"):
            text = describe(culture, language).text
            assert "{" not in text
            assert len(text.splitlines()) >= 8 - len(describe(culture, language).missing)


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(ConfigError, match="no words in 'fr'"):
        describe(find_culture("DEU"), "fr")
