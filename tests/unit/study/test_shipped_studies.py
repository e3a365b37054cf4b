"""Studies of the package by name: listed, shown, copied, and run without a path."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from acculturate.cli.main import app
from acculturate.errors import ConfigError
from acculturate.study.schema import load_study
from acculturate.study.shipped_studies import copy_shipped, demo_study, shipped_studies


def output(*words: str) -> str:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    return done.output


def test_all_are_listed_and_shown_as_they_are() -> None:
    listed = [line.split()[0] for line in output("studies", "list").splitlines()]
    assert listed == list(shipped_studies())
    assert {"demo", "clca-paper", "survey"} <= set(listed)
    assert output("studies", "show", "demo") == demo_study().read_text("utf-8")


def test_a_copy_is_never_written_over_a_file() -> None:
    assert "acculturate run survey.toml" in output("studies", "copy", "survey")
    Path("mine.toml").write_text("mine")
    for target in (Path(), Path("mine.toml")):
        with pytest.raises(ConfigError, match="exists: name another file"):
            copy_shipped("survey", target)
    assert Path("mine.toml").read_text() == "mine"
    with pytest.raises(ConfigError, match="cannot be written"):
        copy_shipped("survey", Path("absent/survey.toml"))


def test_a_name_stands_for_a_file_only_where_there_is_none() -> None:
    assert load_study(Path("demo")) == load_study(demo_study())
    Path("demo").write_text(demo_study().read_text("utf-8").replace('"demo"', '"own"', 1))
    assert load_study(Path("demo")).study.name == "own"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("studies/demo.toml", "'acculturate run demo', or 'acculturate studies copy demo'"),
        ("studies/absent.toml", "There is no study file studies/absent.toml"),
        (
            "survei",
            "There is no study 'survei', neither a file nor one of this package. Did you mean",
        ),
    ],
)
def test_a_file_that_is_not_there_is_told(path: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_study(Path(path))
    assert told in str(caught.value)


def test_an_unknown_name_has_its_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'survey'"):
        copy_shipped("survei", Path())
