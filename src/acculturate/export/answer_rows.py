"""Rows of what the arms answered and what the people did: answers, people, items, cells."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from acculturate.errors import StoreError
from acculturate.export.opened_run import OpenedRun
from acculturate.records import Answer, Item
from acculturate.study.finished import STUDY_FILE
from acculturate.study.parts import Part, kept_replies
from acculturate.survey import Survey

Row = Mapping[str, Any]


def answer_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield each answer of each arm, read anew from its reply.

    Raises `StoreError` where replies are missing: the survey, the prompts or the version have
    changed since they were asked for.
    """
    for arm, parts in run.plan.parts.items():
        missing = 0
        for part in parts:
            for row in _part_rows(run, arm, part, alone=len(parts) == 1):
                missing += row is None
                if row is not None:
                    yield row
        if missing:
            raise StoreError(
                f"The run {run.folder} lacks {missing} replies of its arm '{arm}' as it would be "
                f"asked now: type `acculturate run {run.folder / STUDY_FILE} --out {run.folder}` "
                "to fill it up."
            )


def _part_rows(run: OpenedRun, arm: str, part: Part, *, alone: bool) -> Iterator[Row | None]:
    """Yield a row for each answer of a part, None for a reply that is missing.

    Where several adapters answer without a culture, each speaks for its own cultures.
    """
    survey = run.finished.survey
    replies = kept_replies(run.store, part.ref)
    for request, read in part.stage.exchanges(replies):
        if read is None:
            yield None
            continue
        item = survey.item(read.item)
        own = (culture.code for culture in part.stage.cultures)
        for culture in (read.culture,) if read.culture or alone else own:
            known = {"arm": arm, "model": part.ref, "culture": culture, "request": request.id}
            yield known | _of_answer(read, item) | _of_people(survey, culture, item)


def _of_answer(read: Answer, item: Item) -> dict[str, Any]:
    return {
        "item": item.id,
        "framing": read.framing,
        "framing_wording": read.framing_wording,
        "language": read.language,
        "wording": read.wording,
        "order": [item.codes[place] for place in read.order],
        "sample": read.sample,
        "respondent": read.respondent,
        "kind": read.kind,
        "refused": read.refused,
        "cut": read.cut,
        "code": read.code,
        "option_mass": read.mass,
        "codes": item.codes,
        "shares": read.shares(item) if read.answered else None,
        "labels": read.labels,
        "presentation": read.presentation,
        "perturbation": read.perturbation,
        "reasoned": read.reasoned,
        "dont_know": read.no_answer[0] if read.no_answer else None,
        "no_answer": read.no_answer[1] if read.no_answer else None,
    }


def _of_people(survey: Survey, culture: str, item: Item) -> dict[str, Any]:
    n = sum(survey.counts.get(culture, {}).get(item.id, ()))
    return {"people": people_shares(survey, culture, item), "people_n": n or None}


def people_shares(survey: Survey, culture: str, item: Item) -> list[float] | None:
    """Return the people's shares in scale order; None where they were not asked."""
    counts = survey.counts.get(culture, {}).get(item.id, ())
    n = sum(counts)
    return [count / n for count in counts] if n else None


def people_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield what the people of each measured culture answered to each item that was asked."""
    survey = run.finished.survey
    for culture in run.finished.cultures:
        for item in run.finished.items:
            counts = survey.counts.get(culture, {}).get(item.id, ())
            n = sum(counts)
            for code, text, count in zip(item.codes, option_texts(item), counts, strict=False):
                if n:
                    yield {
                        "culture": culture,
                        "item": item.id,
                        "code": code,
                        "option": text,
                        "share": count / n,
                        "count": count,
                        "n": n,
                    }


def item_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield each option of each item that was asked, in every language and wording."""
    for item in run.finished.items:
        for language, wordings in item.wordings.items():
            for number, wording in enumerate(wordings):
                for position, (code, text) in enumerate(
                    zip(item.codes, wording.texts, strict=True)
                ):
                    yield {
                        "item": item.id,
                        "topic": item.topic,
                        "battery": item.battery,
                        "scale": item.scale,
                        "kind": item.kind,
                        "language": language,
                        "wording": number,
                        "stem": wording.stem,
                        "position": position,
                        "code": code,
                        "option": text,
                    }


def cell_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield shares by culture and item in the long form, of the people and then of each arm.

    Raises `StoreError` where replies are missing.
    """
    cultures, items = run.finished.cultures, run.finished.items
    people = run.finished.survey.people(cultures, items)
    yield from _cells("people", cultures, items, people.share_CIK, people.n_CI)
    for arm in run.plan.parts:
        table = run.finished.table_in(run.store, arm, cultures, items)
        read_CI = table.asked_CI - table.refused_CI
        yield from _cells(arm, table.cultures, table.items, table.share_CIK, read_CI)


def _cells(
    source: str,
    cultures: tuple[str, ...],
    items: tuple[Item, ...],
    share_CIK: "np.ndarray[Any, Any]",
    n_CI: "np.ndarray[Any, Any]",
) -> Iterator[Row]:
    for i, item in enumerate(items):
        texts = option_texts(item)
        options = [f"{code} {text}".strip() for code, text in zip(item.codes, texts, strict=True)]
        for c, culture in enumerate(cultures):
            for option, share in zip(options, share_CIK[c, i], strict=False):
                if n_CI[c, i] and not np.isnan(share):
                    yield {
                        "cell_id": culture,
                        "question": item.id,
                        "option": option,
                        "share": float(share),
                        "n": round(float(n_CI[c, i])),
                        "source": source,
                    }


def option_texts(item: Item) -> tuple[str, ...]:
    """Return the options' texts in English, or in the first language that the item has."""
    wordings = item.wordings_in("en") or next(iter(item.wordings.values()))
    return wordings[0].texts
