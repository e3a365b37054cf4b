"""Texts that methods made, read back from a run's files."""

from pathlib import Path

import pytest

from acculturate.errors import StoreError
from acculturate.methods.kept_texts import dump_records, files_with, kept_lines, kept_records
from acculturate.records.results.made import WrittenQuestion

QUESTION = WrittenQuestion("q1", "Work", "Do you\u2028work?", ("Yes", "No"), "nominal")


def test_records_are_read_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "spa.questions.jsonl").write_text(dump_records([QUESTION] * 2), "utf-8")
    [(name, file)] = files_with(tmp_path, ".questions.jsonl").items()
    assert name == "spa"
    assert list(kept_records(WrittenQuestion, file)) == [QUESTION] * 2
    assert [line["adapt"] for line in kept_lines(tmp_path, name, ".questions.jsonl")] == ["spa"] * 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"id": "q2"}', "line 2: topic: Field required. Run the study again"),
        (b"[1]", "line 2: Input should be an object. Run the study again"),
        (b'{"id": "\xff"}', "line 2: Invalid JSON"),
    ],
)
def test_a_line_that_holds_no_record_is_named(tmp_path: Path, line: bytes, said: str) -> None:
    file = tmp_path / "spa.questions.jsonl"
    file.write_bytes(dump_records([QUESTION]).encode() + line)
    with pytest.raises(StoreError) as told:
        list(kept_records(WrittenQuestion, file))
    assert f"{file}, {said}" in str(told.value)
