"""What is wrong with a file is found, and said with its row and column."""

import re
from pathlib import Path

import pytest

from acculturate.errors import SurveyError
from acculturate.survey import load_survey, shelf

HEAD = "B_COUNTRY_ALPHA,D_INTERVIEW,W_WEIGHT,Q1,Q57,Q262,N_TOWN"
ROWS = [
    "DEU,1,1,1,1,30,Ulm",
    "DEU,2,1,2,2,40,Bonn",
    "CHN,3,1,3,1,50,Wuhan",
    "CHN,4,1,4,2,60,Xi'an",
]
LAYOUT = 'extends = "wvs7"\n[demographics]\ntown = "N_TOWN"\n'


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.FOLDER, str(tmp_path / "data"))


def write(text: str | bytes, name: str = "wvs.csv") -> Path:
    path = Path(name)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def table(*more: str) -> str:
    return "\n".join([HEAD, *ROWS, *more]) + "\n"


def refused(text: str | bytes, **options: str) -> str:
    with pytest.raises(SurveyError) as caught:
        shelf.import_survey(write(text), "mine", **options)  # type: ignore[arg-type]
    assert shelf.shelf_names() == ()
    return str(caught.value)


def notes() -> str:
    return "\n".join(map(str, shelf.read_entry("mine").findings))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "DEU,5,1,17,1,20,Ulm",
            "row 6, column Q1: the code '17' is none of the item's (1, 2",
        ),
        ("DEU,5,1,1.5,1,20,Ulm", "row 6, column Q1: the label '1.5' is none of"),
        ("DEU,5,1,0,1,20,Ulm", "row 6, column Q1: the code '0' is none of"),
        ("DEU,5,1,Rather so,1,20,Ulm", "row 6, column Q1: the label 'Rather so' is none of"),
        ("DEU,5,-1,1,1,20,Ulm", "row 6, column W_WEIGHT: '-1' is no weight"),
        ("DEU,5,,1,1,20,Ulm", "row 6, column W_WEIGHT: 'nothing' is no weight"),
        ("XYZ,5,1,1,1,20,Ulm", "row 6, column B_COUNTRY_ALPHA: 'XYZ' is no territory"),
        (",5,1,1,1,20,Ulm", "row 6, column B_COUNTRY_ALPHA: the row does not say where"),
        (",,,,,,", "row 6, column B_COUNTRY_ALPHA: the row is blank"),
        (
            "Total,4,4,2.5,1.5,45,",
            "row 6, column B_COUNTRY_ALPHA: the row looks like a summary",
        ),
        ("N = 4,,,,,,", "row 6, column B_COUNTRY_ALPHA: the row looks like a summary"),
        ("DEU,2,1,2,2,40,Bonn", "row 6: the respondent '2' stands here again, as in row 3"),
        ("DEU,5,1,1", "row 6: the row holds 4 cells where the head has 7 columns"),
        ("Source: made up", "row 6: the row holds 1 cells where the head has 7 columns: it looks"),
    ],
)
def test_a_row_that_cannot_be(row: str, said: str) -> None:
    message = refused(table(row))
    assert said in message
    assert "--drop" in message
    shelf.import_survey(write(table(row)), "mine", drop=True)
    survey = load_survey("mine")
    assert said in notes()
    people = survey.respondents
    assert people is not None
    # bad cells are left out, bad rows are left out; the four good people stay
    assert [people.record(n).id for n in range(4)] == ["1", "2", "3", "4"]
    assert len(people) == (5 if "column Q1" in said else 4)
    assert survey.counts["DEU"]["Q1"] == (1, 1, 0, 0)


def test_rows_are_counted_past_those_that_cannot_be_read() -> None:
    message = refused("\n".join([HEAD, ROWS[0], "cut,off", *ROWS[1:], "DEU,9,1,9,1,20,Ulm"]))
    assert "row 3: the row holds 2 cells" in message
    assert "row 7, column Q1: the code '9'" in message


def test_one_code_in_many_rows_is_one_finding() -> None:
    message = refused(table(*[f"DEU,{n},1,9,1,20,Ulm" for n in range(5, 38)]))
    assert "row 6, column Q1: the code '9' is none of the item's (1, 2, 3, 4) (33 rows)" in message


def test_many_codes_are_counted() -> None:
    message = refused(table(*[f"DEU,{n},1,{n},1,20,Ulm" for n in range(5, 25)]))
    assert "and 3 more" in message
    shelf.import_survey(
        write(table(*[f"DEU,{n},1,{n},1,20,U" for n in range(5, 25)])), "mine", drop=True
    )
    assert "row 11, column Q1: 15 more codes that the item does not have (15 rows)" in notes()


