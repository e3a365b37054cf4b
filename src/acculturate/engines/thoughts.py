"""Thoughts: what a model writes before its answer, and the marks by which the two are told apart.

One table for all: the engines keep the thought out of the reply with it, and a file of answers is
read by it. An answer is what stands outside all marks; a thought that never ends has no answer
after it.

    >>> reasoning_split("<think>Some say 3.</think>2")
    Split(thought='Some say 3.', answer='2', cut=False)
"""

import functools
import re
from typing import NamedTuple

from acculturate.records.paragraphs import joined_paragraphs

THOUGHT_MARKS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<thoughts>", "</thoughts>"),
    ("<reasoning>", "</reasoning>"),
    ("<reflection>", "</reflection>"),
    ("<analysis>", "</analysis>"),
    ("<scratchpad>", "</scratchpad>"),
    ("[THINK]", "[/THINK]"),
    ("<seed:think>", "</seed:think>"),
    ("◁think▷", "◁/think▷"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<unused94>thought", "<unused95>"),
    ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
)
"""Where a thought begins and ends, by the templates that are about."""

# what else is written: any tag named after thinking, the channels of gpt-oss where special tokens
# were dropped, and the sentences of Granite
NAMED = (
    r"(?i:[\w:-]*(?:think|thought|reason|reflect|scratchpad|rationale|monologue|deliberat)[\w:-]*)"
)
OTHER_MARKS = (
    (
        rf"(?:[<\[]|&lt;)\|?\s*{NAMED}(?:\s[^<>\[\]]*?)?\|?(?:[>\]]|&gt;)",
        rf"(?:[<\[]|&lt;)\|?\s*/\s*{NAMED}\s*\|?(?:[>\]]|&gt;)",
    ),
    (r"\Aanalysis(?=[A-Z])", "assistantfinal"),
    (r"\AHere(?: is|'s) my thought process:", r"^Here(?: is|'s) my response:"),
)


class Split(NamedTuple):
    """`thought` and `answer` of a reply; `cut` where the thought never ends: no answer."""

    thought: str
    answer: str
    cut: bool


def reasoning_split(text: str) -> Split:
    """Cut a reply in two. A reply may begin inside a thought that the prompt has opened; a mark
    that opens one within a line, and never closes, is a part of the answer's text.

    >>> reasoning_split("Two is even, so</think>2").answer
    '2'
    >>> reasoning_split("<think>Two is").cut
    True
    """
    thoughts: list[str] = []
    answer = text
    for opening, closing in _marks():
        answer = _without(answer, opening, closing, thoughts)
    for opening, _ in _marks():
        begun = opening.search(answer)
        if begun and _begins_line(answer, begun.start()):
            thoughts.append(answer[begun.end() :])
            return Split(joined_paragraphs(thoughts), "", True)
    return (
        Split(joined_paragraphs(thoughts), answer.strip(), False)
        if thoughts
        else Split("", text, False)
    )


def open_thought(prompt: str) -> str:
    """Return the mark of the thought inside which a rendered prompt ends, where no label can be
    weighed; "" where it ends outside.
    """
    for opening, closing in THOUGHT_MARKS:
        if prompt.rstrip().endswith(opening) and prompt.rfind(opening) > prompt.rfind(closing):
            return opening
    return ""


def opens_thought(piece: str) -> bool:
    """Return whether a token's text is the mark of a thought, or its first part.

    >>> opens_thought("<think>"), opens_thought("<|channel|>"), opens_thought("<")
    (True, True, False)
    """
    return len(piece) > 2 and any(opening.startswith(piece) for opening, _ in THOUGHT_MARKS)


@functools.cache
def _marks() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Return patterns of where a thought begins and ends, in any case of letters."""
    written = tuple((_in_any_case(begin), _in_any_case(end)) for begin, end in THOUGHT_MARKS)
    others = tuple((re.compile(begin, re.M), re.compile(end, re.M)) for begin, end in OTHER_MARKS)
    return (*others, *written)


def _in_any_case(mark: str) -> re.Pattern[str]:
    return re.compile(re.escape(mark), re.IGNORECASE)


def _without(
    text: str, opening: re.Pattern[str], closing: re.Pattern[str], thoughts: list[str]
) -> str:
    """Return `text` without the thoughts that end in it, which are added to `thoughts`."""
    while end := closing.search(text):
        begun = opening.search(text, 0, end.start())
        thoughts.append(text[begun.end() if begun else 0 : end.start()])
        text = (text[: begun.start()] if begun else "") + text[end.end() :]
    return text


def _begins_line(text: str, at: int) -> bool:
    return not text[:at].rpartition("\n")[2].strip()
