"""GlobalOpinionQA: what is no answer, which lists are scales, which countries are kept."""

from pathlib import Path

import pytest

from acculturate.errors import SurveyError
from acculturate.survey import Survey, load_survey, shelf

Selections = dict[str, list[float]]
FOUR = {"Germany": [0.1, 0.2, 0.3, 0.4], "Kenya": [0.4, 0.3, 0.2, 0.1]}


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.FOLDER, str(tmp_path / "data"))


def written(folder: Path, *questions: tuple[list[str], Selections]) -> Path:
    import pandas as pd

    rows = [
        {
            "question": f"Question {number}?",
            "selections": f"defaultdict(<class 'list'>, {selections})",
            "options": str(options),
            "source": "GAS",
        }
        for number, (options, selections) in enumerate(questions, 1)
    ]
    path = folder / "opinions.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def read(path: Path, layout: Path | None = None) -> Survey:
    shelf.import_survey(path, "mine", layout=layout)
    return load_survey("mine")


def notes() -> str:
    return "\n".join(map(str, shelf.read_entry("mine").findings))


def test_no_answer_is_counted_apart(tmp_path: Path) -> None:
    options = ["Very warm", "Not warm at all", "DK/Refused", "Don't -9:-2"]
    survey = read(written(tmp_path, (options, {"Chile": [0.45, 0.3, 0.2, 0.05]})))
    assert survey.item("G1").wording().texts == ("Very warm", "Not warm at all")
    assert survey.counts["CHL"]["G1"] == pytest.approx((600, 400))
    assert survey.no_answer_share("CHL", "G1") == pytest.approx(0.25)


def test_a_question_without_such_an_option_does_not_tell(tmp_path: Path) -> None:
    options = ["Good", "Fair", "Poor", "Very poor"]
    survey = read(written(tmp_path, (options, FOUR)))
    assert survey.no_answer_share("DEU", "G1") is None


def test_numbers_sorted_as_texts_are_put_in_order(tmp_path: Path) -> None:
    options = ["No trust", "Full trust", "2", "3", "4", "5", "6", "7", "8", "9"]
    shares = [0.1, 0.19, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.36]
    survey = read(written(tmp_path, (options, {"Peru": shares})))
    item = survey.item("G1")
    assert item.ordinal
    assert item.codes == tuple(range(1, 11))
    # as of every scale of numbers, only the ends have texts, and the codes are what is shown
    assert item.wording().texts == ("No trust", *[""] * 8, "Full trust")
    assert item.reversible
    assert survey.counts["PER"]["G1"][-2:] == pytest.approx((360, 190))


def test_scales_of_numbers(tmp_path: Path) -> None:
    questions = [
        ["10 (Always)", "9", "8 ", "7 - Never (at all)"],
        ["1", "2", "3", "4"],
        ["0", "10", "20", "30"],
        ["1. Very good", "2. Good", "3. Fair", "4. Poor"],
    ]
    survey = read(written(tmp_path, *((options, FOUR) for options in questions)))
    first, second, third, fourth = survey.items.values()
    assert all(item.ordinal for item in survey.items.values())
    assert (first.codes, first.wording().texts) == (
        (7, 8, 9, 10),
        ("Never (at all)", "", "", "Always"),
    )
    assert survey.counts["DEU"]["G1"] == pytest.approx((400, 300, 200, 100))
    assert (second.codes, second.wording().texts) == ((1, 2, 3, 4), ("1", "", "", "4"))
    assert not second.reversible
    assert third.wording().texts == ("0", "10", "20", "30")
    assert fourth.wording().texts == tuple(questions[3])


def test_a_middle_that_stands_last_is_put_between(tmp_path: Path) -> None:
    options = ["Better", "Worse", "About the same", "Don't know"]
    survey = read(written(tmp_path, (options, FOUR)))
    assert survey.item("G1").wording().texts == ("Better", "About the same", "Worse")
    assert survey.item("G1").ordinal
    assert survey.counts["DEU"]["G1"] == pytest.approx((1000 / 6, 500, 1000 / 3))


def test_an_answer_off_the_scale_is_left_out_and_told(tmp_path: Path) -> None:
    scale = ["Strongly favor", "Favor", "Oppose", "Depends (Volunteered)"]
    choice = ["The city", "The state", "Nobody", "Other"]
    survey = read(written(tmp_path, (scale, FOUR), (choice, FOUR)))
    assert survey.item("G1").wording().texts == ("Strongly favor", "Favor", "Oppose")
    assert survey.counts["DEU"]["G1"] == pytest.approx((1000 / 6, 1000 / 3, 500))
    assert "in 1 questions an answer off the scale" in notes()
    assert "at most 0.40 of the answers, DEU in G1" in notes()
    # where there is no scale, "Other" is an answer like the rest
    assert survey.item("G2").scale == "nominal"
    assert survey.item("G2").wording().texts == tuple(choice)


