"""Official wordings: the texts that a user's own file carries, as one more wording of its items.

The product ships sentences of its own only. A file with labels (SPSS, Stata, a label export) holds
what its makers call an item and its options; they are added after the product's own wordings, in
the file's language, and stay on the user's machine. A column's label is often shorter than the
question that was asked: look at one (`acculturate survey show NAME`) before asking a model with it.
"""

from collections.abc import Mapping
from dataclasses import replace

from acculturate.records import Item, Wording
from acculturate.sheets.missing import is_missing
from acculturate.sheets.sheet import Sheet
from acculturate.survey.cells import integer, reader
from acculturate.survey.intake import Plan
from acculturate.survey.label_exports import number_in


def with_official(item: Item, sheet: Sheet, scheme: Plan) -> Item:
    """Return the item with the file's wording as the last one; unchanged where the file
    has none.
    """
    section = scheme.sections[item.id]
    column = section.column or item.id
    stem = sheet.titles.get(column, "")
    texts = _texts(item, sheet, scheme)
    if not stem or not _complete(item, texts):
        return item
    wording = Wording(stem, tuple(texts.get(code, "") for code in item.codes))
    language = scheme.layout.language
    had = item.wordings.get(language, ())
    return replace(item, wordings={**item.wordings, language: (*had, wording)})


def _texts(item: Item, sheet: Sheet, scheme: Plan) -> dict[int, str]:
    """Return the file's text for each code; bare numbers are no texts."""
    section = scheme.sections[item.id]
    column = section.column or item.id
    cells = {text: text for text in sheet.columns[column].texts}
    given: Mapping[str, str] = sheet.labels.get(column, cells)
    read = reader(item, section, scheme.layout, given)
    texts: dict[int, str] = {}
    for cell, text in given.items():
        code = read(cell)
        if isinstance(code, int) and integer(text) is None and not is_missing(text):
            texts.setdefault(code, _without_number(text))
    return texts


def _without_number(text: str) -> str:
    number = number_in(text)
    return text if number is None else text.removeprefix(str(number)).lstrip(" .:)=-")


def _complete(item: Item, texts: Mapping[int, str]) -> bool:
    """Return whether every option has a text, or at least both ends of a longer scale."""
    ends = item.codes[0] in texts and item.codes[-1] in texts
    return ends and (len(texts) == len(item.codes) or (len(item.codes) >= 5 and len(texts) == 2))
