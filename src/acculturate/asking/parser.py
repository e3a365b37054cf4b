"""The strict parser: which one option a text states, if any.

A number somewhere in a text is not an answer. Published evaluations take the first integer, so that
the "1" of a hotline number, or of a numbered list of places to call, becomes a person's opinion
about suicide. Here an answer counts only where the text states one option: alone, with or by its
own text, or after words that state it ("I would choose 4"). Everything else is a refusal (the text
declines) or unclear (it names none or several).

    >>> from acculturate.records import Option
    >>> scale = [Option(1, "1", "Yes"), Option(2, "2", "No")]
    >>> parse("2. No", scale).code
    2
    >>> parse("I cannot answer. Call 1-800-555 for help.", scale).reason
    'refused'
"""

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Literal, NamedTuple

from acculturate.records import Option
from acculturate.records.language import chain

Reason = Literal["stated", "refused", "unclear"]

# a number on its own: not part of a decimal, a range, a date, a telephone number, an ordinal
NUMBER = r"(?<![\w.,+/%-])(\d+)(?![\w/%-]|[.,:]\d)"
LETTER = r"(?<![\w'’.-])([A-Z])(?![\w'’-]|\.\w)"


class Parsed(NamedTuple):
    """`code` of the option stated, or None with the `reason`."""

    code: int | None
    reason: Reason


class Cues(NamedTuple):
    """Words that decline, state, turn a sentence, negate, join two numbers, and count people."""

    refusal: re.Pattern[str]
    statement: re.Pattern[str]
    turn: re.Pattern[str]
    negation: re.Pattern[str]
    several: re.Pattern[str]
    unit: re.Pattern[str]


def parse(text: str, options: Sequence[Option], language: str = "en") -> Parsed:
    """Read the one option that `text` states.

    `options` are those shown, with their labels and texts (``""`` at unnamed points of a scale).
    """
    text = unicodedata.normalize("NFKC", text).strip()
    cues = load_cues(language)
    whole = _whole(text, options)
    if whole is not None:
        return whole
    clauses = [clause for clause in cues.turn.split(text) if clause and clause.strip()]
    open_clauses = [clause for clause in clauses if not cues.refusal.search(clause)]
    declined = len(open_clauses) < len(clauses)
    single = [cues.several.sub(" ", clause) for clause in open_clauses]
    stated = _stated(single, options, cues)
    if not stated and not declined and single == open_clauses:
        stated = _mentioned(single, options, cues)
    if len(stated) == 1:
        return Parsed(stated.pop(), "stated")
    return Parsed(None, "refused" if declined else "unclear")


@functools.cache
def load_cues(language: str) -> Cues:
    """The cues of a language or of one that stands in for it; without a file there are none."""
    folder = resources.files(__package__) / "cues"
    files = [folder / f"{tag}.toml" for tag in chain(language)]
    source = next((file for file in files if file.is_file()), None)
    words = tomllib.loads(source.read_text(encoding="utf-8")) if source else {}
    never = [r"(?!)"]
    return Cues(
        _any(words.get("refusal", never)),
        _any(words.get("statement", never)),
        _any(words.get("break", [r"\n"])),
        _any(words.get("negation", never)),
        _several(words.get("join", [])),
        _any(words.get("unit", never)),
    )


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in patterns), re.IGNORECASE)


def _several(joins: Sequence[str]) -> re.Pattern[str]:
    """Numbers in a row ("3 or 4", "2-3"): a range or a list, never one answer."""
    words = "|".join(["[-~–—,/]", *joins])
    return re.compile(rf"(?<![\w.])\d+(?:\s*(?:{words})\s*(?:option\s+)?\d+)+", re.IGNORECASE)


def _whole(text: str, options: Sequence[Option]) -> Parsed | None:
    """What the text states where it is nothing but an option's label, its text, or both."""
    by_text = {bare(option.text): option.code for option in options if option.text}
    if bare(text) in by_text:
        return Parsed(by_text[bare(text)], "stated")
    for option in options:
        label = re.escape(option.label)
        if re.fullmatch(rf"[^\w+.-]*{label}[^\w%]*", text, re.IGNORECASE):
            return Parsed(option.code, "stated")
        match = re.fullmatch(rf"[^\w+.-]*{label}\s*[.):=,-]*\s*(\D.*)", text, re.IGNORECASE)
        if match and bare(match[1]) in by_text:
            # a label beside the text of another option states neither
            same = by_text[bare(match[1])] == option.code
            return Parsed(option.code, "stated") if same else Parsed(None, "unclear")
    return None


def bare(text: str) -> str:
    """`text` in one case, words apart by one space, without punctuation."""
    return re.sub(r"\W+", " ", text).strip().casefold()


def _stated(clauses: Sequence[str], options: Sequence[Option], cues: Cues) -> set[int]:
    """Options that stand right after words that state a choice."""
    by_label = {option.label: option.code for option in options}
    label = _label_pattern(options)
    found = set()
    for clause in clauses:
        for cue in cues.statement.finditer(clause):
            match = re.match(rf"[^\w\d]*{label}", clause[cue.end() :])
            negated = cues.negation.search(clause[: cue.end()])
            if match and match[1] in by_label and not negated:
                found.add(by_label[match[1]])
    return found


def _mentioned(clauses: Sequence[str], options: Sequence[Option], cues: Cues) -> set[int]:
    """Options named on their own anywhere, by label, or by their text where no label is."""
    by_label = {option.label: option.code for option in options}
    plain = [clause for clause in clauses if not cues.negation.search(clause)]
    # a capital on its own may begin a sentence: as an answer it stands before a mark or the end
    alone = "" if options[0].label.isdigit() else r"(?=\s*(?:[.,:;!?)]|\n|$))"
    labels = re.findall(_label_pattern(options) + alone, "\n".join(plain))
    found = {by_label[label] for label in labels if label in by_label}
    if found or any(re.search(r"\d", clause) for clause in clauses):
        return found
    return {option.code for clause in clauses for option in _named(clause, options, cues)}


def _named(clause: str, options: Sequence[Option], cues: Cues) -> list[Option]:
    """Options whose text stands in a clause, unless words around it negate it."""
    whole = f" {bare(clause)} "
    named = [o for o in options if o.text and f" {bare(o.text)} " in whole]
    # "Very important" also holds "Important": the longest text is the one meant
    longest = [o for o in named if not any(_within(o, other) for other in named)]
    rest = whole
    for option in longest:
        rest = rest.replace(bare(option.text), " ")
    return [] if cues.negation.search(rest) else longest


def _within(option: Option, other: Option) -> bool:
    mine, theirs = bare(option.text), bare(other.text)
    return mine != theirs and f" {mine} " in f" {theirs} "


def _label_pattern(options: Sequence[Option]) -> str:
    return NUMBER if options[0].label.isdigit() else LETTER
