"""A CLCA study from scenarios to a report, with a made-up teacher and a tiny model."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from tests.unit.viewer.conftest import Browser
from typer.testing import CliRunner

from acculturate.cli.main import app
from acculturate.engines.mock import CHARACTERS
from acculturate.engines.model_files import read_tokenizer
from acculturate.errors import AcculturateError, TrainingError
from acculturate.study.schema import load_study
from acculturate.study.wiring import build_rows, run_study
from acculturate.tuning.rows import read_rows
from acculturate.tuning.tokenised_rows import make_example
from acculturate.viewer.chat_views import STREAM

from .small_studies import CLCA as STUDY
from .small_studies import LINES, talker

pytest.importorskip("peft")


@pytest.fixture(scope="module")
def run_once(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    folder = tmp_path_factory.mktemp("talk")
    path = folder / "talk.toml"
    path.write_text(STUDY.format(model=str(tiny_model)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CHARACTERS, "talker", talker)
        run_study(load_study(path), folder / "run")
    return folder / "run"


@pytest.fixture
def finished(run_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the finished run, for each test to change."""
    monkeypatch.setitem(CHARACTERS, "talker", talker)
    shutil.copytree(run_once, tmp_path / "run")
    return tmp_path / "run"


def test_the_viewer_shows_the_run_and_talks_to_its_models(finished: Path) -> None:
    with Browser(finished) as browser:
        waiting = ["/", "/compare"]
        pages = dict[str, str]()  # one of each kind
        for address in waiting:
            page = pages[address.partition("?")[0]] = browser.page(address)
            assert "<script>alert" not in page
            for link in map(unescape, re.findall(r'href="(/[^"#]*)', page)):
                kind = link.partition("?")[0]
                if kind not in {known.partition("?")[0] for known in waiting}:
                    waiting.append(link)
        assert {"/compare", "/run/0/items", "/run/0/record"} <= pages.keys()
        assert any(line in unescape(pages["/run/0/dialogue"]) for line in LINES)
        written = browser.page("/run/0/records?find=alert")
        assert "&lt;script&gt;alert" in written  # as the model wrote it
        chosen = {"left": "base", "right": "@clca/CHN", "culture": "CHN", "temperature": "0"}
        begun = browser.fill("/run/0/chat", **chosen)
        [talk] = re.findall(r'action="(/run/0/chat/\d+)"', begun)
        answer = browser.post(
            talk,
            data={"token": browser.tokens.form, "text": "Hello?"},
            headers={"origin": str(browser.base_url), "accept": STREAM},
        )
        *lines, last = [json.loads(line) for line in answer.text.splitlines()]
        assert last == {"problem": ""}
        assert {line["model"] for line in lines} == {"base", "@clca/CHN"}
        assert len(lines) > 2  # a line for each token


def test_dialogues_become_an_adapter_for_each_culture(finished: Path) -> None:
    metrics = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))
    meta = metrics["meta"]
    assert {note["adapter"] for note in meta["tuning"]} == {"clca/CHN", "clca/DEU"}
    assert [model["id"] for model in meta["models"]][-2:] == ["@clca/CHN", "@clca/DEU"]
    assert {dialogue["culture"] for dialogue in meta["dialogues"]} == {"CHN", "DEU"}
    assert all(dialogue["moves"] for dialogue in meta["dialogues"])
    assert (finished / "adapters" / "clca" / "DEU" / "adapter_model.safetensors").is_file()


def test_the_report_shows_dialogues_and_runs_nothing(finished: Path) -> None:
    page = (finished / "report.html").read_text(encoding="utf-8")
    assert 'id="dialogues"' in page
    assert "&lt;script&gt;" in page
    assert page.count("<script") == 1  # the table of items sorts: our own, allowed by its hash
    assert "<script>alert" not in page


def test_only_the_named_characters_words_bear_loss(finished: Path, tiny_model: Path) -> None:
    tokenizer = read_tokenizer(tiny_model)
    dialogues = {
        dialogue["id"]: dialogue
        for dialogue in map(
            json.loads, (finished / "clca.dialogues.jsonl").read_text().splitlines()
        )
    }
    rows = [row for row in read_rows(finished / "clca.rows.jsonl") if row.trained]
    assert rows
    for row in rows:
        _, key, name = row.source.split(maxsplit=2)
        assert row.prompt[0].text.startswith(f"You are {name} ")
        own = [move["text"] for move in dialogues[key]["moves"] if move["speaker"] == name]
        assert len(own) > 1  # several turns in one row
        example = make_example(tokenizer, row, 4096)
        assert example is not None
        trained = tokenizer.decode(example.trained).split("<|im_end|>")
        assert [line.strip() for line in trained if line.strip()] == own


