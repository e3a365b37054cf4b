"""Reading a question out of what a model wrote.

Models are asked for one JSON object and write much else: fences, apologies, several objects, single
quotes, a comma too many, a brace that closes a list, a numbered list, all options in one line.
Whatever states one question and its options is read; the first one counts. What cannot be read is
an `Unread` with its reason, and nothing is guessed: a list of options that is cut off by the length
limit is not a shorter list. `reading.toml` holds the words by which a reply names its parts.

    >>> read('Sure! {"question": "Do you vote?", "options": ["Yes", "No",]}').options
    ('Yes', 'No')
    >>> read("Do you vote? (Yes / No)").options
    ('Yes', 'No')
    >>> read("I would ask about the weather.").reason
    'no options'
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any, NamedTuple

from acculturate.culturespa.listed_options import (
    in_one_line,
    marked_lines,
    split_marked,
    split_options,
    unmarked,
)
from acculturate.loose import trees

LONGEST = 8000
"""Characters that are looked at: more than any question needs."""
DEEPEST = 5
"""Objects and lists around a question."""
OF_OBJECT = re.compile(r"^[{}\]]|^\[(?![ xX]?\])|[\"'”]\s*[:：]\s*[\[{\"'“]|^[\"'“].*[\"'”],?$")
"""A line of plain text is none that belongs to an object."""
QUOTED_LINE = re.compile(r"^(\W{0,3})[\"“](.*)[\"”],?$")
QUESTION_END = ("?", "？")
CLOSERS = {"}": "{", "]": "["}
"""Marks that close an object or a list, each with the one that opens it."""
SHORT = 4
"""Words of an option that nothing but its line tells from prose."""
FEW = 3
"""Words of each of several options that one entry of a list holds."""
LONGEST_OPTION = 120
"""Characters of an option in plain text; more is prose."""


class Draft(NamedTuple):
    """A question and its options as the model wrote them, trimmed."""

    question: str
    options: tuple[str, ...]


class Unread(NamedTuple):
    """Why nothing was read: `empty`, `cut off`, `no options`, or `unreadable`."""

    reason: str


class Names(NamedTuple):
    """`reading.toml`, ready for use."""

    question: tuple[str, ...]
    options: tuple[str, ...]
    option_text: tuple[str, ...]
    one_option: re.Pattern[str]
    question_lead: re.Pattern[str]
    remark: re.Pattern[str]
    options_lead: re.Pattern[str]
    last: re.Pattern[str]


def read(text: str, *, ended: bool = False) -> Draft | Unread:
    """Return the first question with options in `text`.

    `ended` says that the model ended the text itself, so that a list which was only not closed is
    whole; without it such a list is taken for cut off.
    """
    text = text[:LONGEST].strip()
    if not text:
        return Unread("empty")
    for source in (text, text.replace('\\"', '"')) if '{\\"' in text else (text,):
        for reader in (_from_objects, _from_lines):
            if (draft := reader(source, ended)) is not None:
                return draft
    if text.count("{") > text.count("}"):
        return Unread("cut off")
    told = any(re.search(rf"[\"'“]{key}[\"'”]", text.casefold()) for key in names().options)
    return Unread("unreadable" if told else "no options")


# -- objects --------------------------------------------------------------------------------------


def _from_objects(text: str, ended: bool) -> Draft | None:
    asked = ""
    for tree in trees(_braced(text), ended=ended):
        if (draft := _from_tree(tree, DEEPEST)) is not None:
            return draft
        alone = {"question": asked, "options": tree}
        if asked and isinstance(tree, list) and (draft := _from_dict(alone, DEEPEST)):
            return draft  # the options in a list of their own behind the object
        if isinstance(tree, dict):
            parts = _named(tree)
            if asked and (draft := _from_dict({"question": asked, **tree}, DEEPEST)):
                return draft
            question = _first(parts, names().question)
            asked = question if isinstance(question, str) else ""
    return _with_lines(asked, text[text.rfind("}") + 1 :]) if asked else None


def _with_lines(question: str, rest: str) -> Draft | None:
    """Return a question in an object, its options in plain text behind it."""
    lines = [line.strip(" \t*_#>|\"'“”,") for line in rest.splitlines()]
    options = tuple(_options_after([line for line in lines if line]))
    return Draft(_trim(question), options) if len(options) > 1 else None


def _braced(text: str) -> str:
    """Return a text that begins behind the first brace of its object, with that brace."""
    key = re.search(
        r"[\"'“](\w+)[\"'”]\s*[:：]|^(\w+)\s*[:：=](?=.*\n\W*\w+\s*[:：=]\s*[\[{(])", text
    )
    name = (key[1] or key[2]).casefold() if key else ""
    if key and name in names().question and "{" not in text[: key.start()]:
        return text[: key.start()] + "{" + text[key.start() :]
    return text


def _from_tree(tree: Any, depth: int) -> Draft | None:
    """Return the first question in an object, in a list of objects, or deeper in either."""
    if depth < 0 or not isinstance(tree, dict | list):
        return None
    if isinstance(tree, dict) and (draft := _from_dict(tree, depth)) is not None:
        return draft
    if (draft := _unnamed(tree)) is not None:
        return draft
    if isinstance(tree, list) and (draft := _in_parts(tree)) is not None:
        return draft
    below = tree.values() if isinstance(tree, dict) else tree
    drafts = (_from_tree(value, depth - 1) for value in below)
    return next((draft for draft in drafts if draft is not None), None)


def _from_dict(tree: dict[str, Any], depth: int) -> Draft | None:
    parts = _named(tree)
    question = _first(parts, names().question)
    listed = {key: value for key, value in parts.items() if names().one_option.fullmatch(key)}
    options = _first(parts, names().options)
    if options is None and len(listed) > 1:
        options = listed
    if options is None:
        options = tree.get("")  # texts without a key behind the question
    if isinstance(question, dict) and len(question) == 1:
        question = next(iter(question.values()))
    if isinstance(question, dict):
        return _from_dict({"options": options, **question}, depth - 1) if depth else None
    if not isinstance(question, str) or not question.strip():
        return None
    texts = _option_texts(options)
    if texts is None and not any(key in parts for key in names().options):
        return in_one_line_draft(_trim(question))
    texts = [trimmed for text in texts or () if (trimmed := _trim(text).rstrip(",;"))]
    return Draft(_trim(question), tuple(texts)) if texts else None


def _in_parts(tree: list[Any]) -> Draft | None:
    """Return a question in one object of a list, its options in the next."""
    dicts = [entry for entry in tree if isinstance(entry, dict)]
    keys = [key for entry in dicts for key in entry]
    if len(dicts) < 2 or len(set(keys)) < len(keys):
        return None
    return _from_dict({key: value for entry in dicts for key, value in entry.items()}, 0)


def _unnamed(tree: dict[str, Any] | list[Any]) -> Draft | None:
    """Return a question that is a key, its options below it; or the first of a list, the rest
    behind.
    """
    if isinstance(tree, dict):
        asked = [(key, tree[key]) for key in tree if str(key).strip().endswith(QUESTION_END)]
    else:
        rest = tree[1] if len(tree) == 2 and isinstance(tree[1], list | dict) else tree[1:]
        asked = [(tree[0], rest)] if tree and isinstance(tree[0], str) else []
    if len(asked) != 1 or not asked[0][0].strip().endswith(QUESTION_END):
        return None
    options = _option_texts(asked[0][1])
    if (
        options is None
        or len(options) < 2
        or any(option.endswith(QUESTION_END) for option in options)
    ):
        return None
    return Draft(_trim(asked[0][0]), tuple(map(_trim, options)))


def _named(tree: dict[str, Any]) -> dict[str, Any]:
    return {re.sub(r"[\s_-]+", " ", str(key)).strip().casefold(): tree[key] for key in tree}


def _first(tree: dict[str, Any], keys: Sequence[str]) -> Any:
    return next((tree[key] for key in keys if tree.get(key)), None)


def _option_texts(options: Any) -> list[str] | None:
    """Return a list of strings, of numbers or of objects with a text; an object of texts by label;
    or a text that holds them all.
    """
    if isinstance(options, dict):
        told = any(isinstance(value, str) and value.strip() for value in options.values())
        options = list(options.values() if told else options)
    if isinstance(options, str):
        return split_options(options, names().last)
    if not isinstance(options, list):
        return None
    if len(options) == 1 and isinstance(options[0], dict) and len(options[0]) > 1:
        keys = map(names().one_option.fullmatch, _named(options[0]))
        options = list(options[0].values()) if all(keys) else options
    texts = []
    for option in options:
        if isinstance(option, dict):
            option = _option_text(option)
        if not isinstance(option, str | int | float) or isinstance(option, bool):
            return None
        texts.append(str(option))
    if len(texts) == 1 and _are_short(together := split_options(texts[0], names().last) or []):
        return together
    return texts


def _are_short(options: Sequence[str]) -> bool:
    """Return whether what one entry of a list holds is options rather than a sentence in parts."""
    return len(options) > 1 and max(len(option.split()) for option in options) <= FEW


def _option_text(option: dict[str, Any]) -> Any:
    """Return the words of an option that is an object, rather than its label."""
    parts = _named(option)
    told = [parts[key] for key in names().option_text if parts.get(key)]
    told = told or list(option.values())
    label = re.compile(r"\W*(?:[A-Za-z]|\d{1,2})\W*")
    words = (value for value in told if isinstance(value, str) and not label.fullmatch(value))
    return next(words, told[0] if told else None)


# -- lines ----------------------------------------------------------------------------------------


def in_one_line_draft(text: str) -> Draft | None:
    """Return a question with its options behind it: "Do you vote? A) Yes B) No", "... (Yes/No)"."""
    parts = in_one_line(text, names().last, names().options_lead)
    return Draft(_question(parts[0]), tuple(map(_trim, parts[1]))) if parts else None


def _from_lines(text: str, ended: bool) -> Draft | None:
    """Return a question on a line of its own, then at least two options: each on a line, with a
    mark or below a heading, or all of them in one line.
    """
    del ended  # lines have no end that could be missing
    lines = [re.sub(r"\*\*|__|`", "", line).strip(" \t#>|") for line in text.splitlines()]
    lines = [line for line in lines if line.strip("*-_")]
    if "{" in text:
        lines = [line for line in lines if not OF_OBJECT.search(line)]
    else:
        lines = [QUOTED_LINE.sub(r"\1\2", line) for line in lines]
    for at, line in enumerate(lines):
        if (draft := in_one_line_draft(_question(line))) is not None:
            return draft
        question = _question_of(line)
        if question and len(options := list(_options_after(lines[at + 1 :]))) >= 2:
            return Draft(question, tuple(options))
    return None


def _question_of(line: str) -> str | None:
    """Return the question of a line that ends in `?`, or says itself that it is one."""
    text = _question(line)
    named = _lead(unmarked(line)) is not None
    return text if text.endswith(QUESTION_END) or (named and text) else None


def _question(line: str) -> str:
    """Return a line without what may stand before a question: a mark, a remark, "Question 1:"."""
    bare = names().remark.sub("", unmarked(line), count=1)
    return _trim(bare[lead.end() :] if (lead := _lead(bare)) else bare)


def _lead(line: str) -> re.Match[str] | None:
    return names().question_lead.match(line)


def _options_after(lines: Sequence[str]) -> Iterator[str]:
    heading = names().options_lead.match(lines[0]) if lines else None
    if heading is None:
        one_line = split_marked(lines[0]) if lines else None
        yield from map(_trim, one_line or list(marked_lines(lines)) or _bare_lines(lines))
        return
    behind = lines[0][heading.end() :].strip(" *_")
    if behind:
        yield from map(_trim, split_options(behind, names().last) or ())
        return
    below = list(marked_lines(lines[1:]))
    yield from map(_trim, below or _plain_lines(lines[1:]))


def _bare_lines(lines: Sequence[str]) -> Sequence[str]:
    """Return options below a question without marks and without a heading: short lines and no
    others.
    """
    prose = any(re.search(r"[?？.。:：{}]", line) for line in lines)
    if prose or len(set(lines)) < len(lines) or any(len(line.split()) > SHORT for line in lines):
        return ()
    return lines


def _plain_lines(lines: Sequence[str]) -> Iterator[str]:
    """Yield options below a heading, without marks, up to what is no option."""
    for line in lines:
        if len(line) > LONGEST_OPTION or line.endswith((*QUESTION_END, ":")):
            return
        yield line


def _trim(text: str) -> str:
    """Return one line that UTF-8 can hold, without the quotation marks or asterisks around it."""
    # half an escaped pair (an emoji cut in two) is a character that no file can hold
    text = text.encode("utf-8", "replace").decode()
    text = re.sub(r"\s+", " ", text).strip(" *_`")
    if text.count('"') == 1:
        text = text.strip('"')
    quoted = re.fullmatch(r'["“„]([^"“”„]*)["”“],?', text)
    return _without_closers((quoted[1] if quoted else text).strip())


def _without_closers(text: str) -> str:
    """Return a text without the marks behind it that close an object, where none is opened in
    it.
    """
    while len(text) > 1 and text[-1] in CLOSERS and CLOSERS[text[-1]] not in text:
        text = text[:-1].rstrip()
    return text


@functools.cache
def names() -> Names:
    """Return what `reading.toml` holds."""
    source = resources.files(__package__) / "reading.toml"
    tree = tomllib.loads(source.read_text(encoding="utf-8"))
    keys, lead = tree["keys"], tree["question"]["lead"]
    return Names(
        tuple(keys["question"]),
        tuple(keys["options"]),
        tuple(keys["option_text"]),
        re.compile(keys["one_option"]),
        re.compile(rf"\W*{lead}\s*\d*[\s*_\"'”)]*[:：.][\s*_\"'“]*", re.IGNORECASE),
        re.compile(tree["question"]["remark"], re.IGNORECASE),
        re.compile(rf"\W*{tree['options']['lead']}\W*(?:[:：]\W*|$)", re.IGNORECASE),
        re.compile(rf"(?:^|\s+)(?:{tree['options']['last']})\s+", re.IGNORECASE),
    )
