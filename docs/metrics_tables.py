"""The tables of docs/metrics.md, made by running what they describe.

    python -m docs.metrics_tables               the reference answerers, seconds
    python -m docs.metrics_tables --coverage    the simulation as well, some ten minutes

Type it in the root of the repository. Each table stands between two comment lines that name it,
and is replaced in place. A test makes the first again and compares.
"""

import sys
from pathlib import Path

from benchmarks.coverage import FIGURES, Covered, Trial, coverage, false_alarms
from benchmarks.simulation import World

from acculturate.evaluation.baselines import baseline_tables
from acculturate.evaluation.reference_arms import ALL_REFERENCES, reference_tables
from acculturate.evaluation.scores import MEAN, score_table
from acculturate.evaluation.specificity_scores import specificity_scores
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import load_survey

PAGE = Path(__file__).parent / "metrics.md"
HEADS = (
    "people",
    "mode",
    "midpoint",
    "uniform",
    "culture-blind",
    "another",
    "wording-lookup",
    "scale-histogram",
)
FEW = Resampling(draws=2)
NEAR = World(cultures=4, slope=1.0, uneven=0.0, gap=0.05, apart=0.05)
PLAIN = World(cultures=4)
EQUAL = World(cultures=4, battery_sizes=(4,))
FEWER = (2, 3, 4, 5, 6, 7, 8, 9, 10)
TRIALS = {
    **{f"{n} batteries": (Trial(PLAIN, batteries=n, pairs=False), 40) for n in FEWER},
    "12 batteries": (Trial(PLAIN, batteries=12, pairs=False), 600),
    "12 batteries of 4 questions": (Trial(EQUAL, batteries=12, pairs=False), 600),
    "29 batteries": (Trial(PLAIN, batteries=29, pairs=False), 600),
    "29 batteries of 4 questions": (Trial(EQUAL, batteries=29, pairs=False), 600),
    "74 batteries": (Trial(PLAIN), 600),
    "74 batteries, 20 texts an item": (Trial(PLAIN, texts=20, pairs=False), 600),
    "74 batteries, nearly no distance": (Trial(NEAR, pairs=False), 600),
    "74 batteries, 3 training seeds": (Trial(World(cultures=4, seed_sd=0.3), seeds=3), 400),
    **{
        f"{n} batteries fixed": (
            Trial(PLAIN, batteries=n, fixed=True, draws=300, pairs=False),
            300,
        )
        for n in (2, 6, 13)
    },
    **{
        f"{n} batteries fixed, 20 texts": (
            Trial(PLAIN, batteries=n, fixed=True, texts=20, draws=300, pairs=False),
            300,
        )
        for n in (2, 13)
    },
}
ALARMS = {
    "74 batteries, 20 texts an item": (Trial(PLAIN, texts=20), 600),
    "13 batteries fixed, 20 texts": (
        Trial(PLAIN, batteries=13, fixed=True, texts=20, draws=300),
        300,
    ),
}


def reference_rows() -> str:
    """Mean over the 19 cultures of every metric for every reference answerer."""
    survey = load_survey()
    items = survey.select("published")
    tables = reference_tables(survey, survey.cultures, items, ALL_REFERENCES)
    tables += baseline_tables(survey, survey.cultures, items)
    found: dict[str, dict[str, float | None]] = {}
    for table in tables:
        scores = score_table(table, None, FEW) + specificity_scores(table, FEW)
        for row in scores:
            if row.culture == MEAN:
                found.setdefault(row.metric, {})[table.arm.removeprefix("reference:")] = row.value
    for name in ("option_mass", "deviation_correlation_chance", "deviation_correlation_p"):
        found.pop(name, None)
    lines = [_line(["metric", *HEADS]), _line(["---"] * (1 + len(HEADS)))]
    lines += [
        _line([f"`{name}`", *(_number(values.get(head)) for head in HEADS)])
        for name, values in found.items()
    ]
    return "\n".join(lines)


def coverage_rows() -> str:
    """How many of the intervals held the truth, and how often nothing seemed something."""
    lines = [_line(["surveys", *FIGURES, "false alarms"]), _line(["---"] * (2 + len(FIGURES)))]
    for name, (trial, surveys) in TRIALS.items():
        found = coverage(trial, surveys)
        alarms = ""
        if name in ALARMS:
            alarms = f"{false_alarms(*ALARMS[name]):.3f}"
        cells = [_held(found[figure]) if figure in found else "" for figure in FIGURES]
        lines.append(_line([f"{name} ({surveys})", *cells, alarms]))
        print(lines[-1], flush=True)  # noqa: T201  # progress of a long run
    return "\n".join(lines)


def _held(covered: Covered) -> str:
    """Return the share of intervals that held the truth, and of surveys that had one if not all
    did.
    """
    if not covered.given:
        return "none"
    return f"{covered.share:.3f}" + ("" if covered.given > 0.995 else f" (of {covered.given:.0%})")


def put(page: str, name: str, table: str) -> str:
    """Return the page with the table of that name replaced."""
    start, end = f"<!-- {name}: made by docs/metrics_tables.py -->", f"<!-- end of {name} -->"
    before, rest = page.split(start)
    return f"{before}{start}\n{table}\n{end}{rest.split(end)[1]}"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".replace("-0.000", "0.000")


if __name__ == "__main__":
    text = put(PAGE.read_text(encoding="utf-8"), "references", reference_rows())
    if "--coverage" in sys.argv:
        text = put(text, "coverage", coverage_rows())
    PAGE.write_text(text, encoding="utf-8")
