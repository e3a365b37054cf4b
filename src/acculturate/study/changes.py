"""Changes: what of a study was set otherwise when the first texts in its run folder were drawn.

A text that a model of transformers draws depends on what was asked in the same batch, and a study
decides that: a role-play of more exchanges, or of other cultures, asks some of its texts in other
company. What is kept is not drawn again, so such a run need not end as one in a new folder does,
and that is told. Replies of one kind are alike: option probabilities, and texts of servers.

    remember(study, store)     before anything is asked
    changed(store)             a sentence, or none
"""

from collections.abc import Iterator, Mapping
from typing import Any

from acculturate.engines import kind_of, parse_model
from acculturate.store import Store
from acculturate.study.schema import Study

ASKED, CHANGED = "what decides texts", "what decides texts, changed"
NAMED = 4
"""Changes that are named."""


def remember(study: Study, store: Store) -> None:
    """Keep what decides the texts of a study, and what of it is not as it was."""
    now = dict(_flat(_deciding(study)))
    then = store.fact(ASKED)
    differing = [] if then is None else list(_differing(then, now))
    if differing and store.has_texts():
        store.keep(CHANGED, differing)
    else:
        store.keep(ASKED, now)
        store.keep(CHANGED, [])


def changed(store: Store) -> Iterator[str]:
    """Yield what a run in this folder need not have in common with one in a new folder."""
    note = store.fact(CHANGED)
    if note:
        more = f" and {len(note) - NAMED} more" if len(note) > NAMED else ""
        yield (
            f"Texts in this run folder were drawn under other settings ({', '.join(note[:NAMED])}"
            f"{more}). They are kept, so texts may be others than those of a run in a new folder: "
            "give one with --out for a run of its own."
        )


def _deciding(study: Study) -> dict[str, Any]:
    """Return all that decides which texts are drawn together; nothing where no engine minds."""
    kinds = [kind_of(parse_model(model.name)) for model in study.models.values()]
    if not any(kind.texts == "batch" for kind in kinds):
        return {}
    return {
        "survey": study.survey.model_dump(mode="json"),
        "cultures": study.cultures.model_dump(mode="json"),
        "answers": study.answers.model_dump(mode="json"),
        "adapt": {adaptation.id: adaptation.asking() for adaptation in study.adapt},
    }


def _flat(tree: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _differing(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield what both have and have otherwise; an adaptation that is new shares nothing."""
    for key in then:
        if key in now and then[key] != now[key]:
            yield f"{key}: {_said(then[key])}, now {_said(now[key])}"


def _said(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
