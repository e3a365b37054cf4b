import itertools
import json
from collections import Counter

import pytest
from pydantic import ValidationError

from acculturate.clca import (
    ClcaSettings,
    Intent,
    IntentStage,
    Learned,
    Relevance,
    RelevanceStage,
    dialogue_rows,
    learn,
    teaching_rows,
)
from acculturate.clca.dialogue_rows import imitation_row, thin
from acculturate.clca.intents import intent_form, intent_messages, read_intent
from acculturate.clca.method import Made, RoleStage, audit_rows
from acculturate.clca.relevance import relevance_messages
from acculturate.clca.unread import Unread
from acculturate.culture import find_culture
from acculturate.engines.mock import MockEngine, Script
from acculturate.methods.kept_texts import read_dialogue
from acculturate.records import ChooseRequest, GenerateRequest, Message, Request, TrainingRow
from acculturate.records.results.plain import row_of

from .conftest import Carry, Talk

TALK = (
    "Good day, Lena, the bread is ready.",
    "Thank you, I have to fly at noon.",
    "Then take two of them with you.",
    "What do I owe you for all this?",
)


def spoken_by(row: TrainingRow) -> list[str]:
    """All that bears loss."""
    return [*(row.prompt[place].text for place in row.trained), row.completion]


# -- imitation ------------------------------------------------------------------------------------


def test_the_named_character_is_the_one_whose_words_are_trained(talk: Talk) -> None:
    dialogue = talk(*TALK)
    for side, (name, other) in enumerate((("Jonas", "Lena"), ("Lena", "Jonas"))):
        row = imitation_row(dialogue, side)
        assert row is not None
        assert row.prompt[0].text.startswith(f"You are {name} ")
        assert f"You are {other}" not in row.prompt[0].text
        own = [utterance.text for utterance in dialogue.utterances if utterance.speaker == side]
        assert spoken_by(row) == own
        others = [utterance.text for utterance in dialogue.utterances if utterance.speaker != side]
        users = [message.text for message in row.prompt if message.role == "user"]
        heard = [text for text in users if text in others]
        assert heard == others[: len(heard)]
        assert len(heard) == (len(own) - 1 if side == 0 else len(own))


def test_rows_hold_no_goals_and_no_secrets(talk: Talk) -> None:
    for side in (0, 1):
        row = imitation_row(talk(*TALK), side)
        assert row is not None
        text = "\n".join(message.text for message in row.prompt)
        assert "GOAL" not in text
        assert "SECRET" not in text


def test_turns_alternate_from_the_user_on(talk: Talk) -> None:
    for side in (0, 1):
        row = imitation_row(talk(*TALK), side)
        assert row is not None
        roles = [message.role for message in row.prompt]
        assert roles == [
            "system",
            *itertools.islice(itertools.cycle(["user", "assistant"]), len(roles) - 1),
        ]
        assert roles[-1] == "user"
        assert all(roles[place] == "assistant" for place in row.trained)


def test_silence_and_leaving_are_shown_and_not_trained(talk: Talk) -> None:
    dialogue = talk(
        ("silence", ""), "Are you there?", ("act", "nods"), "Well then.", ("leave", ""), end="left"
    )
    jonas, lena = imitation_row(dialogue, 0), imitation_row(dialogue, 1)
    assert jonas is not None
    assert lena is not None
    assert spoken_by(jonas) == ["*nods*"]
    assert Message("assistant", "[says nothing]") in jonas.prompt
    assert spoken_by(lena) == ["Are you there?", "Well then."]
    assert imitation_row(talk(("silence", ""), "Hello?"), 0) is None


def test_last_words_are_trained_without_the_mark(talk: Talk) -> None:
    dialogue = talk(*TALK, ("leave", "Good night."), end="left")
    row = imitation_row(dialogue, 0)
    assert row is not None
    assert row.completion == "Good night."
    assert "[leaves]" not in "".join(spoken_by(row))


