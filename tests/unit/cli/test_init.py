"""`acculturate init`: its answers make a study that can be planned, and mistakes leave no file."""

from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from acculturate.cli.main import app
from acculturate.errors import AcculturateError
from acculturate.study.checks import check
from acculturate.study.new_study import NewStudy, write_study
from acculturate.study.schema import load_study

OPTIONS = ("--model", "mock:noise", "--cultures", "DEU", "--items", "Q1,Q2")


def output(*words: str, typed: str | None = None) -> str:
    with patch("acculturate.cli.init._watched", return_value=typed is not None):
        done = CliRunner().invoke(app, ["init", *words], input=typed)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("method", ["none", "culturespa", "clca", "survey"])
@pytest.mark.parametrize("profile", [None, "smoke"])
def test_defaults_make_a_study(method: str, profile: str | None) -> None:
    said = output("mine.toml", "--yes", "--adapt", method)
    assert "acculturate run mine.toml --dry-run" in said
    study = load_study(Path("mine.toml"), profile)
    check(study, fetch=False)
    assert study.models["base"].name == "embedded"
    assert [section.method for section in study.adapt] == ([] if method == "none" else [method])
    assert "# whose people the answers are compared with" in Path("mine.toml").read_text()


def test_a_dry_run_takes_it() -> None:
    output(*OPTIONS, "--name", "small")
    done = CliRunner().invoke(app, ["run", "small.toml", "--dry-run"])
    assert done.exit_code == 0, done.output
    assert "arm aware: 4 prompts" in done.output


def test_what_is_refused_is_asked_again() -> None:
    said = output("--items", "Q1", typed="mine\nmock:noise\nGER\nDEU\n\n")
    assert "no people's answers for 'GER'" in said
    study = load_study(Path("mine.toml"))
    assert study.cultures.measure == ("DEU",)
    assert study.models["base"].name == "mock:noise"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--cultures", "GER"), "no people's answers for 'GER'"),
        (("--items", "Q1x"), "no item 'Q1x'"),
        (("--adapt", "cultrespa"), "Did you mean 'culturespa'"),
        (("--model", "mock:"), "mock:"),
        (("--model", "embeded"), "There is no model 'embeded'. Did you mean 'embedded'?"),
        (("--model", "mok:noise"), "Did you mean 'mock'"),
        (("--name", "a b"), "'name': expected a name: letters A to Z, digits"),
        (("absent/mine.toml",), "cannot be written"),
    ],
)
def test_a_mistake_leaves_no_file(words: tuple[str, ...], told: str) -> None:
    done = CliRunner().invoke(app, ["init", "--yes", *words])
    assert isinstance(done.exception, AcculturateError)
    assert told in str(done.exception)
    assert not [*Path().rglob("*.toml")]


def test_a_folder_may_be_named_nearly_as_the_embedded_model() -> None:
    Path("embeded").mkdir()
    output("--model", "embeded", "mine.toml", "--yes")
    assert load_study(Path("mine.toml")).models["base"].name == "embeded"


def test_a_file_is_never_written_over() -> None:
    Path("mine.toml").write_text("mine")
    with pytest.raises(AcculturateError, match="exists: name another file"):
        write_study(NewStudy("mine", "mock:noise", ("DEU",), "Q1"), Path("mine.toml"))
    assert Path("mine.toml").read_text() == "mine"
