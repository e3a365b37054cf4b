"""What it costs that every batch outlasts a power cut: SQLite's `synchronous`, mode beside mode.

    python -m benchmarks.commits [FOLDER] [--batches 200]

Keeps batches of 64 mock replies in a run folder of the disk that FOLDER lies on, the modes taking
turns, and prints the median of each in milliseconds a batch, and over that of `NORMAL`; then the
same of the calmest tenth. Time on the clock, since a disk is waited for.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from acculturate.records import Choice, ChooseRequest, Message
from acculturate.store import Store

MODES = ("OFF", "NORMAL", "FULL", "EXTRA")
BATCH = 64


def batch(number: int) -> list[tuple[ChooseRequest, Choice]]:
    system = Message(
        "system", "You are a person who answers a survey. Answer with the number only."
    )
    return [
        (
            ChooseRequest((system, Message("user", f"Question {number}.{row}?")), ("1", "2")),
            Choice((-0.7, -0.7), 40),
        )
        for row in range(BATCH)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=".", type=Path)
    parser.add_argument("--batches", type=int, default=200)
    asked = parser.parse_args()
    took: dict[str, list[float]] = {mode: [] for mode in MODES}
    with (
        tempfile.TemporaryDirectory(dir=asked.folder) as folder,
        Store(Path(folder) / "run") as store,
    ):
        for number in range(asked.batches):
            for mode in MODES[number % 4 :] + MODES[: number % 4]:
                store._db.execute(f"PRAGMA synchronous = {mode}")
                kept = batch(len(MODES) * number + MODES.index(mode))
                begun = time.perf_counter()
                store.commit("model", "stage", kept)
                took[mode].append(time.perf_counter() - begun)
    for name, at in (("median", 4), ("calmest tenth", 0)):
        figures = {mode: statistics.quantiles(took[mode], n=10)[at] for mode in MODES}
        for mode, figure in figures.items():
            ratio = figure / figures["NORMAL"]
            print(f"{name:>14} {mode:>7}   {1e3 * figure:6.2f} ms a batch   {ratio:.2f}")


if __name__ == "__main__":
    main()
