"""Verdicts: what a judge found about a dialogue, how they are read, and which dialogues are kept.

A written verdict is read as `judgement` reads it; a text that states none is `Unread` and asked
again, and so is one that does not state how confident it is. Of option probabilities the confidence
is the probability itself, in the same three steps.

    >>> read_verdict('{"verdict": "bad", "confidence": "very sure", "reason": "Dull."}', "en")
    Stated(good=False, confidence='very confident', critique='Dull.')
    >>> read_verdict("Bad: it repeats itself.", "en").confidence is None
    True
    >>> from_probability(0.97)
    Stated(good=True, confidence='very confident', critique='')
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from acculturate.clca.clca_settings import Filter
from acculturate.clca.judges.judgement import read_judgement
from acculturate.clca.judges.lexicon import CONFIDENCES as CONFIDENCES
from acculturate.clca.judges.lexicon import Confidence as Confidence
from acculturate.clca.play.dialogue import Dialogue
from acculturate.clca.texts import text
from acculturate.clca.unread import Unread
from acculturate.clca.words import words_in
from acculturate.records.json_schema import TEXT, object_of, one_of, schema_text

Question = Literal["quality", "fit", "review", "stereotype"]
VERY, RATHER = 0.9, 0.7
"""From these probabilities on a verdict is very confident, or confident."""
UNJUDGED = "without a readable verdict on quality or fit"
JUDGED: Mapping[Question, str] = {
    "quality": "judged a bad dialogue",
    "fit": "judged a bad fit to the culture",
    "review": "judged a bad fit in the review",
    "stereotype": "judged to hold stereotypes",
}
"""Why a dialogue is dropped."""
VOUCHED: tuple[Question, ...] = ("quality", "fit", "review")
SIGNS = re.compile(r"[\W_]+")
UNSURE = "the judge is not sure that it is good and fits"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judge's decision on one question about a dialogue.

    `good` is the good case of every question: good dialogue, good fit, free of stereotypes.
    `confidence` is None where a written verdict does not state it. `probability` is that of good,
    where it was weighed and not written.
    """

    dialogue: str
    question: Question
    good: bool
    confidence: Confidence | None
    critique: str = ""
    probability: float | None = None


class Stated(NamedTuple):
    """A verdict without what it is about."""

    good: bool
    confidence: Confidence | None
    critique: str


def from_probability(probability: float) -> Stated:
    """Return a verdict from the probability of "good"; exactly one half is "bad", not sure."""
    sure = max(probability, 1 - probability)
    confidence: Confidence = (
        "very confident" if sure >= VERY else "confident" if sure >= RATHER else "not sure"
    )
    return Stated(probability > 0.5, confidence, "")


def verdict_form(language: str) -> str:
    """Return the schema of a verdict, in the words that its prompt names."""
    words = words_in(language)
    parts = {
        words.verdict[0]: one_of([words.good[0], words.bad[0]]),
        words.confidence[0]: one_of([level[0] for level in words.levels]),
        words.critique[0]: TEXT,
    }
    return schema_text(object_of(parts))


def form_text(language: str) -> str:
    """Return the lines in which a judge is asked for a verdict."""
    return text("form_text", language).fill()


def is_of_form(critique: str, language: str) -> bool:
    """Return whether a reason is a piece of the form: who copies it has judged nothing.

    >>> is_of_form("One sentence.", "en"), is_of_form("Dull from the first sentence on.", "en")
    (True, False)
    """
    texts = critique, form_text(language)
    reason, form = (SIGNS.sub(" ", one).strip().casefold() for one in texts)
    return bool(reason) and reason in form


def read_verdict(reply: str, language: str) -> Stated | Unread:
    """Return the verdict in a reply; its confidence is None where none of the three levels is
    stated.
    """
    judgement = read_judgement(reply, language)
    if judgement.good is None:
        return Unread("no verdict stated")
    return Stated(judgement.good, judgement.confidence, judgement.critique)


def keep(
    dialogues: Iterable[Dialogue], verdicts: Sequence[Verdict], rule: Filter
) -> tuple[list[Dialogue], dict[str, str]]:
    """Return the dialogues that a filter keeps, and why each of the others is dropped, by its id.

    By default a dialogue is kept where the judge is at least "confident" that it is good and fits,
    and where no verdict is against it ("bad" and at least "confident", or without a stated
    confidence). A lenient filter keeps it where no verdict is against it, whether the judge is sure
    of any or not. As published it falls by quality or review, "bad" and "very confident"; a verdict
    that could not be read drops nothing.
    """
    by_dialogue: dict[str, dict[Question, Verdict]] = {}
    for verdict in verdicts:
        by_dialogue.setdefault(verdict.dialogue, {})[verdict.question] = verdict
    kept, dropped = [], {}
    for dialogue in dialogues:
        reason = _against(by_dialogue.get(dialogue.id, {}), rule)
        if reason:
            dropped[dialogue.id] = reason
        else:
            kept.append(dialogue)
    return kept, dropped


def _against(verdicts: Mapping[Question, Verdict], rule: Filter) -> str:
    if rule == "none":
        return ""
    counted: tuple[Question, ...] = ("quality", "review")
    if rule != "published":
        counted = ("quality", "fit", "review", "stereotype")
        if not {"quality", "fit"} <= set(verdicts):
            return UNJUDGED
    for question in counted:
        verdict = verdicts.get(question)
        if verdict is not None and not verdict.good and _counts(verdict, rule):
            unsaid = "" if verdict.confidence else ", without a stated confidence"
            return f"{JUDGED[question]}{unsaid}"
    vouched = (verdicts[question] for question in VOUCHED if question in verdicts)
    sure = all(vouch.confidence not in (None, "not sure") for vouch in vouched)
    return UNSURE if rule == "default" and not sure else ""


def _counts(verdict: Verdict, rule: Filter) -> bool:
    """Return whether a judge is confident enough of "bad" for a dialogue to fall by it."""
    if rule == "published":
        return verdict.confidence == "very confident"
    return verdict.confidence != "not sure"
