"""The driver that test_ray kills: a survey put to a model through an executor, and nothing else.

python -m tests.e2e.asking FOLDER MODEL EXECUTOR [ADDRESS]
"""

import sys
from pathlib import Path

from acculturate.asking import AnswerSettings
from acculturate.engines import parse_model
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.executors import RaySettings, open_executor
from acculturate.runner import Runner, Silent
from acculturate.store import Store
from acculturate.survey import load_survey


def main(folder: str, model: str, name: str, address: str = "local") -> None:
    survey = load_survey()
    items = [f"Q{n}" for n in range(1, 42)]
    stage = SurveyTaking.of("arm", survey, items, survey.cultures, "aware", AnswerSettings())
    executor = open_executor(
        "ray" if name == "ray" else "inline", RaySettings(address=address, workers=2)
    )
    try:
        engine = executor.open(parse_model(model, dtype="float32"))
        with Store(Path(folder)) as store:
            Runner(store, {stage.role: engine}, Silent(), executor=executor).run(stage)
    finally:
        executor.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
