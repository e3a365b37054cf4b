"""General abilities as a part of a study, on mock models."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acculturate.config import validate
from acculturate.engines.mock import CHARACTERS
from acculturate.errors import ConfigError
from acculturate.records import Request
from acculturate.records.results.metrics_file import results_tree
from acculturate.records.results.plain import plain
from acculturate.report.page import render
from acculturate.study import abilities
from acculturate.study.abilities import ability_rows, check_abilities
from acculturate.study.schema import Study
from acculturate.study.wiring import run_study


def study(**settings: Any) -> Study:
    tree = {
        "study": {"name": "s", "draws": 100},
        "survey": {"items": ["Q1", "Q2"]},
        "cultures": {"measure": ["CHN", "DEU"]},
        "models": {"base": {"name": "mock:uniform"}},
        "abilities": {"tasks": ["everyday"], "limit": 30, **settings},
        "arm": [{"id": "aware"}],
    }
    return validate(Study, tree, "s.toml")


def test_a_guessing_model_is_told_and_nothing_is_asked_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = run_study(study(), tmp_path).results
    [row] = results.meta.abilities
    assert (row.task, row.model, row.n, row.kept) == ("everyday", "base", 30, None)
    assert not row.above_chance
    assert any(
        "not shown to do better than a guess" in caution for caution in results.meta.cautions
    )
    heading, text = render(results_tree(results)).split("<main>")
    assert '<a href="#abilities">General abilities</a>' in heading
    assert 'id="abilities"' in text

    def unwanted(*_: Any) -> Any:
        raise AssertionError("asked again")

    with monkeypatch.context() as patch:
        patch.setattr(abilities, "ask_task", unwanted)
        again = run_study(study(margin=0.1), tmp_path)
        assert again.fresh
        assert again.results.meta.abilities == (replace(row, margin=0.1),)


def test_it_goes_on_where_it_was_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uniform = CHARACTERS["uniform"]
    asked: list[str] = []

    def tired(request: Request) -> Any:
        if len(asked) > 80:
            raise KeyboardInterrupt
        return counted(request)

    def counted(request: Request) -> Any:
        asked.append(request.id)
        return uniform(request)

    monkeypatch.setitem(CHARACTERS, "uniform", tired)
    with pytest.raises(KeyboardInterrupt):
        run_study(study(limit=150), tmp_path)
    before = len(asked)
    monkeypatch.setitem(CHARACTERS, "uniform", counted)
    [row] = run_study(study(limit=150), tmp_path).results.meta.abilities
    assert row.n == 150
    assert len(asked) - before < 150


def test_an_adapted_model_is_held_against_its_base() -> None:
    class Held:
        def fact(self, _: str) -> Any:
            values = {str(n): float(n % 5 > 0) for n in range(200)}
            worse = {key: 0.0 if int(key) < 60 else value for key, value in values.items()}
            return {
                ref: {"everyday": {"key": "", "result": _result(right)}}
                for ref, right in (("base", values), ("@spa", worse))
            }

    made = study().model_dump() | {
        "adapt": [{"id": "spa", "method": "culturespa"}],
        "arm": [{"id": "before"}, {"id": "after", "model": "@spa", "against": "before"}],
    }
    before, after = ability_rows(validate(Study, made, "s.toml"), Held())  # type: ignore[arg-type]
    assert before.kept is None
    assert (after.base, after.kept and after.kept.outcome) == ("base", "lost")
    assert "lost" in render({"schema": 1, "meta": {"abilities": plain([before, after])}})


def _result(values: dict[str, float]) -> dict[str, Any]:
    return {"task": "everyday", "metric": "acc", "values": values, "chance": 0.25, "failed": 0}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"framing": "aware"}, "abilities.culture"),
        ({"framing": "self-alignment", "culture": "CHN"}, "shows people's answers"),
        ({"framing": "awre"}, "aware"),
        ({"include": ["/nowhere"]}, "no folder of tasks"),
    ],
)
def test_what_cannot_be_asked_is_said_first(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        check_abilities(study(**settings))


def test_a_framing_stands_before_each_question() -> None:
    framed = study(framing="aware", culture="DEU")
    check_abilities(framed)
    assert "German" in abilities._system(framed)
