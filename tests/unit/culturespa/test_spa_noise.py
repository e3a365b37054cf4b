import pytest

from acculturate.asking import AnswerSettings
from acculturate.culture import find_culture
from acculturate.culturespa import (
    AnswerPair,
    Answers,
    AnswerStage,
    CultureSpaSettings,
    ShiftSettings,
    find_shifts,
)
from acculturate.culturespa.answering import REWORDED, Rewording
from acculturate.culturespa.noise import FEWEST, Noise
from acculturate.culturespa.shifts import ABOVE
from acculturate.engines.mock import MockEngine
from acculturate.records import Item, Request, Wording

from .conftest import Carry

WORDS = ("low", "middle", "high")
DEU = find_culture("DEU")


def item(number: int, scale: str = "ordinal") -> Item:
    return Item(f"q{number}", "Work", (1, 2, 3), scale, {"en": (Wording(f"Q {number}.", WORDS),)})  # type: ignore[arg-type]


def moved(number: int, how_far: float, scale: str = "ordinal") -> Rewording:
    """Two answers so far from each other."""
    share = how_far * (2 if scale == "ordinal" else 1)
    return Rewording(item(number, scale), (1.0, 0.0, 0.0), (1 - share, share, 0.0))


def test_the_noise_is_what_95_of_100_rewordings_keep_below() -> None:
    noise = Noise.of([moved(number, number / 1000) for number in range(1, 101)])
    assert noise is not None
    assert noise.level(item(1)) == pytest.approx(0.096)  # the least that is as large as .95 of them
    assert noise.level(item(1, "nominal")) == noise.level(item(1))  # too few of its own
    assert noise.told.endswith("95% of 100 answers by at most 0.096")


def test_kinds_of_items_have_levels_of_their_own_where_there_are_enough() -> None:
    several = [moved(number, 0.1) for number in range(FEWEST)]
    several += [moved(number, 0.3, "nominal") for number in range(FEWEST)]
    noise = Noise.of(several)
    assert noise is not None
    assert noise.level(item(1)) == pytest.approx(0.1)
    assert noise.level(item(1, "nominal")) == pytest.approx(0.3)
    assert "at most 0.1 and 0.3" in noise.told


def test_without_rewordings_there_is_no_noise() -> None:
    assert Noise.of([]) is None


# -- shifts ---------------------------------------------------------------------------------------


PAIRS = tuple(
    AnswerPair(item(number), "DEU", (1.0, 0.0, 0.0), (1 - 2 * far, 2 * far, 0.0), 1.0)
    for number, far in enumerate((0.02, 0.05, 0.08))
)
ANSWERS = Answers(PAIRS, (), (moved(0, 0.05), moved(1, 0.03)))


def found(answers: Answers = ANSWERS, **shifts: object) -> list[str]:
    own = CultureSpaSettings(shifts=ShiftSettings.model_validate(shifts))
    return [shift.item for shift in find_shifts(answers, own).shifts]


def test_what_does_not_exceed_the_noise_is_no_shift() -> None:
    assert found() == ["q2"]
    assert found(select="top", top=1.0) == ["q2"]
    assert found(select="published") == []  # its likeliest option is the same
    assert found(noise="report") == ["q0", "q1", "q2"]
    assert found(noise="report", strength=0.06) == ["q2"]
    assert found(strength=0.09) == []
    assert found(Answers(PAIRS, ())) == ["q0", "q1", "q2"]


@pytest.mark.parametrize("noise", ["exclude", "report"])
def test_how_many_exceed_it_is_counted(noise: str) -> None:
    own = CultureSpaSettings(shifts=ShiftSettings.model_validate({"noise": noise}))
    result = find_shifts(ANSWERS, own)
    assert (result.above, result.asked) == (1, 3)
    counted = {tally.step: (tally.count, tally.of, tally.note) for tally in result.yields}
    told = "other words for the unaware framing move 95% of 2 answers by at most 0.05"
    assert counted[ABOVE] == (1, 3, told)


def test_published_measures_no_noise() -> None:
    own = CultureSpaSettings(preset="published")
    assert (own.shifts.noise, own.answering.dtype) == ("ignore", "model")
    stage = AnswerStage([item(1)], [DEU], own, AnswerSettings())
    assert stage.total == 2


# -- asking ---------------------------------------------------------------------------------------


def words_matter(request: Request) -> list[float]:
    """Answers by how long the framing is."""
    low = len(request.messages[0].text) % 50 / 100 + 0.1
    return [low, 0.9 - low, 0.1]


def test_a_part_of_the_questions_is_asked_in_other_words(carry: Carry) -> None:
    items = [item(number) for number in range(2 * REWORDED + 1)]
    stage = AnswerStage(items, [DEU], CultureSpaSettings(), AnswerSettings())
    orders = 2
    assert stage.reworded == orders * 2 * 67  # every third of 201, in two other wordings
    answers = stage.collect(carry(stage, MockEngine(words_matter)))
    assert len(answers.rewordings) == 2 * 67
    first = answers.rewordings[0]
    assert first.item is items[0]
    assert first.first == answers.pairs[0].unaware
    assert first.first != first.other
    assert Noise.of(answers.rewordings) is not None
