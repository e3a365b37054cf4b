"""Neutral texts and costs as parts of a study."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from acculturate.cli.terminal_tables import print_costs, print_neutral
from acculturate.config import validate
from acculturate.engines.mock import MockEngine
from acculturate.evaluation.neutral import passages
from acculturate.records import Choice, GenerateRequest, Generation, Message, Sampling, TextNats
from acculturate.records.results.differences import Difference
from acculturate.records.results.made import Trained
from acculturate.records.results.plain import plain
from acculturate.report.page import render
from acculturate.runner import SECONDS, Silent
from acculturate.store import Store
from acculturate.study.adaptation_costs import cost_rows
from acculturate.study.adaptations import Adapted
from acculturate.study.neutral_texts import (
    neutral_cautions,
    neutral_languages,
    neutral_refs,
    neutral_rows,
    read_neutral_texts,
)
from acculturate.study.plan import Plan
from acculturate.study.schema import Study
from acculturate.study.workplace import PRICE, Workplace


def study(**sections: Any) -> Study:
    tree: dict[str, Any] = {
        "study": {"name": "s", "draws": 100},
        "survey": {"items": ["Q1", "Q2"]},
        "cultures": {"measure": ["CHN", "DEU"], "adapt": ["CHN", "DEU"]},
        "models": {"base": {"name": "embedded"}},
        "adapt": [{"id": "spa", "method": "culturespa", "grouping": "specific"}],
        "arm": [{"id": "before"}, {"id": "after", "model": "@spa", "against": "before"}],
    }
    return validate(Study, tree | sections, "s.toml")


class Reader(MockEngine):
    """Takes as many nats for a token as it is made with."""

    def __init__(self, name: str, nats: float) -> None:
        super().__init__([], name)
        self.nats, self.read = nats, 0

    def text_nats(self, texts: Sequence[str]) -> list[TextNats]:
        self.read += len(texts)
        return [TextNats(self.nats * len(text), len(text)) for text in texts]


def workplace(plan: Plan, store: Store, engines: dict[str, MockEngine]) -> Workplace:
    models = SimpleNamespace(engine=engines.__getitem__)
    return Workplace(plan, store, cast(Any, models), Silent())


def read(plan: Plan, store: Store, engines: dict[str, MockEngine]) -> None:
    for adapted in (False, True):
        read_neutral_texts(workplace(plan, store, engines), adapted=adapted)


def test_every_adapter_is_held_against_its_base_and_reads_once(tmp_path: Path) -> None:
    plan = Plan.of(study())
    assert neutral_refs(plan) == ["base", "@spa/CHN", "@spa/DEU"]
    engines = {
        "base": Reader("base", 3.0),
        "@spa/CHN": Reader("chn", 3.01),
        "@spa/DEU": Reader("deu", 3.4),
    }
    with Store(tmp_path) as store:
        for _ in range(2):  # a run that goes on reads nothing again
            read(plan, store, dict(engines))
        rows = neutral_rows(plan, store)
    assert [engine.read for engine in engines.values()] == [len(passages("en"))] * 3
    assert [(row.model, row.outcome) for row in rows] == [
        ("base", "before"),
        ("@spa/CHN", "kept"),
        ("@spa/DEU", "worse"),
    ]
    assert rows[2].change == pytest.approx(0.4)
    [caution] = neutral_cautions(rows)
    assert "@spa/DEU reads neutral texts (en) worse than base: +0.400 nats per token" in caution
    page = render({"schema": 1, "meta": {"neutral": plain(rows)}})
    assert "worse: the change lies above the margin" in page
    print_neutral(rows)


def test_an_engine_that_cannot_read_texts_is_named(tmp_path: Path) -> None:
    plan = Plan.of(study())
    engines: dict[str, MockEngine] = {ref: MockEngine([], ref) for ref in neutral_refs(plan)}
    with Store(tmp_path) as store:
        read(plan, store, engines)
        rows = neutral_rows(plan, store)
    assert {row.outcome for row in rows} == {"unread"}
    [caution] = neutral_cautions(rows)
    assert caution.startswith("base, @spa/CHN, @spa/DEU: neutral texts were not read")
    assert "not read: the engine" in render({"schema": 1, "meta": {"neutral": plain(rows)}})


def test_it_is_read_in_the_languages_asked_and_trained_in(tmp_path: Path) -> None:
    clca = {"id": "talk", "method": "clca", "clca": {"language": "culture"}}
    arms = [{"id": "before"}, {"id": "after", "model": "@talk", "against": "before"}]
    assert neutral_languages(Plan.of(study(adapt=[clca], arm=arms))) == ["en", "zh", "de"]
    assert neutral_languages(Plan.of(study())) == ["en"]


def test_it_can_be_left_out_and_needs_an_adaptation() -> None:
    assert neutral_refs(Plan.of(study(neutral={"read": False}))) == []
    assert neutral_refs(Plan.of(study(adapt=[], arm=[{"id": "before"}]))) == []


# -- costs ----------------------------------------------------------------------------------------


def test_costs_stand_beside_the_gain(tmp_path: Path) -> None:
    request = GenerateRequest((Message("user", "Say."),), Sampling(0.0, 1.0, 8, 0))
    other = GenerateRequest((Message("user", "Say more."),), Sampling(0.0, 1.0, 8, 0))
    tuning = [Trained("spa/CHN", 9, 7, 0, 0, seconds=40.0)] * 2
    differences = [
        Difference("alignment", culture, "after", "before", value, value - 0.01, value + 0.01, 9)
        for culture, value in (("CHN", 0.1), ("mean", 0.2))
    ]
    with Store(tmp_path) as store:
        store.commit("m", "spa: questions", [(request, Generation("Yes.", 100, 20, "end"))])
        store.commit("n", "spa: answers", [(other, Choice((0.0,), 11))])
        store.commit("m", "arm before", [(other, Generation("No.", 5, 5, "end"))])
        store.keep(f"{SECONDS}spa: questions", 3.0)
        store.keep(f"{SECONDS}spa: answers", 1.5)
        store.keep(f"{SECONDS}spare: answers", 99)
        adapted = {"spa": Adapted(cast(Any, None), tuning)}
        [row] = cost_rows(study(), store, adapted, differences)
        assert row.money is None
        store.keep(f"{PRICE}m", (2.0, 10.0))
        [row] = cost_rows(study(), store, adapted, differences)
    assert (row.gain, row.asking_seconds, row.tuning_seconds) == (0.2, 4.5, 80.0)
    assert (row.read_tokens, row.written_tokens, row.trained_tokens) == (111, 20, 14)
    assert row.money == pytest.approx((100 * 2 + 20 * 10) / 1e6)
    page = render({"schema": 1, "meta": {"costs": plain([row])}})
    assert "Gain in alignment" in page
    assert "80 seconds" in page.replace("1.3 minutes", "80 seconds")
    print_costs([row])
