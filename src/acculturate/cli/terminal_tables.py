"""Tables for a terminal: scores per culture, before and after."""

import itertools
from collections.abc import Mapping, Sequence

from acculturate.cli.grid import Column, fits, print_grid
from acculturate.cli.saying import say
from acculturate.evaluation.catalogue import INDIVIDUAL
from acculturate.records import Score
from acculturate.records.results.company_label import told_label
from acculturate.records.results.cut import LaidOut
from acculturate.records.results.differences import CorrectedDifference, Difference
from acculturate.records.results.faithful import FidelityRow
from acculturate.records.results.general import AbilityRow, NeutralRow
from acculturate.records.results.grouped import GroupNote
from acculturate.records.results.made import CostRow
from acculturate.records.results.robust import AskingCost, RobustRow
from acculturate.records.results.run_results import RunResults
from acculturate.records.results.silent import NoAnswerRow
from acculturate.records.results.talks import RaterRow
from acculturate.records.score import Estimate

MEAN = "mean"
REFERENCE = "reference:"
"""What stands before the name of an answerer that needs no model."""
FIDELITY = "population_fidelity"
GROUP_FIGURES = ("group_correlation", "population_fidelity")
"""What groups of people show together, beside the figures of two of them."""


def print_measures(scores: Sequence[Score], metrics: Sequence[str]) -> None:
    """Print measures of other papers in one table: a row for each, mean over cultures, beside the
    references that need no model.
    """
    rows = {(row.metric, row.arm): row for row in scores if row.culture == MEAN}
    named = [name for name in metrics if any(name == metric for metric, _ in rows)]
    if not named:
        return
    arms = list(dict.fromkeys(arm for metric, arm in rows if metric in named))
    arms.sort(key=lambda arm: arm.startswith(REFERENCE))
    of_measure = [[row for arm in arms if (row := rows.get((name, arm)))] for name in named]
    print_grid(
        "other measures (mean over cultures [95% interval]; docs/metrics.md)",
        [_names("measure", [name.replace("_", " ") for name in named])],
        [*(Column(arm.removeprefix(REFERENCE), [_short(rows.get((name, arm))) for name in named])
           for arm in arms),
         Column("items", [_count(max(row.n or 0 for row in own)) for own in of_measure])],
    )  # fmt: skip


def print_scores(scores: Sequence[Score], metrics: Sequence[str]) -> None:
    """Print one table per metric, and below it a line of what references score.

    A row is a culture and a column an arm; where the screen is too narrow for the arms, a row is
    an arm and a culture.
    """
    for metric in metrics:
        rows = [score for score in scores if score.metric == metric]
        own = [row for row in rows if not row.arm.startswith(REFERENCE)]
        title = metric.replace("_", " ")
        if own:
            _print_arms(f"{title} (value [95% interval])", own)
        print_references(rows, metric)


def _print_arms(title: str, rows: Sequence[Score]) -> None:
    cells = {(row.arm, row.culture): row for row in rows}
    arms = list(dict.fromkeys(row.arm for row in rows))
    codes = list(dict.fromkeys(row.culture for row in rows))
    known = [[row for arm in arms if (row := cells.get((arm, code)))] for code in codes]
    names = [_names("culture", [code or "" for code in codes])]
    columns = [Column(arm, [_cell(cells.get((arm, code))) for code in codes]) for arm in arms]
    columns += _counts(known)
    if len(arms) == 1 or fits(names, columns):
        print_grid(title, names, columns, ends={codes.index(MEAN) - 1} if MEAN in codes else ())
        return
    rows = [row for arm in arms for code in codes if (row := cells.get((arm, code)))]
    print_grid(
        title,
        [_names("arm", [row.arm for row in rows]),
         _names("culture", [row.culture or "" for row in rows])],
        [Column("value", [*map(_cell, rows)]), *_counts([[row] for row in rows])],
        ends={at for at, (one, other) in enumerate(itertools.pairwise(rows))
              if one.arm != other.arm},
    )  # fmt: skip


def _counts(known: Sequence[Sequence[Score]]) -> list[Column]:
    """Return for each culture's scores how many items they rest on (of single persons: answers),
    and what each arm refused.
    """
    items = [_count(max((row.n for row in rows if row.n is not None), default=None))
             for rows in known]  # fmt: skip
    refused = ["/".join(_count(row.refused) for row in rows) for rows in known]
    persons = any(row.metric in INDIVIDUAL for rows in known for row in rows)
    return [Column("answers" if persons else "items", items), Column("refused", refused)]


