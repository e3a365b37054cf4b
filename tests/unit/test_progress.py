"""Bars leave their numbers whole: what is long is the stage's name."""

import re

import pytest

from acculturate.progress import Bars


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
    assert re.search(r" 65432/123456 \d:\d\d:\d\d (--:--|\d\d:\d\d)", first)
    assert len(first.rstrip()) <= width
