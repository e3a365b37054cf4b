"""The built-in survey's files, held to the codebook's facts and to a table read independently."""

import csv
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from acculturate.records import Item
from acculturate.survey import Survey, load_survey

HERE = Path(__file__).parent
POLES: dict[str, Any] = tomllib.loads((HERE / "poles.toml").read_text(encoding="utf-8"))
with (HERE / "poles.csv").open(encoding="utf-8", newline="") as file:
    ENDS = {row["item"]: (row["first"], row["last"]) for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def survey() -> Survey:
    return load_survey("wvs7-marginals")


def fits(text: str, pole: str) -> bool:
    """Whether an option's text can mean a pole."""

    def found(pattern: str) -> bool:
        return re.search(pattern, text, re.IGNORECASE) is not None

    return any(map(found, POLES[pole]["any"])) and not any(map(found, POLES[pole]["none"]))


def ends(item: Item, language: str = "en") -> list[tuple[str, str]]:
    """The texts of the lowest and of the highest code, in each wording."""
    low, high = item.codes.index(min(item.codes)), item.codes.index(max(item.codes))
    return [(w.texts[low], w.texts[high]) for w in item.wordings[language]]


@pytest.mark.parametrize("key", ENDS)
def test_ends_of_the_scale_mean_what_their_codes_mean(survey: Survey, key: str) -> None:
    first, last = ENDS[key]
    for low, high in ends(survey.item(key)):
        assert fits(low, first), f"{key}: '{low}' does not read as {first}"
        assert fits(high, last), f"{key}: '{high}' does not read as {last}"


@pytest.mark.parametrize("key", ENDS)
def test_a_flipped_scale_cannot_pass(survey: Survey, key: str) -> None:
    first, last = ENDS[key]
    for low, high in ends(survey.item(key)):
        assert not (fits(high, first) and fits(low, last)), key


def test_every_item_has_poles_and_two_wordings(survey: Survey) -> None:
    assert len(survey.items) == 259
    assert set(ENDS) == set(survey.items)
    for item in survey.items.values():
        assert len(item.wordings["en"]) == 2, item.id
        for wording in item.wordings["en"]:
            assert len(wording.texts) == len(item.codes), item.id
            named = [text for text in wording.texts if text]
            assert len(set(named)) == len(named) >= 2, item.id
            assert "" not in (wording.texts[0], wording.texts[-1]), item.id


def test_no_two_items_read_alike(survey: Survey) -> None:
    stems = [
        re.sub(r"\W+", " ", w.stem).casefold().strip()
        for i in survey.items.values()
        for w in i.wordings["en"]
    ]
    assert len(set(stems)) == len(stems)


def test_kinds_and_scales(survey: Survey) -> None:
    kinds = {key: item.kind for key, item in survey.items.items()}
    assert [key for key, kind in kinds.items() if kind == "knowledge"] == ["Q91", "Q92", "Q93"]
    assert [key for key, kind in kinds.items() if kind == "experience"] == ["Q144", "Q145"]
    assert set(kinds.values()) == {"attitude", "behaviour", "knowledge", "experience"}
    assert {item.scale for item in survey.items.values()} == {"ordinal", "nominal"}
    assert not any(item.reversible for item in survey.items.values() if not item.ordinal)
    assert len(survey.select("attitudes")) == 254
    sizes = [len(item.codes) for item in survey.items.values()]
    assert {n: sizes.count(n) for n in set(sizes)} == {
        2: 35,
        3: 43,
        4: 106,
        5: 22,
        7: 1,
        8: 1,
        10: 42,
        11: 9,
    }
    from_zero = [item.id for item in survey.items.values() if min(item.codes) == 0]
    expected = [*range(94, 106), 119, *range(122, 130), *range(241, 250)]
    assert from_zero == [f"Q{n}" for n in expected]


def test_scale_order_differs_from_code_order_where_the_codebook_does(survey: Survey) -> None:
    assert survey.item("Q56").codes == (1, 3, 2)
    assert survey.item("Q119").codes == (1, 2, 0, 3, 4)
    others = [i for i in survey.items.values() if i.id not in ("Q56", "Q119")]
    assert all(list(item.codes) == sorted(item.codes) for item in others)


def test_counts_and_gaps(survey: Survey) -> None:
    people = survey.people(survey.cultures, survey.select("all"))
    assert people.count_CIK.shape == (19, 259, 11)
    not_asked = dict(zip(people.cultures, (people.n_CI == 0).sum(1).tolist(), strict=True))
    assert {key: n for key, n in not_asked.items() if n} == {
        "AUS": 2,
        "BOL": 1,
        "CHN": 37,
        "DEU": 1,
        "GBR": 13,
        "NZL": 2,
        "RUS": 1,
        "THA": 1,
        "USA": 2,
    }
    for c, culture in enumerate(people.cultures):
        assert people.n_CI[c].max() <= survey.sample_sizes[culture]
    # from the codebook, not from the file's layout: most people say family matters a great deal
    q1 = survey.items["Q1"].codes.index(1)
    assert (people.share_CIK[:, 0, q1] > 0.7).all()
    # Q56: China's people mostly live better than their parents, few the same, fewer worse
    better, same, worse = survey.counts["CHN"]["Q56"]
    assert better > same > worse


def test_published_modes_are_ties(survey: Survey) -> None:
    assert len(survey.published_modes) == 9
    for (culture, key), code in survey.published_modes.items():
        counts = survey.counts[culture][key]
        assert counts[survey.item(key).codes.index(code)] == max(counts)
        assert counts.count(max(counts)) == 2
