"""A table of words in a language: TOML in a folder of prompts, the user's own folders first."""

from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from acculturate.bounded import toml_tree
from acculturate.errors import ConfigError
from acculturate.files import text_digest
from acculturate.records.language import chain


class WordTable(NamedTuple):
    """A file's content: the `language` that it was found in, its digest, its tree, and its path."""

    language: str
    digest: str
    tree: dict[str, Any]
    path: Any


def find_words(kind: str, language: str, folders: Sequence[Path], what: str) -> WordTable:
    """Return `KIND/LANGUAGE.toml` in a language, or in one that stands in for it.

    `what` names the words in a message. Raises `ConfigError` where there is no such file, and for
    one that is not TOML in UTF-8.
    """
    roots: list[Any] = [*folders, resources.files(__package__)]
    for tag in chain(language):
        for root in roots:
            path = root / kind / f"{tag}.toml"
            if path.is_file():
                return _read(path, tag)
    raise ConfigError(
        f"There are no {what} in '{language}': add {kind}/{language}.toml to a folder of prompts "
        "of your own (answers.prompts), in the shape of the shipped ones."
    )


def _read(path: Any, tag: str) -> WordTable:
    try:
        source = path.read_text(encoding="utf-8")
        tree = toml_tree(source)
    except ValueError as error:
        raise ConfigError(f"{path} is not TOML in UTF-8: {error}.") from None
    return WordTable(tag, text_digest(source), tree, path)
