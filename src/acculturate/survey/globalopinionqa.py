"""GlobalOpinionQA (Durmus et al., arXiv 2306.16388): questions with shares of answers per country.

A CSV or Parquet file with the columns `question`, `selections` (a printed dictionary from a country
to its shares), `options` (a printed list) and `source` (WVS, GAS). Options that say that there is
no answer ("DK/Refused") are no part of the shares and are counted apart; the others are put in the
order of their scale where they are one (`acculturate.scales`), and an answer off it ("Other",
"Depends") is left out and told. The file's labels may be wrong, so every row and country is looked
at: shares that do not fit the options or do not add up, options that stand twice, a country whose
answers look turned round beside all others. What cannot be right is left out; what looks odd is
told. It holds no numbers of respondents: each country is taken as `NOMINAL_N` who answered.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from acculturate.culture.territory import find_territory
from acculturate.errors import SurveyError
from acculturate.records import Item, Wording
from acculturate.scales import no_answer, not_asked, numbered, off_scale, scale_order
from acculturate.sheets.findings import Findings
from acculturate.sheets.missing import plain
from acculturate.sheets.sheet import Sheet, Source
from acculturate.survey.layout import Layout
from acculturate.survey.model import Survey

COLUMNS = ("question", "selections", "options")
NOMINAL_N = 1000
SUM_OFF = 0.03  # shares are rounded
LEAST = 0.05  # of a country's shares has to be answers
STRAY_SHOWN = 5
TURNED = 0.25  # how much nearer to the others a country's answers are when turned round
NOTICE = (
    "GlobalOpinionQA (Durmus et al. 2023, arXiv:2306.16388), from the World Values Survey and Pew "
    "Global Attitudes surveys; CC BY-NC-SA 4.0. Read from the user's own copy. Terms: cite the "
    "sources; non-profit use."
)
_NUMBERED = re.compile(r"^\d+[\s.:=\u2013-]*(?=[^\d\s])")  # "10 - Always"
_SAMPLE = re.compile(r"\s*\((.*\bsample)\)\s*$", re.IGNORECASE)


class _Places(NamedTuple):
    """Where a question's options stand in the file: the item's in scale order, those of people who
    were asked and gave no answer, those off its scale.
    """

    kept: tuple[int, ...]
    silent: tuple[int, ...]
    off: tuple[int, ...]
    ordinal: bool


@dataclass(frozen=True, slots=True)
class _Question:
    row: int
    item: Item
    places: _Places
    size: int


@dataclass(slots=True)
class _Taken:
    """What was read, by culture and item; countries left out by name; answers off a scale."""

    own: Mapping[str, str]
    counts: dict[str, dict[str, tuple[float, ...]]] = field(default_factory=dict)
    no_answer: dict[str, dict[str, float]] = field(default_factory=dict)
    strangers: Counter[str] = field(default_factory=Counter)
    samples: Counter[str] = field(default_factory=Counter)
    doubled: Counter[str] = field(default_factory=Counter)
    off: dict[str, tuple[float, str]] = field(
        default_factory=dict
    )  # the largest share of each item
    stray: dict[str, str] = field(default_factory=dict)


def read_globalopinionqa(source: Source, layout: Layout | None, findings: Findings) -> Survey:
    """Read the whole file; items are called G1, G2 ... by their row.

    A layout may name countries (`[cultures]`, `[[culture]]`) and the survey.
    """
    names = [*COLUMNS, *(name for name in ("source",) if name in source.names)]
    sheet = source.read(names, findings)
    own = layout.own_cultures() if layout else {}
    words = {culture.name: code for code, culture in own.items()} | {code: code for code in own}
    taken = _Taken(words | (dict(layout.cultures) if layout else {}))
    items: dict[str, Item] = {}
    for at in range(sheet.rows):
        question = _question(sheet, at, layout.language if layout else "en", findings)
        if question is not None and _take(sheet, at, question, taken, findings):
            items[question.item.id] = question.item
            if stray := _stray(question.item):
                taken.stray[question.item.id] = stray
    if not items:
        findings.stop_at_errors()
        raise SurveyError(f"{findings.file} holds no questions that could be read.")
    _tell_left_out(taken, findings)
    return Survey(
        name=findings.file,
        title=(layout.title if layout else "") or "GlobalOpinionQA, shares of answers by country",
        items=items,
        counts=taken.counts,
        notice=(layout.notice.strip() if layout else "") or NOTICE,
        spoken_name=layout.spoken_name if layout else "",
        no_answer=taken.no_answer,
        own={code: culture for code, culture in own.items() if code in taken.counts},
        published_items=tuple(items),
    )


def _question(sheet: Sheet, at: int, language: str, findings: Findings) -> _Question | None:
    """Return a row's item, or None after telling why it is none."""
    row = sheet.row(at)
    options = _value(_printed(sheet.columns["options"].cell(at)))
    stem = sheet.columns["question"].cell(at)
    if not isinstance(options, list) or not stem:
        findings.error("expected a question and a list of options", row=row, column="options")
        return None
    texts = [_option_text(option) for option in options]
    places = _places(texts)
    shown = tuple(texts[place] for place in places.kept)
    if len(set(map(plain, shown))) != len(shown) or len(shown) < 2:
        what = (
            "an option stands twice"
            if len(shown) > 1
            else "fewer than two options that are answers"
        )
        findings.error(f"{what}: {', '.join(texts)[:80]}", row=row, column="options")
        return None
    codes, names = _codes(shown)
    item = Item(
        id=f"G{row - sheet.first_row + 1}",
        topic=(sheet.columns["source"].cell(at) if "source" in sheet.columns else "")
        or "GlobalOpinionQA",
        codes=codes,
        scale="ordinal" if places.ordinal else "nominal",
        wordings={language: (Wording(stem, names),)},
        # a scale of numbers alone has its ends in the question
        reversible=places.ordinal and not (names[0].isdigit() and names[-1].isdigit()),
    )
    return _Question(row, item, places, len(options))


