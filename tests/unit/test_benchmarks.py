"""What the bench stands on; its figures are its own affair."""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from benchmarks import timing


def test_work_is_timed_again_while_others_have_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = iter([0.5, 0.2, 0.01])
    monkeypatch.setattr(timing, "share_taken", lambda since: next(shares))
    runs: list[int] = []

    def work() -> int:
        runs.append(len(runs))
        return runs[-1]

    assert timing.timed_calmly(work)[1] == 2
    assert runs == [0, 1, 2]


def test_the_calmest_of_many_runs_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = iter([0.5, 0.2, 0.4, 0.3])
    monkeypatch.setattr(timing, "share_taken", lambda since: next(shares))
    results = iter("abcd")
    assert timing.timed_calmly(lambda: next(results))[1] == "b"


def test_share_taken_is_of_all_cores_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "processor_ticks", lambda: (300, 30))
    assert timing.share_taken((100, 10)) == pytest.approx(0.1)
    assert timing.share_taken((300, 30)) == 0.0


def test_a_shaped_model_can_be_asked(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from benchmarks import shaped

    from acculturate.engines import open_engine
    from acculturate.records import Choice, ChooseRequest, Message

    weights = shaped.write(tmp_path, "tiny")
    assert weights > 2 * 64 * 49_000  # both ends of the vocabulary
    engine = open_engine(str(tmp_path))
    [(_, reply)] = engine.choose([ChooseRequest((Message("user", "Tea?"),), ("1", "2"))])
    engine.close()
    assert isinstance(reply, Choice)
    assert all(logprob < 0 for logprob in reply.logprobs)


def test_what_half_precision_loses_is_measured(tiny_model: Path) -> None:
    pytest.importorskip("peft")
    from benchmarks.precision import Precision

    sizes = {"people": 1, "items": 2, "conversations": 1, "turns": 1, "rows": 1, "prompts": 1}
    options = timing.Options(names=(), model=str(tiny_model), dtype="auto", **sizes)
    rows = Precision(options).pair()
    for name in ("half", "adapted"):
        assert 0 < rows[f"{name}_nats"].ours < 1
        assert 0 < rows[f"{name}_shares"].ours < 0.2
        assert -1 <= rows[f"{name}_shifts"].figure <= 1
    assert rows["half_nats"].ours != rows["adapted_nats"].ours


class _Slow:
    """A job whose pairs take a minute each, by a clock of its own."""

    def __init__(self) -> None:
        self.pairs = 0

    def warm_up(self) -> None:
        pass

    def pair(self) -> dict[str, timing.Timing]:
        self.pairs += 1
        return {"row": timing.Timing(2.0, 1.0, 2.0)}


@pytest.mark.parametrize(("minutes", "pairs"), [(0.5, 1), (3.5, 3), (60, 5)])
def test_a_work_takes_turns_until_its_time_is_used_up(
    monkeypatch: pytest.MonkeyPatch, minutes: float, pairs: int
) -> None:
    from benchmarks import run

    monkeypatch.setattr(run, "timed", lambda work: (60 if "pair" in str(work) else 0, work()))
    job = _Slow()
    timings = run.measure(job, ("row",), 5, minutes * 60)
    assert job.pairs == len(timings["row"]) == pairs


def test_every_size_of_the_bench_is_one_of_its_options() -> None:
    from benchmarks import run

    assert set(run.SIZES) < {field.name for field in fields(timing.Options)}
    assert all(set(sizes) == set(run.MINUTES) for sizes in run.SIZES.values())


def test_a_peer_that_computes_something_else_loses_no_other_row(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from benchmarks import run

    class Unfair(_Slow):
        def warm_up(self) -> None:
            raise SystemExit("The bench is not fair.")

    rows = {lambda _: Unfair(): {"startup": "s"}, lambda _: _Slow(): {"row": "s"}}
    monkeypatch.setattr(run, "ROWS", rows)
    monkeypatch.setattr(run, "UNITS", {"startup": "s", "row": "s"})
    out = tmp_path / "bench.json"
    monkeypatch.setattr("sys.argv", ["run", "--out", str(out)])
    with pytest.raises(SystemExit, match="not fair"):
        run.main()
    assert [row["name"] for row in json.loads(out.read_text())["rows"]] == ["row"]


def test_a_forecast_that_is_far_from_the_run_is_marked() -> None:
    pytest.importorskip("torch")
    from benchmarks.forecasts import Forecast, shipped

    assert {"demo", "clca-demo", "survey"} <= set(shipped())
    rows = [Forecast("demo", 100.0, 200.0, processor, 400.0) for processor in (85.0, 70.0, 140.0)]
    assert [row.text.endswith("far") for row in rows] == [False, True, True]
    assert rows[0].ratio == pytest.approx(1.176, abs=1e-3)
