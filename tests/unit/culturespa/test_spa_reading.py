import pytest

from acculturate.culturespa.reading import LONGEST, Draft, Unread, read

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
    ],
)
def test_one_question_in_many_dresses(text: str) -> None:
    assert read(text) == VOTE


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
