"""Results: every number of a run in one tree, written as metrics.json and read by the report.

The tree's schema is versioned. `rows` are scores as `--json` prints them, `differences` the paired
ones; `meta` holds what a reader needs to judge and repeat them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.comparison import Difference, compare, item_changes
from acculturate.evaluation.measures import METRICS
from acculturate.evaluation.reference_arms import reference_scores
from acculturate.evaluation.scores import MEAN, score_table
from acculturate.records import Score
from acculturate.statistics.bootstrap import Resampling
from acculturate.store import Store
from acculturate.study.adaptations import Adapted
from acculturate.study.cautions import cautions
from acculturate.study.schema import ArmSection, Study
from acculturate.survey import Survey

SCHEMA = 1
MOST_CHANGED = 12


def study_results(
    study: Study,
    survey: Survey,
    store: Store,
    tables: Mapping[str, ArmTable],
    adapted: Mapping[str, Adapted],
    command: str,
) -> dict[str, Any]:
    """The whole tree of a study that has been carried out."""
    s = study.study
    resampling = Resampling(items=s.bootstrap_items, draws=s.draws, seed=s.seed)
    scores = arm_scores(list(tables.values()), survey, None, resampling)
    against = {arm.id: arm.against for arm in study.arm if arm.against}
    differences = arm_differences(tables, against, resampling)
    last = next(reversed(against), None)
    meta = {
        "study": s.name,
        "title": s.title or s.name,
        "primary": s.primary,
        "verdict": verdict(differences, s.primary, last) if last else None,
        "cautions": cautions(study, store, tables, scores),
        "arms": [_arm_meta(study, arm) for arm in study.arm],
        "cultures": [
            {"code": code, "name": survey.culture(code).name} for code in study.cultures.measure
        ],
        "survey": {
            "name": survey.name,
            "title": survey.title,
            "items": len(next(iter(tables.values())).items),
            "notice": survey.notice,
        },
        "models": [
            {"id": ref, **store.fact(f"identity {ref}")}
            for ref in dict.fromkeys(arm.model for arm in study.arm)
        ],
        "metrics": metric_notes(),
        "items": most_changed(tables[last], tables[against[last]]) if last else [],
        "rerun": {
            "command": command,
            "study": (store.folder / "study.toml").read_text(encoding="utf-8"),
            "environment": json.loads((store.folder / "environment.json").read_text()),
            "seeds": _seeds(study),
        },
        "minutes": round(sum(note["seconds"] for note in store.notes("session")) / 60, 2),
        **_adaptation_rows(adapted),
    }
    return {**as_json(scores, meta), "differences": difference_rows(differences)}


def _adaptation_rows(adapted: Mapping[str, Adapted]) -> dict[str, list[dict[str, Any]]]:
    return {
        key: [
            {"adapt": name, **row} for name, each in adapted.items() for row in getattr(each, key)
        ]
        for key in ("yields", "drops", "shifts", "tuning")
    }


def _arm_meta(study: Study, arm: ArmSection) -> dict[str, Any]:
    section = study.adaptation(arm.model)
    return {
        "id": arm.id,
        "model": arm.model,
        "framing": arm.framing,
        "adapter": section.id if section else None,
        "kind": study.answers.kind,
    }


def _seeds(study: Study) -> list[int]:
    """Every seed that something was drawn with."""
    own = [study.study.seed, study.answers.seed]
    own += [seed for each in study.adapt for seed in (each.culturespa.seed, each.tuning.seed)]
    return list(dict.fromkeys(own))


def score_rows(scores: Sequence[Score]) -> list[dict[str, Any]]:
    """Scores as rows of a table."""
    return [asdict(score) for score in scores]


def as_json(scores: Sequence[Score], meta: Mapping[str, Any]) -> dict[str, Any]:
    """What `--json` prints."""
    return {"schema": SCHEMA, "rows": score_rows(scores), "meta": dict(meta)}


def arm_scores(
    tables: Sequence[ArmTable],
    survey: Survey,
    metrics: Sequence[str] | None,
    resampling: Resampling,
) -> list[Score]:
    """Scores of every arm, and of the reference answerers on the same cultures and items."""
    scores = [row for table in tables for row in score_table(table, metrics, resampling)]
    if not tables:
        return scores
    cultures = list(dict.fromkeys(culture for table in tables for culture in table.cultures))
    return scores + reference_scores(survey, cultures, tables[0].items, metrics, resampling)


def arm_differences(
    tables: Mapping[str, ArmTable], against: Mapping[str, str], resampling: Resampling
) -> list[Difference]:
    """Paired differences of each arm and the arm that it is held against."""
    return [
        row
        for arm, control in against.items()
        for row in compare(tables[arm], tables[control], resampling=resampling)
    ]


def difference_rows(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    """Differences as rows; `against` is the arm that was subtracted."""
    rows = [asdict(each) for each in differences]
    return [{**row, "against": row.pop("control")} for row in rows]


def verdict(differences: Sequence[Difference], primary: str, arm: str) -> dict[str, Any] | None:
    """One sentence on the primary metric's paired difference, mean over cultures."""
    found = [d for d in differences if (d.metric, d.culture, d.arm) == (primary, MEAN, arm)]
    if not found or found[0].value is None:
        return None
    said = found[0]
    return {**difference_rows([said])[0], "sentence": _sentence(said)}


def _sentence(said: Difference) -> str:
    name = said.metric.replace("_", " ")
    assert said.value is not None
    up = METRICS[said.metric].higher_is_better
    size = f"{abs(said.value):.4f}"
    if said.low is None or said.high is None:
        return (
            f"The {name} of {said.arm} and {said.control} differ by {size}: too few items to tell."
        )
    bounds = f"{said.value:+.4f}, 95% interval {said.low:+.4f} to {said.high:+.4f}, {said.n} items"
    if said.low <= 0 <= said.high:
        return (
            f"No difference shown: the mean {name} of {said.arm} lies {bounds} from that of "
            f"{said.control}, and the interval holds zero."
        )
    better = (said.value > 0) == up
    return (
        f"{said.arm} is {'nearer to' if better else 'further from'} the people than "
        f"{said.control}: mean {name} {bounds}."
    )


def most_changed(arm: ArmTable, control: ArmTable, language: str = "en") -> list[dict[str, Any]]:
    """The items whose answers moved most, with both answers and the people's."""
    items = {item.id: (i, item) for i, item in enumerate(arm.items)}
    cultures = {culture: c for c, culture in enumerate(arm.cultures)}
    rows = []
    for change in item_changes(arm, control)[:MOST_CHANGED]:
        i, item = items[change.item]
        at = (cultures[change.culture], i, slice(len(item.codes)))
        wording = item.wording(language)
        rows.append(
            {
                "item": item.id,
                "stem": wording.stem,
                "options": _option_names(wording.texts, item.codes),
                "culture": change.culture,
                "before": control.share_CIK[at].tolist(),
                "after": arm.share_CIK[at].tolist(),
                "people": arm.people.share_CIK[at].tolist(),
                "change": change.moved,
                "gain": change.nearer,
            }
        )
    return rows


def _option_names(texts: Sequence[str], codes: Sequence[int]) -> list[str]:
    return [text or str(code) for text, code in zip(texts, codes, strict=True)]


def metric_notes() -> dict[str, dict[str, Any]]:
    """What each metric says, for readers of the tree."""
    return {
        name: {
            "text": metric.description,
            "higher_is_better": None if metric.ideal is not None else metric.higher_is_better,
            "ideal": metric.ideal,
        }
        for name, metric in METRICS.items()
    }
