"""CultureSPA: a model asks itself survey questions, and learns from what a culture changes.

It writes new questions (`QuestionStage`), answers each without a culture and with one
(`AnswerStage`), keeps the answers that the culture shifted (`find_shifts`), and is trained on them
(`teaching_rows`). No people's answers are used. Xu, Leng, Yu and Xiong, NAACL 2025,
arXiv 2410.12971; `preset = "published"` does as their code does.
"""

from acculturate.culturespa.answering import AnswerPair, Answers, AnswerStage
from acculturate.culturespa.controls import derangement
from acculturate.culturespa.culturespa_settings import (
    AnsweringSettings,
    CultureSpaSettings,
    QuestionSettings,
    ShiftSettings,
)
from acculturate.culturespa.filtering import FilterReport, filter_file
from acculturate.culturespa.filters import DefaultRules
from acculturate.culturespa.leaks import Leak, LeakCheck
from acculturate.culturespa.published_filter import PublishedRules
from acculturate.culturespa.questions import Questions, QuestionStage
from acculturate.culturespa.shift_rows import Teaching, teaching_rows
from acculturate.culturespa.shifts import Shifts, find_shifts
from acculturate.records.yields import Drop, Yield

__all__ = [
    "AnswerPair",
    "AnswerStage",
    "AnsweringSettings",
    "Answers",
    "CultureSpaSettings",
    "DefaultRules",
    "Drop",
    "FilterReport",
    "Leak",
    "LeakCheck",
    "PublishedRules",
    "QuestionSettings",
    "QuestionStage",
    "Questions",
    "ShiftSettings",
    "Shifts",
    "Teaching",
    "Yield",
    "derangement",
    "filter_file",
    "find_shifts",
    "teaching_rows",
]
