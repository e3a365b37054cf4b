import tracemalloc
from collections.abc import Iterator

import numpy as np

from acculturate.asking import AnswerSettings
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.records import Answer
from acculturate.study.results.measured import Measured, measure_answers
from acculturate.survey import load_survey

SURVEY = load_survey()
NAMES, CULTURES = ["Q1", "Q2", "Q57"], ["DEU", "MEX"]
ITEMS = SURVEY.select(NAMES)
ORDERS = {2: ((0, 1), (1, 0)), 4: ((0, 1, 2, 3), (3, 2, 1, 0))}


def texts(samples: int) -> Iterator[Answer]:
    rng = np.random.default_rng(3)
    for culture in CULTURES:
        for item in ITEMS:
            for order in ORDERS[len(item.codes)]:
                for sample in range(samples):
                    code = item.codes[int(rng.integers(len(item.codes)))]
                    text = f"{code}, since that is how I see it ({sample})."
                    yield Answer(
                        item.id,
                        "sampled",
                        culture=culture,
                        order=order,
                        sample=sample,
                        code=code,
                        text=text,
                    )


def looked(samples: int) -> Measured:
    settings = AnswerSettings(kind="sampled", orders="balanced", samples=samples)
    asked = SurveyTaking.of("aware", SURVEY, NAMES, CULTURES, "aware", settings)
    return measure_answers(
        texts(samples), SURVEY, asked, arm="aware", model="m", cultures=CULTURES, seed=1
    )


def test_answers_are_read_once_as_they_come() -> None:
    measured = looked(5)
    assert measured.table.asked_CI.tolist() == [[10] * 3] * 2
    assert {source.source for source in measured.sources} == {"culture", "order", "rest"}
    assert measured.habit is not None
    assert not measured.places
    assert not measured.persons


def test_more_answers_take_no_more_memory() -> None:
    def peak(samples: int) -> int:
        tracemalloc.start()
        looked(samples)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    looked(1000)  # what is loaded once, and Python's own lists of free tuples
    assert peak(1000) < 1.2 * peak(50)
