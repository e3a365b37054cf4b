import gzip
import json
from pathlib import Path

import pytest

from acculturate.culturespa import Drop, PublishedRules
from acculturate.culturespa.question_reader import Draft
from acculturate.culturespa.written import BadLine, Written, read_questions
from acculturate.errors import SurveyError
from acculturate.records import Item

TEN = tuple(str(k) for k in range(1, 11))


def taken(question: str, *options: str, survey_items: tuple[Item, ...] = ()) -> Draft | Drop:
    return PublishedRules(survey_items).take(Draft(question, options), "Work")


def reason(found: Draft | Drop) -> str:
    return found.reason if isinstance(found, Drop) else ""


def test_only_the_very_same_letters_are_a_duplicate(survey_items: tuple[Item, ...]) -> None:
    rules = PublishedRules(survey_items)
    told = [
        reason(rules.take(Draft(text, ("Yes", "No")), "Work"))
        for text in ("Do you work?", "Do you work?", "do you work?", survey_items[0].wording().stem)
    ]
    assert told == ["", "duplicate", "", "survey item"]


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("Is work a duty?", "bare digits without a scale"),
        ("On a scale from 0 to 10, is work a duty?", ""),
        ("Is work a duty, where 1 means no and 10 means yes?", ""),
        # a card that is not called a scale and begins at 0 names none, as the code has it
        ("Is work a duty, with 0 being no and 10 being yes?", "bare digits without a scale"),
        ("Do you agree with statement1 or with statement2?", "bare digits without a scale"),
    ],
)
def test_bare_digits_need_a_scale_in_the_text(question: str, why: str) -> None:
    assert reason(taken(question, *TEN)) == why


@pytest.mark.parametrize(
    "options",
    [
        ("1. Low", "2. High"),
        ("1 - Low", "2 - High"),
        ("1 (Low)", "2 (High)"),
        ("1: Low", "2: High"),
    ],
)
def test_numbers_go_where_every_option_has_one(options: tuple[str, ...]) -> None:
    assert taken("How high?", *options) == Draft("How high?", ("Low", "High"))


def test_numbers_stay_where_an_option_has_none() -> None:
    kept = ("1. Low", "2. High", "Don't know")
    assert taken("How high?", *kept) == Draft("How high?", kept)
    ranges = ("0-2 hours", "2-5 hours", "More")
    assert taken("How long?", *ranges) == Draft("How long?", ranges)


def test_a_scale_with_named_ends_is_told_in_the_text() -> None:
    result = taken("How high?", "1 - Low", "2", "3", "4 - High")
    assert isinstance(result, Draft)
    assert result.options == ("1", "2", "3", "4")
    assert "1 means 'Low'" in result.question
    assert "4 means 'High'" in result.question


@pytest.mark.parametrize(
    "options",
    [
        ("1 - Low", "2", "3 - Middle", "4 - High"),
        ("1 - Low", "2", "3 - Don't know", "4 - Refused"),
        ("0-2", "3-5", "6"),
        ("0", "1-2", "3-4"),
    ],
)
def test_bare_digits_among_others_fit_neither(options: tuple[str, ...]) -> None:
    assert reason(taken("How high?", *options)) == "bare digits among other options"


# -- files ----------------------------------------------------------------------------------------

GOOD = {"topic": "Work", "question": "Do you work?", "options": ["Yes", "No"]}


def lines_of(path: Path) -> list[Written | BadLine]:
    return list(read_questions(path))


def test_plain_and_packed_files_read_alike(tmp_path: Path) -> None:
    text = json.dumps(GOOD) + "\n\n" + json.dumps(GOOD)
    plain, packed = tmp_path / "q.jsonl", tmp_path / "q.any"
    plain.write_text(text, encoding="utf-8-sig")
    packed.write_bytes(gzip.compress(text.encode()))
    assert lines_of(plain) == lines_of(packed)
    assert [line.line for line in lines_of(plain)] == [1, 3]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{", "not JSON"),
        (b"[1]", "not an object with question and options"),
        (b"\xff\xfe", "not in UTF-8"),
        (b'{"question": " ", "options": ["a"]}', "no question"),
        (b'{"question": "Why?", "options": []}', "no list of options"),
        (b'{"question": "Why?", "options": "a, b"}', "no list of options"),
        (b'{"question": "Why?", "options": [["a"]]}', "an option that is no text"),
        (b'{"question": "Why?", "options": ["a"], "topic": 3}', "a topic that is no text"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_bad_lines_are_told_by_number(tmp_path: Path, line: bytes, why: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(json.dumps(GOOD).encode() + b"\n" + line + b"\n")
    first, second = lines_of(path)
    assert isinstance(first, Written)
    assert second == BadLine(2, why)


def test_what_is_no_file_of_questions_is_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "q.jsonl.gz"
    broken.write_bytes(gzip.compress(json.dumps(GOOD).encode() * 50)[:-12])
    for path in (tmp_path / "none.jsonl", tmp_path, broken):
        with pytest.raises(SurveyError, match="cannot be read"):
            lines_of(path)
