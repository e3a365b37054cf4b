"""What a dry run says beside what the run takes: the shipped studies in their smallest form.

    python -m benchmarks.forecasts [--stages] [--whole demo] [STUDY ...]

Each study is forecast, then run into a folder that is thrown away, one after the other, with one
thread. The machine is probed by processor time, and the seconds of the run are the processor's, of
it and all that it starts: so both say what a quiet machine's clock would, also where others use
this one. The ratio is the forecast over the run. With --stages each stage's seconds by the clock
are told beside its forecast.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import NamedTuple

import torch

from acculturate.runner import SECONDS
from acculturate.store import Kept
from acculturate.study.checks import check
from acculturate.study.costs.forecast import Estimate
from acculturate.study.costs.machine import Machine
from acculturate.study.costs.study_estimate import estimate
from acculturate.study.schema import load_study
from benchmarks.timing import ended_seconds, timed

STUDIES = Path(__file__).parent.parent / "studies"
SMALL = "smoke"
"""The profile that tries a study's machinery."""
NEAR = 0.25
"""How far a forecast may be from what was measured."""
ALONE = {**os.environ, "OMP_NUM_THREADS": "1"}


class Forecast(NamedTuple):
    """A study's seconds: likely and at most, as forecast, of the processor and by the clock."""

    study: str
    likely: float
    most: float
    processor: float
    clock: float

    @property
    def ratio(self) -> float:
        return self.likely / self.processor

    @property
    def text(self) -> str:
        near = "" if abs(self.ratio - 1) <= NEAR else "  far"
        return (
            f"{self.study:32} {self.likely:7.0f} ({self.most:5.0f}) {self.processor:9.0f} "
            f"{self.clock:7.0f} {self.ratio:6.2f}{near}"
        )


def shipped() -> list[str]:
    """The studies that have a smallest form, by name."""
    found = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in STUDIES.glob("*.toml")}
    return sorted(name for name, study in found.items() if SMALL in study.get("profiles", {}))


def tried(name: str, whole: bool, stages: bool) -> Forecast | None:
    """Forecast a study and run it; None where no model of it is on this machine."""
    file, profile = STUDIES / f"{name}.toml", None if whole else SMALL
    plan = check(load_study(file, profile, ()), fetch=False)
    told = estimate(plan, machine=Machine.probe(clock=time.process_time))
    if told.seconds is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        out, before = Path(folder) / "run", ended_seconds()
        clock, _ = timed(lambda: ran(file, profile, out))
        took = ended_seconds() - before
        if stages:
            print(stage_lines(told, out), flush=True)
    return Forecast(name if whole else f"{name}, {SMALL}", *told.seconds, took, clock)


def stage_lines(told: Estimate, folder: Path) -> str:
    """Each stage's forecast beside its seconds by the clock, where the run has noted them."""
    kept = Kept(folder)
    lines = []
    for stage in told.stages:
        took = kept.fact(SECONDS + stage.work.name)
        seconds = stage.cost.seconds.likely if stage.cost.seconds else 0.0
        said = "-" if took is None else f"{float(took):.1f}"
        lines.append(f"  {stage.work.name:48} {seconds:7.1f} {said:>7}")
    return "\n".join(lines)


def ran(file: Path, profile: str | None, out: Path) -> None:
    """Run a study; ends this program where that fails."""
    words = [str(file), "--out", str(out), "--quiet", *(("--profile", profile) if profile else ())]
    command = [sys.executable, "-m", "acculturate", "run", *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=ALONE)
    if ended.returncode:
        raise SystemExit(f"{' '.join(words)}: {ended.stderr.strip()}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("studies", nargs="*", help="by name; all that have a smallest form")
    parser.add_argument("--whole", action="append", default=[], help="one not in its smallest form")
    parser.add_argument("--stages", action="store_true", help="tell each stage's seconds too")
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'study':32} {'forecast (most)':>15} {'processor':>9} {'clock':>7} {'ratio':>6}")
    rows = []
    named = [(name, False) for name in given.studies or ([] if given.whole else shipped())]
    for name, whole in [*named, *((name, True) for name in given.whole)]:
        row = tried(name, whole, given.stages)
        if row is None:
            print(f"{name:32} asks no model of this machine", flush=True)
            continue
        print(row.text, flush=True)
        rows.append(row)
    near = sum(abs(row.ratio - 1) <= NEAR for row in rows)
    print(f"{near} of {len(rows)} within {NEAR:.0%}")


if __name__ == "__main__":
    main()
