"""The examples in docstrings give what they say."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import acculturate

SRC = Path(acculturate.__file__).parent


def with_examples() -> list[str]:
    """The modules whose docstrings hold examples."""
    paths = [path for path in SRC.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8")]
    names = (path.relative_to(SRC.parent).with_suffix("").as_posix() for path in sorted(paths))
    return [name.replace("/", ".").removesuffix(".__init__") for name in names]


@pytest.mark.parametrize("name", with_examples())
def test_examples_give_what_they_say(name: str) -> None:
    assert not doctest.testmod(import_module(name)).failed
