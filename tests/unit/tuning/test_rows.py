import json
from pathlib import Path
from typing import Any

import pytest

from acculturate.errors import TrainingError
from acculturate.records import Message, TrainingRow
from acculturate.tuning.rows import check_rows, dump_rows, read_rows, rows_digest

ASK = (Message("system", "Be China."), Message("user", "How?\n1 good\n2 bad"))
ROWS = (
    TrainingRow(ASK, "CHN", "Q1", completion="gut, 好", weight=2.0),
    TrainingRow(ASK, "DEU", "Q2", labels=("1", "2"), target=(0.25, 0.75)),
    TrainingRow(
        (*ASK, Message("assistant", "1"), Message("user", "Why?")),
        "DEU",
        "talk",
        completion="So.",
        trained=(2,),
    ),
)
TALK = [
    {"role": "user", "content": "How?"},
    {"role": "assistant", "content": "So."},
    {"role": "user", "content": "Why?"},
]
LINE: dict[str, Any] = {"prompt": [{"role": "user", "content": "How?"}], "completion": "1"}


def test_written_rows_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(dump_rows(ROWS), encoding="utf-8")
    assert read_rows(path) == ROWS
    assert [file.name for file in tmp_path.iterdir()] == ["rows.jsonl"]
    path.write_text(dump_rows(ROWS), encoding="utf-8-sig")
    assert read_rows(path) == ROWS


def test_unicode_line_separators_inside_a_text_do_not_part_it(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    row = TrainingRow((Message("user", "one\u2028two\x85three"),), "", "", completion="1")
    path.write_text(dump_rows([row]), encoding="utf-8")
    assert read_rows(path) == (row,)


def test_digest_depends_on_content_and_order() -> None:
    assert rows_digest(ROWS) == rows_digest(list(ROWS))
    assert rows_digest(ROWS) != rows_digest(ROWS[::-1])
    assert rows_digest(ROWS[:1]) != rows_digest([TrainingRow(ASK, "CHN", "Q1", completion="1")])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"completio": "x"}, "no key 'completio'.*Did you mean 'completion'"),
        ({"prompt": []}, "does not end with a user's message"),
        ({"prompt": "How?"}, "'prompt' is not right"),
        ({"prompt": [{"role": "boss", "content": "How?"}]}, "'prompt.0.role' is not right"),
        ({"prompt": [{"role": "user"}]}, "'prompt.0.content' is missing"),
        ({"prompt": [{"role": "assistant", "content": "1"}]}, "does not end with a user's"),
        ({"completion": ""}, "either a completion or labels"),
        ({"labels": ["1", "2"], "target": [0.5, 0.5]}, "either a completion or labels"),
        ({"completion": "", "labels": ["1", "2"], "target": [1]}, "2 labels and 1 target"),
        ({"completion": "", "labels": ["1", "1"], "target": [0.5, 0.5]}, "different texts"),
        ({"completion": "", "labels": ["1", "2"], "target": [0.5, 0.4]}, "sums to 0.9"),
        ({"completion": "", "labels": ["1", "2"], "target": [1.5, -0.5]}, "not a number from 0"),
        ({"weight": 0}, "has weight 0.0, expected a number above 0"),
        ({"weight": float("nan")}, "has weight nan"),
        ({"trained": [0]}, "trained message 0, expected rising places"),
        ({"trained": [1]}, "trained message 1, expected rising places"),
        ({"prompt": [*TALK, *TALK], "trained": [2]}, "trained message 2, which is no assistant"),
        (
            {
                "prompt": TALK,
                "completion": "",
                "labels": ["1", "2"],
                "target": [1, 0],
                "trained": [1],
            },
            "only a row with a completion",
        ),
    ],
)
def test_a_bad_line_is_named_in_one_sentence(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(f"{json.dumps(LINE)}\n\n{json.dumps({**LINE, **change})}\n", encoding="utf-8")
    with pytest.raises(TrainingError, match=said) as caught:
        read_rows(path)
    assert str(caught.value).startswith(f"{path}, line 3: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no training rows"),
        (b"\n \n", "holds no training rows"),
        (b'{"prompt":', "line 1: not a JSON object"),
        (b"[1]", "line 1: expected a JSON object"),
        (b"\xff\xfe", "not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_rows_file(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    with pytest.raises(TrainingError, match=said):
        read_rows(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot be read: no such file"):
        read_rows(tmp_path / "none.jsonl")


def test_rows_in_memory_are_checked_too() -> None:
    with pytest.raises(TrainingError, match="no training rows"):
        check_rows([])
    bad = TrainingRow(ASK, "DEU", "Q9", labels=("1", "2"), target=(0.5,))
    with pytest.raises(TrainingError, match=r"row 2 \(source 'Q9'\) has 2 labels and 1"):
        check_rows([ROWS[0], bad])
    check_rows(ROWS)
