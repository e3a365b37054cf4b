"""A quotation mark that nobody closes takes rows into a cell: lines and records are counted."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from acculturate.errors import SurveyError
from acculturate.sheets.quoting import Record, flaw_of, records
from acculturate.sheets.sheet import row_number
from acculturate.survey import load_survey, shelf

HEAD = "B_COUNTRY_ALPHA,D_INTERVIEW,W_WEIGHT,Q1,Q2,Q290"
Change = dict[int, str]


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.FOLDER, str(tmp_path / "data"))


def table(changes: Change, head: str = HEAD, end: str = "\n") -> str:
    """Twenty people, some rows (counted as a spreadsheet does) replaced."""
    rows = {n + 1: f"DEU,{n},1,{n % 4 + 1},1,white" for n in range(1, 21)} | changes
    return "".join(f"{row}{end}" for row in [head, *(rows[n] for n in sorted(rows))])


@pytest.fixture
def people(tmp_path: Path) -> Callable[..., int]:
    def read(text: str, written: str = "utf-8", **options: bool | str) -> int:
        path = tmp_path / "people.csv"
        path.write_bytes(text.encode(written))
        shelf.import_survey(path, "mine", replace_old=True, **options)  # type: ignore[arg-type]
        return len(load_survey("mine").respondents or ())

    return read


STRAY = {6: 'DEU,5,1,2,1,"other'}
SWALLOWED = [
    (STRAY, "row 6, column Q290: a quotation mark opens here and never closes"),
    ({20: 'DEU,19,1,2,1,"other'}, "row 20, column Q290.* never closes"),
    ({21: 'DEU,20,1,2,1,"other'}, "row 21, column Q290.* never closes"),
    (STRAY | {11: 'DEU,10,1,2,1,white"'}, "row 6, .* closes in another row"),
    (STRAY | {7: 'DEU,6,1,2,1,white"'}, "row 6, .* closes in another row"),
    (STRAY | {11: 'DEU,10,1,2,1,"white"'}, "row 6, .* closes inside another cell"),
    ({6: 'DEU,5,"1,2,1,a', 7: 'DEU,6,1",2,1,b'}, "row 6, column W_WEIGHT: .* another row"),
    ({6: '"DEU,5,1,2,1,a', 7: 'DEU",6,1,2,1,b'}, "row 6, column B_COUNTRY_ALPHA: .* another row"),
    ({4: 'DEU,3,1,2,1,5" tall', 8: 'DEU,7,1,2,1,"a'}, "row 8, .* never closes"),
]


@pytest.mark.parametrize(("changes", "message"), SWALLOWED)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_in_a_cell_are_an_error(
    people: Callable[..., int], changes: Change, message: str, end: str
) -> None:
    for drop in (False, True):
        with pytest.raises(SurveyError, match=message):
            people(table(changes, end=end), drop=drop)


@pytest.mark.parametrize("head", [f'"{HEAD}', HEAD.replace("Q290", '"Q290')])
def test_a_head_that_never_closes(people: Callable[..., int], head: str) -> None:
    with pytest.raises(SurveyError, match="row 1: a quotation mark opens in the head and never"):
        people(table({}, head))
    with pytest.raises(SurveyError, match=r"row 1, .* closes in|holds one column only"):
        people(table({6: 'DEU,5,1,2,1,white"'}, head))


@pytest.mark.parametrize(
    ("changes", "head"),
    [
        ({}, HEAD),
        ({6: 'DEU,5,1,2,1,"other, said\nin two lines"'}, HEAD),
        ({6: 'DEU,5,1,2,1,"one\n\nthree, with ""marks"""'}, HEAD),
        ({6: 'DEU,5,1,2,1,5" tall'}, HEAD),
        ({6: 'DEU,5,1,2,1,"white"', 7: '"DEU","6","1","2","1","a, b"'}, HEAD),
        ({}, HEAD.replace("Q290", '"Q290: group\n(own words)"')),
        ({}, HEAD.replace("B_COUNTRY_ALPHA", '"B_COUNTRY_ALPHA: country\n(code)"')),
        ({}, f"\n\n{HEAD}"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_cells_that_are_closed_may_run_over_lines(
    people: Callable[..., int], changes: Change, head: str, encoding: str
) -> None:
    assert people(table(changes, head), encoding) == 20


def test_rows_are_counted_as_a_spreadsheet_does(people: Callable[..., int]) -> None:
    blank_and_long = {
        5: 'DEU,4,1,2,1,"a\nb"\n\n',  # row 5 and two blank ones
        9: "DEU,8,1,9,1,white",
        12: "DEU,11",
    }
    with pytest.raises(SurveyError) as caught:
        people(table(blank_and_long))
    assert "row 14: the row holds 2 cells where the head has 6 columns" in str(caught.value)
    assert "row 11, column Q1: the code '9'" in str(caught.value)
    assert people(table(blank_and_long), drop=True) == 19
    assert [row_number(n, [3, 4, 7]) for n in (1, 2, 3, 4, 5, 6)] == [1, 2, 5, 6, 8, 9]


def test_a_byte_that_no_text_holds(people: Callable[..., int]) -> None:
    with pytest.raises(SurveyError, match="line 6: a NUL byte"):
        people(table({6: "DEU,5,1,2,1,wh\0te"}))


def test_a_mark_that_is_declared_beside_the_encoding(people: Callable[..., int]) -> None:
    assert people(table({}), "utf-8-sig", encoding="UTF8") == 20


def test_the_delimiter_is_that_of_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "labels.tsv"
    head = "B_COUNTRY_ALPHA\tQ1: Family, home, and all, or none\tQ2: Friends, near, and far"
    path.write_text(head + "".join(f"\nDEU\t{n}\t1" for n in (1, 2, 3)), encoding="utf-8")
    shelf.import_survey(path, "mine")
    assert load_survey("mine").counts["DEU"]["Q1"] == (1, 1, 1, 0)


@pytest.mark.parametrize(
    ("lines", "flaw"),
    [
        # an answer in words, in a table of three columns
        (['DEU,Q1,"I think\n', 'I, like others, agree"\n'], ""),
        (['DEU,Q1,"Agree\n', 'CHN,Q2,4"\n'], "closes in another row"),
        (['DEU,Q1,"Agree\n', "well\n", 'CHN,Q2,4"\n'], "closes in another row"),
        (['DEU,Q1,"Agree"\n'], ""),
    ],
)
def test_prose_is_no_row(lines: Sequence[str], flaw: str) -> None:
    assert flaw_of(Record(2, lines, True), ",", 3) == flaw


def test_lines_are_put_together() -> None:
    lines = ['a,"b\n', 'c"\n', 'd,e" f\n', '"g""\n', '",h\n', 'i,"j\n']
    result = [
        (record.row, len(record.lines), record.closed) for record in records(iter(lines), ",")
    ]
    assert result == [(1, 2, True), (2, 1, True), (3, 2, True), (4, 1, False)]
