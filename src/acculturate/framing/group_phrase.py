"""Phrases: a group of people in words, as a prompt names it: "a German woman in her thirties".

What a group's people share (`Culture.traits`) is put into one phrase by `groups/<language>.toml`:

    phrase = "{a} {adjective} {noun}{told}"    the whole; `{name}` and `{origin}` of the territory
    nameless = "..."                           where the territory has no adjective (English)
    first, joint, last                         what stands before, between and behind the parts told
    other = "({name}: {})"                     a trait without words of its own
    [noun]                                     by sex, `any` where that is none of the traits
    [age_band]                                 words for each value, or `any` with {} for the value

The parts stand in the order of the file's tables. A word in braces may be the name of another table
by sex, such as `{possessive}`. Where a user's folder of prompts holds a `groups/<language>.toml`,
that one is read in place of the shipped one.

    >>> from acculturate.culture import find_culture
    >>> from dataclasses import replace
    >>> traits = (("sex", "female"), ("age_band", "30-39"))
    >>> phrases = find_phrases("en")
    >>> phrases.of(replace(find_culture("DEU"), traits=traits))
    'a German woman in her thirties'
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from acculturate.culture import Culture
from acculturate.errors import ConfigError, SurveyError
from acculturate.framing.word_table import find_words

SEX = "sex"
TEXTS = ("phrase", "first", "joint", "last", "other")
VOWELS = "AEIOU"
BY_SEX = {"male", "female", "any"}
"""Keys of a table that goes by the sex."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words of one language for groups; `digest` names exactly this file."""

    language: str
    digest: str
    texts: Mapping[str, str] = field(repr=False, compare=False)
    tables: Mapping[str, Mapping[str, str]] = field(repr=False, compare=False)

    def of(self, culture: Culture) -> str:
        """Return a group in words; raises `SurveyError` for a culture that is no group."""
        if not culture.traits:
            raise SurveyError(
                f"The framing names a group of people, and {culture.code} is none: name columns "
                'of the respondents as survey.groups, such as ["sex", "age_band"] (measure: '
                "--groups sex,age_band), or another framing."
            )
        traits = dict(culture.traits)
        place = culture.named(self.language)
        by_sex = {
            name: table.get(traits.get(SEX, ""), table["any"])
            for name, table in self.tables.items()
            if "any" in table and set(table) <= BY_SEX
        }
        whole = "phrase" if culture.adjective or "nameless" not in self.texts else "nameless"
        words = {
            **by_sex,
            "a": _article(culture),
            "adjective": culture.adjective,
            "name": place,
            "origin": place.origin,
            "told": self._told(traits, by_sex),
        }
        try:
            return self.texts[whole].format_map(words)
        except (KeyError, ValueError, IndexError) as error:
            raise ConfigError(
                f"groups/{self.language}.toml: `{whole}` cannot be filled ({error}). In braces may "
                f"stand {', '.join(words)}."
            ) from None

    def _told(self, traits: Mapping[str, str], by_sex: Mapping[str, str]) -> str:
        """Return the parts for all traits but the sex, those with words first, in their order."""
        order = [*(name for name in self.tables if name in traits), *traits]
        by_noun = {SEX} if traits.get(SEX) in self.tables["noun"] else set()
        named = [name for name in dict.fromkeys(order) if name not in by_noun]
        parts = [self._part(name, traits[name], by_sex) for name in named]
        if not parts:
            return ""
        return f"{self.texts['first']}{self.texts['joint'].join(parts)}{self.texts['last']}"

    def _part(self, name: str, value: str, by_sex: Mapping[str, str]) -> str:
        table = self.tables.get(name, {})
        words = table.get(value) or table.get("any") or self.texts["other"]
        for key, word in {"name": name.replace("_", " "), **by_sex}.items():
            words = words.replace(f"{{{key}}}", word)
        return words.replace("{}", value)


def find_phrases(language: str, folders: Sequence[Path] = ()) -> Phrases:
    """Return the words of a language, or of one that stands in for it.

    Raises `ConfigError` where there are none, and for a file that is not of this shape.
    """
    file = find_words("groups", language, folders, "words for groups of people")
    tree = file.tree
    texts = {key: text for key, text in tree.items() if isinstance(text, str)}
    tables = {key: table for key, table in tree.items() if isinstance(table, dict)}
    words = [word for table in tables.values() for word in table.values()]
    sound = all(isinstance(word, str) for word in words) and len(texts) + len(tables) == len(tree)
    if not sound or not set(TEXTS) <= set(texts) or "any" not in tables.get("noun", {}):
        raise ConfigError(
            f"{file.path} holds no words for groups: expected the texts {', '.join(TEXTS)}, and "
            "tables of texts, one of them `noun` with `any`."
        )
    return Phrases(file.language, file.digest, texts, tables)


def _article(culture: Culture) -> str:
    """Return the English article before the adjective: that of the demonym where this is the same
    word.
    """
    article, _, demonym = culture.demonym.partition(" ")
    if demonym == culture.adjective and article in ("a", "an"):
        return article
    return "an" if culture.adjective[:1].upper() in VOWELS else "a"
