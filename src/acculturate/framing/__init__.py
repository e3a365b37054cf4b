"""Framings: how a culture is put to the model, each a folder of prompt files.

`unaware` says nothing of a culture; `aware` asks for the answer of a person of that culture (the
paper's P1). A framing is a system prompt in a language and a wording; users add their own by a
folder of files. Framings join with `+`, in the order written.

    >>> from acculturate.culture import find_culture
    >>> framing = find_framing("aware")
    >>> "a German" in framing.system(find_culture("DEU"))
    True
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from acculturate.culture import Culture
from acculturate.errors import SurveyError
from acculturate.prompts import Prompt, find_prompt

__all__ = ["Framing", "find_framing"]

ROOM = "framing"


@dataclass(frozen=True, slots=True)
class Framing:
    """A framing in one language and wording. `survey` is its name where prompts are to say it."""

    name: str
    parts: tuple[Prompt, ...]
    survey: str = ""

    @property
    def language(self) -> str:
        return self.parts[0].language

    @property
    def wording(self) -> int:
        return self.parts[0].wording

    @property
    def needs_culture(self) -> bool:
        """Whether the prompt speaks of a culture; without, it is asked once for all of them."""
        return any("culture" in part.variables for part in self.parts)

    @property
    def digest(self) -> str:
        return "+".join(part.digest for part in self.parts)

    def system(self, culture: Culture | None = None) -> str:
        """The system prompt; raises `SurveyError` where it needs a culture and none is given."""
        if self.needs_culture and culture is None:
            raise SurveyError(
                f"The framing '{self.name}' speaks of a culture: name at least one, for example "
                "--cultures CHN,DEU."
            )
        values = {"survey": self.survey, "culture": culture}
        return "\n\n".join(part.fill(**values) for part in self.parts)


def find_framing(
    name: str,
    language: str = "en",
    wording: int = 0,
    folders: Sequence[Path] = (),
    survey: str = "",
) -> Framing:
    """The framing `name` (`a+b` joins two); raises `ConfigError` with the nearest known one."""
    parts = tuple(
        find_prompt(ROOM, part.strip(), language, wording, folders) for part in name.split("+")
    )
    return Framing(name, parts, survey)
