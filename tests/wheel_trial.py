"""A wheel tried as its user would: `python -m tests.wheel_trial WHEEL`, as `make dist` does.

It is installed with the core's packages alone into an environment of its own, and works without
torch, a checkout or a model. pip fetches the core's packages, unless it has them in its cache.
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
    (("survey", "show"), "World Values Survey"),
    (("studies", "list"), "culturespa-transfer"),
    (("studies", "copy", "demo"), "demo.toml"),
    (("score", "answers.csv"), "alignment"),
    (("measure", "mock:uniform", "--cultures", "CHN,DEU", *SMALL), "alignment"),
    (("run", "demo", "--dry-run"), "prompts"),
)
"""Words after `acculturate`, and what the output has to hold."""


def main() -> None:
    """Install the wheel that is named, run each trial, and raise `SystemExit` where one fails."""
    wheel = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = _installed(wheel, folder / "environment")
        (folder / "answers.csv").write_text(ANSWERS, encoding="utf-8")
        for words, expected in TRIALS:
            output = _output([str(programs / "acculturate"), *words], folder)
            if expected not in output:
                raise SystemExit(f"acculturate {' '.join(words)}: no '{expected}' in\n{output}")
    sys.stdout.write(f"{wheel.name}: {len(TRIALS)} commands run from it, without torch.\n")


def _installed(wheel: Path, environment: Path) -> Path:
    """Return the folder of programs of a new environment that holds the wheel and no torch."""
    venv.create(environment, with_pip=True)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    python = str(programs / "python")
    constraints = str(ROOT / "constraints.txt")
    _output([python, "-m", "pip", "install", "-qq", "-c", constraints, str(wheel)], environment)
    absent = "import importlib.util as u; assert not u.find_spec('torch')"
    _output([python, "-c", absent], environment)
    return programs


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
