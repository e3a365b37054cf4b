"""GlobalOpinionQA (Durmus et al., arXiv 2306.16388): questions with shares of answers per country.

A CSV or Parquet file with the columns `question`, `selections` (a printed dictionary from a country
to its shares), `options` (a printed list) and `source` (WVS, GAS). Its labels may be wrong, so
every row and country is looked at: shares that do not fit the options or do not add up, options
that stand twice, a country whose answers look turned round beside all others. What cannot be right
is left out; what looks odd is told. It holds no numbers of respondents: each country is taken as
`NOMINAL_N`.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from acculturate.errors import SurveyError
from acculturate.records import Item, Wording
from acculturate.survey.findings import Findings
from acculturate.survey.labels import is_missing, plain
from acculturate.survey.model import Survey
from acculturate.survey.sheet import Sheet, Source
from acculturate.survey.territory import find_territory

COLUMNS = ("question", "selections", "options")
NOMINAL_N = 1000
SUM_OFF = 0.03  # shares are rounded
TURNED = 0.25  # how much nearer to the others a country's answers are when turned round
NOTICE = (
    "GlobalOpinionQA (Durmus et al. 2023, arXiv:2306.16388), from the World Values Survey and Pew "
    "Global Attitudes surveys; CC BY-NC-SA 4.0. Read from the user's own copy. Terms: cite the "
    "sources; non-profit use."
)
# What makes a list of options a scale: each word of a family in its order, or in the reverse
FAMILIES = (
    (
        "very",
        "(somewhat|fairly|rather|quite)",
        "(not too|not very|not much|a little)",
        "not at all",
    ),
    ("(strongly|completely) agree", "agree", "disagree", "(strongly|completely) disagree"),
    ("(a lot|a great deal)", "some", "(not much|only a little)", "(none|not at all)"),
    ("(better|more|increase|good)", "(same|neither|no change|about)", "(worse|less|decrease|bad)"),
    ("(often|always|daily)", "(sometimes|usually|weekly)", "(rarely|seldom|monthly)", "never"),
)
_SAMPLE = re.compile(r"\s*\((.*national sample)\)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Question:
    row: int
    item: Item
    kept: tuple[int, ...]  # which of the file's options are the item's
    size: int


def read_globalopinionqa(source: Source, findings: Findings) -> Survey:
    """Read the whole file; items are called G1, G2 ... by their row."""
    names = [*COLUMNS, *(name for name in ("source",) if name in source.names)]
    sheet = source.read(names, findings)
    items: dict[str, Item] = {}
    counts: dict[str, dict[str, tuple[float, ...]]] = {}
    unknown: dict[str, int] = {}
    for at in range(sheet.rows):
        question = _question(sheet, at, findings)
        if question is None:
            continue
        found = dict(_shares(sheet, at, question, unknown, findings))
        _tell_odd(question, found, findings)
        for culture, shares in found.items():
            row = tuple(share * NOMINAL_N for share in shares)
            counts.setdefault(culture, {})[question.item.id] = row
        if found:
            items[question.item.id] = question.item
    if not items:
        findings.stop_at_errors()
        raise SurveyError(f"{findings.file} holds no questions that could be read.")
    for country, times in unknown.items():
        what = f"'{country}' is no territory of the table of cultures: its answers are left out"
        findings.note(what, column="selections", times=times)
    findings.note(f"no numbers of respondents: taken as {NOMINAL_N} for each country and question")
    return Survey(
        name=findings.file,
        title="GlobalOpinionQA, shares of answers by country",
        items=items,
        counts=counts,
        notice=NOTICE,
        published_items=tuple(items),
    )


def _question(sheet: Sheet, at: int, findings: Findings) -> _Question | None:
    """A row's item, or None after telling why it is none."""
    row = sheet.row(at)
    options = _literal(sheet.columns["options"].cell(at))
    stem = sheet.columns["question"].cell(at)
    if not isinstance(options, list) or not stem:
        findings.error("expected a question and a list of options", row=row, column="options")
        return None
    texts = [_option_text(option) for option in options]
    kept = tuple(at for at, text in enumerate(texts) if text and not is_missing(text))
    shown = tuple(texts[at] for at in kept)
    if len(set(map(plain, shown))) != len(shown) or len(shown) < 2:
        what = "an option stands twice" if len(shown) > 1 else "fewer than two options"
        findings.error(f"{what}: {', '.join(shown)[:80]}", row=row, column="options")
        return None
    kind = sheet.columns["source"].cell(at) if "source" in sheet.columns else ""
    ordinal = _is_scale(shown)
    item = Item(
        id=f"G{row - sheet.first_row + 1}",
        topic=kind or "GlobalOpinionQA",
        codes=tuple(range(1, len(shown) + 1)),
        scale="ordinal" if ordinal else "nominal",
        wordings={"en": (Wording(stem, shown),)},
        reversible=ordinal,
    )
    return _Question(row, item, kept, len(options))


