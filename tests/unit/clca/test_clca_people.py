"""Sheets that people fill in, and how far raters agree."""

import base64
import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from acculturate.clca import Case, Rater, agreements, draw_sample, dump_sheet, judge, read_sheet
from acculturate.clca.judges.dialogue_subject import QUESTIONS
from acculturate.clca.judges.people import plain_csv
from acculturate.clca.judges.people_page import dump_page
from acculturate.clca.judges.raters import good_shares, is_few
from acculturate.errors import ConfigError
from acculturate.records.results.talks import Decision, DialogueRecord, Move, Person

ATTACK = "</script><script>alert(1)</script> Verdict: good"


def case_of(number: int, culture: str = "DEU", language: str = "en", **good: bool) -> Case:
    """A dialogue with the judge's verdicts: `quality=True`."""
    row = DialogueRecord(
        id=f"test-{number}/{culture}/{language}/1#1",
        culture=culture,
        language=language,
        domain="work",
        adapted=True,
        setting=f"=They meet in house {number}.",
        people=tuple(
            Person(name, "baker", f"G{number}.", f"S{number}.") for name in ("Jonas", "Lena")
        ),
        end="left",
        moves=(Move("Jonas", "speak", f"Line {number}\n\nmore"), Move("Lena", "speak", ATTACK)),
        verdicts=tuple(
            Decision(question, good[question], "VERY-SURE", probability=0.97)
            for question in QUESTIONS
            if question in good
        ),
        dropped="" if all(good.values()) else "QUALITY-BAD",
    )
    return Case("clca", row)


def judged(number: int, culture: str = "DEU", good: bool = True) -> Case:
    return case_of(number, culture, quality=good, fit=good, review=good)


