import copy
from collections.abc import Callable
from typing import Any

import pytest

from acculturate.report import render

CULTURES = {"CHN": "China", "MEX": "Mexico"}
ARMS = (
    ("base-aware", "base", "aware", None),
    ("adapted-aware", "@spa", "aware", "spa"),
)


def score(arm: str, culture: str | None, metric: str, value: float | None, **more: Any) -> Any:
    result = {
        "arm": arm,
        "model": "base",
        "framing": "aware",
        "language": "en",
        "survey": "wvs7-marginals",
        "culture": culture,
        "metric": metric,
        "value": value,
        "low": None if value is None else value - 0.015,
        "high": None if value is None else value + 0.015,
        "n": 216,
        "refused": 3,
    }
    return result | more


def reference(name: str, culture: str, value: float) -> Any:
    empty = {"model": None, "framing": None, "language": None, "refused": None}
    bounds = {"low": None, "high": None}
    return score(f"reference:{name}", culture, "alignment", value, **empty, **bounds)


def _rows() -> list[Any]:
    rows = []
    for metric, start in (("js_divergence", 0.168), ("alignment", 0.741)):
        for arm, *_ in ARMS:
            gain = 0.02 if arm.startswith("adapted") else 0.0
            for step, culture in enumerate([*CULTURES, "mean"]):
                rows.append(score(arm, culture, metric, start + gain + step / 100))
    for culture in [*CULTURES, "mean"]:
        rows += [reference("uniform", culture, 0.787), reference("culture_blind", culture, 0.885)]
    return rows


def _differences() -> list[Any]:
    return [
        {
            "metric": metric,
            "culture": culture,
            "arm": "adapted-aware",
            "against": "base-aware",
            "value": 0.02,
            "low": 0.012,
            "high": 0.028,
            "n": 216,
        }
        for metric in ("alignment", "js_divergence")
        for culture in [*CULTURES, "mean"]
    ]


def _adaptation() -> dict[str, Any]:
    return {
        "yields": [
            {"adapt": "spa", "step": "attempts", "count": 140, "of": 140, "note": "asked for"},
            {"adapt": "spa", "step": "kept", "count": 57, "of": 140},
            {
                "adapt": "spa",
                "step": "pairs were answered",
                "count": 50,
                "of": 57,
                "note": "in float32",
                "lost": {"without an answer": 7},
                "after": "kept",
            },
        ],
        "drops": [
            {"adapt": "spa", "reason": "no list", "count": 1, "example": "Sure! <b>Family</b>"}
        ],
        "shifts": [
            {"adapt": "spa", "culture": "CHN", "topic": "Trust", "questions": 19, "shifts": 7}
        ],
        "tuning": [
            {
                "adapt": "spa",
                "adapter": "spa",
                "rows": 131,
                "trained_tokens": 262,
                "truncated": 0,
                "dropped": 2,
                "losses": [3.2, 2.1, 1.9],
                "first_row": {"prompt": "Which matters more?", "trained": "2"},
                "seconds": 71.3,
            }
        ],
        "asked": [
            {
                "item": "Q57",
                "topic": "Trust",
                "stem": "Can most people be trusted?",
                "options": ["Most people can be trusted", "One has to be careful"],
            }
        ],
        "shares": [
            {
                "item": "Q57",
                "culture": "MEX",
                "people": [0.1, 0.9],
                "arms": {"base-aware": [0.5, 0.5], "adapted-aware": [0.375, 0.625]},
                "distances": {"base-aware": 0.4, "adapted-aware": 0.275},
            }
        ],
        "prompts": [
            {"arm": "base-aware", "messages": [["system", "You are"], ["user", "Trust? <1>"]]}
        ],
        "items": [
            {
                "item": "Q57",
                "stem": "Can most people be trusted?",
                "options": ["Most people can be trusted", "One has to be careful"],
                "culture": "MEX",
                "before": [0.5, 0.5],
                "after": [0.375, 0.625],
                "people": [0.1, 0.9],
                "change": 0.125,
                "gain": 0.125,
            }
        ],
    }


def _meta() -> dict[str, Any]:
    return {
        "study": "demo",
        "title": "Nearer to two cultures?",
        "about": "Two cultures, one adapter.",
        "primary": "alignment",
        "verdict": {
            "sentence": "Alignment rose by 0.020 over 216 questions.",
            "metric": "alignment",
            "culture": "mean",
            "arm": "adapted-aware",
            "against": "base-aware",
            "value": 0.02,
            "low": 0.012,
            "high": 0.028,
            "n": 216,
        },
        "cautions": ["One training seed: this adapter only."],
        "arms": [
            {"id": arm, "model": model, "framing": framing, "adapter": adapter, "kind": "expected"}
            for arm, model, framing, adapter in ARMS
        ],
        "cultures": [{"code": code, "name": name} for code, name in CULTURES.items()],
        "survey": {
            "name": "wvs7-marginals",
            "title": "World Values Survey wave 7",
            "items": 216,
            "notice": "Cite the source; non-profit use.",
            "weights": "Counts are not weighted.",
        },
        "no_answer": dict.fromkeys(CULTURES, 0.031),
        "models": [
            {
                "id": "base",
                "model": "embedded",
                "weights": "9a3f6c1e0b7d4a22",
                "dtype": "float32",
                "template": "1f2e3d4c",
                "adapter": None,
            }
        ],
        "metrics": {
            "alignment": {
                "text": "How near the answers lie to the people's.",
                "higher_is_better": True,
            },
            "js_divergence": {
                "text": "How far the two distributions lie apart.",
                "higher_is_better": False,
            },
        },
        **_adaptation(),
        "rerun": {
            "command": "acculturate run studies/demo.toml",
            "study": '[study]\nname = "demo"\n',
            "environment": {
                "python": "3.11.7",
                "packages": {"acculturate": "0.1.0", "torch": "2.13.0"},
                "machine": "Linux, 2 cores",
            },
            "seeds": [7, 8],
        },
        "stages": [
            {
                "stage": "arm base-aware",
                "seconds": 30.0,
                "read_tokens": 5000,
                "written_tokens": 0,
                "money": 0.25,
            }
        ],
        "memory": {"process": 1.25},
        "minutes": 7.9,
    }


_METRICS = {"schema": 1, "rows": _rows(), "differences": _differences(), "meta": _meta()}


@pytest.fixture
def metrics() -> Any:
    """A whole run's metrics.json, small; every test gets its own."""
    return copy.deepcopy(_METRICS)


@pytest.fixture(scope="session")
def page() -> str:
    """The page of that run, rendered once for all tests that only look at it."""
    return render(copy.deepcopy(_METRICS))


@pytest.fixture(name="score")
def score_row() -> Callable[..., Any]:
    return score
