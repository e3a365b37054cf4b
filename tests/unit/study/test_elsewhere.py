"""What a report says of a new run: here the same, elsewhere the last digits."""

from typing import Any

import pytest

from acculturate.config import validate
from acculturate.study.results.elsewhere import what_may_differ
from acculturate.study.schema import Study


def study(model: str, **over: Any) -> Study:
    tree = {
        "survey": {"items": ["Q1"]},
        "cultures": {"measure": ["CHN"], "adapt": ["CHN"]},
        "models": {"base": {"name": model}},
        "arm": [{"id": "aware"}],
    }
    return validate(Study, {"study": {"name": "s"}, **tree, **over}, "s.toml")


@pytest.mark.parametrize(
    ("read", "said", "unsaid"),
    [
        (study("mock:noise"), ["the same records"], ["processor"]),
        (study("embedded"), ["the same records", "last digits"], ["drawn texts"]),
        (study("embedded", answers={"kind": "sampled"}), ["drawn texts part"], ["adapters"]),
        (
            study(
                "embedded",
                adapt=[{"id": "spa", "method": "culturespa"}],
                arm=[{"id": "after", "model": "@spa"}],
            ),
            ["rows and adapters", "a hundredth"],
            [],
        ),
        (study("server:x"), ["Texts of servers"], ["the same records", "last digits"]),
    ],
)
def test_what_may_differ(read: Study, said: list[str], unsaid: list[str]) -> None:
    text = what_may_differ(read)
    assert all(part in text for part in said), text
    assert not any(part in text for part in unsaid), text
