"""Files of an adaptation that a run keeps for whoever wants to look into it: the questions, and how
far each culture moved the answer to each of them.

    <id>.questions.jsonl    {"id", "topic", "question", "options", "scale"}
    <id>.shifts.jsonl       {"item", "culture", "unaware", "aware", "strength", "noise", "taught",
                             "target"}

`taught` says whether the pair is among those that are trained on; `target` is what is taught, null
for the others. Shares follow the question's options. `noise` is how far answers to this question
move when the unaware prompt has other words, null where that was not measured. A control may teach
a pair under another culture's name: `culture` is the one in the training rows.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from acculturate.culturespa.shifts import Shifts
from acculturate.methods.kept_texts import QUESTIONS, SHIFTS
from acculturate.records import Item


def kept_files(questions: Sequence[Item], shifts: Shifts) -> dict[str, str]:
    """Return the texts of both files by the endings of their names."""
    return {
        QUESTIONS: _lines(_question(item) for item in questions),
        SHIFTS: _lines(_shifts({item.id: item for item in questions}, shifts)),
    }


def _lines(rows: Iterable[Mapping[str, object]]) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def _question(item: Item) -> dict[str, object]:
    wording = item.wording()
    return {
        "id": item.id,
        "topic": item.topic,
        "question": wording.stem,
        "options": list(wording.texts),
        "scale": item.scale,
    }


def _shifts(items: Mapping[str, Item], shifts: Shifts) -> Iterator[dict[str, object]]:
    taught = {(shift.item, shift.culture): shift for shift in shifts.shifts}
    known = {(shift.item, shift.culture) for shift in shifts.measured}
    apart = [shift for key, shift in taught.items() if key not in known]
    for shift in (*shifts.measured, *apart):
        lesson = taught.get((shift.item, shift.culture))
        yield {
            "item": shift.item,
            "culture": shift.culture,
            "unaware": shift.unaware,
            "aware": shift.aware,
            "strength": shift.strength,
            "noise": shifts.noise.level(items[shift.item]) if shifts.noise else None,
            "taught": lesson is not None,
            "target": lesson.target if lesson else None,
        }
