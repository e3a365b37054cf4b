import random
import tomllib
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acculturate.clca.play.moves import Move, read_move
from acculturate.clca.scenarios.names import Kinship, draw_names
from acculturate.clca.unread import Unread
from acculturate.culture import cultures

NAMES = ("Ana Ruiz", "Luis")


@pytest.mark.parametrize(
    ("text", "language", "kind", "said"),
    [
        ("Good evening.", "en", "speak", "Good evening."),
        ("Ana Ruiz: Good evening.", "en", "speak", "Good evening."),
        ("**Ana** (smiling): Good evening.", "en", "speak", "Good evening."),
        ("“Good evening.”", "en", "speak", "Good evening."),
        ("Move: speak\nText: One.\n\nTwo.", "en", "speak", "One.\n\nTwo."),
        ("Text: One.\nMove: speak", "en", "speak", "One."),
        ("**Move:** speak\n**Text:** “One.”", "en", "speak", "One."),
        ("Move: speak - One.", "en", "speak", "One."),
        ("Text: One.", "en", "speak", "One."),
        ("First.\n\nSecond.", "en", "speak", "First.\n\nSecond."),
        ('```json\n{"action_type": "speak", "argument": "One."}\n```', "en", "speak", "One."),
        ("*nods*", "en", "act", "nods"),
        ("Move: act\nText: nods", "en", "act", "nods"),
        ("Act: nods", "en", "act", "nods"),
        ("*sets the key on the table*", "en", "act", "sets the key on the table"),
        ("*nods* Come in.", "en", "speak", "*nods* Come in."),
        ("[says nothing]", "en", "silence", ""),
        ("...", "en", "silence", ""),
        ("……", "zh", "silence", ""),
        ("Move: none", "en", "silence", ""),
        ("[leaves]", "en", "leave", ""),
        ("*leaves the room*", "en", "leave", ""),
        ("Good night. [leaves]", "en", "leave", "Good night."),
        ("Move: leave\nText: Good night.", "en", "leave", "Good night."),
        ("方式：说话\n内容：你好。", "zh", "speak", "你好。"),
        ("内容：“你好。”\n方式：说话", "zh", "speak", "你好。"),
        ("（点头）", "zh", "act", "点头"),
        ("【沉默】", "zh", "silence", ""),
        ("再见。［离开］", "zh", "leave", "再见。"),
        ("（转身离开）", "zh", "leave", ""),
        ("種類：話す\n言葉：「はい。」", "ja", "speak", "はい。"),
        ("＊うなずく＊", "ja", "act", "うなずく"),
        ("では。［立ち去る］", "ja", "leave", "では。"),
        ("Zug: sprechen\nWorte: „Nein.“", "de", "speak", "Nein."),
        ("[schweigt]", "de", "silence", ""),
        ("Na dann. [geht]", "de", "leave", "Na dann."),
        ("Jugada: hablar\nTexto: «No.»", "es", "speak", "No."),
        ("[se va]", "es", "leave", ""),
    ],
)
def test_moves_are_read_in_every_dress(text: str, language: str, kind: str, said: str) -> None:
    move = read_move(text, NAMES, language)
    assert isinstance(move, Move)
    assert (move.kind, move.text) == (kind, said)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("!!", "no words"),
        ("Move: speak", "no words"),
        ("Move: dance", "unknown move"),
        ("Luis: Good evening.", "speaks for the other"),
        ('Mike: "Good evening."', "speaks for somebody else"),
    ],
)
def test_what_is_no_move_says_why(text: str, reason: str) -> None:
    assert read_move(text, NAMES, "en") == Unread(reason)


def test_the_others_turn_is_cut_off() -> None:
    move = read_move("Good evening.\nLuis: Hello.\nAna: Sit down.", NAMES, "en")
    assert move == Move("speak", "Good evening.", trimmed=True)


