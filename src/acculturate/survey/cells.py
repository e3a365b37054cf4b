"""Cells: what a text in a column of a sheet means, an answer, a demographic, or nothing.

Each different text of a column is judged once: a code of the item (after `recode`), a label that
can be led back to a code, no answer, or neither, which is told with its row and column. Axes:
N rows, T different texts of a column.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from acculturate.records import Item
from acculturate.scales import no_answer, not_asked
from acculturate.sheets.findings import Findings
from acculturate.sheets.missing import is_missing
from acculturate.sheets.sheet import Sheet
from acculturate.similarity import normalise
from acculturate.survey.label_exports import codes_of, number_in, possible_codes, text_after_number
from acculturate.survey.layout import ItemSection, Layout, TraitSection
from acculturate.survey.respondents import MISSING, NO_ANSWER, Trait

Bools = NDArray[np.bool_]
TOLD = 5  # findings of one kind told one by one; the rest are counted
UNKNOWN, SILENT = "unknown", "no answer"


def answers(
    sheet: Sheet,
    layout: Layout,
    item: Item,
    section: ItemSection,
    keep_N: Bools,
    findings: Findings,
) -> NDArray[np.int8]:
    """Return the positions of each row's answer in the scale, below 0 for none; note codes the item
    lacks.
    """
    name = section.column or item.id
    column = sheet.columns[name]
    read = reader(item, section, layout, column.texts, sheet.labels.get(name, {}))
    place: dict[int | str | None, int] = {code: at for at, code in enumerate(item.codes)}
    place[SILENT] = NO_ANSWER
    code_T = [read(text) for text in column.texts]
    known_N = keep_N & (column.index_N >= 0)
    times_T = np.bincount(column.index_N[known_N], minlength=len(code_T)).tolist()
    wrong = [at for at, code in enumerate(code_T) if code == UNKNOWN and times_T[at]]
    for at in wrong[:TOLD]:
        row = int(np.argmax(keep_N & (column.index_N == at)))
        text = column.texts[at]
        what = _unknown(labelled(text, sheet.labels.get(name, {})), item, section)
        findings.error(what, row=sheet.row(row), column=name, times=times_T[at])
    if rest := wrong[TOLD:]:
        row = int(np.argmax(keep_N & (column.index_N == rest[0])))
        times = sum(times_T[at] for at in rest)
        what = f"{len(rest)} more codes that the item does not have"
        findings.error(what, row=sheet.row(row), column=name, times=times)
    _tell_shared(name, item, column.texts, code_T, findings)
    table = [place.get(code, MISSING) for code in code_T]
    return np.array([*table, MISSING], dtype=np.int8)[column.index_N]


def _unknown(text: str, item: Item, section: ItemSection) -> str:
    codes = sorted(item.codes)
    shown = f"{codes[0]} to {codes[-1]}" if len(codes) > 5 else ", ".join(map(str, codes))
    number, label = number_in(text), f"'{text[:60]}'"
    possible = possible_codes(section.like, text, item.codes)
    if len(possible) > 1:
        either = " or ".join(map(str, possible))
        return f"the label {label} could be the code {either}: nothing in the column tells"
    code = number if number is None else section.recode.get(number, number)
    if code in item.codes and section.like:
        return f"the number and the text of the label {label} mean different options"
    kind = "label" if number is None else "code"
    return f"the {kind} {label} is none of the item's ({shown})"


def _tell_shared(
    name: str,
    item: Item,
    texts: Sequence[str],
    code_T: Sequence[int | str | None],
    findings: Findings,
) -> None:
    """Tell labels that are read as one code where another code of the scale has none."""
    labels: dict[int, list[str]] = defaultdict(list)
    for text, code in zip(texts, code_T, strict=True):
        if isinstance(code, int) and number_in(text) is None:
            labels[code].append(text)
    if not labels or len(labels) == len(item.codes):
        return
    for code, shared in labels.items():
        if len({text.casefold() for text in shared}) > 1:
            both = " and ".join(f"'{text[:60]}'" for text in shared)
            findings.note(f"the labels {both} are both read as the code {code}", column=name)


def reader(
    item: Item,
    section: ItemSection,
    layout: Layout,
    texts: Collection[str],
    given: Mapping[str, str] = MappingProxyType({}),
) -> Callable[[str], int | str | None]:
    """Return a function from a cell to a code, `SILENT` (asked, but gave no answer), None or
    `UNKNOWN`.

    `texts` are all that stand in the column: they settle what a label alone leaves open. `given`
    are the file's own labels of its codes: a code whose label is another option is unknown.
    """
    missing: dict[int, str | None] = dict.fromkeys([*layout.missing.codes, *section.missing])
    missing |= dict.fromkeys([*layout.missing.no_answer, *section.no_answer], SILENT)
    labels = [text for text in texts if integer(text) is None and not is_missing(text)]
    code_by_label = codes_of(section.like, labels, item.codes) if section.like else {}

    def from_number(code: int) -> int | str | None:
        if code in missing:
            return missing[code]
        code = section.recode.get(code, code)
        if code in item.codes:
            return code
        return None if code < 0 and layout.missing.negative else UNKNOWN

    def from_label(text: str) -> int | str | None:
        number, words = number_in(text), text_after_number(text)
        if number is not None and number < 0 and is_missing(words):
            return from_number(number)
        if is_missing(text):
            return SILENT if _declined(text) else None
        if section.like:
            code = code_by_label[text]
            return UNKNOWN if code is None else code
        return UNKNOWN if number is None else from_number(number)

    def meant(code: int | str | None, label: str) -> int | str | None:
        """Return a code, unless its label is another option."""
        possible = possible_codes(section.like, label, item.codes) if section.like and label else ()
        return UNKNOWN if isinstance(code, int) and possible and code not in possible else code

    def read(text: str) -> int | str | None:
        code, label = integer(text), given.get(text, "")
        if text in section.labels:
            code = section.labels[text]
            return code if code in item.codes else from_number(code)
        if code is None:
            return from_label(text)
        read = meant(from_number(code), label)
        return from_label(label) if read == UNKNOWN and label and is_missing(label) else read

    return read


def _declined(text: str) -> bool:
    """Return whether a cell says that a person was asked and gave no answer; "NA" is an empty cell
    too.
    """
    return no_answer(text) and not not_asked(text) and normalise(text) not in ("na", "n a")


def labelled(text: str, given: Mapping[str, str]) -> str:
    """Return a code with the label that its file gives it: "1: Very important"."""
    return f"{text}: {given[text]}" if text in given else text


def integer(text: str) -> int | None:
    """Return a cell that is a whole number and nothing else, also written 3.0."""
    try:
        value = float("" if "_" in text else text)
    except ValueError:
        return None
    return int(value) if value.is_integer() else None


def plain_number(text: str) -> str:
    """Return 3.0 as 3, anything else as it stands."""
    return text[:-2] if text.endswith(".0") and text[:-2].lstrip("-").isdecimal() else text


def trait(sheet: Sheet, section: TraitSection, layout: Layout) -> Trait:
    """Return a demographic as texts: the layout's, else the file's own labels, else the cells."""
    column = sheet.columns[section.column]
    given = sheet.labels.get(section.column, {})
    texts = [_trait_text(text, section, given, layout) for text in column.texts]
    kept = tuple(dict.fromkeys(text for text in texts if text))
    number = {text: at for at, text in enumerate(kept)}
    table = np.array([*(number.get(text, MISSING) for text in texts), MISSING], dtype=np.int32)
    return Trait(table[column.index_N], kept)


def _trait_text(text: str, section: TraitSection, given: Mapping[str, str], layout: Layout) -> str:
    text = plain_number(text)
    if text in section.labels:
        return section.labels[text]
    code = integer(text)
    if text in section.missing or code in (*layout.missing.codes, *layout.missing.no_answer):
        return ""
    if code is not None and code < 0 and layout.missing.negative:
        return ""
    label = given.get(text, text)
    return "" if is_missing(label) else label