def test_the_published_tuning_is_refused_before_anything_is_asked(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acculturate.tuning.qlora._has_gpu", lambda: False)
    monkeypatch.setitem(CHARACTERS, "talker", talker)
    path = tmp_path / "talk.toml"
    text = STUDY.format(model=str(tiny_model)).replace(
        'method = "clca"', 'method = "clca"\npreset = "published"'
    )
    path.write_text(text)
    with pytest.raises(TrainingError, match=r"\(preset 'published-clca'\) needs a GPU") as caught:
        run_study(load_study(path), tmp_path / "run")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()
    taught, _ = build_rows(load_study(path), "clca", tmp_path / "run")
    assert taught.rows  # the data need no GPU


# -- people and judges ----------------------------------------------------------------------------


def type_in(*words: str) -> str:
    done = CliRunner().invoke(app, ["clca", "verdicts", *words])
    if isinstance(done.exception, AcculturateError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def filled(sheet: Path, marks: str) -> None:
    lines = sheet.read_text(encoding="utf-8-sig")
    sheet.write_text(lines.replace('",,,,', f'",{marks},'), encoding="utf-8")


def test_people_judge_a_run_and_are_in_its_report(finished: Path, tmp_path: Path) -> None:
    run = str(finished)
    for name, marks in (("ana", "good,bad,good"), ("ben", "good,good,")):
        sheet = tmp_path / f"{name}.csv"
        assert "2 dialogues" in type_in("sample", run, "--n", "5", "--out", str(sheet))
        filled(sheet, marks)
    page = tmp_path / "sheet.html"
    type_in("sample", run, "--out", str(page))
    shown = page.read_text(encoding="utf-8")
    assert "alert(1)" in shown
    assert "<script>alert(1)" not in shown
    sheets = [str(tmp_path / f"{name}.csv") for name in ("ana", "ben")]
    said = json.loads(type_in("compare", run, *sheets, "--json"))["rows"]
    pairs = {(row["left"], row["right"]) for row in said}
    assert ("judge", "ana") in pairs
    assert ("ana", "ben") in pairs
    assert ("judge", "second judge") in pairs
    meta = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))["meta"]
    assert meta["raters"] == said
    assert "judge, ana" in type_in("compare", run)
    report = (finished / "report.html").read_text(encoding="utf-8")
    assert "<bdi>ana</bdi> and <bdi>ben</bdi>" in report
    assert "Stereotypes and slurs" in report


def test_a_sheet_of_other_dialogues_is_left_out_and_said(finished: Path) -> None:
    (finished / "verdicts").mkdir()
    text = "dialogue,quality,fit,review\nother,good,,\n"
    (finished / "verdicts" / "ana.csv").write_text(text)
    with pytest.raises(AcculturateError, match=r"verdicts/ana\.csv were left out: .*row 2"):
        type_in("compare", str(finished))
    study = load_study(finished / "study.toml")
    changed = study.model_copy(update={"study": study.study.model_copy(update={"draws": 201})})
    cautions = run_study(changed, finished).results.meta.cautions
    assert any("verdicts/ana.csv were left out" in caution for caution in cautions)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sample", "{run}", "--out", "x.txt"), "has to end in .html or .csv"),
        (("sample", "{run}", "--adapt", "clcaa", "--out", "x.csv"), "Did you mean 'clca'"),
        (("sample", "{run}/verdicts", "--out", "x.csv"), "holds no dialogues"),
        (("compare", "{run}", "{run}/judge.csv"), "a sheet called 'judge' is there already"),
    ],
)
def test_mistakes_are_told_in_one_sentence(
    finished: Path, words: tuple[str, ...], said: str
) -> None:
    type_in("sample", str(finished), "--out", str(finished / "judge.csv"))
    filled(finished / "judge.csv", "good,,")
    with pytest.raises(AcculturateError, match=said):
        type_in(*(word.format(run=finished) for word in words))


def test_a_judge_that_is_not_sure_of_anything_is_told(finished: Path) -> None:
    """The scripted judge weighs by place: with both orders it is at one half."""
    cautions = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))["meta"][
        "cautions"
    ]
    assert any("clca: the judge is not sure of" in caution for caution in cautions)