@pytest.mark.parametrize("names", [("Ana Ruiz", "Ana Gil"), ("Ana", "Ana Gil"), ("Ana Gil", "Ana")])
def test_a_first_name_that_both_have_is_no_ones(names: tuple[str, str]) -> None:
    for text, said in ((f"{names[0]}: Good evening.", "Good evening."), ("Sit.", "Sit.")):
        assert read_move(text, names, "en") == Move("speak", said)
    assert read_move(f"{names[1]}: Hello.", names, "en") == Unread("speaks for the other")


@pytest.mark.parametrize(
    ("text", "language", "kind", "said"),
    [
        ("行动方式： 说话\n\n内容：你好。\n\n请坐。", "zh", "speak", "你好。\n\n请坐。"),
        ("内容：「你好。」", "zh", "speak", "你好。"),
        ("**动作类型**：说话\n**内容**：好的！", "zh", "speak", "好的！"),
        ("（沉默不语）", "zh", "silence", ""),
        ("（起身离开房间）", "zh", "leave", ""),
        ("李伟：你好。", "zh", "speak", "你好。"),
        ("李伟（微笑）：你好。\n王芳：请坐。", "zh", "speak", "你好。"),
        ("言葉：『はい。』\n種類：話す", "ja", "speak", "はい。"),
        ("行動の種類：立ち去る\n内容：では、また。", "ja", "leave", "では、また。"),
        ("（黙っている）", "ja", "silence", ""),
        ("（うなずいて）「そうですね。」", "ja", "speak", "（うなずいて）「そうですね。」"),
        ("（部屋を出ていく）", "ja", "leave", ""),
        ("Art: schweigen", "de", "silence", ""),
        ("Worte: »Guten Tag.«\nZug: sprechen", "de", "speak", "Guten Tag."),
        ("Zug: gehen\nWorte: „Auf Wiedersehen!“", "de", "leave", "Auf Wiedersehen!"),
        ("(verlässt wortlos den Raum)", "de", "leave", ""),
        ("*nickt langsam*", "de", "act", "nickt langsam"),
        ("Texto: «¿Qué tal?»\n\nTipo: hablar", "es", "speak", "¿Qué tal?"),
        ("—Buenas tardes, pase usted.", "es", "speak", "—Buenas tardes, pase usted."),
        ("(se queda en silencio)", "es", "silence", ""),
        ("Jugada: no decir nada", "es", "silence", ""),
        ("*se levanta y se va*", "es", "leave", ""),
        ("Move: say nothing\nText: none", "en", "silence", ""),
        ("Action: He shakes his head.", "en", "act", "He shakes his head."),
        ("*gets up and leaves the room*", "en", "leave", ""),
        ("*silently pours the tea*", "en", "act", "silently pours the tea"),
        ("（默默地倒茶）", "zh", "act", "默默地倒茶"),
        ('Text: "Come in."', "en", "speak", "Come in."),
    ],
)  # fmt: skip
def test_moves_are_read_with_every_languages_marks(
    text: str, language: str, kind: str, said: str
) -> None:
    move = read_move(text, ("李伟", "王芳") if language == "zh" else NAMES, language)
    assert isinstance(move, Move)
    assert (move.kind, move.text) == (kind, said)


def test_a_reply_cut_short_ends_with_its_last_sentence() -> None:
    assert read_move("I know. But the", NAMES, "en", cut=True) == Move("speak", "I know.", True)
    assert read_move("I know but the", NAMES, "en", cut=True) == Move("speak", "I know but the")
    assert read_move("好的。可是那", ("李伟", "王芳"), "zh", cut=True) == Move(
        "speak", "好的。", True
    )


def test_a_sentence_that_begins_like_a_label_stays_speech() -> None:
    assert read_move("Speaking of it: no.", NAMES, "en") == Move("speak", "Speaking of it: no.")
    assert read_move("Listen: I am tired.", NAMES, "en") == Move("speak", "Listen: I am tired.")


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_without_an_error(text: str) -> None:
    move = read_move(text, NAMES, "en")
    if isinstance(move, Move):
        assert move.text or move.kind in ("silence", "leave")
        move.text.encode()


# -- whose words, and marks, by the cases of moves.toml -------------------------------------------

