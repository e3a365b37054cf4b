import csv
import re
from pathlib import Path

import pytest

from acculturate.culturespa.faults import NAMES, fault
from acculturate.survey import load_survey

NO_QUESTION = "no question"

YES = ("Yes", "No")
OFTEN = ("Often", "Sometimes", "Never")
AGREE = ("Strongly agree", "Agree", "Disagree", "Strongly disagree")
NOMINAL = ("The sea", "The mountains", "The city")


@pytest.mark.parametrize(
    ("question", "options", "name"),
    [
        (
            "How many hours a day do you use a phone, and is it often?",
            OFTEN,
            "two questions in one",
        ),
        ("Do you vote, and do you find it useful?", YES, "two questions in one"),
        ("How often do you pray and what do you pray for?", OFTEN, "two questions in one"),
        ("Which party do you like and why?", NOMINAL, "two questions in one"),
        ("Which fruit do you like best?", ("Apples", "Yes"), "options answer another question"),
        (
            "How costly is it to rent a flat here?",
            ("It is", "It is not", "Deluxe", "Sold out"),
            "options answer another question",
        ),
        (
            "How do you find your street?",
            ("You find it far too loud", "You're glad of the trees"),
            "options answer another question",
        ),
        ("How was your day?", ("Excellent", "Very good"), "options on one side"),
        ("How was your day?", ("Awful", "Very bad"), "options on one side"),
        ("How was your day?", ("Good", "Bad"), ""),
        ("How do you two share the work?", ("Equal", "Very equal"), "options on one side"),
        ("Do you have doubts about the same", YES, "breaks off"),
        ("How content are you with the house you grew up in was?", OFTEN, "breaks off"),
        ("Where is it best?", ("At the sea", "But now that it rains"), "breaks off"),
        ("Where is it best?", ("At the sea", "In the house of the"), "breaks off"),
        ("Where is it best?", ("At the sea", "In a house of one's parents'"), ""),
        ("Which place do you belong to?", NOMINAL, ""),
        ("What do they want", NOMINAL, "about nothing that is named"),
        ("Are they honest?", YES, "about nothing that is named"),
        ("Politicians make promises. Do they keep them?", YES, ""),
        ("What is the happy and happy place to live?", NOMINAL, "a word twice"),
        ("Where is it best?", ("At the coast coast", "In a city"), "a word twice"),
        ("How do you share the work?", ("Half and half", "One does more and more"), ""),
        ("Are you sure that that happened?", YES, ""),
        ("What do you want most?", ("Success", "Successfully", "Rest"), "options alike"),
        ("How to make a garden grow, for instance", NOMINAL, "no question"),
        ("This is not a question for you", AGREE, "said to the writer"),
        ("The way in which you see this question, is it yours?", YES, "said to the writer"),
        ("Where is it best?", ("Near the sea", "This is a given answer"), "said to the writer"),
        ("I doubt it, but if you want it so then take it", AGREE, "said to the writer"),
        ("Do you like the sea? Options: yes, no", YES, "remains of the form"),
        ("Do you own a car? If so, how often do you drive it?", OFTEN, "two questions in one"),
        ("Should taxes rise? Or should they fall, and by how much?", YES, "two questions in one"),
        ("Should taxes rise, why or why not?", YES, "two questions in one"),
        ("Do you trust your neighbours, and if so, how much?", OFTEN, ""),
        ("Do you ever feel alone, and to what extent?", OFTEN, ""),
        ("Do you know who you are and what you want?", YES, ""),
        ("Is it better to save money or is it better to spend it?", ("To save", "To spend"), ""),
        (
            "What should the state do to manage growth?",
            ("1 = True, 2 = False", "10 = Some, 20 = A lot"),
            "several options in one",
        ),
        (
            "Do you like it at the sea?",
            ("A) Yes B) No", "C) Maybe D) Never"),
            "several options in one",
        ),
        ("Do you like it at the sea?", ("Yes/No", "Perhaps"), "several options in one"),
        ("What is your opinion of this statement?", AGREE, "no statement"),
        ("To what extent do you agree with the following opinion?", AGREE, "no statement"),
        ('What is your opinion of this statement: "Work ennobles."', AGREE, ""),
        ("Work makes people better. What do you think of this statement?", AGREE, ""),
        ("Which of the following statements do you hold to be true?", NOMINAL, ""),
        ("Why is it good to study?", ("To do it better", "Do it better"), "options alike"),
        (
            "Is this what you believe?",
            ("Do not believe it", "I do not believe it"),
            "options alike",
        ),
        (
            "What should society expect of people?",
            ("1 = Work", "10 = Order", "10 = Care"),
            "options alike",
        ),
        (
            "Is the internet an effective tool in politics?",
            ("I have done this", "I might do this", "I would never do this"),
            "options answer another question",
        ),
        (
            "Signing a petition: how does this apply to you?",
            ("I have done this", "I might do this", "I would never do this"),
            "",
        ),
        (
            "What would you say to a person who was caught with a knife?",
            ("Very much", "Quite a lot", "Not much", "Not at all"),
            "options answer another question",
        ),
        (
            "Do you agree with this claim? Give reasons for your answer.",
            AGREE,
            "asks for an essay",
        ),
        ("Do you think that doctors should give their reasons?", YES, ""),
        ("If you could change the values on this question, would you?", YES, "said to the writer"),
        ("Where is it best?", ("At the sea", 'In "the city'), "remains of the form"),
        (
            "How long has it been so?",
            ("1 = Long", "10 = Longer", "100 = Always", "1000 = Never"),
            "numbers of no scale",
        ),
        ("How often do you pray at home?", AGREE, "options answer another question"),
        ("How often do you pray at home?", YES, "options answer another question"),
        ("How important is family in your life?", OFTEN, "options answer another question"),
        ("How satisfied are you with your job?", AGREE, "options answer another question"),
        (
            "How likely are you to move to the sea?",
            ("Very important", "Not important"),
            "options answer another question",
        ),
        ("At what age should a child have a phone?", AGREE, "options answer another question"),
        ("Who should pay for a new bridge?", YES, "options answer another question"),
        ("Which season suits you best?", YES, "options answer another question"),
        ("When you go on holiday, who should pay for it?", YES, "options answer another question"),
        ("Would you rather live at the sea or in a city?", YES, "options answer another question"),
        ("When you think of taxes, should they rise?", AGREE, ""),
        ("Do you pray at home?", OFTEN, ""),
        ("Where do you like to live best?", ("Option 1", "Option 2"), "placeholder"),
        ("Where do you like to live best?", ("Option A", "Option B"), "placeholder"),
        ("Where do you like to live best?", ("[Answer text]", "[Answer text 2]"), "placeholder"),
        ("Where do you like to live best?", ("A", "B", "C"), "placeholder"),
        ("Where do you like to live best?", ("The sea", "..."), "option without words"),
        ("Your question here", NOMINAL, "placeholder"),
        ("How do you feel about {topic} in your country?", NOMINAL, "placeholder"),
        ("Would you support [policy] in your country?", YES, "placeholder"),
        ("Where do you like to live best?", ("At the sea?", "In a city?"), "option is a question"),
        ("I would like to live at the sea.", NOMINAL, "no question"),
        ("My answer would be the first.", ("The first one", "The second one"), "no question"),
        ("I would like to live at the sea.", AGREE, ""),
        (
            "How often do you feel alone?",
            ("Fearful", "Rather sad"),
            "options answer another question",
        ),
        (
            "How many cars do you have?",
            ("Red ones", "Blue ones"),
            "options answer another question",
        ),
        ("How often do you feel alone?", ("On weekdays", "Each night", "When it rains"), ""),
        ("The sea does people good.", ("I share this view", "I do not share this view"), ""),
        (
            "Is it good to live at the sea?",
            ("Yes", "It is hard to say", "Hard to say"),
            "options alike",
        ),
        (
            "Where do you like to live best?",
            ("The sea", "I will answer the question"),
            "said to the writer",
        ),
        ("Please choose where you would like to live.", NOMINAL, ""),
        ("The best place to live is", NOMINAL, ""),
        ("Write one new question about where people live.", NOMINAL, "said to the writer"),
        ("Can you create a survey question on migration?", YES, "said to the writer"),
        ("Sure, this is a question on your topic.", YES, "said to the writer"),
        ("Generate five items on trust in the police.", YES, "said to the writer"),
        ("Where do you like to live best?", ("The sea", "the sea."), "options alike"),
        (
            "Where do you like to live best?",
            ('The sea", "options": ["A city', "None"),
            "remains of the form",
        ),
        (
            "Is it too much to ask for quiet. How do you think it can be had.",
            NOMINAL,
            "two questions in one",
        ),
        ("Some say that it is too loud here. Do you think so?", YES, ""),
        ("How is work changing our towns? Providing a few options.", NOMINAL, "said to the writer"),
        ("Are there guests, and should I feed them?", YES, "said to the writer"),
        ("'What am I here for?' How often do you think so?", OFTEN, ""),
        ("Who invented the telephone?", NOMINAL, "asks for a fact"),
        ("What is the capital of France?", NOMINAL, "asks for a fact"),
        ("What is a democracy?", NOMINAL, "asks for a fact"),
        ("What is happiness?", NOMINAL, ""),
        ("Where were you born?", NOMINAL, ""),
        ("How many children are there in an ideal family?", ("One", "Two", "Three"), ""),
        ("What would it be like to have no taxes?", AGREE, "options answer another question"),
        ("What is your view of higher taxes?", AGREE, ""),
        ("How can it last? Why not let others in, too.", NOMINAL, "two questions in one"),
        ("Many people love this question about taxes.", AGREE, "said to the writer"),
        ("Should taxes rise?", ("No, they are high", "No, never"), "options on one side"),
        ("Should taxes rise?", ("Yes", "Yes, for the rich", "Perhaps"), "options on one side"),
        ("Should taxes rise?", ("Yes", "Only for the rich", "I would not want it"), ""),
        ("Is this your view?", ("I do not share it", "I do not hold it"), "options on one side"),
        ("Don't you think that taxes should rise?", YES, "leading"),
        ("Taxes should rise, right?", YES, "leading"),
        ("Do people who don't vote harm others?", YES, ""),
        (
            "Which of the following is the more justifiable lie?",
            ("Not justifiable", "Justifiable in every case"),
            "options answer another question",
        ),
        (
            "Consider the following: The state relies on its people.",
            ("Not at all satisfied", "Fully satisfied"),
            "options answer another question",
        ),
        ("Where do you like to live best?", ("The sea", "{the city}"), "placeholder"),
        (
            "Where do you like to live best?",
            ("The sea", "2", "A city"),
            "bare numbers among other options",
        ),
        ("How many cars do you have?", ("None", "1", "2", "3 or more"), ""),
        (
            "Where do you like to live best?",
            ("Where do you like to live best?", "No"),
            "option is a question",
        ),
    ],
)
def test_rules_by_name(question: str, options: tuple[str, ...], name: str) -> None:
    assert fault(question, options) == name
    assert name in ("", *NAMES)


