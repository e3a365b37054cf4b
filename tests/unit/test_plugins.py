"""Parts of other packages that do not fit are told before anything is asked."""

from collections.abc import Iterable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel

from acculturate.config import validate
from acculturate.errors import ConfigError
from acculturate.methods import Adaptation, Carrier, Context, Taught
from acculturate.methods.adaptation import find_method
from acculturate.methods.workload import Counter, Work
from acculturate.plugins import METHODS
from acculturate.study.schema import Study


class PlainSettings(BaseModel):
    text: str = "without a seed"


class WholeAdaptation(Adaptation):
    method: Literal["whole"]
    whole: PlainSettings = PlainSettings()

    def estimate(self, context: Context, counts: Counter) -> Iterable[Work]:
        return ()

    def build(self, context: Context, carrier: Carrier) -> Taught:
        return Taught((), [], [])


class HalfAdaptation(Adaptation):
    method: Literal["half"]

    def build(self, context: Context, carrier: Carrier) -> Taught:
        return Taught((), [], [])


class OtherFieldAdaptation(WholeAdaptation):
    method: Literal["other"]  # type: ignore[assignment]


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "broken_package.py").write_text("def oops(:\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    points = {"broken": "broken_package:Broken", "whole": f"{__name__}:WholeAdaptation"}
    points |= {"half": f"{__name__}:HalfAdaptation", "other": f"{__name__}:OtherFieldAdaptation"}
    group = "acculturate.methods"
    found = {name: EntryPoint(name, value, group) for name, value in points.items()}
    monkeypatch.setitem(METHODS.__dict__, "_declared", found)


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("broken", "cannot be loaded from broken_package:Broken: SyntaxError"),
        ("half", "HalfAdaptation, which has to define estimate"),
        ("other", "a field of that name, as in other: MySettings"),
    ],
)
def test_a_method_that_does_not_fit_is_told(name: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        find_method(name)


@pytest.mark.usefixtures("declared")
def test_the_entry_of_a_method_that_does_not_fit_is_named_once() -> None:
    tree = {
        "study": {"name": "s"},
        "cultures": {"measure": ["CHN"]},
        "models": {"base": {"name": "embedded"}},
        "adapt": [{"id": "told", "method": "half"}],
    }
    with pytest.raises(ConfigError, match=r"^s\.toml: \[\[adapt\]\] told: The method 'half' is"):
        validate(Study, tree, "s.toml")


@pytest.mark.usefixtures("declared")
def test_a_method_whose_settings_have_no_seed_is_taken() -> None:
    adaptation = find_method("whole")(id="a", method="whole")
    assert adaptation.seeds() == (adaptation.tuning.seed,)