TREE = tomllib.loads((Path(__file__).parent / "moves.toml").read_text(encoding="utf-8"))
CASES = [
    pytest.param(tuple(TREE["pairs"][case["who"]]), case["language"], *read, id=read[0][:40])
    for case in TREE["case"]
    for read in case["read"]
]


@pytest.mark.parametrize(("names", "language", "reply", "kind", "said"), CASES)
def test_replies_are_read_as_a_person_reads_them(
    names: tuple[str, str], language: str, reply: str, kind: str, said: str
) -> None:
    move = read_move(reply, names, language)
    if kind == "-":
        assert isinstance(move, Unread)
    else:
        assert isinstance(move, Move)
        assert (move.kind, move.text) == (kind, said)


def built_in_pairs() -> list[tuple[str, str, str]]:
    """Names of strangers and of siblings of every culture, with the language of their text."""
    result = set()
    kinships: tuple[Kinship, ...] = ("", "siblings")
    for culture in cultures().values():
        for language in ("en", "zh", "de", "ja", "es"):
            for kinship, seed in product(kinships, range(3)):
                draw = random.Random(f"{culture.code}{seed}")
                first, second = draw_names(culture, language, kinship, draw)
                result.add((first.text, second.text, language))
    return sorted(result)


HELLO = {"en": "Hello.", "zh": "你好。", "de": "Hallo.", "ja": "どうも。", "es": "Hola."}
TITLES = {
    "en": ("Mr. {}", "Ms {}", "Dr. {}", "{}-san", "Uncle {}"),
    "zh": ("{}先生", "{}女士", "{}老师"),
    "de": ("Herr {}", "Frau {}", "Frau Dr. {}"),
    "ja": ("{}さん", "{}様", "{}先生"),
    "es": ("Señor {}", "Señora {}", "Doña {}", "Sra. {}"),
}


def ways(name: str, other: str, language: str) -> list[str]:
    """How a person may be called in front of a line: whole, by parts that are theirs alone."""
    parts = name.split()
    halves = {name[:1], name[1:]} if len(name) < 4 else {name[:2], name[2:]}
    split = halves if name[0] > "\u3400" else set(parts)
    apart = {word for word in split if word and word not in other}
    calls = [
        name,
        *apart,
        *([" ".join(parts[::-1]), ", ".join(parts[::-1])] if len(parts) == 2 else []),
    ]
    titled = [title.format(call) for call in calls for title in TITLES[language] if "," not in call]
    return [*calls, *titled, f"**{name}**", f"[{name}]", f"{name} (nods)", f"{name}（*）"]


@pytest.mark.parametrize("language", list(HELLO))
def test_some_built_in_names_are_known_in_every_form(language: str) -> None:
    names_are_known([pair for pair in built_in_pairs() if pair[2] == language][::12])


@pytest.mark.slow
@pytest.mark.parametrize("language", list(HELLO))
def test_every_built_in_name_is_known_in_every_form(language: str) -> None:
    names_are_known([pair for pair in built_in_pairs() if pair[2] == language])


def names_are_known(pairs: list[tuple[str, str, str]]) -> None:
    for me, other, language in pairs:
        colon = "：" if language in ("zh", "ja") else ": "
        hello = HELLO[language]
        for call in ways(other, me, language):
            reply = f"{call}{colon}{hello}"
            assert read_move(reply, (me, other), language) == Unread("speaks for the other"), reply
            for between in ("\n", "" if language in ("zh", "ja") else " "):
                move = read_move(f"{hello}{between}{reply}", (me, other), language)
                assert move == Move("speak", hello, trimmed=True), reply
        for call in ways(me, other, language):
            reply = f"{call}{colon}{hello}"
            assert read_move(reply, (me, other), language) == Move("speak", hello), reply


