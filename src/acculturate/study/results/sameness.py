"""A line of the verdict: whether an arm came nearer by answering more alike for every culture.

Accuracy can be bought by adaptability: answers nearer to all peoples and less unlike each other.
The population fidelity score shows it, and this line says it beside the gain.
"""

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.population_fidelity import FIGURES, fidelity_differences
from acculturate.records.results.conclusion import Line
from acculturate.records.results.differences import Difference
from acculturate.statistics.bootstrap import Resampling

SCORE, ACCURACY, ADAPTABILITY, STRUCTURE = FIGURES


def sameness_line(arm: ArmTable, against: ArmTable, drawn: Resampling) -> list[Line]:
    """Return the line on population fidelity, as a list of one; empty where there is no score, and
    for arms of several training seeds, whose mean it is not.
    """
    if arm.seeds or against.seeds:
        return []
    gaps = {gap.metric: gap for gap in fidelity_differences(arm, against, drawn)}
    if not gaps:
        return []
    accuracy, adaptability = gaps[ACCURACY], gaps[ADAPTABILITY]
    said = f"Population fidelity {_figures(gaps[SCORE])}"
    if accuracy.side == 1 and adaptability.side == -1:
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
    return [Line("fidelity", f"{said}.")]


def _figures(gap: Difference) -> str:
    bounds = "" if gap.low is None else f" [{gap.low:+.3f}, {gap.high:+.3f}]"
    return f"{gap.value:+.3f}{bounds}"
