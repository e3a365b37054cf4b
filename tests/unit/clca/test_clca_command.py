import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from acculturate.clca.scenarios.situations import read_folder
from acculturate.cli.main import app
from acculturate.engines.mock import MockEngine
from acculturate.errors import AcculturateError

from .test_clca_adapting import GOOD

SIBLINGS = {**GOOD, "setting": f"{GOOD['setting']} They are brother and sister."}

WEDDING = "family-wedding-guests"


def type_in(*words: str) -> str:
    done = CliRunner().invoke(app, ["clca", "scenarios", *words])
    if isinstance(done.exception, AcculturateError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_list_and_show() -> None:
    lines = type_in("list").splitlines()
    assert len(lines) >= 60
    assert all(
        line.startswith("faith-") for line in type_in("list", "--domain", "faith").split("\n")[:-1]
    )
    assert "{first}" in type_in("show", WEDDING)
    shown = type_in("show", WEDDING, "--culture", "CHN", "--language", "culture")
    assert "{" not in shown
    assert "secret:" in shown
    with pytest.raises(
        AcculturateError, match=f"no situation 'family-weding-guests'.* '{WEDDING}'"
    ):
        type_in("show", "family-weding-guests")


def test_adapt_writes_a_file_that_check_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "acculturate.engines.open_engine", lambda _: MockEngine(lambda _: json.dumps(SIBLINGS))
    )
    out = tmp_path / "mine.toml"
    words = ("adapt", WEDDING, "--culture", "DEU", "--model", "mock:any", "--out", str(out))
    assert "2 of 2 written" in type_in(*words, "--variants", "2")
    assert {situation.culture for situation in read_folder(out).values()} == {"DEU"}
    assert type_in("check", str(out)).startswith("2 situations (family), 2 of them set")


def test_a_teacher_that_writes_no_scenario_is_told(tmp_path: Path) -> None:
    out = tmp_path / "mine.toml"
    words = ["clca", "scenarios", "adapt", WEDDING, "--culture", "DEU", "--model", "mock:uniform"]
    done = CliRunner().invoke(app, [*words, "--out", str(out)])
    assert isinstance(done.exception, AcculturateError)
    assert "wrote no readable scenario in 3 tries (no object 3)" in str(done.exception)
    assert done.output.count("Not readable (no object): ") == 3
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", WEDDING, "--culture", "DEU", "--language", "fr"), "no prompts in 'fr'"),
        (
            ("show", WEDDING, "--language", "de"),
            "--language de is of a situation that is set in a",
        ),
        (("adapt", WEDDING, "--culture", "DEU", "--out", "x.txt"), "has to end in .toml"),
        (
            ("adapt", WEDDING, "--culture", "DEU", "--out", "none/x.toml"),
            "there is no folder none",
        ),
        (("check", "none"), "no file or folder none"),
    ],
)
def test_mistakes_are_told_before_a_model_is_opened(words: tuple[str, ...], said: str) -> None:
    model = ("--model", "mock:none") if words[0] == "adapt" else ()
    with pytest.raises(AcculturateError, match=said):
        type_in(*words, *model)


def test_a_situation_of_one_culture_is_not_set_in_another(tmp_path: Path) -> None:
    from acculturate.clca.scenarios.scenario import fill
    from acculturate.clca.scenarios.situations import dump_scenarios, load_situations
    from acculturate.culture import find_culture

    made = fill(load_situations()[WEDDING], find_culture("MEX"), "en", 0, 42)
    (tmp_path / "own.toml").write_text(dump_scenarios([made]), encoding="utf-8")
    name = next(iter(read_folder(tmp_path)))
    own = ("--folder", str(tmp_path))
    assert "Only the names" not in type_in("show", name, "--culture", "MEX", *own)
    with pytest.raises(AcculturateError, match="is set in MEX and cannot be set in DEU"):
        type_in("show", name, "--culture", "DEU", *own)


def test_a_language_that_is_not_built_in_is_told() -> None:
    said = "There are no prompts in Portuguese, so BRA is met in English."
    assert said in type_in("show", WEDDING, "--culture", "BRA", "--language", "culture")
    assert said not in type_in("show", WEDDING, "--culture", "BRA")
    shown = type_in("show", WEDDING, "--culture", "IND", "--language", "culture")
    assert "There are no prompts" not in shown


def test_presets_are_listed() -> None:
    lines = CliRunner().invoke(app, ["clca", "presets"]).output.splitlines()
    result = {line.split()[0]: line.split()[1:] for line in lines[1:]}
    assert result["roleplay.form"] == ["chat", "paper"]
    assert result["tuning.quantised"] == ["none", "4bit"]
    assert "seed" not in result
