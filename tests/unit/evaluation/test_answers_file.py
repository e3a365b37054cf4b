import csv
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from acculturate.errors import ConfigError, SurveyError
from acculturate.evaluation.answers_file import read_answers
from acculturate.sheets.findings import Findings
from acculturate.survey import Survey, load_survey


def write(folder: Path, text: str, name: str = "answers.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_arms_and_framings_are_kept_apart(survey: Survey, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "arm,framing,culture,item,answer\n"
        "a,unaware,,T1,1\n"
        "a,aware,XAA,T1,2\n"
        "b,aware,XAA,T1,I would choose 3.\n"
        "b,aware,XAA,T2,\n",
    )
    arms = read_answers(path, survey)
    assert [(arm.arm, arm.framing) for arm in arms] == [
        ("a", "unaware"),
        ("a", "aware"),
        ("b", "aware"),
    ]
    assert [answer.code for arm in arms for answer in arm.answers] == [1, 2, 3, None]
    assert arms[2].answers[0].text == "I would choose 3."
    assert {answer.kind for arm in arms for answer in arm.answers} == {"point"}


def test_an_arm_without_a_name_is_called_by_its_framing_or_file(
    survey: Survey, tmp_path: Path
) -> None:
    plain = read_answers(write(tmp_path, "culture,item,answer\nXAA,T1,1\n"), survey)
    assert (plain[0].arm, plain[0].framing) == ("answers", "")
    framed = read_answers(write(tmp_path, "framing,culture,item,answer\nf,XAA,T1,1\n"), survey)
    assert (framed[0].arm, framed[0].framing) == ("f", "f")


