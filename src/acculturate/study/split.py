"""The split: what a study holds out to be measured, and what adaptations and framings may see.

Items held out are whole batteries or whole topics: held out one by one, an item meets its
neighbours of one grid on the other side, and what looks like knowledge of cultures is knowledge of
the grid.
That is the easy case (`by = "item"`), where items of batteries that are trained are held out.
Cultures are held out to see whether an adaptation carries over to people it was not made for.

    by = "battery" | "topic" | "item"   arms are asked the items held out; questions are written,
                                        and example answers taken, from the others
    by = "culture"                      arms are held against the cultures held out, adapted to the
                                        others

With `held_out = "measured"` all that arms are asked is held out, and adaptations use the rest of
the survey. With `measure = "both"` arms are asked the other items as well. Scores then stand apart:
those of the items held out under the arms' own names, which the verdict is on, the others under
`ARM:trained`.

A study is split once, before anything is asked, and written down as split: splitting it again
changes nothing.
"""

from collections.abc import Sequence

import numpy as np

from acculturate.asking import AnswerSettings
from acculturate.errors import ConfigError, nearest
from acculturate.records import Item
from acculturate.study.parts import with_every_adapter
from acculturate.study.schema import Study
from acculturate.study.survey_section import SplitSection
from acculturate.study.training_seeds import with_seeds
from acculturate.survey import Survey


def with_split(study: Study, survey: Survey) -> Study:
    """Return the study with its split carried out, and arms on every adapter (`@id/*`) as single
    ones.

    The same study where it has neither. Raises `ConfigError` for names that are not there, and
    where nothing would be left on a side.
    """
    return with_every_adapter(with_seeds(_divided(study, survey)))


def _divided(study: Study, survey: Survey) -> Study:
    split = study.survey.split
    if split is None:
        return study
    if split.by == "culture":
        return _by_culture(study, split)
    items = survey.select(study.survey.items)
    held = _held_out(split, list(dict.fromkeys(held_with(item, split.by) for item in items)))
    both = split.measure == "both"
    kept = [item.id for item in items if both or held_with(item, split.by) in held]
    named = split.model_copy(update={"held_out": held})
    section = study.survey.model_copy(update={"items": tuple(kept), "split": named})
    split_study = study.model_copy(update={"survey": section})
    seen = tuple(item.id for item in seen_items(split_study, survey))
    if not seen:
        raise ConfigError("survey.split holds out every item: leave some to adapt with.")
    return split_study.model_copy(update={"answers": _seeing(study, seen)})


def seen_items(study: Study, survey: Survey) -> tuple[Item, ...]:
    """Return the attitudes that an adaptation may see, of a study that has been split."""
    items = survey.select("attitudes")
    split = study.survey.split
    if split is None or split.by == "culture" or not isinstance(split.held_out, tuple):
        return items
    return tuple(item for item in items if held_with(item, split.by) not in split.held_out)


def trained_places(study: Study, survey: Survey) -> tuple[int, ...]:
    """Return the places, among the items that arms are asked, of those that an adaptation may see;
    none where only items held out are asked. Of a study that has been split.
    """
    split = study.survey.split
    if split is None or split.by == "culture" or split.measure != "both":
        return ()
    seen = {item.id for item in seen_items(study, survey)}
    asked = survey.select(study.survey.items)
    return tuple(place for place, item in enumerate(asked) if item.id in seen)


def tested_items(study: Study, survey: Survey) -> tuple[Item, ...]:
    """Return the items that the verdict is on. Of a study that has been split."""
    trained = trained_places(study, survey)
    asked = survey.select(study.survey.items)
    return tuple(item for place, item in enumerate(asked) if place not in trained)


def _seeing(study: Study, seen: tuple[str, ...]) -> AnswerSettings:
    """Answer settings whose example answers and likenesses come from items seen."""
    backdrop = study.answers.backdrop
    update = {
        name: seen
        for name in ("example_items", "neighbour_items")
        if name not in backdrop.model_fields_set
    }
    return study.answers.model_copy(update={"backdrop": backdrop.model_copy(update=update)})


def _by_culture(study: Study, split: SplitSection) -> Study:
    if split.measure == "both":
        raise ConfigError(
            'survey.split.measure = "both" is for items: with by = "culture" leave it out, since '
            "the cultures adapted to and those held out cannot be measured in one study."
        )
    held = _held_out(split, list(study.cultures.measure))
    adapt = tuple(code for code in study.cultures.adapt if code not in held)
    if study.cultures.adapt and not adapt:
        raise ConfigError(
            "survey.split holds out every culture of cultures.adapt: name others to adapt to."
        )
    cultures = study.cultures.model_copy(update={"measure": held, "adapt": adapt})
    named = study.survey.model_copy(update={"split": split.model_copy(update={"held_out": held})})
    return study.model_copy(update={"cultures": cultures, "survey": named})


def held_with(item: Item, by: str) -> str:
    """Return what an item is held out with; one that is asked alone is a battery of its own."""
    return {"topic": item.topic, "item": item.id}.get(by, item.battery or item.id)


def _held_out(split: SplitSection, groups: Sequence[str]) -> tuple[str, ...]:
    """Return the names held out, in the order of `groups`: those given, all of them, or a share
    drawn with the seed.
    """
    if split.held_out == "measured":
        return tuple(groups)
    if isinstance(split.held_out, tuple):
        for name in split.held_out:
            if name not in groups:
                raise ConfigError(
                    f"survey.split.held_out: there is no {split.by} '{name}' in this study."
                    f"{nearest(name, groups)} There are {', '.join(groups)}."
                )
        return tuple(group for group in groups if group in split.held_out)
    if len(groups) < 2:
        raise ConfigError(
            f"survey.split: this study has one {split.by} ({groups[0]}), which cannot be split."
        )
    n = min(max(round(split.held_out * len(groups)), 1), len(groups) - 1)
    chosen = np.random.default_rng([split.seed, 12]).permutation(len(groups))[:n]
    return tuple(groups[k] for k in sorted(chosen))
