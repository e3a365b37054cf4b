"""How long Ctrl-C takes: a study is stopped in each of its stages, and goes on each time.

    python -m benchmarks.stopping studies/demo.toml --profile smoke

Each start is stopped a moment after it says one line more than the start before it: seconds from
the signal to the end of the process, on the clock and of the processor, and what was said last.
"""

import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

CODES = (0, 130, -signal.SIGINT)
"""Its end, stopped, and stopped before it heeds signals."""


def spent(process: int) -> float:
    """Seconds of processor time that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stopped(words: Sequence[str], lines: int, moment: float) -> tuple[int, str]:
    """Run a study and stop it behind its `lines`-th line; returns its exit code and a row."""
    command = [sys.executable, "-m", "acculturate", "run", *words]
    before_all = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    said = ""
    for _ in range(lines):
        said = process.stderr.readline() or said
    time.sleep(moment)
    if process.poll() is not None:
        return process.returncode, ""
    before, begun = spent(process.pid), time.monotonic()
    process.send_signal(signal.SIGINT)
    rest = process.stderr.read()
    code = process.wait()
    took = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before_all.ru_utime - before_all.ru_stime - before
    last = rest.strip().splitlines()[-1][:60] if rest.strip() else ""
    return (
        code,
        f"{took:6.2f} s   {processor:6.2f} s of the processor   {said.strip()[:60]}   {last}",
    )


def main(words: list[str]) -> None:
    # a shell's background jobs ignore Ctrl-C, and so would what they start
    signal.signal(signal.SIGINT, signal.default_int_handler)
    moments = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        words = [*words, "--out", str(Path(folder) / "run")]
        for lines in range(1, 40):
            code, row = stopped(words, lines, moments.uniform(0.1, 2.0))
            assert code in CODES, (code, row)
            if not row:
                return
            print(row, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
