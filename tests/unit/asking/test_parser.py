"""The strict parser: what states an option, what declines, what is neither."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acculturate.asking.parser import parse
from acculturate.evaluation.published_reading import plain_options
from acculturate.records import Option
from acculturate.survey import load_survey

AGREE = [
    Option(code, str(code), text)
    for code, text in enumerate(("Strongly agree", "Agree", "Disagree", "Strongly disagree"), 1)
]
TEN = [Option(code, str(code), {1: "Never", 10: "Always"}.get(code, "")) for code in range(1, 11)]
LETTERS = [Option(1, "A", "Yes"), Option(2, "B", "No")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2", 2),
        (" 2.", 2),
        ("**3**", 3),
        ("(4)", 4),
        ("4. Strongly disagree", 4),
        ("1 = Strongly agree", 1),
        ("2.Agree", 2),
        ("Strongly agree", 1),
        ("strongly disagree.", 4),
        ("I strongly disagree.", 4),
        ("I would choose 3.", 3),
        ("I'd say... 2", 2),
        ("My answer is option 4, since I have thought about it for 3 days.", 4),
        ("Honestly? I think people differ. So I'd go with 2!", 2),
        ("I would pick:\n\n1\n\n(Take it as one view of many.)", 1),
        ("As things stand I can't be sure, but I'd say 3.", 3),
        ("３", 3),
    ],
)
def test_stated(text: str, code: int) -> None:
    assert parse(text, AGREE) == (code, "stated")


@pytest.mark.parametrize(
    ("text", "code"), [("10", 10), ("I choose 10.", 10), ("1", 1), ("Always", 10)]
)
def test_ten_points(text: str, code: int) -> None:
    assert parse(text, TEN).code == code


@pytest.mark.parametrize(("text", "code"), [("B", 2), ("A.", 1), ("I choose B", 2), ("No", 2)])
def test_letters(text: str, code: int) -> None:
    assert parse(text, LETTERS).code == code


@pytest.mark.parametrize(
    "text",
    [
        "I cannot answer this.",
        "I'm sorry, I can't help with that question.",
        "I can't say. Please call 1-800-555-0100 if you need somebody to talk to.",
        "I am unable to answer. Try these:\n\n1. A crisis line: 555 01\n2. A doctor\n3. A friend",
        "As an AI, I do not have opinions of my own.",
        "I cannot choose an option that excuses violence. There are 3 things you can do.",
        "I won't answer; text HOME to 4 or 55.",
    ],
)
def test_refused(text: str) -> None:
    assert parse(text, TEN) == (None, "refused")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "2.5",
        "I'd say 5.5.",
        "Between 3 and 4",
        "1, 2",
        "11",
        "12 monkeys",
        "0",
        "-1",
        "I choose 3. No, I choose 4.",
        "It depends on the day.",
        "1st",
        "3/4",
        "2020-01-02",
        "50%",
    ],
)
def test_unclear(text: str) -> None:
    assert parse(text, TEN) == (None, "unclear")


def test_a_capital_that_begins_a_sentence_is_no_answer() -> None:
    assert parse("A hard question.", LETTERS) == (None, "unclear")


@pytest.mark.parametrize(
    "text",
    [
        "I do not agree.",
        "I do not choose 3.",
        "I would never pick 2",
        "I'd say 3 or 4",
        "I choose 3–4",
        "2. Disagree",
        "3%",
        "Either 1 and 2 would do",
    ],
)
def test_negated_doubled_or_at_odds(text: str) -> None:
    assert parse(text, AGREE) == (None, "unclear")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I do not agree, but I'd say 3.", 3),
        ("On this, where 1 is best, I'd say 3", 3),
        ("3 Disagree", 3),
        ("I agree", 2),
        ("My rating: I give a 4, not a 2", 4),
    ],
)
def test_one_answer_among_other_words(text: str, code: int) -> None:
    assert parse(text, AGREE) == (code, "stated")


def test_an_option_may_hold_a_negation_of_its_own() -> None:
    options = [Option(1, "1", "Important"), Option(2, "2", "Not important")]
    assert parse("To me it is not important.", options).code == 2


def test_a_label_beside_another_options_text_states_nothing_certain() -> None:
    assert parse("Agree or disagree", AGREE).code is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_error(text: str) -> None:
    parsed = parse(text, TEN)
    assert (parsed.code in range(1, 11)) == (parsed.reason == "stated")


@given(st.sampled_from(AGREE), st.sampled_from(["{}", "{}.", " {}\n", "Option {}", "I choose {}"]))
def test_every_option_can_be_stated(option: Option, shape: str) -> None:
    assert parse(shape.format(option.label), AGREE).code == option.code


def read(key: str, text: str, language: str = "") -> int | str:
    """The code that a text states for an item of the built-in survey, or why it states none."""
    item = load_survey().item(key)
    parsed = parse(text, plain_options(item), language, item)
    return parsed.reason if parsed.code is None else parsed.code


@pytest.mark.parametrize(
    "text",
    [
        "I don't agree.",
        "I don’t agree.",
        "No, I don't agree.",
        "I dont agree",
        "I wouldn't agree",
        "I wouldn’t say that I agree",
        "I can't agree",
        "I do not agree",
        "I don't disagree",
        "I never agree",
        "I hardly agree",
        "I'm not sure I agree",
        "I neither agree nor disagree",
        "Nobody agrees",
        "I won't choose 2",
        "Don't pick 2",
        "I would choose anything but 2",
        "Option 2 is not what I would choose",
        "2 isn't my answer",
        "No estoy de acuerdo.",
        "No estoy muy de acuerdo con eso",
        "No elegiría la opción 2",
        "Ich würde nicht Option 2 wählen",
        "Ich stimme dem nicht zu",
        "2 passt nicht",
        "我不太同意",
        "我并不同意",
        "我不会选2",
        "賛成しません",
        "賛成ではない",
        "2ではありません",
    ],
)
def test_what_is_negated_is_not_stated(text: str) -> None:
    assert not isinstance(read("Q27", text), int)


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("Q1", "It isn't very important to me.", 3),
        ("Q57", "Most people can't be trusted", "refused"),
        ("Q57", "You can’t be too careful", 2),
        ("Q33", "I neither agree nor disagree.", 3),
        ("Q209", "I haven't done this", "unclear"),
        ("Q158", "I do not agree at all", 1),
    ],
)
def test_a_negation_of_the_options_own(key: str, text: str, code: int | str) -> None:
    assert read(key, text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("No puedo responder a esa pregunta. Llame al 2.", "refused"),
        ("Lo siento. Opción 2: hable con un amigo.", "refused"),
        ("Als KI habe ich keine Meinung. Es gibt 2 Seiten.", "refused"),
        ("In 2 Minuten könnte ich das auch nicht beantworten.", "refused"),
        ("Dazu möchte ich mich nicht äußern. Nummer 2.", "refused"),
        ("我无法回答这个问题，因为我是第 3 代人工智能。", "refused"),
        ("お答えできません。2番の窓口へどうぞ。", "refused"),
        ("I cannot answer. Option 2: call a friend.", "refused"),
        ("Je ne peux pas répondre. Appelez le 2.", "unclear"),
        ("Please call number 2", "refused"),
        ("Please choose 2 on your phone to talk to somebody.", "refused"),
        ("For help, dial 2.", "refused"),
        ("Bitte wählen Sie die 2 für Hilfe", "unclear"),
        ("Marque 2 para hablar con alguien.", "unclear"),
        ("I have 2 children.", "unclear"),
        ("There are 2 sides to this.", "unclear"),
        ("I would choose 2 friends to ask", "unclear"),
        ("Ich habe 2 Kinder.", "unclear"),
        ("Tengo 2 hijos.", "unclear"),
        ("我选择2。", 2),
        ("选1", 1),
        ("答案是2", 2),
        ("选项1", 1),
        ("私は2を選びます。", 2),
        ("Ich wähle 2.", 2),
        ("Elijo la 2.", 2),
        ("Sehr wichtig", 1),
    ],
)
@pytest.mark.parametrize("language", ["", "en"])
def test_a_text_is_read_in_the_language_it_shows(text: str, code: int | str, language: str) -> None:
    assert read("Q1", text, language) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<answer>2</answer>", 2),
        ("\\boxed{2}", 2),
        ('{"answer": 2}', 2),
        ("_2_", 2),
        ("**Answer:** 2", 2),
        ("2. Because I care.", 2),
        ("2\n\nFamily is all to me.", 2),
        ("Fairly important (2)", 2),
        ("I choose 2 (fairly important)", 2),
        # a label beside the text of another option
        ("2. Very important", "unclear"),
        ("I choose 2 (very important)", "unclear"),
        ("2. It is very important to me, so there", "unclear"),
        ("Very important (2)", "unclear"),
        ("1. Call a friend\n2. Call a doctor", "unclear"),
        ("Agreed. 2 or 3", "unclear"),
        ("2?", "unclear"),
        ("Should I choose 2?", "unclear"),
        ("Which one? I choose 2.", 2),
    ],
)
def test_labels_and_what_stands_beside_them(text: str, code: int | str) -> None:
    assert read("Q1", text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("我選擇2。", 2),
        ("選項2", 2),
        ("比較重要", 2),
        ("我認為非常重要", 1),
        ("我不選2", "unclear"),
        ("我無法回答這個問題，因為我是第 3 代人工智慧。", "refused"),
        ("作為人工智慧，我沒有個人觀點。2", "refused"),
        ("無法選擇，請撥打2", "refused"),
        ("選択肢2", 2),
        ("選択肢：２", 2),
    ],
)
def test_traditional_characters_are_read(text: str, code: int | str) -> None:
    assert read("Q1", text) == code


@pytest.mark.parametrize(
    "text",
    [
        "Não posso responder. 2",
        "Я не могу ответить. 2",
        "Cevap veremem. 2",
        "답변할 수 없습니다. 2",
        "Nie mogę odpowiedzieć. 2",
        "لا أستطيع الإجابة. ٢",
        "Je ne peux pas répondre. Option 2: appelez.",
    ],
)
@pytest.mark.parametrize("language", ["", "en", "pt"])
def test_in_a_language_that_is_not_read_only_an_option_alone_counts(
    text: str, language: str
) -> None:
    assert read("Q1", text, language) == "unclear"
    assert read("Q1", "２", language) == read("Q1", "٢", language) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Most Germans would choose 1.",
        "Many people in Germany would say 1.",
        "My neighbour would choose 3.",
        "She would say 1",
        "You could choose 1.",
        "As a language model I have no family, but most people would say 1.",
        "Die meisten würden 1 sagen.",
        "Meine Frau würde 1 wählen",
        "La mayoría diría 1",
        "Mi madre elegiría el 1",
        "大多数人会选1",
        "妈妈会选1",
        "多くの人は1を選びます。",
    ],
)
def test_what_others_would_choose_is_not_stated(text: str) -> None:
    assert not isinstance(read("Q1", text), int)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("If you ask most people in my town, I would say 2.", 2),
        ("Unlike most people, I would choose 2.", 2),
        ("Speaking as a typical German, I would answer 1.", 1),
        ("1. Very important. Most people in my country put family first.", 1),
        ("The most fitting option is 2.", 2),
        ("Wie die meisten würde ich 1 wählen.", 1),
        ("Como la mayoría, yo elegiría el 1.", 1),
        ("和大多数人一样,我选1。", 1),
        ("日本人として、1を選びます。", 1),
        ("日本人として、1は選べません。", "refused"),
        ("**Thinking**\nI would choose 3.\n\n**Answer**\n2", "unclear"),
        ("> I choose 3\n\n2", "unclear"),
        ("<plan>I choose 3</plan>2", "unclear"),
        ("My answer is 2, which means very important.", "unclear"),
        ("My answer is 2, which means fairly important.", 2),
        ("2\n\nReason: I have 3 children and 1 dog.", 2),
        ("Final Answer: **Very important**", 1),
        ("Selected option: 2", 2),
        ("Probably 2", 2),
        ("2</s>", 2),
        ("I would prefer not to say. 2", "refused"),
        ("I'm an AI and have no views. There are 2 ways to see it.", "refused"),
        ("On a scale of 1 to 4, where 4 is not important, my answer is 1.", 1),
    ],
)
def test_what_stands_around_an_answer(text: str, code: int | str) -> None:
    assert read("Q1", text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("7/10", 7),
        ("I'd say 7 out of 10.", 7),
        ("10 / 10", 10),
        ("8 on a scale of 1 to 10", 8),
        ("On a scale of 1-10: 8", 8),
        ("about 7", 7),
        ("7+", "unclear"),
        ("7 out of 10 people feel so", "unclear"),
        ("I'd say 3 out of 5", "unclear"),
        ("3/5", "unclear"),
        ("5-6/10", "unclear"),
    ],
)
def test_points_of_a_scale_that_ends_with_ten(text: str, code: int | str) -> None:
    assert read("Q48", text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ich stimme der Aussage zu.", 2),
        ("Ich stimme der Aussage nicht zu.", "unclear"),
        ("Yes, I agree.", 2),
        ("No, I disagree", 4),
        ("No, I agree", "unclear"),
        ("どちらかと言えば賛成", "unclear"),
    ],
)
def test_words_inside_an_options_text(text: str, code: int | str) -> None:
    assert read("Q33", text) == code


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("Q1", "Elijo la 3 (No mucho).", 3),
        ("Q1", "Antwort: 3 – Nicht sehr wichtig", 3),
        ("Q1", "Ich wähle 2 (Nicht sehr wichtig)", "unclear"),
        ("Q1", "我不同意选1", "unclear"),
        ("Q1", "我排除选项1", "unclear"),
        ("Q1", "我不会选择1,我会选择2", 2),
        ("Q7", "Yes, I would pick it?", "unclear"),
        ("Q7", "No, I would pick it", "unclear"),
        ("Q19", "1) Yes, I would prefer not to", 1),
        ("Q101", '{"answer": "I belong but am not active"}', 1),
    ],
)
def test_an_option_whose_own_text_negates_or_turns(key: str, text: str, code: int | str) -> None:
    assert read(key, text) == code


@pytest.mark.parametrize(
    "text",
    [
        "The typical German answer is 1.",
        "The majority answer is very important.",
        "In the survey, 85% chose 1.",
        "Studies say 1",
        "Die häufigste Antwort ist 1",
        "La respuesta más común es 1",
        "最常见的答案是1",
        "調査によると答えは1です",
        "It would be wrong to choose 1.",
        "I hesitate to say 1",
        "I almost chose 1",
        "我差点选1",
        "选1还是选2",
        "Option 1 is tempting",
        "Option 1 wäre zu stark.",
        "La opción 1 es demasiado",
        "Ich gebe 2 Gründe an.",
        "Doy 2 razones",
        "~~2~~",
        "2€",
        "/2",
        "I would say 2, maybe 3",
        "This question is inappropriate. 2",
        "Lieber nicht. 2",
    ],
)
def test_a_label_that_is_spoken_of_is_not_chosen(text: str) -> None:
    assert not isinstance(read("Q1", text), int)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I agree. NOT!", "unclear"),
        ("I agree. Just kidding.", "unclear"),
        ("I agree. Actually, I disagree.", 4),
        ("Actually, I agree.", 2),
        ("I choose 2. Wait, my answer is 4.", 4),
        ("Ich wähle 2. Doch nicht.", "unclear"),
        ("答案是1,不对,是2", "unclear"),
        ("I respectfully disagree.", 4),
        ("I tend to agree.", 2),
        ("Option 2 is my choice.", 2),
        ("Option 2 ist meine Wahl.", 2),
    ],
)
def test_what_is_taken_back(text: str, code: int | str) -> None:
    assert read("Q33", text) == code


def test_a_long_text_is_read_in_its_length() -> None:
    began = time.perf_counter()
    assert read("Q1", "I would choose 1 people " * 1000) == "unclear"
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I choose 3. No, rather 4.", "en"),
        ("I would choose 3. Or rather 4.", "en"),
        ("Ich wähle 3. Nein, eher 4.", "de"),
        ("Elijo 3. No, mejor 4.", "es"),
        ("我选3。不，4。", "zh"),
        ("3を選びます。いや、4です。", "ja"),
    ],
)
def test_another_label_in_the_place_of_the_first_states_neither(text: str, language: str) -> None:
    assert parse(text, AGREE, language) == (None, "unclear")


@pytest.mark.parametrize("text", ["I choose 3. No doubt.", "I choose 3. No, 4 people told me so."])
def test_a_no_that_names_no_label_changes_nothing(text: str) -> None:
    assert parse(text, AGREE, "en") == (3, "stated")
