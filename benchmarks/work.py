"""The work that is timed: survey items are put to fictitious people, and to cultures.

Prompts nest as a study's do: the instruction, then the person or culture, then the item.
"""

import random

from acculturate.asking import AnswerSettings, Presentation, shown
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.records import ChooseRequest, Item, Message
from acculturate.survey import Survey, load_survey

ITEMS = tuple(f"Q{number}" for number in range(1, 46) if number != 42)
INSTRUCTION = (
    "You are taking part in a survey and answer as the person described below would answer. "
    "Reply with the number of one option only."
)
JOBS = ("nurse", "farmer", "bus driver", "teacher", "shop assistant", "electrician", "cook")
PLACES = ("a fishing village", "the capital", "a mining town", "a suburb", "a market town")
HOMES = ("lives alone", "lives with a sister", "is married with two children", "is widowed")
MONEY = ("has savings", "gets by", "is in debt")


def people(count: int = 8, seed: int = 7) -> list[str]:
    """Descriptions of people who do not exist, about 60 tokens each."""
    draw = random.Random(seed)
    return [
        f"The person is {draw.randint(18, 90)} years old, works as a {draw.choice(JOBS)} in "
        f"{draw.choice(PLACES)}, left school at {draw.randint(12, 24)}, {draw.choice(HOMES)}, "
        f"{draw.choice(MONEY)}, goes to a place of worship {draw.randint(0, 50)} times a year, "
        f"reads {draw.randint(0, 20)} newspapers a month, and would call the family's income "
        f"step {draw.randint(1, 10)} of ten."
        for _ in range(count)
    ]


def of_people(count: int = 8) -> list[ChooseRequest]:
    """People times items, in the order a study would ask them."""
    survey = load_survey()
    return [_request(person, survey.item(key)) for person in people(count) for key in ITEMS]


def of_cultures(items: int, seed: int = 7) -> list[ChooseRequest]:
    """All cultures times a seeded draw of the survey's items, as an arm under `aware` asks them."""
    survey = load_survey()
    settings = AnswerSettings(orders="forward")
    keys = [item.id for item in drawn(survey, items, seed)]
    taking = SurveyTaking.of("bench", survey, keys, survey.cultures, "aware", settings)
    return [request for request in taking.requests() if isinstance(request, ChooseRequest)]


def drawn(survey: Survey, items: int, seed: int = 7) -> list[Item]:
    """So many of a survey's items."""
    keys = random.Random(seed).sample(list(survey.items), min(items, len(survey.items)))
    return [survey.item(key) for key in keys]


def _request(person: str, item: Item) -> ChooseRequest:
    presentation = Presentation(tuple(range(len(item.codes))))
    options = shown(item, presentation)
    listed = "\n".join(f"{option.label}. {option.text}" for option in options)
    stem = item.wording().stem
    return ChooseRequest(
        (Message("system", f"{INSTRUCTION}\n{person}"), Message("user", f"{stem}\n{listed}")),
        tuple(option.label for option in options),
    )