@pytest.mark.parametrize(
    ("language", "names", "own", "foreign"),
    [
        (
            "de",
            ("Katrin Weber", "Felix Krause"),
            "Das Kind darf mitkommen.",
            "It is the end of the day. You and I are with the teacher and we live in a town.",
        ),
        (
            "es",
            ("Rosa Torres", "Luis Morales"),
            "Claro que vamos a ir.",
            "It is the end of the day. You and I are with the teacher and we live in a town.",
        ),
        (
            "en",
            ("Ann Smith", "Tom Jones"),
            "Of course we will come.",
            "Es ist das Ende des Tages, und wir sind mit der Lehrerin in einer Stadt, die ich mag.",
        ),
        ("zh", ("李伟", "王芳"), "我们当然会来。", "It is the end of the day, and you live here."),
        ("ja", ("佐藤健", "鈴木美咲"), "もちろん行きます。", "It is the end, and you live here."),
    ],
)
def test_a_paragraph_in_another_language_is_cut_off(
    language: str, names: tuple[str, str], own: str, foreign: str
) -> None:
    assert read_move(f"{own}\n\n{foreign}", names, language) == Move("speak", own, trimmed=True)


@pytest.mark.parametrize("language", ["en", "de", "es", "zh", "ja"])
@pytest.mark.parametrize(
    "text",
    [
        "(S-S-P)\n(S-P-S)",
        "*S-P, S-P-S, S-P-P*",
        "a. 1. A. 3000 b. 2000 c. 4000 d. 5000",
        "1 2 3 4 5 6 7 8",
        "1.3.4.5.6.7.8.9.",
    ],
)
def test_single_letters_are_no_words(language: str, text: str) -> None:
    assert read_move(text, ("Ana", "Luis"), language) == Unread("no words")


def test_a_number_without_end_is_no_words() -> None:
    assert read_move("1" + 30 * "0", ("Ana", "Luis"), "en") == Unread("no words")
    assert getattr(read_move("14.", ("Ana", "Luis"), "en"), "text", "") == "14."


def test_few_letters_may_be_words() -> None:
    for text in ("5000 o 4000?", "A, B, C."):
        move = read_move(text, ("Ana", "Luis"), "es")
        assert isinstance(move, Move)
        assert move.kind == "speak"


@pytest.mark.parametrize(
    ("language", "lead", "said"),
    [
        ("en", "Here is a possible answer:", "Please come in."),
        ("de", "Hier ist eine mögliche Antwort:", "Bitte kommen Sie herein."),
        ("es", "Aquí tiene una respuesta posible:", "Pase, por favor."),
        ("zh", "以下是可能的回答：", "请进。"),
        ("ja", "以下は返事の例です：", "どうぞお入りください。"),
    ],
)
def test_a_line_that_leads_to_the_words_is_none_of_them(
    language: str, lead: str, said: str
) -> None:
    names = ("Ana", "Luis")
    assert read_move(f"{lead}\n\n{said}", names, language) == Move("speak", said)
    assert read_move(f"<p>“{said}", names, language) == Move("speak", said)
    assert read_move(f"1.\n{said}", names, language) == Move("speak", said)
    caption = {"zh": "安娜和路易斯在门口", "ja": "玄関のアナとルイス"}.get(language, "Ana e Luis")
    pair = {"zh": ("安娜", "路易斯"), "ja": ("アナ", "ルイス")}.get(language, names)
    assert read_move(f"{caption}\n\n{said}", pair, language) == Unread("narrates")


def test_what_only_looks_like_a_lead_or_a_caption_is_said() -> None:
    for text in (
        "Here is your tea.\nAnd a cake.",
        "Listen to this:\nI am leaving.",
        "1 < 2, and 3 > 2!",
        "Luis, Ana is here.\nShe waits.",
    ):
        move = read_move(text, ("Ana", "Luis"), "en")
        assert isinstance(move, Move)
        assert move.text == text.replace("\n", " ")


