"""A wheel tried as its user would: `python -m tests.wheel_trial WHEEL`, as `make dist` does.

It is installed into an environment of its own, first with the core's packages alone, then with the
encoder of CultureSPA's leak check, which the demo's dry run looks for. It works without torch, a
checkout or a model. pip fetches the packages, unless it has them in its cache.
"""

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
ANSWERS = "culture,item,answer\nCHN,Q1,1\nCHN,Q46,2\nDEU,Q1,2\nDEU,Q46,2\n"
SMALL = ("--items", "Q1,Q2,Q46", "--quiet")
TRIALS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("--help",), "Usage"),
    (("--version",), "acculturate "),
    (("init", "--yes", "--model", "mock:noise"), "my-study.toml"),
    (("survey", "show"), "World Values Survey"),
    (("studies", "list"), "culturespa-transfer"),
    (("studies", "copy", "demo"), "demo.toml"),
    (("score", "answers.csv"), "alignment"),
    (("measure", "mock:uniform", "--cultures", "CHN,DEU", *SMALL), "alignment"),
)
"""Words after `acculturate`, and what the output has to hold."""
WITH_ENCODER = ((("run", "demo", "--dry-run"), "prompts"),)
"""The same, with the extra `dedup`."""


def main() -> None:
    """Install the wheel that is named, run each trial, and raise `SystemExit` where one fails."""
    wheel = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "environment", with_pip=True)
        programs = folder / "environment" / ("Scripts" if os.name == "nt" else "bin")
        (folder / "answers.csv").write_text(ANSWERS, encoding="utf-8")
        for extra, trials in (("", TRIALS), ("[dedup]", WITH_ENCODER)):
            _install(f"{wheel}{extra}", programs, folder)
            for words, expected in trials:
                output = _output([str(programs / "acculturate"), *words], folder)
                if expected not in output:
                    raise SystemExit(f"acculturate {' '.join(words)}: no '{expected}' in\n{output}")
    ran = len(TRIALS) + len(WITH_ENCODER)
    sys.stdout.write(f"{wheel.name}: {ran} commands run from it, without torch.\n")


def _install(wheel: str, programs: Path, folder: Path) -> None:
    """Install a wheel with an extra; raises where that brings torch along."""
    python, constraints = str(programs / "python"), str(ROOT / "constraints.txt")
    _output([python, "-m", "pip", "install", "-qq", "-c", constraints, wheel], folder)
    absent = "import importlib.util as u; assert not u.find_spec('torch')"
    _output([python, "-c", absent], folder)


def _output(command: Sequence[str], folder: Path) -> str:
    """Return what a command prints; raises `SystemExit` with its errors where it fails."""
    own = ("PATH", "HOME", "TMPDIR", "PIP_CONFIG_FILE", "PIP_INDEX_URL", "SYSTEMROOT")
    kept = {key: os.environ[key] for key in own if key in os.environ}
    done = subprocess.run(
        command,
        cwd=folder,
        env=kept | {"ACCULTURATE_DATA": str(folder / "data"), "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
