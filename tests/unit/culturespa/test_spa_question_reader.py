import pytest

from acculturate.culturespa.question_reader import LONGEST, Draft, Unread, read

VOTE = Draft("Do you vote?", ("Yes", "No"))


@pytest.mark.parametrize(
    "text",
    [
        '{"question": "Do you vote?", "options": ["Yes", "No"]}',
        '```json\n{"question": "Do you vote?", "options": ["Yes", "No"]}\n```',
        'Sure, here it is:\n{"question": "Do you vote?", "options": ["Yes", "No"]} Good luck.',
        '{"question": "Do you vote?", "options": ["Yes", "No",],}',
        "{'question': 'Do you vote?', 'options': ['Yes', 'No']}",
        "{“question”: “Do you vote?”, “options”: [“Yes”, “No”]}",
        '{question: "Do you vote?", options: ["Yes", "No"]}',
        '{"Question": " Do you\\n vote? ", "Answers": ["Yes", " No "]}',
        '{"stem": "Do you vote?", "options": {"1": "Yes", "2": "No"}}',
        '{"question": "Do you vote?", "options": [{"label": "Yes"}, {"text": "No"}]}',
        '{"question": {"text": "Do you vote?", "options": ["Yes", "No"]}}',
        '{"question": "Do you vote?", "options": ["Yes", "No"]',
        '{"question": "Do you vote?", "options": ["Yes"\n"No"]}',
        '[{"question": "Do you vote?", "options": ["Yes", "No"]}]',
        '{{"question": "Do you vote?", "options": ["Yes", "No"]}}',
        '{ {"stem": "Do you vote?", "options": {"1": "Yes", "2": "No"}} }',
        '{"note": 1} {"question": "Do you vote?", "options": ["Yes", "No"]}',
        '{"question": "Do you vote?", "options": ["Yes", "No"]}\n{"question": "B?"}',
        "Do you vote?\n1. Yes\n2. No",
        "Question: Do you vote?\n\nOptions:\nA) Yes\nB) No",
        "**Do you vote?**\n- Yes\n- No\n\nThis asks for participation.",
        "1. Do you vote?\n- Yes\n- No",
        "Here is one.\nSurvey question: Do you vote?\n(a) Yes\n(b) No",
        '{"question": "Do you vote?" "options": ["Yes", "No"]}',
        '{"question": "Do you vote?", "options": ["A": "Yes", "B": "No"]}',
        '{"question": "Do you vote?", "options": [1. "Yes", 2. "No"]}',
        '{"question": "Do you vote?", "options": [{"1": "Yes", "2": "No"}]}',
        '{"question": "Do you vote?", "options": ["Yes" , "No" , ... ]}',
        '{"question": "Do you vote?", "options": "Yes", "No"}',
        '{"question": "Do you vote?" "Yes", "No"}',
        '{"question": "Do you vote?", "options": ["Yes," "No"]}',
        '{"question": "Do you vote?", "options": ["Yes"], ["No"]}',
        '[{"question": "Do you vote?"}, {"options": ["Yes", "No"]}]',
        "{「question」: 「Do you vote?」, 「options」: [「Yes」, 「No」]}",
        "question = 'Do you vote?'\noptions = ['Yes', 'No']",
        '"Do you vote?"\n- "Yes"\n- "No"',
        "Do you vote?\n\nYes\nNo\n",
        "Do you vote?\n* Yes\n* No",
        "Do you vote? Yes / No",
        "Do you vote?\nYes / No",
        '{"question": "Do you vote?""options": ["Yes" "No"]}',
        '{"question": "Do you vote?"; "options": ["Yes"; "No"]}',
        '{"question": "Do you vote?", "options": ["Yes", "No"}}',
        '{"question": "Do you vote?", "options": ["Yes", "No"}',
        '{"question": "Do you vote?", "options": ["Yes", "No"]]}',
        '{"question": "Do you vote?", "options": ["Yes", "No", "topic": "Politics"}',
        '{"question": "Do you vote?,\n "options": ["Yes", "No"]}',
        '{"question": "Do you vote?", "options": ["Yes, "No"]}',
        '{"question": "Do you vote?", "options": ["Yes", "No]}',
        '{"question": Do you vote?, "options": [Yes, No]}',
        '{"question" = "Do you vote?", "options" = ["Yes", "No"]}',
        '{"question": "Do you vote?", // asked of all\n "options": ["Yes", "No"] /* two */}',
        '{"question": "Do you vote?", "options": {"Yes", "No"}}',
        '{"question": "Do you vote?", "options": ("Yes", "No")}',
        '{"question": "Do you vote?", "options": ["Yes", "No", ""]}',
        '{"question": "Do you vote?", "options": "Yes or No"}',
        '{"question": "Do you vote?", "options": "Yes/No"}',
        '{"question": "Do you vote?", "options": "A) Yes B) No"}',
        '{"question": "Do you vote?", "options": ["Yes; No"]}',
        '{"question": "Do you vote?", "options": ["1. Yes\\n2. No"]}',
        '{"question": "Do you vote?", "A": "Yes", "B": "No"}',
        '{"question": "Do you vote?", "option_1": "Yes", "option_2": "No"}',
        '{"question": "Do you vote?", "options": {"Yes": 1, "No": 2}}',
        '{"question": "Do you vote?", "options": [{"A": "Yes"}, {"B": "No"}]}',
        '{"question": "Do you vote?", "options": [{"label": "A", "value": "Yes"}, '
        '{"label": "B", "value": "No"}]}',
        '{"questions": [{"question": "Do you vote?", "options": ["Yes", "No"]}]}',
        '{"question": "Do you vote?"}\n{"options": ["Yes", "No"]}',
        '{"question": "Do you vote?"}, ["Yes", "No"]',
        '{"question": "Do you vote? (A) Yes (B) No"}',
        '{"Do you vote?": ["Yes", "No"]}',
        '["Do you vote?", "Yes", "No"]',
        '"question": "Do you vote?", "options": ["Yes", "No"]}',
        r"{\"question\": \"Do you vote?\", \"options\": [\"Yes\", \"No\"]}",
        "Do you vote? A) Yes B) No",
        "Do you vote?\nA) Yes B) No",
        "Do you vote? (Yes/No)",
        "Do you vote? Options: Yes, No",
        "Question: Do you vote?\nOptions: Yes, or No",
        "question: Do you vote?\noptions:\n  - Yes\n  - No",
        "Do you vote?\nOptions:\nYes\nNo",
        "Do you vote?\nOption A: Yes\nOption B: No",
        "Do you vote?\n[ ] Yes\n[ ] No",
        "Do you vote?\n1: Yes\n2: No",
        "Sure! Here is a new question: Do you vote?\n\n1. Yes\n2. No",
        "**Question:** Do you vote?\n\n**Options:**\n\n**A)** Yes\n\n**B)** No",
    ],
)
def test_one_question_in_many_dresses(text: str) -> None:
    assert read(text) == VOTE


