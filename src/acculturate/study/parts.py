"""Parts of an arm: which model is asked about which cultures.

Most arms have one part, their model and all cultures. An adaptation with an adapter for each
culture (`grouping = "specific"`, or groups) is asked culture by culture of the adapter that was
made for it, and its answers stand in one table:

    arm "after", model "@spa"        @spa/CHN: CHN    @spa/DEU: DEU
    arm "transfer", model "@spa/CHN"     @spa/CHN: CHN and DEU
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import NamedTuple

from acculturate.engines.base import Identity
from acculturate.errors import ConfigError, nearest
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.records import Answer, Reply, Request
from acculturate.runner import Lookup
from acculturate.store import Store
from acculturate.study.grouping import JOINT, grouped
from acculturate.study.schema import AdaptSection, ArmSection, Study
from acculturate.survey import Survey


class Part(NamedTuple):
    """A stage and the reference of the model that carries it (`base`, `@spa`, `@spa/CHN`)."""

    ref: str
    stage: SurveyTaking


def arm_parts(study: Study, survey: Survey, arm: ArmSection) -> list[Part]:
    """An arm's parts, in the order of its cultures.

    Raises `ConfigError` for an adapter that is not made and for a culture that has none, and what
    `SurveyTaking.of` raises.
    """
    asked = _asked(study, arm)
    ends = {ref: f" ({ref})" if len(asked) > 1 else "" for ref in asked}
    return [
        Part(
            ref,
            SurveyTaking.of(
                f"arm {arm.id}{ends[ref]}",
                survey,
                study.survey.items,
                cultures,
                arm.framing,
                study.settings(arm),
            ),
        )
        for ref, cultures in asked.items()
    ]


def keep_identity(store: Store, ref: str, identity: Identity) -> None:
    """Keep who answered for a reference, so that the answers are found without the model."""
    store.keep(f"identity {ref}", asdict(identity))


def kept_identity(store: Store, ref: str) -> Identity | None:
    """Who answered for a reference; None where nobody has been asked."""
    fact = store.fact(f"identity {ref}")
    return Identity(**fact) if fact else None


def part_answers(parts: Sequence[Part], store: Store) -> Iterator[Answer]:
    """The answers of all parts that the store holds.

    Where several adapters answer a framing without a culture, each speaks for its own cultures.
    """
    for ref, stage in parts:
        for answer in stage.answers(_kept_replies(store, ref)):
            if answer.culture or len(parts) == 1:
                yield answer
            else:
                yield from (replace(answer, culture=each.code) for each in stage.cultures)


def _kept_replies(store: Store, ref: str) -> Lookup:
    identity = kept_identity(store, ref)

    def lookup(_: str, request: Request) -> Reply | None:
        return store.reply(identity.digest, request.id) if identity else None

    return lookup


def adapter_names(study: Study, section: AdaptSection) -> dict[str, tuple[str, ...]]:
    """The adapters that an adaptation makes, with the cultures that each learns of."""
    return grouped(section.grouping, section.groups, study.cultures.adapt)


def _asked(study: Study, arm: ArmSection) -> dict[str, tuple[str, ...]]:
    section, measured = study.adaptation(arm.model), study.cultures.measure
    if section is None:
        return {arm.model: measured}
    made = adapter_names(study, section)
    _, _, named = arm.model.partition("/")
    if named and named not in made:
        known = ", ".join(filter(None, made)) or "one for all cultures"
        raise ConfigError(
            f"[[arm]] {arm.id}: the adaptation '{section.id}' makes no adapter '{named}'."
            f"{nearest(named, made)} It makes {known}."
        )
    if named or JOINT in made:
        return {arm.model: measured}
    own = {code: name for name, codes in made.items() for code in codes}
    without = [code for code in measured if code not in own]
    if without:
        raise ConfigError(
            f"[[arm]] {arm.id}: '{section.id}' makes an adapter for each culture, and none for "
            f"{', '.join(without)}: add it to cultures.adapt, or name one adapter, for example "
            f"model = '@{section.id}/{next(iter(made))}'."
        )
    asked: dict[str, tuple[str, ...]] = {}
    for code in measured:
        ref = f"@{section.id}/{own[code]}"
        asked[ref] = (*asked.get(ref, ()), code)
    return asked
