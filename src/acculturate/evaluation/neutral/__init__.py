"""Neutral texts: whether a model reads plain text as well as before it was adapted.

Short passages on facts of daily life, with nothing of a culture or a value in them, are read as
they stand. What is compared is how many nats a token takes, passage by passage. An adaptation that
makes the model a worse reader of any text has done more than teach a culture.
"""

from acculturate.evaluation.neutral.passages import languages, passages
from acculturate.evaluation.neutral.reading_change import (
    Readings,
    TextChange,
    change,
    nats_per_token,
)
from acculturate.evaluation.neutral.text_settings import NeutralSettings

__all__ = [
    "NeutralSettings",
    "Readings",
    "TextChange",
    "change",
    "languages",
    "nats_per_token",
    "passages",
]
