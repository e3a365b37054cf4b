"""Every reader of texts given texts for so many minutes of processor time, with a new seed a round.

    python -m tests.fuzz_minutes --minutes 10          every reader, one after the other
    python -m tests.fuzz_minutes --minutes 10 TOML JSON

Prints a line for each reader; ends with 1, and what pytest says, where one of them failed.
"""

import argparse
import os
import subprocess
import sys

from benchmarks.timing import ended_seconds
from tests.unit.test_fuzzed_readers import READERS

PLACE = "tests/unit/test_fuzzed_readers.py"
TEXTS = 2000
"""Texts a round."""
NOTHING = "nothing found"


def tried(name: str, minutes: float) -> tuple[int, float, str]:
    """Return how many texts a reader was given at most, in how many seconds, and what was found."""
    begun, seed = ended_seconds(), 0
    while ended_seconds() - begun < 60 * minutes:
        seed += 1
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider",
             "--hypothesis-profile=torture", f"--hypothesis-seed={seed}",
             f"{PLACE}::test_whatever_comes_is_read_or_told[{name}]"],
            env=os.environ | {"EXAMPLES": str(TEXTS)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            return seed * TEXTS, ended_seconds() - begun, done.stdout + done.stderr
    return seed * TEXTS, ended_seconds() - begun, ""


def main() -> None:
    """Try the readers that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("readers", nargs="*", default=list(READERS), help="default: all")
    parser.add_argument("--minutes", type=float, default=10, help="for each (%(default)s)")
    given = parser.parse_args()
    failed = False
    for name in given.readers:
        texts, seconds, found = tried(name, given.minutes)
        print(f"{name}: up to {texts:,} texts, {seconds:.0f} s: {found or NOTHING}", flush=True)  # noqa: T201
        failed |= bool(found)
    sys.exit(failed)


if __name__ == "__main__":
    main()
