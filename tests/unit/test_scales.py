import pytest

from acculturate.scales import in_order, no_answer

ORDERED = [
    "Strongly agree|Agree|Disagree|Strongly disagree",
    "Strongly disagree|Somewhat disagree|Neither agree nor disagree|Somewhat agree|Strongly agree",
    "Agree|Hard to say|Disagree",
    "Very important|Somewhat important|Not very important|Not at all important",
    "Not important at all|Not very important|Somewhat important|Very important|Extremely important",
    "Very satisfied|Satisfied|Neutral|Dissatisfied|Very dissatisfied",
    "Strongly support|Support|Oppose|Strongly oppose",
    "Never|Rarely|Sometimes|Often|Always",
    "Almost never|Rarely|Occasionally|Often|Almost always",
    "Daily|Weekly|Monthly|Never",
    "Every day|Several times a week|About once a week|Less often|Never",
    "Not at all|A little|Somewhat|Quite a lot|A great deal",
    "None of them|A few of them|Most of them|All of them",
    "A great deal of confidence|Quite a lot of confidence|No confidence at all",
    "Very good|Good|Fair|Poor|Very poor",
    "Definitely|Probably|Probably not|Definitely not",
    "18-24|25 to 34|35 or more",
]
UNORDERED = [
    "Freedom|Equality",
    "Yes|No|It depends",
    "Very important|Not at all important|Somewhat important",
    "Agree|Strongly agree|Disagree",
    "Neutral|Agree|Disagree",
    "Strongly agree|Agree|Neutral|Somewhat agree|Disagree",
    "Very important|Very happy",
    "Sometimes|Sometimes",
    "The government|Companies|Every person|No one",
    "Very important|Somewhat satisfied|Not trusted",
    "1 child|3 children|2 children",
]


@pytest.mark.parametrize("line", ORDERED)
def test_scales_in_order_read_both_ways(line: str) -> None:
    options = tuple(line.split("|"))
    assert in_order(options)
    assert in_order(options[::-1])


@pytest.mark.parametrize("line", UNORDERED)
def test_lists_without_an_order_are_nominal(line: str) -> None:
    assert not in_order(tuple(line.split("|")))


@pytest.mark.parametrize(
    "text",
    ["Don't know", "don’t know / refused", "Refused", "Not sure", "Prefer not to say", "N/A"],
)
def test_options_that_decline(text: str) -> None:
    assert no_answer(text)


@pytest.mark.parametrize("text", ["Not important", "Not very sure of it", "Nobody knows", "No"])
def test_options_that_answer(text: str) -> None:
    assert not no_answer(text)
