"""Tables keep every number whole, however narrow the terminal and however many the arms."""

import re

import pytest
from rich.cells import cell_len

from acculturate.cli import grid
from acculturate.cli.grid import Column, print_grid
from acculturate.cli.terminal_tables import (
    print_abilities,
    print_before_after,
    print_differences,
    print_fidelity,
    print_laid_out,
    print_measures,
    print_references,
    print_scores,
)
from acculturate.records import Score
from acculturate.records.results.cut import Cell, LaidOut, TableLine
from acculturate.records.results.described import ArmNote, CultureNote
from acculturate.records.results.differences import CorrectedDifference
from acculturate.records.results.faithful import FidelityRow
from acculturate.records.results.general import AbilityRow, Kept
from acculturate.records.results.run_results import RunMeta, RunResults

WIDTHS = (60, 80, 120, None)
ARMS = ["unaware", "aware", "gain-0", "position", "null", "random", "shuffled", "shifted"]
CULTURES = ["CHN", "DEU", "mean"]


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """A terminal of so many letters, or none."""
    if request.param is None:
        monkeypatch.delenv("FORCE_COLOR", raising=False)
        return grid.NO_TERMINAL
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


def estimate(at: int, place: int) -> tuple[float, float, float, int]:
    """A value, its interval, and a number of items."""
    value = 0.5 + at / 100 + place / 1000
    return value, value - 0.0213, value + 0.0213, 221


def results() -> RunResults:
    where = [(at, arm, place, c) for at, arm in enumerate(ARMS) for place, c in enumerate(CULTURES)]
    rows = tuple(
        Score(arm, None, None, None, "s", culture, "alignment", *estimate(at, place), refused=0)
        for at, arm, place, culture in where
    )
    differences = tuple(
        CorrectedDifference(
            "alignment", culture, arm, "aware", estimate(at, place)[0] - 0.6, -0.0123, 0.0456, 221
        )
        for at, arm, place, culture in where
        if arm not in ("unaware", "aware")
    )
    meta = RunMeta(
        arms=tuple(ArmNote(arm, "base") for arm in ARMS),
        cultures=tuple(CultureNote(code, code) for code in CULTURES[:-1]),
    )
    return RunResults(rows, meta, differences)


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    out = re.sub("\x1b\\[[0-9;]*m", "", capsys.readouterr().out)
    assert "…" not in out
    assert "..." not in out
    return out


