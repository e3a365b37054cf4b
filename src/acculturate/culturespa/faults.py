"""Faults: why a written question is not one that can be asked of people.

A person throws out a question that is two, one whose options are placeholders or answer something
else, one that is said to the writer. Each kind has a rule with a name, which the yields count; the
patterns are those of `faults.toml`. The first rule that is broken is told.

    >>> fault("Do you vote, and is it often?", ("Yes", "No"))
    'two questions in one'
    >>> fault("How often do you vote?", ("Strongly agree", "Agree", "Disagree"))
    'options answer another question'
    >>> fault("Do you vote?", ("Yes", "No"))
    ''
"""

import functools
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import NamedTuple

from acculturate.amounts import amount
from acculturate.culturespa.question_language import is_in
from acculturate.ordering import Scale, find_scale
from acculturate.similarity import normalise

NO_SCALE = "numbers of no scale"
MOST_OPTIONS = 10
QUESTION_LENGTH = (12, 320)
OPTION_LENGTH = 120
FEWEST_WORDS = 3

NUMBER_BEFORE = re.compile(r"^\W*(\d{1,4})\s*[=.:)-]\s*(?=\D)")
EMPTY = re.compile(r"^(?:(?:it is|it s|i am|i m|i|we|to|the|an?) )+(?=\w)")
"""Words before an option that add nothing: "it is hard to say"."""
BARE_NUMBER = re.compile(r"\(?(\d{1,2})[.)]?")
QUOTED = re.compile(r"(?<!\w)'[^']{12,}'(?!\w)|\"[^\"]*\"|“[^”]*”")
"""A quotation is no second question, and no part of what is asked."""

WHAT = re.compile(r"(?!how about\b|what if\b)(?:what|which|who|whom|whose|where|when|why|how)\b")
ADVICE = re.compile(r"\W*how to\b")
MUCH = re.compile(r"^(?:very|quite|rather|really|extremely|totally|completely) ")
STEM_ENDINGS = ("ly", "fully", "ful", "s", "es", "ed", "ing")
"""By which one word of an option becomes another of the same meaning: "success", "successfully"."""

Options = Sequence[str]
Patterns = tuple[re.Pattern[str], ...]


class Words(NamedTuple):
    """`faults.toml`, ready for use."""

    same: Patterns
    two_questions: Patterns
    statement: Patterns
    told: Patterns
    to_writer: Patterns
    essay: Patterns
    option_to_writer: Patterns
    fact: Patterns
    leading: Patterns
    placeholder: Patterns
    slot: Patterns
    remains: Patterns
    several: Patterns
    asks: Patterns
    rating: re.Pattern[str]
    asked_of_one: re.Pattern[str]
    yes: re.Pattern[str]
    no: re.Pattern[str]
    denies: re.Pattern[str]
    praise: re.Pattern[str]
    blame: re.Pattern[str]
    unnamed: Patterns
    ends_in_nothing: re.Pattern[str]
    option_of_nothing: re.Pattern[str]
    twice: re.Pattern[str]
    answers_a_what: re.Pattern[str]
    of_the_asked: re.Pattern[str]
    kinds: Mapping[str, re.Pattern[str]]
    lead: re.Pattern[str]
    begins: Mapping[re.Pattern[str], frozenset[str]]
    holds: Mapping[re.Pattern[str], re.Pattern[str]]


@functools.cache
def words() -> Words:
    """Return what `faults.toml` holds."""
    source = resources.files(__package__) / "faults.toml"
    tree = tomllib.loads(source.read_text(encoding="utf-8"))

    def compiled(table: str, key: str = "patterns") -> Patterns:
        return tuple(map(re.compile, tree[table][key]))

    return Words(
        compiled("two_questions", "same"),
        compiled("two_questions"),
        compiled("statement"),
        compiled("statement", "told"),
        compiled("to_writer"),
        compiled("to_writer", "essay"),
        compiled("to_writer", "options"),
        compiled("fact"),
        compiled("leading"),
        compiled("placeholder", "whole"),
        compiled("placeholder", "inside"),
        compiled("remains"),
        compiled("several"),
        compiled("asks"),
        re.compile(tree["asks"]["rating"]),
        re.compile(tree["fact"]["asked_of_one"]),
        re.compile(tree["sides"]["yes"]),
        re.compile(tree["sides"]["no"]),
        re.compile(tree["sides"]["denies"]),
        re.compile(tree["sides"]["praise"]),
        re.compile(tree["sides"]["blame"]),
        compiled("unnamed"),
        re.compile(tree["broken"]["question"]),
        re.compile(tree["broken"]["option"]),
        re.compile(tree["broken"]["twice"]),
        re.compile(tree["main"]["answers_a_what"]),
        re.compile(tree["main"]["of_the_asked"]),
        {kind: re.compile(pattern) for kind, pattern in tree["kinds"].items()},
        re.compile(tree["main"]["lead"]),
        {re.compile(begin): frozenset(bad.split()) for begin, bad in tree["begins"].items()},
        {re.compile(begin): re.compile(held) for begin, held in tree["holds"].items()},
    )


