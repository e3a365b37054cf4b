"""Which executors there are, what a study may say about them, and what is told in a sentence."""

from typing import Any

import pytest

import acculturate
from acculturate.config import validate
from acculturate.engines import parse_model
from acculturate.errors import ConfigError, EngineError
from acculturate.executors import Inline, RaySettings, cluster, open_executor
from acculturate.executors.cluster import Share
from acculturate.records import ChooseRequest, Message
from acculturate.study.checks import study_digest
from acculturate.study.plan import Plan
from acculturate.study.schema import Study


def study(**said: Any) -> Study:
    tree = {
        "study": {"name": "s", **said},
        "cultures": {"measure": ["CHN"]},
        "models": {"base": {"name": "mock:noise"}},
        "arm": [{"id": "aware"}],
    }
    return validate(Study, tree, "s.toml")


def test_inline_asks_each_batch_as_it_is_read() -> None:
    executor = open_executor("inline", RaySettings())
    engine = executor.open(parse_model("mock:uniform"))
    batches = [(ChooseRequest((Message("user", str(n)),), ("1", "2")),) for n in range(3)]
    left = iter(batches)
    first = next(executor.carry(engine, left))
    assert (first.batch, len(list(first.pairs))) == (batches[0], 1)
    assert list(left) == batches[1:]
    executor.close()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"executor": "rays"}, "executor"),
        ({"executor": "ray", "ray": {"worker": 2}}, "workers"),
        ({"executor": "ray", "ray": {"workers": 0}}, "greater than or equal to 1"),
        ({"executor": "ray", "ray": {"gpus": -1}}, "greater than or equal to 0"),
        ({"executor": "ray", "ray": {"address": "ray://head:10001"}}, "'auto' on a machine"),
        ({"executor": "ray", "ray": {"address": "head"}}, "host:port"),
    ],
)
def test_what_a_study_says_wrongly_is_told(said: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        study(**said)


def test_without_ray_it_is_said_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"type pip install 'acculturate\[ray\]'"):
        open_executor("ray", RaySettings())
    assert isinstance(open_executor("inline", RaySettings()), Inline)


def test_where_models_are_asked_is_no_part_of_what_a_study_is() -> None:
    ray = study(executor="ray", ray={"address": "auto", "workers": 3})
    assert study_digest(Plan.of(ray)) == study_digest(Plan.of(study()))


def test_measuring_on_ray_is_kept_where_it_was_kept_inline() -> None:
    """So what was asked inline is not asked again, and no cluster is begun."""
    asked: dict[str, Any] = {"cultures": ["CHN"], "items": ["Q1", "Q2"]}
    inline = acculturate.measure("mock:noise", **asked)
    assert acculturate.measure("mock:noise", **asked, executor="ray") == inline
    with pytest.raises(ConfigError, match="executor"):
        acculturate.measure("mock:noise", **asked, executor="rays")


def test_room_is_what_the_nodes_hold_together(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [Share(0, 0), Share(8, 8), Share(64, 4)]
    monkeypatch.setattr(cluster, "_nodes", lambda: nodes)
    assert cluster.share_of(RaySettings(cores=3)) == Share(3, 1)
    assert cluster.share_of(RaySettings(gpus=0)) == Share(1, 0)
    assert cluster.room(Share(3, 1), 0) == 2 + 4
    assert cluster.room(Share(1, 4), 0) == 2 + 1
    assert cluster.room(Share(16, 0), 0) == 4
    with pytest.raises(EngineError, match=r"has 9 cores and 8 GPUs .*nodes: 0 cores, 0 GPUs; 8 "):
        cluster.room(Share(9, 8), 0)


def test_only_a_cluster_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert cluster.patience(RaySettings()) == cluster.patience(RaySettings(address="local")) == 0
    assert cluster.patience(RaySettings(address="auto")) > 0
    monkeypatch.setenv("RAY_ADDRESS", "head:6379")
    assert cluster.patience(RaySettings()) > 0
