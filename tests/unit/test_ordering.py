import random

import pytest

from acculturate.ordering import ALIKE, BESIDE, Scale, Unordered, find_scale, level_ends
from acculturate.survey.builtin import load_builtin

SCALES = [
    "Not frequently at all|Not frequently|Quite often|Often",
    "Never|Rarely|Sometimes|Often|Always",
    "Never|Once a month|Once a week|Every day",
    "Very likely|Likely|Unlikely|Very unlikely",
    "Strongly agree|Agree|Neither agree nor disagree|Disagree|Strongly disagree",
    "Strongly support|Somewhat support|Somewhat oppose|Strongly oppose",
    "Very important|Fairly important|Not very important|Not at all important",
    "Extremely satisfied|Very satisfied|Somewhat satisfied|Not satisfied at all",
    "Under 8|8 to 11|12 to 15|16 or older",
    "None|One|Two|Three or more",
    "Less than $20,000|$20,000 to $50,000|$50,000 to $100,000|More than $100,000",
    "Less than an hour|1 to 2 hours|3 to 4 hours|More than 4 hours",
    "0-10%|11-25%|26-50%|More than 50%",
    "Stimme voll und ganz zu|Stimme eher zu|Stimme eher nicht zu|Stimme überhaupt nicht zu",
    "Stimme voll und ganz zu|Stimme zu|Lehne ab|Lehne voll und ganz ab",
    "Sehr wichtig|Eher wichtig|Eher unwichtig|Völlig unwichtig",
    "Sehr zufrieden|Eher zufrieden|Weder zufrieden noch unzufrieden|Eher unzufrieden",
    "Nie|Selten|Manchmal|Oft|Immer",
    "Täglich|Mehrmals pro Woche|Einmal im Monat|Selten|Nie",
    "Unter 8 Jahren|8 bis 11 Jahre|12 bis 15 Jahre|16 Jahre oder älter",
    "Muy importante|Bastante importante|Poco importante|Nada importante",
    "Totalmente de acuerdo|De acuerdo|Ni de acuerdo ni en desacuerdo|En desacuerdo",
    "Muy satisfecho|Satisfecho|Insatisfecho|Muy insatisfecho",
    "Nunca|Casi nunca|A veces|A menudo|Siempre",
    "Menos de 8 años|De 8 a 11 años|De 12 a 15 años|16 años o más",
    "Muy probable|Probable|Poco probable|Nada probable",
    "非常重要|比较重要|不太重要|完全不重要",
    "非常同意|同意|不同意|非常不同意",
    "从不|很少|有时|经常|总是",
    "每天|每周几次|每月一次|很少|从不",
    "8岁以下|8至11岁|12至15岁|16岁以上",
    "とても重要だ|やや重要だ|あまり重要ではない|全く重要ではない",
    "強く賛成|賛成|どちらともいえない|反対|強く反対",
    "そう思う|どちらかといえばそう思う|どちらかといえばそう思わない|そう思わない",
    "全くない|めったにない|時々|よく|いつも",
    "5歳未満|5〜10歳|11〜15歳|16歳以上",
]


@pytest.mark.parametrize("line", SCALES)
def test_a_shuffled_scale_is_put_in_order(line: str) -> None:
    scale = tuple(line.split("|"))
    for seed in range(6):
        options = list(scale)
        random.Random(seed).shuffle(options)
        result = find_scale(options)
        assert isinstance(result, Scale)
        placed = tuple(options[at] for at in result.order)
        assert placed in (scale, scale[::-1])


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("Often|Rarely|Never|It depends", "Often|Rarely|Never"),
        ("Always|Sometimes|Never|I have no car", "Always|Sometimes|Never"),
        (
            "Hard to say|Very likely|Somewhat likely|Unlikely",
            "Very likely|Somewhat likely|Unlikely",
        ),
        ("Never, I trust nobody|Often, with friends|Always", None),
        ("Very beautiful|Rather beautiful|Not very beautiful|Ugly", None),
        ("Always|Seldom|Rarely|Never", None),
    ],
)
def test_answers_off_a_scale_are_left_out_and_unknown_points_kept(
    line: str, right: str | None
) -> None:
    options = line.split("|")
    scale = find_scale(options)
    assert isinstance(scale, Scale)
    assert "|".join(options[at] for at in scale.order) == (right or line)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Always|Never|Often|Only in May", BESIDE),
        ("12 to 15|Under 8|When it asks for one|8 to 11", BESIDE),
        ("Often|Never|Frequently|Always", ALIKE),
        ("Very often|Often|Never|Very frequently", ALIKE),
    ],
)
def test_scales_without_an_order(line: str, reason: str) -> None:
    assert find_scale(line.split("|")) == Unordered(reason)


@pytest.mark.parametrize(
    "line",
    [
        *("Freedom|Equality|Neither", "Yes|No|It depends", "Bread|Roses|Wine|Very much|Nothing"),
        "Yes, it happened to me|Yes, I saw it|No, but I know others|No, never",
        "The government|Companies|Every person|No one",
        "Very close friends|Rather distant relatives|Not my neighbours",
    ],
)
def test_lists_without_a_scale(line: str) -> None:
    assert find_scale(line.split("|")) is None


def test_every_ordinal_item_of_the_survey_is_in_order() -> None:
    items = [item for item in load_builtin().items.values() if item.ordinal]
    shown = {
        wording.texts for item in items for wording in item.wordings["en"] if not wording.anchored
    }
    result = [(texts, find_scale(texts)) for texts in shown]
    for texts, scale in result:
        if isinstance(scale, Scale) and len(scale.order) == len(texts):
            assert scale.order == tuple(range(len(texts)))


@pytest.mark.parametrize(
    ("low", "high", "level"),
    [
        ("I completely disagree", "I totally disagree", True),
        ("Fully agree", "Totally agree", True),
        ("Not essential", "Essential", False),
        ("Never", "Always", False),
        ("Strongly agree", "Strongly disagree", False),
        ("Same pay", "Wider gaps", False),
        ("Not justifiable in any case", "It can never be justified", True),
        ("I do not agree at all", "I disagree", True),
        ("Not good for us", "Not bad for us", False),
    ],
)
def test_ends_of_a_scale_that_say_the_same_are_known(low: str, high: str, level: bool) -> None:
    assert level_ends((low, high)) is level


def test_ends_that_deny_the_same_in_one_word_and_in_two_are_alike() -> None:
    assert level_ends(("Not justifiable in any case", "Unjustifiable in any case"))
    assert level_ends(("Unimportant", "Not important"))
    assert not level_ends(("Not important", "Important"))
