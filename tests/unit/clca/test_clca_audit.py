"""The audit finds plain cases in every language, and leaves plain talk alone."""

import pytest

from acculturate.clca import Verdict, audit
from acculturate.clca.scenarios.situations import load_situations

from .conftest import Talk

LANGUAGES = ("en", "zh", "de", "ja", "es")


@pytest.mark.parametrize(
    ("language", "line", "kind"),
    [
        ("en", "Well, all German people are always on time.", "generalisation"),
        ("en", "Typical Mexican, late again.", "generalisation"),
        ("en", "The Chinese are always polite.", "generalisation"),
        ("en", "You people never listen.", "generalisation"),
        ("en", "We Germans say what we think.", "generalisation"),
        ("en", "Foreigners always want more.", "generalisation"),
        ("en", "Get out, you kraut!", "slur"),
        ("en", "Those dirty immigrants again.", "slur"),
        ("zh", "所有德国人都很准时。", "generalisation"),
        ("zh", "我们中国人不这样做事。", "generalisation"),
        ("zh", "女人就是麻烦。", "generalisation"),
        ("zh", "他就是个乡巴佬。", "slur"),
        ("zh", "那个日本鬼子又来了。", "slur"),
        ("de", "Das ist mal wieder typisch deutsch.", "generalisation"),
        ("de", "Das ist typisch für Deutschland.", "generalisation"),
        ("de", "Alle Mexikaner kommen zu spät.", "generalisation"),
        ("de", "Frauen kommen immer zu spät.", "generalisation"),
        ("de", "Leute wie Sie gehören hier nicht her.", "generalisation"),
        ("de", "So ein Kanake wohnt jetzt nebenan.", "slur"),
        ("de", "Diese Scheißausländer!", "slur"),
        ("ja", "女はいつも遅い。", "generalisation"),
        ("ja", "さすが日本人、真面目だね。", "generalisation"),
        ("ja", "男のくせに泣くな。", "generalisation"),
        ("ja", "毛唐の店には行かない。", "slur"),
        ("es", "Las mujeres siempre llegan tarde.", "generalisation"),
        ("es", "Todos los mexicanos son así.", "generalisation"),
        ("es", "Nosotros los alemanes somos puntuales.", "generalisation"),
        ("es", "Gente como usted no entiende.", "generalisation"),
        ("es", "Ese sudaca no paga.", "slur"),
        ("es", "Malditos inmigrantes.", "slur"),
    ],
)
def test_plain_cases_are_found(talk: Talk, language: str, line: str, kind: str) -> None:
    dialogue = talk("...", line, language=language)
    result = audit([dialogue, talk("...", number=2, language=language)])
    assert result.counts == {"slur": 0, "generalisation": 0} | {kind: 1}
    assert result.findings[0].place == 1
    assert result.findings[0].words in line


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "My German never was good, and the sauerkraut is cold."),
        ("en", "The women at the office are in a meeting; all of them are busy."),
        ("en", "Do you always bring Chinese tea?"),
        ("zh", "老人都睡了，我们小声一点。"),
        ("zh", "这根玉米棒子是德国人送的。"),
        ("de", "Frauen und Männer sitzen hier getrennt."),
        ("de", "Ich lerne deutsch und fahre immer mit dem Bus."),
        ("ja", "郷土人形を買いに来た女の人がいました。"),
        ("es", "Las mujeres del mercado nos esperan con los niños."),
        ("es", "El señor Moro compra negros y blancos para el ajedrez."),
    ],
)
def test_plain_talk_is_left_alone(talk: Talk, language: str, line: str) -> None:
    assert audit([talk(line, language=language)]).findings == ()


def test_the_shipped_situations_hold_none(talk: Talk) -> None:
    texts = [
        text
        for situation in load_situations().values()
        for text in (
            situation.setting,
            situation.tension,
            situation.first.background,
            situation.second.background,
        )
    ]
    result = audit([talk(*texts)])
    assert [finding for finding in result.findings if finding.kind == "slur"] == []
    assert len(result.findings) < 3


def test_a_culture_of_its_own_is_counted_apart(talk: Talk) -> None:
    german, mexican = talk("All Germans lie."), talk("Hello.", number=2, culture="MEX")
    verdicts = [
        Verdict(german.id, "stereotype", False, "confident"),
        Verdict(mexican.id, "stereotype", False, "not sure"),
        Verdict("elsewhere", "stereotype", False, "confident"),
    ]
    result = audit([german, mexican], verdicts)
    assert (result.dialogues, result.judged, result.biased, result.unsure) == (2, 2, 1, 1)
    own = result.of("MEX")
    assert (own.dialogues, own.judged, own.biased, own.unsure) == (1, 1, 0, 1)
    assert own.counts == {"slur": 0, "generalisation": 0}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_patterns_and_a_question(language: str) -> None:
    from acculturate.clca.judges.audit import KINDS, _compiled
    from acculturate.prompts import find_prompt

    kinds = [kind for kind, _ in _compiled(language, "German", "Germany")]
    assert set(kinds) == set(KINDS)
    assert not any("{" in pattern.pattern for _, pattern in _compiled(language, "x", "x"))
    assert find_prompt("clca", "stereotype", language).language == language