def print_before_after(results: RunResults, metric: str) -> None:
    """Print the primary metric of every arm, a row per culture, with the paired differences."""
    arms = [arm.id for arm in results.meta.arms if not arm.part_of]
    by_cell = {(row.arm, row.culture): row for row in results.rows if row.metric == metric}
    differences = [row for row in results.differences if row.arm in arms]
    pairs = list(dict.fromkeys((row.arm, row.against) for row in differences))
    moved = {
        (row.arm, row.against, row.culture): row
        for row in results.differences
        if row.metric == metric
    }
    codes = [culture.code for culture in results.meta.cultures]
    cultures = [*codes, MEAN]
    known = [[row for arm in arms if (row := by_cell.get((arm, code)))] for code in cultures]
    columns = [Column(arm, [_cell(by_cell.get((arm, code))) for code in cultures]) for arm in arms]
    for arm, against in pairs:
        cells = [_cell(moved.get((arm, against, code)), sign=True) for code in cultures]
        columns.append(Column(f"{arm}\nminus {against}", cells))
    title = f"{metric.replace('_', ' ')} with the people (value [95% interval])"
    print_grid(
        title, [_names("culture", cultures)], [*columns, *_counts(known)], ends={len(codes) - 1}
    )


def print_laid_out(table: LaidOut) -> None:
    """Print a table that the study asks for."""
    sign = table.show == "differences"
    title = table.title
    if table.metric:
        title += f" ({'difference in ' if sign else ''}{table.metric.replace('_', ' ')})"
    columns = [
        Column(name.replace("_", " "), [_cell(row.cells[at], sign) for row in table.rows])
        for at, name in enumerate(table.columns)
    ]
    print_grid(title, [_names("", [row.label for row in table.rows])], columns)


def print_differences(rows: Sequence[CorrectedDifference], metrics: Sequence[str]) -> None:
    """Print a table per metric and pair: differences by culture, with tests where there are any."""
    chosen = [row for row in rows if row.metric in metrics]
    pairs = dict.fromkeys((row.metric, row.arm, row.against) for row in chosen)
    for pair in pairs:
        own = [row for row in chosen if (row.metric, row.arm, row.against) == pair]
        metric, arm, against = pair
        print_grid(
            f"{metric.replace('_', ' ')}: {arm} minus {against}",
            [_names("culture", [row.culture for row in own])],
            [Column("difference [95% interval]", [_cell(row, sign=True) for row in own]),
             Column("without one battery", [*map(_left_out, own)]),
             Column("p", [_p(row.p) for row in own]),
             Column("p (Holm)", [_p(row.holm) for row in own]),
             Column("items", [_count(row.n) for row in own])],
        )  # fmt: skip


def print_raters(rows: Sequence[RaterRow]) -> None:
    """Print how far judges and people agree: a table for each adaptation and question, and how to
    read what is wide or missing.
    """
    for pair in dict.fromkeys((row.adapt, row.question) for row in rows):
        own = [row for row in rows if (row.adapt, row.question) == pair]
        print_grid(
            f"{pair[0]}: {pair[1]} of dialogues",
            [_names("first, second", [f"{row.left}, {row.right}" for row in own])],
            _agreement(own),
        )
    if any(row.few for row in rows):
        say(
            "Too few dialogues: where the interval is wider than 0.6, kappa says next to nothing "
            "(50 dialogues give about ±0.2)."
        )
    if any(row.kappa is None for row in rows):
        say(
            "No kappa (-): both gave the same verdict to all dialogues, so chance alone would give "
            "full agreement."
        )


def _agreement(rows: Sequence[RaterRow]) -> list[Column]:
    counts = [[str(count) for line in row.table for count in line] for row in rows]
    heads = ("both good", "first only", "second only", "both bad")
    whole = [interval(row.run_kappa, row.run_low, row.run_high) for row in rows]
    return [
        Column("n", [str(row.n) for row in rows]),
        *(Column(head, [row[at] for row in counts]) for at, head in enumerate(heads)),
        Column("agree", [f"{row.share:.2f}" for row in rows]),
        Column("say good", [f"{row.left_good:.2f}, {row.right_good:.2f}" for row in rows]),
        Column("kappa [95% interval]", [interval(row.kappa, row.low, row.high) for row in rows]),
        Column("in the whole run", whole),
    ]


