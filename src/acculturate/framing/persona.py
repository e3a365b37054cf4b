"""Personas: respondents as a prompt may know them, by their demographics and never their answers.

Sentences for demographics stand in `traits/<language>.toml`, a table for each demographic:

    [sex]
    female = "You are a woman."
    [age]
    any = "You are {} years old."

`any` is said of every value without a sentence of its own; `unless` names a demographic that makes
this one needless. A demographic without a table is told by the table `other`. Where a user's folder
of prompts holds a `traits/<language>.toml`, that one is read in place of the shipped one.

    >>> traits = find_traits("en")
    >>> traits.tell(Persona("p1", "DEU", {"sex": "female", "age": "34"})).text
    'You are a woman. You are 34 years old.'
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from acculturate.errors import ConfigError
from acculturate.framing.word_table import find_words
from acculturate.survey.respondents import Respondents

TRAITS = (
    "urban_rural",
    "sex",
    "born_in_country",
    "social_class",
    "settlement",
    "marital_status",
    "household_size",
    "employment",
    "education",
    "occupation",
    "age_group",
    "age",
)
"""What CLCA tells of a person beside the country, those with few values first: prompts that begin
alike are computed together."""


@dataclass(frozen=True, slots=True)
class Persona:
    """A respondent without answers: `traits` are demographics as texts, in the order told."""

    id: str
    culture: str
    traits: Mapping[str, str] = field(hash=False)


class Told(NamedTuple):
    """A persona as a template reads it: sentences in its language, and the bare demographics."""

    text: str
    traits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Traits:
    """Sentences of one language for demographics; `digest` names exactly this file."""

    language: str
    digest: str
    tables: Mapping[str, Mapping[str, str]] = field(repr=False, compare=False)
    joint: str = " "

    def tell(self, persona: Persona) -> Told:
        """Return the persona in sentences, one for each demographic that is known."""
        phrases = [
            sentence
            for name, value in persona.traits.items()
            if (sentence := self._sentence(name, value, persona.traits))
        ]
        return Told(self.joint.join(phrases), persona.traits)

    def _sentence(self, name: str, value: str, known: Mapping[str, str]) -> str:
        table = self.tables.get(name, {})
        if table.get("unless") in known:
            return ""
        sentences = table.get(value) or table.get("any") or self.tables["other"]["any"]
        return sentences.replace("{name}", name.replace("_", " ")).replace("{}", value)


def find_traits(language: str, folders: Sequence[Path] = ()) -> Traits:
    """Return the sentences of a language, or of one that stands in for it.

    Raises `ConfigError` where there are none, and for a file that is not such a table.
    """
    file = find_words("traits", language, folders, "sentences for personas")
    tables = dict(file.tree)
    joint = tables.pop("joint", " ")
    sound = all(
        isinstance(table, dict) and all(isinstance(text, str) for text in table.values())
        for table in tables.values()
    )
    if not sound or "any" not in tables.get("other", {}) or not isinstance(joint, str):
        raise ConfigError(
            f"{file.path} is no table of sentences: expected a table of texts for each "
            "demographic, and one called `other` with `any`."
        )
    return Traits(file.language, file.digest, tables, joint)


def draw_personas(
    respondents: Respondents,
    culture: str,
    n: int,
    seed: int,
    traits: Sequence[str] = (),
    *,
    weighted: bool = False,
) -> tuple[Persona, ...]:
    """Return `n` different people of a culture (all of them where there are fewer).

    Drawn alike, or with `weighted` one after the other in proportion to the survey's weights. They
    stand in the order of their demographics, so that prompts which begin alike follow each other.
    Raises `SurveyError` for a culture or a demographic that the respondents do not have.
    """
    told = traits or [name for name in TRAITS if name in respondents.traits]
    for name in told:
        respondents.trait(name)
    row_N = respondents.rows(culture)
    weight_N = respondents.weight_N[row_N].astype(np.float64) if weighted else np.ones(len(row_N))
    rng = np.random.default_rng([seed, *culture.encode()])
    # the n smallest of exponential times with these rates: draws without replacement
    with np.errstate(divide="ignore"):
        time_N = rng.exponential(size=len(row_N)) / weight_N
    drawn = row_N[np.argsort(time_N, kind="stable")[: min(n, int((weight_N > 0).sum()))]]
    personas = [_persona(respondents, int(row), culture, told) for row in drawn]
    return tuple(sorted(personas, key=lambda persona: ([*persona.traits.values()], persona.id)))


def _persona(respondents: Respondents, row: int, culture: str, told: Sequence[str]) -> Persona:
    known = {name: respondents.traits[name] for name in told}
    return Persona(
        id=str(respondents.ids[row]),
        culture=culture,
        traits={
            name: trait.texts[trait.index_N[row]]
            for name, trait in known.items()
            if trait.index_N[row] >= 0
        },
    )
