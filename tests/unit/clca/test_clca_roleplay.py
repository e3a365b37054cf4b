from collections.abc import Callable

import pytest

from acculturate.clca import ClcaSettings, RoleplayStage, Scenario
from acculturate.clca.loops import loops
from acculturate.clca.play.rules import wrong_language
from acculturate.engines.mock import MockEngine
from acculturate.records import Failure, GenerateRequest, Generation, Reply, Request
from acculturate.records.yields import told

from .conftest import Carry

Make = Callable[..., tuple[Scenario, ...]]
WORDS = ("bread", "rain", "stairs", "train", "garden", "letter", "window", "coffee", "music", "key")


def settings_of(**roleplay: object) -> ClcaSettings:
    return ClcaSettings.model_validate({"roleplay": roleplay})


def talker() -> Callable[[Request], str]:
    """Says something new at every turn, told apart by what was asked."""

    def say(request: Request) -> str:
        first, second = (int(request.id[at : at + 2], 16) % 10 for at in (0, 2))
        return f"Number {request.id[:8]}: the {WORDS[first]} and your {WORDS[second]}?"

    return say


def test_ten_exchanges_are_twenty_moves_in_turn(carry: Carry, scenarios: Make) -> None:
    stage = RoleplayStage(scenarios(3), ClcaSettings())
    result = stage.collect(carry(stage, MockEngine(talker())))
    assert [len(dialogue.utterances) for dialogue in result.dialogues] == [20, 20, 20]
    assert [utterance.speaker for utterance in result.dialogues[0].utterances] == [0, 1] * 10
    assert {dialogue.end for dialogue in result.dialogues} == {"limit"}
    assert len(result.dialogues[0].exchanges) == 10


def test_a_language_can_have_a_limit_of_its_own() -> None:
    published = ClcaSettings(preset="published").roleplay
    assert (published.moves("zh-Hans"), published.moves("en")) == (10, 20)


@pytest.mark.parametrize("form", ["chat", "paper"])
def test_each_character_sees_its_own_goal_and_secret_only(
    carry: Carry, scenarios: Make, form: str
) -> None:
    seen: list[Request] = []

    def say(request: Request) -> str:
        seen.append(request)
        return talker()(request)

    stage = RoleplayStage(scenarios(), settings_of(exchanges=3, form=form))
    carry(stage, MockEngine(say))
    for number, request in enumerate(seen):
        text = "\n".join(message.text for message in request.messages)
        me, other = ("JONAS", "LENA") if number % 2 == 0 else ("LENA", "JONAS")
        assert f"GOAL OF {me}" in text
        assert f"SECRET OF {me}" in text
        assert f"OF {other}" not in text


def test_in_the_chat_form_each_prompt_begins_with_the_speakers_last(
    carry: Carry, scenarios: Make
) -> None:
    seen: list[Request] = []

    def say(request: Request) -> str:
        seen.append(request)
        return talker()(request)

    stage = RoleplayStage(scenarios(), settings_of(exchanges=3))
    carry(stage, MockEngine(say))
    assert len(seen) == 6
    for earlier, later in zip(seen, seen[2:], strict=False):
        assert later.messages[: len(earlier.messages)] == earlier.messages
        assert [message.role for message in later.messages[-2:]] == ["assistant", "user"]
    assert [message.role for message in seen[0].messages] == ["system", "user"]


def test_in_the_papers_form_the_history_is_one_message(carry: Carry, scenarios: Make) -> None:
    seen: list[Request] = []

    def say(request: Request) -> str:
        seen.append(request)
        return f"Line {len(seen)} about the {WORDS[len(seen)]}."

    stage = RoleplayStage(scenarios(), settings_of(exchanges=2, form="paper"))
    carry(stage, MockEngine(say))
    assert all(
        [message.role for message in request.messages] == ["system", "user"] for request in seen
    )
    assert "Jonas: Line 1" in seen[2].messages[1].text
    assert "Lena: Line 2" in seen[2].messages[1].text


