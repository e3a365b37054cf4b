"""Reading a question out of what a model wrote.

Models are asked for one JSON object and write much else: fences, apologies, several objects, single
quotes, a comma too many, a numbered list. Whatever states one question and its options is read; the
first one counts. What cannot be read is an `Unread` with its reason, and nothing is guessed: a list
of options that is cut off by the length limit is not a shorter list.

    >>> read('Sure! {"question": "Do you vote?", "options": ["Yes", "No",]}').options
    ('Yes', 'No')
    >>> read("I would ask about the weather.").reason
    'no options'
"""

import ast
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

LONGEST = 8000
"""Characters that are looked at: more than any question needs."""

QUESTION_KEYS = ("question", "stem", "statement", "text", "item")
OPTION_KEYS = ("options", "answers", "choices", "responses", "answer_options", "scale")
TEXT_KEYS = ("text", "option", "label", "answer", "value")

MARK = r"(?:[-*•–▪]|\(?(?P<digit>\d{1,2})[.):]|\(?(?P<letter>[A-Za-z])[.)])"
LISTED = re.compile(rf"\s*{MARK}\s+(?P<text>\S.*)")
LEAD = re.compile(r"\W*(?:question|survey question|new question)\s*\d*\s*[:.]\W*", re.IGNORECASE)
BETWEEN_KEYS = re.compile(
    r'"question"\s*:\s*"([^{}]{1,600}?)"\s*,\s*"options"\s*:\s*(\[[^\[\]]*\])'
)
HEADING = re.compile(r"\W*(?:answer |response )?(?:options|answers|choices)\W*", re.IGNORECASE)
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"})


class Draft(NamedTuple):
    """A question and its options as the model wrote them, trimmed."""

    question: str
    options: tuple[str, ...]


class Unread(NamedTuple):
    """Why nothing was read: `empty`, `cut off`, `no options`, or `unreadable`."""

    reason: str


def read(text: str) -> Draft | Unread:
    """The first question with options in `text`."""
    text = text[:LONGEST].strip()
    if not text:
        return Unread("empty")
    for reader in (_read_json, _read_list):
        if (draft := reader(text)) is not None:
            return draft
    if text.count("{") > text.count("}"):
        return Unread("cut off")
    lower = text.casefold()
    return Unread("unreadable" if any(f'"{key}"' in lower for key in OPTION_KEYS) else "no options")


# -- JSON -----------------------------------------------------------------------------------------


def _read_json(text: str) -> Draft | None:
    for source in itertools.chain.from_iterable(map(_undoubled, _objects(text))):
        for loader in (_strict, _mended, _literal, _by_key):
            if (draft := _from_tree(loader(source))) is not None:
                return draft
    return None


def _objects(text: str) -> Iterator[str]:
    """The top-level `{...}` of a text; of one that never closes, what there is and a brace."""
    depth, start, quoted, escaped = 0, 0, False, False
    for at, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = quoted
        elif char == '"':
            quoted = not quoted and depth > 0
        elif quoted:
            continue
        elif char == "{":
            start = at if depth == 0 else start
            depth += 1
        elif char == "}" and depth:
            depth -= 1
            if depth == 0:
                yield text[start : at + 1]
    if depth:
        yield from _unclosed(text[start:])


def _undoubled(source: str) -> Iterator[str]:
    """An object, and what it is without its outer braces where it has two pairs: `{{...}}`."""
    yield source
    inside = source[1:-1].strip()
    if inside.startswith("{") and inside.endswith("}"):
        yield inside


def _unclosed(text: str) -> Iterator[str]:
    # a brace left out after a whole list, or a quotation mark too many, costs the closing only
    closing = [match.start() for match in re.finditer(r"\]", text)]
    for at in closing[:3]:
        yield text[: at + 1] + "}"


def _strict(source: str) -> Any:
    try:
        return json.loads(source, strict=False)
    except (ValueError, RecursionError):
        return None


