"""Verdicts: what a judge found about a dialogue, how they are read, and which dialogues are kept.

A written verdict is read by its labels in any order, from JSON, or from its first word; a text that
states none is `Unread` and asked again. Of option probabilities the confidence is the probability
itself, in the same three steps.

    >>> read_verdict('{"verdict": "bad", "confidence": "very sure", "reason": "Dull."}', "en")
    Stated(good=False, confidence='very confident', critique='Dull.')
    >>> from_probability(0.97)
    Stated(good=True, confidence='very confident', critique='')
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from acculturate.clca.dialogue import Dialogue
from acculturate.clca.moves import Unread
from acculturate.clca.reading import find_object
from acculturate.clca.settings import Filter
from acculturate.clca.words import Words, begins, labelled, read_in, words_in
from acculturate.records.schema import TEXT, object_of, one_of, schema_text

Question = Literal["quality", "fit", "review", "stereotype"]
Confidence = Literal["very confident", "confident", "not sure"]
CONFIDENCES: tuple[Confidence, ...] = ("very confident", "confident", "not sure")
VERY, RATHER = 0.9, 0.7
"""From these probabilities on a verdict is very confident, or confident."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judge's decision on one question about a dialogue.

    `good` is the good case of every question: good dialogue, good fit, free of stereotypes.
    `probability` is that of good, where it was weighed and not written.
    """

    dialogue: str
    question: Question
    good: bool
    confidence: Confidence
    critique: str = ""
    probability: float | None = None


class Stated(NamedTuple):
    """A verdict without what it is about."""

    good: bool
    confidence: Confidence
    critique: str


def from_probability(probability: float) -> Stated:
    """A verdict from the probability of "good"; exactly one half is "bad", not sure."""
    sure = max(probability, 1 - probability)
    confidence: Confidence = (
        "very confident" if sure >= VERY else "confident" if sure >= RATHER else "not sure"
    )
    return Stated(probability > 0.5, confidence, "")


def verdict_form(language: str) -> str:
    """The schema of a verdict, in the words that its prompt names."""
    words = words_in(language)
    parts = {
        words.verdict[0]: one_of([words.good[0], words.bad[0]]),
        words.confidence[0]: one_of([level[0] for level in words.levels]),
        words.critique[0]: TEXT,
    }
    return schema_text(object_of(parts))


def read_verdict(text: str, language: str) -> Stated | Unread:
    """The verdict in a reply; a confidence that is not stated is "not sure"."""
    words = read_in(language)
    verdict, confidence, critique = _parts(text, words)
    good = _good(verdict, words)
    if good is None:
        return Unread("out of form")
    return Stated(good, _confidence(confidence, words), critique)


def keep(
    dialogues: Iterable[Dialogue], verdicts: Sequence[Verdict], rule: Filter
) -> tuple[list[Dialogue], dict[str, str]]:
    """The dialogues that a filter keeps, and why each of the others is dropped, by its id.

    As published a dialogue falls by quality or review, "bad" and "very confident"; a verdict that
    could not be read drops nothing. By default it falls by any verdict that is "bad" and at least
    "confident", or where quality or fit have no verdict.
    """
    by_dialogue: dict[str, dict[Question, Verdict]] = {}
    for each in verdicts:
        by_dialogue.setdefault(each.dialogue, {})[each.question] = each
    kept, dropped = [], {}
    for dialogue in dialogues:
        reason = _against(by_dialogue.get(dialogue.id, {}), rule)
        if reason:
            dropped[dialogue.id] = reason
        else:
            kept.append(dialogue)
    return kept, dropped


def _against(found: Mapping[Question, Verdict], rule: Filter) -> str:
    if rule == "none":
        return ""
    counted: tuple[Question, ...] = ("quality", "review")
    if rule == "default":
        counted = ("quality", "fit", "review", "stereotype")
        if not {"quality", "fit"} <= set(found):
            return "not judged"
    sure = CONFIDENCES[:1] if rule == "published" else CONFIDENCES[:2]
    for question in counted:
        verdict = found.get(question)
        if verdict is not None and not verdict.good and verdict.confidence in sure:
            return f"{question} bad"
    return ""


# -- a written verdict ----------------------------------------------------------------------------


def _parts(text: str, words: Sequence[Words]) -> tuple[str, str, str]:
    """What is said under each of the three labels; the whole text where no label is."""
    labels = (
        [each for w in words for each in w.verdict],
        [each for w in words for each in w.confidence],
        [each for w in words for each in w.critique],
    )
    tree = find_object(text) or find_object(f'{text}"')  # where a critique is cut off
    if tree:
        by_key = {str(key).casefold(): str(value) for key, value in tree.items()}
        found = [next((by_key[n] for n in names if n in by_key), "") for names in labels]
    else:
        found = [_under(names, text) for names in labels]
    return found[0] or text, found[1], " ".join(found[2].split())


def _under(labels: Sequence[str], text: str) -> str:
    said = (labelled(line, labels) for line in text.splitlines())
    return next((each for each in said if each), "")


def _good(text: str, words: Sequence[Words]) -> bool | None:
    """Whether a text begins with a word for good or for bad; the longer one counts."""
    good = begins(text, [each for w in words for each in w.good]) or ""
    bad = begins(text, [each for w in words for each in w.bad]) or ""
    if good == bad:
        return None
    head = text.casefold()[:40]
    # "good or bad" repeats the question
    if any(w.good[0] in head and w.bad[0] in head and w.bad[0] != bad for w in words):
        return None
    return len(good) > len(bad)


def _confidence(text: str, words: Sequence[Words]) -> Confidence:
    for place in (2, 0, 1):  # "not confident" and "very confident" hold "confident"
        if begins(text, [each for w in words for each in w.levels[place]]):
            return CONFIDENCES[place]
    return "not sure"