def test_different_people_under_one_number_are_kept_and_told() -> None:
    shelf.import_survey(write(table("DEU,2,1,3,1,41,Ulm", "DEU,2,1,4,1,42,Ulm")), "mine")
    people = load_survey("mine").respondents
    assert people is not None
    assert [people.record(n).id for n in (1, 4, 5)] == ["2", "2#2", "2#3"]
    assert "row 3: 3 people with different answers share the respondent '2'" in notes()


def test_mixed_encodings_are_placed() -> None:
    rows = (
        table().encode()
        + "DEU,5,1,1,1,20,Köln\n".encode()
        + "DEU,6,1,1,1,20,Köln\n".encode("cp1252")
    )
    assert "row 7, column N_TOWN is not" in refused(rows)
    # letters that are cut by the end of a block are no error
    padding = "\n".join(f"DEU,{n},1,1,1,20,Ö" for n in range(10, 9000))
    write((table() + padding).encode())
    shelf.import_survey("wvs.csv", "mine")


def test_one_other_encoding_is_read_and_told() -> None:
    layout = write(LAYOUT, "layout.toml")
    file = write(table("DEU,5,1,1,1,20,Köln").encode("cp1252"))
    shelf.import_survey(file, "mine", layout=layout)
    people = load_survey("mine").respondents
    assert people is not None
    assert people.record(4).demographics["town"] == "Köln"
    assert "not UTF-8 and was read as cp1252" in notes()
    file = write(table("CHN,5,1,1,1,20,北京").encode("gb18030"))
    shelf.import_survey(file, "gb", layout=layout, encoding="gb18030")
    assert "as cp1252" not in "".join(map(str, shelf.read_entry("gb").findings))
    people = load_survey("gb").respondents
    assert people is not None
    assert people.record(4).demographics["town"] == "北京"


def test_an_encoding_that_does_not_fit_is_said() -> None:
    japanese = table("JPN,5,1,1,1,20,神戸。").encode("shift_jis")
    layout = write(LAYOUT, "layout.toml")
    assert "give its encoding" in refused(japanese, layout=str(layout))
    assert "give its encoding" in refused(japanese, layout=str(layout), encoding="nonsense")
    shelf.import_survey("wvs.csv", "mine", layout=layout, encoding="shift_jis")
    people = load_survey("mine").respondents
    assert people is not None
    assert people.record(4).demographics["town"] == "神戸。"


def test_people_without_a_number_are_told_apart_by_their_row() -> None:
    shelf.import_survey(write(table("DEU,,1,1,1,20,Ulm", "DEU,,1,1,1,20,Ulm")), "mine")
    people = load_survey("mine").respondents
    assert people is not None
    assert list(people.ids[4:]) == ["row 6", "row 7"]


def test_a_culture_whose_people_weigh_nothing_is_told() -> None:
    text = "B_COUNTRY_ALPHA,D_INTERVIEW,W_WEIGHT,Q1\nDEU,1,0,1\nDEU,2,0,2\nKEN,3,1,2\n"
    said = "column W_WEIGHT: all people of DEU have the weight 0, so that none of them counts"
    assert said in refused(text)


def test_a_cell_that_no_table_holds_is_told() -> None:
    row = f"DEU,1,{'x' * 140_000}"
    assert "A cell of a row that begins with 'DEU,1,xxx" in refused(
        f"B_COUNTRY_ALPHA,Q1,Q290\n{row}\n"
    )


def test_a_delimiter_is_one_character() -> None:
    text = "B_COUNTRY_ALPHA,D_INTERVIEW,Q1\nDEU,1,2\n"
    said = "--delimiter takes one character, such as ';', not ';;'."
    assert said in refused(text, delimiter=";;")
    shelf.import_survey(write(text.replace(",", "\t")), "mine", delimiter="\\t")


def test_a_record_that_is_none_is_told() -> None:
    shelf.import_survey(write("B_COUNTRY_ALPHA,D_INTERVIEW,Q1\nDEU,1,2\n"), "mine")
    next(shelf.shelf_folder().rglob("survey.json")).write_text("[]")
    with pytest.raises(SurveyError, match="imported by another version"):
        shelf.read_entry("mine")


def test_letters_without_width_are_no_part_of_a_head() -> None:
    text = "\ufeff\ufeffB_COUNTRY_ALPHA,D_INTERVIEW,\u200bQ1\nDEU,1,2\n"
    shelf.import_survey(write(text.encode()), "mine")
    assert load_survey("mine").counts["DEU"]["Q1"] == (0, 1, 0, 0)


def test_an_archive_that_is_none_is_told() -> None:
    path = write(b"PK\x03\x04 and no more", "wave.zip")
    with pytest.raises(SurveyError, match="is no archive, or a damaged one"):
        shelf.import_survey(path, "mine")


def test_delimiters() -> None:
    shelf.import_survey(write(table().replace(",", ";")), "mine")
    shelf.import_survey(write(table().replace(",", "|")), "bars")
    assert load_survey("mine").counts == load_survey("bars").counts
    message = refused_beside(HEAD + "\n" + "\n".join(ROWS).replace(",", ";"))
    assert "The head is separated by a comma, row 2 by a semicolon" in message
    message = refused_beside(table().replace(",", " "))
    assert "the head holds one column only" in message


