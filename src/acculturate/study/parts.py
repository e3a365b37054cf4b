"""Parts of an arm: which model is asked about which cultures.

Most arms have one part, their model and all cultures. An adaptation with an adapter for each
culture (`grouping = "specific"`, or groups) is asked culture by culture of the adapter that was
made for it, and its answers stand in one table:

    arm "after", model "@spa"        @spa/CHN: CHN    @spa/DEU: DEU
    arm "transfer", model "@spa/CHN"     @spa/CHN: CHN and DEU

So is an arm asked in each culture's own language, language by language.

An arm with the model "@spa/*" stands for one arm for each adapter: "transfer-CHN", "transfer-DEU".
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from acculturate.engines.protocol import Identity
from acculturate.errors import ConfigError, StoreError, nearest
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.framing import Backdrop
from acculturate.methods import Adaptation
from acculturate.methods.grouping import JOINT, grouped
from acculturate.records import Answer, Reply, Request
from acculturate.runner import Lookup, without_form
from acculturate.store import Reading, Store
from acculturate.study.arm_section import ArmSection
from acculturate.study.languages import asked_in
from acculturate.study.schema import Study
from acculturate.survey import Survey

EVERY = "/*"


class Part(NamedTuple):
    """A stage and the reference of the model that carries it (`base`, `@spa`, `@spa/CHN`)."""

    ref: str
    stage: SurveyTaking


def arm_parts(study: Study, survey: Survey, arm: ArmSection) -> list[Part]:
    """Return an arm's parts, in the order of its cultures.

    Raises `ConfigError` for an adapter that is not made and for a culture that has none, and what
    `SurveyTaking.of` raises.
    """
    settings = study.settings(arm)
    behind = Backdrop(survey, settings.backdrop)
    asked = list(_by_language(study, survey, settings.languages, _asked(study, survey, arm)))
    refs, spoken = ({pair[at] for pair in asked} for at in (0, 1))
    return [
        Part(
            ref,
            SurveyTaking.of(
                _named(arm.id, (ref, len(refs)), ("+".join(languages), len(spoken))),
                survey,
                study.survey.items,
                cultures,
                arm.framing,
                settings.model_copy(update={"languages": languages}),
                backdrop=behind,
            ),
        )
        for ref, languages, cultures in asked
    ]


def _named(arm: str, *ends: tuple[str, int]) -> str:
    """Return the name of an arm's stage, with what tells it from the arm's other stages."""
    listed = ", ".join(text for text, there_are in ends if there_are > 1)
    return f"arm {arm} ({listed})" if listed else f"arm {arm}"


def _by_language(
    study: Study, survey: Survey, languages: Sequence[str], asked: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Yield references with the languages and cultures that they are asked in and about."""
    items = survey.select(study.survey.items)
    for ref, codes in asked.items():
        spoken: dict[tuple[str, ...], tuple[str, ...]] = {}
        for code in codes:
            tags = asked_in(languages, survey.culture(code), items)
            spoken[tags] = (*spoken.get(tags, ()), code)
        yield from ((ref, tags, mine) for tags, mine in spoken.items())


def narrowed(
    parts: Sequence[Part], cultures: Container[str], items: Container[str]
) -> tuple[Part, ...]:
    """Return the parts as if they asked about these cultures (codes) and items (ids) alone, with
    the same requests. Where items stand in one prompt or conversation, all of them stay.
    """
    return tuple(
        Part(ref, stage.narrowed(cultures, items))
        for ref, stage in parts
        if any(culture.code in cultures for culture in stage.cultures)
    )


def with_every_adapter(study: Study) -> Study:
    """Return the study with each arm on `@id/*` replaced by one for each adapter, named after it.

    Raises `ConfigError` where there is one adapter for all, or where an arm is `against` such arms.
    """
    many = [arm.id for arm in study.arm if arm.model.endswith(EVERY)]
    for arm in study.arm:
        if arm.against in many:
            raise ConfigError(
                f"[[arm]] {arm.id}: '{arm.against}' stands for an arm for each adapter: name one "
                "of those or another arm."
            )
    arms = tuple(adapted for arm in study.arm for adapted in _each_adapter(study, arm))
    return study.model_copy(update={"arm": arms}) if many else study


