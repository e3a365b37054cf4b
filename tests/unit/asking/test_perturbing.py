"""Perturbations: drawn with a seed, and the meaning is kept."""

from pathlib import Path
from typing import Any

import pytest

from acculturate.asking import AnswerSettings, Ask, asks, messages
from acculturate.asking.perturbing import lost_meaning, perturbed
from acculturate.asking.questionnaire import conversations, size_of
from acculturate.errors import ConfigError, SurveyError
from acculturate.framing import find_framing
from acculturate.survey import load_survey

SURVEY = load_survey()
KINDS = ("typos", "case", "spaces")


def asked(items: str | list[str], language: str = "en", **keys: Any) -> list[Ask]:
    settings = AnswerSettings.model_validate({"orders": "forward", **keys})
    return list(asks(SURVEY.select(items), find_framing("unaware", language), [], settings))


@pytest.mark.parametrize("language", ["en", "de", "es", "ja", "zh"])
def test_every_item_can_be_perturbed_and_means_the_same(language: str) -> None:
    kinds = KINDS if language not in ("ja", "zh") else ("typos", "spaces")
    found = asked("clca", language, perturb=kinds)
    step = 1 + len(kinds)
    for at in range(0, len(found), step):
        plain, *others = found[at : at + step]
        own = plain.item.wording(language)
        assert plain.presentation.reworded is None
        for ask in others:
            changed = ask.presentation.reworded
            assert ask.item is plain.item
            assert changed is not None
            assert changed.stem != own.stem
            assert not lost_meaning(own.stem, changed.stem, language)
            texts = [text.casefold() for text in own.texts]
            assert [text.casefold() for text in changed.texts] == texts


def test_the_same_seed_perturbs_alike() -> None:
    one, again, other = (
        [messages(ask) for ask in asked(["Q1", "Q2"], perturb=["typos"], seed=seed)]
        for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other
    assert one[0] == messages(asked(["Q1"])[0])  # each item as it is, and once more


@pytest.mark.parametrize("presentation", ["single", "battery", "interview"])
def test_as_many_are_asked_as_are_counted(presentation: str) -> None:
    items = SURVEY.select(["Q1", "Q2", "Q46"])
    settings = AnswerSettings.model_validate(
        {"presentation": presentation, "perturb": ["typos", "case"]}
    )
    found = list(conversations(items, find_framing("unaware"), [], settings))
    plain = settings.model_copy(update={"perturb": ()})
    assert size_of(items, settings).answers == 3 * size_of(items, plain).answers
    assert len(found) == 3 * len(list(conversations(items, find_framing("unaware"), [], plain)))


def test_what_changes_nothing_is_told() -> None:
    with pytest.raises(SurveyError, match=r"'case' finds nothing to change .* leave it out"):
        perturbed("您多大？", "case", "1", "zh")
    with pytest.raises(ConfigError, match="names a perturbation twice"):
        AnswerSettings(perturb=("case", "case"))


def synonyms(folder: Path, text: str) -> Path:
    file = folder / "synonyms.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_synonyms_stand_in_a_file(tmp_path: Path) -> None:
    file = synonyms(
        tmp_path,
        '[en]\nQ1 = "How much weight does your family carry in what you value?"\n'
        'Q2 = {stem = "And friends?", options = ["Of great importance", "Rather important", '
        '"Not of much importance", "Not important in any way"]}\n',
    )
    found = asked(["Q1", "Q2"], perturb=["synonyms"], synonyms=str(file))
    assert messages(found[1])[1].text.startswith("How much weight does your family carry")
    assert "2. Rather important" in messages(found[3])[1].text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[en]\nQ2 = "And friends?"', "no other words for item Q1 in 'en'"),
        ('[en]\nQ1 = "Is family not of any weight?"', "the question has more or fewer negations"),
        ('[en]\nQ1 = "From 1 to 10, how much is family?"', "the question has other numbers"),
        (
            '[en.Q1]\nstem = "And family?"\noptions = ["Very important", "Not very important", '
            '"Not very", "Not important at all"]',
            "changes what the option 'Fairly important' means",
        ),
        ('[en.Q1]\nstem = "Family?"\noptions = ["Very", "Not"]', "2 options, expected 4"),
        ("[en", "is not a TOML file"),
        ("en = 5", "'en' holds no items: expected a table for each language"),
        ("[en]\nQ1 = 7", "Q1 .en.: expected the question in other words"),
        ('[en]\nQ1 = ""', "expected the question in other words"),
        ('[en.Q1]\noptions = ["Very", "Not"]', "expected the question in other words"),
        ('[en.Q1]\nstem = "Family?"\noptions = "Very"', "stem and options .a list of texts"),
    ],
)
def test_words_that_mean_something_else_are_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SurveyError, match=said):
        asked(["Q1"], perturb=["synonyms"], synonyms=str(synonyms(tmp_path, text)))


def test_synonyms_need_a_file() -> None:
    with pytest.raises(SurveyError, match="acculturate survey reword"):
        asked(["Q1"], perturb=["synonyms"])
