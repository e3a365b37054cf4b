"""The adapters of a study, trained by an executor that ends them in any order."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer

from acculturate.cli.command_progress import show_progress
from acculturate.config import validate
from acculturate.engines import ModelSpec
from acculturate.errors import TrainingError
from acculturate.executors import Job, Note
from acculturate.methods.taught import Taught
from acculturate.records import Message, TrainingRow
from acculturate.runner import Progress, Silent
from acculturate.store import Store
from acculturate.study import adaptations
from acculturate.study.adaptations import adapt
from acculturate.study.built import Built
from acculturate.study.plan import Plan
from acculturate.study.schema import Study
from acculturate.study.trainings import Shown, told_if_stopped, train
from acculturate.study.workplace import Workplace
from acculturate.tuning.report import REPORT_FILE
from acculturate.tuning.training import Trained, Training
from acculturate.tuning.tuning_settings import TuningSettings

REPORT = {
    "base_model": "m", "base_weights": "w", "base_dtype": "float32", "base_template": "t",
    "rows_digest": "r", "settings_digest": "s", "settings": {"max_length": 9}, "rows": 2,
    "truncated": 0, "dropped": 0, "trained_tokens": 2, "losses": [1.0],
    "first_row": {"prompt": "p", "trained": "1"}, "adapter_weights": "a",
}  # fmt: skip


class Kept(list[str]):
    """A progress that keeps what it would show; those beside it write into the same list."""

    def begin(self, name: str, total: int) -> None:
        self.append(f"{name}: {total}")

    def kept(self, name: str, total: int) -> None:
        self.append(f"{name}: {total} kept")

    def advance(self, count: int) -> None:
        self.append(f"{count:+}")

    def end(self) -> None:
        self.append("end")

    def beside(self) -> "Progress":
        return self


class Backwards:
    """An executor that ends the last job first, and raises in the first one's place."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error

    def do(self, jobs: Sequence[Job[Any]], notes: Sequence[Note]) -> Iterator[tuple[int, Any]]:
        for number in reversed(range(len(jobs))):
            notes[number](0, 1)
            if number == 0 and self.error is not None:
                raise self.error
            notes[number](1, 1)
            yield number, Trained({REPORT_FILE: json.dumps(REPORT).encode()}, 2.04)


def place_of(folder: Path, store: Store, executor: Any, study: Any = None) -> Workplace:
    models = SimpleNamespace(
        executor=executor,
        adapter=lambda name: folder / "adapters" / name,
        tunable=lambda ref: ModelSpec(ref),
    )
    progress = cast(Progress, Kept())
    return Workplace(
        cast(Any, Plan.of(study) if study else None), store, cast(Any, models), progress
    )


def jobs(*names: str) -> list[Training]:
    return [Training(name, (), ModelSpec("m"), TuningSettings()) for name in names]


def test_each_adapter_is_put_in_its_place_as_it_comes(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        place = place_of(tmp_path, store, Backwards())
        told = train(place, jobs("spa/CHN", "spa/DEU", "all"))
        assert list(told) == ["spa/CHN", "spa/DEU", "all"]
        assert (told["all"].rows, told["all"].seconds) == (2, 2.0)
        assert sorted(path.name for path in (tmp_path / "adapters" / "spa").iterdir()) == [
            "CHN", "DEU",
        ]  # fmt: skip
        shown = ["+0", "+1", "end"]
        assert cast(Kept, place.progress) == [
            "tuning all: 1", *shown, "tuning spa/DEU: 1", *shown, "tuning spa/CHN: 1", *shown,
        ]  # fmt: skip


def test_what_was_trained_before_an_error_is_kept(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        place = place_of(tmp_path, store, Backwards(TrainingError("spa/CHN: no")))
        with pytest.raises(TrainingError, match=r"^spa/CHN: no$"):
            train(place, jobs("spa/CHN", "spa/DEU"))
        assert [path.name for path in (tmp_path / "adapters" / "spa").iterdir()] == ["DEU"]
        assert cast(Kept, place.progress)[-1] == "end"


def test_a_training_that_begins_anew_is_shown_so() -> None:
    progress = Kept()
    shown = Shown(cast(Progress, progress), "tuning a")
    for step in ((0, 3), (1, 3), (2, 3), (0, 3), (1, 3)):
        shown(*step)
    shown.close()
    shown.close()
    assert progress == ["tuning a: 3", "+0", "+1", "+1", "-2", "+1", "end"]


def test_all_adapters_of_a_study_are_trained_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of all adaptations are built before, in the order of the arms."""
    built: list[str] = []

    def build(place: Workplace, section: Any) -> Built:
        built.append(section.id)
        rows = {
            name: [TrainingRow((Message("user", "?"),), code, "", completion="1") for code in codes]
            for name, codes in place.plan.adapters[section.id].items()
        }
        return Built(tmp_path, rows, lambda: Taught((), [], []))

    tree = {
        "study": {"name": "s"},
        "cultures": {"measure": ["CHN", "DEU"], "adapt": ["CHN", "DEU"]},
        "models": {"base": {"name": "m"}},
        "adapt": [
            {"id": "joint", "method": "culturespa"},
            {"id": "each", "method": "culturespa", "grouping": "specific"},
        ],
        "arm": [{"id": "b", "model": "@each"}, {"id": "a", "model": "@joint"}],
    }
    given: list[str] = []

    class Listed(Backwards):
        def do(self, jobs: Sequence[Job[Any]], notes: Sequence[Note]) -> Iterator[tuple[int, Any]]:
            given.extend(job.name for job in jobs)
            assert built == ["each", "joint"]
            return super().do(jobs, notes)

    monkeypatch.setattr(adaptations, "build", build)
    with Store(tmp_path) as store:
        adapted = adapt(place_of(tmp_path, store, Listed(), validate(Study, tree, "s.toml")))
    assert given == ["tuning each/CHN", "tuning each/DEU", "tuning joint"]
    assert [row.adapter for row in adapted["each"].tuning] == ["each/CHN", "each/DEU"]
    assert [row.adapter for row in adapted["joint"].tuning] == ["joint"]


def test_who_stops_a_training_is_told_what_starts_again(tmp_path: Path) -> None:
    with Store(tmp_path) as store, pytest.raises(KeyboardInterrupt) as stopped:
        train(place_of(tmp_path, store, Backwards(KeyboardInterrupt())), jobs("CHN", "DEU", "all"))
    assert stopped.value.__notes__ == [
        "What was being trained starts again: tuning CHN. Adapters that are whole are kept: all, "
        "DEU."
    ]


def test_a_stop_between_trainings_says_nothing_of_any() -> None:
    with pytest.raises(KeyboardInterrupt) as stopped, told_if_stopped([Shown(Silent(), "tuning")]):
        raise KeyboardInterrupt
    assert not hasattr(stopped.value, "__notes__")


@pytest.mark.parametrize("note", ["", "What was being trained starts again: tuning all."])
def test_the_command_line_promises_to_go_on_only_where_it_does(
    note: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stopped = KeyboardInterrupt()
    if note:
        stopped.add_note(note)
    with pytest.raises(typer.Exit), show_progress(quiet=True):
        raise stopped
    said = capsys.readouterr().err
    assert ("go on from here" in said) == (not note)
    assert note in said
