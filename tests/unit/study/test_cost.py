"""The arithmetic of costs, by hand."""

from dataclasses import replace

import pytest

from acculturate.engines import parse_model
from acculturate.engines.hf.model_shape import ModelShape
from acculturate.engines.server.server_settings import ServerSettings
from acculturate.methods.workload import Amount, Counter, Kind, Sizes, Work, spread
from acculturate.records import ChooseRequest, GenerateRequest, Message, Sampling, TrainingRow
from acculturate.study.costs.cost import local_cost, server_cost
from acculturate.study.costs.forecast import amount, duration
from acculturate.study.costs.machine import (
    LAYER_SECONDS,
    READING,
    STEP_SECONDS,
    TUNING,
    WRITING,
    Machine,
)
from acculturate.tuning.tuning_settings import TuningSettings, resolve

CPU = Machine("cpu", "float32", peak=1e9, reads=1e8, memory=1 << 33)
MODEL = ModelShape(
    parameters=1500, body=1000, head=500, width=10, cached=20, vocabulary=50, layers=2, hidden=10
)


def work(kind: Kind = "choose", written: float = 0, answered: int = 0) -> Work:
    return Work(
        "a", "base", kind, Amount(10, 20), Sizes(100, 40, 30, 120), Amount.of(written), rows=5,
        room=8 if written else 0, answered=answered,
    )  # fmt: skip


def test_choosing_is_arithmetic_at_a_share_of_the_peak() -> None:
    seconds = local_cost(work(), MODEL, CPU).seconds
    flops = 2 * 1000 * 400 + 2 * 500 * 10 + 4 * 10 * 400 * 30
    assert seconds is not None
    assert seconds.likely == pytest.approx(flops / (1e9 * READING))
    assert seconds.most == pytest.approx(2 * seconds.likely)


def test_what_is_answered_costs_nothing() -> None:
    whole, half, none = (local_cost(work(answered=n), MODEL, CPU).seconds for n in (0, 5, 20))
    assert whole
    assert half
    assert half.likely == pytest.approx(whole.likely / 2)
    assert half.most == pytest.approx(whole.most * 15 / 20)
    assert none == Amount(0, 0)


def test_writing_waits_for_memory() -> None:
    seconds = local_cost(work("generate", written=4), MODEL, CPU).seconds
    reading = (2 * 1000 * 400 + 4 * 10 * 400 * 30) / (1e9 * READING)
    products = 2 * 1500 * 40 / (1e9 * WRITING)
    steps = 10 / 5 * 1.5 * 4
    memory = (steps * 1500 + 40 * (100 + 4) * 20) * 4 / 1e8
    assert seconds is not None
    assert seconds.likely == pytest.approx(reading + products + memory + steps * 2 * LAYER_SECONDS)


def test_tuning_takes_forward_and_backward() -> None:
    flops = 2 * 1000 * 400 + 2 * 500 * 10 + 4 * 10 * 400 * 30
    here = local_cost(work("tune"), MODEL, CPU)
    gpu = local_cost(work("tune"), MODEL, Machine("cuda", "bfloat16", 1e9, 1e8, 1 << 33))
    assert here.seconds
    assert gpu.seconds
    steps = 10 / 5 * 2 * STEP_SECONDS
    assert here.seconds.likely == pytest.approx(2 * flops / (1e9 * TUNING) + steps)
    # activations are computed a second time, and not kept
    assert gpu.seconds.likely == pytest.approx(3 * flops / (1e9 * TUNING))
    assert gpu.memory
    assert here.memory
    assert gpu.memory < here.memory


def test_layers_below_those_trained_are_passed_forwards_once_or_in_every_epoch() -> None:
    tuning = replace(work("tune"), epochs=3, rows=10**9)
    for shares, share in ((True, (2 * 0.25 + 0.75 / 3) / 2), (False, (2 * 0.25 + 0.75) / 2)):
        model = replace(MODEL, shares=shares)
        whole, upper = (
            local_cost(replace(tuning, upper=part), model, CPU).seconds for part in (1, 0.25)
        )
        assert whole
        assert upper
        assert upper.likely == pytest.approx(whole.likely * share, rel=1e-4)