# -- intents and relevance ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("To sell bread.", "To sell bread."),
        ("Intent: To sell bread. It is customary.", "To sell bread."),
        ("**Intent:**\nTo sell bread.", "To sell bread."),
        ('"To sell bread."', "To sell bread."),
        ('{"intent": "To sell bread."}', "To sell bread."),
        ('Here: ```json\n{"Intention": "To sell bread."}\n```', "To sell bread."),
        ('{"intent": "To sell bread', "To sell bread"),
        ('{"intent": ["To sell bread."]}', Unread("out of form")),
        ('{"answer": "To sell bread."}', Unread("out of form")),
        ('{"int', Unread("out of form")),
        ('{"intent": ""}', Unread("empty")),
        ("", Unread("empty")),
        (TALK[0], Unread("the utterance again")),
        ("The bread is ready.", Unread("the utterance again")),
        ("word " * 80, Unread("too long")),
        ("As an AI language model I cannot tell.", Unread("breaks character")),
        ("他想卖掉面包，换一点钱。", Unread("wrong language")),
    ],
)
def test_intents_are_read_by_their_rules(text: str, read: str | Unread) -> None:
    assert read_intent(text, TALK[0], "en", 60) == read


def test_intents_in_other_languages() -> None:
    assert read_intent("意图：想卖面包。还有别的。", "你好。", "zh", 60) == "想卖面包。"
    assert read_intent("Absicht: Sie will Brot.", "Hallo.", "de", 60) == "Sie will Brot."
    for language in ("en", "zh", "de", "ja", "es"):
        [key] = json.loads(intent_form(language))["required"]
        said = json.dumps({key: "OK 42."}, ensure_ascii=False)
        assert read_intent(said, "Hallo.", language, 60) == "OK 42."


@pytest.mark.parametrize("bound", [False, True])
def test_an_intent_is_asked_for_every_move_with_words_or_an_act(
    bound: bool, talk: Talk, carry: Carry
) -> None:
    dialogue = talk(TALK[0], ("silence", ""), ("act", "nods"), TALK[3])
    seen: list[Request] = []

    def say(request: Request) -> str:
        seen.append(request)
        return "" if "*nods*\n\nWhat" in request.messages[-1].text else "To be kind."

    own = {"bound": True} if bound else {}  # one sentence needs no form
    stage = IntentStage([dialogue], ClcaSettings.model_validate({"intents": own}))
    result = stage.collect(carry(stage, MockEngine(say)))
    assert [intent.place for intent in result.intents] == [0, 3]
    assert [drop.reason for drop in result.drops] == ["empty", "empty"]
    assert (result.yields[0].count, result.yields[0].of) == (2, 3)
    assert result.yields[0].lost == {"empty": 1}
    assert "What does Jonas intend" in seen[0].messages[-1].text
    assert "GOAL" not in seen[0].messages[-1].text
    assert len({request.id for request in seen}) == 4
    assert {request.schema for request in seen if isinstance(request, GenerateRequest)} == {
        intent_form("en") if bound else ""
    }


def test_what_is_trained_is_what_was_asked(talk: Talk, carry: Carry) -> None:
    dialogue = talk(*TALK)
    seen: set[tuple[Message, ...]] = set()

    def say(request: Request) -> str | list[float]:
        seen.add(request.messages)
        return [0.8, 0.2] if isinstance(request, ChooseRequest) else "To be kind."

    intents, relevance = IntentStage([dialogue], ClcaSettings()), RelevanceStage([dialogue])
    asked = intents.collect(carry(intents, MockEngine(say))).intents
    weighed = relevance.collect(carry(relevance, MockEngine(say))).relevances
    assert len(weighed) == 2
    rows = teaching_rows([dialogue], asked, weighed, ClcaSettings()).rows
    own = [row for row in rows if not row.source.startswith("imitation")]
    assert len(own) == 4 + 2
    assert all(row.prompt in seen for row in own)


def test_relevance_is_taught_in_the_order_it_is_shown(talk: Talk) -> None:
    dialogues = [talk(*TALK, number=number) for number in range(12)]
    weighed = [Relevance(dialogue.id, 0, 2, 0.9) for dialogue in dialogues]
    rows = teaching_rows(dialogues, [], weighed, ClcaSettings()).rows
    shown = [row for row in rows if row.source.startswith("relevance")]
    assert {row.target[0] > 0.5 for row in shown} == {True, False}
    for row in shown:
        yes_first = "A: yes" in row.prompt[-1].text
        assert (row.target[0] > 0.5) is yes_first
        assert sum(row.target) == pytest.approx(1)
        assert row.weight == 0.5
    assert relevance_messages(dialogues[0], 0, 2, flip=True) != relevance_messages(
        dialogues[0], 0, 2, flip=False
    )


