"""Training rows: a shift under the prompt in which it is to be answered.

The prompt is made by the same functions that ask the model, so that what is trained is what is
asked: the train framing, the same instruction, the item in each of its presentations. A row teaches
shares over the labels shown, or, as published, the bare label of the aware answer. A question has
as many rows as it has presentations, and counts once: its rows weigh 1 together.

    taught = teaching_rows(shifts, items, cultures, settings, answer_settings)
    taught.rows[0].prompt
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from acculturate.asking import AnswerSettings, Ask, asks, messages, shown
from acculturate.culture import Culture
from acculturate.culturespa.culturespa_settings import CultureSpaSettings, ShiftSettings
from acculturate.culturespa.targets import mode
from acculturate.framing import Backdrop, find_framing
from acculturate.records import Item, Shift, TrainingRow
from acculturate.records.yields import Yield

LEAST_WEIGHT = 0.01
"""Of a question whose answers hardly differ: a weight of 0 is no row."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """Rows in the order in which they are trained, and how many."""

    rows: tuple[TrainingRow, ...]
    yields: tuple[Yield, ...]


def teaching_rows(
    shifts: Sequence[Shift],
    items: Sequence[Item],
    cultures: Sequence[Culture],
    settings: CultureSpaSettings,
    answers: AnswerSettings,
    survey: str = "",
    backdrop: Backdrop | None = None,
) -> Teaching:
    """Return one row per shift and presentation, shuffled by the seed.

    `items` and `cultures` are those the shifts name; `answers` are the study's answer settings.
    `backdrop` is the survey's people, for a train framing that draws on them.
    """
    own = settings.answers(answers)
    once = own.model_copy(update={"samples": 1})  # a prompt is taught once, however often asked
    title = survey if own.name_survey else ""
    framing = find_framing(
        settings.shifts.train_framing, folders=own.prompts, survey=title, backdrop=backdrop
    )
    by_item = {item.id: item for item in items}
    by_code: Mapping[str, Culture] = {culture.code: culture for culture in cultures}
    bare = settings.shifts.teach == "number"
    weights = _weights(shifts, settings.shifts)
    rows = []
    for shift, weight in zip(shifts, weights, strict=True):
        shapes = list(asks([by_item[shift.item]], framing, [by_code[shift.culture]], once))
        made = [_bare_row(ask, shift) if bare else _row(ask, shift) for ask in shapes]
        rows += [replace(row, weight=weight / len(made)) for row in made]
    random.Random(f"{settings.seed}/rows").shuffle(rows)
    note = f"of {len(shifts)} shifts, each in the orders in which it was asked"
    return Teaching(tuple(rows), (Yield("training rows were made", len(rows), len(rows), note),))


def _weights(shifts: Sequence[Shift], settings: ShiftSettings) -> list[float]:
    """Return the questions' weights: by strength, so that they are 1 on average; or 1 for each."""
    total = sum(shift.strength for shift in shifts)
    if settings.weight == "equal" or not total:
        return [1.0] * len(shifts)
    return [max(LEAST_WEIGHT, shift.strength * len(shifts) / total) for shift in shifts]


def _row(ask: Ask, shift: Shift) -> TrainingRow:
    """Return shares over the labels, from the first position to the last."""
    order = ask.presentation.order
    labels = tuple(option.label for option in shown(ask.item, ask.presentation))
    taught = shift.taught(order)
    aim = tuple(taught[place] for place in order)
    return TrainingRow(
        messages(ask), shift.culture, shift.item, labels=labels, target=aim, mass=shift.mass(order)
    )


def _bare_row(ask: Ask, shift: Shift) -> TrainingRow:
    """Return the label of the option aimed at, and nothing else."""
    order = ask.presentation.order
    position = order.index(mode(shift.taught(order)))
    label = shown(ask.item, ask.presentation)[position].label
    return TrainingRow(messages(ask), shift.culture, shift.item, completion=label)
