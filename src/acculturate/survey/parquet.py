"""Packing: a survey as one Parquet file and one record (JSON), and back.

Answers are kept as the codes of the survey, a column for each item (`answer:Q1`), demographics as
texts (`trait:age`). `SILENT` among the codes is a person who was asked and gave no answer. Items of
the built-in survey are kept by name, so that wordings added to it later are had; only what the
user's own file adds to them is written out.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from acculturate.culture import Culture
from acculturate.records import Item, Wording
from acculturate.survey.builtin import load_builtin
from acculturate.survey.layout import item_like
from acculturate.survey.model import Survey
from acculturate.survey.respondents import MISSING, NO_ANSWER, Group, Respondents, Trait

Record = dict[str, Any]
SILENT = -32768  # in a column of codes: asked, and gave no answer


def pack(survey: Survey, path: Path) -> Record:
    """Write the answers to a Parquet file; gives the record of all else."""
    import pyarrow.parquet as pq

    people = survey.respondents
    table = _marginals(survey) if people is None else _people(people)
    words = [name for name in table.column_names if not name.startswith("answer:")]
    pq.write_table(table, path, compression="zstd", compression_level=1, use_dictionary=words)
    return {
        "kind": "marginals" if people is None else "respondents",
        "title": survey.title,
        "notice": survey.notice,
        "spoken_name": survey.spoken_name,
        "items": [_item(item) for item in survey.items.values()],
        "cultures": list(survey.cultures),
        "own": [asdict(culture) for culture in survey.own.values()],
        "groups": {} if people is None else {k: asdict(v) for k, v in people.groups.items()},
        "respondents": 0 if people is None else len(people),
        "weighted": survey.weighted,
    }


def unpack(name: str, record: Record, path: Path) -> Survey:
    """Return the survey that was packed."""
    import pyarrow.parquet as pq

    items = {item["id"]: _read_item(item) for item in record["items"]}
    table = pq.read_table(path)
    survey = Survey(
        name=name,
        title=record["title"],
        items=items,
        counts={},
        notice=record["notice"],
        spoken_name=record["spoken_name"],
        own={entry["code"]: _culture(entry) for entry in record["own"]},
        published_items=tuple(items),
        fingerprint=record["data_sha256"][:16],
    )
    if record["kind"] == "marginals":
        return _with_marginals(survey, table)
    people = _read_people(table, tuple(items.values()), record["groups"])
    return replace(survey, respondents=people).reweighted()


def _people(people: Respondents) -> Any:
    import pyarrow as pa

    columns: dict[str, Any] = {
        "respondent": pa.array([str(person) for person in people.ids]),
        "culture": _words(people.culture_N.astype(np.int32), people.cultures),
        "weight": pa.array(people.weight_N),
    }
    for name, trait in people.traits.items():
        columns[f"trait:{name}"] = _words(trait.index_N, trait.texts)
    for item, answer_N in zip(people.items, people.answer_IN, strict=True):
        # -1 (missing) and -2 (no answer) count from the end
        code_N = np.array([*item.codes, SILENT, 0], dtype=np.int16)[answer_N]
        columns[f"answer:{item.id}"] = pa.array(code_N, mask=answer_N == MISSING)
    return pa.table(columns)


def _words(index_N: Any, texts: tuple[str, ...]) -> Any:
    import pyarrow as pa

    indices = pa.array(index_N, mask=index_N == MISSING)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(texts), pa.string()))


def _read_people(
    table: Any, items: tuple[Item, ...], groups: Mapping[str, Mapping[str, Any]]
) -> Respondents:
    culture = _read_words(table.column("culture"))
    answer_IN = np.full((len(items), table.num_rows), MISSING, dtype=np.int8)
    for i, item in enumerate(items):
        column = table.column(f"answer:{item.id}").combine_chunks()
        known_N = column.is_valid().to_numpy(zero_copy_only=False)
        code_N = column.fill_null(0).to_numpy()
        answer_IN[i, code_N == SILENT] = NO_ANSWER
        known_N &= code_N != SILENT
        low = min(item.codes)
        place = np.full(max(item.codes) - low + 1, MISSING, dtype=np.int8)
        place[np.array(item.codes) - low] = np.arange(len(item.codes))
        answer_IN[i, known_N] = place[code_N[known_N] - low]
    traits = {
        name.removeprefix("trait:"): _read_words(table.column(name))
        for name in table.column_names
        if name.startswith("trait:")
    }
    return Respondents(
        items=items,
        cultures=culture.texts,
        culture_N=culture.index_N.astype(np.int16),
        weight_N=table.column("weight").to_numpy(),
        answer_IN=answer_IN,
        ids=table.column("respondent").to_pylist(),
        traits=traits,
        groups={slug: _group(group) for slug, group in groups.items()},
    )


def _read_words(chunked: Any) -> Trait:
    array = chunked.unify_dictionaries().combine_chunks()
    index_N = array.indices.fill_null(MISSING).to_numpy(zero_copy_only=False)
    return Trait(index_N.astype(np.int32), tuple(array.dictionary.to_pylist()))


def _group(record: Mapping[str, Any]) -> Group:
    """Return a group as it was: pairs of numbers come back from JSON as lists."""
    where = {
        name: tuple(condition)
        if all(isinstance(part, int | float) for part in condition)
        else list(condition)
        for name, condition in record["where"].items()
    }
    return Group(record["territory"], where)


def _marginals(survey: Survey) -> Any:
    import pyarrow as pa

    rows = [
        (
            *(culture, key, code, count),
            survey.effective.get(culture, {}).get(key),
            survey.no_answer.get(culture, {}).get(key),
        )
        for culture, items in survey.counts.items()
        for key, counts in items.items()
        for code, count in zip(survey.items[key].codes, counts, strict=True)
    ]
    names = ("culture", "item", "code", "count", "effective_n", "no_answer")
    return pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)})


def _with_marginals(survey: Survey, table: Any) -> Survey:
    counts: dict[str, dict[str, list[float]]] = {}
    effective: dict[str, dict[str, float]] = {}
    no_answer: dict[str, dict[str, float]] = {}
    for row in table.to_pylist():
        counts.setdefault(row["culture"], {}).setdefault(row["item"], []).append(row["count"])
        if row["effective_n"] is not None:
            effective.setdefault(row["culture"], {})[row["item"]] = row["effective_n"]
        if row.get("no_answer") is not None:
            no_answer.setdefault(row["culture"], {})[row["item"]] = row["no_answer"]
    whole = {
        culture: {key: tuple(item) for key, item in items.items()}
        for culture, items in counts.items()
    }
    return replace(survey, counts=whole, effective=effective, no_answer=no_answer)


def _item(item: Item) -> Record:
    """Return an item whole, or by name with what its wordings have more than the built-in ones."""
    like = _builtin_like(item)
    if like is None:
        return asdict(item)
    more = {
        language: [asdict(wording) for wording in wordings[len(like.wordings.get(language, ())) :]]
        for language, wordings in item.wordings.items()
    }
    more = {language: wordings for language, wordings in more.items() if wordings}
    return {"id": item.id, "like": item.id, "codes": list(item.codes), "wordings": more}


def _builtin_like(item: Item) -> Item | None:
    known = load_builtin().items.get(item.id)
    if known is None or not set(item.codes) <= set(known.codes):
        return None
    like = item_like(item.id, codes=item.codes)
    same = replace(item, wordings={}) == replace(like, wordings={})
    begins = all(
        item.wordings.get(language, ())[: len(wording)] == wording
        for language, wording in like.wordings.items()
    )
    return like if same and begins else None


def _read_item(record: Mapping[str, Any]) -> Item:
    wordings = {
        language: tuple(Wording(wording["stem"], tuple(wording["texts"])) for wording in wordings)
        for language, wordings in record["wordings"].items()
    }
    if "like" in record:
        like = item_like(record["like"], codes=tuple(record["codes"]))
        languages = dict.fromkeys([*like.wordings, *wordings])
        both = {
            language: (*like.wordings.get(language, ()), *wordings.get(language, ()))
            for language in languages
        }
        return replace(like, wordings=both)
    return Item(**{**record, "codes": tuple(record["codes"]), "wordings": wordings})


def _culture(record: Mapping[str, Any]) -> Culture:
    pairs = tuple((name, text) for name, text in record.get("traits", ()))
    return Culture(**{**record, "languages": tuple(record["languages"]), "traits": pairs})