def print_abilities(rows: Sequence[AbilityRow]) -> None:
    """Print general tasks: what each model gets right, and what became of that; nothing without
    any.
    """
    if not rows:
        return
    kept = [row.kept for row in rows]
    changes = [
        interval(change.difference, change.low, change.high, sign=True) if change else "-"
        for change in kept
    ]
    shows = [
        change.outcome if change else "" if row.above_chance else "nothing"
        for row, change in zip(rows, kept, strict=True)
    ]
    print_grid(
        "general abilities (right [95% interval])",
        [_names("task", [row.task for row in rows]),
         _names("model", [row.model for row in rows])],
        [Column("right", [*map(_cell, rows)]),
         Column("change", changes),
         Column("questions", [_count(row.n) for row in rows]),
         Column("shows", shows, number=False)],
    )  # fmt: skip


def print_neutral(rows: Sequence[NeutralRow]) -> None:
    """Print how well each model reads neutral texts, and what became of that; nothing
    without any.
    """
    if not rows:
        return
    changes = [interval(row.change, row.low, row.high, sign=True) for row in rows]
    print_grid(
        "neutral texts (nats per token [95% interval of the change])",
        [_names("language", [row.language for row in rows]),
         _names("model", [row.model for row in rows])],
        [Column("nats", [interval(row.nats, None, None) for row in rows]),
         Column("change", changes),
         Column("passages", [_count(row.passages) for row in rows]),
         Column("shows", ["" if row.outcome == "before" else row.outcome for row in rows],
                number=False)],
    )  # fmt: skip


def print_costs(rows: Sequence[CostRow]) -> None:
    """Print what each adaptation took, beside what it gained; nothing without any."""
    if not rows:
        return
    columns = [
        Column(f"gain in {rows[0].metric.replace('_', ' ')}",
               [interval(row.gain, row.low, row.high, sign=True) for row in rows]),
        Column("seconds asking", [f"{row.asking_seconds:.0f}" for row in rows]),
        Column("seconds tuning", [f"{row.tuning_seconds:.0f}" for row in rows]),
        Column("tokens read", [f"{row.read_tokens:,}" for row in rows]),
        Column("tokens written", [f"{row.written_tokens:,}" for row in rows]),
        Column("tokens trained", [f"{row.trained_tokens:,}" for row in rows]),
    ]  # fmt: skip
    if any(row.money is not None for row in rows):
        columns.append(Column("money", [_money(row.money) for row in rows]))
    print_grid("what adapting took", [_names("arm", [row.arm for row in rows])], columns)


def print_references(scores: Sequence[Score], metric: str) -> None:
    """Print what answerers that need no model score: in one line, or in one for each set of arms
    that was asked the same.
    """
    values: dict[str, list[str]] = {}
    for row in scores:
        shown = row.metric == metric and row.culture == MEAN and row.arm.startswith(REFERENCE)
        if shown and row.value is not None:
            name, _, label = row.arm.removeprefix(REFERENCE).partition(":")
            values.setdefault(label, []).append(f"{name} {row.value:.3f}")
    for label, levels in values.items():
        say(f"For comparison{label and ' '}{told_label(label)} (mean): {', '.join(levels)}.")


def print_fidelity(rows: Sequence[FidelityRow], scores: Sequence[Score]) -> None:
    """Print each arm's population fidelity with its parts, and which of them holds it down; below
    it a line of what references score.
    """
    known = {row.arm: row for row in scores if row.metric == FIDELITY}
    if rows:
        print_grid(
            "population fidelity (near to the people, and as unlike each other; mean over items)",
            [_names("arm", [row.arm for row in rows])],
            [Column("score", [_cell(known[row.arm]) if row.arm in known
                              else f"{row.population_fidelity:.3f}" for row in rows]),
             Column("accuracy", [f"{row.accuracy:.3f}" for row in rows]),
             Column("adaptability", [f"{row.adaptability:.3f}" for row in rows]),
             Column("structure", [f"{row.structure:.3f}" for row in rows]),
             Column("held down by", [row.held_by for row in rows], number=False)],
        )  # fmt: skip
        print_references(scores, FIDELITY)


