import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from acculturate.cli.main import app
from acculturate.culturespa import DefaultRules, Drop, LeakCheck, filter_file
from acculturate.culturespa.filters import FRAME, LEAK, OFF_TOPIC
from acculturate.culturespa.leak_examples import load_examples
from acculturate.culturespa.meaning import Floats, unit
from acculturate.culturespa.minilm import MiniLm, kept_vectors
from acculturate.culturespa.question_language import is_in
from acculturate.culturespa.question_reader import Draft
from acculturate.culturespa.semantic import check_encoder, duplicates, open_encoder
from acculturate.culturespa.topics import TopicCheck
from acculturate.errors import EngineError, SurveyError
from acculturate.records import Item
from acculturate.survey import load_survey

AGREE = ("Agree", "Disagree")


def taken(survey_items: tuple[Item, ...], question: str, *options: str) -> Draft | Drop:
    rules = DefaultRules(survey_items, 0.8, LeakCheck(survey_items))
    return rules.take(Draft(question, options or AGREE), "Work")


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("Is a long holiday better than a high wage?", ""),
        ("How long is your way to the office, and why?", "two questions in one"),
        ("Do you have a boss? Would you rather be without one?", "two questions in one"),
        ('Was "What is this? And why is it here?" said at your office?', ""),
        ("If you have a boss, what do you learn and what would you teach?", "two questions in one"),
        ("If you have a boss, do you know who she is and what she wants?", ""),
        ("Wie lange ist der Weg zu Ihrer Arbeit?", "not in English"),
        ("你每天的工作时间有多长?", "question too short"),
        ("work should ALWAYS come first!", "survey item"),
        ("Should work come first for everybody?", LEAK),
    ],
)
def test_default_rules(survey_items: tuple[Item, ...], question: str, why: str) -> None:
    result = taken(survey_items, question)
    assert (result.reason if isinstance(result, Drop) else "") == why


def test_a_drop_says_what_it_is_like(survey_items: tuple[Item, ...]) -> None:
    result = taken(survey_items, "Should work come first for everybody?")
    assert isinstance(result, Drop)
    assert result.like.startswith("W3, as in")


SAID = "It is sometimes said that {} should be taxed. What do you think?"
THINGS = ("bread", "old houses", "holidays abroad", "newspapers", "bicycles", "long baths")


@pytest.mark.parametrize(("share", "kept"), [(0.5, 2), (1, 6)])
def test_questions_of_one_frame_are_bounded_and_told(share: float, kept: int) -> None:
    rules = DefaultRules((), 0.95, frames=share)
    result = [rules.take(Draft(SAID.format(thing), AGREE), "Tax") for thing in THINGS]
    assert [drop.reason for drop in result if isinstance(drop, Drop)] == [FRAME] * (6 - kept)
    [alike] = rules.found()
    assert (alike.step, alike.count, alike.of) == ("questions of one topic begin alike", kept, kept)
    assert "it is sometimes said" in alike.note


def test_a_frame_may_grow_with_its_topic() -> None:
    rules = DefaultRules((), 0.95)
    asked = [SAID.format(thing) for thing in THINGS]
    others = ["Are taxes on land fair?", "Who should pay for a bridge?", "Why do people pay taxes?"]
    options = ("The rich", "The poor", "All of them")
    kept = [rules.take(Draft(question, AGREE), "Tax") for question in asked[:2]]
    assert isinstance(rules.take(Draft(asked[2], AGREE), "Tax"), Drop)
    kept += [rules.take(Draft(other, options), "Tax") for other in others]
    kept.append(rules.take(Draft(asked[3], AGREE), "Tax"))
    assert all(isinstance(draft, Draft) for draft in kept)
    assert isinstance(rules.take(Draft(asked[4], AGREE), "Tax"), Drop)


