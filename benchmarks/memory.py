"""Memory: the peak of a run over a million prompts, beside that of a run over a thousand.

Each run is a process of its own, which this module is when it is given a number of prompts:

    python -m benchmarks.memory 1000

The mock engine's texts go through the runner into a store and are read back into all that a study
keeps of an arm; nothing may be held that grows with the number of prompts.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import Options, Timing

FEW = 1000
MEBIBYTE = 2**20


class Memory:
    """Row `memory_growth`, in MiB; it is the same each time and is taken once."""

    def __init__(self, options: Options) -> None:
        self.prompts = options.prompts
        self.taken: dict[str, Timing] = {}

    def warm_up(self) -> None:
        peak_of(10)

    def pair(self) -> dict[str, Timing]:
        if not self.taken:
            many, few = peak_of(self.prompts), peak_of(FEW)
            self.taken = {"memory_growth": Timing(many, few, many / few, 1.0)}
        return self.taken


def peak_of(prompts: int) -> float:
    """Peak memory in MiB of a process that carries so many prompts through a run folder."""
    command = [sys.executable, "-m", "benchmarks.memory", str(prompts)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout)


def carry(prompts: int, folder: Path) -> None:
    """Ask, keep and read back so many prompts: all items, as many draws of each as it takes.

    The cultures stay the same, since a study's tables grow with them whatever is asked.
    """
    from acculturate.asking import AnswerSettings
    from acculturate.engines import open_engine
    from acculturate.evaluation.survey_taking import SurveyTaking
    from acculturate.runner import Runner, Silent
    from acculturate.store import Store
    from acculturate.study.results.measured import measure_answers
    from acculturate.survey import load_survey

    survey = load_survey()
    count = len(survey.items)
    cultures = survey.cultures[: FEW // count]
    samples = max(1, prompts // (count * len(cultures)))
    settings = AnswerSettings(kind="sampled", orders="forward", samples=samples)
    stage = SurveyTaking.of("arm", survey, tuple(survey.items), cultures, "aware", settings)
    with Store(folder) as store:
        runner = Runner(store, {stage.role: open_engine("mock:uniform")}, Silent())
        runner.run(stage)
        answers = stage.answers(runner.lookup)
        measure_answers(answers, survey, stage, arm="arm", model="mock", cultures=cultures, seed=0)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        carry(int(sys.argv[1]), Path(folder))
    print(own_peak())


def own_peak() -> float:
    """Peak memory of this process in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux hands the parent's ru_maxrss down to a child
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024 / MEBIBYTE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (peak if sys.platform == "darwin" else peak * 1024) / MEBIBYTE


if __name__ == "__main__":
    main()