def test_dialogues_advance_together(carry: Carry, scenarios: Make) -> None:
    stage = RoleplayStage(scenarios(5), settings_of(exchanges=2))
    lookup = carry(stage, MockEngine(talker()))
    assert [todo.total for todo in stage.rounds(lookup)] == [5, 5, 5, 5]


def test_each_side_can_be_another_model(carry: Carry, scenarios: Make) -> None:
    asked: dict[str, int] = {"teacher": 0, "partner": 0}

    def player(role: str) -> Callable[[Request], str]:
        def say(request: Request) -> str:
            asked[role] += 1
            return talker()(request)

        return say

    settings = ClcaSettings.model_validate({"partner": True, "roleplay": {"exchanges": 2}})
    stage = RoleplayStage(scenarios(3), settings)
    engines = {role: MockEngine(player(role), role) for role in asked}
    result = stage.collect(carry(stage, engines))
    assert asked == {"teacher": 6, "partner": 6}
    assert [len(dialogue.utterances) for dialogue in result.dialogues] == [4, 4, 4]


def test_leaving_ends_and_leaves_no_empty_turn(carry: Carry, scenarios: Make) -> None:
    lines = iter(["Good day, Lena.", "Good night. [leaves]"])
    stage = RoleplayStage(scenarios(), ClcaSettings())
    (dialogue,) = stage.collect(carry(stage, MockEngine(lambda _: next(lines)))).dialogues
    assert dialogue.end == "left"
    assert [utterance.text for utterance in dialogue.utterances] == [
        "Good day, Lena.",
        "Good night.",
    ]


def test_an_unreadable_move_is_asked_again_and_recorded(carry: Carry, scenarios: Make) -> None:
    lines = iter(["", "Lena: I know.", "Good day to you.", "[leaves]"])
    stage = RoleplayStage(scenarios(), settings_of(tries=3))
    result = stage.collect(carry(stage, MockEngine(lambda _: next(lines))))
    assert result.dialogues[0].end == "left"
    assert [drop.reason for drop in result.drops] == ["empty", "speaks for the other"]
    assert (result.yields[0].count, result.yields[0].of) == (2, 4)


def test_after_its_tries_a_dialogue_ends_and_says_so(carry: Carry, scenarios: Make) -> None:
    lost: list[str | Failure] = ["Good day to you.", *[Failure("content", "gone")] * 2]
    lines = iter(lost)
    stage = RoleplayStage(scenarios(), settings_of(tries=2))
    result = stage.collect(carry(stage, MockEngine(lambda _: next(lines))))
    assert result.dialogues[0].end == "failed"
    assert len(result.dialogues[0].utterances) == 1
    assert [drop.reason for drop in result.drops] == ["no reply"] * 2
    assert told(result.yields[1]) == (
        "none of 1 dialogues were played; "
        "1 broke off because the model gave no usable turn in 2 tries"
    )


@pytest.mark.parametrize(
    "line", ["I would like to speak about the garden today.", "[says nothing]"]
)
def test_repetition_ends_a_dialogue(carry: Carry, scenarios: Make, line: str) -> None:
    stage = RoleplayStage(scenarios(), settings_of(tries=2))
    result = stage.collect(carry(stage, MockEngine(lambda _: line)))
    assert result.dialogues[0].end == "repetition"
    assert {drop.reason for drop in result.drops} == {"repeats itself"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("As an AI language model, I have no garden.", "breaks character"),
        ("我今天想谈谈花园的事情。", "wrong language"),
        ("He stands up. He stands up. He stands up.", "repeats itself"),
    ],
)
def test_bad_moves_are_failed_tries(carry: Carry, scenarios: Make, line: str, reason: str) -> None:
    stage = RoleplayStage(scenarios(), settings_of(tries=1))
    (drop,) = stage.collect(carry(stage, MockEngine(lambda _: line))).drops
    assert drop.reason == reason