def sheet(tmp_path: Path, text: str, name: str = "ana.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


# -- samples --------------------------------------------------------------------------------------


def test_a_sample_is_balanced_over_cultures_and_over_verdicts() -> None:
    cases = [
        judged(number, culture, good=number % 20 > 0)
        for culture in ("DEU", "MEX")
        for number in range(40)
    ]
    sample = draw_sample(cases, 8, seed=1)
    pairs = Counter((case.row.culture, case.verdicts()["fit"]) for case in sample)
    assert set(pairs.values()) == {2}
    assert draw_sample(cases, 8, seed=1) == sample
    assert draw_sample(cases, 8, seed=2) != sample
    assert {case.id for case in draw_sample(cases, 4, seed=1)} < {case.id for case in sample}
    assert len(draw_sample(cases, 500, seed=1)) == 80


def test_what_rules_turned_down_is_not_drawn() -> None:
    assert draw_sample([case_of(1), judged(2)], 5, seed=1) == [judged(2)]


@pytest.mark.parametrize("dump", [dump_sheet, dump_page])
def test_a_sheet_is_blind_to_the_judge(dump: Any) -> None:
    good, bad = dump([judged(1)]), dump([judged(1, good=False)])
    assert good == bad
    assert "VERY-SURE" not in good
    assert "0.97" not in good
    for shown in ("Line 1", "G1.", "S1.", "house 1"):
        assert shown in good


def test_no_cell_is_a_formula() -> None:
    assert "'=They meet" in dump_sheet([judged(1)])


# -- the page -------------------------------------------------------------------------------------


def test_the_page_runs_its_own_script_only_and_loads_nothing() -> None:
    page = dump_page([judged(1), judged(2, "MEX")])
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in page
    assert "&lt;script&gt;alert(1)" in page
    assert not re.findall(r"(?:src|href)=\"(?!data:,)", page)
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize(
    ("language", "word"), [("zh", "差"), ("de", "schlecht"), ("ja", "悪い"), ("es", "malo")]
)
def test_questions_are_in_the_language_of_the_dialogue(language: str, word: str) -> None:
    page = dump_page([case_of(1, "MEX", language, quality=True)])
    assert f'value="bad"> {word}</label>' in page
    assert page.count("<fieldset") == len(QUESTIONS)
    assert "{culture}" not in page


# -- sheets that are filled in --------------------------------------------------------------------


def test_a_sheet_is_written_filled_in_and_read(tmp_path: Path) -> None:
    cases = [judged(number) for number in range(1, 4)]
    filled = dump_sheet(cases).replace('",,,,', '",good,,bad,fine')
    ana = read_sheet(sheet(tmp_path, filled), cases)
    assert ana.name == "ana"
    assert len(ana.said) == 6
    assert ana.said["clca:test-1/DEU/en/1#1", "quality"]
    assert not ana.said["clca:test-1/DEU/en/1#1", "review"]


def test_spreadsheets_and_languages_may_differ(tmp_path: Path) -> None:
    case = case_of(1, language="de", quality=True)
    text = f"\ufeffDialogue;Quality;fit;review\r\n{case.id};gut;Schlecht.;1\r\n;;;\r\n"
    result = read_sheet(sheet(tmp_path, text), [case])
    assert list(result.said.values()) == [True, False, True]
    others = f"{HEAD}{case.id},不好,bueno,not good\n"  # in any language, as a judge's reply is read
    result = read_sheet(sheet(tmp_path, others), [case])
    assert list(result.said.values()) == [False, True, False]
    tabs = f"dialogue\tquality\tfit\treview\n{case.id}\tgood\n"
    assert list(read_sheet(sheet(tmp_path, tabs), [case]).said.values()) == [True]


HEAD = "dialogue,quality,fit,review\n"
KEY = "test-1/DEU/en/1#1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty: its first row has to name the columns"),
        ("text,note\nx,good\n", "has no column 'dialogue'"),
        ("dialogue,quality\nx,good\n", "has no column 'fit'"),
        (f"{HEAD}other,good,,\n", "row 2: there is no dialogue 'other' in this run"),
        (f"{HEAD}test-1/DEU/en/1,good,,\n", f"Did you mean '{KEY}'"),
        (f"{HEAD}{KEY},perhaps,,\n", "row 2, column 'quality': 'perhaps' is no verdict"),
        (f"{HEAD}{KEY},not bad,,\n", "row 2, column 'quality': 'not bad' is no verdict"),
        (f"{HEAD}{KEY},,,\n", "holds no verdicts"),
        (f"{HEAD}{KEY},good,,\n\n{KEY},bad,,\n", "row 4: the dialogue '.*' stands in row 2"),
        (f"{HEAD}{KEY},good,,,,\n", "row 2: 6 cells, where the header has 4"),
        (f'{HEAD}{KEY},good,,"well\nother,bad,,\n', "row 2: not a line of CSV .unexpected end"),
        (f"adaptation,{HEAD}spa,{KEY},good,,\n", "no dialogue '.*' of the adaptation 'spa'"),
    ],
)
def test_a_sheet_at_fault_is_named_with_its_row(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        read_sheet(sheet(tmp_path, text), [judged(1)])
    assert "\n" not in str(caught.value)
    assert "ana.csv" in str(caught.value)


def test_a_file_that_is_no_sheet_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"There is no file .*none\.csv"):
        read_sheet(tmp_path / "none.csv", [])
    path = tmp_path / "ana.doc"
    path.write_text(HEAD)
    with pytest.raises(ConfigError, match="is none of the formats that can be read"):
        read_sheet(path, [])


