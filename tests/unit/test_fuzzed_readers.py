"""Every reader of replies and of tables takes whatever comes: an answer, a reason, or one sentence.

A few examples here; `make torture` looks for ten minutes at each (docs/reliability.md).
"""

import contextlib
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hostile_texts import hostile_texts

from acculturate.amounts import amount
from acculturate.asking.parser import parse
from acculturate.asking.shares import read_shares
from acculturate.bounded import json_tree, toml_tree
from acculturate.clca.intents import read_intent
from acculturate.clca.json_replies import find_object
from acculturate.clca.judges.judgement import read_good, read_judgement
from acculturate.clca.judges.verdicts import read_verdict
from acculturate.clca.play.moves import read_move
from acculturate.culturespa.question_reader import read
from acculturate.culturespa.written import read_questions
from acculturate.engines.thoughts import reasoning_split
from acculturate.errors import AcculturateError
from acculturate.evaluation.answers_file import read_answers
from acculturate.loose import trees
from acculturate.records import Option
from acculturate.sheets.findings import Findings
from acculturate.sheets.opening import open_sheet
from acculturate.survey import load_survey
from acculturate.template_sandbox import filled
from acculturate.tuning.rows import read_rows

SECONDS = 20
"""Of one text: what takes longer hangs. A machine that is busy takes ten times as long as else."""
SCALE = [Option(n, str(n), text) for n, text in enumerate(("Agree", "Neither", "Disagree"), 1)]
PIECES = [
    *'{}[]()"“”„‘’«»「」:;,.?!*_#|/-\\\n\t ', "：", "，", "```json\n",
    '{"question": "', '"options": [',
    "Verdict: good", "quality: bad", "判断：好", "Urteil: gut", "Move: speak\n", "Ana: ", "Luis: ",
    "<think>", "</think>", "<final>", "1. ", "2) ", "A. ", "10/10", "33%", "0.5", "1e308",
    "NaN", "²", "\\ud83d", "\\udc00", '{"question": "Tea \\ud83d?", "options": ["Yes", "No"]}',
    "Agree", "Disagree", "I would say ", "not ", "no", "I cannot answer. ", "culture,item,answer\n",
    "CHN,Q1,1\n", '"prompt": [{"role": "user", "content": "', "\ufeff", "\r\n", "9" * 30,
    *hostile_texts(),
]  # fmt: skip
TEXTS = st.builds(
    lambda parts, times: ("".join(parts) * times)[:20_000],
    st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=14),
    st.sampled_from([1, 1, 1, 2, 7, 300]),
)


def as_file(ending: str, reader: Callable[[Path], Any]) -> Callable[[str], Any]:
    """Return a reader of files as one of texts."""

    def read_text(text: str) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"t{ending}"
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
            return reader(path)

    return read_text


def sheet(path: Path) -> Any:
    findings = Findings(path.name)
    source = open_sheet(path, path.parent)
    return source.read(list(source.names), findings)


def answers(path: Path) -> Any:
    return read_answers(path, load_survey("wvs7-marginals"), findings=Findings(path.name))


READERS: Mapping[str, Callable[[str], Any]] = {
    "answers": lambda text: parse(text, SCALE),
    "answers in German": lambda text: parse(text, SCALE, "de"),
    "shares": lambda text: read_shares(text, SCALE),
    "questions": read,
    "objects": lambda text: list(trees(text)),
    "one object": find_object,
    "moves": lambda text: read_move(text, ("Ana", "Luis"), "en"),
    "moves in Chinese": lambda text: read_move(text, ("李伟", "王芳"), "zh"),
    "judgements": lambda text: read_judgement(text, "en"),
    "cells of verdicts": lambda text: read_good(text, "es"),
    "verdicts": lambda text: read_verdict(text, "ja"),
    "intents": lambda text: read_intent(text, "Come in!", "en", 60, ("Ana", "Luis")),
    "thoughts": reasoning_split,
    "amounts": amount,
    "JSON": json_tree,
    "TOML": toml_tree,
    "templates": lambda text: filled(text, {}),
    "CSV": as_file(".csv", sheet),
    "JSON lines": as_file(".jsonl", sheet),
    "Parquet": as_file(".parquet", sheet),
    "workbooks": as_file(".xlsx", sheet),
    "archives": as_file(".zip", sheet),
    "files of answers": as_file(".csv", answers),
    "training rows": as_file(".jsonl", read_rows),
    "files of questions": as_file(".jsonl", lambda path: list(read_questions(path))),
}
RAISED = {
    "JSON": (ValueError,),
    "TOML": (ValueError,),
    "templates": (Exception,),  # a template is a program; prompts.py says what it did
}


@pytest.mark.parametrize("name", READERS)
@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(text=TEXTS)
def test_whatever_comes_is_read_or_told(name: str, text: str) -> None:
    begun = time.process_time()
    with contextlib.suppress(AcculturateError, *RAISED.get(name, ())):
        READERS[name](text)
    assert time.process_time() - begun < SECONDS


@pytest.mark.parametrize("name", ["questions", "objects", "one object", "intents"])
def test_half_a_letter_in_json_is_no_text(name: str) -> None:
    """It would be in prompts and records, and no file takes it."""
    text = r'{"question": "Tea \ud83d?", "options": ["Yes", "\ud83d\ude00"], "intent": "\ude00"}'
    READERS[name](text)
    said = json.dumps(READERS[name](text), default=repr, ensure_ascii=False)
    assert said.encode()
    assert "\ud83d" not in said.casefold()
