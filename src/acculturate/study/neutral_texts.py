"""Neutral texts in a study: every adapted model and its base read them, passage by passage.

    [neutral]
    read = true                 false leaves it out
    margin = 0.05               nats per token that a token may take more

Read are the English passages, and those in the languages that the study asks or trains in. What was
read is kept in the run under all that it depends on. An engine that cannot say how likely a text is
has a row without figures, which says so.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from acculturate.engines import ReadsTexts
from acculturate.evaluation.neutral import Readings, change, languages, nats_per_token, passages
from acculturate.files import text_digest
from acculturate.records import TextNats
from acculturate.records.results.general import NeutralRow
from acculturate.store import Store
from acculturate.study.languages import asked_in, worded
from acculturate.study.plan import Plan
from acculturate.study.schema import Study
from acculturate.study.workplace import Workplace

AT_ONCE = 12
"""Passages between two steps of the progress bar."""
KEPT = "neutral texts "
"""What stands before a model's reference where the store keeps what it read."""


def read_neutral_texts(place: Workplace, *, adapted: bool) -> None:
    """Have the models that are adapted read the passages, or the bases of those."""
    for ref in neutral_refs(place.plan):
        if (place.study.adaptation(ref) is not None) == adapted:
            _read(place, ref)


def neutral_refs(plan: Plan) -> list[str]:
    """Return the bases of all adapted models that arms ask, then those; none where it is off."""
    study = plan.study
    if not study.neutral.read:
        return []
    used = [part.ref for arm in study.arm for part in plan.parts[arm.id]]
    adapted = [ref for ref in used if study.adaptation(ref) is not None]
    bases = [section.base for ref in adapted for section in study.adapters_of(ref)]
    return list(dict.fromkeys([*bases, *adapted]))


def reading_name(language: str, ref: str) -> str:
    """Return what a model's reading of a language's passages is called."""
    return f"neutral texts, {language} ({ref})"


def neutral_rows(plan: Plan, store: Store) -> tuple[NeutralRow, ...]:
    """Return each model's reading by language, an adapted one held against its base."""
    return tuple(
        _row(plan.study, store, ref, language)
        for language in neutral_languages(plan)
        for ref in neutral_refs(plan)
    )


def neutral_cautions(rows: Sequence[NeutralRow]) -> Iterator[str]:
    """Yield models that read plain text worse than their base by more than the margin, and models
    that could not be asked.
    """
    for row in rows:
        if row.change is not None and row.change > row.margin:
            yield (
                f"{row.model} reads neutral texts ({row.language}) worse than "
                f"{row.base}: {row.change:+.3f} nats per token "
                f"[{row.low:+.3f}, {row.high:+.3f}], more than neutral.margin = "
                f"{row.margin:g}. It has lost more than the study measures."
            )
    unread = list(dict.fromkeys(row.model for row in rows if row.outcome == "unread"))
    if unread:
        yield (
            f"{', '.join(unread)}: neutral texts were not read, since the engine does not say how "
            "likely a whole text is (models of transformers in this process do)."
        )


def neutral_languages(plan: Plan) -> list[str]:
    """Return English, and the languages with passages that the study asks or trains in."""
    study = plan.study
    codes = dict.fromkeys((*study.cultures.measure, *study.cultures.adapt))
    cultures = [plan.survey.culture(code) for code in codes]
    items = plan.survey.select(study.survey.items)
    tags = [
        tag
        for culture in cultures
        for told in (
            *(asked_in(study.settings(arm).languages, culture, items) for arm in study.arm),
            *(section.trained_in(culture, worded(items)) for section in plan.adaptations),
        )
        for tag in told
    ]
    named = (tag.partition("-")[0] for tag in tags)
    return list(dict.fromkeys(["en", *(tag for tag in named if tag in languages())]))


@dataclass(frozen=True, slots=True)
class _Read:
    """What a model read, by language, and the digest of all that this depends on."""

    key: str
    readings: dict[str, Readings]


def _read(place: Workplace, ref: str) -> None:
    """Have a model read the passages, unless the run holds what it read."""
    engine = place.models.engine(ref)
    wanted = {tag: passages(tag) for tag in neutral_languages(place.plan)}
    key = text_digest(json.dumps([engine.identity.digest, wanted]))
    kept = _kept(place.store, ref)
    if kept is not None and kept.key == key:
        return
    readings: dict[str, Readings] = {}
    if isinstance(engine, ReadsTexts):
        for tag, texts in wanted.items():
            place.progress.begin(reading_name(tag, ref), len(texts))
            read = list(_read_texts(engine, texts, place))
            place.progress.end()
            if any(text.tokens for text in read):  # none where a whole passage is one token
                readings[tag] = Readings.of(read)
    place.store.keep(KEPT + ref, asdict(_Read(key, readings)))


def _read_texts(engine: ReadsTexts, texts: Sequence[str], place: Workplace) -> Iterator[TextNats]:
    for start in range(0, len(texts), AT_ONCE):
        part = texts[start : start + AT_ONCE]
        yield from engine.text_nats(part)
        place.progress.advance(len(part))


def _kept(store: Store, ref: str) -> _Read | None:
    fact = store.fact(KEPT + ref)
    if fact is None:
        return None
    readings = {
        tag: Readings(tuple(reading["nats"]), tuple(reading["tokens"]))
        for tag, reading in fact["readings"].items()
    }
    return _Read(fact["key"], readings)


def _row(study: Study, store: Store, ref: str, language: str) -> NeutralRow:
    section = study.adaptation(ref)
    own, base = (
        kept.readings.get(language) if model and (kept := _kept(store, model)) else None
        for model in (ref, section.base if section else "")
    )
    row = NeutralRow(
        model=ref,
        base=section.base if section else None,
        language=language,
        passages=len(passages(language)),
        tokens=sum(own.tokens) if own else None,
        nats=nats_per_token(own) if own else None,
        change=None,
        low=None,
        high=None,
        outcome="before" if own else "unread",
        margin=study.neutral.margin,
    )
    if own is None or base is None:
        return row
    difference = change(base, own, study.neutral.margin)
    return replace(
        row,
        change=difference.value,
        low=difference.low,
        high=difference.high,
        outcome=difference.outcome,
    )
