"""Every format that a survey comes in, read from small made-up files, and put on the shelf."""

import json
import re
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from acculturate.culture import find_culture
from acculturate.errors import SurveyError
from acculturate.survey import Survey, load_survey, shelf, survey_names
from acculturate.survey.builtin import load_builtin
from acculturate.survey.fictitious import fictitious_survey, write_wvs7_csv
from acculturate.survey.respondents import MISSING, NO_ANSWER
from acculturate.survey.summary import summary

FILES = Path(__file__).parents[2] / "fixtures" / "surveys"
DOCS = Path(__file__).parents[3] / "docs" / "surveys.md"


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.FOLDER, str(tmp_path / "data"))


def recipe(heading: str) -> Path:
    """The TOML under a heading of docs/surveys.md, as a file."""
    part = DOCS.read_text(encoding="utf-8").split(f"{heading}\n")[1]
    match = re.search(r"```toml\n(.*?)```", part, re.DOTALL)
    assert match
    path = Path(f"{heading.strip('# ').replace(' ', '-')}.toml")
    path.write_text(match[1], encoding="utf-8")
    return path


def imported(file: str, name: str = "mine", **options: Any) -> Survey:
    shelf.import_survey(FILES / file, name, **options)
    return load_survey(name)


def answers(survey: Survey, item: str) -> list[int | None]:
    people = survey.respondents
    assert people is not None
    return [people.record(row).answers.get(item) for row in range(len(people))]


def notes(name: str = "mine") -> str:
    return "\n".join(map(str, shelf.read_entry(name).findings))


def test_wvs7_with_codes() -> None:
    survey = imported("wvs7_codes.csv")
    assert survey.cultures == ("DEU", "MAR", "NIR")  # MOR is Morocco
    assert answers(survey, "Q1") == [1, 2, None, 1, 1, 4]
    assert answers(survey, "Q56") == [3, 2, 1, 1, 1, 3]
    assert answers(survey, "Q177") == [10, 1, 5, 1, 1, 7]
    # zero is an answer where the codebook has it
    assert answers(survey, "Q94") == [0, 2, 1, None, None, 0]
    assert answers(survey, "Q119") == [0, 4, 1, 3, 2, None]
    assert answers(survey, "Q241") == [0, 10, 7, 8, 9, 5]
    # counts follow the scale: better, the same, worse
    unweighted = load_survey("mine", weighted=False)
    assert unweighted.counts["DEU"]["Q56"] == (1, 1, 1)
    assert survey.counts["DEU"]["Q56"] == pytest.approx((1, 1.5, 0.5))
    assert "Q94" not in survey.counts["MAR"]
    assert "MAR has no answers to 1 items (Q94)" in notes()
    people = survey.respondents
    assert people is not None
    assert people.record(0).demographics == {
        "age": "34",
        "sex": "male",
        "age_group": "25-34",
        "urban_rural": "urban",
        "education": "bachelor or the like",
        "region": "276011",
        "year": "2018",
    }
    assert "education" not in people.record(1).demographics
    assert survey.item("Q1") == load_builtin().item("Q1")


def test_wvs7_label_export() -> None:
    survey = imported("wvs7_labels.csv")
    assert survey.cultures == ("DEU", "HKG", "MAC")
    assert answers(survey, "Q1") == [1, 4, None, None]
    assert answers(survey, "Q39") == [1, 3, 5, 2]
    assert answers(survey, "Q56") == [1, 3, 2, None]
    assert answers(survey, "Q119") == [0, 4, 1, 3]
    # beside "Very bad", "Rather bad" is the second option
    assert answers(survey, "Q121") == [2, 5, 3, 1]
    assert answers(survey, "Q177") == [1, 10, 2, 9]
    assert answers(survey, "Q241") == [0, 10, 10, 1]
    # the file's own texts are one more wording, after the product's
    own = load_builtin().item("Q2").wordings["en"]
    both = survey.item("Q2").wordings["en"]
    assert both[: len(own)] == own
    assert both[-1].stem == "Friends are important"
    assert both[-1].texts[1] == "Rather important"
    assert survey.item("Q177").wordings["en"][-1].texts[-1] == "Always justifiable"
    # a text is missing for one option of Q1, so there is no official wording
    assert len(survey.item("Q1").wordings["en"]) == len(load_builtin().item("Q1").wordings["en"])


