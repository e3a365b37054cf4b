"""A framing: system prompts in one language and wording, and what their templates ask for.

What a framing needs is read from its templates' variables, whatever its name, so a folder of a
user's own may use any of them:

    survey      its name in the framing's language, "" where prompts are not to say it
    culture     `culture.name`, `culture.demonym`, `culture.adjective`, `culture.named('de')`
    similar     cultures whose people answer much alike (each of them like `culture`)
    different   cultures whose people answer least alike
    examples    answered items: `example.question` with its options, `example.label`, `example.text`
    group       what people of a group share, in words: "a German woman in her thirties"
    persona     a respondent: `persona.text` in sentences, `persona.traits.age` and others
    first       whether no other framing stands before this one (`a+b`)
    question    where the question stands: what comes behind it ends the user's message

    >>> from acculturate.culture import find_culture
    >>> framing = find_framing("aware")
    >>> "a German" in framing.system(find_culture("DEU"))
    True
"""

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from acculturate.culture import Culture
from acculturate.errors import SurveyError
from acculturate.framing.backdrop import Backdrop
from acculturate.framing.examples import Example
from acculturate.framing.group_phrase import Phrases, find_phrases
from acculturate.framing.persona import Persona, Traits, find_traits
from acculturate.prompts import Prompt, find_prompt
from acculturate.records import Item
from acculturate.records.language import chain, look_up
from acculturate.records.paragraphs import joined_paragraphs

ROOM = "framing"
NEIGHBOURS = frozenset({"similar", "different"})
QUESTION = "\0"
"""Stands in for the question while a template is filled."""
OF_A_CULTURE = NEIGHBOURS | {"culture", "examples", "group", "persona"}


