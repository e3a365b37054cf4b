"""JSON and TOML are read within bounds, and numbers and texts in them looked at."""

from typing import Any

import pytest

from acculturate.bounded import DEEPEST, flaw_in, json_tree, toml_tree


@pytest.mark.parametrize("depth", [DEEPEST + 1, 900, 100_000])
def test_depth_is_told(depth: int) -> None:
    with pytest.raises(ValueError, match="nested more than 64 deep"):
        json_tree("[" * depth + "]" * depth)
    with pytest.raises(ValueError, match="nested more than 64 deep"):
        toml_tree(f"a = {'[' * depth}{']' * depth}")


def test_what_is_not_too_deep_is_read() -> None:
    assert json_tree(b"[[1]]") == [[1]]
    assert json_tree("[" * 60 + "]" * 60)


def test_long_numbers_are_told() -> None:
    with pytest.raises(ValueError, match="a number of more than 4300 digits"):
        json_tree("9" * 5000)
    with pytest.raises(ValueError, match="a number of more than 4300 digits"):
        toml_tree(f"a = {'9' * 5000}")


@pytest.mark.parametrize("value", [2**63, -(2**70), float("inf"), float("nan"), "a\0", "\ud800"])
def test_values_that_nobody_can_keep_are_found(value: Any) -> None:
    flaw = flaw_in({"a": [1, {"b": value}], "c": 1})
    assert flaw is not None
    assert flaw[0] == ("a", 1, "b")
    assert flaw_in({"a": [1, {"b": "x"}], "c": 2.5}) is None
