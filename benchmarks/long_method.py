"""An adaptation of any length: CultureSPA on made-up questions, answered by the mock engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from acculturate.config import validate
from acculturate.culturespa.adaptation import CultureSpaAdaptation
from acculturate.culturespa.questions import Questions
from acculturate.executors import Inline
from acculturate.methods import Carrier, Context
from acculturate.runner import Silent
from acculturate.store import Store
from acculturate.study.models import Models
from acculturate.study.plan import Plan
from acculturate.study.schema import Study
from acculturate.study.workplace import Workplace
from acculturate.survey import load_survey

ORDERS = 2
"""Of the options, in which every question is asked."""


class LongAdaptation(CultureSpaAdaptation):
    """Asks so many questions that all its prompts are as many as are wanted."""

    def _questions(self, context: Context, carrier: Carrier) -> Questions:
        wanted, items = self.culturespa.questions.per_topic, context.seen
        made = [
            replace(
                item,
                id=f"G{number}",
                wordings={
                    "en": (replace(item.wording(), stem=f"{number}: {item.wording().stem}"),)
                },
            )
            for number in range(wanted)
            for item in (items[number % len(items)],)
        ]
        return Questions(tuple(made), (), (), ())


@contextmanager
def workplace(prompts: int, folder: Path) -> Iterator[tuple[Workplace, LongAdaptation]]:
    """Give a run folder to work in, and the adaptation."""
    codes = list(load_survey().cultures)
    wanted = max(1, prompts // (ORDERS * (1 + len(codes))))
    own = {"questions": {"per_topic": wanted}, "shifts": {"strength": 0.0, "noise": "ignore"}}
    tree = {
        "study": {"name": "long"},
        "cultures": {"measure": codes[:1], "adapt": codes},
        "models": {"base": {"name": "mock:noise"}},
        "adapt": [{"id": "long", "method": "culturespa", "culturespa": own}],
        "arm": [{"id": "after", "model": "@long"}],
    }
    plan = Plan.of(validate(Study, tree, "long"))
    section = LongAdaptation.model_validate(plan.study.adapt[0].model_dump())
    with Store(folder) as store:
        models = Models(plan.study, folder, Inline(), {})
        yield Workplace(plan, store, models, Silent()), section