def test_eight_arms_before_and_after(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    given = results()
    print_before_after(given, "alignment")
    out = printed(capsys)
    assert max(map(cell_len, out.splitlines())) <= width
    for row in given.rows:
        assert f"{row.value:.3f} [{row.low:.3f}, {row.high:.3f}]" in out
    for difference in given.differences:
        assert f"{difference.value:+.3f} [-0.012, +0.046]" in out
    assert "0/0/0/0/0/0/0/0" in out
    blocks = out.split("┏")[1:]
    assert all("culture" in block and "CHN" in block for block in blocks)


def test_a_table_of_a_study(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [f"C{at:02}" for at in range(19)]
    cells = [
        tuple(
            Cell("a", None, "alignment", code, *estimate(at, arm)) for at, code in enumerate(codes)
        )
        for arm in range(3)
    ]
    rows = tuple(TableLine(f"a long label of an arm, {at}", own) for at, own in enumerate(cells))
    print_laid_out(LaidOut("P2", "alignment", "values", tuple(codes), rows))
    out = printed(capsys)
    assert max(map(cell_len, out.splitlines())) <= width
    assert all(code in out for code in codes)
    for cell in (one for own in cells for one in own):
        assert f"{cell.value:.3f} [{cell.low:.3f}, {cell.high:.3f}]" in out


def test_scores_differences_and_abilities(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    arm = "an-arm-with-a-name-that-is-far-too-long-for-one-line-of-any-terminal"
    scores = [
        Score(arm, None, None, None, "s", code, "alignment", 0.7123, 0.7001, 0.7244, 221, 3)
        for code in CULTURES
    ]
    print_scores(scores, ["alignment"])
    print_differences(
        [
            CorrectedDifference(
                "alignment", code, arm, "b", 0.0123, 0.0011, 0.0234, 221, -0.0012, 0.0298,
                p=0.0123, holm=0.0456,
            )
            for code in CULTURES
        ],
        ["alignment"],
    )  # fmt: skip
    kept = Kept(0.0123, -0.0111, 0.0321, -0.01, 0.03, 0.04, 400, "kept")
    share = (0.5123, 0.4123, 0.6123, 400, True)
    print_abilities(
        [AbilityRow("everyday", "@shuffled/CHN", "acc", 0.25, 0, "", 0.05, *share, "base", kept)]
    )
    out = printed(capsys)
    assert out.count("0.712 [0.700, 0.724]") == len(CULTURES)
    for said in (
        "0.712 [0.700, 0.724]", "+0.012 [+0.001, +0.023]", "-0.001 to +0.030", "0.0123", "0.0456",
        "0.512 [0.412, 0.612]", "+0.012 [-0.011, +0.032]",
    ):  # fmt: skip
        assert said in out
    tables = [line for line in out.splitlines() if line[:1] in "┏┃┡│├└"]
    assert max(map(cell_len, tables)) <= width


def test_a_column_that_is_too_wide_for_the_screen_stays_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    print_grid("t", [Column("culture", ["CHN"])], [Column("value", ["0.812 [0.790, 0.833]"])])
    assert "0.812 [0.790, 0.833]" in printed(capsys)


def scores_of(arms: list[str]) -> list[Score]:
    return [
        Score(arm, None, None, None, "s", code, "alignment", *estimate(at, place), refused=at)
        for at, arm in enumerate(arms)
        for place, code in enumerate(CULTURES)
    ]


@pytest.mark.parametrize("width", WIDTHS[1:], indirect=True)
@pytest.mark.parametrize("arms", [["aware"], ["unaware", "aware"], ARMS], ids=len)
def test_own_arms_are_one_table_and_references_a_line(
    arms: list[str], width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    references = ["reference:uniform", "reference:people-resampled"]
    print_scores(scores_of([*arms, *references]), ["alignment"])
    out = printed(capsys)
    assert out.count("┏") == 1
    table, _, below = out.partition("└")
    assert "reference" not in table
    assert "uniform 0." in below
    assert "people-resampled 0." in below
    assert max(map(cell_len, table.splitlines())) <= width
    beside = [line for line in table.splitlines() if "CHN" in line]
    assert len(beside) == (1 if len(arms) == 1 or "unaware ┃" in table else len(arms))
    for score in scores_of(arms):
        assert f"{score.value:.3f} [{score.low:.3f}, {score.high:.3f}]" in table


def test_words_of_names_are_not_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    names = [Column("arm", ["scale-histogram", "midpointmidpoint"]), Column("culture", ["a", "b"])]
    print_grid("t", names, [Column("value", ["0.812 [0.790, 0.833]"] * 2)])
    assert "midpointmidpoint" in printed(capsys)


def test_names_take_the_room_that_numbers_leave(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    print_scores(scores_of(["mock-noise-unaware", "mock-noise-aware", "c", "d"]), ["alignment"])
    assert printed(capsys).count("mock-noise-unaware") == len(CULTURES)


def test_measures_of_papers_stand_in_one_table(
    width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def row(arm: str, culture: str, metric: str, value: float, *ends: float) -> Score:
        low, high = ends or (None, None)
        return Score(arm, None, None, None, "s", culture, metric, value, low, high, 58)

    print_measures(
        [
            row("mine", "CHN", "subpop_distance", 0.9, 0.8, 1.0),
            row("mine", "mean", "subpop_distance", 0.686, 0.456, 0.998),
            row("reference:uniform", "mean", "subpop_distance", 0.633, 0.5, 0.8),
            row("reference:people-resampled", "mean", "subpop_noise_floor", 0.016),
            row("mine", "mean", "alignment", 0.7),
        ],
        ["subpop_distance", "subpop_noise_floor", "simbench_score"],
    )
    out = printed(capsys)
    assert "0.686 [0.456, 0.998]" in out
    assert "0.633 " in out
    assert "0.633 [" not in out
    assert "noise" in out
    assert out.count("┏") == 1 or width < 80
    assert "alignment" not in out
    assert "simbench" not in out


def test_fidelity_has_its_interval_and_its_references(
    width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    made = FidelityRow("mine", 0.184, 0.717, 0.587, 0.16, "structure", 0, 8, 50, 58)
    of = (None, None, None, "s", "mean", "population_fidelity")
    scores = [
        Score("mine", *of, 0.184, 0.099, 0.31, 58),
        Score("reference:people-resampled", *of, 0.98, None, None, 58),
    ]
    print_fidelity([made], scores)
    out = printed(capsys)
    assert "0.184 [0.099, 0.310]" in out
    assert "For comparison (mean): people-resampled 0.980." in out


def test_references_of_arms_that_were_asked_otherwise_stand_in_their_own_line(
    width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def reference(name: str, value: float) -> Score:
        of = (None, None, None, "s", "mean", "alignment")
        return Score(f"reference:{name}", *of, value, None, None, 5)

    names = ("uniform:a+b", "mode:a+b", "uniform:a:trained")
    print_references([reference(name, 0.5) for name in names], "alignment")
    out = " ".join(printed(capsys).split())
    assert "For comparison beside a and b (mean): uniform 0.500, mode 0.500." in out
    assert "For comparison on trained questions (mean): uniform 0.500." in out