def _places(texts: Sequence[str]) -> _Places:
    """Return where the options stand on their scale; an answer off it is left out where the others
    are a scale of three points or more.
    """
    none = [at for at, text in enumerate(texts) if not text or no_answer(text)]
    silent = tuple(at for at in none if texts[at] and not not_asked(texts[at]))
    answers = tuple(at for at in range(len(texts)) if at not in none)
    on = tuple(at for at in answers if not off_scale(texts[at]))
    for chosen in (answers, on):
        order = scale_order(tuple(texts[at] for at in chosen))
        if order is not None and (chosen == answers or len(chosen) > 2):
            kept = tuple(chosen[place] for place in order)
            return _Places(kept, silent, tuple(set(answers) - set(kept)), ordinal=True)
    return _Places(answers, silent, (), ordinal=False)


def _stray(item: Item) -> str:
    """Return an option that may say that there is no answer; empty for none.

    It is what is left beside a scale, a number far above the others, or the one end of a scale of
    numbers that has words.
    """
    texts = next(iter(item.wordings.values()))[-1].texts
    if item.ordinal:
        return _far(texts) if all(texts) else _lone_words(texts[0], texts[-1])
    rest = [(text, tuple(other for other in texts if other != text)) for text in texts]
    texts_ = [text for text, others in rest if len(others) > 2 and scale_order(others)]
    return texts_[0] if len(texts_) == 1 else ""


def _far(texts: Sequence[str]) -> str:
    """Return the first number that leaves some out, where those before it leave out none."""
    steps = numbered(texts)
    if steps is None or steps[1] - steps[0] != 1:
        return ""
    far = (at for at in range(2, len(steps)) if steps[at] - steps[at - 1] > 1)
    return next((texts[at] for at in far), "")


def _lone_words(low: str, high: str) -> str:
    words = [end for end in (low, high) if not end.isdigit()]
    return words[0] if len(words) == 1 else ""