def test_remarks_in_brackets_are_no_words_of_the_speaker() -> None:
    text = (
        "(With this line, if you say nothing to her, you will be the one who answers the girl.)\n\n"
        "(Go with Ana and Luis on their journey, with an example of how it is said in English."
    )
    assert read_move(text, ("Ana", "Luis"), "en", cut=True) == Unread("narrates")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "*The character has walked down the street, and you have to help them."),
        ("en", "The voice continues, and nobody answers."),
        ("en", "As you look at the big hands, you see a smile."),
        ("de", "Die Figur geht die Straße hinunter und grüßt."),
        ("de", "*Der Erzähler spricht weiter.*"),
        ("es", "El personaje camina por la calle y saluda."),
        ("es", "*La voz continúa desde la cocina.*"),
        ("zh", "该角色走在街上，向人打招呼。"),
        ("ja", "そのキャラクターは通りを歩いている。"),
    ],
)
def test_a_writer_s_words_about_the_character_are_no_move(language: str, text: str) -> None:
    assert read_move(text, ("Ana", "Luis"), language) == Unread("narrates")


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("en", "Ana, you don't see what this costs.", "speaks for the other"),
        ("de", "Ana, Sie sehen nicht, was das kostet.", "speaks for the other"),
        ("es", "Ana, usted no ve lo que cuesta.", "speaks for the other"),
        ("zh", "Ana，你不知道这要多少钱。", "speaks for the other"),
        ("ja", "Anaさん、あなたは値段を知らない。", "speaks for the other"),
        ("en", "The image shows a lion and two birds.", "narrates"),
        ("en", "Put it between asterisks, for example *nods*, if so.", "reads out its prompt"),
        ("de", "Zwischen Sternchen, zum Beispiel *nickt*, wie Sie wollen.", "reads out its prompt"),
        ("es", "Conseguirlo así, por ejemplo *asiente* para ella.", "reads out its prompt"),
        ("zh", "可以写在星号之间，例如 *点头*，随你。", "reads out its prompt"),
        ("ja", "星印の間に、例えば *うなずく* と書きます。", "reads out its prompt"),
    ],
)
def test_words_to_the_speaker_pictures_and_examples_are_no_move(
    language: str, text: str, reason: str
) -> None:
    assert read_move(text, ("Ana", "Luis"), language) == Unread(reason)


def test_a_name_an_example_and_an_act_may_be_said() -> None:
    for text in ("Luis, you don't see what this costs.", "Take fruit, for example. *nods*"):
        assert getattr(read_move(text, ("Ana", "Luis"), "en"), "text", "") == text


def test_character_and_voice_may_be_spoken_of() -> None:
    for text in ("He has a good character.", "Your voice is lovely.", "The voices were loud."):
        assert read_move(text, ("Ana", "Luis"), "en") == Move("speak", text)


@pytest.mark.parametrize(
    ("language", "said", "rest"),
    [
        ("en", "Come in.", " *goes to the door. You see a lamp and a chair, and nobody is there."),
        ("de", "Kommen Sie.", " *geht zur Tür. Man sieht eine Lampe, und niemand ist da."),
        ("es", "Pase usted.", " *va a la puerta. Se ve una lámpara, y no hay nadie."),
        ("zh", "请进。", " *走到门口。看见一盏灯，没有人在。"),
        ("ja", "どうぞ。", " *戸口へ行く。明かりが見え、誰もいない。"),
        ("en", "Come in.", "\n\nBut Luis says: I will not."),
        ("de", "Kommen Sie.", "\n\nAber Luis sagt: Ich komme nicht."),
        ("es", "Pase usted.", "\n\nPero Luis dice: No quiero."),
        ("zh", "请进。", "\n\n但是，Luis说：我不进去。"),
        ("ja", "どうぞ。", "\n\nLuisが言う：行きません。"),
    ],
)
def test_a_move_ends_before_a_tale_and_before_what_the_other_says(
    language: str, said: str, rest: str
) -> None:
    move = read_move(said + rest, ("Ana", "Luis"), language)
    assert move == Move("speak", said, trimmed=True)