def test_two_names_of_a_country_in_one_question(tmp_path: Path) -> None:
    asked = {"Czechia": [0.5, 0.5], "Czech Rep.": [0.1, 0.9]}
    survey = read(written(tmp_path, (["Yes", "No"], asked)))
    assert survey.counts["CZE"]["G1"] == (500, 500)
    assert "'Czech Rep.' is CZE, which stands in the question already: the first is kept" in notes()


def test_a_layout_names_countries_and_is_used_whole_or_refused(tmp_path: Path) -> None:
    path = written(tmp_path, (["Yes", "No"], {"Ruritania": [0.5, 0.5], "Old Prussia": [0.1, 0.9]}))
    layout = tmp_path / "names.toml"
    layout.write_text(
        'title = "Two lands"\ncultures = { "Old Prussia" = "DEU" }\n[[culture]]\ncode = "RUR"\n'
        'name = "Ruritania"\ndemonym = "a Ruritanian"\nadjective = "Ruritanian"\n'
    )
    survey = read(path, layout)
    assert survey.title == "Two lands"
    assert survey.cultures == ("RUR", "DEU")
    assert survey.culture("RUR").demonym == "a Ruritanian"
    layout.write_text("[items.G1]\ncodes = [1, 2]\n")
    with pytest.raises(SurveyError, match="'items' is not used for a file of this format"):
        shelf.import_survey(path, "two", layout=layout)
    with pytest.raises(SurveyError, match=r"There is no file .*nowhere\.toml"):
        shelf.import_survey(path, "two", layout=tmp_path / "nowhere.toml")


def test_worldvaluesbench_takes_no_layout(tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match="is read without a layout: leave out --layout"):
        shelf.import_survey(tmp_path, "mine", layout=tmp_path / "nowhere.toml")


def test_what_is_left_out_is_named_and_counted(tmp_path: Path) -> None:
    asked = {"Atlantis": [0.5, 0.5], "Mali (Non-national sample)": [0.2, 0.8], "Kenya": [0.3, 0.7]}
    read(written(tmp_path, (["Yes", "No"], asked), (["No", "Yes"], asked)))
    assert "'Atlantis' is no territory that is known here: its answers are left out" in notes()
    assert "'Mali (Non-national sample)' is left out" in notes()
    assert notes().count("(2 rows)") == 2


@pytest.mark.parametrize("text", ["[]", "['DK', 'Refused']"])
def test_a_list_without_answers_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "opinions.csv"
    path.write_text(f'question,selections,options\nWhat?,"{{\'Peru\': [0.5, 0.5]}}","{text}"\n')
    with pytest.raises(SurveyError, match="fewer than two options that are answers"):
        read(path)


@pytest.mark.parametrize(
    ("selections", "said"),
    [
        ("{'Peru': [0.4, 0.6], 'Peru': [0.6, 0.4]}", "Peru stands here twice"),
        ("{'Peru': [0.4, 0.6], 'Chile': [nan, 0.6]}", "Chile: expected a list of shares"),
        ("{'Peru': [0.4, 0.6], 'Chile': None}", "Chile: expected a list of shares"),
    ],
)
def test_shares_that_cannot_be_read(tmp_path: Path, selections: str, said: str) -> None:
    path = tmp_path / "opinions.csv"
    path.write_text(f"question,selections,options\nWhat?,\"{selections}\",\"['Yes', 'No']\"\n")
    with pytest.raises(SurveyError, match=f"row 2, column selections: {said}"):
        read(path)


@pytest.mark.parametrize(
    "options",
    [
        ["Very warm", "Fairly warm", "Not warm", "XZ"],
        ["Very warm", "Fairly warm", "Not warm", "-9"],
        ["1", "2", "3", "XZ"],
        ["1", "2", "3", "9"],
    ],
)
def test_an_option_beside_a_scale_is_told(tmp_path: Path, options: list[str]) -> None:
    read(written(tmp_path, (options, FOUR)))
    assert f"the option '{options[-1]}' of G1 is no point of the scale" in notes()


def test_lists_without_an_odd_option_are_not_told(tmp_path: Path) -> None:
    lists = (["1990", "2000", "2010", "2020"], ["Tea", "Milk", "Beer", "Other"])
    read(written(tmp_path, *((options, FOUR) for options in lists)))
    assert "no point of the scale" not in notes()
