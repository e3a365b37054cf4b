"""CLCA: a model learns a culture from dialogues that another model plays in it.

Situations are set in a culture (`AdaptStage`), two characters play them (`RoleplayStage`), rules
and a judge filter them (`JudgeStage`), every move's intent is written down (`IntentStage`), and
rows of several tasks are made (`teaching_rows`); `learn` carries all of it. Liu, Korhonen and
Gurevych, ACL 2025, arXiv 2504.02953; `preset = "published"` does as the paper describes.
"""

from acculturate.clca.clca_settings import ClcaSettings
from acculturate.clca.descriptors import Descriptors, describe
from acculturate.clca.dialogue_rows import Teaching, teaching_rows
from acculturate.clca.intents import Intent, Intents, IntentStage
from acculturate.clca.judges.audit import Audit, Finding, audit
from acculturate.clca.judges.judging import Judged, JudgeStage
from acculturate.clca.judges.people import (
    Case,
    cases_of,
    draw_sample,
    dump_sheet,
    judge,
    read_sheet,
)
from acculturate.clca.judges.raters import Rater, agreements
from acculturate.clca.judges.verdicts import Verdict
from acculturate.clca.method import Learned, dialogue_rows, learn
from acculturate.clca.play.dialogue import Dialogue, Utterance
from acculturate.clca.play.roleplay import Dialogues, RoleplayStage
from acculturate.clca.relevance import Relevance, Relevances, RelevanceStage
from acculturate.clca.scenarios.adapting import AdaptStage, Scenarios
from acculturate.clca.scenarios.scenario import Character, Scenario, Situation
from acculturate.records.yields import Drop, Yield

__all__ = [
    "AdaptStage",
    "Audit",
    "Case",
    "Character",
    "ClcaSettings",
    "Descriptors",
    "Dialogue",
    "Dialogues",
    "Drop",
    "Finding",
    "Intent",
    "IntentStage",
    "Intents",
    "JudgeStage",
    "Judged",
    "Learned",
    "Rater",
    "Relevance",
    "RelevanceStage",
    "Relevances",
    "RoleplayStage",
    "Scenario",
    "Scenarios",
    "Situation",
    "Teaching",
    "Utterance",
    "Verdict",
    "Yield",
    "agreements",
    "audit",
    "cases_of",
    "describe",
    "dialogue_rows",
    "draw_sample",
    "dump_sheet",
    "judge",
    "learn",
    "read_sheet",
    "teaching_rows",
]