def test_questions_off_their_topic_are_dropped_or_counted() -> None:
    survey = tuple(load_survey("wvs7-marginals").items.values())
    church = Draft("How often do you go to church?", ("Often", "Seldom", "Never"))
    dropped = DefaultRules(survey, 0.8, off_topic="drop").take(church, "Economic Values")
    assert isinstance(dropped, Drop)
    assert dropped.reason == OFF_TOPIC
    rules = DefaultRules(survey, 0.8)
    assert rules.take(church, "Economic Values") == church
    taxes = Draft("Should the rich pay higher taxes?", AGREE)
    assert isinstance(rules.take(taxes, "Economic Values"), Draft)
    assert [(tally.step, tally.count, tally.of) for tally in rules.found()] == [
        (f"questions are {OFF_TOPIC}", 1, 2)
    ]
    rules = DefaultRules(survey, 0.8)
    assert rules.take(church, "A topic of my own") == church
    assert not rules.found()


def test_hardly_any_question_is_said_to_be_off_its_topic() -> None:
    """The survey's own, and 300 by an author who knew no check; of these, said to be on another
    topic of the survey, three in five are found.
    """
    survey = tuple(load_survey("wvs7-marginals").items.values())
    check = TopicCheck(survey)
    topics = {item.topic for item in survey}
    with (Path(__file__).parent / "other_questions_by_a_blind_author.tsv").open() as file:
        rows = [(row["question"], row["topic"]) for row in csv.DictReader(file, delimiter="\t")]
    own = [(wording.stem, item.topic) for item in survey for wording in item.wordings["en"]]
    assert not [question for question in own if check.is_off(question[0], (), question[1])]
    assert sum(check.is_off(question, (), topic) for question, topic in rows) <= 0.02 * len(rows)
    moved = [(question, topic) for question, own in rows for topic in topics - {own}]
    assert sum(check.is_off(question, (), topic) for question, topic in moved) > 0.6 * len(moved)


def test_options_come_out_clean(survey_items: tuple[Item, ...]) -> None:
    listed = taken(
        survey_items, "Is the way to your office long?", "1. Yes", "2. No", "9. Don't know"
    )
    assert listed == Draft("Is the way to your office long?", ("Yes", "No"))
    ends = taken(survey_items, "Is the way to your office long?", "1 - Short", "2", "3", "4 - Long")
    assert ends == Draft("Is the way to your office long?", ("1 = Short", "4 = Long"))
    # what is left passes the same rules unchanged
    assert isinstance(ends, Draft)
    assert taken(survey_items, ends.question, *ends.options) == ends


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Do you pray?", "en", True),
        ("Pizza?", "en", True),
        ("¿Con qué frecuencia reza usted?", "en", False),
        ("¿Con qué frecuencia reza usted?", "es", True),
        ("Как часто вы молитесь?", "en", False),
        ("每周你祈祷几次", "zh", True),
        ("12345", "en", True),
    ],
)
def test_languages(text: str, language: str, found: bool) -> None:
    assert is_in(text, language) is found


# -- the command ----------------------------------------------------------------------------------

LINES = (
    '{"topic": "A", "question": "Do you like red best of the colours?", "options": ["Yes", "No"]}',
    "no json",
    '{"topic": "A", "question": "Do you like red best of the colours?", "options": ["Yes", "No"]}',
    '{"topic": "B", "question": "How much do you trust the World Bank?", '
    '"options": ["A lot", "Little"]}',
)


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "q.jsonl"
    path.write_text("\n".join(LINES), encoding="utf-8")
    return path