# -- all rows -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "tasks"),
    [
        ({}, {"imitation": 2, "intent": 4, "relevance": 1}),
        ({"intents": 0, "relevance": 0}, {"imitation": 2}),
        ({"imitation": 0, "relevance": 0}, {"intent": 4}),
        ({"relevance": 0}, {"imitation": 2, "intent": 4}),
    ],
)
def test_ablations_are_weights(
    talk: Talk, weights: dict[str, float], tasks: dict[str, int]
) -> None:
    dialogue = talk(*TALK)
    intents = [Intent(dialogue.id, place, "To be kind.") for place in range(4)]
    settings = ClcaSettings.model_validate({"teaching": weights})
    rows = teaching_rows([dialogue], intents, [Relevance(dialogue.id, 0, 2, 0.5)], settings).rows
    assert Counter(row.source.split()[0] for row in rows) == tasks
    assert {row.culture for row in rows} == {"DEU"}


def test_a_lost_intent_gives_no_row_at_all(talk: Talk) -> None:
    dialogue = talk(*TALK)
    rows = teaching_rows([dialogue], [Intent(dialogue.id, 2, "To give.")], [], ClcaSettings()).rows
    (row,) = [row for row in rows if row.source.startswith("intent")]
    assert row.prompt == intent_messages(dialogue, 2)
    assert all("unknown" not in message.text for message in row.prompt)


def test_rows_are_sound_for_tuning_and_come_back_from_their_file(talk: Talk) -> None:
    from acculturate.tuning.rows import check_rows, dump_rows

    dialogue = talk(*TALK)
    weighed = [Relevance(dialogue.id, 0, 2, 0.5)]
    intents = [Intent(dialogue.id, 0, "To be kind.")]
    rows = teaching_rows([dialogue], intents, weighed, ClcaSettings()).rows
    check_rows(rows)
    lines = [json.loads(line) for line in dump_rows(rows).splitlines()]
    assert sorted(line.get("trained", []) for line in lines) == [[], [], [2], [2]]


def test_a_smaller_quantity_is_part_of_a_larger_one(talk: Talk) -> None:
    dialogues = [
        talk(*TALK, number=number, culture=culture)
        for culture in ("DEU", "MEX")
        for number in range(10)
    ]
    few, many = (thin(dialogues, quantity, 42) for quantity in (0.3, 0.8))
    assert (len(few), len(many)) == (6, 16)
    assert {dialogue.id for dialogue in few} < {dialogue.id for dialogue in many}
    assert Counter(dialogue.culture for dialogue in few) == {"DEU": 3, "MEX": 3}


def test_nothing_is_asked_of_dialogues_that_are_not_taught(carry: Carry) -> None:
    teaching = {"quantity": 0.5}
    learned = learned_by_player(carry, scenarios=2, exchanges=2, teaching=teaching)
    assert len(learned.judged.kept) == 4
    used = set(learned.teaching.used)
    assert len(used) == 2
    assert {intent.dialogue for intent in learned.intents.intents} == used
    assert {relevance.dialogue for relevance in learned.relevances.relevances} == used
    assert len(learned.intents.intents) == 2 * 4
    assert {row.id for row in dialogue_rows(learned) if row.taught} == used


# -- the method -----------------------------------------------------------------------------------


SAYINGS = (
    "The baker closed early because of the storm.",
    "My uncle sold his old boat last spring.",
    "Could we paint the kitchen before Easter?",
    "Nobody found the keys under the mat.",
    "A letter from the bank arrived yesterday.",
    "She plays the violin every evening.",
    "Their dog chased our cat up a tree.",
    "I would rather walk than take the bus.",
    "Please bring some plates from the cellar.",
    "What did the nurse tell your father?",
)


