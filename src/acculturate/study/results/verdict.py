"""The verdict: three questions of a study's last pair of arms, and one sentence on their answers.

    nearer     is the arm nearer to the people than the arm it is held against?
    specific   did it come nearer to each culture's own people than to the others'?
    control    does it beat the same adaptation with the cultures' names shuffled?

Only the study's primary metric is asked about, so that nobody picks the one that rose. A gain is
called an improvement where every question that applies has a yes: an interval that excludes zero.
The control applies to adapted arms; where there is none, the verdict says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.comparison import Difference, compare
from acculturate.evaluation.measures import METRICS
from acculturate.evaluation.scores import MEAN
from acculturate.evaluation.specific_gain import specific_gain
from acculturate.statistics.bootstrap import Resampling

Question = Literal["nearer", "specific", "control"]
SHUFFLED = "shuffled"


@dataclass(frozen=True, slots=True)
class Step:
    """One question: `answer` is None where this run cannot say; `figures` what it rests on."""

    question: Question
    answer: bool | None
    said: str
    figures: Difference | None = None


def verdict(
    tables: Mapping[str, ArmTable],
    primary: str,
    arm: str,
    against: str,
    controls: Sequence[str],
    adapted: bool,
    resampling: Resampling,
) -> dict[str, Any] | None:
    """The three steps of `arm` minus `against`, as the report reads them.

    `controls` are arms adapted to shuffled cultures and asked in the same way. None where the two
    arms have no item in common.
    """
    nearer = _primary(tables[arm], tables[against], primary, resampling)
    if nearer is None or nearer.value is None:
        return None
    steps = [_nearer(nearer)]
    if steps[0].answer:
        steps.append(_specific(specific_gain(tables[arm], tables[against], resampling)))
        if adapted:
            found = [_primary(tables[arm], tables[name], primary, resampling) for name in controls]
            steps.append(_control([each for each in found if each is not None]))
    return {
        **difference_row(nearer),
        "improved": all(step.answer for step in steps),
        "headline": _headline(steps, arm, against),
        "sentence": _sentence(steps),
        "steps": [
            {
                "question": step.question,
                "answer": step.answer,
                "said": step.said,
                **({"figures": difference_row(step.figures)} if step.figures else {}),
            }
            for step in steps
        ],
    }


def difference_row(difference: Difference) -> dict[str, Any]:
    """A difference as a row; `against` is the arm that was subtracted."""
    return {
        "metric": difference.metric,
        "culture": difference.culture,
        "arm": difference.arm,
        "against": difference.control,
        "value": difference.value,
        "low": difference.low,
        "high": difference.high,
        "n": difference.n,
    }


def _primary(
    arm: ArmTable, control: ArmTable, primary: str, resampling: Resampling
) -> Difference | None:
    rows = compare(arm, control, [primary], resampling)
    return next((row for row in rows if row.culture == MEAN), None)


def _nearer(found: Difference) -> Step:
    name = found.metric.replace("_", " ")
    assert found.value is not None
    if found.low is None or found.high is None:
        said = (
            f"The {name} of {found.arm} and {found.control} differ by {abs(found.value):.4f}: too "
            "few items to tell."
        )
        return Step("nearer", None, said, found)
    if found.low <= 0 <= found.high:
        said = (
            f"No difference of {found.arm} from {found.control} is shown: mean {name} "
            f"{_bounds(found)}, {found.n} items, and the interval holds zero."
        )
        return Step("nearer", None, said, found)
    better = (found.value > 0) == METRICS[found.metric].higher_is_better
    said = (
        f"{found.arm} is {'nearer to' if better else 'further from'} the people than "
        f"{found.control}: mean {name} {_bounds(found)}, {found.n} items."
    )
    return Step("nearer", better, said, found)


def _specific(found: Difference | None) -> Step:
    if found is None or found.low is None or found.high is None:
        said = "With so few cultures or items nothing says whether the gain is specific to any."
        return Step("specific", None, said, found)
    if found.low > 0:
        said = f"The gain is specific: it favours each culture's own people ({_bounds(found)})."
        return Step("specific", True, said, found)
    said = (
        "The gain is not shown to be specific: answers came no nearer to their own culture's "
        f"people than to others' ({_bounds(found)})."
    )
    return Step("specific", False, said, found)


def _control(found: Sequence[Difference]) -> Step:
    """The nearest control decides: beating an easy derangement is not enough."""
    told = [each for each in found if each.value is not None]
    if not told:
        said = (
            "There is no shuffled-culture control, so the gain may come from training as such and "
            "not from the cultures."
        )
        return Step("control", None, said)
    up = METRICS[told[0].metric].higher_is_better
    nearest = min(told, key=lambda each: _value(each) if up else -_value(each))
    low, high = nearest.low, nearest.high
    if low is not None and high is not None and (low > 0 if up else high < 0):
        said = f"It beats its shuffled-culture control {nearest.control} ({_bounds(nearest)})."
        return Step("control", True, said, nearest)
    said = (
        f"It is not shown to beat its shuffled-culture control {nearest.control} "
        f"({_bounds(nearest)}), so the gain may come from training as such."
    )
    return Step("control", False, said, nearest)


def _value(found: Difference) -> float:
    return float("nan") if found.value is None else found.value


def _headline(steps: Sequence[Step], arm: str, against: str) -> str:
    if all(step.answer for step in steps):
        return f"{arm} improves on {against}."
    if steps[0].answer:
        return f"{arm} is nearer to the people than {against}, which is not yet an improvement."
    return f"No improvement of {arm} on {against} is shown."


def _sentence(steps: Sequence[Step]) -> str:
    """All that was found in one line, and what it comes to where there is more than one step."""
    said = " ".join(step.said for step in steps)
    if len(steps) == 1:
        return said
    yet = "an improvement" if all(step.answer for step in steps) else "not yet an improvement"
    return f"{said} That is {yet}."


def _bounds(found: Difference) -> str:
    if found.low is None or found.high is None:
        return f"{_value(found):+.4f}"
    return f"{_value(found):+.4f}, 95% interval {found.low:+.4f} to {found.high:+.4f}"
