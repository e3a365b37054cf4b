"""Labels of WVS-7 are led back to codes whatever their release, and never guessed."""

import pytest

from acculturate.culture.territory import find_territory
from acculturate.sheets.missing import is_missing
from acculturate.survey import load_survey
from acculturate.survey.codebook import codebook_texts
from acculturate.survey.label_exports import code_of, codes_of, number_in, possible_codes


@pytest.mark.parametrize(
    ("item", "label", "code"),
    [
        ("Q1", "Not at all important", 4),
        ("Q1", "  VERY important ", 1),
        ("Q1", "Fairly important", 2),
        ("Q8", "Not mentioned", 2),
        ("Q8", "Mentioned", 1),
        ("Q27", "Agree strongly", 1),
        ("Q27", "Strongly disagree", 4),
        ("Q33", "Neither agree or disagree", 3),
        ("Q33", "Disagree strongly", 5),
        ("Q47", "Good", 2),
        ("Q47", "Very poor", 5),
        ("Q48", "None at all", 1),
        ("Q48", "A great deal", 10),
        ("Q50", "Dissatisfied", 1),
        ("Q50", "Completely satisfied", 10),
        ("Q56", "Or about the same", 3),
        ("Q63", "Do not trust very much", 3),
        ("Q63", "Do not trust at all", 4),
        ("Q94", "Don't belong", 0),
        ("Q97", "Not a member", 0),
        ("Q94", "Inactive member", 1),
        ("Q108", "People should provide for themselves", 10),
        ("Q111", "B: Economic growth", 2),
        ("Q119", "Hard to say", 0),
        ("Q121", "Rather bad", 1),
        ("Q121", "Quite bad", 2),
        ("Q122", "Disagree", 0),
        ("Q142", "A great deal", 2),
        ("Q152", "Strong defence forces", 2),
        ("Q157", "Progress toward a society in which Ideas count more than money", 3),
        ("Q172", "Only on special holy days", 5),
        ("Q176", "Completely agree", 1),
        ("Q177", "10. Always justifiable", 10),
        ("Q177", "10", 10),
        ("Q177", "7.0", 7),
        ("Q182", "Never justifiable", 1),
        ("Q196", "Probably should not have the right", 3),
        ("Q222", "Not allowed to vote", 4),
        ("Q239", "Bad", 3),
        ("Q239", "Very bad", 4),
        ("Q239", "Fairly bad", 3),
        ("Q238", "Fairly bad", 3),
        ("Q241", "An essential characteristic of democracy", 10),
        ("Q241", "Not an essential characteristic of democracy", 1),
        ("Q254", "I am not of this nationality", 5),
        ("Q241", "It is against democracy (spontaneous)", 0),
        ("Q243", "Not at all an essential characteristic of democracy", 1),
        ("Q254", "I am not [nationality]", 5),
        ("Q254", "Not at all proud", 4),
        ("Q253", "There is not much respect", 3),
        ("Q57", "Can´t be too careful", 2),
        ("Q201", "Less than monthly", 4),
        ("Q171", "Once a week", 2),
        ("Q171", "More than once a week", 1),
        ("Q43", "Don't mind", 2),
        ("Q132", "Not frequently", 3),
        ("Q224", "Not at all often", 4),
        ("Q1", "Not important", 3),
        ("Q1", "Very important.", 1),
        # never guessed
        ("Q238", "Bad", None),
        ("Q58", "Do not trust completely", None),
        ("Q47", "Fairly good", None),
        ("Q235", "Very good, but not here", None),
        ("Q173", "Not sure", None),
        ("Q1", "2. Very important", None),
        ("Q177", "1 Always justifiable", None),
        ("Q106", "Incomes should be less equal than now", None),
        ("Q1", "Rather", None),
        ("Q177", "Sometimes justifiable", None),
        ("Q177", "11", None),
        ("Q1", "9. Very important", None),
        ("Q1", "1.5", None),
        ("Q57", "Maybe", None),
    ],
)
def test_labels(item: str, label: str, code: int | None) -> None:
    assert code_of(item, label, load_survey().item(item).codes) == code