def fault(question: str, options: Options) -> str:
    """Return the name of the first rule that a question with its options breaks; empty for none."""
    return question_fault(question) or options_fault(options) or unfit(question, options)


def question_fault(question: str) -> str:
    """Return the first rule that a question breaks by itself."""
    return next((name for name, broken in QUESTION_RULES.items() if broken(question)), "")


def options_fault(options: Options) -> str:
    """Return the first rule that options break by themselves."""
    return next((name for name, broken in OPTION_RULES.items() if broken(options)), "")


def written_fault(options: Options, rules: Sequence[str]) -> str:
    """Return the first of some rules that options break as written, with their numbers."""
    return next((name for name in rules if OPTION_RULES[name](options)), "")


def unfit(question: str, options: Options) -> str:
    """Return the first rule that a question and its options break together."""
    return next((name for name, broken in RULES.items() if broken(question, options)), "")


def _too_short(question: str) -> bool:
    return len(question) < QUESTION_LENGTH[0] or len(question.split()) < FEWEST_WORDS


def _two_questions(question: str) -> bool:
    asked = QUOTED.sub("", question)
    for same in words().same:
        if match := same.search(asked.casefold()):
            asked = asked[: match.start("rest")] + "?"
    return _fits(asked, words().two_questions)


def _placeholder(question: str) -> bool:
    own = words()
    level = normalise(question)
    return any(pattern.fullmatch(level) for pattern in own.placeholder) or _fits(question, own.slot)


def _no_statement(question: str) -> bool:
    """Return whether a question is about a statement that it does not tell."""
    own = words()
    return _fits(question, own.statement) and not _fits(question, own.told)


def _stutters(text: str) -> bool:
    """Return whether a text has one word twice where nobody writes it so ("successful and
    successful").
    """
    return words().twice.search(QUOTED.sub("", text).casefold()) is not None


QUESTION_RULES: Mapping[str, Callable[[str], bool]] = {
    "placeholder": _placeholder,
    "question too short": _too_short,
    "question too long": lambda question: len(question) > QUESTION_LENGTH[1],
    "remains of the form": lambda question: _fits(QUOTED.sub("", question), words().remains),
    "said to the writer": lambda question: _fits(QUOTED.sub("", question), words().to_writer),
    "asks for an essay": lambda question: _fits(QUOTED.sub("", question), words().essay),
    "two questions in one": _two_questions,
    "no statement": _no_statement,
    "leading": lambda question: _fits(QUOTED.sub("", question), words().leading),
    "about nothing that is named": lambda question: _fits(question, words().unnamed),
    "breaks off": lambda question: bool(words().ends_in_nothing.search(question.casefold())),
    "a word twice": _stutters,
    "not in English": lambda question: not is_in(question, "en"),
}


def _placeholders(options: Options) -> bool:
    """Return whether an option is one, where short labels such as A and B count only if all are
    such.
    """
    own = words()
    placeholders = [option for option in options if _placeholder(option)]
    short = all(len(normalise(option)) < 2 for option in placeholders)
    return (bool(placeholders) and (not short or len(placeholders) == len(options))) or any(
        _fits(option, own.slot) for option in options
    )


def _some_bare_numbers(options: Options) -> bool:
    bare = any(BARE_NUMBER.fullmatch(option) for option in options)
    return bare and not all(map(amount, options))


def alike(options: Options) -> bool:
    """Return whether two options are one, but for what adds nothing, or have one number."""
    numbers = [match[0] for option in options if (match := NUMBER_BEFORE.match(option))]
    if len(set(numbers)) < len(numbers) == len(options):
        return True
    levelled = [EMPTY.sub("", normalise(NUMBER_BEFORE.sub("", option))) for option in options]
    words_alone = {option for option in levelled if len(option) > 4 and " " not in option}
    forms = {option + ending for option in words_alone for ending in STEM_ENDINGS}
    return len(set(levelled)) < len(levelled) or bool(forms & set(levelled))


def one_sided_ends(ends: Options) -> bool:
    """Return whether the ends of a scale both praise, both blame, or are one but for "very"."""
    own, levels = words(), [normalise(end) for end in ends]
    if len({MUCH.sub("", level) for level in levels}) < len(levels):
        return True
    return any(all(map(side.fullmatch, levels)) for side in (own.praise, own.blame))


def _remains(options: Options) -> bool:
    """Return whether an option has a mark of the form in it, or half a quotation."""
    return _any_fits(options, words().remains) or any(option.count('"') % 2 for option in options)


def _option_breaks_off(options: Options) -> bool:
    return any(words().option_of_nothing.search(option.casefold().strip()) for option in options)


def numbers_of_no_scale(options: Options) -> bool:
    """Return whether the numbers before the options leap, as neither a list's nor a scale's do."""
    numbers = [int(match[1]) for option in options if (match := NUMBER_BEFORE.match(option))]
    whole = 2 < len(numbers) == len(options)
    return whole and max(numbers) - min(numbers) > MOST_OPTIONS


