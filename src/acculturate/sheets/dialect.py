"""The dialect of a text file: its encoding, and what parts its columns.

A file is UTF-8 or one other encoding; letters of both are an error that is told with its place,
since half of the names in such a file are read wrong whichever is taken.
"""

import codecs
import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from acculturate.errors import SurveyError
from acculturate.sheets.heads import split_head

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
AT_ONCE = 1 << 22  # bytes
# bytes that are no letter in UTF-8 (as Python keeps them), and letters beyond ASCII
_STRAY = re.compile("[\udc80-\udcff]")
_BEYOND = re.compile("[^\x00-\x7f\ud800-\udfff]")
_RUN = re.compile("[^\x00-\x7f]{2,}")


def split_row(record: str, delimiter: str) -> list[str]:
    """Return the cells of a record, which may run over lines inside quotes."""
    lines = io.StringIO(record, newline="")
    try:
        return next(csv.reader(lines, delimiter=delimiter), [])
    except csv.Error as error:
        raise SurveyError(
            f"A cell of a row that begins with '{record[:40]}' cannot be read ({error}): it holds "
            "more text than a table's cell should. Look for a quotation mark that does not close, "
            "or leave the column out."
        ) from error


def find_delimiter(path: Path, head: str, rows: Sequence[str] = ()) -> str:
    """Return what parts the columns of a head and of most rows after it.

    Raises `SurveyError` where nothing parts the head.
    """
    widths = {mark: len(split_row(head, mark)) for mark in DELIMITERS}
    fitting = {
        mark: sum(len(split_row(row, mark)) == width for row in rows)
        for mark, width in widths.items()
    }
    best = max(widths, key=lambda mark: (widths[mark] > 1, fitting[mark], widths[mark]))
    if widths[best] == 1:
        raise SurveyError(
            f"{path.name}: the head holds one column only, '{head[:60]}'. Expected columns parted "
            "by a comma, a semicolon, a tab or a bar; save the file again as CSV."
        )
    return best


def find_encoding(path: Path, declared: str) -> tuple[str, bool]:
    """Return the encoding, and whether it is a guess; raises `SurveyError` where two are mixed."""
    with path.open("rb") as file:
        mark = file.read(4)
    if declared:
        signed = _is_utf8(declared) and mark.startswith(codecs.BOM_UTF8)
        return "utf-8-sig" if signed else declared, False
    if mark.startswith(b"PK"):
        raise SurveyError(
            f"{path.name} is an Excel file or an archive with the ending {path.suffix}: unpack it, "
            "or save the sheet as CSV in UTF-8."
        )
    if mark.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", False
    if len(mark) == 4 and mark.count(0) == 2 and mark[0] != mark[1]:
        # no text in another encoding holds NUL bytes
        return "utf-16-le" if mark[0] else "utf-16-be", True
    name = "utf-8-sig" if mark.startswith(b"\xef\xbb\xbf") else "utf-8"
    wrong = _first_wrong_byte(path)
    if wrong is None:
        return name, False
    if name == "utf-8-sig" or _mostly_utf8(path):
        row, column = _place(path, wrong)
        raise SurveyError(
            f"{path.name} mixes encodings: most of its letters are UTF-8, but row {row}, column "
            f"{column} is not. Save the whole file as UTF-8."
        )
    return "cp1252", True


def is_western(path: Path) -> bool:
    """Return whether a file reads as Windows-1252: its letters beyond ASCII mostly stand alone.

    They do in the languages of Western Europe. Chinese, Japanese or Russian in an encoding of its
    own reads as nothing but such letters.
    """
    text = path.read_text(encoding="cp1252", errors="replace")
    runs = _RUN.findall(text)
    return sum(map(len, runs)) <= len(_BEYOND.findall(text)) / 2


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except (LookupError, ValueError):  # a name with NUL in it
        return False


def _first_wrong_byte(path: Path) -> int | None:
    """Return where the file stops being UTF-8; None where it is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = 0
    with path.open("rb") as file:
        while block := file.read(AT_ONCE):
            # bytes of a letter that the end of the last block cut
            waiting = len(decoder.getstate()[0])
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                return offset - waiting + error.start
            offset += len(block)
    waiting = len(decoder.getstate()[0])
    return offset - waiting if waiting else None


def _mostly_utf8(path: Path) -> bool:
    """Return whether at least half of what lies beyond ASCII reads as UTF-8.

    Bytes of other encodings read as UTF-8 by chance, but seldom.
    """
    letters = strays = 0
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        while block := file.read(AT_ONCE):
            strays += len(_STRAY.findall(block))
            letters += len(_BEYOND.findall(block))
    return letters >= strays


def _place(path: Path, offset: int) -> tuple[int, str]:
    """Return row (the head is 1) and column of a byte."""
    with path.open("rb") as file:
        before = file.read(offset).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        head = before.split(b"\n", 1)[0].decode("latin-1").lstrip("ï»¿")
    row = before.count(b"\n") + 1
    line = before[before.rfind(b"\n") + 1 :].decode("latin-1")
    mark = find_delimiter(path, head) if row > 1 else ","
    at = len(next(csv.reader([line + "x"], delimiter=mark))) - 1
    names = next(csv.reader([head], delimiter=mark))
    return row, split_head(names[at].strip())[0] if row > 1 and at < len(names) else str(at + 1)
