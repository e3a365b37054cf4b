"""A line of the verdict: whether an arm came nearer by answering more alike for every culture.

Accuracy can be bought by adaptability: answers nearer to all peoples and less unlike each other.
The population fidelity score shows it, and a line of the verdict says it beside the gain.
"""

from collections.abc import Sequence

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.population_fidelity import FIGURES, fidelity_differences
from acculturate.records.results.conclusion import Line
from acculturate.records.results.differences import Difference
from acculturate.statistics.bootstrap import Resampling

SCORE, ACCURACY, ADAPTABILITY, _ = FIGURES


def sameness_line(
    arm: ArmTable, against: ArmTable, drawn: Resampling, known: Sequence[Difference] = ()
) -> list[Line]:
    """Return the line, as a list of one; empty where accuracy was not paid by adaptability.

    `known` are differences of arms over these very cultures: what is among them is not drawn again.
    """
    own = [gap for gap in known if (gap.arm, gap.against) == (arm.arm, against.arm)]
    drawn_before = [gap for gap in own if gap.metric in FIGURES]
    gaps = {gap.metric: gap for gap in drawn_before or fidelity_differences(arm, against, drawn)}
    if not gaps or gaps[ACCURACY].side != 1 or gaps[ADAPTABILITY].side != -1:
        return []
    sentence = (
        f"The gain in accuracy ({_figures(gaps[ACCURACY])}) is paid by adaptability "
        f"({_figures(gaps[ADAPTABILITY])}): cultures differ in the answers less like they do among "
        f"the people. Population fidelity {_figures(gaps[SCORE])}."
    )
    return [Line("fidelity", sentence)]


def _figures(gap: Difference) -> str:
    bounds = "" if gap.low is None else f" [{gap.low:+.3f}, {gap.high:+.3f}]"
    return f"{gap.value:+.3f}{bounds}"
