"""General abilities: what counts as kept, and lm-eval's tasks asked of an engine here."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from acculturate.errors import ConfigError, EngineError
from acculturate.evaluation.abilities import (
    AbilitySettings,
    TaskResult,
    ask_task,
    kept,
    score,
    task_requests,
)
from acculturate.evaluation.abilities.harness import Carry
from acculturate.records import (
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Reply,
    Request,
)

WRITTEN = """
task: sums
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
test_split: test
output_type: generate_until
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
generation_kwargs: {{until: ["\\n"], do_sample: false}}
metric_list: [{{metric: exact_match, aggregation: mean, higher_is_better: true}}]
"""


def result(right: Sequence[float], chance: float = 0.25) -> TaskResult:
    return TaskResult("t", "acc", {str(n): is_right for n, is_right in enumerate(right)}, chance)


GOOD = [1.0] * 150 + [0.0] * 50


def test_a_task_at_chance_shows_nothing() -> None:
    guessed = result([1.0] * 55 + [0.0] * 145)
    assert not score(guessed).above_chance
    assert kept(guessed, guessed, 0.05).outcome == "nothing"
    assert not score(result([0.0] * 50, chance=0.0)).above_chance


def test_no_change_is_shown_only_with_enough_questions() -> None:
    many, few = result(GOOD), result(GOOD[::20])
    assert kept(many, many, 0.05).outcome == "kept"
    outcome = kept(few, few, 0.05)
    assert outcome.outcome == "open"
    assert outcome.difference == 0
    assert outcome.low < 0 < outcome.high
    assert outcome.detectable > 0.05 > kept(many, many, 0.05).detectable


def test_losses_and_gains_are_told_from_kept() -> None:
    worse = result([0.0] * 40 + GOOD[40:])
    assert kept(result(GOOD), worse, 0.05).outcome == "lost"
    assert kept(worse, result(GOOD), 0.05).outcome == "gained"
    assert kept(result(GOOD), worse, 0.5).outcome == "kept"
    assert kept(result(GOOD), worse, 0.05).difference == pytest.approx(-0.2)


def test_intervals_are_bonett_and_prices() -> None:
    """20 gains and 10 losses of 100: (21 - 11) / 102 -+ 1.96 sqrt((32/102 - (10/102)^2) / 102)."""
    before, after = result([0.0] * 20 + [1.0] * 80), result([1.0] * 20 + [0.0] * 10 + [1.0] * 70)
    outcome = kept(before, after, 0.05)
    assert (outcome.low, outcome.high) == pytest.approx((-0.00897, 0.20505), abs=1e-4)


def test_only_questions_answered_both_times_count() -> None:
    after = TaskResult("t", "acc", {"0": 1.0, "999": 0.0}, 0.25)
    assert kept(result(GOOD), after, 0.05).n == 1
    with pytest.raises(ValueError, match="both before and after"):
        kept(result(GOOD), TaskResult("t", "acc", {"x": 1.0}, 0.25), 0.05)


def carrying(
    answer: Callable[[Request], Reply | None], asked: list[Request] | None = None
) -> Carry:
    def carry(requests: Sequence[Request]) -> list[Reply | None]:
        if asked is not None:
            asked.extend(requests)
        return [answer(request) for request in requests]

    return carry


def knowing(request: Request) -> Reply:
    """Knows sums, and answers all else with A."""
    assert isinstance(request, ChooseRequest)
    words = request.messages[-1].text.replace("?", "").split()
    place = 0
    if words[3:4] == ["+"]:
        total = f". {int(words[2]) + int(words[4])}\n"
        place = next(k for k, one in enumerate("ABCD") if one + total in request.messages[-1].text)
    return Choice(tuple(-0.1 if k == place else -5.0 for k in range(4)))


def test_everyday_is_asked_without_a_hub() -> None:
    asked: list[Request] = []
    outcome = ask_task("everyday", AbilitySettings(), "You are kind.", carrying(knowing, asked))
    assert (len(outcome.values), outcome.chance, outcome.metric) == (274, 0.25, "acc")
    assert 0.25 < score(outcome).value < 0.5
    assert isinstance(asked[0], ChooseRequest)
    assert asked[0].labels == ("A", "B", "C", "D")
    assert [message.role for message in asked[0].messages] == ["system", "user"]
    assert asked[0].messages[0].text == "You are kind."


def test_what_would_be_asked_is_known_beforehand() -> None:
    asked: list[Request] = []
    settings = AbilitySettings(limit=12)
    ask_task("everyday", settings, "You are kind.", carrying(knowing, asked))
    assert task_requests("everyday", settings, "You are kind.") == tuple(asked)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["BLEnD", "normad", "CulturalBench"])
def test_a_task_that_lm_eval_lacks_is_said(name: str) -> None:
    with pytest.raises(ConfigError, match=f"has no task '{name}'. `lm-eval ls tasks` lists"):
        task_requests(name, AbilitySettings(), "")


def test_a_question_without_a_reply_has_no_score() -> None:
    def flaky(request: Request) -> Reply:
        return Failure("transient", "busy") if request.id < "8" else knowing(request)

    outcome = ask_task("everyday", AbilitySettings(limit=40), "", carrying(flaky))
    assert outcome.failed > 0
    assert outcome.failed + len(outcome.values) == 40


def test_tasks_of_ones_own_may_have_written_answers(tmp_path: Path) -> None:
    rows = [{"question": f"{n} + 1 =", "answer": str(n + 1)} for n in range(6)]
    data = tmp_path / "sums.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "sums.yaml").write_text(WRITTEN.format(data=data), encoding="utf-8")

    def write(request: Request) -> Reply:
        assert isinstance(request, GenerateRequest)
        number = int(request.messages[-1].text.split()[0])
        return Generation("5\nand more" if number == 4 else "no", 1, 1, "end")

    settings = AbilitySettings(include=(tmp_path,))
    outcome = ask_task("sums", settings, "", carrying(write))
    assert list(outcome.values.values()) == [0, 0, 0, 0, 1, 0]
    assert outcome.chance == 0


def test_what_cannot_be_weighed_is_said(tmp_path: Path) -> None:
    row = {"question": "What is the sea?", "options": ["a lot of salty water", "dry"], "answer": 0}
    data = tmp_path / "sea.jsonl"
    data.write_text(json.dumps(row) + "\n", encoding="utf-8")
    (tmp_path / "sea.yaml").write_text(
        f"task: sea\ndataset_path: json\ndataset_kwargs: {{data_files: {{test: {data}}}}}\n"
        "test_split: test\noutput_type: multiple_choice\ndoc_to_text: '{{question}}'\n"
        "doc_to_choice: '{{options}}'\ndoc_to_target: answer\n"
        "metric_list: [{metric: acc, aggregation: mean, higher_is_better: true}]\n",
        encoding="utf-8",
    )
    settings = AbilitySettings(include=(tmp_path,))
    with pytest.raises(EngineError, match="probability of whole options"):
        ask_task("sea", settings, "", carrying(knowing))
