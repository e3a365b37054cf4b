"""The methods paragraph: what it says is what the run was, and all that it cites is there."""

import re
from pathlib import Path

from acculturate.export import OpenedRun
from acculturate.export.methods_text import _bibliography, latex_text, methods_text, write_methods


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