def test_the_survey_s_own_questions_are_well_formed() -> None:
    result = [
        (fault(wording.stem, wording.texts), wording.stem)
        for item in load_survey("wvs7-marginals").items.values()
        for wording in item.wordings["en"]
        if not wording.anchored
    ]
    assert not [fault for fault in result if fault[0]]


def test_hardly_any_question_by_people_is_ill_formed() -> None:
    """Over 500 questions on the survey's topics, written without a look at the rules."""
    asked = []
    for name in (
        "other_questions_by_a_blind_author",
        "asked_again_by_a_blind_author",
        "fresh_by_a_blind_author",
    ):
        with (Path(__file__).parent / f"{name}.tsv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        asked += [
            (row["question"], re.split(" ?/ ?", row["options"])) for row in rows if row["options"]
        ]
    dropped = [question for question, options in asked if fault(question, options)]
    assert len(asked) > 500
    assert len(dropped) <= 0.01 * len(asked)


def test_who_and_which_ask_nothing_in_the_middle_of_a_statement() -> None:
    told = "It is not about prisoners, it is about the presence of those who are outside."
    assert fault(told, ("Economics", "History", "Law")) == "no question"
    assert fault("Tell us who decides at home.", ("My mother", "My father", "Both")) == ""


def test_what_asks_nothing_is_not_answered_by_a_number_of_people_or_a_sum() -> None:
    share = ("None of them", "Some of them", "Many of them", "All of them")
    assert fault("The extent to which you provide services for officeholders", share) == NO_QUESTION
    assert fault("How many of your officeholders provide services?", share) == ""
    sums = ("Over $60,000", "Over $70,000", "Over $80,000")
    assert fault("Think of the money from your family's savings over the past year", sums) == (
        NO_QUESTION
    )
    degree = ("Very much", "Quite a lot", "Not much", "Not at all")
    assert fault("My family is the most important thing in my life.", degree) == ""


def test_lists_and_how_often_it_was_do_not_answer_in_which_case() -> None:
    often = ("This happened frequently", "This happened often", "This happened rarely", "Never")
    assert fault("In which instance of life are you happier today?", often) == (
        "options answer another question"
    )
    assert fault("Was there a time when you felt unsafe at home?", often) == ""
    told = fault("Where were you happy? Make a list of the places.", ("At home", "At work"))
    assert told == "said to the writer"
