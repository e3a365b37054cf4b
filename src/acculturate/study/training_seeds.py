"""Training seeds: adaptations, and the arms on them, made once for each seed of a study.

    [study]
    seeds = [1, 2, 3]

    [[adapt]] spa            spa-seed1     spa-seed2     spa-seed3
    [[arm]] after = @spa     after-seed1   after-seed2   after-seed3     each a part of `after`

All that an adaptation draws is drawn with the seed. What does not depend on it, such as answers to
questions that a user brings, is asked of a model once: a reply is kept under what was asked.
Results show the mean over seeds under the name of the arm (`evaluation.seeds`).
"""

from collections.abc import Iterator

from acculturate.errors import ConfigError
from acculturate.methods import Adaptation
from acculturate.study.arm_section import ArmSection
from acculturate.study.parts import EVERY
from acculturate.study.schema import Study


def with_seeds(study: Study) -> Study:
    """Return the study with each adaptation, and each arm on one, replaced by one for each seed.

    The same study where it names no seeds; with one alone, adaptations have that seed and keep
    their names. Raises `ConfigError` for seeds without an adaptation,
    and for arms that have no mean over seeds.
    """
    seeds = study.study.seeds
    if not seeds:
        return study
    if not study.adapt:
        raise ConfigError(
            "study.seeds makes adaptations once for each seed, and this study has no [[adapt]]: "
            "take study.seeds out."
        )
    own = study.study.model_copy(update={"seeds": ()})
    if len(seeds) == 1:  # no mean, so no names of their own
        alone = tuple(section.with_seed(seeds[0]) for section in study.adapt)
        return study.model_copy(update={"study": own, "adapt": alone})
    adapt = tuple(_made(study, section, seed) for section in study.adapt for seed in seeds)
    arms = tuple(part for arm in study.arm for part in _spread(study, arm))
    return study.model_copy(update={"study": own, "adapt": adapt, "arm": arms})


def named_arms(study: Study) -> dict[str, ArmSection]:
    """Return the arms by the names under which results show them: one of its seeds stands for an
    arm that has several. Arms on every adapter are left out.
    """
    named: dict[str, ArmSection] = {}
    for arm in study.arm:
        if arm.seed is not None or not arm.part_of:
            named.setdefault(shown_name(arm), arm)
    return named


def shown_name(arm: ArmSection) -> str:
    """Return the name under which results show an arm."""
    return arm.id if arm.seed is None else arm.part_of


def without_seed(name: str, seed: int | None) -> str:
    """Return an id or a reference as the study file has it.

    >>> without_seed("@spa-seed2/CHN", 2), without_seed("@spa", None)
    ('@spa/CHN', '@spa')
    """
    return name if seed is None else name.replace(_mark(seed), "", 1)


def _mark(seed: int) -> str:
    return f"-seed{seed}"


def _made(study: Study, section: Adaptation, seed: int) -> Adaptation:
    update = {"id": section.id + _mark(seed), "base": _ref(study, section.base, seed)}
    return section.with_seed(seed).model_copy(update=update)


def _ref(study: Study, ref: str, seed: int) -> str:
    """Return a reference to what was made with a seed; a plain model is left as it is."""
    name, slash, adapter = ref.partition("/")
    return f"{name}{_mark(seed)}{slash}{adapter}" if study.adaptation(ref) else ref


def _spread(study: Study, arm: ArmSection) -> Iterator[ArmSection]:
    adapted = [arm.id for arm in study.arm if study.adaptation(arm.model)]
    if arm.id not in adapted:
        if arm.against in adapted:
            raise ConfigError(
                f"[[arm]] {arm.id}: '{arm.against}' is made once for each of study.seeds, and this "
                "arm is not: exchange the two."
            )
        yield arm
        return
    if arm.model.endswith(EVERY):
        raise ConfigError(
            f"[[arm]] {arm.id}: model = '{arm.model}' and study.seeds do not go together: name "
            f"one adapter, or '{arm.model.removesuffix(EVERY)}'."
        )
    for seed in study.study.seeds:
        against = arm.against + _mark(seed) if arm.against in adapted else arm.against
        update = {
            "id": arm.id + _mark(seed),
            "model": _ref(study, arm.model, seed),
            "against": against,
            "part_of": arm.id,
            "seed": seed,
        }
        yield arm.model_copy(update=update)