@pytest.mark.parametrize(
    ("target", "share"),
    [
        ("all-linear", 1.0),
        (r".*layers\.2\d\..*_proj", 1 / 3),
        (r".*\.29\.mlp\.down_proj", 1 / 30),
        (("q_proj", "v_proj"), 1.0),
        ("no_such_layer", 1.0),
    ],
)
def test_the_lowest_trained_layer_is_read_off_the_target(target: str, share: float) -> None:
    assert resolve("default", {"target": target}).upper_share(30) == pytest.approx(share)
    assert resolve("default", {"target": target, "embeddings": True}).upper_share(30) == 1.0


def test_servers_bill_what_they_read_and_write() -> None:
    settings = ServerSettings(price=(1.0, 10.0), samples=4)
    chosen = server_cost(work(), settings).money
    assert chosen
    assert chosen.likely == pytest.approx((1000 + 10 * 10) / 1e6)
    assert chosen.most == pytest.approx((4 * 2000 + 10 * 20 * 4 * 16) / 1e6)
    written = server_cost(work("generate", written=4), settings).money
    assert written
    assert written.likely == pytest.approx((1000 + 10 * 40) / 1e6)
    assert written.most == pytest.approx((2000 + 10 * 80) / 1e6)
    free = server_cost(work(), ServerSettings())
    assert free.money is None
    assert free.billed is not None


def prompts(*texts: str) -> list[ChooseRequest]:
    return [ChooseRequest((Message("user", text),), ("1", "2")) for text in texts]


def lettered() -> Counter:
    """Counts letters, as of any model behind a server."""
    return Counter(lambda ref: parse_model("mock:noise"))


def test_what_prompts_share_is_computed_once() -> None:
    asked = prompts("a" * 28, "a" * 28, "b" * 8)
    sizes = lettered().asking("a", "base", Amount.of(3), asked).sizes
    turn, first, last = 3, 7, 2  # tokens: four letters each
    assert sizes.read == pytest.approx((2 * (first + turn) + last + turn) / 3)
    assert sizes.computed == pytest.approx((first + turn + last + turn) / 3)
    assert sizes.longest == 10
    alone = lettered().asking("a", "base", Amount.of(3), asked, batch=1).sizes
    assert alone.computed == alone.read == sizes.read


def test_each_letter_of_other_scripts_is_a_token() -> None:
    assert lettered().length("base", "家庭") == 2
    assert lettered().length("base", "How are you?") == 3


def test_batches_are_looked_at_from_end_to_end() -> None:
    looked = [batch[0] for batch in spread(range(1000), 1000, 10)]
    assert looked == list(range(0, 1000, 90))
    assert len(list(spread(range(20), 20, 10))) == 2
    assert [len(batch) for batch in spread(iter(range(25)), 25, 10)] == [10, 10, 5]


def test_a_text_is_no_longer_than_its_request_allows() -> None:
    request = GenerateRequest((Message("user", "Go on."),), Sampling(1, 1, 16, 0))
    work = lettered().asking("a", "base", Amount(2, 3), [request], Amount(40, 99))
    assert (work.kind, work.written, work.room) == ("generate", Amount(32, 48), 16)


def test_rows_are_counted_with_what_they_teach() -> None:
    rows = [TrainingRow((Message("user", "a" * 20),), "CHN", "x", completion="b" * 12)] * 4
    work = lettered().tuning("base", rows, TuningSettings(epochs=2, batch=2), Amount(100, 200))
    assert work.prompts == Amount(200, 400)
    assert work.sizes.read == 5 + 3 + 3 + 3  # both turns
    assert work.written == Amount(600, 1200)
    assert (work.rows, work.epochs) == (2, 2)
    grouped = lettered().tuning("base", rows, TuningSettings(batch=2), steps=[rows[:3], rows])
    assert grouped.rows == 2 * 4  # two groups a step, of 3.5 rows
    assert lettered().tuning("base", [], TuningSettings()).prompts == Amount(0, 0)


def test_amounts_in_words() -> None:
    assert amount(Amount.of(1234)) == "1,234"
    assert amount(Amount(1, 2.5), ".1f") == "about 1.0 (at most 2.5)"
    assert duration(Amount(100, 600)) == "about 100 s (at most 10 min)"
    assert duration(Amount.of(9000)) == "about 2.5 h"
