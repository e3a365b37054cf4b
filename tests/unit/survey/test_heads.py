"""Files as programs save them: heads in other case, row numbers, encodings, rows that sum up."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acculturate.errors import SurveyError
from acculturate.sheets.heads import check_heads, split_head
from acculturate.sheets.totals import is_total
from acculturate.survey import load_survey, shelf

HEAD = "B_COUNTRY_ALPHA,D_INTERVIEW,W_WEIGHT,Q1,Q2"
ROWS = [f"{'DEU' if n < 4 else 'CHN'},{n},1,{n % 4 + 1},1" for n in range(1, 7)]
Take = Callable[..., str]


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.FOLDER, str(tmp_path / "data"))


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """Import lines as a CSV; gives the findings."""

    def read(*lines: str, **options: Any) -> str:
        path = tmp_path / "people.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        entry = shelf.import_survey(path, "mine", replace_old=True, **options)
        return "\n".join(map(str, entry.findings))

    return read


def people() -> int:
    return len(load_survey("mine").respondents or ())


@pytest.mark.parametrize("spell", [str.lower, str.title])
def test_heads_in_other_case_are_read_and_told(take: Take, spell: Callable[[str], str]) -> None:
    result = take(spell(HEAD), *ROWS)
    assert "heads are in other case than expected ('" in result
    assert people() == 6
    assert load_survey("mine").items.keys() == {"Q1", "Q2"}
    assert "other case" not in take(HEAD, *ROWS)


def test_the_exact_head_goes_before_one_in_other_case(take: Take) -> None:
    take(HEAD.replace("Q2", "q1"), *(f"{row[:-1]}4" for row in ROWS))
    assert load_survey("mine").counts["DEU"]["Q1"] == (0, 1, 1, 1)
    # of two in other case neither is taken
    take("B_COUNTRY_ALPHA,d_interview,D_Interview,Q1", "DEU,70,71,1")
    respondents = load_survey("mine").respondents
    assert respondents is not None
    assert respondents.record(0).id == "2"  # the row


def test_marginals_and_own_layouts_in_other_case(take: Take, tmp_path: Path) -> None:
    take("Culture,ITEM,Code,Count", "DEU,Q57,1,640", "DEU,Q57,2,860")
    assert load_survey("mine").counts["DEU"]["Q57"] == (640, 860)
    layout = tmp_path / "own.toml"
    layout.write_text(
        '[columns]\nculture = "Land"\n[items.trust]\nlike = "Q57"\ncolumn = "Vertrauen"\n'
        '[demographics]\nage = "Alter"\n',
        encoding="utf-8",
    )
    take("LAND,VERTRAUEN,ALTER", "DEU,1,30", "DEU,2,41", layout=layout)
    assert load_survey("mine").counts["DEU"]["trust"] == (1, 1)


@pytest.mark.parametrize(
    "numbers",
    ["Unnamed: 0.1,Unnamed: 0", "Unnamed: 0,Unnamed: 0", ",", "Unnamed: 0_level_0,Unnamed: 1"],
)
def test_row_numbers_saved_with_the_table_are_not_read(take: Take, numbers: str) -> None:
    take(f"{numbers},{HEAD}", *(f"{n},{n},{row}" for n, row in enumerate(ROWS)))
    assert people() == 6
    assert load_survey("mine").items.keys() == {"Q1", "Q2"}


def test_heads_are_split_where_they_have_a_title() -> None:
    assert split_head("Q1: Family") == ("Q1", "Family")
    assert split_head("Unnamed: 0.1") == ("Unnamed: 0.1", "")
    assert split_head("Unnamed: words") == ("Unnamed", "words")
    with pytest.raises(SurveyError, match="the column 'Q1' twice, as columns 1 and 3"):
        check_heads(Path("a.csv"), ["Q1", "", "Q1", ""])


@pytest.mark.parametrize("empty", ["#NULL!", " ", "NA", ".", "<NA>"])
def test_signs_for_no_answer(take: Take, empty: str) -> None:
    take(HEAD, *ROWS, f"CHN,7,1,{empty},1")
    assert people() == 7
    assert sum(load_survey("mine").counts["CHN"]["Q1"]) == 3


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("Avg,,,2.1,1", "row 8, column B_COUNTRY_ALPHA: the row looks like a summary row"),
        ("Avg,,2.1", "row 8: the row holds 3 cells .*: it looks like a summary row"),
        ("CHN,Avg.,1,2,1", "row 8, column D_INTERVIEW: the row of 'Avg.' looks like a summary"),
        ("Grand total,,6,2,1", "row 8, column B_COUNTRY_ALPHA: the row looks like a summary row"),
    ],
)
def test_rows_that_sum_up_are_no_people(take: Take, row: str, place: str) -> None:
    with pytest.raises(SurveyError, match=place):
        take(HEAD, *ROWS, row)
    take(HEAD, *ROWS, row, drop=True)
    assert people() == 6


def test_a_row_that_sums_up_says_so_in_a_column_of_row_numbers(take: Take) -> None:
    with pytest.raises(SurveyError, match=r"row 8, .* looks like a summary row"):
        take(f",{HEAD}", *(f"{n},{row}" for n, row in enumerate(ROWS)), "Mean,,,,2,1")


def test_people_without_a_number_are_told(take: Take) -> None:
    result = take(HEAD, *ROWS, "CHN,,1,2,1")
    assert "row 8, column D_INTERVIEW: no respondent is named: kept, as 'row 8'" in result


@pytest.mark.parametrize(
    ("text", "total"),
    [("TOTAL", True), ("n=1528", True), ("Gesamt", True), ("Sumatra", False), ("Meaning", False)],
)
def test_totals(text: str, total: bool) -> None:
    assert is_total(text) is total


def test_the_encoding_of_labelled_files(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    import pandas as pd

    path = tmp_path / "regions.sav"
    places = ["Thuringen", "Zurich ", "Mexico", "Leon"]
    frame = pd.DataFrame({"b_country_alpha": ["DEU", "DEU", "MEX", "MEX"], "q1": [1.0, 2, 1, 4]})
    frame["n_region_iso"] = places
    pyreadstat.write_sav(frame, str(path))
    # as a program of another time wrote it: one byte for a letter, and a head that says UTF-8
    path.write_bytes(path.read_bytes().replace(b"Zurich ", b"Z\xfcrich "))
    with pytest.raises(SurveyError, match=r"the encoding that it names: .* --encoding latin1"):
        shelf.import_survey(path, "mine")
    with pytest.raises(SurveyError, match="not in klingon"):
        shelf.import_survey(path, "mine", encoding="klingon")
    shelf.import_survey(path, "mine", encoding="latin1")
    respondents = load_survey("mine").respondents
    assert respondents is not None
    assert respondents.record(1).demographics["region"] == "Zürich"


def test_options_that_a_file_has_no_use_for_are_refused(tmp_path: Path, take: Take) -> None:
    import pandas as pd

    path = tmp_path / "people.parquet"
    pd.DataFrame({"culture": ["DEU"], "item": ["Q57"], "code": [1], "count": [3]}).to_parquet(path)
    with pytest.raises(SurveyError, match="no text file: leave out --delimiter"):
        shelf.import_survey(path, "mine", delimiter=";")
    with pytest.raises(SurveyError, match="leave out --encoding"):
        shelf.import_survey(path, "mine", encoding="latin1")
    with pytest.raises(SurveyError, match="--language is for labelled files"):
        take("culture,item,code,count", "DEU,Q57,1,640", language="de")


def test_people_of_worldvaluesbench_who_share_a_number(tmp_path: Path) -> None:
    def bench(people: str, answers: str) -> None:
        for kind, text in (("demographic", people), ("value", answers)):
            lines = text.replace(",", "\t").replace(" ", "\n")
            (tmp_path / f"full_{kind}_qa.tsv").write_text(lines, encoding="utf-8")
        shelf.import_survey(tmp_path, "mine", replace_old=True)

    bench("D_INTERVIEW,B_COUNTRY 1,276 1,156", "d_interview,q1 1,2 1,3")
    assert load_survey("mine").counts["CHN"]["Q1"] == (0, 0, 1, 0)
    with pytest.raises(SurveyError, match="'1' stands several times in the table of people"):
        bench("D_INTERVIEW,B_COUNTRY 1,276 1,156", "D_INTERVIEW,Q1 1,2")
