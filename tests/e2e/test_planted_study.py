"""CultureSPA over small worlds: it finds a planted culture, and none where none is planted.

Each check would fail if the method taught the wrong speaker, sign, order or culture: that is tried.
The figures are logged:

    pytest -m slow --log-cli-level=INFO tests/e2e/test_planted_study.py
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from acculturate.asking import asks
from acculturate.culture import Culture
from acculturate.culturespa import derangement, shift_rows, shifts
from acculturate.culturespa.targets import target
from acculturate.framing import Framing, find_framing
from acculturate.records import Item, Shift
from acculturate.study.schema import Study, load_study
from acculturate.study.shipped_studies import demo_study
from acculturate.survey import load_survey

from .planted_study import (
    LEAST_RECOVERY,
    LORA,
    MOST_OFF,
    adapted,
    by_default,
    check_planted,
    effect,
    halves,
    of_file,
    plain,
    predicted,
    predicted_shuffled,
)
from .small_world import World, grow

pytest.importorskip("peft")

CULTURES = ("CHN", "DEU", "NGA")
NOTHING = 0.05
"""What an effect of nothing may be, in deviation slopes."""
LOG = logging.getLogger(__name__)


def planted(strength: float, known: Sequence[int], other: Sequence[int]) -> World:
    survey = load_survey()
    a, b = (survey.select([f"Q{number}" for number in numbers]) for numbers in (known, other))
    return World(survey, CULTURES, a, b, strength)


def assert_recovered(gained: float, theory: float) -> None:
    """At least the share `LEAST_RECOVERY` of what theory predicts is there."""
    said = f"{gained:.3f} of {theory:.3f}: {gained / theory:.2f}"
    LOG.info(said)
    assert gained / theory >= LEAST_RECOVERY, said


# -- seconds --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tiny_world(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    world = planted(1.0, range(1, 4), range(58, 61))
    folder = tmp_path_factory.mktemp("tiny-world")
    grow(world, folder, steps=180)
    return world, folder


def test_a_planted_culture_is_found(tiny_world: tuple[World, Path], tmp_path: Path) -> None:
    world, folder = tiny_world
    before = check_planted(world, folder)
    after = adapted(world, folder, tmp_path, spa={})
    assert_recovered(effect(before, after["spa"]), predicted(world))


def test_a_study_over_a_model_that_holds_another_culture_is_void(
    tiny_world: tuple[World, Path],
) -> None:
    world, folder = tiny_world
    with pytest.raises(AssertionError, match="void: the model does not hold what was planted"):
        check_planted(planted(0.5, range(1, 4), range(58, 61)), folder)
    # what was planted on half A does not stand on half B
    swapped = World(world.survey, world.cultures, world.other, world.known, 1.0)
    with pytest.raises(AssertionError, match="void"):
        check_planted(swapped, folder)


# -- the whole study ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Callable[[float], tuple[World, Path]]:
    """A world of a strength and its model, trained once."""
    made: dict[float, tuple[World, Path]] = {}

    def of(strength: float) -> tuple[World, Path]:
        if strength not in made:
            world = planted(strength, range(1, 7), range(58, 64))
            folder = tmp_path_factory.mktemp("world")
            divergence = grow(world, folder)
            LOG.info("planted %s, %.4f nats from it", strength, divergence)
            assert divergence < 0.01
            made[strength] = world, folder
        return made[strength]

    return of


Grown = Callable[[float], tuple[World, Path]]


@pytest.mark.slow
@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_what_is_planted_is_recovered(grown: Grown, strength: float, tmp_path: Path) -> None:
    world, folder = grown(strength)
    before = check_planted(world, folder)
    after = adapted(world, folder, tmp_path, spa={}, shuffled={"control": "shuffled"})
    LOG.info("planted %s, before %s, after %s", strength, before, after)
    theory = predicted(world)
    assert_recovered(effect(before, after["spa"]), theory)
    shuffled = predicted_shuffled(world, derangement(world.cultures, 0))
    assert_recovered(effect(before, after["spa"], after["shuffled"]), theory - shuffled)


@pytest.mark.slow
def test_nothing_is_found_where_nothing_is_planted(grown: Grown, tmp_path: Path) -> None:
    world, folder = grown(0.0)
    before = check_planted(world, folder)
    after = adapted(world, folder, tmp_path, spa={}, shuffled={"control": "shuffled"})
    LOG.info("planted nothing, before %s, after %s", before, after)
    assert predicted(world) == pytest.approx(0)
    assert abs(effect(before, after["spa"])) < NOTHING
    assert abs(effect(before, after["spa"], after["shuffled"])) < NOTHING


def _wrong_speaker(name: str, **given: Any) -> Framing:
    return find_framing("unaware", **given)


def _wrong_sign(own: Any, unaware: Any, aware: Any, gain: float) -> Any:
    return target(own, aware, unaware, gain)


def _wrong_order(shift: Shift, order: tuple[int, ...]) -> tuple[float, ...]:
    return TAUGHT(shift, order)[::-1]


def _wrong_culture(
    items: Sequence[Item], framing: Framing, cultures: Sequence[Culture], *rest: Any
) -> Any:
    label, survey = derangement(CULTURES, 0), load_survey()
    return asks(
        items, framing, [survey.culture(label[culture.code]) for culture in cultures], *rest
    )


TAUGHT = Shift.taught
MUTATIONS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "speaker": (shift_rows, "find_framing", _wrong_speaker),
    "sign": (shifts, "target", _wrong_sign),
    "order": (Shift, "taught", _wrong_order),
    "culture": (shift_rows, "asks", _wrong_culture),
}


@pytest.mark.slow
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_method_that_teaches_the_wrong_thing_fails(
    grown: Grown, mutation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, folder = grown(1.0)
    before = halves(world, plain(folder))
    owner, name, wrong = MUTATIONS[mutation]
    monkeypatch.setattr(owner, name, wrong)
    after = adapted(world, folder, tmp_path, spa={})
    LOG.info("wrong %s, before %s, after %s", mutation, before, after)
    with pytest.raises(AssertionError, match=" of "):
        assert_recovered(effect(before, after["spa"]), predicted(world))


@pytest.mark.slow
def test_a_culture_is_made_the_default(grown: Grown, tmp_path: Path) -> None:
    """Trained where no culture is named, on answers for one; recovery is of the way to these."""
    world, folder = grown(1.0)
    before, aware = (halves(world, plain(folder), name).a for name in ("unaware", "aware"))
    assert before == pytest.approx(0)
    after = by_default(world, folder, tmp_path, gain=0.0)
    LOG.info("unaware %.3f, aware %.3f, by default %.3f", before, aware, after)
    assert_recovered(after - before, aware - before)


# -- the study file -------------------------------------------------------------------------------

FILE = demo_study().parent / "planted.toml"
PLANTED = {"none": 0.0, "half": 0.5, "whole": 1.0}
PLANTING = {"rank": 8, "alpha": 16, "learning_rate": 1e-2, "epochs": 40, "batch": 16, "warmup": 0.0}
ALL_LAYERS = "tuning.target='all-linear'"
"""A world has two layers, where the file names the last ten of thirty."""


def over(world: World, folder: Path) -> Study:
    """The study file over a world that is to be planted: its items, cultures and rates."""
    known = [item.id for item in world.known]
    settings = [
        f"models.base.name='hf:{folder}'",
        "neutral.read=false",
        "study.draws=100",
        f"survey.items={[item.id for item in world.items]}",
        "survey.split.held_out=['trust-groups']",
        f"cultures.measure={list(world.cultures)}",
        f"cultures.adapt={list(world.cultures)}",
    ]
    for name in PLANTED:
        settings.append(f"adapt.planted-{name}.survey.items={known}")
        settings.append(f"adapt.planted-{name}.{ALL_LAYERS}")
        settings += [f"adapt.planted-{name}.tuning.{key}={PLANTING[key]}" for key in PLANTING]
    on_top = [f"{kind}-{name}" for name in PLANTED for kind in ("spa", "shuffled")]
    for name in (*on_top, "default-whole"):
        settings.append(f"adapt.{name}.culturespa.questions.items={known}")
        settings.append(f"adapt.{name}.{ALL_LAYERS}")
        settings += [f"adapt.{name}.tuning.{key}={LORA[key]}" for key in LORA]
    return load_study(FILE, None, tuple(settings))


@pytest.mark.slow
def test_the_study_file_recovers_what_it_plants(tmp_path: Path) -> None:
    """Planted by survey tuning into a model without cultures, asked on top of that adapter."""
    survey = load_survey()
    known, other = (survey.select([f"Q{n}" for n in span]) for span in (range(1, 7), range(58, 64)))
    blank = World(survey, CULTURES, known, other, 0.0, framing="country")
    grow(blank, tmp_path / "blank")
    result, cautions = of_file(over(blank, tmp_path / "blank"), tmp_path / "run")
    by_default = result["default-whole"].a / result["planted-whole"].a
    LOG.info("a culture made the default: %.2f", by_default)
    assert by_default >= LEAST_RECOVERY
    label = derangement(CULTURES, 0)
    for name, strength in PLANTED.items():
        before, after, shuffled = (result[f"{k}-{name}"] for k in ("planted", "spa", "shuffled"))
        LOG.info("%s: before %s, after %s, shuffled %s", name, before, after, shuffled)
        off = max(abs(before.a - strength), abs(before.b))
        void = [said for said in cautions if said.startswith(f"Void: planted-{name} ")]
        assert len(void) == (off > MOST_OFF)
        assert not void or name == "whole"  # the whole of a culture spills over to half B
        if void:
            continue
        world = World(survey, CULTURES, known, other, strength)
        theory = predicted(world) - predicted_shuffled(world, label)
        if strength:
            assert_recovered(effect(before, after), predicted(world))
            assert_recovered(effect(before, after, shuffled), theory)
        else:
            assert abs(effect(before, after, shuffled)) < NOTHING