@pytest.mark.parametrize(
    ("text", "question", "options"),
    [
        ('{"问题": "你投票吗？", "选项": ["是", "否"]}', "你投票吗？", "是 否"),
        ("{“问题”：“你投票吗？”，“选项”：[“是”，“否”]}", "你投票吗？", "是 否"),
        ("问题：你投票吗？\n选项：\nA. 是\nB. 否", "你投票吗？", "是 否"),
        ("你投票吗？\n1、是\n2、否", "你投票吗？", "是 否"),
        ("你投票吗？（是/否）", "你投票吗？", "是 否"),
        (
            '{"質問": "投票しますか？", "選択肢": ["はい", "いいえ"]}',
            "投票しますか？",
            "はい いいえ",
        ),
        ("質問：投票しますか？\n選択肢：はい、いいえ", "投票しますか？", "はい いいえ"),
        ("投票しますか？\n①はい\n②いいえ", "投票しますか？", "はい いいえ"),
        ('{"Frage": "Wählen Sie?", "Antworten": ["Ja", "Nein"]}', "Wählen Sie?", "Ja Nein"),
        ("Frage: Wählen Sie?\nAntworten:\n1) Ja\n2) Nein", "Wählen Sie?", "Ja Nein"),
        ("{„Frage“: „Wählen Sie?“, „Optionen“: [„Ja“, „Nein“]}", "Wählen Sie?", "Ja Nein"),
        ('{"pregunta": "¿Vota?", "opciones": ["Sí", "No"]}', "¿Vota?", "Sí No"),
        ("Pregunta: ¿Vota?\nOpciones de respuesta: Sí o No", "¿Vota?", "Sí No"),
    ],
)
def test_questions_in_other_languages(text: str, question: str, options: str) -> None:
    assert read(text) == Draft(question, tuple(options.split()))


def test_an_open_list_is_whole_where_the_model_ended_its_text() -> None:
    text = '{"question": "Do you vote?", "options": ["Yes", "No"'
    assert read(text) == Unread("cut off")
    assert read(text, ended=True) == VOTE
    assert read(text + ', "May', ended=True) == Unread("cut off")


@pytest.mark.parametrize(
    "text",
    [
        '{"question": "Do you vote?"]\n{"options": ["Yes", "No"]}',
        '{"question": "Do you vote?"}\n"Options: 1. Yes, 2. No"',
        '{"question": "Do you vote?"}\nA) Yes\nB) No',
        '{"question": "Where is the "end" / "I say -- "the best}\n\nAnswer: '
        '{"question": "Do you vote?", "options": ["Yes", "No"]}',
        '{"question": "Where is it?"}\n{"question": "Do you vote?", "options": ["Yes", "No"]}',
    ],
)
def test_options_belong_to_the_question_before_them(text: str) -> None:
    assert read(text) == VOTE


def test_marks_of_options_in_one_text_are_none_of_them() -> None:
    assert read('{"question": "Do you vote?", "options": "- Yes; - No"}') == VOTE