def _codes(shown: tuple[str, ...]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return codes and texts of options in scale order: consecutive numbers are their own codes,
    and their ends alone have texts.
    """
    numbers = numbered(shown)
    if numbers is None or numbers != tuple(range(numbers[0], numbers[0] + len(shown))):
        return tuple(range(1, len(shown) + 1)), shown
    low, high = (_end(shown[at]) for at in (0, -1))
    return numbers, (low, *[""] * (len(shown) - 2), high)


def _end(text: str) -> str:
    """Return the words at an end of a scale of numbers: "Always" of "10 - Always" and "10
    (Always)".
    """
    inside = re.fullmatch(r"\d+\s*[(\[](.*)[)\]]", text)
    return inside[1] if inside else _NUMBERED.sub("", text)


def _take(sheet: Sheet, at: int, question: _Question, taken: _Taken, findings: Findings) -> bool:
    """Take in each country's shares; whether there are any."""
    key, places = question.item.id, question.places
    shares: dict[str, tuple[float, ...]] = {}
    for country, given in _selections(sheet, at, question, findings):
        culture = _country(country, taken)
        if culture is None:
            continue
        wrong = _wrong(given, question)
        if wrong:
            findings.error(f"{country}: {wrong}", row=question.row, column="selections")
        elif culture in shares:
            taken.doubled[f"'{country}' is {culture}"] += 1
        else:
            scale = NOMINAL_N / sum(given[place] for place in places.kept)
            shares[culture] = tuple(given[place] * scale for place in places.kept)
            taken.counts.setdefault(culture, {})[key] = shares[culture]
            if places.silent:
                silent = sum(given[place] for place in places.silent) * scale
                taken.no_answer.setdefault(culture, {})[key] = silent
            _note_off(sum(given[place] for place in places.off), culture, question, taken)
    _tell_odd(question, shares, findings)
    return bool(shares)


def _selections(
    sheet: Sheet, at: int, question: _Question, findings: Findings
) -> Iterator[tuple[str, Any]]:
    """Yield countries with what stands there as their shares; a country that stands twice
    is told.
    """
    text = sheet.columns["selections"].cell(at)
    start = text.find("{")
    printed = _printed(text[start : text.rfind("}") + 1]) if start >= 0 else None
    if not isinstance(printed, ast.Dict):
        what = "expected a dictionary from countries to shares"
        findings.error(what, row=question.row, column="selections")
        return
    names = [str(_value(key)) for key in printed.keys]
    for country, given in zip(names, printed.values, strict=True):
        if names.count(country) == 1:
            yield country, _value(given)
    for country in {name for name in names if names.count(name) > 1}:
        what = f"{country} stands here twice, and nothing tells which shares are right"
        findings.error(what, row=question.row, column="selections")


def _country(name: str, taken: _Taken) -> str | None:
    """Return a country's culture; samples that are not of the whole nation, or old ones, are left
    out.
    """
    match = _SAMPLE.search(name)
    if match and "current" not in match[1].casefold():
        taken.samples[name] += 1
        return None
    culture = find_territory(_SAMPLE.sub("", name), taken.own)
    if culture is None:
        taken.strangers[name] += 1
    return culture


def _wrong(given: Any, question: _Question) -> str:
    """Return why shares cannot be right; empty where they can."""
    if not isinstance(given, list | tuple):
        return "expected a list of shares, all of them numbers"
    number = len(given)
    if number != question.size:
        return f"{number} shares for {question.size} options"
    values = [float(value) if isinstance(value, int | float) else float("nan") for value in given]
    if not all(0 <= value <= 1 for value in values):
        return "a share is not between 0 and 1"
    if abs(sum(values) - 1) > SUM_OFF:
        return f"the shares add up to {sum(values):.2f}, not to 1"
    if sum(values[place] for place in question.places.kept) < LEAST:
        return "nearly all of the shares are of no answer"
    return ""


def _note_off(share: float, culture: str, question: _Question, taken: _Taken) -> None:
    if question.places.off:
        key = question.item.id
        taken.off[key] = max(taken.off.get(key, (0.0, culture)), (share, culture))


def _tell_left_out(taken: _Taken, findings: Findings) -> None:
    """Note what is no part of the shares: countries, samples, answers off a scale."""
    for country, times in taken.strangers.items():
        findings.note(
            f"'{country}' is no territory that is known here: its answers are left out; name it "
            "under [cultures] or [[culture]] in a TOML file and give it with --layout",
            column="selections",
            times=times,
        )
    for country, times in taken.samples.items():
        what = f"'{country}' is left out: it is no sample of the whole nation today"
        findings.note(what, column="selections", times=times)
    for country, times in taken.doubled.items():
        what = f"{country}, which stands in the question already: the first is kept"
        findings.note(what, column="selections", times=times)
    if taken.off:
        key, (share, culture) = max(taken.off.items(), key=lambda entry: entry[1])
        findings.note(
            f"in {len(taken.off)} questions an answer off the scale (such as 'Other') is left out: "
            f"at most {share:.2f} of the answers, {culture} in {key}",
            column="options",
        )
    for key, text in [*taken.stray.items()][:STRAY_SHOWN]:
        what = f"the option '{text}' of {key} is no point of the scale that the others are"
        findings.note(f"{what}: if it says that there is no answer, take it out of the file")
    if len(taken.stray) > STRAY_SHOWN:
        findings.note(f"{len(taken.stray) - STRAY_SHOWN} more questions have such an option")
    findings.note(f"no numbers of respondents: taken as {NOMINAL_N} for each country and question")


def _tell_odd(
    question: _Question, shares: Mapping[str, Sequence[float]], findings: Findings
) -> None:
    """Tell a country whose answers on a scale are much nearer to the others' when turned round."""
    if not question.item.ordinal or len(shares) < 4:
        return
    share_CK = np.array(list(shares.values())) / NOMINAL_N
    for c, culture in enumerate(shares):
        others_K = np.delete(share_CK, c, axis=0).mean(0)
        here = 0.5 * np.abs(share_CK[c] - others_K).sum()
        turned = 0.5 * np.abs(share_CK[c][::-1] - others_K).sum()
        if here - turned > TURNED:
            what = (
                f"the answers of {culture} look turned round: {here:.2f} from the other countries"
            )
            findings.note(f"{what}, {turned:.2f} when reversed", row=question.row)


def _printed(text: str) -> ast.expr | None:
    """Return a printed Python value, not yet read; None where it is none."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _value(printed: ast.expr | None) -> Any:
    """Return the value of a printed list, text or number; None where it is something else."""
    try:
        return None if printed is None else ast.literal_eval(printed)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None


def _option_text(option: Any) -> str:
    if isinstance(option, float) and option.is_integer():
        return str(int(option))
    return str(option).strip()
