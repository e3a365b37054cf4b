import pytest

from acculturate.scales import in_order, no_answer, not_asked, numbered, off_scale, scale_order
from acculturate.survey.builtin import load_builtin

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
    "Very favourable|Mostly favourable|Mostly unfavourable|Very unfavourable",
    "A lot of trust|Some trust|Not too much trust|No trust at all",
    "Very good for us|Somewhat good for us|Somewhat bad for us|Very bad for us",
    "Has improved|Has stayed the same|Has gotten worse",
    "Just about always|Most of the time|Only some of the time|Never",
    "Definitely yes|Probably yes|Probably no|Definitely no",
    "A big impact|A small impact|No impact",
    "Positive impact|No impact|Negative impact",
    "Much too much|Too much|About right|Too little|Much too little",
    "Very liberal|Liberal|Moderate|Conservative|Very conservative",
    "Trust completely|Trust a little|Do not trust very much|Do not trust at all",
    "Almost all|Most|About half|Some|Almost none",
    "Very much in favor|Somewhat in favor|Somewhat against|Very much against",
    "Very favorable|Somewhat favorable|Somewhat unfavorable|Very unfavorable",
    "A lot of confidence|Some confidence|Not too much confidence|No confidence at all",
    "Completely agree|Mostly agree|Mostly disagree|Completely disagree",
    "Very good|Somewhat good|Somewhat bad|Very bad",
    "Very big problem|Moderately big problem|Small problem|Not a problem at all",
    "A very big problem|A moderately big problem|A small problem|Not a problem at all",
    "Very serious|Somewhat serious|Not too serious|Not a problem",
    "A great deal|A fair amount|Not too much|Not at all",
    "Great deal|Fair amount|Not too much|Not at all",
    "Major threat|Minor threat|Not a threat",
    "A major threat|A minor threat|Not a threat",
    "Improve a lot|Improve a little|Remain the same|Worsen a little|Worsen a lot",
    "Too much|About right|Too little",
    "Often|Sometimes|Hardly ever|Never",
    "Often|Sometimes|Rarely|Never",
    "Very likely|Somewhat likely|Not too likely|Not at all likely",
    "Very likely|Fairly likely|Not very likely|Not likely at all",
    "Very worried|Somewhat worried|Not too worried|Not at all worried",
    "Very satisfied|Somewhat satisfied|Somewhat dissatisfied|Very dissatisfied",
    "A great deal|Quite a lot|Not very much|None at all",
    "Trust completely|Trust somewhat|Do not trust very much|Do not trust at all",
    "Very proud|Quite proud|Not very proud|Not at all proud",
    "Very close|Close|Not very close|Not close at all",
    "A good deal|Some|Not much|None",
    "A great deal|Some|Only a little|None",
    "Daily|Weekly|Monthly|Less than monthly|Never",
    "More than once a week|Once a week|Once or twice a month|A few times a year|Seldom|Never",
    "Strongly agree|Agree|Neither agree nor disagree|Disagree|Strongly disagree",
    "Agree strongly|Agree|Disagree|Disagree strongly",
    "Very much like me|Like me|Somewhat like me|A little like me|Not like me|Not at all like me",
    "Good|Don't mind|Bad",
    "Very happy|Rather happy|Not very happy|Not at all happy",
    "Very high|High|Low|Very low",
    "Very effective|Somewhat effective|Not too effective|Not effective at all",
    "Excellent|Good|Only fair|Poor",
    "Very well|Somewhat well|Not too well|Not at all well",
    "Strongly favor|Favor|Oppose|Strongly oppose",
    "Strongly approve|Approve|Disapprove|Strongly disapprove",
    "Very positive|Somewhat positive|Somewhat negative|Very negative",
    "Legal in all cases|Legal in most cases|Illegal in most cases|Illegal in all cases",
    "Always justified|Sometimes justified|Rarely justified|Never justified",
    "Often justified|Sometimes justified|Rarely justified|Never justified",
    "Very important|Somewhat important|Not too important|Not important at all",
    "Very important|Rather important|Not very important|Not at all important",
    "Have done|Might do|Would never do",
    "Active member|Inactive member|Don't belong",
    "Definitely should|Probably should|Probably should not|Definitely should not",
    "Yes, definitely|Yes, probably|No, probably not|No, definitely not",
    "Agree a lot|Agree a little|Disagree a little|Disagree a lot",
    "Strongly agree|Tend to agree|Tend to disagree|Strongly disagree",
    "Very much|Somewhat|Not much|Not at all",
    "A lot|A little|None",
    "None of them|Few of them|Most of them|All of them",
    "All|Most|Some|None",
    "Very frequently|Quite frequently|Not frequently|Not at all frequently",
    "Heard a lot|Heard a little|Heard nothing at all",
    "A lot|A little|Nothing at all",
    "Very religious|Somewhat religious|Not too religious|Not at all religious",
    "Major reason|Minor reason|Not a reason",
    "Very difficult|Somewhat difficult|Somewhat easy|Very easy",
    "Very optimistic|Somewhat optimistic|Somewhat pessimistic|Very pessimistic",
    "Very secure|Quite secure|Not very secure|Not at all secure",
    "Great extent|Some extent|Not very much|Not at all",
    "To a great extent|To some extent|Not very much|Not at all",
    "Very concerned|Somewhat concerned|Not too concerned|Not at all concerned",
    "Not at all|A little|Some|A lot",
    "Very strong|Somewhat strong|Somewhat weak|Very weak",
    "Completely satisfied|Mostly satisfied|Somewhat dissatisfied|Very dissatisfied",
    "A top priority|Important but lower priority|Not too important|Should not be done",
    "Top priority|High priority|Low priority|Not a priority",
    "Very confident|Somewhat confident|Not too confident|Not at all confident",
    "Strongly support|Somewhat support|Somewhat oppose|Strongly oppose",
    "Very interested|Somewhat interested|Not very interested|Not at all interested",
    "Very common|Fairly common|Not too common|Not common at all",
    "Much better|Somewhat better|About the same|Somewhat worse|Much worse",
    "Very safe|Somewhat safe|Not too safe|Not at all safe",
    "Very important|Important|Not important",
    "Trust a lot|Trust somewhat|Do not trust much|Do not trust at all",
    "Very corrupt|Somewhat corrupt|Not too corrupt|Not corrupt at all",
    "Yes, a lot|Yes, a little|No, not at all",
    "Essential|Very important|Somewhat important|Not important",
    "Very unlikely|Somewhat unlikely|Somewhat likely|Very likely",
    "Extremely|Very|Somewhat|Not very|Not at all",
    "Very bad|Bad|Good|Very good",
    "Always|Most of the time|Sometimes|Rarely|Never",
    "Fully|Partly|Not at all",
    "A lot more|A little more|The same|A little less|A lot less",
    "Better|About the same|Worse",
    "Like a lot|Like a little|Dislike a little|Dislike a lot",
    "More than once a week|Once a week|Once a month|"
    "Only on special holy days|Once a year|Less often|Never, practically never",
    "Several times a day|Once a day|Several times each week|Only when attending religious services|"
    "Only on special holy days|Once a year|Less often|Never, practically never",
    "Definitely should have the right|Probably should have the right|"
    "Probably should not have the right|Definitely should not have the right",
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
    "Morally acceptable|Morally unacceptable|Not a moral issue",
    "1. The family|2. The school|3. The neighbours",
    "More of a partner|More of an enemy|Neither",
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
    [
        *("Don't know", "don’t know / refused", "Refused", "Not sure", "Prefer not to say", "N/A"),
        *(
            "DK",
            "DK/Refused",
            "Do not know",
            "Dont know",
            "Don\u00b4t know",
            "No opinion",
            "Unsure",
        ),
        *("No answer", "NA", "Can't choose", "Don't -9:-2", "-9:-2", "(VOL) Don't know", "DK/NA"),
        *("Don't know (Volunteered)", "[VOL. DO NOT READ] Don't know", "Hard to say/Don't know"),
        *("Missing; Not asked in survey", "Other missing; Multiple answers Mail (EVS)", "Unknown"),
        *("DK/RF", "DNK", "NS/NR", "NR", "Web blank", "Did not answer", "Item nonresponse"),
        *("Don't understand the question", "Not answered", "Didn't respond"),
        *("Don't know or refused", "Haven't heard enough to say", "Declined to answer", "DK / Ref"),
    ],
)
def test_options_that_decline(text: str) -> None:
    assert no_answer(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Not important", "Not very sure of it", "Nobody knows", "No", "None of these", "Other"),
        *("Depends (Volunteered)", "Neither", "Both", "Never heard of", "Undecided", "Nothing"),
        *("Don't mind", "Don't trust", "No difference", "No confidence at all", "Hard to say"),
    ],
)
def test_options_that_answer(text: str) -> None:
    assert not no_answer(text)


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("0|1|10|2|3|4|5|6|7|8|9", "0|1|2|3|4|5|6|7|8|9|10"),
        ("None|1|All|2|3|4|5|6|7|8|9", "None|1|2|3|4|5|6|7|8|9|All"),
        ("Never|Always|2|3|4|5|6|7|8|9", "Never|2|3|4|5|6|7|8|9|Always"),
        ("Always|9|8|7|6|5|4|3|2|Never", "Never|2|3|4|5|6|7|8|9|Always"),
        ("0 - Not at all|1|2|3|4|5 - Fully", "0 - Not at all|1|2|3|4|5 - Fully"),
        ("Better|Worse|No difference", "Better|No difference|Worse"),
        ("Increased|Decreased|Stayed the same", "Increased|Stayed the same|Decreased"),
        (
            "Too much|Too little|About the right amount",
            "Too much|About the right amount|Too little",
        ),
        ("Agree|Disagree|Neither agree nor disagree", "Agree|Neither agree nor disagree|Disagree"),
        ("1. Very good|2. Fairly good|3. Bad", "1. Very good|2. Fairly good|3. Bad"),
    ],
)
def test_scales_in_another_order_than_their_own(line: str, right: str) -> None:
    options = tuple(line.split("|"))
    order = scale_order(options)
    assert order is not None
    assert "|".join(options[at] for at in order) == right


