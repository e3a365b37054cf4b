"""Prompt files: a user's own ones, and what is wrong with them."""

import re
from pathlib import Path

import pytest

from acculturate import template_sandbox
from acculturate.errors import ConfigError
from acculturate.framing import find_framing
from acculturate.prompts import Prompt, find_prompt


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "mine" / "en.1.jinja"
    path.parent.mkdir()
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_prompt_of_ones_own_is_found_and_filled(tmp_path: Path) -> None:
    path = written(tmp_path, "Answer as {{ culture.demonym }}.")
    prompt = find_prompt("framing", "mine", folders=[tmp_path])
    assert prompt.file == str(path)
    assert prompt.variables == {"culture"}
    assert find_prompt("framing", "aware").file.endswith("en.1.jinja")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("One\nTwo {{ culture.name\n", 2),
        ("One\n\n{% if culture %}never closed", 3),
        ("{{ culture | shout }}", 1),
        ("One\n{# a note", 2),
    ],
)
def test_a_broken_template_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    path = written(tmp_path, text)
    prompt = find_prompt("framing", "mine", folders=[tmp_path])
    with pytest.raises(ConfigError) as told:
        prompt.fill(culture="x")
    assert f"{path}, line {line}: " in str(told.value)


def test_a_broken_framing_is_told_before_it_is_asked(tmp_path: Path) -> None:
    path = written(tmp_path, "{% if culture %}")
    framing = find_framing("mine", folders=[tmp_path])
    with pytest.raises(ConfigError, match=re.escape(f"{path}, line 1")):
        assert framing.needs_culture


def test_an_error_while_filling_is_told_without_a_line(tmp_path: Path) -> None:
    path = written(tmp_path, "{{ values | map('no such filter') | list }}")
    prompt = find_prompt("framing", "mine", folders=[tmp_path])
    with pytest.raises(ConfigError, match=rf"{re.escape(str(path))}: no template.*no such filter"):
        prompt.fill(values=[1])


def test_a_name_that_is_not_given_is_told_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match="Known: culture, survey"):
        Prompt("mine", "en", 0, "{{ cultur }}").fill(culture="x", survey="")


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "Grüße".encode("latin-1"))
    with pytest.raises(ConfigError, match=rf"{re.escape(str(path))} is not UTF-8 text \(byte 3\)"):
        find_prompt("framing", "mine", folders=[tmp_path])


def test_a_template_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    prompt = Prompt("mine", "en", 0, "{{ once }} and {{ only }}")
    assert prompt.variables == {"once", "only"}
    monkeypatch.setattr(template_sandbox, "_environment", None)
    assert prompt.variables == {"once", "only"}