def _mended(source: str) -> Any:
    """Curly quotes, commas too many, keys without quotes, commas left out between strings."""
    source = re.sub(r",\s*([\]}])", r"\1", source.translate(QUOTES))
    source = re.sub(r"([{,]\s*)([A-Za-z_]\w*)(\s*:)", r'\1"\2"\3', source)
    return _strict(re.sub(r'"\s*\n\s*"', '", "', source))


def _literal(source: str) -> Any:
    """Single quotes, as Python writes a dict."""
    if len(source) > 2000:  # its parser recurses
        return None
    try:
        return ast.literal_eval(source)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _by_key(source: str) -> Any:
    """Quotation marks inside the question that were not escaped: what lies between the keys."""
    match = BETWEEN_KEYS.search(source)
    if match is None:
        return None
    return {"question": match[1].replace('\\"', '"'), "options": _strict(match[2])}


def _from_tree(tree: Any) -> Draft | None:
    if not isinstance(tree, dict):
        return None
    lower = {str(key).strip().casefold(): value for key, value in tree.items()}
    question = _first(lower, QUESTION_KEYS)
    options = _first(lower, OPTION_KEYS)
    if isinstance(question, dict):
        return _from_tree({"options": options, **question})
    texts = _option_texts(options)
    if not isinstance(question, str) or not question.strip() or not texts:
        return None
    return Draft(_trim(question), tuple(map(_trim, texts)))


def _first(tree: dict[str, Any], keys: Sequence[str]) -> Any:
    return next((tree[key] for key in keys if tree.get(key)), None)


def _option_texts(options: Any) -> list[str] | None:
    """A list of strings, of numbers or of objects with a text; or an object of texts by label."""
    if isinstance(options, dict):
        options = list(options.values())
    if not isinstance(options, list):
        return None
    texts = []
    for option in options:
        if isinstance(option, dict):
            option = _first({str(key).casefold(): v for key, v in option.items()}, TEXT_KEYS)
        if not isinstance(option, str | int | float) or isinstance(option, bool):
            return None
        texts.append(str(option))
    return texts


# -- lists ----------------------------------------------------------------------------------------


def _read_list(text: str) -> Draft | None:
    """A question on a line of its own, then at least two options, each on a line with a mark."""
    lines = [line.strip() for line in text.splitlines() if line.strip(" `\t")]
    for at in range(len(lines) - 2):
        question = _question_of(lines[at])
        if question is None:
            continue
        after = at + 2 if _is_heading(lines[at + 1]) else at + 1
        options = list(_run(lines[after:]))
        if len(options) >= 2:
            return Draft(question, tuple(options))
    return None


def _question_of(line: str) -> str | None:
    """The question that a line is, without marks before it: it ends in `?`, or says so itself."""
    bare = line.strip("*_# ")
    listed = LISTED.fullmatch(bare)
    text = LEAD.sub("", listed["text"] if listed else bare, count=1)
    named = LEAD.match(bare) is not None
    text = _trim(text)
    return text if text.endswith("?") or (named and text) else None


def _is_heading(line: str) -> bool:
    return HEADING.fullmatch(line) is not None


def _run(lines: Sequence[str]) -> Iterator[str]:
    """The texts of the lines that carry one kind of mark, as long as they follow each other."""
    kind = None
    for line in lines:
        match = LISTED.fullmatch(line)
        if match is None:
            return
        this = "digit" if match["digit"] else "letter" if match["letter"] else "bullet"
        if kind not in (None, this):
            return
        kind = this
        yield _trim(match["text"])


def _trim(text: str) -> str:
    """One line that UTF-8 can hold, without the quotation marks or asterisks around it."""
    # half an escaped pair (an emoji cut in two) is a character that no file can hold
    text = text.encode("utf-8", "replace").decode()
    text = re.sub(r"\s+", " ", text).strip(" *_`")
    quoted = re.fullmatch(r'"([^"]*)",?', text)
    return (quoted[1] if quoted else text).strip()