@pytest.mark.parametrize(
    "line",
    [
        *("Freedom|Equality|Neither", "Low|2|High|4", "1|Red|Blue|2"),
        # the ladders know less surely than a questionnaire which of two words is more
        "None|A little|Some|A great deal|A lot",
        "Important|Not important|Somewhat important",
        "Agree|Disagree|Hard to say",
    ],
)
def test_lists_that_no_order_makes_a_scale(line: str) -> None:
    assert scale_order(tuple(line.split("|"))) is None


def test_numbers_of_ends_that_have_words() -> None:
    assert numbered(("Left", "2", "3", "4", "Right")) == (1, 2, 3, 4, 5)
    assert numbered(("Left", "2", "4", "Right")) is None
    assert numbered(("2", "2", "3")) is None


def test_a_denied_head_ends_a_scale_of_two_sides() -> None:
    assert in_order(("Very safe", "Somewhat safe", "Somewhat unsafe", "Not at all safe"))
    assert not in_order(("Very safe", "Not at all safe", "Somewhat unsafe"))


@pytest.mark.parametrize("text", ["Other", "Depends (VOL)", "Both equally", "None of these"])
def test_answers_off_a_scale(text: str) -> None:
    assert off_scale(text)


def test_who_was_not_asked_is_told_from_who_gave_no_answer() -> None:
    assert all(map(not_asked, ("Not applicable", "Missing; Not asked in survey", "Missing")))
    assert not any(map(not_asked, ("Don't know", "DK/Refused", "No answer", "Refused; missing")))


def test_no_nominal_item_of_the_survey_is_a_scale() -> None:
    nominal = [item for item in load_builtin().items.values() if not item.ordinal]
    shown = {wording.texts for item in nominal for wording in item.wordings["en"]}
    assert not [texts for texts in shown if len(texts) > 2 and scale_order(texts)]