def test_a_list_of_open_acts_is_its_first_and_a_title_is_no_words() -> None:
    listed = read_move("*nods\n*goes out\n*comes back", ("Ana", "Luis"), "en")
    assert listed == Move("act", "nods", trimmed=True)
    assert read_move("《你找我》", ("安娜", "路易斯"), "zh") == Unread("no words")
    act = "Come in. *takes the coat and hangs it up*"
    assert read_move(act, ("Ana", "Luis"), "en") == Move("speak", act)


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("Come in.", "\n\n# Chapter two\nIt rained."),
        ("Come in.", "\n\nExpectations\n\nYou are Ana and you live in Peru."),
        ("Come in.", "\n\n1. A chair\n2. A table"),
        ("Come in.", "\n- a chair\n- a table"),
        ("Come in.", "\n| who | what |\n| Ana | waits |"),
        ("Come in.", "\n\nhttps://example.org/door"),
        ("Kommen Sie.", "\n\nQuelle: ein altes Buch"),
        ("Pase.", "\n\nEl siguiente texto es de un libro."),
        ("请进。", "\n\n以下是一篇关于门的作文。"),
        ("どうぞ。", "\n\n以下の文献は古いです。"),
    ],
)
def test_a_move_ends_where_a_document_begins(said: str, rest: str) -> None:
    language = {"C": "en", "K": "de", "P": "es", "请": "zh", "ど": "ja"}[said[0]]
    assert read_move(said + rest, ("Ana", "Luis"), language) == Move("speak", said, trimmed=True)


def test_a_list_with_bullets_is_no_move_and_one_dash_is_one() -> None:
    assert read_move("- bread\n- milk\n- eggs\n- tea", NAMES, "en") == Unread("a list")
    assert read_move("- Come in, and sit.", NAMES, "en") == Move("speak", "- Come in, and sit.")


@pytest.mark.parametrize(
    ("language", "role", "said", "tale"),
    [
        ("en", "clerk", "I have waited.", "The clerk tells you to go upstairs."),
        ("en", "clerk", "I have waited.", 'The clerk says: "No stamps are needed."'),
        ("de", "Beamter", "Ich warte.", "Der Beamte hört zu.\n\nDer Beamter nickt Ihnen zu."),
        ("es", "maestra de primaria", "Espero aquí.", "La maestra mira la puerta."),
        ("en", "clerk", "I have waited.", "Luis takes the form and reads it."),
    ],
)
def test_what_the_other_does_is_a_tale_by_name_or_by_role(
    language: str, role: str, said: str, tale: str
) -> None:
    move = read_move(f"{said}\n\n{tale}", ("Ana", "Luis"), language, roles=("midwife", role))
    assert isinstance(move, Move)
    assert move.text.startswith(said)
    assert tale.split("\n\n")[-1] not in move.text


@pytest.mark.parametrize(
    ("language", "role", "said", "rest"),
    [
        ("en", "postal clerk", "I have waited.", "\nClerk: No stamps are needed."),
        ("de", "Apothekerin", "Ich warte.", "\nApothekerin: Das geht nicht."),
        ("zh", "店员", "我等很久了。", "\n店员：没有了。"),
        ("zh", "店员", "我等很久了。", "\n店员把表格放在桌子上。"),
        ("ja", "店員", "待っています。", "\n店員：ありません。"),
    ],
)
def test_the_others_turn_is_known_by_what_the_other_does(
    language: str, role: str, said: str, rest: str
) -> None:
    names = ("Ana", "Luis") if said.isascii() else ("安娜", "路易斯")
    move = read_move(said + rest, names, language, roles=("midwife", role))
    assert move == Move("speak", said, trimmed=True)


def test_a_word_for_an_occupation_may_begin_what_is_said() -> None:
    text = "Cook the rice, and call me."
    assert read_move(text, ("Ana", "Luis"), "en", roles=("nurse", "cook")) == Move("speak", text)


def test_a_paragraph_that_speaks_to_nobody_is_a_tale() -> None:
    tale = "The station was old and grey, and rain fell on its roof all day and all night."
    said = Move("speak", "Come in.", trimmed=True)
    assert read_move(f"Come in.\n\n{tale}", ("Ana", "Luis"), "en") == said
    talk = f"Come in.\n\nI tell you: {tale}"
    assert read_move(talk, ("Ana", "Luis"), "en") == Move("speak", talk)