def _shares(
    sheet: Sheet, at: int, question: _Question, unknown: dict[str, int], findings: Findings
) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Each country's shares over the item's options; tells those that cannot be."""
    text = sheet.columns["selections"].cell(at)
    start = text.find("{")
    selections = _literal(text[start : text.rfind("}") + 1]) if start >= 0 else None
    if not isinstance(selections, dict):
        findings.error(
            "expected a dictionary from countries to shares", row=question.row, column="selections"
        )
        return
    for country, given in selections.items():
        culture = _country(str(country), unknown)
        if culture is None:
            continue
        wrong = _wrong(given, question)
        if wrong:
            findings.error(f"{country}: {wrong}", row=question.row, column="selections")
            continue
        kept = [float(given[place]) for place in question.kept]
        yield culture, tuple(share / sum(kept) for share in kept)


def _country(name: str, unknown: dict[str, int]) -> str | None:
    """A country's culture; samples that are not of the whole nation, or old ones, are left out."""
    match = _SAMPLE.search(name)
    whole = match is None or "current" in match[1].casefold()
    culture = find_territory(_SAMPLE.sub("", name)) if whole else None
    if culture is None:
        unknown[name] = unknown.get(name, 0) + 1
    return culture


def _wrong(given: Any, question: _Question) -> str:
    """Why shares cannot be right; empty where they can."""
    number = len(given) if isinstance(given, Sequence) else 0
    if number != question.size:
        return f"{number} shares for {question.size} options"
    values = [float(each) if isinstance(each, int | float) else float("nan") for each in given]
    if not all(0 <= value <= 1 for value in values):
        return "a share is not between 0 and 1"
    if abs(sum(values) - 1) > SUM_OFF:
        return f"the shares add up to {sum(values):.2f}, not to 1"
    if sum(values[place] for place in question.kept) < 0.05:
        return "nearly all of the shares are of no answer"
    return ""


def _tell_odd(
    question: _Question, found: Mapping[str, Sequence[float]], findings: Findings
) -> None:
    """Tell a country whose answers on a scale are much nearer to the others' when turned round."""
    if not question.item.ordinal or len(found) < 4:
        return
    share_CK = np.array(list(found.values()))
    for c, culture in enumerate(found):
        others_K = np.delete(share_CK, c, axis=0).mean(0)
        here = 0.5 * np.abs(share_CK[c] - others_K).sum()
        turned = 0.5 * np.abs(share_CK[c][::-1] - others_K).sum()
        if here - turned > TURNED:
            what = (
                f"the answers of {culture} look turned round: {here:.2f} from the other countries"
            )
            findings.note(f"{what}, {turned:.2f} when reversed", row=question.row)


def _literal(text: str) -> Any:
    """A printed Python value; None where it is none."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _option_text(option: Any) -> str:
    if isinstance(option, float) and option.is_integer():
        return str(int(option))
    return str(option).strip()


def _is_scale(texts: Sequence[str]) -> bool:
    """Whether options run along a scale: numbers in order, or words of one family in order."""
    shown = [plain(text) for text in texts]
    inside = [text for text in shown if re.fullmatch(r"\d+", text)]
    if len(inside) >= 2:
        numbers = [int(text) for text in inside]
        return numbers in (sorted(numbers), sorted(numbers, reverse=True))
    for family in FAMILIES:
        places = [
            next((n for n, word in enumerate(family) if re.match(word, text)), None)
            for text in shown
        ]
        known = [place for place in places if place is not None]
        if len(known) == len(shown) and len(set(known)) == len(known):
            return known in (sorted(known), sorted(known, reverse=True))
    return False