def test_every_format_reads_the_same(survey: Survey, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    pytest.importorskip("pyreadstat")
    rows = [
        {"culture": "XAA", "item": "T1", "answer": 3},
        {"culture": "XAA", "item": "T2", "answer": None},
        {"culture": "XAA", "item": "T3", "answer": 2},
    ]
    frame = pd.DataFrame(rows)  # codes beside a gap: 3.0
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    write(tmp_path, "\n".join(json.dumps(row) for row in rows), "t.jsonl")
    frame.to_csv(tmp_path / "t.tsv", index=False, sep="\t")
    frame.to_csv(tmp_path / "t.txt", index=False, sep="|", encoding="utf-16")
    frame.to_excel(tmp_path / "t.xlsx", index=False)
    frame.to_stata(tmp_path / "t.dta", write_index=False)
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.write(tmp_path / "t.xlsx", "inside.xlsx")
    for ending in ("csv", "tsv", "txt", "parquet", "jsonl", "xlsx", "dta", "zip"):
        (arm,) = read_answers(tmp_path / f"t.{ending}", survey)
        assert [answer.code for answer in arm.answers] == [3, None, 2], ending
        assert arm.arm == "t"


def test_rows_of_a_workbook_are_named_as_it_numbers_them(survey: Survey, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    rows = [("XAA", "T1", 1), (None, None, None), ("XAA", "T2", 7)]
    frame = pd.DataFrame(rows, columns=["culture", "item", "answer"])
    frame.to_excel(tmp_path / "t.xlsx", index=False)
    with pytest.raises(SurveyError, match=r"t\.xlsx, row 4, column 'answer': 7 is not a code"):
        read_answers(tmp_path / "t.xlsx", survey)
    pd.DataFrame().to_excel(tmp_path / "t.xlsx", index=False)
    with pytest.raises(SurveyError, match=r"t\.xlsx is empty: its first row has to name"):
        read_answers(tmp_path / "t.xlsx", survey)


def test_probabilities_may_be_a_list_of_any_format(survey: Survey, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    rows = [{"culture": "XAA", "item": "T2", "probabilities": [0.25, 0.75]}]
    pd.DataFrame(rows).to_parquet(tmp_path / "t.parquet")
    pd.DataFrame([{**rows[0], "probabilities": "[0.25, 0.75]"}]).to_excel(tmp_path / "t.xlsx")
    for name in ("t.parquet", "t.xlsx"):
        (arm,) = read_answers(tmp_path / name, survey)
        assert arm.answers[0].probabilities == (0.25, 0.75), name


def test_how_a_file_was_read_is_told(survey: Survey, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("Culture;ITEM;answer;arm\nXAA;T1;2;für\n".encode("cp1252"))
    findings = Findings("t.csv")
    (arm,) = read_answers(path, survey, findings=findings)
    assert (arm.answers[0].code, arm.arm) == (2, "für")
    assert [finding.what for finding in findings.all] == [
        "2 heads are in other case than expected ('Culture' for 'culture'): read as those",
        "the file is not UTF-8 and was read as cp1252",
    ]
    path.write_bytes("culture,item,answer\nXAA,T1,2番を選ぶ\n".encode("shift_jis"))
    (arm,) = read_answers(path, survey, encoding="shift_jis")
    assert arm.answers[0].text == "2番を選ぶ"
    path.write_text("culture~item~answer\nXAA~T1~2\n")
    (arm,) = read_answers(path, survey, delimiter="~")
    assert arm.answers[0].code == 2
    with pytest.raises(SurveyError, match="leave out --delimiter"):
        read_answers(write(tmp_path, "{}", "t.jsonl"), survey, delimiter=";")


LABELS = {
    "culture": {1: "XAA", 2: "YYY"},
    "item": {1: "T1", 2: "T2"},
    "answer": {1: "Choice a", 2: "Choice b", 3: "Choice c", 4: "Choice d", 9: "No answer"},
}


def labelled(folder: Path, rows: list[tuple[float, float, float]], **answers: Any) -> Path:
    """An SPSS file of numbers with labels; `answers` are those of its answers."""
    pyreadstat = pytest.importorskip("pyreadstat")
    path = folder / "t.sav"
    labels = {**LABELS, **answers}
    pyreadstat.write_sav(
        pd.DataFrame(rows, columns=["culture", "item", "answer"]),
        str(path),
        variable_value_labels=labels,
        missing_ranges={"answer": [9]},
    )
    return path


def test_numbers_with_labels_are_read_by_them(survey: Survey, tmp_path: Path) -> None:
    path = labelled(tmp_path, [(1, 1, 3), (1, 2, 9), (2, 2, 2), (2, 1, float("nan"))])
    (arm,) = read_answers(path, survey)
    assert [(answer.culture, answer.item, answer.code) for answer in arm.answers] == [
        ("XAA", "T1", 3),
        ("XAA", "T2", None),
        ("YYY", "T2", 2),
        ("YYY", "T1", None),
    ]
    assert arm.answers[0].text == "3"
    # what SPSS numbers itself stands in the order of the alphabet
    numbered = {6: "Choice d", 7: "Refused", 8: "Choice a"}
    path = labelled(tmp_path, [(1, 1, 6), (1, 2, 7), (2, 2, 8)], answer=numbered)
    (arm,) = read_answers(path, survey)
    assert [answer.code for answer in arm.answers] == [4, None, 1]


def test_a_number_and_its_label_may_not_differ(survey: Survey, tmp_path: Path) -> None:
    path = labelled(tmp_path, [(1, 1, 2)], answer={2: "Choice a"})
    with pytest.raises(
        SurveyError,
        match=r"row 1, column 'answer': the file calls 2 'Choice a', which is 1 of",
    ):
        read_answers(path, survey)
    path = labelled(tmp_path, [(1, 1, 7)], answer={7: "seventh"})
    with pytest.raises(SurveyError, match=r"row 1, column 'answer': 7 is not a code of item T1"):
        read_answers(path, survey)


def test_a_label_names_a_country(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    path = tmp_path / "t.sav"
    frame = pd.DataFrame([(1.0, "Q1", 1.0)], columns=["culture", "item", "answer"])
    pyreadstat.write_sav(frame, str(path), variable_value_labels={"culture": {1: "Germany"}})
    (arm,) = read_answers(path, load_survey())
    assert arm.answers[0].culture == "DEU"


def test_a_thought_may_be_longer_than_a_block(survey: Survey, tmp_path: Path) -> None:
    thought = "\n".join(f"Reason {n}, and so on" for n in range(100_000))
    text = f'culture,item,answer\nXAA,T1,"<think>{thought}</think>2"\nXAA,T2,1\n'
    (arm,) = read_answers(write(tmp_path, text), survey)
    assert [answer.code for answer in arm.answers] == [2, 1]
    assert csv.field_size_limit() == 131_072


def test_probabilities_follow_the_items_codes_or_name_them(survey: Survey, tmp_path: Path) -> None:
    rows = [
        {"culture": "XAA", "item": "T3", "probabilities": [0.2, 0.7, 0.101]},
        {"culture": "YYY", "item": "T3", "probabilities": {"2": 0.9, "1": 0.1}},
        {"culture": "ZZZ", "item": "T3"},
    ]
    path = write(tmp_path, "\n".join(json.dumps(row) for row in rows), "t.jsonl")
    (arm,) = read_answers(path, survey)
    first, second, third = arm.answers
    assert first.probabilities == pytest.approx((0.2 / 1.001, 0.101 / 1.001, 0.7 / 1.001))
    assert second.probabilities == pytest.approx((0.1, 0.0, 0.9))
    assert third.refused
    csv = write(tmp_path, 'culture,item,probabilities\nXAA,T2,"[0.25, 0.75]"\n')
    assert read_answers(csv, survey)[0].answers[0].probabilities == (0.25, 0.75)


def test_several_answers_to_each_item_are_samples(survey: Survey, tmp_path: Path) -> None:
    path = write(tmp_path, "culture,item,answer\n" + "XAA,T1,1\nXAA,T1,2\nXAA,T2,1\nXAA,T2,\n")
    (arm,) = read_answers(path, survey)
    assert [(answer.kind, answer.sample) for answer in arm.answers] == [
        ("sampled", 0),
        ("sampled", 1),
    ] * 2


def test_respondents_may_answer_the_same_items(survey: Survey, tmp_path: Path) -> None:
    path = write(tmp_path, "culture,item,answer,respondent\nXAA,T1,1,p1\nXAA,T1,2,p2\n")
    (arm,) = read_answers(path, survey)
    assert [answer.respondent for answer in arm.answers] == ["p1", "p2"]
    assert {answer.kind for answer in arm.answers} == {"sampled"}


def test_quoted_texts_may_run_over_lines_and_rows_keep_the_editors_number(
    survey: Survey, tmp_path: Path
) -> None:
    text = 'culture,item,answer\nXAA,T1,"I choose\n\n2."\n\nXAA,T9,1\n'
    with pytest.raises(SurveyError, match=r"row 6, column 'item'.*no item 'T9'"):
        read_answers(write(tmp_path, text), survey)
    (arm,) = read_answers(write(tmp_path, text.replace("T9", "T2")), survey)
    assert arm.answers[0].text == "I choose\n\n2."


BAD_CSV = {
    "culture,item,answr\nXAA,T1,1\n": "no column 'answer' (or 'probabilities'). Is it 'answr'?",
    "culture,question,answer\nXAA,T1,1\n": "no column 'item'. It has culture, question, answer",
    "country,item,answer\nXAA,T1,1\n": "no column 'culture'",
    "culture,item,answer,framming\nXAA,T1,1,a\n": "column 'framming': name it 'framing'",
    "culture,item,answer\nXAA,T1,1\nXAA,T2,3\n": (
        "row 3, column 'answer': 3 is not a code of item T2, which has 1, 2; leave the cell empty"
    ),
    "culture,item,answer\nXAA,T1,-1\n": "-1 is not a code of item T1, which has 1, 2, 3, 4",
    "culture,item,answer,language\nXAA,T1,1,German\n": (
        "row 2, column 'language': 'German' is not a language tag, such as en, de or zh-Hans"
    ),
    "culture,item,answer\nXAA,T5,1\n": "row 2, column 'item': the survey 'toy' has no item 'T5'",
    "culture,item,answer\nXAA,,1\n": "row 2, column 'item': empty",
    "culture,item,answer\nXXY,T1,1\n": "column 'culture': the survey 'toy' holds no people's",
    "culture,item,answer\nXAA,T1,1\nXAA,T2,1\nXAA,T3,1\nXAA,T1,2\n": (
        "row 5, column 'item': T1 for XAA was answered in row 2 already"
    ),
    "culture,item,answer,respondent\nXAA,T1,1,p\nXAA,T1,2,p\n": (
        "row 3, column 'item': T1 for XAA of respondent 'p' was answered in row 2"
    ),
    "culture,item,answer\n,T1,1\nXAA,T2,1\n": "row 3, column 'culture': the arm 'answers' has rows",
    "culture,item,probabilities\nXAA,T2,[0.5]\n": "there are 1; expected 2 probabilities for T2",
    'culture,item,probabilities\nXAA,T2,"[0.5, 0.2]"\n': (
        "they sum to 0.7, not to 1 within 0.01 (--tolerance); expected 2"
    ),
    'culture,item,probabilities\nXAA,T2,"[1.5, -0.5]"\n': "'1.5' is not a probability",
    'culture,item,probabilities\nXAA,T2,"[NaN, 1]"\n': "'nan' is not a probability",
    "culture,item,probabilities\nXAA,T2,half\n": "'half' is not a JSON list",
    'culture,item,probabilities\nXAA,T2,"{""7"": 1}"\n': "'7' is not a code of item T2",
    "culture,item,probabilities\nXAA,T2,0.5\n": "'0.5' is not a list",
    'culture,item,answer,probabilities\nXAA,T2,1,"[0, 1]"\n': "the row has an answer as well",
    'culture,item,answer,probabilities\nXAA,T1,1,\nXAA,T2,,"[0, 1]"\n': (
        "row 3, column 'probabilities': the arm 'answers' has answers and probabilities (row 2)"
    ),
    "answer\n1\n": "the head holds one column only, 'answer'",
    "culture;item;answer\nXAA;T1\n": "row 2: 2 cells, where the header has 3; put a text with",
    "culture,item,answer,item\nXAA,T1,1,T2\n": "has the column 'item' twice",
    "culture,item,answer\nXAA,T1\n": "row 2: 2 cells, where the header has 3",
    "culture,item,answer\nXAA,T1,Yes, but 2\n": "row 2: 4 cells, where the header has 3; put",
    'culture,item,answer\nXAA,T1,"open\n': "row 2: not a line of CSV",
    'culture,item,answer\nXAA,T1,"1\nXAA,T2,2"\n': "row 2: a quotation mark opens here and closes",
    "culture,item,answer\nXAA,T1,1\nculture,item,answer\nXAA,T1,1\n": "row 3: the header again",
    'culture,item,probabilities\nXAA,T2,"[0, 1]"\nXAA,T2,"[0, 1]"\n': (
        "the same 1 answers 2 times over (the first again in row 3): copies are no samples. Take "
        "them out, or say --kind expected"
    ),
    "culture,item,answer\n": "holds no answers",
    "": "is empty",
}


@pytest.mark.parametrize("text", BAD_CSV)
def test_bad_rows_are_named_in_a_sentence(text: str, survey: Survey, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SurveyError, match=re.escape(BAD_CSV[text])) as caught:
        read_answers(path, survey)
    message = str(caught.value)
    assert path.name in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "row 2: not JSON; expected one object a line"),
        ("[1]", "row 2: expected an object with named columns"),
        ('{"culture": "XAA", "culture": "XBB", "item": "T2"}', "row 2: the column 'culture' twice"),
        ('{"culture": "XAA", "item": "T2", "answer": 5}', "row 2, column 'answer': 5 is not"),
    ],
)
def test_bad_json_lines(line: str, message: str, survey: Survey, tmp_path: Path) -> None:
    path = write(tmp_path, f'{{"culture": "XAA", "item": "T1", "answer": 1}}\n{line}\n', "t.jsonl")
    with pytest.raises(SurveyError, match=re.escape(message)):
        read_answers(path, survey)


def test_what_is_no_file_of_answers(survey: Survey, tmp_path: Path) -> None:
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes('{"culture": "\xe9"}'.encode("latin-1"))
    mixed = tmp_path / "mixed.csv"
    mixed.write_bytes("culture,item,answer\nXAA,T1,ééé\n".encode() + b"XAA,T2,\xe9\n")
    chinese = tmp_path / "chinese.csv"
    chinese.write_bytes("culture,item,answer\nXAA,T1,我选择1\n".encode("gb18030"))
    parquet = write(tmp_path, "culture,item,answer\n", "t.parquet")
    cases = {
        tmp_path / "missing.csv": "There is no file",
        tmp_path: "is a folder",
        latin: "is not UTF-8 text",
        mixed: "most of its letters are UTF-8, but row 3, column answer is not",
        chinese: "neither UTF-8 nor Windows-1252: give its encoding, such as --encoding gb18030",
        write(tmp_path, "\n", "empty.jsonl"): "is empty: expected one object a line",
        parquet: "is not a Parquet file",
        write(tmp_path, "x", "t.xlsx"): "cannot be read as a workbook",
        write(tmp_path, "x", "t.doc"): "is none of the formats that can be read",
    }
    for path, message in cases.items():
        with pytest.raises(SurveyError, match=re.escape(message)):
            read_answers(path, survey)


def codes(path: Path, **settings: Any) -> list[int | None]:
    (arm,) = read_answers(path, load_survey(), **settings)
    return [answer.code for answer in arm.answers]


def test_the_language_is_the_columns_or_the_texts_own(tmp_path: Path) -> None:
    rows = [
        ("Q1", "我选择2。"),
        ("Q2", "答案是1"),
        ("Q46", "Ich wähle 3."),
        ("Q3", "No puedo. Es 2."),
    ]
    plain = "".join(f"CHN,{item},{text}\n" for item, text in rows)
    path = write(tmp_path, f"culture,item,answer\n{plain}")
    assert codes(path) == [2, 1, 3, None]
    (arm,) = read_answers(path, load_survey())
    assert {answer.language for answer in arm.answers} == {""}
    tagged = "".join(f"CHN,{item},{text},zh_CN\n" for item, text in rows[:2])
    path = write(tmp_path, f'culture,item,answer,language\n{tagged}CHN,Q3,"2, denn so ist es",de\n')
    assert codes(path) == [2, 1, 2]
    (arm,) = read_answers(path, load_survey())
    assert [answer.language for answer in arm.answers] == ["zh-CN", "zh-CN", "de"]


def test_one_item_in_two_languages_is_asked_once_in_each(survey: Survey, tmp_path: Path) -> None:
    path = write(tmp_path, "culture,item,answer,language\nXAA,T1,1,en\nXAA,T1,2,de\n")
    (arm,) = read_answers(path, survey)
    assert [answer.kind for answer in arm.answers] == ["point", "point"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<think>Some would say 3.</think>\n2", 2),
        ("<THINKING>I would choose 4.</THINKING>I would choose 2.", 2),
        ("<think>I would choose 4", None),
        ("analysisI would choose 4.assistantfinal2", 2),
        ("<reasoning>Option 4?</reasoning>", None),
        ("<think>4</think>11", None),
    ],
)
def test_a_thought_is_no_answer(text: str, code: int | None, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps({"culture": "DEU", "item": "Q1", "answer": text}))
    assert codes(path) == [code]
    (arm,) = read_answers(path, load_survey())
    assert "4" not in arm.answers[0].text


def test_unclear_texts_are_told_by_row(survey: Survey, tmp_path: Path) -> None:
    path = write(
        tmp_path, "culture,item,answer\nXAA,T1,It depends.\nXAA,T2,1\nXAA,T3,I cannot answer.\n"
    )
    (arm,) = read_answers(path, survey)
    assert arm.unclear == (2,)
    assert arm.remark == (
        "The arm 'answers': 1 of 3 answers name no option, several, or a part of one, and count as "
        "refused (row 2)."
    )


def test_up_to_twenty_bad_rows_are_listed_and_counted(survey: Survey, tmp_path: Path) -> None:
    path = write(tmp_path, "culture,item,answer\nXAA,T1,9\nXAA,T2,1\nXAA,T9,1\nXXY,T3,1\n")
    with pytest.raises(SurveyError) as caught:
        read_answers(path, survey)
    lines = str(caught.value).splitlines()
    assert lines[0] == f"{path}: 3 rows cannot be read:"
    assert [line.split(":")[0] for line in lines[1:]] == [
        "  row 2, column 'answer'",
        "  row 4, column 'item'",
        "  row 5, column 'culture'",
    ]
    path = write(tmp_path, "culture,item,answer\n" + "XAA,T1,9\n" * 25)
    with pytest.raises(SurveyError, match=r"25 rows .* of which the first 20 are") as caught:
        read_answers(path, survey)
    assert len(str(caught.value).splitlines()) == 21


@pytest.mark.parametrize(
    ("name", "text"),
    [("t.csv", "culture,item,answer\nXAA,T1\nXAA,T2\n"), ("t.jsonl", "{\n[1]\n")],
)
def test_lines_that_are_no_rows_are_listed(
    name: str, text: str, survey: Survey, tmp_path: Path
) -> None:
    with pytest.raises(SurveyError, match="2 rows cannot be read"):
        read_answers(write(tmp_path, text, name), survey)


@pytest.mark.parametrize(
    "rows", [["XAA,T1,1", "XAA,T2,2"] * 2, ["XAA,T1,1"] * 2 + ["XAA,T2,2"] * 2]
)
def test_a_file_joined_to_itself_is_not_sampled(
    rows: list[str], survey: Survey, tmp_path: Path
) -> None:
    path = write(tmp_path, "culture,item,answer\n" + "\n".join(rows))
    with pytest.raises(
        SurveyError, match=r"the same 2 answers 2 times over \(the first again in row \d\)"
    ):
        read_answers(path, survey)
    (arm,) = read_answers(path, survey, kind="sampled")
    assert {answer.kind for answer in arm.answers} == {"sampled"}


def test_a_file_of_samples_joined_to_itself(survey: Survey, tmp_path: Path) -> None:
    draws = "XAA,T1,1\nXAA,T1,2\nXAA,T2,1\nXAA,T2,1\n"
    read_answers(write(tmp_path, f"culture,item,answer\n{draws}"), survey)
    with pytest.raises(SurveyError, match="the same 4 answers 2 times over"):
        read_answers(write(tmp_path, f"culture,item,answer\n{draws * 2}"), survey)


def test_the_kind_is_said_where_it_cannot_be_seen(survey: Survey, tmp_path: Path) -> None:
    texts = write(tmp_path, "culture,item,answer\nXAA,T1,1\nXAA,T2,2\n")
    shares = write(tmp_path, 'culture,item,probabilities\nXAA,T2,"[0.5, 0.5]"\n', "s.csv")

    def kinds(path: Path, kind: Any) -> set[str]:
        return {
            answer.kind for arm in read_answers(path, survey, kind=kind) for answer in arm.answers
        }

    assert kinds(texts, None) == kinds(texts, "point") == {"point"}
    assert kinds(texts, "sampled") == {"sampled"}
    assert kinds(shares, None) == kinds(shares, "expected") == {"expected"}
    assert kinds(shares, "stated") == {"stated"}
    with pytest.raises(SurveyError, match="has answers and no probabilities"):
        kinds(texts, "stated")
    with pytest.raises(SurveyError, match="has probabilities and no answers"):
        kinds(shares, "point")
    with pytest.raises(ConfigError, match=r"no kind of answers 'sample'\. Did you mean 'sampled'"):
        kinds(texts, "sample")
    several = write(tmp_path, "culture,item,answer\nXAA,T1,1\nXAA,T1,2\n")
    with pytest.raises(SurveyError, match="was answered in row 2 already"):
        kinds(several, "point")


def test_the_tolerance_of_sums_is_settable(survey: Survey, tmp_path: Path) -> None:
    path = write(tmp_path, 'culture,item,probabilities\nXAA,T2,"[0.5, 0.45]"\n')
    with pytest.raises(SurveyError, match=r"sum to 0\.95, not to 1 within 0\.01"):
        read_answers(path, survey)
    (arm,) = read_answers(path, survey, tolerance=0.05)
    assert arm.answers[0].probabilities == pytest.approx((0.5 / 0.95, 0.45 / 0.95))
    with pytest.raises(ConfigError, match=r"tolerance 1 is not in \[0, 1\)"):
        read_answers(path, survey, tolerance=1)
