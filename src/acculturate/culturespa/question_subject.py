"""Written questions as people judge them."""

from acculturate.methods.judged import Subject
from acculturate.methods.kept_texts import QUESTIONS

QUESTION = Subject(
    "question",
    QUESTIONS,
    {
        "clear": "Is it clear, with options that answer it?",
        "opinion": "Does it ask what people think, value or do, not what they know?",
        "fair": "Is it free of stereotypes and of words that lead to an answer?",
    },
    folder="questions",
)
