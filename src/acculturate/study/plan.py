"""The plan: a study resolved once, before anything is asked.

Its split is carried out, arms on every adapter (`@id/*`) are single ones, and it is settled which
model each arm asks about which cultures and in which language, which adapters are made, and what
each adaptation may see. Whoever carries a study out, counts it or reads it back reads the plan.

    plan = Plan.of(study)
    plan.parts["aware"][0].stage.total
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from acculturate.methods import Adaptation, Context
from acculturate.study.arm_section import ArmSection
from acculturate.study.models import plain_spec
from acculturate.study.parts import Part, adapter_names, arm_parts, check_bases
from acculturate.study.people_groups import with_groups
from acculturate.study.schema import Study
from acculturate.study.split import seen_items, tested_items, with_split
from acculturate.survey import Survey, load_survey


@dataclass(frozen=True)
class Plan:
    """A study as it is carried out, with its survey and what follows from both.

    `parts` are each arm's, by its id; `adapters` the adapters that each adaptation makes, by its
    id, each with the codes of its cultures; `context` is what adaptations are told.
    """

    study: Study
    survey: Survey
    parts: Mapping[str, tuple[Part, ...]]
    adapters: Mapping[str, Mapping[str, tuple[str, ...]]]
    context: Context

    @classmethod
    def of(cls, study: Study) -> "Plan":
        """Resolve a study.

        Raises `ConfigError` or `SurveyError` for the first name that is wrong: a culture, an item,
        a framing, a part of the split, an adapter.
        """
        survey = load_survey(study.survey.source, weighted=study.survey.weights)
        study, survey = with_groups(with_split(study, survey), survey)
        survey.check_cultures(survey.culture(code).code for code in study.cultures.measure)
        survey.check_cultures(study.answers.backdrop.pool)
        context = Context(
            survey=survey,
            cultures=tuple(survey.culture(code) for code in study.cultures.adapt),
            measured=survey.select(study.survey.items),
            seen=seen_items(study, survey),
            answers=study.answers.taught,
            spec=functools.partial(plain_spec, study),
            peoples=study.cultures.measure,
            tested=tested_items(study, survey),
        )
        adapters = {adaptation.id: adapter_names(study, adaptation) for adaptation in study.adapt}
        check_bases(study)
        parts = {arm.id: tuple(arm_parts(study, survey, arm)) for arm in study.arm}
        return cls(study, survey, parts, adapters, context)

    @property
    def adaptations(self) -> tuple[Adaptation, ...]:
        """Return the adaptations in the order in which arms use them, each behind its base."""
        used = (
            adaptation for arm in self.study.arm for adaptation in self.study.adapters_of(arm.model)
        )
        return tuple({adaptation.id: adaptation for adaptation in used}.values())

    def generations(self, wanted: Sequence[Adaptation]) -> list[list[Adaptation]]:
        """Return adaptations, and those below them, in groups that can be made together: each after
        the group of its base.
        """
        adaptations: dict[int, dict[str, Adaptation]] = {}
        for section in wanted:
            for depth, adaptation in enumerate(self.study.adapters_of(f"@{section.id}")):
                adaptations.setdefault(depth, {})[adaptation.id] = adaptation
        return [list(adaptations[depth].values()) for depth in sorted(adaptations)]

    def arm(self, name: str) -> ArmSection:
        """Return the arm of an id."""
        return next(arm for arm in self.study.arm if arm.id == name)

    def learned(self, arm: ArmSection) -> tuple[str, ...]:
        """Return the cultures that an arm's adapter was made for, and the groups of their people
        that are measured: one adapter's where the arm names it, else all that the study adapts to.
        """
        section, named = self.study.adaptation(arm.model), arm.model.partition("/")[2]
        made = self.adapters[section.id] if section else {}
        learned = self.study.cultures.adapt
        learned = made.get(named, learned) if named else learned
        wholes = [code for code in learned if code not in self.study.cultures.measure]
        groups = (code for code in self.study.cultures.measure if self.survey.whole(code) in wholes)
        return (*learned, *groups)
