"""A line of the verdict: whether an arm came nearer by answering more alike for every culture.

Accuracy can be bought by adaptability: answers nearer to all peoples and less unlike each other.
The population fidelity score shows it, and this line says it beside the gain.
"""

from typing import Any

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.comparison import Difference
from acculturate.evaluation.population_fidelity import FIGURES, fidelity_differences
from acculturate.statistics.bootstrap import Resampling

SCORE, ACCURACY, ADAPTABILITY, STRUCTURE = FIGURES


def sameness_line(arm: ArmTable, against: ArmTable, drawn: Resampling) -> list[dict[str, Any]]:
    """Return the line on population fidelity, as a list of one; empty where there is no score."""
    gaps = {gap.metric: gap for gap in fidelity_differences(arm, against, drawn)}
    if not gaps:
        return []
    accuracy, adaptability = gaps[ACCURACY], gaps[ADAPTABILITY]
    said = f"Population fidelity {_figures(gaps[SCORE])}"
    if _side(accuracy) > 0 and _side(adaptability) < 0:
        said += (
            f": the gain in accuracy ({_figures(accuracy)}) is paid by adaptability "
            f"({_figures(adaptability)}): cultures differ in the answers less like they do "
            "among the people"
        )
    else:
        said += (
            f" (accuracy {_figures(accuracy)}, adaptability {_figures(adaptability)}, structure "
            f"{_figures(gaps[STRUCTURE])})"
        )
    return [{"about": "fidelity", "said": f"{said}."}]


def _side(gap: Difference) -> int:
    """Return 1 or -1 where the interval excludes zero, else 0."""
    if gap.low is None or gap.high is None:
        return 0
    return (gap.low > 0) - (gap.high < 0)


def _figures(gap: Difference) -> str:
    bounds = "" if gap.low is None else f" [{gap.low:+.3f}, {gap.high:+.3f}]"
    return f"{gap.value:+.3f}{bounds}"
