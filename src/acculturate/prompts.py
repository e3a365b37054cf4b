"""Prompts are files: find one, fill it, and name it by its digest.

A prompt may come from elsewhere, so it is filled in a sandbox (template_sandbox.py): it can look at
what it is given, and do nothing else.

A prompt lives beside the code that uses it, in `<room>/prompts/<name>/<language>.<wording>.jinja`.
A user's own folder of the same shape (`<folder>/<name>/<language>.<wording>.jinja`) is looked at
first, so that a new framing, wording or language is a new file and no code.

    >>> from acculturate.prompts import find_prompt
    >>> "{{" in find_prompt("framing", "aware").source
    True
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from acculturate.errors import ConfigError, first_line, unknown
from acculturate.files import text_digest
from acculturate.records.language import chain

SUFFIX = ".jinja"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt file: `source` is its template, `digest` names exactly this text in records.

    `file` is where it was read, for messages.
    """

    name: str
    language: str
    wording: int
    source: str
    file: str = field(default="", compare=False)

    @property
    def digest(self) -> str:
        return text_digest(self.source)

    @property
    def variables(self) -> frozenset[str]:
        """The names that the template wants filled; raises `ConfigError` for a broken one."""
        from acculturate.template_sandbox import variables_in

        try:
            return variables_in(self.source)
        except Exception as error:
            raise self._broken(error) from None

    def fill(self, **values: Any) -> str:
        """Return the prompt's text.

        Raises `ConfigError` for a broken template, for one that does what the sandbox forbids, or
        a name it wants and lacks.
        """
        import jinja2

        from acculturate.template_sandbox import filled

        try:
            return filled(self.source, values).strip()
        except jinja2.UndefinedError as error:
            raise ConfigError(
                f"The prompt '{self.name}' ({self.language}.{self.wording + 1}) uses a name that "
                f"is not given here: {error.message}. Known: {', '.join(sorted(values))}."
            ) from None
        except Exception as error:  # a template is a program: it can raise anything
            raise self._broken(error) from None

    def _broken(self, error: Exception) -> ConfigError:
        line = getattr(error, "lineno", None)  # only errors of syntax know it
        where = f"{self.file or self.name}, line {line}" if line else self.file or self.name
        reason = first_line(error)
        return ConfigError(
            f"The prompt {where}: no template that can be filled ({reason}). Mend it there; signs "
            "that are meant as text stand in {% raw %}...{% endraw %}."
        )


def find_prompt(
    room: str, name: str, language: str = "en", wording: int = 0, folders: Sequence[Path] = ()
) -> Prompt:
    """Return the `wording`-th (from 0) text of a prompt, in the nearest language that stands in for
    it.

    Raises `ConfigError` with what there is where it is not, and for a file that is not UTF-8 text.
    """
    names = prompt_names(room, folders)
    if name not in names:
        raise ConfigError(unknown(room, name, names))
    for tag in chain(language):
        for root in _roots(room, folders):
            path = root / name / f"{tag}.{wording + 1}{SUFFIX}"
            if path.is_file():
                return Prompt(name, tag, wording, _source(path), str(path))
    raise ConfigError(_lacking(room, name, language, wording, folders))


def _lacking(room: str, name: str, language: str, wording: int, folders: Sequence[Path]) -> str:
    """Return what is said where a prompt has no text in a language, or not so many."""
    files = {file_name for root in _roots(room, folders) for file_name in _files(root / name)}
    texts = sorted(file_name.removesuffix(SUFFIX) for file_name in files)
    tags = dict.fromkeys(text.partition(".")[0] for text in texts)
    have = [tag for tag in chain(language) if tag in tags]
    if not have:
        return (
            f"The {room} '{name}' is not in the language '{language}': it is in "
            f"{', '.join(tags) or 'none'}."
        )
    numbers = [text.partition(".")[2] for text in texts if text.partition(".")[0] == have[0]]
    return (
        f"The {room} '{name}' has no wording {wording + 1} in '{have[0]}': it has wording "
        f"{' and '.join(numbers)} (a wording is a file {have[0]}.NUMBER{SUFFIX})."
    )


def prompt_names(room: str, folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return every prompt of a room, the user's own ones included."""
    own = {name for folder in folders for name in _names(folder)}
    return tuple(sorted(own | _shipped_names(room)))


@functools.cache
def _shipped_names(room: str) -> frozenset[str]:
    return frozenset(_names(_shipped(room)))


def _names(root: Any) -> Iterator[str]:
    if root.is_dir():
        yield from (entry.name for entry in root.iterdir() if _files(entry))


@functools.cache
def _shipped(room: str) -> Any:
    # importlib.resources gives Traversables, which share with Path all that is used here
    return resources.files(f"acculturate.{room}") / "prompts"


def _roots(room: str, folders: Sequence[Path]) -> list[Any]:
    return [*folders, _shipped(room)]


def _source(path: Any) -> str:
    try:
        return str(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"The prompt {path} is not UTF-8 text (byte {error.start + 1}): save it again as UTF-8."
        ) from None
    except OSError as error:
        raise ConfigError(f"The prompt {path} cannot be read: {error.strerror}.") from None


def _files(folder: Any) -> list[str]:
    if not folder.is_dir():
        return []
    return [entry.name for entry in folder.iterdir() if entry.name.endswith(SUFFIX)]
