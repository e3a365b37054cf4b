"""Rows of what every method leaves: verdicts of people, yields of its steps, training losses."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from acculturate.export.opened_run import OpenedRun
from acculturate.study.people_verdicts import every_verdict

Row = Mapping[str, Any]


def human_verdict_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield each verdict of each person on what methods made: dialogues, questions and others.

    Raises `ConfigError` for a sheet that is not right.
    """
    adaptations = [section.id for section in run.plan.study.adapt]
    alone = adaptations[0] if len(adaptations) == 1 else ""
    for subject, person, verdict in every_verdict(run.folder, alone):
        for aspect, good in verdict.said.items():
            yield {
                "adapt": verdict.adaptation,
                "subject": subject.name,
                "id": verdict.id,
                "person": person,
                "aspect": aspect,
                "good": good,
                "comment": verdict.comment or None,
            }


def yield_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield each step of each adaptation."""
    for step in run.results.meta.yields:
        yield {
            "adapt": step.adapt,
            "step": step.step,
            "count": step.count,
            "of": step.of,
            "note": step.note,
            "lost": json.dumps(step.lost, ensure_ascii=False) if step.lost else None,
        }


def loss_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield the loss of each step of each training."""
    for training in run.results.meta.tuning:
        for step, loss in enumerate(training.losses, 1):
            yield {"adapt": training.adapt, "adapter": training.adapter, "step": step, "loss": loss}
