"""Options as plain text lists them: marked lines, or several behind one another in one line.

>>> list(marked_lines(["A) Yes", "B) No", "Thanks!"]))
['Yes', 'No']
>>> split_options("1. Yes 2. No")
['Yes', 'No']
>>> in_one_line("Do you vote? (Yes / No)")
('Do you vote?', ['Yes', 'No'])
"""

import re
import string
from collections.abc import Iterator, Sequence

OR = re.compile(r"(?:^|\s+)or\s+", re.IGNORECASE)
OPTIONS = re.compile(r"\W*options\s*:\s*", re.IGNORECASE)
MARK = (
    r"(?:(?P<bullet>\[[ xX]?\]|[-*+•–▪‣◦○◯●□☐☑✓✔▢])|(?P<round>[①-⑩])"
    r"|(?:(?:[Oo]ption|[Aa]nswer|[Cc]hoice|Opción|Antwort)\s+|(?:选项|選択肢)\s*|\s*)"
    r"[(（]?(?:(?P<digit>\d{1,2})|(?P<letter>[A-Za-z]))(?P<end>[.．。)）:：、=]|\s[-=](?=\s)))"
)
CLOSE_MARKS = (".", ":", "=")
"""Marks that stand inside of numbers and words too, and so need a space behind them."""
LISTED = re.compile(rf"\s*\**{MARK}\**\s*(?P<text>\S.*)")
# in one line: "A) Yes B) No", "(1) Yes (2) No"
INLINE = re.compile(
    r"(?:(?<=^)|(?<=[\s,;/|]))\(?(?:(\d{1,2})|([A-Za-z]))(?:[.)）、]|\s?=|:(?=\s))\s*"
)
SEPARATORS = (r"\s*\n\s*", r"\s*[;；]\s*", r"\s*\|\s*", r"\s*/\s*", r"\s*、\s*", r"\s*[,，]\s*")
SHORT = 4
"""Words of each of several options that nothing but commas or "or" set apart."""
LONGEST = 60
"""Characters of an option in a line of several; longer ones are sentences."""


def unmarked(line: str) -> str:
    """Return a line without a mark of a list before it."""
    match = _listed(line)
    return match["text"] if match else line


def _listed(line: str) -> re.Match[str] | None:
    match = LISTED.fullmatch(line)
    if match is None or not match["end"] or match["end"].strip() not in CLOSE_MARKS:
        return match
    # "1.5 hours", "8:30" and "e.g." are none
    after = line[match.end("end") :].lstrip("*")[:1]
    return match if after.isspace() or not after.isascii() else None


def marked_lines(lines: Sequence[str]) -> Iterator[str]:
    """Yield the texts of the lines that carry one kind of mark, as long as they follow
    each other.
    """
    matches: list[re.Match[str]] = []
    for line in lines:
        match = _listed(line)
        if match is None or match["text"].endswith(("?", "？")):
            break
        if matches and _kind(match) != _kind(matches[0]):
            break
        matches.append(match)
    numbers = [int(match["digit"]) for match in matches if match["digit"]]
    counted = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
    # "1 = Never" and "10 = Always" name the ends of a scale
    yield from (match["text"] if counted else match[0].strip() for match in matches)


def _kind(match: re.Match[str]) -> str:
    return next(name for name in ("digit", "letter", "round", "bullet") if match[name])


def split_options(text: str, last: re.Pattern[str] = OR) -> list[str] | None:
    """Return the options that stand in one text; None where it holds no two.

    They are told by marks that count up, or by the first of several separators that is there;
    `last` is what may stand before the last one besides.
    """
    text = text.strip().strip("[]()（）").strip()
    if (listed := _counted(text)) is not None:
        return listed[1]
    for separator in SEPARATORS:
        parts = [part.strip(" .\"'“”") for part in re.split(separator, text)]
        parts = [part for part in parts if part]
        if len(parts) > 1:
            if "," in separator:
                parts = [*parts[:-1], *_last(parts[-1], last)]
                if max(len(unmarked(part).split()) for part in parts) > SHORT:
                    return None  # a sentence with commas
            return list(marked_lines(parts)) if all(map(_listed, parts)) else parts
    parts = _last(text, last)
    return parts if len(parts) > 1 and max(len(part.split()) for part in parts) <= SHORT else None


def split_marked(text: str) -> list[str] | None:
    """Return the options of a line that is nothing but options: with marks that count up, or
    slashes.
    """
    listed = _counted(text)
    if listed is not None and not listed[0]:
        return listed[1]
    parts = [part.strip() for part in text.split("/")]
    short = all(part and len(part.split()) <= SHORT for part in parts)
    return parts if len(parts) > 1 and short else None


def _last(part: str, last: re.Pattern[str]) -> list[str]:
    """Return the last of several parts, which may be two: "or never", "rarely or never"."""
    return [piece for piece in last.split(part, maxsplit=1) if piece.strip()]


def _counted(text: str) -> tuple[str, list[str]] | None:
    """Return what stands before marks that count up from A or 1, and what stands behind each."""
    marks: list[re.Match[str]] = []
    for match in INLINE.finditer(text):
        want = len(marks)
        if match[1] == str(want + 1) or (match[2] or "").upper() == string.ascii_uppercase[want]:
            marks.append(match)
    if len(marks) < 2:
        return None
    ends = [*(match.start() for match in marks[1:]), len(text)]
    parts = [text[match.end() : end] for match, end in zip(marks, ends, strict=True)]
    parts = [part.strip(" ,;/|\t\n") for part in parts]
    return (text[: marks[0].start()].strip(), parts) if all(parts) else None


def in_one_line(
    text: str, last: re.Pattern[str] = OR, lead: re.Pattern[str] = OPTIONS
) -> tuple[str, list[str]] | None:
    """Return a question and the options behind it; None where there are none.

    Behind the question mark stands a list whose marks count up, a pair of brackets, or a heading.
    """
    match = re.match(r"(.*?[?？])\W{0,3}(?=[^?？]*$)", text)
    if match is None:
        return None
    question, rest = match[1].strip(), text[match.end(1) :].strip(" *_")
    bracket = re.fullmatch(r"[(（\[](.+)[)）\]]\W*", rest)
    listed = _counted(rest)
    if listed is not None and not listed[0].strip(" :*-("):
        return question, listed[1]
    heading = lead.match(rest)
    if bracket is None and heading is None and rest.count("/") > 0:
        parts = split_options(rest, last) or []
        short = parts and max(len(part.split()) for part in parts) <= SHORT
        return (question, parts) if short and len(parts) == rest.count("/") + 1 else None
    if bracket is None and heading is None:
        return None
    told = bracket[1] if bracket else rest[heading.end() :] if heading else ""
    options = split_options(told, last) or []
    return (question, options) if len(options) >= 2 and max(map(len, options)) <= LONGEST else None
