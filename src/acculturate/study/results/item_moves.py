"""Item moves: the questions whose answers an adaptation moved most, as a report shows them."""

from collections.abc import Sequence

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.comparison import item_changes
from acculturate.records.results.cut import ItemMove

MOST_CHANGED = 12


def most_changed(arm: ArmTable, control: ArmTable, language: str = "en") -> tuple[ItemMove, ...]:
    """Return the items whose answers moved most, with both answers and the people's shares."""
    items = {item.id: (i, item) for i, item in enumerate(arm.items)}
    cultures = {culture: c for c, culture in enumerate(arm.cultures)}
    rows = []
    for change in item_changes(arm, control)[:MOST_CHANGED]:
        i, item = items[change.item]
        at = (cultures[change.culture], i, slice(len(item.codes)))
        wording = item.wording(language)
        before, after, people = (
            tuple(share_CIK[at].tolist())
            for share_CIK in (control.share_CIK, arm.share_CIK, arm.people.share_CIK)
        )
        rows.append(
            ItemMove(
                item=item.id,
                stem=wording.stem,
                options=_option_names(wording.texts, item.codes),
                culture=change.culture,
                before=before,
                after=after,
                people=people,
                change=change.moved,
                gain=change.nearer,
            )
        )
    return tuple(rows)


def _option_names(texts: Sequence[str], codes: Sequence[int]) -> tuple[str, ...]:
    return tuple(text or str(code) for text, code in zip(texts, codes, strict=True))
