"""Values of a wrong kind or size, given in Python: one sentence, by an error of ours."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import acculturate
from acculturate import AnswerSettings, MockEngine
from acculturate.clca.clca_settings import ClcaSettings
from acculturate.culturespa import CultureSpaSettings
from acculturate.tuning.tuning_settings import TuningSettings

LONG = "x" * 5000
ESCAPE = "\x1b[31m"
wrong: Any = lambda value: value  # noqa: E731  what no type checker would let pass


def measured(**over: Any) -> object:
    call = {"model": "mock:uniform", "cultures": ["CHN"], "items": ["Q1"], "out": "m"}
    return acculturate.measure(**call | over)


def scripted(line: Any) -> object:
    return measured(model=MockEngine(lambda request: line))


SETTINGS: dict[str, Callable[[], object]] = {
    "a kind of answers that is none": lambda: AnswerSettings(kind=wrong("x")),
    "a kind of answers of 5000": lambda: AnswerSettings(kind=wrong(LONG)),
    "a kind with an escape": lambda: AnswerSettings(kind=wrong(ESCAPE)),
    "a key that is none": lambda: AnswerSettings(**wrong({"nope": 1})),
    "samples beyond all bounds": lambda: AnswerSettings(samples=10**30),
    "true for samples": lambda: AnswerSettings(samples=True),
    "a temperature of nan": lambda: AnswerSettings(temperature=float("nan")),
    "a table of a number": lambda: AnswerSettings(backdrop=wrong(5)),
    "a table of other keys": lambda: AnswerSettings(backdrop=wrong({"nope": 1})),
    "no questions": lambda: CultureSpaSettings(questions=wrong({"per_topic": 0})),
    "a language without prompts": lambda: ClcaSettings(language="xx"),
    "a rank of 0": lambda: TuningSettings(rank=0),
    "a study of nothing": lambda: acculturate.Study(**wrong({})),
    "a study of a number": lambda: acculturate.Study(**wrong({"study": 5})),
}
CALLS: dict[str, Callable[[], object]] = {
    "a folder without a name": lambda: measured(out=""),
    "a folder with NUL": lambda: measured(out="a\0b"),
    "a run without a name": lambda: acculturate.load_run(""),
    "a survey of 5000": lambda: acculturate.load_survey(LONG),
    "a model of 5000": lambda: acculturate.open_engine(LONG),
    "a delimiter of a number": lambda: acculturate.score("a.csv", delimiter=wrong(5)),
    "a preset among settings": lambda: acculturate.tune("r", "o", settings=["preset=x"]),
    "a profile over a study": lambda: acculturate.run(loaded(), profile="x"),
    "a mock's name of a number": lambda: MockEngine([], name=wrong(5)),
    "a mock of no batch": lambda: MockEngine([], batch_size=0),
    "a script of numbers": lambda: scripted(5),
    "a script of nothing": lambda: scripted(None),
    "a script of nan": lambda: scripted([float("nan")] * 4),
    "a script below 0": lambda: scripted([-1.0] * 4),
    "a metric of a number": lambda: measured().value(5),  # type: ignore[attr-defined]
}


def loaded() -> acculturate.Study:
    text = """
[study]
name = "s"
[cultures]
measure = ["CHN"]
[models.base]
name = "mock:uniform"
[[arm]]
id = "aware"
"""
    Path("s.toml").write_text(text)
    return acculturate.load_study("s.toml")


@pytest.mark.parametrize("name", SETTINGS | CALLS)
def test_a_wrong_value_is_told_in_one_sentence(name: str) -> None:
    with pytest.raises(acculturate.AcculturateError) as told:
        (SETTINGS | CALLS)[name]()
    said = str(told.value)
    assert "\n" not in said
    assert "validation error" not in said
    assert "\x1b" not in said
    assert len(said) < 400


@pytest.mark.parametrize("name", SETTINGS)
def test_wrong_settings_are_a_value_error(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whatever it says
        SETTINGS[name]()


def test_what_fits_is_taken() -> None:
    settings = AnswerSettings(kind="sampled", samples=3, **wrong({"backdrop": {"examples": 2}}))
    assert (settings.samples, settings.backdrop.examples) == (3, 2)