def test_the_command_counts_steps_topics_and_reasons(questions: Path, tmp_path: Path) -> None:
    out = tmp_path / "left.jsonl"
    done = CliRunner().invoke(
        app, ["culturespa", "filter", str(questions), "--json", "--explain", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["read"], said["kept"]) == (3, 1)
    assert [step["left"] for step in said["steps"]] == [3, 3, 3, 2, 1, 1]
    assert said["found"] == []
    assert said["topics"] == [
        {"topic": "A", "read": 2, "kept": 1},
        {"topic": "B", "read": 1, "kept": 0},
    ]
    assert said["reasons"] == {"duplicate": 1, LEAK: 1}
    assert said["bad_lines"] == {"count": 1, "first": [{"line": 2, "reason": "not JSON"}]}
    assert [(example["line"], example["like"]) for example in said["examples"]] == [
        (3, "Do you like red best of the colours?"),
        (4, "Q87, as in 'How much do you trust the World Bank?'"),
    ]
    assert out.read_text(encoding="utf-8") == LINES[0] + "\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["left.jsonl", "q.jsonl"]


def test_leaks_can_be_kept_and_published_rules_do(questions: Path) -> None:
    for options in (["--leaks", "keep"], ["--rules", "published"]):
        done = CliRunner().invoke(app, ["culturespa", "filter", str(questions), "--json", *options])
        assert json.loads(done.stdout)["reasons"] == {"duplicate": 1}


def test_the_command_prints_for_people(questions: Path) -> None:
    done = CliRunner().invoke(app, ["culturespa", "filter", str(questions), "--explain"])
    assert "3 questions read" in done.output
    assert "line 4: How much do you trust the World Bank?  <- Q87" in done.output
    assert "1 lines hold no question: line 2 (not JSON)" in done.output


def test_files_that_cannot_be_used_are_one_sentence(tmp_path: Path, questions: Path) -> None:
    rules = DefaultRules((), 0.8)
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n{}\n")
    with pytest.raises(SurveyError, match=r"No line of .* line 2 is no question"):
        filter_file(empty, rules)
    with pytest.raises(SurveyError, match="cannot be written"):
        filter_file(questions, rules, tmp_path / "no folder" / "out.jsonl")


# -- meaning --------------------------------------------------------------------------------------


def by_letter(texts: Sequence[str]) -> Floats:
    """A and b are one matter, c and d are two more."""
    return np.array([[float(text[0] in part) for part in ("ab", "c", "d")] for text in texts])


@pytest.mark.parametrize(
    ("package", "name", "extra"),
    [("onnxruntime", "minilm", "dedup"), ("transformers", "hf:some/model", "hf")],
)
def test_an_encoder_needs_its_extra_and_says_so_and_what_does_without(
    monkeypatch: pytest.MonkeyPatch, package: str, name: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    for opened in (check_encoder, open_encoder):
        with pytest.raises(EngineError, match=rf"{package}.*acculturate\[{extra}\].*\"letters\""):
            opened(name)


@pytest.mark.parametrize("name", ["wordllama", "some/model"])
def test_an_encoder_that_is_none_is_one_sentence(name: str) -> None:
    with pytest.raises(EngineError, match=r"There is no encoder .*minilm.*letters"):
        open_encoder(name)


@pytest.mark.parametrize("name", ["letters", ""])
def test_words_and_letters_need_no_encoder(name: str) -> None:
    """Earlier versions wrote "" down for it."""
    assert open_encoder(name) is None


def test_a_folder_without_a_model_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be opened"):
        open_encoder(str(tmp_path))


def test_texts_of_one_meaning_are_found() -> None:
    texts = ["a" * 10, "b" * 10, "c" * 90, "d" * 50, "b" * 9]
    result = duplicates(texts, by_letter, 0.999)
    assert [(double.text, double.other) for double in result] == [(1, 0), (4, 0)]
    assert duplicates([], by_letter, 0.9) == ()


def test_minilm_brings_like_texts_together() -> None:
    encode = open_encoder("minilm")
    assert encode is not None
    first, second, third = unit(
        encode(["How happy are you?", "Are you a happy person?", "Taxes on land are too high."])
    )
    assert first @ second > first @ third + 0.3


def test_a_text_comes_to_the_same_in_any_batch() -> None:
    texts = ["Is it?", "How happy are you with your life?", "Are taxes on land too high? " * 20, ""]
    encode = MiniLm()
    alone = np.concatenate([encode([text]) for text in texts])
    np.testing.assert_allclose(encode(texts), alone, atol=1e-5)


def test_the_kept_vectors_are_those_of_the_examples() -> None:
    """Else type: python -m acculturate.culturespa.minilm."""
    kept = kept_vectors()
    texts = [*kept][::100]
    assert [*kept] == list(dict.fromkeys(example.text for example in load_examples()))
    cosine = (unit(MiniLm()(texts)) * unit(np.array([kept[text] for text in texts], float))).sum(1)
    assert cosine.min() > 0.999