def _each_adapter(study: Study, arm: ArmSection) -> Iterator[ArmSection]:
    section = study.adaptation(arm.model)
    if section is None or not arm.model.endswith(EVERY):
        yield arm
        return
    for name in adapter_names(study, section):
        if name == JOINT:
            raise ConfigError(
                f"[[arm]] {arm.id}: '{section.id}' makes one adapter for all cultures: set its "
                f"grouping to 'specific', or name '@{section.id}'."
            )
        model = f"@{section.id}/{name}"
        update = {"id": f"{arm.id}-{name}", "model": model, "part_of": arm.id}
        yield arm.model_copy(update=update)


def keep_identity(store: Store, ref: str, identity: Identity) -> None:
    """Keep who answered for a reference, so that the answers are found without the model."""
    store.keep(f"identity {ref}", asdict(identity))


def kept_identity(store: Reading, ref: str) -> Identity | None:
    """Return who answered for a reference; None where nobody has been asked."""
    fact = store.fact(f"identity {ref}")
    return identity_of(fact) if fact else None


def identity_of(fact: Any) -> Identity:
    """Return an identity as a run keeps it; raises `StoreError` for what is none."""
    try:
        return Identity(**fact)
    except TypeError as error:
        raise StoreError(
            "run.db is damaged (it does not say who answered): put a copy of it back, or give a "
            "new run another folder with --out."
        ) from error


def part_answers(parts: Sequence[Part], store: Reading) -> Iterator[Answer]:
    """Yield the answers of all parts that the store holds.

    Where several adapters answer a framing without a culture, each speaks for its own cultures.
    """
    for ref, stage in parts:
        for answer in stage.answers(kept_replies(store, ref)):
            if answer.culture or len(parts) == 1:
                yield answer
            else:
                yield from (replace(answer, culture=culture.code) for culture in stage.cultures)


def kept_replies(store: Reading, ref: str) -> Lookup:
    """Return a lookup of what the model of a reference replied."""
    identity = kept_identity(store, ref)

    def lookup(_: str, request: Request) -> Reply | None:
        if identity is None:
            return None
        # an engine that could not hold a text to its form was asked without one
        asked = (request, without_form(request))
        replies = (store.reply(identity.digest, key) for key in dict.fromkeys(r.id for r in asked))
        return next((reply for reply in replies if reply is not None), None)

    return lookup


def adapter_names(study: Study, section: Adaptation) -> dict[str, tuple[str, ...]]:
    """Return the adapters that an adaptation makes, with the cultures that each learns of."""
    return grouped(section.grouping, section.groups, study.cultures.adapt)


def check_bases(study: Study) -> None:
    """Raise `ConfigError` for an adaptation on top of one that makes other adapters than it names,
    or several where it names none.
    """
    for upper in study.adapt:
        section = study.adaptation(upper.base)
        if section is None:
            continue
        made, where = adapter_names(study, section), f"[[adapt]] {upper.id}"
        if JOINT not in made and "/" not in upper.base.removesuffix(EVERY):
            raise ConfigError(
                f"{where}: its base '{section.id}' makes an adapter for each culture or group, and "
                f"it needs one: name it, for example base = '@{section.id}/{next(iter(made))}', "
                f"and write an [[adapt]] for each of those."
            )
        _named_adapter(upper.base, section, made, where)


def _named_adapter(ref: str, section: Adaptation, made: Mapping[str, object], where: str) -> str:
    """Return which of an adaptation's adapters a reference names, "" for none; raises `ConfigError`
    for one that is not made.
    """
    _, _, named = ref.partition("/")
    if named and named not in made:
        known = ", ".join(filter(None, made)) or "one for all cultures"
        raise ConfigError(
            f"{where}: the adaptation '{section.id}' makes no adapter '{named}'."
            f"{nearest(named, made)} It makes {known}."
        )
    return named


def _asked(study: Study, survey: Survey, arm: ArmSection) -> dict[str, tuple[str, ...]]:
    section, measured = study.adaptation(arm.model), study.cultures.measure
    if section is None:
        return {arm.model: measured}
    made = adapter_names(study, section)
    named = _named_adapter(arm.model, section, made, f"[[arm]] {arm.id}")
    if named or JOINT in made:
        return {arm.model: measured}
    named_for = {code: name for name, codes in made.items() for code in codes}
    # a group's people are asked of their whole culture's adapter where they have none of their own
    own = {
        code: name
        for code in measured
        if (name := named_for.get(code, named_for.get(survey.whole(code)))) is not None
    }
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
