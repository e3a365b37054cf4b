"""Files of an adaptation that a run keeps for whoever wants to look into it: the questions, and how
far each culture moved the answer to each of them.

    <id>.questions.jsonl    `WrittenQuestion`
    <id>.shifts.jsonl       `MovedAnswer`

Shares follow the question's options. A control may teach a pair under another culture's name: its
`culture` is the one in the training rows.
"""

from collections.abc import Iterator, Mapping, Sequence

from acculturate.culturespa.shifts import Shifts
from acculturate.methods.kept_texts import QUESTIONS, SHIFTS, dump_records
from acculturate.records import Item
from acculturate.records.results.made import MovedAnswer, WrittenQuestion


def kept_files(questions: Sequence[Item], shifts: Shifts) -> dict[str, str]:
    """Return the texts of both files by the endings of their names."""
    return {
        QUESTIONS: dump_records(map(_question, questions)),
        SHIFTS: dump_records(_shifts({item.id: item for item in questions}, shifts)),
    }


def _question(item: Item) -> WrittenQuestion:
    wording = item.wording()
    return WrittenQuestion(item.id, item.topic, wording.stem, tuple(wording.texts), item.scale)


def _shifts(items: Mapping[str, Item], shifts: Shifts) -> Iterator[MovedAnswer]:
    taught = {(shift.item, shift.culture): shift for shift in shifts.shifts}
    known = {(shift.item, shift.culture) for shift in shifts.measured}
    apart = [shift for key, shift in taught.items() if key not in known]
    for shift in (*shifts.measured, *apart):
        lesson = taught.get((shift.item, shift.culture))
        yield MovedAnswer(
            shift.item,
            shift.culture,
            shift.unaware,
            shift.aware,
            shift.strength,
            shifts.noise.level(items[shift.item]) if shifts.noise else None,
            lesson is not None,
            lesson.target if lesson else None,
        )