@pytest.mark.parametrize(
    ("item", "labels", "codes"),
    [
        ("Q239", ["Very good", "Fairly good", "Bad", "Very bad"], [1, 2, 3, 4]),
        ("Q239", ["Very good", "Fairly good", "Fairly bad", "Bad"], [1, 2, 3, 4]),
        ("Q238", ["Very good", "Fairly good", "Bad", "Very bad"], [1, 2, 3, 4]),
        ("Q238", ["Very good", "Fairly good", "Fairly bad", "Bad"], [1, 2, 3, 4]),
        ("Q238", ["Very good", "Fairly good", "Bad"], [1, 2, None]),
        ("Q239", ["Very good", "Fairly bad", "Bad", "Very bad"], [1, 3, None, 4]),
        ("Q121", ["Rather bad", "Quite bad"], [1, 2]),
        ("Q121", ["Very bad", "Rather bad"], [1, 2]),
        ("Q121", ["Very bad", "Quite bad", "Rather bad"], [1, 2, None]),
        ("Q3", ["Quite important", "Not important", "Not at all important"], [2, 3, 4]),
        ("Q3", ["Not very important", "Not important"], [3, 4]),
    ],
)
def test_a_label_is_settled_by_its_column(
    item: str, labels: list[str], codes: list[int | None]
) -> None:
    result = codes_of(item, labels, load_survey().item(item).codes)
    assert [result[label] for label in labels] == codes


def test_what_a_label_could_be() -> None:
    assert possible_codes("Q238", "Bad", range(1, 5)) == (3, 4)
    assert possible_codes("Q238", "Very bad", range(1, 5)) == (4,)
    assert possible_codes("Q238", "Awful", range(1, 5)) == ()


def test_no_official_text_contradicts_its_code() -> None:
    wrong = [
        (item.id, code, text)
        for item in load_survey().items.values()
        for code, texts in codebook_texts(item).items()
        for text in texts
        if (possible := possible_codes(item.id, text, item.codes)) and code not in possible
    ]
    assert wrong == []


def test_every_option_of_a_named_scale_is_told_apart() -> None:
    """The product's own words are near enough to the official ones to fit no wrong option."""
    survey = load_survey()
    wrong = [
        (item.id, text)
        for item in survey.items.values()
        for wording in item.wordings["en"]
        if not wording.anchored
        for code, text in zip(item.codes, wording.texts, strict=True)
        if code_of(item.id, text, item.codes) not in (code, None)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("label", "missing"),
    [
        ("Don´t know", True),
        ("Don’t know", True),
        ("No answer", True),
        ("No second answer", True),
        ("Not asked in survey", True),
        ("Missing; Unknown", True),
        ("INAP: No internet/no social media", True),
        ("Not applicable (no first answer)", True),
        ("Don't know/ Unsure", True),
        ("multiple answers Mail", True),
        ("item not included", True),
        ("#NULL!", True),
        ("NaN", True),
        (".", True),
        ("Don't know anybody", False),
        ("Missing from home", False),
        ("Unknown people", False),
        ("No answer is right", False),
        ("No", False),
        ("None at all", False),
        ("Not mentioned", False),
        ("Not at all important", False),
        ("Don't belong", False),
        ("Don't mind", False),
    ],
)
def test_no_answers(label: str, missing: bool) -> None:
    assert is_missing(label) is missing


def test_numbers_in_labels() -> None:
    shown = ["10. Always", "10 Always", "10: x", "1 = Yes", "3.0", "1.5", "1-2", "Q1", "30 hours"]
    assert [number_in(text) for text in shown] == [10, 10, 10, 1, 3, None, None, None, 30]


@pytest.mark.parametrize(
    ("cell", "culture"),
    [
        ("DEU", "DEU"),
        ("deu", "DEU"),
        ("276", "DEU"),
        ("276.0", "DEU"),
        ("32", "ARG"),
        ("032", "ARG"),
        ("MOR", "MAR"),
        ("909", "NIR"),
        ("Philippines", "PHL"),
        ("The Philippines", "PHL"),
        ("Taiwan ROC", "TWN"),
        ("Macao SAR", "MAC"),
        ("U.S.", "USA"),
        ("Viet Nam", "VNM"),
        ("GMY", None),
        ("0", None),
        ("", None),
    ],
)
def test_territories(cell: str, culture: str | None) -> None:
    assert find_territory(cell) == culture


def test_cells_of_a_file_come_first() -> None:
    assert find_territory("DE", {"DE": "DEU"}) == "DEU"
    assert find_territory("276", {"276": "AUT"}) == "AUT"
