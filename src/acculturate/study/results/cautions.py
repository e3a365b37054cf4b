"""Cautions: what a run cannot show, each in one sentence that stands beside its verdict."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from acculturate.engines import EngineKind, kind_of, parse_model
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.company import beside
from acculturate.evaluation.measures import METRICS
from acculturate.evaluation.scores import MEAN
from acculturate.records import Score
from acculturate.store import Store
from acculturate.study.changes import changed
from acculturate.study.languages import asked_in, asked_in_english, in_words, worded
from acculturate.study.results.failures import failed_stages
from acculturate.study.results.measured import Measured
from acculturate.study.schema import Study
from acculturate.study.workplace import ENGINE_CAUTIONS
from acculturate.survey import Survey
from acculturate.survey.crossing import left_out

MASS = 0.5
"""Share of the first token's probability below which the options do not stand for the reply."""


def run_cautions(
    study: Study,
    survey: Survey,
    store: Store,
    arms: Mapping[str, Measured],
    scores: Sequence[Score],
) -> list[str]:
    """Return everything to be said, gravest first."""
    tables = {name: arm.table for name, arm in arms.items()}
    return [
        *(stage.sentence for stage in failed_stages(store)),
        *changed(store),
        *_of_memory(store),
        *_of_engines(study, store),
        *_of_deaf_arms(arms),
        *_below_a_guess(study.study.primary, list(tables), scores),
        *_leaks(arms),
        *_of_adapting(study),
        *_of_people(survey),
        *_of_groups(survey, study.cultures.measure),
        *_of_languages(study, survey),
        *_of_asking(study),
        *_of_cut_texts(study, arms),
        *_of_options(tables),
        *_of_drawing(study),
        *_of_precision(study),
    ]


