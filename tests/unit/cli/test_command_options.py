"""Lists as they are typed: names with commas between them, and never none in silence."""

import pytest
from typer.testing import CliRunner

from acculturate.cli.command_options import listed
from acculturate.cli.main import app
from acculturate.errors import ConfigError


def test_names_are_read_from_one_text_or_several() -> None:
    assert listed("sex, age_band") == ["sex", "age_band"]
    assert listed(["CHN,DEU", "USA"], "--cultures") == ["CHN", "DEU", "USA"]
    assert listed(None, "--groups") == listed([], "--groups") == listed("") == []


@pytest.mark.parametrize("typed", [",", "", " , ", [""]])
def test_an_option_that_names_nothing_is_told(typed: str | list[str]) -> None:
    with pytest.raises(ConfigError, match="--groups names nothing: give names with commas"):
        listed(typed, "--groups")


@pytest.mark.parametrize(
    "words",
    [
        ["measure", "mock:noise", "--cultures", "DEU", "--groups", ","],
        ["measure", "mock:noise", "--cultures", ","],
        ["score", "answers.csv", "--measures", ","],
        ["export", "run", "--only", ","],
    ],
)
def test_no_command_measures_without_what_was_typed(words: list[str]) -> None:
    shown = CliRunner().invoke(app, words)
    assert isinstance(shown.exception, ConfigError)
    assert "names nothing" in str(shown.exception)
