"""Which sentences are an intent of the mover, by the cases of intents.toml."""

import json
import tomllib
from pathlib import Path

import pytest

from acculturate.clca import ClcaSettings
from acculturate.clca.intents import IntentStage, is_cut_off, read_intent
from acculturate.clca.movers import A_LINE, ELSEWHERE, THE_OTHERS
from acculturate.clca.unread import Unread
from acculturate.engines.mock import MockEngine

from .conftest import Carry, Talk

TREE = tomllib.loads((Path(__file__).parent / "intents.toml").read_text(encoding="utf-8"))
REASONS = {
    "intents": (),
    "lines": (A_LINE,),
    "others": (THE_OTHERS,),
    "elsewhere": (ELSEWHERE,),
    "lists": ("out of form",),
    "again": ("the utterance again", "the prompt again"),
}
CASES = [
    pytest.param(language, kind, said, id=f"{language} {kind} {said[:30]}")
    for language, own in TREE.items()
    for kind in REASONS
    for said in own[kind]
]


@pytest.mark.parametrize(("language", "kind", "said"), CASES)
def test_an_intent_is_told_from_a_line_from_the_others_and_from_what_was_shown(
    language: str, kind: str, said: str
) -> None:
    own = TREE[language]
    read = read_intent(said, own["utterance"], language, 60, tuple(own["names"]), own["shown"])
    if kind == "intents":
        assert isinstance(read, str)
        assert said.endswith(read)
    else:
        assert isinstance(read, Unread)
        assert read.reason in REASONS[kind]


@pytest.mark.parametrize("language", TREE)
def test_the_same_holds_in_an_object(language: str) -> None:
    own = TREE[language]
    for said in own["lines"][:1]:
        reply = json.dumps({"intent": said}, ensure_ascii=False)
        read = read_intent(reply, own["utterance"], language, 60, tuple(own["names"]))
        assert read == Unread(A_LINE)


def test_a_line_of_dialogue_is_asked_again_and_counted(talk: Talk, carry: Carry) -> None:
    lines = iter(["I am glad that you came.", "Lena wants to pay.", "To sell bread."])
    dialogue = talk("The bread is ready, Lena.")
    stage = IntentStage([dialogue], ClcaSettings.model_validate({"intents": {"tries": 3}}))
    result = stage.collect(carry(stage, MockEngine(lambda _: next(lines))))
    assert [intent.text for intent in result.intents] == ["To sell bread."]
    assert [drop.reason for drop in result.drops] == [A_LINE, THE_OTHERS]


@pytest.mark.parametrize(
    ("said", "language"), [("1. 1. 1. 1.", "zh"), ("*sehr sicher*", "de"), ("Yes.", "en")]
)
def test_numbers_and_words_of_certainty_are_no_intent(said: str, language: str) -> None:
    assert read_intent(said, "Hallo.", language, 60) == Unread("empty")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "This conversation is set in a hospital, between a doctor and a nurse."),
        ("en", "This scene takes place in a small town."),
        ("de", "Dieses Gespräch findet in einem Krankenhaus statt."),
        ("es", "Esta conversación tiene lugar en un hospital."),
        ("zh", "这段对话发生在医院里。"),
        ("ja", "この会話は病院で行われています。"),
    ],
)
def test_where_a_talk_is_set_is_no_intent(language: str, sentence: str) -> None:
    read = read_intent(sentence, "-", language, 60, ("Ana", "Luis"))
    assert read == Unread("of the scene, not of the mover")
    wanted = "In this scene, Ana wants to be left alone."
    assert read_intent(wanted, "-", "en", 60, ("Ana", "Luis")) == wanted


def test_an_intent_that_the_limit_cut_off_is_none() -> None:
    assert is_cut_off("To sell bread before the shop", "To sell bread before the shop")
    assert not is_cut_off("To sell bread. And then", "To sell bread.")
    assert not is_cut_off("想卖面包。", "想卖面包。")
    assert read_intent("The bread", "Hello.", "en", 60) == Unread(ELSEWHERE)


def test_a_noun_with_its_article_is_no_intent() -> None:
    for text in ("The suitcase.", "The cloth samples.", "Der alte Koffer."):
        assert isinstance(read_intent(text, "Guten Tag.", "de", 60), Unread)
    assert read_intent("Das Brot verkaufen.", "Guten Tag.", "de", 60) == "Das Brot verkaufen."
    for text in ("道歉。", "拒绝邀请。"):
        assert read_intent(text, "你好。", "zh", 60) == text
