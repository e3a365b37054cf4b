import pytest

from acculturate.culturespa.drafting import draft_item, known_scales
from acculturate.culturespa.question_reader import Draft, read
from acculturate.records import Item, Wording

ASKED = "What do you think of taxes?"


def made(*options: str, question: str = ASKED) -> Item:
    item = draft_item(Draft(question, options), "Economic Values")
    assert isinstance(item, Item)
    return item


def test_an_item_has_its_parts_and_an_id_that_depends_on_its_text_alone() -> None:
    item = made("Too high", "About right", "Too low")
    assert item.codes == (1, 2, 3)
    assert item.topic == "Economic Values"
    assert item.id.startswith("gen-economic-values-")
    assert item.battery == item.id
    assert item.id == made("Too high", "About right", "Too low").id
    assert item.id != made("Too high", "About right", "Much too low").id


@pytest.mark.parametrize(
    "options",
    [
        ("1. Agree", "2. Disagree"),
        ("1 - Agree", "2 - Disagree"),
        ("1 = Agree", "2 = Disagree"),
        ("1 (Agree)", "2 (Disagree)"),
        ("A) Agree", "B) Disagree"),
        ("Agree", "Disagree", "Don't know"),
        ("1. Agree", "2. Disagree", "9. Refused"),
    ],
)
def test_numbers_and_declining_options_are_taken_off(options: tuple[str, ...]) -> None:
    assert made(*options).wording().texts == ("Agree", "Disagree")


def test_numbers_that_only_some_options_have_stay() -> None:
    assert made("1. Agree", "Disagree").wording().texts == ("1. Agree", "Disagree")


@pytest.mark.parametrize(
    "options",
    [
        ("1 = Never justified", "10 = Always justified"),
        ("1 - Never justified", *map(str, range(2, 10)), "10 - Always justified"),
        ("1 (Never justified)", "10 (Always justified)"),
    ],
)
def test_a_scale_with_named_ends_is_end_anchored(options: tuple[str, ...]) -> None:
    item = made(*options)
    assert item.codes == tuple(range(1, 11))
    assert item.ordinal
    assert item.wording().anchored
    assert item.wording().texts[0] == "Never justified"
    assert item.wording().texts[-1] == "Always justified"


@pytest.mark.parametrize(
    "options",
    [
        ("0-2 hours", "3-5 hours", "6-8 hours"),
        ("0 - 2 hours", "3 – 5 hours"),
        ("1-2 times a week", "3-4 times a week"),
        ("1-5 times", "6-10 times"),
        ("1.5 hours", "2.5 hours"),
        ("18-24", "25-34", "35-44"),
        ("8:30 in the morning", "9:30 in the morning"),
    ],
)
def test_ranges_and_decimals_keep_their_first_number(options: tuple[str, ...]) -> None:
    item = made(*options)
    assert item.wording().texts == options
    assert item.ordinal
    numbered = [f"{n}. {option}" for n, option in enumerate(options, 1)]
    assert made(*numbered).wording().texts == options


def test_half_an_escaped_pair_makes_an_item_that_can_be_written() -> None:
    draft = read(
        r'{"question": "Do you vote \ud83d often?", "options": ["Yes \ude00 I do", "No, never"]}'
    )
    assert isinstance(draft, Draft)
    item = draft_item(draft, "Politics")
    assert isinstance(item, Item)
    assert item.wording().stem == "Do you vote \ufffd often?"
    assert item.wording().texts == ("Yes \ufffd I do", "No, never")
    whole = read(r'{"question": "Do you vote \ud83d\ude00?", "options": ["Yes", "No"]}')
    assert whole == Draft("Do you vote 😀?", ("Yes", "No"))


def test_a_scale_from_zero_keeps_its_codes() -> None:
    assert made("0 = No trust", "10 = Full trust").codes == tuple(range(11))


def test_a_scale_out_of_order_is_put_in_order() -> None:
    item = made("Not frequently at all", "Often", "Quite often", "Not frequently")
    assert item.ordinal
    assert item.wording().texts == (
        "Not frequently at all",
        "Not frequently",
        "Quite often",
        "Often",
    )
    assert made("16 or older", "Under 8", "8 to 15").wording().texts == (
        "Under 8",
        "8 to 15",
        "16 or older",
    )


def test_the_scale_decides_ordinal_or_nominal() -> None:
    assert made("Often", "Sometimes", "Never").ordinal
    assert not made("Bread", "Roses", "Wine").ordinal


def test_a_borrowed_scale_of_the_survey_is_put_in_its_order() -> None:
    texts = ("I was there", "I may yet go there", "I shall stay at home")
    seed = Item("Q1", "T", (1, 2, 3), "ordinal", {"en": (Wording("Strikes?", texts),)})
    known = known_scales([seed])

    def placed(*options: str) -> tuple[str, ...]:
        item = draft_item(Draft(ASKED, options), "T", known)
        assert isinstance(item, Item)
        assert item.ordinal
        return item.wording().texts

    assert placed(*texts) == texts
    assert placed(*texts[::-1]) == texts[::-1]
    assert placed(texts[0], texts[2]) == (texts[0], texts[2])
    assert placed(texts[0], texts[2], texts[1]) == texts
    assert not made(*texts).ordinal


@pytest.mark.parametrize(
    ("question", "options", "reason"),
    [
        ("Why?", ("a", "b"), "question too short"),
        ("...", ("a", "b"), "question too short"),
        ("word " * 80, ("a", "b"), "question too long"),
        (ASKED, ("Yes",), "too few options"),
        (ASKED, (), "too few options"),
        (ASKED, ("Yes", "Don't know", "Refused"), "too few options"),
        (ASKED, tuple(f"Option {'x' * k}" for k in range(11)), "too many options"),
        (ASKED, ("1", "2", "3"), "options are bare numbers"),
        (ASKED, ("Yes", "yes!"), "options alike"),
        (ASKED, ("Yes", "..."), "option without words"),
        (ASKED, ("Yes", "x" * 121), "option too long"),
        (ASKED, ("1 = Low", "10 = low"), "options alike"),
        (ASKED, ("1 = True, 2 = False", "10 = Low, 20 = High"), "several options in one"),
        (ASKED, ("1 = Low; 2 = Middle", "10 = High"), "several options in one"),
        (ASKED, ("1. Low/2. Middle", "3. High"), "several options in one"),
        (ASKED, ("(1) Low (2) Middle", "(3) High"), "several options in one"),
        (ASKED, ("Low = 1, Middle = 2", "High = 3"), "several options in one"),
        (ASKED, ("1 = Is it low?", "10 = Is it high?"), "option is a question"),
        (ASKED, ("Often", "Never", "Only in May", "Always"), "an option off its scale"),
        (ASKED, ("Often", "Never", "Very often", "Very frequently"), "points of a scale alike"),
    ],
)
def test_faulty_drafts_have_a_reason(question: str, options: tuple[str, ...], reason: str) -> None:
    assert draft_item(Draft(question, options), "T") == reason
