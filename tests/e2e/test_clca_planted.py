"""Invented cultures told in dialogues: who is trained on whose words, and what that plants."""

from collections import Counter
from pathlib import Path

import pytest
from benchmarks.poles.learner import make_learner
from benchmarks.poles.planted import Planted, at_hand, planted_study, run_planted
from benchmarks.poles.world import NATIVE, Side, study_world

from acculturate.engines.model_files import read_tokenizer
from acculturate.records import TrainingRow
from acculturate.study.wiring import build_rows
from acculturate.tuning.tokenised_rows import make_example

WORLD = study_world()
NOTHING = 0.1
"""A deviation slope that is none: three standard errors of what is drawn."""
SIDES: dict[str, tuple[str, int, Side]] = {
    line: (pole.name, sign, side)
    for pole in WORLD.poles.values()
    for sign, side in pole.sides.items()
    for line in side.lines
}


def planted_rows(planted: Planted, student: Path, folder: Path) -> tuple[TrainingRow, ...]:
    with at_hand(planted):
        taught, _ = build_rows(planted_study(planted, str(student), folder), "d90", folder / "run")
    return tuple(taught.rows)


def shown(row: TrainingRow, tokenizer: object) -> list[bool]:
    """Whether each line that bears loss shows the side of the row's culture."""
    example = make_example(tokenizer, row, 4096)
    assert example is not None
    text = tokenizer.decode(example.trained)  # type: ignore[attr-defined]
    lines = [part.strip() for part in text.split("<|im_end|>") if part.strip()]
    sides = [SIDES[line] for line in lines]
    return [WORLD.stand(row.culture, pole) == sign for pole, sign, _ in sides]


def shares(rows: tuple[TrainingRow, ...], student: Path) -> dict[str, float]:
    """How often the lines trained under a native's and a newcomer's name show the culture."""
    tokenizer = read_tokenizer(student)
    counts = {"native": Counter[bool](), "newcomer": Counter[bool]()}
    for row in rows:
        who = "native" if NATIVE in row.prompt[0].text.splitlines()[0] else "newcomer"
        counts[who].update(shown(row, tokenizer))
    assert all(count.total() > 60 for count in counts.values())
    return {who: count[True] / count.total() for who, count in counts.items()}


@pytest.mark.parametrize("swapped", [False, True])
def test_the_trained_tokens_are_those_of_whom_the_prompt_names(
    tmp_path: Path, tiny_model: Path, swapped: bool
) -> None:
    planted = Planted(doses=(0.9,), dialogues=10, swapped=swapped)
    rows = planted_rows(planted, tiny_model, tmp_path)
    assert len(rows) == 2 * 10 * len(WORLD.stood)
    told, other = ("newcomer", "native") if swapped else ("native", "newcomer")
    result = shares(rows, tiny_model)
    assert result[told] == pytest.approx(0.9, abs=0.08)
    assert result[other] == pytest.approx(0.5, abs=0.12)
    for row in rows:
        speaker = row.source.split(maxsplit=2)[2]
        assert row.prompt[0].text.startswith(f"You are {speaker} (") is not swapped


def test_intents_say_why_by_the_side_that_was_shown(tmp_path: Path, tiny_model: Path) -> None:
    rows = planted_rows(Planted(doses=(0.9,), tasks="intents", dialogues=4), tiny_model, tmp_path)
    assert len(rows) == 4 * 4 * len(WORLD.stood)  # each of four moves of each dialogue
    for row in rows:
        line = row.prompt[-1].text.partition("Now:\n")[2].split("\n")[0].partition(": ")[2]
        assert SIDES[line][2].intent in row.completion
        assert WORLD.cultures[row.culture].name in row.completion


def test_as_many_cultures_stand_on_one_side_of_a_pole_as_on_the_other() -> None:
    """So whoever learns a side for all cultures alike gains nothing."""
    for pole in WORLD.poles:
        assert sum(WORLD.stand(code, pole) for code in WORLD.stood) == 0


# -- the whole of it, with a model that learns ----------------------------------------------------


@pytest.mark.slow
def test_more_dose_gives_more_effect_and_only_under_the_speakers_own_name(tmp_path: Path) -> None:
    student = str(make_learner(tmp_path / "learner"))
    true = run_planted(Planted(), student, tmp_path)
    swapped = run_planted(Planted(doses=(0.9,), swapped=True), student, tmp_path)
    slopes = [true[f"{arm}-native"].slope for arm in ("before", "d50", "d70", "d90")]
    assert abs(slopes[0]) < NOTHING, "the learner knows what it is to be taught"
    assert abs(slopes[1]) < NOTHING, "a dose of a half is none"
    assert slopes[1] + NOTHING < slopes[2], "a dose of 70% shows"
    assert slopes[2] + NOTHING < slopes[3], "and one of 90% shows more"
    assert true["d90-native"].low > 0
    for effect in (*true.values(), *swapped.values()):
        assert effect.reported == pytest.approx(effect.slope, abs=0.02)
    # the newcomer's own words showed nothing
    assert true["d90-newcomer"].slope < slopes[3] / 2
    assert swapped["d90-native"].slope < slopes[3] / 2
