"""Bars say at once that something goes on, and leave their numbers whole."""

import re
from types import SimpleNamespace

import pytest

from acculturate.progress import Bars, _left, _pace


@pytest.mark.parametrize("width", [60, 80, 120])
def test_numbers_beside_a_bar_are_whole(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    with Bars() as bars:
        bars.begin("arm adapted-under-a-long-name (@culturespa-specific/CHN)", 123456)
        bars.advance(65432)
        bars.begin("tuning x", 50)
    lines = re.sub("\x1b\\[[0-9;?]*[a-zA-Z]", "", capsys.readouterr().err).splitlines()
    [first] = [line for line in lines if line.startswith("arm ad")][-1:]
    assert re.search(r" 65432/123456 +[\d.]+/s \d:\d\d:\d\d +\d:\d\d:\d\d", first)
    assert len(first.rstrip()) <= width


def test_something_is_shown_before_the_first_stage_and_between(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    drawn = []
    with Bars() as bars:
        drawn.append(rows(bars))
        bars.begin("arm aware", 4)
        drawn.append(rows(bars))
        bars.advance(2)
        bars.end()
        drawn.append(rows(bars))
        bars.begin("arm aware", 2)
        drawn.append(rows(bars))
    assert "preparing" in capsys.readouterr().err
    assert drawn == [
        ["preparing"], ["arm aware"], ["arm aware", "preparing"], ["arm aware"]
    ]  # fmt: skip


def rows(bars: Bars) -> list[str]:
    return [task.description for task in bars._progress.tasks]


@pytest.mark.parametrize(
    ("done", "seconds", "pace", "left"),
    [
        (0, 5.0, "", "-:--:--"),
        (10, 5.0, "2.0/s", "0:00:45"),
        (1, 30.0, "30 s each", "0:49:30"),
        (100, 0.5, "200/s", "0:00:00"),
    ],
)
def test_pace_and_time_left_stand_there_from_the_first_batch(
    done: int, seconds: float, pace: str, left: str
) -> None:
    task = SimpleNamespace(completed=done, total=100, elapsed=seconds, finished_time=None)
    assert (_pace(task), _left(task)) == (pace, left)
