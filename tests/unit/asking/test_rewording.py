"""Other words by a teacher, and what is dropped."""

from pathlib import Path

import pytest

from acculturate.asking import AnswerSettings, asks, messages
from acculturate.asking.rewording import reword, write_synonyms
from acculturate.engines.mock import MockEngine
from acculturate.errors import ConfigError, SurveyError
from acculturate.framing import find_framing
from acculturate.records import ChooseRequest, Request
from acculturate.survey import load_survey

SURVEY = load_survey()
ITEMS = SURVEY.select(["Q1", "Q2", "Q3"])
GOOD = "When you think of your whole life, how much weight does this have for you?"


def teacher(text: str = GOOD, same: float = 0.9) -> MockEngine:
    def say(request: Request) -> str | list[float]:
        if isinstance(request, ChooseRequest):
            yes_first = "1. Yes" in request.messages[0].text
            return [same, 1 - same] if yes_first else [1 - same, same]
        return text

    return MockEngine(say, name="teacher")


def test_other_words_go_into_a_file_that_is_measured_with(tmp_path: Path) -> None:
    out = tmp_path / "synonyms.toml"
    said = list(write_synonyms(teacher(f'"{GOOD}"\n\nI hope this helps.'), ITEMS, ["en"], out))
    assert said[0] == "en: other words for 3 of 3 items"
    settings = AnswerSettings(perturb=("synonyms",), synonyms=out, orders="forward")
    found = list(asks(ITEMS, find_framing("unaware"), [], settings))
    assert messages(found[1])[1].text.startswith(GOOD)
    with pytest.raises(ConfigError, match="is there already"):
        list(write_synonyms(teacher(), ITEMS, ["en"], out))


def first_option() -> MockEngine:
    """A teacher that takes the first option, whatever it says."""
    return MockEngine(
        lambda request: [0.9, 0.1] if isinstance(request, ChooseRequest) else GOOD, name="first"
    )


@pytest.mark.parametrize(
    ("engine", "why"),
    [
        (
            teacher("Do you not care how much weight this has in your life?"),
            "negations",
        ),
        (teacher("From 1 to 10, how much weight does this have in your whole life?"), "numbers"),
        (teacher("And this?"), "much shorter or longer"),
        (teacher(GOOD.replace("?", ".")), "no question any more"),
        (first_option(), "the teacher does not find"),
        (teacher(same=0.2), "the teacher does not find"),
    ],
)
def test_what_changes_the_meaning_is_dropped(engine: MockEngine, why: str, tmp_path: Path) -> None:
    found = reword(engine, ITEMS, "en", tries=2)
    assert not found.stems
    [(said, count)] = found.dropped.most_common()
    assert why in said
    assert count == 6
    with pytest.raises(SurveyError, match="no other words that keep the meaning"):
        list(write_synonyms(engine, ITEMS, ["en"], tmp_path / "none.toml"))
    assert not (tmp_path / "none.toml").exists()