OPTION_RULES: Mapping[str, Callable[[Options], bool]] = {
    "too few options": lambda options: len(options) < 2,
    "too many options": lambda options: len(options) > MOST_OPTIONS,
    "options are bare numbers": lambda options: all(map(BARE_NUMBER.fullmatch, options)),
    "bare numbers among other options": _some_bare_numbers,
    "several options in one": lambda options: _any_fits(options, words().several),
    "option too long": lambda options: any(len(option) > OPTION_LENGTH for option in options),
    "option without words": lambda options: not all(map(normalise, options)),
    "options alike": alike,
    NO_SCALE: numbers_of_no_scale,
    "option is a question": lambda options: any(option.endswith(("?", "？")) for option in options),
    "placeholder": _placeholders,
    "remains of the form": _remains,
    "said to the writer": lambda options: _any_fits(options, words().option_to_writer),
    "breaks off": _option_breaks_off,
    "a word twice": lambda options: any(map(_stutters, options)),
}


AS_WRITTEN = ("several options in one", "remains of the form", "option is a question")
OF_LIST = ("options alike", NO_SCALE)
"""Rules for options as they were written: of all, and of those that are no scale of named ends."""


def _no_question(question: str, options: Options) -> bool:
    """Return whether a stem neither asks nor states what its options rate."""
    own = words()
    if ADVICE.match(question.casefold()):
        return True
    rating = sum(own.rating.fullmatch(normalise(option)) is not None for option in options)
    if _fits(question, own.asks) or 2 * rating > len(options):
        return False
    # a sentence is rated by a scale, but not by a number of people or a sum
    counts = "share" in _kinds(options) or all(map(amount, options))
    return counts or not isinstance(find_scale(options), Scale)


def _kinds(options: Options) -> set[str]:
    """Return the kinds that all options are of, or all but one."""
    return {
        kind
        for kind, pattern in words().kinds.items()
        if sum(pattern.fullmatch(normalise(option)) is not None for option in options)
        >= max(2, len(options) - 1)
    }


def _other_question(question: str, options: Options) -> bool:
    own, level = words(), QUOTED.sub("", question).casefold()
    kinds = _kinds(options)
    asked = own.lead.sub("", level).strip()
    if _answers_no_what(asked, options) or _of_the_asked(level, options):
        return True
    if any(begin.match(asked) and kinds & bad for begin, bad in own.begins.items()):
        return True
    return any(
        begin.match(asked)
        and 2 * sum(held.search(option.casefold()) is not None for option in options) < len(options)
        for begin, held in own.holds.items()
    )


def _answers_no_what(asked: str, options: Options) -> bool:
    """Return whether one option says yes or no to a question for a what, a who or a how."""
    if not WHAT.match(asked):
        return False
    return any(words().answers_a_what.fullmatch(normalise(option)) for option in options)


def _of_the_asked(level: str, options: Options) -> bool:
    """Return whether half of the options tell whoever is asked what he does ("You like it")."""
    told = sum(words().of_the_asked.match(option.casefold()) is not None for option in options)
    return told > 0 and 2 * told >= len(options) and re.search(r"\byou\b", level) is not None


def _asks_a_fact(question: str, options: Options) -> bool:
    """Return whether an encyclopedia would answer a question, and nobody's opinion or life does."""
    own, level = words(), QUOTED.sub("", question).casefold()
    asked = own.lead.sub("", level).strip()
    if not any(pattern.match(asked) for pattern in own.fact) or own.asked_of_one.search(level):
        return False
    return not isinstance(find_scale(options), Scale)


def _one_sided(question: str, options: Options) -> bool:
    """Return whether options that say yes or no leave the other side out, or two options are
    ends that both praise.
    """
    del question
    if len(options) == 2 and one_sided_ends(options):
        return True
    own, levels = words(), [normalise(option) for option in options]
    if isinstance(find_scale(options), Scale):
        return False
    if all(own.denies.match(level) for level in levels):
        return True
    has_yes = any(own.yes.match(level) for level in levels)
    return has_yes and not any(own.no.search(level) for level in levels)


RULES: Mapping[str, Callable[[str, Options], bool]] = {
    "no question": _no_question,
    "options answer another question": _other_question,
    "asks for a fact": _asks_a_fact,
    "options on one side": _one_sided,
    "option repeats the question": lambda question, options: (
        normalise(question) in map(normalise, options)
    ),
}
NAMES = tuple(dict.fromkeys((*QUESTION_RULES, *OPTION_RULES, *RULES)))
"""Every rule's name."""


def _fits(text: str, patterns: Patterns) -> bool:
    level = text.casefold()
    return any(pattern.search(level) for pattern in patterns)


def _any_fits(options: Options, patterns: Patterns) -> bool:
    return any(_fits(option, patterns) for option in options)