def test_a_role_that_both_have_and_a_general_sentence_are_said() -> None:
    text = "The clerk is not always right."
    for roles in (("clerk", "cook"), ("clerk", "clerk")):
        assert read_move(text, ("Ana", "Luis"), "en", roles=roles) == Move("speak", text)


def test_another_s_words_whose_quotation_the_line_leaves_open_are_the_others() -> None:
    text = 'Luis says, "I want some fish.\nAna says, "It is a fish.'
    assert read_move(text, ("Ana", "Luis"), "en") == Unread("speaks for the other")


@pytest.mark.parametrize(
    ("language", "names", "text"),
    [
        ("en", ("Ana Ruiz", "Luis Vega"), "Ana Ruiz is to meet Luis Vega at a restaurant."),
        ("es", ("Ana Ruiz", "Luis Vega"), "Ana Ruiz se va a presentar con Luis Vega, su amigo."),
        ("ja", ("田中翔", "佐藤陽子"), "田中翔、仕事をしていると、佐藤陽子に声をかけられます。"),
        ("zh", ("李志伟", "张文杰"), "李志伟在路上遇到了张文杰。"),
    ],
)
def test_a_sentence_with_both_whole_names_is_a_narrators(
    language: str, names: tuple[str, str], text: str
) -> None:
    assert read_move(text, names, language) == Unread("narrates")


def test_somebody_may_name_both_who_speaks_of_himself() -> None:
    text = "I am Ana Ruiz, and you are Luis Vega."
    assert read_move(text, ("Ana Ruiz", "Luis Vega"), "en") == Move("speak", text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I was wrong. Please rephrase the sentence."),
        ("en", 'I was wrong. The word "you" is a typo.'),
        ("de", "Das war falsch. Formulieren Sie den Satz neu."),
        ("es", "Me equivoqué. Reescriba la oración."),
        ("zh", "我错了。请改写这句话。"),
        ("ja", "私が間違えた。この文を書き直してください。"),
    ],
)
def test_a_move_ends_before_a_remark_on_its_wording(language: str, text: str) -> None:
    said = text[: max(text.find(end) for end in (". ", "。")) + 1]
    assert read_move(text, ("Ana", "Luis"), language) == Move("speak", said, trimmed=True)


def test_people_as_the_prompt_lists_them_say_nothing() -> None:
    names, roles = ("Ana Ruiz", "Luis Vega"), ("cook", "clerk")
    for text in ("Ana Ruiz (cook)", "Luis Vega (clerk)\n\nAna Ruiz (cook)"):
        assert isinstance(read_move(text, names, "en", roles=roles), Unread)
    said = "Ana Ruiz. And you?"
    assert read_move(said, names, "en", roles=roles) == Move("speak", said)


def test_a_title_with_a_full_stop_ends_no_sentence() -> None:
    text = "I told Mr. Tan: not today."
    assert read_move(text, ("Ana Ruiz", "Wei Tan"), "en") == Move("speak", text)


@pytest.mark.parametrize("text", ["Ana (nurse)\n\nAna (nurse)", "2\n\nLuis (cook)\n\nLuis (cook)"])
def test_names_with_what_people_do_are_no_move(text: str) -> None:
    read = read_move(text, ("Ana", "Luis"), "en", roles=("nurse", "cook"))
    assert read == Unread("no words")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I will.\n\nThe same day: You are Ana, and you live here.", "en"),
        ("Ja.\n\nAm selben Tag: Sie sind Ana, und Sie leben hier.", "de"),
        ("Sí.\n\nEl mismo día: Usted es Ana y vive aquí.", "es"),
        ("好的。\n\n同一天：你是Ana，住在这里。", "zh"),
        ("はい。\n\n同じ日：あなたはここに住むAnaです。", "ja"),
    ],
)
def test_a_prompt_behind_a_heading_ends_a_move(text: str, language: str) -> None:
    move = read_move(text, ("Ana", "Luis"), language)
    assert isinstance(move, Move)
    assert move.text == text.splitlines()[0]
