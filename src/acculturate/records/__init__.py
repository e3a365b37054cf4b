"""Every record that stages hand to each other: frozen, with no behaviour but their own reading."""

from acculturate.records.answer import Answer, AnswerKind
from acculturate.records.item import Item, Kind, Option, Scale, Wording
from acculturate.records.likelihood import TextNats
from acculturate.records.request import (
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Message,
    Reply,
    Request,
    Role,
    Sampling,
)
from acculturate.records.respondent import Respondent
from acculturate.records.score import Score
from acculturate.records.shift import Shift
from acculturate.records.training_row import TrainingRow

__all__ = [
    "Answer",
    "AnswerKind",
    "Choice",
    "ChooseRequest",
    "Failure",
    "GenerateRequest",
    "Generation",
    "Item",
    "Kind",
    "Message",
    "Option",
    "Reply",
    "Request",
    "Respondent",
    "Role",
    "Sampling",
    "Scale",
    "Score",
    "Shift",
    "TextNats",
    "TrainingRow",
    "Wording",
]
