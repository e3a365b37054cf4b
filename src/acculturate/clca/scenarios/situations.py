"""Situations: what scenarios are made from, as TOML, ours and a user's own.

A file holds a domain and its situations; ids are unique in a folder, and one of a user's folder
takes the place of a shipped one with the same id:

    domain = "family"

    [[scenario]]
    id = "family-wedding-guests"
    setting = "{first} and {second}, siblings, sit at their parents' kitchen table ..."
    tension = "Whether relatives must be invited because they are relatives ..."
    [scenario.first]
    occupation = "shop assistant"
    background = "..."
    goal = "..."
    secret = "..."
    [scenario.second]
    ...

`kinship` says what the second person is of the first where they are of one family (siblings,
spouses, cousins, relative, parent, grandparent, parent-in-law), so that they are named as a family
is; plain words of the setting ("{first} and {second}, siblings") say it too. The same situations in
other languages lie beside it in folders by language (`de/family.toml`), under the same ids; a
situation without stays in English.

A situation may name its people (`name = "..."`, both or neither); with `culture = "DEU"` and
`language = "de"` it is a finished scenario for that culture, which no model adapts any more.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from acculturate.clca.scenarios.dealing import deal
from acculturate.clca.scenarios.names import Kinship, kinship_in
from acculturate.clca.scenarios.scenario import (
    PARTS,
    SLOTS,
    Character,
    Scenario,
    Situation,
    check_slots,
    flaw_of,
)
from acculturate.clca.words import check_language, languages
from acculturate.config import read_toml, validate
from acculturate.culture import find_culture
from acculturate.errors import ConfigError, SurveyError, nearest

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Character(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = ""
    occupation: Line
    background: Line
    goal: Line
    secret: Line


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    setting: Line
    tension: Line
    kinship: Kinship = ""
    culture: str = ""
    language: str = ""
    first: _Character
    second: _Character

    @field_validator("id")
    @classmethod
    def _is_plain(cls, given: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", given):
            raise ValueError("an id is made of small letters, digits, '-', '_' and '.'")
        return given

    @field_validator("language")
    @classmethod
    def _has_prompts(cls, language: str) -> str:
        return check_language(language) if language else language

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        named = [who for who in (self.first, self.second) if who.name]
        if len(named) == 1:
            raise ValueError("it names one character only: name both or neither")
        if named and (flaw := flaw_of(self.first.name, self.second.name)):
            raise ValueError(f"{flaw}: give them two names")
        if self.language and not self.culture:
            raise ValueError(
                f"language = '{self.language}' is of a finished scenario: give its culture too, or "
                f"put the file into a folder {self.language} beside the English situation"
            )
        if self.culture and not named:
            raise ValueError(f"it is set in {self.culture}, so both characters need names")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    domain: Line
    scenario: Annotated[list[dict[str, Any]], Field(min_length=1)]


def load_situations(
    folders: Sequence[Path] = (), domains: Sequence[str] = ()
) -> dict[str, Situation]:
    """Return situations by id, those of `folders` before ours; only those of `domains`, if named.

    Raises `ConfigError` in one sentence for a folder, file, field or domain that is not right.
    """
    situations: dict[str, Situation] = {}
    shipped = Path(str(resources.files(__package__) / "situations"))
    for folder in (*folders, shipped):
        own = read_folder(folder)
        situations.update(
            (key, situation) for key, situation in own.items() if key not in situations
        )
    have = list(dict.fromkeys(situation.domain for situation in situations.values()))
    for domain in domains:
        if domain not in have:
            raise ConfigError(
                f"There is no domain '{domain}' among the situations.{nearest(domain, have)} "
                f"There are {', '.join(sorted(have))}."
            )
    return {
        key: situation
        for key, situation in situations.items()
        if not domains or situation.domain in domains
    }


def scenario_files(folder: Path) -> list[Path]:
    """Return the scenario files of a folder with those of other languages, or the one
    file named.
    """
    if folder.is_file():
        return [folder]
    files = folder.glob("*.toml"), *(wording.glob("*.toml") for wording in _wordings(folder))
    return [file for group in files for file in sorted(group)]


def read_folder(folder: Path) -> dict[str, Situation]:
    """Return the situations of a folder of TOML files (or of one file), by id, with their
    `wordings`.
    """
    if not folder.exists():
        raise ConfigError(f"There is no file or folder {folder}: name one with scenario files.")
    own = [folder] if folder.is_file() else sorted(folder.glob("*.toml"))
    if not own:
        raise ConfigError(f"There are no scenario files (*.toml) in {folder}.")
    situations = _by_id(own)
    for beside in _wordings(folder):
        for key, situation in _by_id(sorted(beside.glob("*.toml"))).items():
            if key not in situations:
                raise ConfigError(
                    f"{beside}: there is no situation '{key}' in {folder} that this could be the "
                    f"wording of.{nearest(key, situations)}"
                )
            base = situations[key]
            worded = replace(
                situation, language=beside.name, kinship=base.kinship, domain=base.domain
            )
            situations[key] = replace(base, wordings={**base.wordings, beside.name: worded})
    return situations


def _wordings(folder: Path) -> list[Path]:
    """Return the folders beside the situations that are named by a language."""
    return [folder / tag for tag in languages() if (folder / tag).is_dir()]


def _by_id(files: Sequence[Path]) -> dict[str, Situation]:
    situations: dict[str, Situation] = {}
    for file in files:
        for situation in _read(file):
            if situation.id in situations:
                raise ConfigError(
                    f"{file}: the id '{situation.id}' stands twice; give one another id."
                )
            situations[situation.id] = situation
    return situations


def choose_situations(
    situations: Mapping[str, Situation], culture: str, count: int, seed: int
) -> list[Situation]:
    """Return at most `count` (0: all) situations for a culture, in turn from each domain, as drawn.

    A smaller count gives a part of a larger one.
    """
    by_domain: dict[str, list[Situation]] = {}
    for situation in sorted(situations.values(), key=lambda situation: situation.id):
        if situation.culture in ("", culture):
            by_domain.setdefault(situation.domain, []).append(situation)
    # the word decides what is drawn, so it stays as it was in earlier runs
    turns = deal(by_domain.values(), random.Random(f"{seed}/seeds"))
    return turns[:count] if count else turns


def dump_scenarios(scenarios: Sequence[Scenario]) -> str:
    """Return scenarios of one domain as a file that `read_folder` reads."""
    import tomli_w

    tree: dict[str, Any] = {
        "domain": scenarios[0].domain,
        "scenario": [_entry(scenario) for scenario in scenarios],
    }
    return tomli_w.dumps(tree, multiline_strings=True)


def _entry(scenario: Scenario) -> dict[str, Any]:
    people = {
        slot: {"name": who.name} | {part: _escaped(getattr(who, part)) for part in PARTS}
        for slot, who in zip(SLOTS, scenario.pair, strict=True)
    }
    return {
        "id": scenario.id.replace("/", ".").lower(),
        "setting": _escaped(scenario.setting),
        "tension": _escaped(scenario.tension),
        "culture": scenario.culture,
        "language": scenario.language,
        **people,
    }


def _escaped(text: str) -> str:
    """Escape the braces of a finished text, which are no slots."""
    return text.replace("{", "{{").replace("}", "}}")


def _read(file: Path) -> Iterator[Situation]:
    read = validate(_File, read_toml(file), str(file))
    for number, tree in enumerate(read.scenario, 1):
        where = f"{file}, situation {number} ('{tree.get('id', '')}')"
        table = validate(_Table, tree, where)
        for text in (table.setting, table.tension):
            check_slots(text, where)
        if table.culture:
            _check_culture(table.culture, where)
        yield Situation(
            id=table.id,
            domain=read.domain,
            setting=table.setting,
            tension=table.tension,
            first=_character(table.first, where),
            second=_character(table.second, where),
            culture=table.culture,
            language=table.language or "en",
            kinship=table.kinship or kinship_in(table.setting),
        )


def _check_culture(code: str, where: str) -> None:
    try:
        find_culture(code)
    except SurveyError as problem:
        raise ConfigError(f"{where}: {problem}") from None


def _character(given: _Character, where: str) -> Character:
    for text in (given.occupation, given.background, given.goal, given.secret):
        check_slots(text, where)
    return Character(given.name, given.occupation, given.background, given.goal, given.secret)