def player(request: Request) -> str | list[float]:
    """One model for everything: scenarios, moves, intents, verdicts."""
    if isinstance(request, ChooseRequest):
        return [0.6, 0.4]
    prompt = request.messages[-1].text
    if "intend with this" in prompt:
        return "To keep the peace."
    if "Verdict:" in prompt:
        return "Verdict: good\nConfidence: confident\nCritique: Fine."
    heard = " ".join(message.text for message in request.messages)
    at = int(request.id[:8], 16) % len(SAYINGS)
    return next(line for line in (*SAYINGS[at:], *SAYINGS[:at]) if line not in heard)


def learned_by_player(
    carry: Carry,
    *,
    scenarios: int,
    exchanges: int,
    can_choose: bool = True,
    teaching: dict[str, float] | None = None,
    say: Script = player,
) -> Learned:
    """The method carried out for two cultures by one model in every role."""
    settings = ClcaSettings.model_validate(
        {
            "scenarios": {"count": scenarios, "adapt": "rule"},
            "roleplay": {"exchanges": exchanges},
            "judging": {"keep": "lenient"},  # a script chooses by place, and is sure of nothing
            "teaching": teaching or {},
        }
    )

    def run(stage: RoleStage[Made], /) -> Made:
        lookup = carry(stage, MockEngine(say))
        return stage.collect(lookup)

    cultures = [find_culture(code) for code in ("GBR", "USA")]
    return learn(cultures, settings, run, can_choose=can_choose)


@pytest.mark.parametrize("can_choose", [True, False])
def test_the_whole_method_from_cultures_to_rows(carry: Carry, can_choose: bool) -> None:
    learned = learned_by_player(carry, scenarios=2, exchanges=3, can_choose=can_choose)
    assert len(learned.judged.kept) == 4
    tasks = Counter(row.source.split()[0] for row in learned.teaching.rows)
    assert tasks["imitation"] == 8
    assert tasks["intent"] == 24
    assert tasks["relevance"] == (12 if can_choose else 0)
    assert learned.settings.judging.way == ("choose" if can_choose else "text")
    steps = [tally.step for tally in learned.yields]
    assert len(steps) == len(set(steps))
    assert "dialogues hold a slur" in steps
    shown = dialogue_rows(learned)
    assert [read_dialogue(row_of(row)) for row in shown] == shown
    assert shown[0].moves[0].intent == "To keep the peace."
    assert {verdict.question for verdict in shown[0].verdicts} == {
        "quality", "fit", "stereotype", "review",
    }  # fmt: skip


def test_a_prejudiced_teachers_words_are_counted_where_they_stand(carry: Carry) -> None:
    def prejudiced(request: Request) -> str | list[float]:
        said = player(request)
        british = "live in Great Britain" in request.messages[0].text
        return f"{said} All Germans are late, that kraut too." if british else said

    learned = learned_by_player(carry, scenarios=1, exchanges=2, say=prejudiced)
    british, american = audit_rows(learned)
    assert (british.culture, british.slur, british.generalisation) == ("GBR", 1, 1)
    assert (american.slur, american.generalisation) == (0, 0)
    (talk,) = [row for row in dialogue_rows(learned) if row.culture == "GBR"]
    for finding in talk.findings:
        assert finding.words in talk.moves[finding.place].text
    assert {finding.words for finding in talk.findings} >= {"kraut", "All Germans"}


# -- settings -------------------------------------------------------------------------------------


def test_presets_and_what_stands_above_them() -> None:
    published = ClcaSettings(preset="published")
    assert published.roleplay.form == "paper"
    assert published.roleplay.top_p == 0.7
    assert published.roleplay.max_tokens == 500
    assert published.judging.keep == "published"
    assert published.teaching.relevance == 0
    own = ClcaSettings.model_validate({"preset": "published", "roleplay": {"form": "chat"}})
    assert (own.roleplay.form, own.roleplay.top_p) == ("chat", 0.7)
    assert ClcaSettings().teaching.relevance > 0


def test_a_limit_of_no_exchange_is_refused() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        ClcaSettings.model_validate({"roleplay": {"exchanges_in": {"zh": 0}}})


def test_settings_that_teach_nothing_are_refused() -> None:
    with pytest.raises(ValidationError, match="give one task a weight above 0"):
        ClcaSettings.model_validate({"teaching": {"imitation": 0, "intents": 0, "relevance": 0}})
