"""The methods paragraph: what it says is what the run was, and all that it cites is there."""

import re
from pathlib import Path

import acculturate
from acculturate.config import validate
from acculturate.export import OpenedRun, open_run
from acculturate.export.methods_text import _bibliography, latex_text, methods_text, write_methods
from acculturate.runner import Silent
from acculturate.study.schema import Study


def test_the_paragraph_says_what_was_done(run: OpenedRun) -> None:
    text = methods_text(run)
    for said in (
        "`base` is mock:noise",
        "8 items of World Values Survey wave 7",
        "the people of China and Germany",
        "Arm aware: `base`, framing aware (asked as someone who grew up in the culture).",
        "forward and reversed (scales)",
        "The primary measure is alignment: 1 - mean distance to the people",
        "10,000 bootstrap draws",
        "No answer was refused.",
        "acculturate 0.1.0",
    ):
        assert said in text, said
    assert "Adaptation" not in text
    assert "Holm" not in text


def test_each_way_of_asking_is_told(tmp_path: Path) -> None:
    tree = {
        "study": {"name": "ways", "draws": 100},
        "survey": {"source": "fictitious-wvs7", "items": ["Q1", "Q2"], "groups": ["sex"]},
        "cultures": {"measure": ["CHN"]},
        "models": {"base": {"name": "mock:noise"}},
        "arm": [
            {"id": "plain"},
            {"id": "page", "answers": {"presentation": "battery", "labels": "letters"}},
            {"id": "talk", "answers": {"presentation": "interview", "reason": True}},
            {"id": "texts", "answers": {"labels": "texts", "by_length": True}},
            {"id": "other", "answers": {"perturb": ["typos"], "no_answer": "offered"}},
            {"id": "once", "answers": {"orders": "forward", "wordings": 2}},
            {"id": "drawn", "kind": "sampled", "languages": ["de"], "answers": {"samples": 2}},
        ],
    }
    acculturate.run(validate(Study, tree, "test"), out=tmp_path, progress=Silent(), report=False)
    with open_run(tmp_path) as opened:
        text = methods_text(opened)
    for said in (
        "grew up in the culture). Arm page",
        "the items of a grid on one page, each weighed by itself, options labelled with letters.",
        "one conversation, with the answers before in sight, drawn from their probabilities, grids",
        "after a thought of at most 96 tokens",
        "the whole text of each weighed by its mean log-probability for each character",
        'once more with each of typos (drawn with seed 42), with "don\'t know"',
        "Where an arm does not say otherwise, each item is asked by itself and options are lab",
        "wordings of each item: 2, options in the order of the questionnaire alone.",
        "culture), answers as texts, in de, texts drawn for each prompt: 2.",
        "parted by sex; 2 of 2 groups have at least 50 respondents",
    ):
        assert said in text, said


def test_everything_cited_is_in_the_references(run: OpenedRun, tmp_path: Path) -> None:
    count = write_methods(run, tmp_path)
    cited = set(re.findall(r"\[@([\w-]+)\]", (tmp_path / "methods.md").read_text()))
    bib = (tmp_path / "references.bib").read_text(encoding="utf-8")
    assert set(re.findall(r"@\w+\{([\w-]+),", bib)) == cited
    assert count == len(cited) >= 2
    assert "VERSION" not in bib
    text = (tmp_path / "methods.tex").read_text(encoding="utf-8")
    assert r"\citep{wvs7}" in text
    assert r"\paragraph{Models.}" in text
    assert (tmp_path / "study.toml").read_text() == (run.folder / "study.toml").read_text()


def test_what_a_template_may_cite_is_known() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(methods_text.__code__.co_filename).parent.glob("methods*")
    )
    named = set(re.findall(r"\[@([\w-]+)\]", sources)) - {"key"}
    assert named <= set(_bibliography())


def test_latex_escapes_what_is_not_a_citation() -> None:
    assert latex_text("**A.** `x_y` [@wvs7] 5%") == r"\paragraph{A.} \texttt{x\_y} \citep{wvs7} 5\%"