def test_a_run_cut_off_goes_on_with_the_same_dialogues(carry: Carry, scenarios: Make) -> None:
    def say(request: Request) -> str:
        return "" if int(request.id, 16) % 4 == 0 else talker()(request)

    def stage() -> RoleplayStage:
        return RoleplayStage(scenarios(4), settings_of(exchanges=3))

    whole = stage().collect(carry(stage(), MockEngine(say, batch_size=2)))
    assert whole.drops
    kept: dict[tuple[str, str], Reply] = {}
    for _ in range(40):
        lookup = carry(stage(), MockEngine(say, batch_size=2), kept, batches=1)
    assert stage().collect(lookup) == whole


def test_several_dialogues_of_a_scenario_are_drawn_apart(scenarios: Make) -> None:
    stage = RoleplayStage(scenarios(), settings_of(dialogues=3))
    first = next(stage.rounds(lambda role, request: None))
    assert len({request.id for request in first.requests}) == 3


def test_moves_are_played_in_the_cultures_language(carry: Carry, scenarios: Make) -> None:
    seen: list[GenerateRequest] = []

    def say(request: Request) -> Generation:
        assert isinstance(request, GenerateRequest)
        seen.append(request)
        return Generation("再见。[离开]", 1, 1, "end")

    settings = ClcaSettings(language="culture")
    stage = RoleplayStage(scenarios(1, "CHN", "zh"), settings)
    (dialogue,) = stage.collect(carry(stage, MockEngine(say))).dialogues
    assert "你是Jonas" in seen[0].messages[0].text
    assert (dialogue.language, dialogue.end) == ("zh-Hans", "left")


@pytest.mark.parametrize(
    ("text", "language", "wrong"),
    [
        ("Ich weiß nicht, ob das für uns alle so gut ist, aber wir haben es.", "en", True),
        ("Ich weiß nicht, ob das für uns alle so gut ist, aber wir haben es.", "de", False),
        ("No sé si esto es lo mejor para los dos, pero como tú quieras, está bien.", "es", False),
        ("No sé si esto es lo mejor para los dos, pero como tú quieras, está bien.", "de", True),
        ("I do not know whether this is good for all of us, but we have it.", "zh", True),
        ("我不知道这样对大家好不好。", "zh", False),
        ("どうすればいいのか分かりません。", "ja", False),
        ("どうすればいいのか分かりません。", "zh", True),
        ("我不知道这样对大家好不好。", "ja", True),
        ("OK.", "zh", False),
        ("Sí.", "en", False),
    ],
)
def test_languages_are_told_apart(text: str, language: str, wrong: bool) -> None:
    assert wrong_language(text, language) is wrong


def test_loops() -> None:
    assert loops("He goes. He goes. He goes. She stays.")
    assert not loops("He goes. She stays. They talk.")
    assert not loops("Yes. Yes.")


@pytest.mark.parametrize(
    ("text", "loop"),
    [
        ("The door is open. The door is open. You are lost. Come in now. You are lost.", True),
        ("The door is open. The door is open. You are lost. Come in now.", False),
        ("He is kind and kind, but also good and good.", True),
        ("We tried again and again.", False),
        ("Er ist nett und nett, aber auch still und still.", True),
        ("Es amable y amable, pero también bueno y bueno.", True),
        ("他友好和友好，也善良和善良。", True),
    ],
)
def test_sentences_and_words_twice_are_a_loop_where_there_are_two_of_them(
    text: str, loop: bool
) -> None:
    assert loops(text) is loop


def test_the_other_is_known_by_occupation(carry: Carry, scenarios: Make) -> None:
    lines = iter(["I have bread.\nThe pilot smiles at you.", "And I have time.\nBaker: Good."])
    stage = RoleplayStage(scenarios(), settings_of(exchanges=1))
    (dialogue,) = stage.collect(carry(stage, MockEngine(lambda _: next(lines)))).dialogues
    assert [move.text for move in dialogue.utterances] == ["I have bread.", "And I have time."]
