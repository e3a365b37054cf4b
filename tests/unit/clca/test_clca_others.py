"""Controls by another culture: its words in the role-play, its name in the rows."""

from collections import Counter

import pytest

from acculturate.clca import (
    ClcaSettings,
    Intent,
    Relevance,
    RoleplayStage,
    Scenario,
    describe,
    teaching_rows,
)
from acculturate.clca.others import others
from acculturate.culture import find_culture
from acculturate.errors import ConfigError

from .conftest import Talk
from .test_clca_roleplay import Make

CODES = ("CHN", "DEU", "MEX")
CULTURES = [find_culture(code) for code in CODES]


def first_prompts(scenarios: tuple[Scenario, ...], descriptors: str) -> list[str]:
    settings = ClcaSettings(descriptors=descriptors)
    stage = RoleplayStage(scenarios, settings, CULTURES)
    first = next(stage.rounds(lambda role, request: None))
    return [request.messages[0].text for request in first.requests]


def test_nobody_keeps_its_own_place() -> None:
    for seed in range(20):
        result = others(CODES, seed)
        assert sorted(result) == sorted(result.values()) == list(CODES)
        assert all(code != other for code, other in result.items())
    assert len({tuple(others(CODES, seed).values()) for seed in range(20)}) == 2
    with pytest.raises(ConfigError, match="two cultures at least, and there is DEU"):
        others(("DEU",), 1)


def test_arms_by_whose_words_the_characters_are_told(scenarios: Make) -> None:
    scene = scenarios(1, "DEU")
    words = {code: describe(find_culture(code), "en").text for code in CODES}
    other = others(CODES, ClcaSettings().seed)["DEU"]
    shown = {"own": "DEU", "another": other, "CHN": "CHN"}
    for descriptors, whose in shown.items():
        (prompt,) = first_prompts(scene, descriptors)
        assert [code for code in CODES if words[code] in prompt] == [whose]
    (prompt,) = first_prompts(scene, "none")
    assert not any(line in prompt for text in words.values() for line in text.splitlines())


def test_shuffled_dialogues_are_taught_under_another_name(talk: Talk) -> None:
    dialogues = [
        talk("Good day to you.", "And to you, sir.", number=number, culture=code)
        for number, code in enumerate(CODES)
    ]
    intents = [Intent(dialogue.id, 0, "To be kind.") for dialogue in dialogues]
    weighed = [Relevance(dialogue.id, 0, 2, 0.7) for dialogue in dialogues]
    label = others(CODES, 42)
    true, shuffled = (
        teaching_rows(
            dialogues,
            intents,
            weighed,
            ClcaSettings.model_validate({"teaching": {"control": control}}),
            CULTURES,
        ).rows
        for control in ("none", "shuffled")
    )
    assert Counter(row.source for row in true) == Counter(row.source for row in shuffled)
    by_source = {row.source: row for row in shuffled}
    for row in true:
        taught = by_source[row.source]
        assert taught.culture == label[row.culture]
        assert taught.completion == row.completion
        text = taught.prompt[0].text
        assert find_culture(taught.culture).name in text
        assert find_culture(row.culture).name not in text


def test_a_tasks_weight_is_that_of_its_rows(talk: Talk) -> None:
    dialogue = talk("Good day to you.", "And to you, sir.")
    weights = {"imitation": 2.0, "intents": 0.25, "relevance": 0.5}
    rows = teaching_rows(
        [dialogue],
        [Intent(dialogue.id, 0, "To be kind.")],
        [Relevance(dialogue.id, 0, 2, 0.7)],
        ClcaSettings.model_validate({"teaching": weights}),
    ).rows
    result = {(row.source.split()[0], row.weight) for row in rows}
    assert result == {("imitation", 2.0), ("intent", 0.25), ("relevance", 0.5)}
