"""Survey tuning as an adaptation of a study: `method = "survey"`.

The model learns the people's own answers to the items that `[survey.split]` leaves (SubPOP, arXiv
2502.16761): cross-entropy between their shares and its option probabilities. Nothing is asked of a
model. It is what an owner of survey data can do, and the ceiling that other methods are held
against.

    [[adapt]]
    id = "survey"
    method = "survey"
    survey = { framings = ["country"], orders = "balanced" }
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

import numpy as np

from acculturate.asking import Ask, choose_request
from acculturate.culture import Culture
from acculturate.errors import ConfigError
from acculturate.framing import Backdrop
from acculturate.methods import Adaptation, Carrier, Context, Taught
from acculturate.methods.workload import Amount, Counter, Work
from acculturate.records import Item, TrainingRow
from acculturate.records.language import look_up
from acculturate.records.yields import Yield
from acculturate.statistics.permutation import derangement
from acculturate.surveytuning.neutral_items import neutral_items, neutral_languages, neutral_targets
from acculturate.surveytuning.people_rows import PeopleRows
from acculturate.surveytuning.people_targets import PeopleTargets
from acculturate.surveytuning.survey_settings import SurveyTuningSettings

WORLD = "world"
"""A control: every culture is taught the mean over cultures."""
NEUTRAL = "neutral"
"""A control: questions about numbers are taught."""


class SurveyAdaptation(Adaptation):
    """Trains on the people's shares of a part of a survey's items."""

    method: Literal["survey"]
    survey: SurveyTuningSettings = SurveyTuningSettings()

    title: ClassVar[str] = "survey tuning [@subpop]"
    tuning_presets: ClassVar[Mapping[str, Mapping[str, object]]] = {
        # one item a step with all its cultures, which learn how they deviate from their mean
        "survey": {
            "rank": 32,
            "alpha": 64.0,
            "learning_rate": 1e-3,
            "batch": 1,
            "epochs": 2,
            "contrast": 1.0,
            "max_length": 2048,
        },
        # SubPOP's rank, alpha and learning rate; the others are ours
        "published-survey": {"rank": 8, "alpha": 32.0, "learning_rate": 2e-4, "max_length": 2048},
    }
    more: ClassVar[str] = "let the split leave it more items, or name others in survey.items"

    @classmethod
    def tuning_preset(cls, preset: str, grouping: str) -> str:
        return "published-survey" if preset == "published" else "survey"

    def check(self, context: Context) -> None:
        """Raise `ConfigError` where framings are not there or do not speak of cultures, a culture's
        people did not answer, or items to be trained on are held out.
        """
        rows = self._rows(context)
        targets = self._targets(context)
        for culture in rows.cultures:
            if not any(targets.own(item.id, culture.code) for item in rows.items):
                raise ConfigError(
                    f"[[adapt]] {self.id}: no people of {culture.code} answered any of the "
                    f"{len(rows.items)} items that it may train on, so there is nothing to teach "
                    "it: take the culture out of cultures.adapt, or let it train on other items."
                )
            for language in rows.languages(culture):
                self._check_neutral(language)
                for item in rows.items:
                    item.wording(language)
                for framing in rows.framings(language):
                    if framing.needs_persona:
                        raise ConfigError(
                            f"[[adapt]] {self.id}: the framing '{framing.name}' speaks for single "
                            "respondents, and the answers of whole peoples are taught: name "
                            "another, such as 'country'."
                        )
        next(rows.asks())  # what a prompt lacks is told before anything is asked

    def _check_neutral(self, language: str) -> None:
        known = dict.fromkeys(neutral_languages(), True)
        if self.survey.control == NEUTRAL and not look_up(known, language):
            raise ConfigError(
                f"[[adapt]] {self.id}: control = 'neutral' has no questions in '{language}', but "
                f"in {', '.join(known)}: name one of these in survey.languages."
            )

    def prompts(self, context: Context) -> Iterator[str]:
        """Return the digests of the framings that are trained."""
        rows = self._rows(context)
        tags = dict.fromkeys(tag for culture in rows.cultures for tag in rows.languages(culture))
        return (framing.digest for tag in tags for framing in rows.framings(tag))

    def estimate(self, context: Context, counts: Counter) -> list[Work]:
        """Return the tuning: every row is known."""
        rows = self._rows(context)
        targets = self._targets(context)
        groups: dict[str, list[tuple[Ask, Culture]]] = {}
        total = 0
        for ask, culture in rows.asks():
            if targets.own(ask.item.id, culture.code) is not None:
                total += targets.copies(ask.item.id, self.survey.oversample)
                key = f"{ask.item.id} {ask.framing.digest} {ask.presentation}"
                groups.setdefault(key, []).append((ask, culture))
        sampled = list(groups.values())[:: max(1, len(groups) // SAMPLED_GROUPS)]
        steps = [
            [TrainingRow(choose_request(ask).messages, at.code, ask.item.id) for ask, at in group]
            for group in sampled
        ]
        some = [row for step in steps for row in step]
        return [counts.tuning(self.base, some, self.tuning, Amount.of(total), steps)]

    def trained_items(self, context: Context) -> tuple[Item, ...]:
        """Return the items whose answers are taught: none of the survey's where the control is
        `neutral`.
        """
        return () if self.survey.control == NEUTRAL else self._items(context)

    def build(self, context: Context, carrier: Carrier) -> Taught:
        """Make rows of the people's answers; asks nothing."""
        rows = self._rows(context)
        targets = self._targets(context)
        made = rows.rows(targets)
        cells, known = len(rows.items) * len(rows.cultures), len(targets.shares)
        lost = {"not asked there": cells - known} if known < cells else {}
        step = "answers of a people to an item are taught"
        note = f"{len(rows.items)} items, {len(rows.cultures)} cultures"
        yields = (
            Yield(step, known, cells, note, lost=lost),
            Yield("training rows were made", len(made), len(made), self._shown()),
        )
        return Taught(
            rows=made, yields=yields, drops=[], cautions=tuple(self._cautions(context, rows))
        )

    def _cautions(self, context: Context, rows: PeopleRows) -> Iterator[str]:
        both = {item.id for item in context.tested}
        both &= {item.id for item in self.trained_items(context)}
        if both and set(context.peoples) & set(context.codes):
            yield (
                f"{self.id}: the test was trained on: {len(both)} of the "
                f"{len(context.tested)} items that arms are asked are taught with the answers of "
                "the very people that arms are held against. Hold items or cultures out with "
                "[survey.split]."
            )
        framings = rows.framings(rows.languages(rows.cultures[0])[0])
        for caution in dict.fromkeys(framing.discloses for framing in framings):
            if caution:
                yield f"{self.id}, in training: {caution}"

    def _shown(self) -> str:
        own = self.survey
        told = f"framing {' and '.join(own.framings)}, orders {own.orders}"
        if own.mix != 1:
            told += f", {own.mix:g} of the people and the rest the mean"
        return f"{told}, {own.prior:g} of a target how its scale is used" if own.prior else told

    @property
    def control(self) -> str | None:
        if self.survey.control != "none":
            return self.survey.control
        return WORLD if self.survey.mix == 0 else None

    @property
    def planted(self) -> float | None:
        return self.survey.mix if self.survey.control == "none" else None

    @property
    def ceiling(self) -> bool:
        return self.control is None

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.survey.languages)

    def _rows(self, context: Context) -> PeopleRows:
        return PeopleRows(
            self._asked(context),
            context.cultures,
            self.survey,
            context.answers,
            Backdrop(context.survey, context.answers.backdrop),
            context.survey.spoken_name if context.answers.name_survey else "",
        )

    def _items(self, context: Context) -> tuple[Item, ...]:
        if not self.survey.items:
            return context.seen
        seen = {item.id for item in context.seen}
        items = context.survey.select(self.survey.items)
        held = [item.id for item in items if item.id not in seen]
        if held:
            raise ConfigError(
                f"[[adapt]] {self.id}: survey.items names {held[0]}, which this study holds out or "
                "does not count among attitudes: name items that the split leaves."
            )
        return items

    def _asked(self, context: Context) -> tuple[Item, ...]:
        """Return what is asked in training: the items, or questions about numbers instead."""
        items = self._items(context)
        if self.survey.control != NEUTRAL:
            return items
        return tuple(one.item for one in neutral_items(items, self.survey.control_seed))

    def _targets(self, context: Context) -> PeopleTargets:
        label = {}
        if self.survey.control == "shuffled":
            if len(context.codes) < 2:
                raise ConfigError(
                    f"[[adapt]] {self.id}: control = 'shuffled' needs two cultures at least: add "
                    "one to cultures.adapt."
                )
            order = derangement(len(context.codes), np.random.default_rng(self.survey.control_seed))
            label = {code: context.codes[at] for code, at in zip(context.codes, order, strict=True)}
        own, items = self.survey, self._items(context)
        targets = PeopleTargets.of(context.survey, items, context.codes, own.mix, label, own.prior)
        if own.control != NEUTRAL:
            return targets
        return neutral_targets(targets, neutral_items(items, own.control_seed))


SAMPLED_GROUPS = 24
"""Groups of rows whose tokens are counted."""
