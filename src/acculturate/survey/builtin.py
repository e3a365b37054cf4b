"""The built-in survey `wvs7-marginals`: 259 items of WVS-7 in wording of our own, with counts.

The files beside this module, all reviewable in an editor:

    wvs7/items.csv         one row per item: topic, battery, kind, scale, the codes in scale order
    wvs7/wordings/         one file per language; a language is added by adding one
    wvs7/counts.csv        people's answers by culture and item, counts in order of the codes
    wvs7/sample_sizes.csv  respondents per culture, answering or not

Counts are unweighted and hold those who answered. The wordings are not the official ones: they ask
the same of a reader, and a test holds each scale to the direction that its codes have.
"""

import csv
import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from acculturate.records import Item, Wording
from acculturate.survey.model import Survey

NAME = "wvs7-marginals"
TITLE = "World Values Survey wave 7 (2017-2022), 259 items reworded, counts of 19 cultures"

DOWNLOAD = (
    "People's answers of all territories are in WVS-7's own file: download 'WVS Cross-National "
    "Wave 7' as CSV from worldvaluessurvey.org (free for non-profit use), type `acculturate survey "
    'import FILE --name wvs7` and set survey.source = "wvs7".'
)
WEIGHTS = (
    "Counts are not weighted: each respondent counts once. Weighted shares of the survey's own "
    "file differ; Q49 of Australia moves by .072. Import the file to have them."
)
NOT_ASKED = "whoever of the sample was not asked is among them"
# Where two codes tie for the mode, a published file's order decides which one its scores used
PUBLISHED_MODES = {
    ("BOL", "Q50"): 8,
    ("BOL", "Q163"): 5,
    ("BRA", "Q231"): 3,
    ("KEN", "Q89"): 1,
    ("MEX", "Q204"): 5,
    ("NLD", "Q110"): 3,
    ("NLD", "Q163"): 8,
    ("NZL", "Q35"): 5,
    ("NZL", "Q193"): 10,
}


@functools.cache
def load_builtin() -> Survey:
    """Return the built-in survey; read once per process."""
    rows = _rows("items.csv")
    wordings = _wordings({row["item"]: len(row["order"].split()) for row in rows})
    items = {row["item"]: _item(row, wordings[row["item"]]) for row in rows}
    counts = _counts(items)
    sizes = {row["culture"]: int(row["n"]) for row in _rows("sample_sizes.csv")}
    notice = (resources.files("acculturate") / "data" / "NOTICE").read_text(encoding="utf-8")
    return Survey(
        name=NAME,
        title=TITLE,
        items=items,
        counts=counts,
        notice=notice,
        sample_sizes=sizes,
        no_answer=_no_answer(counts, sizes),
        no_answer_note=NOT_ASKED,
        published_modes=PUBLISHED_MODES,
        published_items=tuple(items),
        spoken_name="the World Values Survey",
        weights_note=WEIGHTS,
        more=DOWNLOAD,
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files(__package__) / "wvs7" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _item(row: Mapping[str, str], wordings: Mapping[str, tuple[Wording, ...]]) -> Item:
    return Item(
        id=row["item"],
        topic=row["topic"],
        codes=tuple(int(code) for code in row["order"].split()),
        scale=row["scale"],  # type: ignore[arg-type]  # a test reads every row of the file
        wordings=wordings,
        battery=row["battery"],
        reversible=row["reversible"] == "true",
        kind=row["kind"],  # type: ignore[arg-type]
    )


def _wordings(sizes: Mapping[str, int]) -> dict[str, dict[str, tuple[Wording, ...]]]:
    """Return wordings by item and language, out of every language's file."""
    wordings_by_item: dict[str, dict[str, tuple[Wording, ...]]] = {item: {} for item in sizes}
    files = (resources.files(__package__) / "wvs7" / "wordings").iterdir()
    for file in sorted(files, key=lambda path: path.name):
        entries = tomllib.loads(file.read_text(encoding="utf-8"))
        scales = entries.pop("scales")
        for item, blocks in entries.items():
            language = file.name.removesuffix(".toml")
            wordings_by_item[item][language] = tuple(
                _wording(block, scales, sizes[item]) for block in blocks
            )
    return wordings_by_item


def _wording(block: Mapping[str, Any], scales: Mapping[str, list[str]], size: int) -> Wording:
    if "anchors" in block:
        low, high = block["anchors"]
        return Wording(block["stem"], (low, *[""] * (size - 2), high))
    options = block["options"]
    return Wording(block["stem"], tuple(scales[options] if isinstance(options, str) else options))


def _counts(items: Mapping[str, Item]) -> dict[str, dict[str, tuple[float, ...]]]:
    """Return the counts, put from the order of the codes into the order of the scale."""
    counts: dict[str, dict[str, tuple[float, ...]]] = {}
    for row in _rows("counts.csv"):
        codes = items[row["item"]].codes
        by_code = dict(zip(sorted(codes), map(float, row["counts"].split()), strict=True))
        ordered = tuple(by_code[code] for code in codes)
        counts.setdefault(row["culture"], {})[row["item"]] = ordered
    return counts


def _no_answer(
    counts: Mapping[str, Mapping[str, tuple[float, ...]]], sizes: Mapping[str, int]
) -> dict[str, dict[str, float]]:
    """Return the people of each sample without an answer: the files do not tell who of them was not
    asked.
    """
    return {
        culture: {item: sizes[culture] - sum(answered) for item, answered in items.items()}
        for culture, items in counts.items()
    }