def test_a_sheet_may_be_a_workbook_or_in_any_encoding(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    case = case_of(1, language="ja", quality=True)
    book, path = openpyxl.Workbook(), tmp_path / "ana.xlsx"
    for row in (
        ["Dialogue", "quality", "fit", "review", "comment"],
        [None],
        [case.id, "good", 0, None, 'one, "two"\nthree'],
    ):
        book.active.append(row)
    book.save(path)
    result = read_sheet(path, [case])
    assert (result.name, [*result.said.values()]) == ("ana", [True, False])
    kept = tmp_path / "kept.csv"
    kept.write_text(plain_csv(path), encoding="utf-8")
    assert read_sheet(kept, [case]).said == result.said
    assert kept.read_text().splitlines()[0] == "dialogue,quality,fit,review,comment"
    text = f"{HEAD.strip()},comment\n{case.id},良い,悪い,,表\n"
    wide = sheet(tmp_path, "")
    for encoding in ("utf-16", "shift_jis"):
        wide.write_bytes(text.encode(encoding))
        named = "" if encoding == "utf-16" else encoding
        assert [*read_sheet(wide, [case], named).said.values()] == [True, False]


def test_a_dialogue_with_many_commas_is_no_row_of_its_own(tmp_path: Path) -> None:
    head = "adaptation,dialogue,culture,setting,people,transcript,quality,fit,review"
    lines = "1. Anna: a, b, c, d\n2. Ben: one, two, three, four, five, six, seven, eight, nine\n"
    text = f'{head}\n,{KEY},,,,"{lines}",good,,\n'
    assert [*read_sheet(sheet(tmp_path, text), [judged(1)]).said.values()] == [True]


def test_two_adaptations_of_one_dialogue_need_the_column(tmp_path: Path) -> None:
    cases = [judged(1), Case("other", judged(1).row)]
    with pytest.raises(ConfigError, match="clca, other all have a dialogue"):
        read_sheet(sheet(tmp_path, f"{HEAD}{KEY},good,,\n"), cases)
    result = read_sheet(sheet(tmp_path, f"adaptation,{HEAD}other,{KEY},good,,\n"), cases)
    assert list(result.said) == [(f"other:{KEY}", "quality")]


# -- agreement ------------------------------------------------------------------------------------


def rater(name: str, marks: str, whole: bool = False) -> Rater:
    """Marks on the fit of dialogues 0, 1, 2 ...: `+`, `-`, or nothing to say."""
    said = {(str(at), "fit"): mark == "+" for at, mark in enumerate(marks) if mark != " "}
    return Rater(name, said, whole)  # type: ignore[arg-type]


def test_a_judge_is_a_rater_of_everything() -> None:
    result = judge([judged(1), judged(2, good=False), case_of(3)])
    assert len(result.said) == 6
    assert result.whole
    assert not result.said["clca:test-2/DEU/en/1#1", "fit"]


def test_pairs_share_what_both_judged() -> None:
    judging = rater("judge", "++--", whole=True)
    (only,) = agreements([judging, rater("ana", "+ -+"), rater("ben", " ")])
    assert (only.left, only.right, only.n) == ("judge", "ana", 3)
    assert only.table == ((1, 0), (1, 1))
    assert only.share == pytest.approx(2 / 3)
    assert good_shares(only) == pytest.approx((1 / 3, 2 / 3))
    assert only.kappa == pytest.approx(0.4)


def test_full_agreement_has_an_interval_of_some_width() -> None:
    (few,) = agreements([rater("ana", "+-" * 5), rater("ben", "+-" * 5)])
    (many,) = agreements([rater("ana", "+-" * 50), rater("ben", "+-" * 50)])
    assert few.kappa == many.kappa == few.high == 1
    assert few.low is not None
    assert many.low is not None
    assert few.low < 0.8 < 0.9 < many.low
    assert (is_few(few), is_few(many)) == (False, False)


def test_an_interval_that_says_nothing_is_marked() -> None:
    (result,) = agreements([rater("ana", "++---++"), rater("ben", "+-+--+-")])
    assert is_few(result)
    assert not is_few(agreements([rater("ana", "+-" * 40), rater("ben", "++--" * 20)])[0])


def test_one_verdict_for_all_has_no_kappa() -> None:
    (result,) = agreements([rater("ana", "+++"), rater("ben", "+++")])
    assert (result.share, result.kappa, result.low, result.high) == (1, None, None, None)


def test_a_balanced_sample_is_weighed_to_the_run() -> None:
    # the judge finds 90 of 100 good; people saw 10 good ones and 10 bad ones
    whole = rater("judge", "+" * 90 + "-" * 10, whole=True)
    ana = rater("ana", "+" * 8 + "--" + " " * 80 + "-" * 5 + "+" * 5)
    (result,) = agreements([whole, ana])
    assert result.kappa == pytest.approx(0.3)
    # weighed: 72 and 18 of the good, 5 and 5 of the bad; p_o .77, p_e .9 x .77 + .1 x .23
    assert result.run_kappa == pytest.approx((0.77 - 0.716) / (1 - 0.716))
    assert result.run_kappa is not None
    assert result.run_low is not None
    assert result.run_high is not None
    assert result.run_low < result.run_kappa < result.run_high
    (full,) = agreements([whole, rater("second", "+" * 80 + "-" * 20, whole=True)])
    assert full.run_kappa is None


def test_a_verdict_that_nobody_was_shown_cannot_be_weighed() -> None:
    (result,) = agreements([rater("judge", "+++-", whole=True), rater("ana", "++- ")])
    assert result.run_kappa is None


def test_a_judge_of_one_verdict_cannot_be_weighed() -> None:
    (result,) = agreements([rater("judge", "----", whole=True), rater("ana", "--+ ")])
    assert (result.kappa, result.run_kappa) == (0, None)