def test_a_mark_that_closes_an_object_is_none_of_the_question() -> None:
    text = '{"question": "The chance of rain is...}, "options": ["High", "Low"]}'
    assert read(text) == Draft("The chance of rain is...", ("High", "Low"))
    text = '{"question": "Fill in {this}", "options": ["High", "Low"]}'
    assert read(text) == Draft("Fill in {this}", ("High", "Low"))


@pytest.mark.parametrize(
    "option",
    [
        "1 = Raise a glass, the light will shine, and it will be a change",
        "Knowing that one is loved, by oneself too",
    ],
)
def test_a_sentence_with_commas_is_one_option(option: str) -> None:
    assert read(f'{{"question": "What now?", "options": ["{option}"]}}') == Draft(
        "What now?", (option,)
    )


@pytest.mark.parametrize(
    "text",
    [
        "How many hours?\n1. 0-2 hours\n2. 3-5 hours",
        "How many hours?\n- 0-2 hours\n- 3-5 hours",
        '{"question": "How many hours?", "options": "0-2 hours, 3-5 hours"}',
        "How many hours? (0-2 hours / 3-5 hours)",
    ],
)
def test_numbers_of_a_range_are_no_marks(text: str) -> None:
    assert read(text) == Draft("How many hours?", ("0-2 hours", "3-5 hours"))


@pytest.mark.parametrize(
    "text",
    [
        "How much do you like tea? (1 = not at all, 5 = very much)",
        "How much do you like tea?\n1 = not at all\n5 = very much",
    ],
)
def test_numbers_that_name_the_ends_of_a_scale_stay(text: str) -> None:
    assert read(text) == Draft("How much do you like tea?", ("1 = not at all", "5 = very much"))


def test_questions_in_a_list_are_no_options() -> None:
    assert read("1. Do you vote?\n2. Do you pray?\n3. Do you eat?") == Unread("no options")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("['I don't', 'I do']", ("I don't", "I do")),
        ('["Tax", "Tax, and more", "All "big" tax"]', ("Tax", "Tax, and more", 'All "big" tax')),
        ('["Tax", "All, "or" none"]', ("Tax", 'All, "or" none')),
    ],
)
def test_quotation_marks_and_commas_inside_options(text: str, options: tuple[str, ...]) -> None:
    assert read(f"{{question: 'What of it?', options: {text}}}") == Draft("What of it?", options)


def test_quotation_marks_inside_a_question_need_no_escape() -> None:
    text = '{"question": "What of this: "All is well"?", "options": ["Agree", "Disagree"]}'
    assert read(text) == Draft('What of this: "All is well"?', ("Agree", "Disagree"))


def test_braces_inside_strings_do_not_end_the_object() -> None:
    text = '{"question": "Is } a brace?", "options": ["{", "}"]}'
    assert read(text) == Draft("Is } a brace?", ("{", "}"))


def test_numbers_as_options_are_read_as_texts() -> None:
    read_one = read('{"question": "How many?", "options": [1, 2, 2.5]}')
    assert read_one == Draft("How many?", ("1", "2", "2.5"))


def test_a_list_ends_where_its_marks_change() -> None:
    text = "Do you vote?\n1. Yes\n2. No\n- a remark\n- another"
    assert read(text) == VOTE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("I would rather talk about the weather.", "no options"),
        ("What do you think?\nI think a lot.\nSo do others.", "no options"),
        ('{"question": "Do you vote?"}', "no options"),
        ('{"question": "Do you vote?", "options": ["Yes", "N', "cut off"),
        ('{"question": "Do you vo', "cut off"),
        ('{"question": "", "options": ["Yes", "No"]}', "unreadable"),
        ('{"question": "Do you vote?", "options": [["Yes"], ["No"]]}', "unreadable"),
        ('{"question": "Do you vote?", "options": [true, false]}', "unreadable"),
        ('{"question": ["Do you vote?"], "options": ["Yes", "No"]}', "unreadable"),
        ('{"question": "Do you vote?", "options": []}', "unreadable"),
        ("}}}}{{{{", "no options"),
        ("Shopping:\n1. Bread\n2. Milk", "no options"),
    ],
)
def test_what_states_no_question_has_a_reason(text: str, reason: str) -> None:
    assert read(text) == Unread(reason)


@pytest.mark.parametrize(
    "text",
    [
        "{" * 200_000,
        "[" * 200_000,
        '{"question": ' * 20_000,
        '{"a": "\\' * 5_000,
        "{'question': " + "(" * 1_900 + "}",
        "1. " * 50_000,
        "Why?\n" * 30_000,
        '{"question": "' + "x" * 100_000,
        "\x00\x1f\u202e{\ud800}",
        "{{1: 2}}",
        "{[1]: 2, 'options': ['a', 'b']}",
        '{"question": "Why?", "options": ["a", "b"], "n": 1e999999, "m": ' + "9" * 6_000 + "}",
    ],
)
def test_hostile_texts_are_read_without_harm(text: str) -> None:
    assert isinstance(read(text), Draft | Unread)


def test_a_question_behind_the_bound_is_not_looked_for() -> None:
    assert read(" x" * LONGEST + '{"question": "Why?", "options": ["a", "b"]}') == Unread(
        "no options"
    )