def print_groups(note: GroupNote | None, scores: Sequence[Score]) -> None:
    """Print each arm in the smallest and in the largest group of people, and what its groups show
    together; nothing without groups.
    """
    if note is None or not note.ends:
        return
    arms = list(dict.fromkeys(row.arm for row in note.ends))
    ends = {(row.size, row.arm): row for row in note.ends}
    sizes = {row.size: f"{row.size}: {row.culture} ({row.people} people)" for row in note.ends}
    together = {(row.metric, row.arm): row for row in scores if row.culture == "mean"}
    figures = [name for name in GROUP_FIGURES if any((name, arm) in together for arm in arms)]
    print_grid(
        f"groups of people by {' and '.join(note.by)} ({note.ends[0].metric.replace('_', ' ')})",
        [_names("arm", [arm.removeprefix(REFERENCE) for arm in arms])],
        [*(Column(head, [_cell(ends.get((size, arm))) for arm in arms])
           for size, head in sizes.items()),
         *(Column(name.replace("_", " "), [_cell(together.get((name, arm))) for arm in arms])
           for name in figures)],
    )  # fmt: skip


def print_no_answer(means: Mapping[str, float]) -> None:
    """Print how many people gave no answer themselves, to be read beside the model's refusals."""
    if means:
        shares = ", ".join(f"{culture} {mean:.1%}" for culture, mean in means.items())
        line = f"People who gave no answer to these questions (mean): {shares}."
        say(line)


def print_no_answers(rows: Sequence[NoAnswerRow]) -> None:
    """Print how often arms gave no answer where it was offered, beside the people's own share."""
    for arm, of_arm in itertools.groupby(rows, key=lambda row: row.arm):
        shares = ", ".join(
            f"{row.culture} {row.dont_know:.1%} and {row.no_answer:.1%}"
            + (f" (people {row.people:.1%})" if row.people is not None else "")
            for row in of_arm
        )
        line = f"Don't know and no answer of '{arm}': {shares}."
        say(line)


def print_robustness(rows: Sequence[RobustRow], metric: str) -> None:
    """Print how far a metric moves with the way of asking."""
    some = [row for row in rows if row.metric == metric]
    if some:
        print_grid(
            f"{metric.replace('_', ' ')} by way of asking",
            [_names("arm", [row.arm for row in some]),
             _names("what varies", [row.source for row in some])],
            [Column("smallest", [f"{row.least_value:.3f} ({row.least})" for row in some]),
             Column("largest", [f"{row.most_value:.3f} ({row.most})" for row in some]),
             Column("spread", [interval(row.spread, row.low, row.high) for row in some]),
             Column("items", [_count(row.n) for row in some])],
        )  # fmt: skip


def print_asking(rows: Sequence[AskingCost]) -> None:
    """Print what each way of asking took."""
    if rows:
        print_grid(
            "what each way of asking took",
            [_names("arm", [row.arm for row in rows])],
            [Column("replies", [_count(row.replies) for row in rows]),
             Column("tokens read", [_count(row.read) for row in rows]),
             Column("written", [_count(row.written) for row in rows]),
             Column("seconds", [f"{row.seconds:.1f}" for row in rows])],
        )  # fmt: skip


def interval(value: float | None, low: float | None, high: float | None, sign: bool = False) -> str:
    """Return a value with its interval, `0.812 [0.790, 0.833]`; a dash where there is no value."""
    if value is None:
        return "-"
    shape = "+.3f" if sign else ".3f"
    if low is None or high is None:
        return f"{value:{shape}}"
    return f"{value:{shape}} [{low:{shape}}, {high:{shape}}]"


def _short(row: Score | None) -> str:
    """Return an arm's value with its interval, and that of a reference alone."""
    if row is not None and row.arm.startswith(REFERENCE):
        return interval(row.value, None, None)
    return _cell(row)


def _cell(figure: Estimate | None, sign: bool = False) -> str:
    return "-" if figure is None else interval(figure.value, figure.low, figure.high, sign)


def _money(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _left_out(row: Difference) -> str:
    """Return the least and the largest difference that is left without one battery."""
    if row.least is None or row.most is None:
        return "-"
    return f"{row.least:+.3f} to {row.most:+.3f}"


def _names(head: str, cells: Sequence[str]) -> Column:
    return Column(head, cells, number=False)


def _p(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _count(number: int | None) -> str:
    return "-" if number is None else str(number)
