"""Questions that a user brings: a table, or the survey's own items in other words."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from acculturate.config import validate
from acculturate.culturespa import QuestionSettings
from acculturate.culturespa.brought import BROUGHT, bring
from acculturate.culturespa.filters import LEAK
from acculturate.culturespa.questions import KEPT, Questions
from acculturate.culturespa.rulebook import LEAKED
from acculturate.errors import ConfigError, SurveyError
from acculturate.records import Item, Wording
from acculturate.study.checks import check, study_digest
from acculturate.study.costs.machine import Machine
from acculturate.study.costs.study_estimate import estimate
from acculturate.study.schema import Study, load_study
from acculturate.study.wiring import build_rows
from acculturate.survey import load_survey

GARDENS = "Should towns turn car parks into gardens?"
HEAD = "question,options,topic,scale,id"


def settings(source: str | Path, **more: object) -> QuestionSettings:
    return QuestionSettings.model_validate({"from": str(source), **more})


def table(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "questions.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def counts(found: Questions) -> dict[str, tuple[int, int]]:
    return {tally.step: (tally.count, tally.of) for tally in found.yields}


def test_a_table_makes_items_as_it_says(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        f"{GARDENS},Yes|No|Only some of them,Town,nominal,G1",
        "How warm is your winter coat?,Cold|Cool|Warm,Clothes,ordinal,",
        "How often do you eat soup?,Always|Often|Rarely|Never,,,",
    )
    questions = bring(settings(path), ())
    gardens, coat, soup = questions.items
    assert (gardens.id, gardens.scale, gardens.topic) == ("G1", "nominal", "Town")
    assert gardens.wording() == Wording(GARDENS, ("Yes", "No", "Only some of them"))
    assert (coat.scale, coat.wording().texts) == ("ordinal", ("Cold", "Cool", "Warm"))
    # nothing is said of the last, so its options tell
    assert (soup.scale, soup.topic) == ("ordinal", "brought")
    assert len({item.id for item in questions.items}) == 3
    assert counts(questions)[BROUGHT] == counts(questions)[KEPT] == (3, 3)
    assert all(tally.adds_up for tally in (*questions.yields, *questions.topics))


def test_what_the_table_says_of_a_scale_counts(tmp_path: Path) -> None:
    rows = [
        f"How often do you eat {food}?,Never|Always|Often,,{scale},"
        for food, scale in (("soup", ""), ("bread", "ordinal"), ("plums", "nominal"))
    ]
    told, ordinal, nominal = bring(settings(table(tmp_path, *rows), rules="none"), ()).items
    assert (told.scale, told.wording().texts) != (ordinal.scale, ordinal.wording().texts)
    assert (ordinal.scale, ordinal.wording().texts) == ("ordinal", ("Never", "Always", "Often"))
    assert nominal.scale == "nominal"


@pytest.mark.parametrize("ending", ["jsonl", "tsv", "xlsx"])
def test_other_formats_say_the_same(tmp_path: Path, ending: str) -> None:
    row = {"question": GARDENS, "options": ["Yes", "No", "Only some"], "topic": "Town"}
    path = tmp_path / f"questions.{ending}"
    if ending == "jsonl":
        path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    elif ending == "tsv":
        path.write_text(f"topic\tquestion\toptions\nTown\t{GARDENS}\tYes | No | Only some\n")
    else:
        openpyxl = pytest.importorskip("openpyxl")
        book = openpyxl.Workbook()
        book.active.append(list(row))
        book.active.append([GARDENS, '["Yes", "No", "Only some"]', "Town"])
        book.save(path)
    [item] = bring(settings(path), ()).items
    assert item.wording() == Wording(GARDENS, ("Yes", "No", "Only some"))
    assert item.topic == "Town"


def test_rules_drop_what_they_drop_of_a_model(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        f"{GARDENS},Yes|No,,,",
        f"{GARDENS},Yes|No,,,",
        "Soup?,Yes|No,,,",
    )
    questions = bring(settings(path), ())
    assert [(drop.line, drop.reason) for drop in questions.drops] == [
        (3, "duplicate"),
        (4, "question too short"),
    ]
    assert questions.usable == (0, 0)  # two of three are dropped, and no writer failed
    kept = bring(settings(path, rules="none"), ())
    assert [item.wording().stem for item in kept.items] == [GARDENS, "Soup?"]
    published = bring(settings(path, rules="published"), ())
    assert len(published.items) == 2


def test_leaks_are_dropped_or_told(tmp_path: Path) -> None:
    survey = load_survey()
    [q1] = survey.select(["Q1"])
    path = table(tmp_path, f'"{q1.wording(number=1).stem}",Yes|No,,,', f"{GARDENS},Yes|No,,,")
    questions = bring(settings(path, rules="none"), (), [q1])
    assert [drop.reason for drop in questions.drops] == [LEAK]
    kept = bring(settings(path, rules="none", leaks="keep"), (), [q1])
    assert counts(kept)[LEAKED] == (1, 2)


def test_the_surveys_own_items_in_their_second_wording() -> None:
    seen = load_survey().select(["Q1", "Q46", "Q152"])
    questions = bring(settings("wordings:2", leaks="keep"), seen, seen)
    assert [item.id for item in questions.items] == ["Q1/2", "Q46/2", "Q152/2"]
    for item, own in zip(questions.items, seen, strict=True):
        assert item.wordings == {"en": (own.wording(number=1),)}
        assert (item.codes, item.scale, item.topic) == (own.codes, own.scale, own.topic)
    assert counts(questions)[LEAKED] == (3, 3)
    only = bring(settings("wordings:2", leaks="keep", topics=[seen[0].topic]), seen, seen)
    assert [item.id for item in only.items] == ["Q1/2"]
    named = bring(settings("wordings:2", leaks="keep", items=["Q152", "Q1"]), seen, seen)
    assert [item.id for item in named.items] == ["Q152/2", "Q1/2"]
    with pytest.raises(SurveyError, match="names Q58, which this study holds out"):
        bring(settings("wordings:2", items=["Q1", "Q58"]), seen)
    with pytest.raises(ValidationError, match="set questions"):
        settings("questions.csv", items=["Q1"])
    # an item that is not measured is no leak of itself
    [free] = bring(settings("wordings:2"), seen[:1], load_survey().select(["Q224"])).items
    assert free.id == "Q1/2"


def test_items_without_such_a_wording_are_counted() -> None:
    one = Item("X1", "Work", (1, 2), "nominal", {"en": (Wording("Work?", ("Yes", "No")),)})
    two = Item(
        "X2", "Work", (1, 2), "nominal",
        {"en": (Wording("Rest?", ("Yes", "No")), Wording("Do you rest?", ("Yes", "No")))},
    )  # fmt: skip
    questions = bring(settings("wordings:2"), (one, two))
    assert [item.id for item in questions.items] == ["X2/2"]
    assert (questions.yields[0].count, questions.yields[0].lost) == (1, {"without wording 2": 1})
    with pytest.raises(SurveyError, match="has a wording 3 in English"):
        bring(settings("wordings:3"), (one, two))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",Yes|No,,,", "row 2, column 'question': there is no text; expected a question"),
        (f"{GARDENS},Yes,,,", "row 2, column 'options': expected two options at least"),
        (f"{GARDENS},Yes||No,,,", "row 2, column 'options': expected two options at least"),
        (f"{GARDENS},[Yes,,,", "row 2, column 'options': this is no JSON list"),
        (f'{GARDENS},"[[1], 2]",,,', "row 2, column 'options': an option is no text"),
        (f"{GARDENS},Yes|No,,rising,", "row 2, column 'scale': 'rising' is none of ordinal"),
        (f"{GARDENS},Yes|No", "questions.csv, row 2: "),
    ],
)
def test_a_row_that_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, row: str, said: str
) -> None:
    path = table(tmp_path, row)
    with pytest.raises(SurveyError, match=r"questions\.csv, row 2") as caught:
        bring(settings(path), ())
    assert said in str(caught.value)


def test_what_else_is_wrong_with_a_table(tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match=r"names nowhere\.csv, which is no file"):
        bring(settings("nowhere.csv"), ())
    path = table(tmp_path, f"{GARDENS},Yes|No", head="qestion,options")
    with pytest.raises(SurveyError, match=r"no column 'question'\. Did you mean 'qestion'"):
        bring(settings(path), ())
    path = table(tmp_path, f"{GARDENS},Yes|No,,,A", "Do you like plums?,Yes|No,,,A")
    with pytest.raises(SurveyError, match="row 3, column 'id': 'A' is the id of another row"):
        bring(settings(path), ())
    path = table(tmp_path)
    with pytest.raises(SurveyError, match="holds no question"):
        bring(settings(path), ())
    path = table(tmp_path, f"{GARDENS},Yes|No,Town,,")
    with pytest.raises(SurveyError, match=r"no question on .* Did you mean 'Town'"):
        bring(settings(path, topics=["Twon"]), ())
    path = table(tmp_path, "Soup?,Yes|No,,,")
    with pytest.raises(SurveyError, match=r"None of the 1 questions .* \(question too short 1\)"):
        bring(settings(path), ())


FILE = """
[study]
name = "brought"
draws = 100
[survey]
items = ["Q1", "Q46"]
[cultures]
measure = ["CHN", "DEU"]
adapt = ["CHN", "DEU"]
[models.base]
name = "MODEL"
dtype = "float32"
[[adapt]]
id = "spa"
method = "culturespa"
[adapt.culturespa.questions]
from = "questions.csv"
[adapt.culturespa.shifts]
noise = "report"
strength = 0.0
[[arm]]
id = "aware"
[[arm]]
id = "spa"
model = "@spa"
"""


def study_file(folder: Path, model: str) -> Path:
    folder.mkdir()
    table(folder, f"{GARDENS},Yes|No,Town,,", "Do you like plums?,Yes|No|A little,Food,,")
    path = folder / "study.toml"
    path.write_text(FILE.replace("MODEL", model), encoding="utf-8")
    return path


def test_a_study_names_a_file_beside_it(tmp_path: Path, tiny_model: Path) -> None:
    path = study_file(tmp_path / "studies", str(tiny_model))
    study = load_study(path)
    dumped = study.model_dump(mode="json")
    assert dumped["adapt"][0]["culturespa"]["questions"]["from"] == str(
        tmp_path / "studies" / "questions.csv"
    )
    assert validate(Study, dumped, "again") == study
    plan = check(study)
    before = study_digest(plan)
    work = estimate(plan, None, Machine("cpu", "float32", peak=1e11, reads=1e10, memory=8 << 30))
    assert not any("spa: questions" in stage.work.name for stage in work.stages)
    taught, _ = build_rows(study, "spa", tmp_path / "run")
    assert taught.yields[0].step == BROUGHT
    asked = {row.prompt[-1].text.splitlines()[0] for row in taught.rows}
    assert asked == {GARDENS, "Do you like plums?"}
    with (tmp_path / "studies" / "questions.csv").open("a") as file:
        file.write("Do you like cherries?,Yes|No,Food,,\n")
    assert study_digest(check(study)) != before


def test_wrong_names_in_a_study_are_told(tmp_path: Path, tiny_model: Path) -> None:
    path = study_file(tmp_path / "studies", str(tiny_model))
    key = "adapt.spa.culturespa.questions.from"
    with pytest.raises(ConfigError, match="'wordings:second' names no wording"):
        load_study(path, None, (f"{key}='wordings:second'",))
    with pytest.raises(SurveyError, match=r"questions\.from names other\.csv, which is no file"):
        check(load_study(path, None, (f"{key}='other.csv'",)))
    with pytest.raises(ConfigError, match="Did you mean 'from'"):
        load_study(path, None, ("adapt.spa.culturespa.questions.form='x.csv'",))