def test_spss_and_stata(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    import pandas as pd

    frame = pd.read_csv(FILES / "wvs7_codes.csv").drop(columns="version")
    titles = ["" if name != "Q1" else "Q1: Family in life" for name in frame.columns]
    labels = {
        "Q1": {1: "Very much", 2: "Rather", 3: "Little", 4: "Not", -1: "Don't know"},
        "N_REGION_ISO": {276011: "Westland", 276012: "Eastland", -4: "Not asked"},
    }
    for ending, write in (("sav", pyreadstat.write_sav), ("dta", pyreadstat.write_dta)):
        path = tmp_path / f"wave.{ending}"
        write(frame, str(path), column_labels=titles, variable_value_labels=labels)
        shelf.import_survey(path, ending)
        survey = load_survey(ending)
        assert answers(survey, "Q1") == [1, 2, None, 1, 1, 4]
        assert survey.item("Q1").wordings["en"][-1].stem == "Family in life"
        assert survey.item("Q1").wordings["en"][-1].texts == (
            "Very much",
            "Rather",
            "Little",
            "Not",
        )
        people = survey.respondents
        assert people is not None
        assert people.record(1).demographics["region"] == "Eastland"
        assert "region" not in people.record(3).demographics


def test_an_archive_is_read_as_the_file_in_it(tmp_path: Path) -> None:
    path = tmp_path / "wvs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(FILES / "wvs7_codes.csv", "inside/WVS.csv")
    shelf.import_survey(path, "mine")
    assert len(load_survey("mine").respondents or ()) == 6
    with zipfile.ZipFile(path, "a") as archive:
        archive.write(FILES / "ess.csv", "other.csv")
    with pytest.raises(SurveyError, match="holds 2 data files"):
        shelf.import_survey(path, "two")


def test_parquet_and_excel_like_text(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.read_csv(FILES / "wvs7_codes.csv")
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_csv(tmp_path / "b.tsv", sep="\t", index=False, encoding="utf-16")
    frame.to_csv(tmp_path / "c.csv", sep=";", decimal=",", index=False, encoding="utf-8-sig")
    for file in ("a.parquet", "b.tsv", "c.csv"):
        shelf.import_survey(tmp_path / file, "mine", replace_old=True)
        survey = load_survey("mine")
        assert survey.counts["DEU"]["Q56"] == pytest.approx((1, 1.5, 0.5)), file
        assert answers(survey, "Q177") == [10, 1, 5, 1, 1, 7], file


def test_workbooks(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    import csv

    book = openpyxl.Workbook()
    with (FILES / "wvs7_labels.csv").open(encoding="utf-8") as file:
        for row in csv.reader(file):
            book.active.append(row)
    book.active.append([None] * 13)
    book.save(tmp_path / "wvs.xlsx")
    shelf.import_survey(tmp_path / "wvs.xlsx", "mine")
    assert answers(load_survey("mine"), "Q119") == [0, 4, 1, 3]
    (tmp_path / "b.xlsx").write_text("no workbook")
    with pytest.raises(SurveyError, match="cannot be read as a workbook"):
        shelf.import_survey(tmp_path / "b.xlsx", "broken")


def test_worldvaluesbench_is_turned_back_where_it_can_be() -> None:
    survey = imported("full_value_qa.tsv")
    assert survey.cultures == ("USA", "TUR", "TWN")
    assert answers(survey, "Q56") == [3, 2, 1]  # the bench has worse off last
    assert answers(survey, "Q119") == [0, 4, 1]
    assert survey.item("Q241").codes == tuple(range(1, 11))
    assert survey.item("Q254").codes == (1, 2, 3, 4)
    assert survey.item("Q111").codes == (1, 2)
    whole = load_builtin().item("Q241").wording().texts
    texts = survey.item("Q241").wording().texts
    assert len(texts) == 10
    assert (texts[0], texts[-1]) == (whole[0], whole[-1])
    assert not survey.weighted
    people = survey.respondents
    assert people is not None
    assert people.record(0).demographics == {"age": "55", "sex": "Male", "urban_rural": "Urban"}


def test_globalopinionqa_tells_what_cannot_be() -> None:
    with pytest.raises(SurveyError) as caught:
        shelf.import_survey(FILES / "global_opinions.csv", "mine")
    assert "row 4, column selections: S. Korea: the shares add up to 0.90, not to 1" in str(
        caught.value
    )
    assert "and 1 more" in str(caught.value)
    survey = imported("global_opinions.csv", drop=True)
    result = notes()
    assert "row 4, column selections: Kenya: 3 shares for 2 options" in result
    assert "row 4, column selections: Peru: a share is not between 0 and 1" in result
    assert "row 5, column options: an option stands twice" in result
    assert "row 3: the answers of TUR look turned round" in result
    assert survey.counts["FRA"]["G1"] == pytest.approx((1000 / 3, 4000 / 9, 2000 / 9))
    assert "'India (Old national sample)'" in result
    assert list(survey.items) == ["G1", "G2", "G3", "G5"]
    assert [item.scale for item in survey.items.values()] == [
        "ordinal",
        "ordinal",
        "nominal",
        "ordinal",
    ]
    # the share of "Don't know" is taken out of the whole
    assert survey.item("G1").wording().texts == ("Very good", "Somewhat good", "Not too good")
    assert survey.counts["DEU"]["G1"] == pytest.approx((2000 / 9, 5000 / 9, 2000 / 9))
    assert survey.counts["IND"]["G1"] == pytest.approx((4000 / 9, 3000 / 9, 2000 / 9))
    assert survey.item("G5").wording().texts == ("Not at all", "", "", "Wholly")


def test_evs_and_wvs_by_a_map_of_codes() -> None:
    survey = imported("evs_wvs_joint.csv")
    assert survey.cultures == ("DEU", "MEX", "AUT")
    assert survey.culture("AUT").demonym == "an Austrian"
    assert answers(survey, "Q7") == [1, 2, None, None]  # mentioned 1, not mentioned 0 there
    assert answers(survey, "Q19") == [2, 1, 2, 2]
    assert answers(survey, "Q165") == [1, 2, 1, 1]
    assert answers(survey, "Q57") == [1, 2, 2, 2]
    assert answers(survey, "Q171") == [4, 7, 1, 1]
    assert answers(survey, "Q173") == [1, None, 1, 1]
    assert survey.item("Q7").wordings == load_builtin().item("Q7").wordings
    assert survey.weighted


def test_a_map_of_ones_own_over_the_shipped_one(tmp_path: Path) -> None:
    layout = recipe("in a layout of your own:")
    file = tmp_path / "series.csv"
    file.write_text(
        "S002VS,S003,S007,S017,A165,E023\n6,276,1,1,1,1\n7,276,2,1,2,3\n7,36,3,1,1,-1\n"
    )
    shelf.import_survey(file, "mine", layout=layout)
    survey = load_survey("mine")
    assert survey.cultures == ("DEU", "AUS")
    assert answers(survey, "Q57") == [2, 1]
    assert answers(survey, "Q199") == [3, None]


def test_ess_recipe() -> None:
    survey = imported("ess.csv", layout=recipe("### European Social Survey"))
    assert survey.cultures == ("DEU", "GBR", "FRA")
    assert answers(survey, "ppltrst") == [7, None, 0, 10]
    assert answers(survey, "polintr") == [2, 1, 4, None]
    assert survey.item("ppltrst").wording().anchored
    assert survey.culture("FRA").demonym == "a French person"
    # a weight of 1.2 answered, one of 0.8 did not
    assert survey.no_answer_share("DEU", "ppltrst") == pytest.approx(0.4)
    people = survey.respondents
    assert people is not None
    assert people.record(1).demographics == {"sex": "female"}


def test_issp_recipe() -> None:
    survey = imported("issp.csv", layout=recipe("### ISSP"))
    assert survey.cultures == ("DEU", "JPN")
    assert answers(survey, "v1") == [5, None, 1]
    assert answers(survey, "v21") == [1, 2, None]
    people = survey.respondents
    assert people is not None
    assert people.weight_N.tolist() == pytest.approx([0.9, 1.1, 1.0])


def test_afrobarometer_recipe() -> None:
    survey = imported("afrobarometer.csv", layout=recipe("### Afrobarometer"))
    assert survey.cultures == ("KEN", "NGA")
    assert answers(survey, "trust-president") == [0, 3, None]
    assert answers(survey, "democracy") == [3, None, 1]
    assert not survey.item("democracy").reversible
    people = survey.respondents
    assert people is not None
    assert "age" not in people.record(1).demographics


def test_groups_inside_a_territory() -> None:
    layout = recipe("## Groups inside a territory")
    shelf.import_survey(FILES / "wvs7_codes.csv", "plain")
    with pytest.raises(SurveyError, match="USA"):
        shelf.import_survey(FILES / "wvs7_codes.csv", "mine", layout=layout)
    text = layout.read_text(encoding="utf-8").replace("USA", "MAR")
    layout.write_text(text, encoding="utf-8")
    survey = imported("wvs7_codes.csv", layout=layout)
    assert survey.cultures == ("DEU", "MAR", "NIR", "DEU-east", "MAR-young")
    assert survey.counts["DEU-east"]["Q56"] == pytest.approx((4 / 3, 0, 2 / 3))
    assert load_survey("mine", weighted=False).counts["DEU-east"]["Q56"] == (1, 0, 1)
    assert survey.sample_sizes["MAR-young"] == 1
    east = survey.culture("DEU-east")
    assert (east.demonym, east.languages, east.zone) == (
        "an East German",
        find_culture("DEU").languages,
        find_culture("DEU").zone,
    )
    assert survey.people(["DEU-east", "DEU"], survey.select(["Q56"])).n_CI.tolist() == [[2], [3]]


def test_marginals() -> None:
    survey = imported("marginals.csv")
    assert survey.counts["DEU"]["Q56"] == (50, 30, 20)  # in scale order: the same before worse
    assert survey.counts["MEX"]["Q57"] == (100, 900)
    assert survey.respondents is None
    assert shelf.read_entry("mine").kind == "marginals"


def test_no_answer_is_told_from_not_asked() -> None:
    imported("wvs7_codes.csv")
    survey = load_survey("mine", weighted=False)
    # -1 and -2 are people who were asked; -4 and -5 are not
    assert (survey.no_answer["DEU"]["Q1"], survey.no_answer["DEU"]["Q57"]) == (1, 1)
    assert survey.no_answer_share("DEU", "Q1") == pytest.approx(1 / 3)
    assert survey.no_answer_share("MAR", "Q1") == 0
    assert survey.no_answer_share("MAR", "Q94") is None  # nobody was asked
    # weights 1.5 and 0.5 answered, for two people; 1 did not
    assert load_survey("mine").no_answer["DEU"]["Q1"] == pytest.approx(1)
    people = survey.respondents
    assert people is not None
    assert "Q1" not in people.record(2).answers


def test_labels_tell_no_answer_from_not_asked() -> None:
    survey = imported("wvs7_labels.csv")
    people = survey.respondents
    assert people is not None
    assert people.answer_IN[0].tolist() == [0, 3, NO_ANSWER, MISSING]


def test_codes_that_spss_declares_missing_are_told_by_their_labels(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    import pandas as pd

    frame = pd.read_csv(FILES / "wvs7_codes.csv").drop(columns="version")
    # as WVS-7's own SPSS file has them: codes below 0 are declared missing
    labels = {"Q1": {-1: "Don't know", -4: "Not asked"}, "Q57": {-2: "Refused", -4: "Not asked"}}
    ranges = {name: [{"lo": -5, "hi": -1}] for name in ("Q1", "Q57", "Q275")}
    path = tmp_path / "wave.sav"
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels, missing_ranges=ranges)
    shelf.import_survey(path, "mine")
    survey = load_survey("mine", weighted=False)
    assert answers(survey, "Q1") == [1, 2, None, 1, 1, 4]
    assert (survey.no_answer["DEU"]["Q1"], survey.no_answer["DEU"]["Q57"]) == (1, 1)
    assert survey.no_answer["DEU"]["Q56"] == 0
    people = survey.respondents
    assert people is not None
    assert "education" not in people.record(1).demographics


def test_a_label_of_a_code_has_to_mean_its_option(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    import pandas as pd

    frame = pd.DataFrame({"B_COUNTRY_ALPHA": ["DEU", "DEU"], "Q1": [1, 4], "Q2": [2, 3]})
    turned = {"Q1": {1: "Not at all important", 4: "Very important"}}
    path = tmp_path / "turned.sav"
    pyreadstat.write_sav(frame, str(path), variable_value_labels=turned)
    said = "row 1, column Q1: the number and the text of the label '1: Not at all important' mean"
    with pytest.raises(SurveyError, match=said):
        shelf.import_survey(path, "mine")


def test_labels_of_codes_that_an_item_lacks_may_say_no_answer(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    import pandas as pd

    frame = pd.DataFrame({"B_COUNTRY_ALPHA": ["DEU"] * 3, "Q1": [1, 98, 99]})
    path = tmp_path / "labelled.sav"
    labels = {"Q1": {98: "Not asked", 99: "Refused"}}
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels)
    shelf.import_survey(path, "mine")
    survey = load_survey("mine")
    assert (survey.counts["DEU"]["Q1"], survey.no_answer["DEU"]["Q1"]) == ((1, 0, 0, 0), 1)


def test_empty_cells_are_no_refusals(tmp_path: Path) -> None:
    path = tmp_path / "wave.csv"
    cells = ["1", "NA", "N/A", "Don't know", "2"]
    rows = "".join(f"DEU,{at},{cell}\n" for at, cell in enumerate(cells))
    path.write_text(f"B_COUNTRY_ALPHA,D_INTERVIEW,Q1\n{rows}")
    shelf.import_survey(path, "mine")
    survey = load_survey("mine")
    assert (survey.counts["DEU"]["Q1"], survey.no_answer["DEU"]["Q1"]) == ((1, 1, 0, 0), 1)


def test_an_answer_that_spss_declares_missing_is_told(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    import pandas as pd

    frame = pd.DataFrame({"B_COUNTRY_ALPHA": ["DEU"] * 3, "Q1": [1, 4, 4]})
    path = tmp_path / "declared.sav"
    labels = {"Q1": {4: "Not at all important"}}
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels, missing_ranges={"Q1": [4]})
    shelf.import_survey(path, "mine")
    said = "column Q1: the file declares the code 4 'Not at all important' missing: it is left out"
    assert f"{said} (2 rows)" in notes()


def test_numbers_before_labels_of_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "wave.csv"
    cells = ["1. Very important", "-1. Don't know", "-2: No answer", "-4 Not asked"]
    rows = "".join(f"DEU,{at},{cell}\n" for at, cell in enumerate(cells))
    path.write_text(f"B_COUNTRY_ALPHA,D_INTERVIEW,Q1\n{rows}")
    shelf.import_survey(path, "mine")
    survey = load_survey("mine")
    assert (survey.counts["DEU"]["Q1"], survey.no_answer["DEU"]["Q1"]) == ((1, 0, 0, 0), 2)


def test_a_file_that_tells_no_refusals_apart_has_none(tmp_path: Path) -> None:
    path = tmp_path / "wave.csv"
    text = (FILES / "wvs7_codes.csv").read_text(encoding="utf-8")
    path.write_text(re.sub(r",-[12]\b", ",-4", text), encoding="utf-8")
    shelf.import_survey(path, "mine")
    assert load_survey("mine").no_answer_share("DEU", "Q1") is None


def test_a_survey_kept_without_refusals_is_read(tmp_path: Path) -> None:
    imported("marginals.csv")
    folder = shelf.shelf_folder() / "mine"
    record = json.loads((folder / "survey.json").read_text(encoding="utf-8"))
    data = folder / record["data"]
    pq.write_table(pq.read_table(data).drop_columns("no_answer"), data)
    record |= {"data_bytes": data.stat().st_size, "schema": 1}
    (folder / "survey.json").write_text(json.dumps(record), encoding="utf-8")
    assert load_survey("mine").no_answer == {}
    # GlobalOpinionQA's opinions held "DK/Refused" then
    record["format"] = "globalopinionqa"
    (folder / "survey.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(SurveyError, match="by another version: import it again with --replace"):
        load_survey("mine")


def test_marginals_with_people_who_gave_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("culture,item,code,count,no_answer\nDEU,Q57,1,30,25\nDEU,Q57,2,45,25\n")
    shelf.import_survey(path, "mine")
    assert load_survey("mine").no_answer_share("DEU", "Q57") == pytest.approx(0.25)


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    row = '{"culture": "DEU", "item": "Q57", "code": %s, "count": 30}\n'
    path.write_text(row % 1 + "\n" + row % "2.0")
    shelf.import_survey(path, "mine")
    assert load_survey("mine").counts["DEU"]["Q57"] == (30, 30)
    path.write_text(row % 1 + "\n" + row % 7 + "{\n")
    with pytest.raises(SurveyError, match=r"row 4: not JSON; .*row 3, column code: "):
        shelf.import_survey(path, "yours")


def test_marginals_as_shares_with_weights(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(
        "culture,item,code,share,n,effective_n\nDEU,Q57,1,0.25,400,300\nDEU,Q57,2,0.75,400,300\n"
    )
    shelf.import_survey(path, "mine")
    people = load_survey("mine").people(["DEU"], load_survey("mine").select(["Q57"]))
    assert people.count_CIK[0, 0].tolist() == [100, 300]
    assert people.effective_n_CI.tolist() == [[300]]
    with pytest.raises(SurveyError, match="cannot be read without its weights"):
        load_survey("mine", weighted=False)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Germania,Q57,1,5", "row 2, column culture: 'Germania' is no culture"),
        ("DEU,Q570,1,5", "row 2, column item: 'Q570' is no item. Mend the file"),
        ("DEU,q57,1,5", "'q57' is no item. Did you mean 'Q57'? Mend the file"),
        (
            "EGPY,Q57,1,5",
            "no culture that is known here. Did you mean 'EGY' (Egypt)? Mend the file",
        ),
        ("DEU,Q57,3,5", "row 2, column code: the code '3' is none of the item's [1, 2]"),
        ("DEU,Q57,1,-5", "row 2, column count: '-5' is no number from 0 to 1e+12"),
        ("DEU,Q57,1,inf", "row 2, column count: 'inf' is no number from 0 to 1e+12"),
        ("DEU,Q57,1,5\nDEU,Q57,1,6", "row 3: DEU, Q57, code 1 stands here again, as in row 2"),
        ("KEN,Q57,1,0\nKEN,Q57,2,0", "row 2: nobody answered Q57 in KEN: leave its rows out"),
        ("DEU,Q57,1,1.640", "row 2, column count: '1.640' may be 1640 people or 1.640"),
    ],
)
def test_marginals_that_cannot_be(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "m.csv"
    path.write_text(f"culture,item,code,count\n{row}\nDEU,Q57,2,5\n")
    with pytest.raises(SurveyError, match=re.escape(said)):
        shelf.import_survey(path, "mine")


@pytest.mark.parametrize(
    ("columns", "first", "second", "said"),
    [
        ("share,n", "0.4,1000", "0.6,500", "row 3, column n: 500 stands here, and 1000 in the"),
        ("count,no_answer", "4,2", "6,3", "row 3, column no_answer: 3 stands here, and 2 in the"),
        ("count,effective_n", "4,8", "6,9", "row 3, column effective_n: 9 stands here, and 8"),
        ("count,effective_n", "4,50", "6,50", "50 is more than the 10 people who answered Q57"),
    ],
)
def test_rows_of_marginals_that_do_not_agree(
    tmp_path: Path, columns: str, first: str, second: str, said: str
) -> None:
    path = tmp_path / "m.csv"
    path.write_text(f"culture,item,code,{columns}\nDEU,Q57,1,{first}\nDEU,Q57,2,{second}\n")
    with pytest.raises(SurveyError, match=said):
        shelf.import_survey(path, "mine")


def test_options_without_a_row_are_told(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("culture,item,code,count\nDEU,Q57,1,640.5\n")
    shelf.import_survey(path, "mine")
    assert load_survey("mine").counts["DEU"]["Q57"] == (640.5, 0)
    assert "1 options have no row (DEU, Q57, code 2): taken as chosen by none" in notes()


def test_fictitious_respondents_come_back_whole(tmp_path: Path) -> None:
    drawn = fictitious_survey(2000, seed=4)
    write_wvs7_csv(drawn, tmp_path / "f.csv", columns=300)
    shelf.import_survey(tmp_path / "f.csv", "mine")
    again = load_survey("mine")
    one, two = drawn.respondents, again.respondents
    assert one is not None
    assert two is not None
    assert [two.cultures[c] for c in two.culture_N] == [one.cultures[c] for c in one.culture_N]
    assert np.array_equal(one.answer_IN, two.answer_IN)
    assert one.record(7).demographics == two.record(7).demographics
    for culture in drawn.cultures:
        assert again.counts[culture]["Q1"] == pytest.approx(drawn.counts[culture]["Q1"], abs=1e-3)


def test_the_shelf(tmp_path: Path) -> None:
    assert survey_names() == ("wvs7-marginals", "fictitious-wvs7", "fictitious-wvs7-large")
    entry = shelf.import_survey(FILES / "wvs7_codes.csv", "mine")
    assert (entry.format, entry.kind, entry.respondents, entry.weighted) == (
        "wvs7",
        "respondents",
        6,
        True,
    )
    assert shelf.shelf_names() == ("mine",)
    assert survey_names()[-1] == "mine"
    assert "checksum right" in str(shelf.check_survey("mine")[0])
    with pytest.raises(SurveyError, match="--replace"):
        shelf.import_survey(FILES / "wvs7_codes.csv", "mine")
    shelf.import_survey(
        FILES / "ess.csv", "mine", layout=recipe("### European Social Survey"), replace_old=True
    )
    assert load_survey("mine").cultures == ("DEU", "GBR", "FRA")
    folder = shelf.shelf_folder() / "mine"
    assert len(list(folder.iterdir())) == 2  # the old data are gone
    data = next(folder.glob("*.parquet"))
    whole = data.read_bytes()
    data.write_bytes(whole[:-9] + b"x" + whole[-8:])
    with pytest.raises(SurveyError, match="changed since its import"):
        shelf.check_survey("mine")
    data.write_bytes(whole[:-9])
    with pytest.raises(SurveyError, match="lost its file"):
        load_survey("mine")
    with pytest.raises(SurveyError, match="There is no survey 'min'"):
        load_survey("min")


def test_a_survey_in_lines() -> None:
    lines = "\n".join(summary(imported("wvs7_codes.csv")))
    assert "3 cultures: DEU 3, MAR 2, NIR 1" in lines
    assert "6 respondents, counts weighted" in lines
    assert "sex (known of 6): male, female" in lines
    assert "do not pass the respondents' file on" in lines
    assert "  age (known of 3,763): 18 to " in "\n".join(summary(load_survey("fictitious-wvs7")))
    assert "counts only" in "\n".join(summary(load_builtin()))


def test_the_fingerprint_names_the_data() -> None:
    one = imported("wvs7_codes.csv").fingerprint
    assert len(one) == 16
    assert imported("wvs7_codes.csv", "again").fingerprint == one
    assert imported("wvs7_labels.csv", "other").fingerprint != one
    assert load_builtin().fingerprint == ""


def test_a_failed_import_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.import_survey(FILES / "wvs7_codes.csv", "mine")
    before = sorted(path.name for path in (shelf.shelf_folder() / "mine").iterdir())

    def broken(*_: object) -> dict[str, object]:
        raise OSError("disk full")

    monkeypatch.setattr("acculturate.survey.parquet.pack", broken)
    with pytest.raises(OSError, match="disk full"):
        shelf.import_survey(FILES / "wvs7_codes.csv", "mine", replace_old=True)
    after = sorted(path.name for path in (shelf.shelf_folder() / "mine").iterdir())
    assert after == before
    assert len(load_survey("mine").respondents or ()) == 6


def test_a_scale_read_the_wrong_way_is_noted(tmp_path: Path) -> None:
    drawn = fictitious_survey(
        3000, seed=2, cultures=["DEU", "NGA"], items=["Q164", "Q57", "Q1", "Q2"]
    )
    path = tmp_path / "turned.csv"
    write_wvs7_csv(drawn, path)
    shelf.import_survey(path, "right")
    assert "far from the built-in counts" not in notes("right")
    layout = tmp_path / "turned.toml"
    recode = ", ".join(f"{code} = {11 - code}" for code in range(1, 11))
    layout.write_text(
        f'extends = "wvs7"\n[items.Q164]\nlike = "Q164"\ncolumn = "Q164"\nrecode = {{ {recode} }}\n'
    )
    shelf.import_survey(path, "wrong", layout=layout)
    assert "Q164 is far from the built-in counts" in notes("wrong")


def test_every_recipe_of_the_docs_is_a_layout() -> None:
    texts = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    layouts = [block for block in map(tomllib.loads, texts) if "survey" not in block]  # a study's
    assert len(layouts) == 5
    for layout in layouts:
        assert {"columns", "extends"} & set(layout)