def refused_beside(text: str | bytes) -> str:
    with pytest.raises(SurveyError) as caught:
        shelf.import_survey(write(text, "other.csv"), "other")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04rest", "is an Excel file or an archive"),
        (
            HEAD.replace("Q57", "Q1") + "\n" + ROWS[0],
            "has the column 'Q1' twice, as columns 4 and 5",
        ),
        ("a,b\n1,2\n", "none of the known formats"),
        (HEAD + "\n", "holds no respondents"),
        (HEAD + "\nXYZ,1,1,1,1,20,Ulm\n", "'XYZ' is no territory"),
    ],
)
def test_files_that_are_no_table(text: str | bytes, said: str) -> None:
    assert said in refused(text)


def test_quotes_hold_delimiters_and_lines() -> None:
    rows = table('DEU,5,1,1,1,20,"Ulm, ""the"" town\nby the Danube"')
    shelf.import_survey(write(rows), "mine", layout=write(LAYOUT, "layout.toml"))
    people = load_survey("mine").respondents
    assert people is not None
    assert people.record(4).demographics["town"] == 'Ulm, "the" town\nby the Danube'


def test_a_head_may_run_over_lines() -> None:
    rows = table().replace("Q1,", '"Q1: How much\nfamily counts",')
    shelf.import_survey(write(rows), "mine")
    assert load_survey("mine").counts["DEU"]["Q1"] == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("[columns]\ncultur = 'B_COUNTRY_ALPHA'", "there is no key 'columns.cultur'"),
        ("[columns]\nculture = 'B_COUNTRY_ALPHA'\n", "The layout describes no items"),
        ("[cultures]\nDE = 'DEX'", "[cultures] reads 'DE' as 'DEX'."),
        (
            "[items.Q1]\ncodes = [1, 2]\nstem = 'A?'\noptions = ['x', 'y']\nlabels = { z = 7 }",
            "the item 'Q1' reads a cell as the code 7, which is none of its codes",
        ),
        ("extends = 'wvs8'", "extends = 'wvs8' is none of the shipped layouts"),
        (
            "[columns]\nculture = 'land'\n[items.Q1]\nlike = 'Q1'",
            "has no column land, which says where",
        ),
        (
            "[columns]\nculture = 'B_COUNTRY_ALPHA'\n[items.Q2]\nlike = 'Q2'",
            "has no column 'Q2'.",
        ),
        (
            "[columns]\nculture = 'B_COUNTRY_ALPHA'\n[items.Q1]\ncodes = [1]\nstem = 'A?'",
            "The item 'Q1' needs `codes`",
        ),
        (
            "[columns]\nculture = 'B_COUNTRY_ALPHA'\n[items.Q1]\ncodes = [1, 2]\n"
            "stem = 'A?'\noptions = ['x']",
            "has 2 codes and 1 options",
        ),
        (
            "[columns]\nculture = 'B_COUNTRY_ALPHA'\n[missing]\ncodes = [8, 9]\n[items.Q1]\n"
            "codes = [0, 8]\nstem = 'A?'\noptions = ['x', 'y']",
            "the code 8 of the item 'Q1' is one of its options and named as missing",
        ),
        (
            "extends = 'wvs7'\n[groups.east]\nterritory = 'DEU'\nwhere = { age = ['1'] }\n"
            "name = 'x'\ndemonym = 'x'\nadjective = 'x'",
            "is called DEU-something",
        ),
        (
            "extends = 'wvs7'\n[groups.DEU-east]\nterritory = 'DEU'\nwhere = { agee = ['1'] }\n"
            "name = 'x'\ndemonym = 'x'\nadjective = 'x'",
            "none of [demographics]. Did you mean 'age'?",
        ),
    ],
)
def test_layouts_that_cannot_be(layout: str, said: str) -> None:
    from acculturate.errors import AcculturateError

    with pytest.raises(AcculturateError, match=re.escape(said)):
        shelf.import_survey(write(table()), "mine", layout=write(layout, "layout.toml"))


@pytest.mark.parametrize("name", ["", "../x", "wvs7-marginals", "a b"])
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(SurveyError, match="cannot be called"):
        shelf.import_survey(write(table()), name)


def test_formats_and_files_that_are_not_there() -> None:
    with pytest.raises(SurveyError, match=r"no format 'wvs'\. Did you mean 'wvs7'"):
        shelf.import_survey(write(table()), "mine", format="wvs")
    with pytest.raises(SurveyError, match=r"no file nowhere\.csv"):
        shelf.import_survey("nowhere.csv", "mine")
    with pytest.raises(SurveyError, match="none of the formats"):
        shelf.import_survey(write("x", "a.docx"), "mine")
