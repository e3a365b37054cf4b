"""A layout: which column of a file is what, and how an item's codes run.

A layout is a TOML file. Those of WVS-7 and of the joint EVS/WVS file are shipped in layouts/;
people write their own for any other survey (docs/surveys.md has recipes for ISSP, Afrobarometer and
ESS). An item is described whole, or by `like = "Q57"` taken over from the built-in survey, with
`recode` where the file has other codes for the same options.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from acculturate.config import merge, read_toml, validate
from acculturate.culture import Culture, cultures, find_culture
from acculturate.errors import AcculturateError, SurveyError, nearest
from acculturate.patterns import CULTURE
from acculturate.records import Item, Wording
from acculturate.survey.builtin import load_builtin
from acculturate.survey.layout_values import Name, Tag, Where
from acculturate.survey.respondents import Condition, Group

SHIPPED = ("wvs7", "evs-wvs")
SLUG = re.compile(r"[\w-]{1,100}")
"""What tells a group from the others of its territory."""
MOST_CODES = 120
"""Options of an item: its places are kept in a byte."""
Code = Annotated[int, Field(gt=-(2**15), lt=2**15)]
"""A code, as the shelf keeps it."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnsSection(Section):
    """`[columns]`: the columns that say who was asked; of several names the first one present."""

    culture: tuple[str, ...]
    respondent: tuple[str, ...] = ()
    weight: tuple[str, ...] = ()

    @field_validator("culture", "respondent", "weight", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class MissingSection(Section):
    """`[missing]`: codes that are no answer, in every column."""

    negative: Annotated[bool, Field(description="codes below 0 are no answers")] = True
    codes: tuple[Code, ...] = ()
    no_answer: Annotated[
        tuple[Code, ...], Field(description="of people who were asked and gave no answer")
    ] = ()


class WordingSection(Section):
    """How an item reads: `options` in scale order, or the texts of the two `anchors`."""

    stem: str
    options: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()

    def wording(self, size: int, where: str) -> Wording:
        if len(self.anchors) == 2 and size >= 3:
            return Wording(self.stem, (self.anchors[0], *[""] * (size - 2), self.anchors[1]))
        twice = len({text.casefold().strip() for text in self.options}) < len(self.options)
        if twice or not all(text.strip() for text in self.options):
            raise SurveyError(
                f"{where} has an empty option, or two that read alike: nobody could tell them "
                "apart."
            )
        if len(self.options) != size:
            raise SurveyError(
                f"{where} has {size} codes and {len(self.options)} options: give one option per "
                "code, in the same order, or two anchors."
            )
        return Wording(self.stem, self.options)


class ItemSection(Section):
    """`[items.ID]`: one question. `codes` stand in scale order, options in the same order."""

    column: str = ""
    like: Annotated[str, Field(description="an item of the built-in survey")] = ""
    topic: str = ""
    battery: str = ""
    kind: Literal["attitude", "behaviour", "experience", "knowledge"] = "attitude"
    scale: Literal["ordinal", "nominal"] = "ordinal"
    reversible: bool | None = None
    codes: tuple[Code, ...] = ()
    stem: str = ""
    options: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    languages: dict[Tag, tuple[WordingSection, ...]] = {}
    missing: tuple[Code, ...] = ()
    no_answer: tuple[Code, ...] = ()
    recode: dict[Code, Code] = {}
    labels: dict[str, Code] = {}

    def item(self, key: str) -> Item:
        """Return the item; raises `SurveyError` where it is not described whole."""
        where = f"The item '{key}'"
        if self.like:
            return item_like(self.like, key, self.codes)
        if len(self.codes) < 2 or len(set(self.codes)) != len(self.codes):
            raise SurveyError(f"{where} needs `codes`, at least two different ones.")
        if len(self.codes) > MOST_CODES:
            raise SurveyError(
                f"{where} has {len(self.codes)} codes, and an item can have {MOST_CODES} at most: "
                "take several codes together with `recode`."
            )
        if not self.stem.strip():
            raise SurveyError(f'{where} needs a `stem` (its question), or `like = "Q57"`.')
        own = WordingSection(stem=self.stem, options=self.options, anchors=self.anchors)
        size = len(self.codes)
        others = {
            language: tuple(wording.wording(size, where) for wording in each_language)
            for language, each_language in self.languages.items()
        }
        return Item(
            id=key,
            topic=self.topic,
            codes=self.codes,
            scale=self.scale,
            wordings={"en": (own.wording(size, where),), **others},
            battery=self.battery,
            reversible=self.scale == "ordinal" if self.reversible is None else self.reversible,
            kind=self.kind,
        )


class TraitSection(Section):
    """`[demographics.NAME]`: a column, texts for its codes, codes that are no answer."""

    column: str
    labels: dict[str, str] = {}
    missing: tuple[str, ...] = ()

    @field_validator("missing", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        return tuple(str(text) for text in value)


class CultureSection(Section):
    """`[[culture]]`: a territory that the table of cultures does not hold."""

    code: Annotated[str, Field(pattern=CULTURE)]
    name: Name
    demonym: Annotated[str, Field(description="with its article; some framings need it")] = ""
    adjective: Annotated[str, Field(description="some framings need it")] = ""
    languages: Annotated[tuple[Tag, ...], Field(min_length=1)] = ("en",)
    zone: str = ""
    continent: str = ""

    def culture(self) -> Culture:
        return Culture(
            code=self.code,
            name=self.name,
            demonym=self.demonym,
            adjective=self.adjective,
            languages=self.languages,
            zone=self.zone,
            continent=self.continent,
        )


class GroupSection(Section):
    """`[groups.SLUG]`: people inside a territory, by conditions on the demographics."""

    territory: str
    where: Where
    name: Name
    demonym: Name
    adjective: Name
    languages: tuple[Tag, ...] = ()

    def group(self) -> Group:
        return Group(self.territory, conditions(self.where))


class Layout(Section):
    """A whole layout; with `extends`, what stands in it is laid over a shipped one."""

    extends: str = ""
    title: str = ""
    notice: str = ""
    spoken_name: str = ""
    language: Annotated[Tag, Field(description="the language of the file's own texts")] = "en"
    columns: ColumnsSection = ColumnsSection(culture=("culture",))
    missing: MissingSection = MissingSection()
    where: Annotated[Where, Field(description="which rows are read, by column")] = {}
    cultures: dict[str, str] = {}
    culture: tuple[CultureSection, ...] = ()
    demographics: dict[Name, TraitSection] = {}
    items_like: Annotated[str, Field(description="take over every item of this survey")] = ""
    items: dict[Name, ItemSection] = {}
    groups: dict[str, GroupSection] = {}

    @field_validator("demographics", mode="before")
    @classmethod
    def _columns_alone(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {k: {"column": v} if isinstance(v, str) else v for k, v in value.items()}

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        for slug, group in self.groups.items():
            head, dash, rest = slug.partition(f"{group.territory}-")
            if head or not dash or not SLUG.fullmatch(rest) or rest != rest.lower():
                raise ValueError(
                    f"a group of {group.territory} is called {group.territory}-something in small "
                    f"letters, digits and dashes, not '{slug}'"
                )
            for name in group.where:
                if name not in self.demographics:
                    raise ValueError(
                        f"the group '{slug}' asks for '{name}', which is none of [demographics]."
                        f"{nearest(name, self.demographics)}"
                    )
        return self

    @model_validator(mode="after")
    def _cultures_are_known(self) -> Self:
        codes = [entry.code for entry in self.culture]
        own = {*codes, *self.groups}
        for code in codes:
            if codes.count(code) > 1 or code in cultures():
                raise ValueError(
                    f"[[culture]] names '{code}', which there is already: give it another code, or "
                    "leave the entry out"
                )
        for cell, code in self.cultures.items():
            if code not in own:
                try:
                    find_culture(code)
                except AcculturateError as error:
                    raise ValueError(
                        f"[cultures] reads '{cell}' as '{code}'. {error}".rstrip(".")
                    ) from error
        return self

    @model_validator(mode="after")
    def _answers_are_kept(self) -> Self:
        """Refuse a code that is an option and missing at once, unless another code is
        read as it.
        """
        everywhere = {*self.missing.codes, *self.missing.no_answer}
        for key, section in self.items.items():
            silent = everywhere.union(section.missing, section.no_answer)
            both = silent.intersection(section.codes).difference(section.recode.values())
            if both:
                raise ValueError(
                    f"the code {min(both)} of the item '{key}' is one of its options and named as "
                    "missing or no answer, too: take it out of one of them"
                )
            read_as = {*section.labels.values(), *section.recode.values()}
            odd = [code for code in read_as - silent if code not in section.codes and code >= 0]
            if section.codes and odd:
                raise ValueError(
                    f"the item '{key}' reads a cell as the code {odd[0]}, which is none of its "
                    "codes"
                )
        return self

    def sections(self) -> dict[str, ItemSection]:
        """Return every item's section, those taken over from the built-in survey first."""
        if not self.items_like:
            return self.items
        whole = {key: ItemSection(column=key, like=key) for key in load_builtin().items}
        return {**whole, **self.items}

    def column_names(self) -> tuple[str, ...]:
        """Return every column that the layout names."""
        columns = self.columns
        return (
            *(*columns.culture, *columns.respondent, *columns.weight, *self.where),
            *(section.column for section in self.demographics.values()),
            *(section.column or key for key, section in self.sections().items()),
        )

    def own_cultures(self) -> dict[str, Culture]:
        """Return cultures that the table does not hold: the layout's own territories and its
        groups.
        """
        own = {entry.code: entry.culture() for entry in self.culture}
        for slug, group in self.groups.items():
            base = own.get(group.territory) or find_culture(group.territory)
            own[slug] = Culture(
                code=slug,
                name=group.name,
                demonym=group.demonym,
                adjective=group.adjective,
                languages=group.languages or base.languages,
                zone=base.zone,
                continent=base.continent,
            )
        return own


def read_layout(path: Path, used: Collection[str] = ()) -> Layout:
    """Return a layout out of a TOML file; raises `SurveyError` or `ConfigError` in one sentence,
    also for what is not among the `used` keys, where a format uses some only.
    """
    if not path.is_file():
        raise SurveyError(f"There is no file {path}: give the TOML file that describes the items.")
    tree = read_toml(path)
    if idle := [key for key in tree if used and key not in used and key in Layout.model_fields]:
        raise SurveyError(
            f"{path}: '{idle[0]}' is not used for a file of this format: leave it out. Used are "
            f"{', '.join(used)}."
        )
    base = tree.get("extends", "")
    if base:
        if base not in SHIPPED:
            raise SurveyError(
                f"{path}: extends = '{base}' is none of the shipped layouts, {', '.join(SHIPPED)}."
                f"{nearest(str(base), SHIPPED)}"
            )
        tree = merge(_shipped_tree(base), tree)
    return validate(Layout, tree, str(path))


def shipped_layout(name: str) -> Layout:
    """Return the layout of a known format (`SHIPPED`)."""
    return validate(Layout, _shipped_tree(name), f"layouts/{name}.toml")


def _shipped_tree(name: str) -> dict[str, Any]:
    text = resources.files(__package__) / "layouts" / f"{name}.toml"
    return tomllib.loads(text.read_text(encoding="utf-8"))


def item_like(key: str, name: str = "", codes: tuple[int, ...] = ()) -> Item:
    """Return the built-in survey's item under another id; `codes` leaves out options a
    file lacks.
    """
    whole = load_builtin().item(key)
    codes = codes or whole.codes
    if len(set(codes)) < max(2, len(codes)):
        raise SurveyError(f"The item '{name or key}' needs `codes`, at least two different ones.")
    odd = [code for code in codes if code not in whole.codes]
    if odd:
        raise SurveyError(f"The item '{key}' has no option with the code {odd[0]}.")
    wordings = {
        language: tuple(_part(wording, whole.codes, codes) for wording in texts)
        for language, texts in whole.wordings.items()
    }
    return Item(
        id=name or key,
        topic=whole.topic,
        codes=codes,
        scale=whole.scale,
        wordings=wordings,
        battery=whole.battery,
        reversible=whole.reversible,
        kind=whole.kind,
    )


def _part(wording: Wording, whole: tuple[int, ...], codes: tuple[int, ...]) -> Wording:
    """Return a wording with fewer options; the ends of an anchored scale keep their texts."""
    if codes == whole:
        return wording
    texts = [wording.texts[whole.index(code)] for code in codes]
    if wording.anchored:
        texts[0], texts[-1] = wording.texts[0], wording.texts[-1]
    return Wording(wording.stem, tuple(texts))


def conditions(where: Where) -> dict[str, Condition]:
    """Return conditions as the respondents read them: texts, or a pair of numbers."""
    return {
        name: (bounds.get("min", float("-inf")), bounds.get("max", float("inf")))
        if isinstance(bounds, dict)
        else [str(text) for text in bounds]
        for name, bounds in where.items()
    }