class ShownExample(NamedTuple):
    """An example as a prompt shows it: the item with its options, the answer's label and text."""

    question: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Framing:
    """A framing in one language and wording. `survey` is its name where prompts are to say it.

    `backdrop` gives what templates draw from a survey's people; `traits` the sentences for
    personas, and `phrases` the words for groups, where the templates want any.
    """

    name: str
    parts: tuple[Prompt, ...]
    language: str = "en"
    survey: str = ""
    backdrop: Backdrop | None = field(default=None, repr=False)
    traits: Traits | None = field(default=None, repr=False)
    phrases: Phrases | None = field(default=None, repr=False)

    @property
    def wording(self) -> int:
        return self.parts[0].wording

    @property
    def needs(self) -> frozenset[str]:
        """The names that its templates want filled."""
        return frozenset().union(*(part.variables for part in self.parts))

    @property
    def needs_culture(self) -> bool:
        """Whether the prompt depends on a culture; without, it is asked once for all of them."""
        return bool(self.needs & OF_A_CULTURE)

    @property
    def ends_with_culture(self) -> bool:
        """Whether the culture is named behind the question alone: then the prompts of all cultures
        begin alike.
        """
        heads = [part.source.partition("{{ question }}")[::2] for part in self.parts]
        return self.needs_culture and not any(
            replace(part, source=before if behind else part.source).variables & OF_A_CULTURE
            for part, (before, behind) in zip(self.parts, heads, strict=True)
        )

    @property
    def tells_groups(self) -> bool:
        """Whether the prompts of two groups of one culture differ."""
        return bool(self.needs & (OF_A_CULTURE - {"culture"}))

    @property
    def needs_persona(self) -> bool:
        """Whether the prompt speaks of a respondent; then it is asked once for each."""
        return "persona" in self.needs

    @property
    def needs_examples(self) -> bool:
        """Whether the prompt shows answered items, and so differs from item to item."""
        return "examples" in self.needs

    @property
    def needs_people(self) -> bool:
        """Whether the prompt draws on what people of the culture answered."""
        return self.needs_examples or bool(self.needs & NEIGHBOURS)

    @property
    def digest(self) -> str:
        """Names the very files that the prompts are made of."""
        words = [table.digest for table in (self.traits, self.phrases) if table]
        return "+".join([*(part.digest for part in self.parts), *words])

    @property
    def discloses(self) -> str:
        """What its prompts give away of the people that answers are held against; "" if nothing."""
        sentences = []
        if self.needs & NEIGHBOURS:
            sentences.append(
                f"The framing '{self.name}' names the cultures whose people answer most and least "
                "alike, found from the people's own answers, those to the measured items included."
            )
        if self.needs_examples:
            sentences.append(
                f"The framing '{self.name}' shows, beside each item, the answers that most people "
                "of the culture gave to the items most like it; those are measured too, so this "
                "arm has seen a part of what it is held against."
            )
        return " ".join(sentences)

    def examples(self, item: Item, culture: Culture | None) -> tuple[Example, ...]:
        """Return the answered items that the prompt for `item` shows; none where it shows none."""
        if not self.needs_examples:
            return ()
        return self._behind().examples(item, self._whose(culture).code, self.language)

    def system(
        self,
        culture: Culture | None = None,
        persona: Persona | None = None,
        examples: Sequence[ShownExample] = (),
    ) -> str:
        """Return the system prompt.

        Raises `SurveyError` where it needs a culture, a respondent, examples or neighbours, and
        there are none.
        """
        return self.around(culture, persona, examples)[0]

    def around(
        self,
        culture: Culture | None = None,
        persona: Persona | None = None,
        examples: Sequence[ShownExample] = (),
    ) -> tuple[str, str]:
        """Return the system prompt, and what ends the user's message behind the question ("" where
        that is nothing).

        Raises `SurveyError` as `system` does.
        """
        values: dict[str, Any] = {"survey": self.survey, "culture": culture}
        if self.needs_culture:
            self._check_words(self._whose(culture))
        values |= {**self._neighbours(culture), **self._persona(persona)}
        if self.phrases:
            values["group"] = self.phrases.of(self._whose(culture))
        if self.needs_examples:
            values["examples"] = self._shown(examples)
        values["question"] = QUESTION
        texts = [part.fill(**values, first=k == 0) for k, part in enumerate(self.parts)]
        before, behind = zip(*(text.partition(QUESTION)[::2] for text in texts), strict=True)
        return joined_paragraphs(before), joined_paragraphs(behind)

    def _neighbours(self, culture: Culture | None) -> Mapping[str, Any]:
        if not self.needs & NEIGHBOURS:
            return {}
        similar, different = self._behind().neighbours(self._whose(culture).code)
        return {"similar": similar, "different": different}

    def _persona(self, persona: Persona | None) -> Mapping[str, Any]:
        if self.traits is None:
            return {}
        if persona is None:
            raise SurveyError(
                f"The framing '{self.name}' speaks for a respondent, and none is given: it can be "
                "measured with a survey that has respondents, not taught."
            )
        return {"persona": self.traits.tell(persona)}

    def _shown(self, examples: Sequence[ShownExample]) -> tuple[ShownExample, ...]:
        if not examples:
            raise SurveyError(
                f"The framing '{self.name}' shows answered items, and none are given: ask with the "
                "people's answers of a survey."
            )
        return tuple(examples)

    def _whose(self, culture: Culture | None) -> Culture:
        if culture is None:
            raise SurveyError(
                f"The framing '{self.name}' speaks of a culture: name at least one, for example "
                "--cultures CHN,DEU."
            )
        return culture

    def _check_words(self, culture: Culture) -> None:
        """Raise `SurveyError` where a template wants a word that the culture does not have."""
        for word in ("demonym", "adjective"):
            if not getattr(culture, word) and any(
                f"culture.{word}" in part.source for part in self.parts
            ):
                raise SurveyError(
                    f"The framing '{self.name}' needs the {word} of {culture.name}: give "
                    f"`{word}` under the [[culture]] '{culture.code}' of its layout and import the "
                    "survey again with --replace."
                )

    def _behind(self) -> Backdrop:
        if self.backdrop is None:
            raise SurveyError(
                f"The framing '{self.name}' draws on people's answers, and no survey is given."
            )
        return self.backdrop


def find_framing(
    name: str,
    language: str = "en",
    wording: int = 0,
    folders: Sequence[Path] = (),
    survey: str = "",
    backdrop: Backdrop | None = None,
) -> Framing:
    """Return the framing `name` (`a+b` joins two); raises `ConfigError` with the nearest known one.

    `survey` is its English name, said in the framing's language where that is known.
    """
    parts = tuple(
        find_prompt(ROOM, part.strip(), language, wording, folders) for part in name.split("+")
    )
    # the text first: what is wrong with a template is told when it is used
    speaks, names = (
        any(word in part.source and word in part.variables for part in parts)
        for word in ("persona", "group")
    )
    return Framing(
        name=name,
        parts=parts,
        language=chain(language)[0],
        survey=look_up(_survey_names().get(survey, {}), language) or survey,
        backdrop=backdrop,
        traits=find_traits(language, folders) if speaks else None,
        phrases=find_phrases(language, folders) if names else None,
    )


@functools.cache
def _survey_names() -> Mapping[str, Mapping[str, str]]:
    source = resources.files(__package__) / "survey_names.toml"
    names: dict[str, dict[str, str]] = tomllib.loads(source.read_text(encoding="utf-8"))
    return names