def of_adaptations(by_adaptation: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield what was said of each adaptation by its id; what holds of several alike stands once."""
    whose: dict[tuple[str, str], list[str]] = {}
    for name, sentences in by_adaptation.items():
        for sentence in sentences:
            rest = sentence.removeprefix(f"{name}: ")
            whose.setdefault((": " if rest != sentence else "", rest), []).append(name)
    for (colon, rest), names in whose.items():
        yield f"{', '.join(names)}{colon}{rest}" if colon else rest


def _of_engines(study: Study, store: Store) -> Iterator[str]:
    """Yield what engines said of themselves that no number shows, once each."""
    refs = [*study.models, *(f"@{adaptation.id}" for adaptation in study.adapt)]
    cautions = [caution for ref in refs for caution in store.fact(f"{ENGINE_CAUTIONS}{ref}") or ()]
    yield from dict.fromkeys(cautions)


def _of_memory(store: Store) -> Iterator[str]:
    """Yield which replies were not computed in the batches that were planned."""
    for stage, count in store.halved().items():
        yield (
            f"{count} replies of '{stage}' were computed in parts of their batches, which did not "
            "fit into memory: on a machine with more memory they may differ by rounding, and "
            "drawn texts may be others."
        )


def _of_deaf_arms(arms: Mapping[str, Measured]) -> Iterator[str]:
    """Yield a caution where the culture seems not to reach the model, whatever stands between."""
    deaf = [name for name, arm in arms.items() if arm.deaf]
    if deaf:
        yield (
            f"The answers of {' and '.join(deaf)} are the same for every culture, though the "
            "prompts tell of it: the culture may not reach the model."
        )


def _below_a_guess(metric: str, arms: Sequence[str], scores: Sequence[Score]) -> Iterator[str]:
    """Yield a caution where no arm does better than a uniform guess."""
    value = {row.arm: row.value for row in scores if (row.metric, row.culture) == (metric, MEAN)}
    up, guesses = METRICS[metric].higher_is_better, []
    for arm in arms:
        figure, name = value.get(arm), beside(arm, "reference:uniform", value)
        guess = value[name] if name else None
        if figure is None or guess is None:
            continue
        if figure > guess if up else figure < guess:
            return
        guesses.append(guess)
    if guesses:
        yield (
            f"No arm scores better than giving every option the same share ({guesses[0]:.3f}): "
            "this run does not show that a model knows these people, and a difference between two "
            "arms may be one between two ways of guessing."
        )


def _leaks(arms: Mapping[str, Measured]) -> Iterator[str]:
    """Yield what prompts gave away of the people that the answers are held against, once each."""
    told: dict[str, list[str]] = {}
    for name, arm in arms.items():
        if arm.discloses:
            told.setdefault(arm.discloses, []).append(name)
    for note, names in told.items():
        yield f"{' and '.join(names)}: {note}"


def _of_seeds(study: Study) -> str:
    """Return what intervals say of the method, with the seeds that adapters were trained with."""
    seeds = dict.fromkeys(arm.seed for arm in study.arm if arm.seed is not None)
    if len(seeds) < 2:
        return "One training seed: intervals speak of this adapter only, not of the method."
    return (
        f"{len(seeds)} training seeds ({', '.join(map(str, seeds))}): scores and differences of "
        "adapted arms are means over them, and intervals hold their spread. Where a table shows "
        "one seed it says so, and its intervals speak of that adapter only."
    )


def _of_adapting(study: Study) -> Iterator[str]:
    if any(arm.model.startswith("@") for arm in study.arm):
        yield _of_seeds(study)
        if not any(study.control(arm) for arm in study.arm):
            yield (
                "This study has no control arm (such as gain 0 or shuffled cultures), so a gain "
                "may come from training as such and not from the cultures."
            )
    if study.adapt and study.answers.wordings > 1:
        yield (
            "The adaptation asks and trains in the first wording; the arms are measured in "
            f"{study.answers.wordings} wordings."
        )


def _of_people(survey: Survey) -> Iterator[str]:
    """Yield a caution where the people are invented."""
    if survey.fictitious:
        yield survey.fictitious


def _of_groups(survey: Survey, measured: Sequence[str]) -> Iterator[str]:
    """Yield whose people are in no group that is measured."""
    if survey.groups and (sentence := left_out(survey.groups, measured)):
        yield sentence


def _of_languages(study: Study, survey: Survey) -> Iterator[str]:
    """Yield a caution where an arm is asked in another language than it was trained in, or not in
    its own.
    """
    items = survey.select(study.survey.items)
    measured = {code: survey.culture(code) for code in study.cultures.measure}
    for arm in study.arm:
        section, languages = study.adaptation(arm.model), study.settings(arm).languages
        if section is None:
            continue
        codes = study.cultures.adapt
        trained = {code: section.trained_in(survey.culture(code), worded(items)) for code in codes}
        asked = {code: asked_in(languages, shares, items) for code, shares in measured.items()}
        if any(set(asked.get(code, ())) - set(tags) for code, tags in trained.items()):
            yield (
                f"{arm.id} was trained in {in_words(trained)} and is asked in {in_words(asked)}: "
                "what it shows holds for this transfer."
            )
    yield from asked_in_english(study, survey)


def _of_asking(study: Study) -> Iterator[str]:
    forward = [arm.id for arm in study.arm if study.settings(arm).orders == "forward"]
    if forward:
        named = "" if len(forward) == len(study.arm) else f" ({', '.join(forward)})"
        yield f"One option order only{named}: a habit of position is not averaged out."
    if study.answers.wordings == 1 and study.answers.framing_wordings == 1:
        yield "One wording of each item and framing: differences hold for these wordings."


def _of_cut_texts(study: Study, arms: Mapping[str, Measured]) -> Iterator[str]:
    """Yield a caution where texts had no room for an answer: the limit's doing, not the model's."""
    for section in study.arm:
        cut = arms[section.id].cut
        settings = study.settings(section)
        key = "stated_tokens" if settings.kind == "stated" else "max_tokens"
        if cut.lost:
            yield (
                f"{cut.lost} of {cut.texts} texts of {section.id} ended at the length limit before "
                f"they named an option, and count as refused: raise answers.{key} "
                f"({settings.sampling.max_tokens})."
            )


def _of_options(tables: Mapping[str, ArmTable]) -> Iterator[str]:
    known = {name: table.mass_CI[~np.isnan(table.mass_CI)] for name, table in tables.items()}
    masses = {name: float(mass.mean()) for name, mass in known.items() if mass.size}
    low = [f"{mass:.2f} ({name})" for name, mass in masses.items() if mass < MASS]
    if low:
        yield (
            "The labels of the options have only a part of the probability of a reply's first "
            f"tokens: {', '.join(low)}. The rest is on refusals or other words."
        )


def _of_drawing(study: Study) -> Iterator[str]:
    """Yield what cannot be drawn again: the same texts, where others are computed beside them."""
    names = _names(study, lambda kind: kind.texts == "company")
    if names:
        yield (
            f"The texts of {' and '.join(names)} are kept in this run. Sampled again in a "
            "new run, the same seeds may give other texts."
        )


def _of_precision(study: Study) -> Iterator[str]:
    """Yield a caution on servers, which are asked for no number format and say none."""
    names = _names(study, lambda kind: kind.remote)
    if names and study.answers.kind == "expected":
        yield (
            f"The number format of {' and '.join(names)} is not known: in half precision "
            "log-probabilities may be rounded to steps of up to 1/8 nat."
        )


def _names(study: Study, of: Callable[[EngineKind], bool]) -> list[str]:
    """Return the models of engines of a kind, each once."""
    names = dict.fromkeys(model.name for model in study.models.values())
    return [name for name in names if of(kind_of(parse_model(name)))]
