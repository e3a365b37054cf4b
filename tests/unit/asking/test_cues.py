"""Which language a text shows, and that each language's cues are whole."""

import pytest

from acculturate.asking.cues import cues_for, is_read, languages_of, load_cues

ALL = ("de", "en", "es", "ja", "zh")


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("I cannot answer that.", ("en",)),
        ("Das kann ich nicht sagen.", ("de",)),
        ("No puedo responder a esa pregunta.", ("es",)),
        ("我无法回答这个问题", ("zh",)),
        ("この質問にはお答えできません", ("ja",)),
        ("2", ALL),
        ("", ALL),
    ],
)
def test_languages_of(text: str, languages: tuple[str, ...]) -> None:
    assert languages_of(text) == languages


def test_the_language_asked_in_counts_where_the_text_shows_no_other() -> None:
    assert cues_for("Option 2", "en") == load_cues("en")
    assert cues_for("2", "de-AT") == load_cues("de")
    assert cues_for("Das kann ich nicht sagen.", "en") == load_cues("de")
    assert cues_for("选1", "") == load_cues("zh")
    assert cues_for("2", "fr").refusal.search("Das kann ich nicht beantworten.")


def test_a_language_without_cues_has_none() -> None:
    assert not load_cues("fr").refusal.search("Je ne peux pas répondre.")


@pytest.mark.parametrize(
    ("text", "known"),
    [("2.", True), ("I see.", True), ("Eu não sei.", False), ("Не знаю", False), ("A: 2", True)],
)
def test_is_read(text: str, known: bool) -> None:
    assert is_read(text) == known
