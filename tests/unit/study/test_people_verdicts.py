"""What people say of dialogues and questions is kept in the run, and found again."""

import csv
from pathlib import Path

import pytest
from tests.hostile_texts import hostile_texts

from acculturate.clca.judges.dialogue_subject import DIALOGUE
from acculturate.culturespa.question_subject import QUESTION
from acculturate.errors import ConfigError
from acculturate.methods.judged import Subject
from acculturate.study.people_verdicts import (
    PersonVerdict,
    every_verdict,
    keep_verdict,
    people_of,
    verdicts_of,
)

CLEAR = PersonVerdict("spa", "q1", {"clear": True, "fair": False}, "Two questions\nin one.")


def test_a_verdict_is_kept_and_changed(tmp_path: Path) -> None:
    keep_verdict(tmp_path, QUESTION, "Ana", CLEAR)
    keep_verdict(tmp_path, QUESTION, "Ana", PersonVerdict("spa", "q2", {"opinion": True}))
    keep_verdict(tmp_path, QUESTION, "Ana", PersonVerdict("other", "q1", {"clear": False}))
    keep_verdict(tmp_path, QUESTION, "Ana", CLEAR._replace(said={"clear": False}))
    assert verdicts_of(tmp_path, QUESTION, "Ana") == {
        ("spa", "q1"): CLEAR._replace(said={"clear": False}),
        ("spa", "q2"): PersonVerdict("spa", "q2", {"opinion": True}),
        ("other", "q1"): PersonVerdict("other", "q1", {"clear": False}),
    }
    assert people_of(tmp_path, QUESTION) == ["Ana"]
    assert people_of(tmp_path, DIALOGUE) == []
    assert verdicts_of(tmp_path, QUESTION, "Ben") == {}


def test_subjects_and_people_are_kept_apart(tmp_path: Path) -> None:
    keep_verdict(tmp_path, QUESTION, "Ana", CLEAR)
    keep_verdict(tmp_path, DIALOGUE, "Ana", PersonVerdict("talks", "d1", {"fit": True}))
    keep_verdict(tmp_path, DIALOGUE, "Łukasz B.2", PersonVerdict("talks", "d1", {"fit": False}))
    found = [(subject.name, who, said.id) for subject, who, said in every_verdict(tmp_path)]
    assert found == [
        ("dialogue", "Ana", "d1"),
        ("dialogue", "Łukasz B.2", "d1"),
        ("question", "Ana", "q1"),
    ]


def test_a_sheet_that_was_filled_in_elsewhere_keeps_its_columns(tmp_path: Path) -> None:
    sheet = tmp_path / "verdicts" / "ana.csv"
    sheet.parent.mkdir()
    sheet.write_text(
        "dialogue;transcript;quality;fit;review;comment\n"
        'd1;"1. Hello; you\n2. Bye";gut;;;fein\n'
        "d2;x;schlecht;gut;;\n",
        encoding="utf-8-sig",
    )
    keep_verdict(tmp_path, DIALOGUE, "ana", PersonVerdict("talks", "d1", {"fit": False}, "no"))
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["transcript"] for row in rows] == ["1. Hello; you\n2. Bye", "x"]
    assert verdicts_of(tmp_path, DIALOGUE, "ana", alone="talks") == {
        ("talks", "d1"): PersonVerdict("talks", "d1", {"fit": False}, "no"),
        ("talks", "d2"): PersonVerdict("talks", "d2", {"quality": False, "fit": True}),
    }


@pytest.mark.parametrize("subject", [DIALOGUE, QUESTION])
@pytest.mark.parametrize(
    ("good", "bad"),
    [("Good.", "not good"), ("yes", "No"), ("gut", "schlecht"), ("ja", "nein"), ("bueno", "mala"),
     ("Sí", "no"), ("好", "不好"), ("是", "否"), ("良い", "良くない。"), ("はい", "いいえ"),
     ("1", "0"), ("+", "-")],
)  # fmt: skip
def test_verdicts_are_read_in_any_language(
    tmp_path: Path, subject: Subject, good: str, bad: str
) -> None:
    sheet = tmp_path / subject.sheets / "ana.csv"
    sheet.parent.mkdir(parents=True)
    aspect = next(iter(subject.aspects))
    sheet.write_text(f"{subject.name},{aspect}\na,{good}\nb,{bad}\n", encoding="utf-8")
    said = verdicts_of(tmp_path, subject, "ana").values()
    assert [verdict.said[aspect] for verdict in said] == [True, False]
    sheet.write_text(f"{subject.name},{aspect}\na,not bad\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="'not bad' is no verdict"):
        verdicts_of(tmp_path, subject, "ana")


@pytest.mark.parametrize(
    "name",
    ["", "judge", "Second Judge", "../ana", "a/b", "a\\b", ".ana", "ana.", " ana", "a" * 41, "a\nb",
     "a\0b", "=a", "~root"],
)  # fmt: skip
def test_what_is_no_name_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be a name"):
        keep_verdict(tmp_path, QUESTION, name, CLEAR)
    assert not list(tmp_path.rglob("*.csv"))


def test_a_verdict_that_says_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="good or bad to at least one of clear, opinion, fair"):
        keep_verdict(tmp_path, QUESTION, "ana", PersonVerdict("spa", "q1", {}, "hm"))


def test_a_sheet_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "verdicts").mkdir()
    (tmp_path / "verdicts" / "ana.csv").write_text("name,age\na,1\n")
    with pytest.raises(ConfigError, match="has no column 'dialogue'"):
        verdicts_of(tmp_path, DIALOGUE, "ana")
    (tmp_path / "verdicts" / "ana.csv").write_text("dialogue,fit\nd1,good\nd2,perhaps\n")
    with pytest.raises(ConfigError, match="row 3, column 'fit': 'perhaps' is no verdict"):
        list(every_verdict(tmp_path))


def test_hostile_comments_stay_comments(tmp_path: Path) -> None:
    texts = [text for text in hostile_texts() if "\ud800" not in text and "\0" not in text]
    for number, text in enumerate(texts):
        said = PersonVerdict("spa", f"q{number}", {"clear": True}, text)
        keep_verdict(tmp_path, QUESTION, "ana", said)
    sheet = tmp_path / "verdicts" / "questions" / "ana.csv"
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert not [row for row in rows if row["comment"].startswith(("=", "+", "-", "@"))]
    found = verdicts_of(tmp_path, QUESTION, "ana")
    assert len(found) == len(rows) == len(texts)
    assert "<script>document.title='owned'</script>" in {one.comment for one in found.values()}
