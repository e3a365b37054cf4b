"""Relations between cultures as pictures: who is like whom, and trees that join the most alike.

Squares show how much more or less alike two cultures are than the average pair, each panel on its
own scale, in the order of the peoples' tree. In a tree two cultures meet at the distance of their
answers; what meets far to the left is alike.
"""

from collections.abc import Sequence
from typing import Any

from acculturate.records.results.kinship import Kinship, Merge, Relations
from acculturate.report.figures import Figure, draw_twice, short
from acculturate.report.matrix import Panel, heat_figure, too_near
from acculturate.report.typesetting import number

SHOWN = 3  # arms beside the peoples, the last ones
_INK = "var(--ink)"


def kin_figure(relations: Relations, arms: Sequence[str] = ()) -> Figure | None:
    """Return the likeness of every two cultures among the peoples and in `arms`.

    Without arms that are there, the last ones of the study. None where there is no likeness.
    """
    sides = _told_apart(relations, arms)
    order = leaves(relations.people.tree, len(relations.cultures))
    names = [relations.cultures[k] for k in order]
    panels = []
    for name, kinship in sides:
        values = _beside_average(kinship.similarity, order)
        most = max((abs(v) for row in values for v in row if v is not None), default=0.0)
        panels.append(Panel(f"{name}, ±{most:.3f}", names, names, values))
    described = f"Likeness of cultures: {', '.join(name for name, _ in sides)}."
    return heat_figure(panels, described, apart=True)


def tree_figure(relations: Relations, arms: Sequence[str] = ()) -> Figure | None:
    """Return a tree of the peoples and of each arm, as in `kin_figure`; None without any."""
    cultures = relations.cultures
    sides = [(name, kinship) for name, kinship in _told_apart(relations, arms) if kinship.tree]
    if not sides:
        return None
    lines, labels = [], []
    for name, kinship in sides:
        panel = short(name)
        order = leaves(kinship.tree, len(cultures))
        labels += [
            {"panel": panel, "y": y, "label": cultures[leaf]} for y, leaf in enumerate(order)
        ]
        lines += [{"panel": panel, **line} for line in _lines(kinship.tree, order)]
    names = [short(name) for name, _ in sides]
    described = f"Trees of cultures, by the likeness of their answers: {', '.join(names)}."
    return draw_twice(
        lambda width, columns: _chart(lines, labels, names, width, columns, len(cultures)),
        ((280, 2), (220, 1)),
        described,
    )


def leaves(tree: Sequence[Merge], n: int) -> list[int]:
    """Return the cultures in the order in which a tree draws them; their own order
    without a tree.
    """
    under: dict[int, list[int]] = {k: [k] for k in range(n)}
    for step, (one, other, _) in enumerate(tree):
        under[n + step] = under[one] + under[other]
    return under[n + len(tree) - 1] if tree else list(range(n))


def _sides(relations: Relations, arms: Sequence[str]) -> list[tuple[str, Kinship]]:
    """Return the peoples, then the arms."""
    by_arm = {own.arm: own.kinship for own in relations.arms}
    named = [arm for arm in arms if arm in by_arm] or list(by_arm)[-SHOWN:]
    return [("people", relations.people), *((arm, by_arm[arm]) for arm in named)]


def near_arms(relations: Relations, arms: Sequence[str]) -> list[str]:
    """Return the arms whose answers for all cultures are too near to each other to draw."""
    return [name for name, kinship in _sides(relations, arms)[1:] if _near(kinship)]


def _told_apart(relations: Relations, arms: Sequence[str]) -> list[tuple[str, Kinship]]:
    return [(name, kin) for name, kin in _sides(relations, arms) if not _near(kin)]


def _near(kinship: Kinship) -> bool:
    return too_near(_beside_average(kinship.similarity, range(len(kinship.similarity))))


def _beside_average(
    similarity: Sequence[Sequence[float]], order: Sequence[int]
) -> list[list[float | None]]:
    """Return similarities less the mean over pairs, in another order; the diagonal is blank."""
    pairs = [
        value
        for a, row in enumerate(similarity)
        for b, cell in enumerate(row)
        if a != b and (value := number(cell)) is not None
    ]
    mean = sum(pairs) / len(pairs) if pairs else 0.0
    return [
        [
            None if a == b or (value := number(similarity[a][b])) is None else value - mean
            for b in order
        ]
        for a in order
    ]


def _lines(tree: Sequence[Merge], order: Sequence[int]) -> list[dict[str, float]]:
    """Return each merge as two branches from its parts to its distance, and a line that
    joins them.
    """
    n = len(order)
    place = {leaf: float(y) for y, leaf in enumerate(order)}
    reach = dict.fromkeys(range(n), 0.0)
    lines = []
    for step, (one, other, gap) in enumerate(tree):
        low, high = place[one], place[other]
        lines += [
            {"x": reach[part], "x2": gap, "y": place[part], "y2": place[part]}
            for part in (one, other)
        ]
        lines.append({"x": gap, "x2": gap, "y": low, "y2": high})
        place[n + step], reach[n + step] = (low + high) / 2, gap
    return lines


def _chart(
    lines: Sequence[dict[str, Any]],
    labels: Sequence[dict[str, Any]],
    panels: Sequence[str],
    width: int,
    columns: int,
    n: int,
) -> Any:
    import altair as alt

    most = max((line["x2"] for line in lines), default=1.0) or 1.0
    scale = alt.Scale(domain=[-0.16 * most, 1.02 * most], nice=False)
    x = alt.X(
        "x:Q",
        title="distance of answers",
        scale=scale,
        axis=alt.Axis(tickCount=4, grid=False, labelExpr="datum.value < 0 ? '' : datum.label"),
    )
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.6, n - 0.4], reverse=True, nice=False))
    base = alt.Chart()
    branches = (
        base.transform_filter("isValid(datum.x2)")
        .mark_rule(color=_INK, strokeWidth=1.2)
        .encode(x, y, x2="x2:Q", y2="y2:Q")
    )
    words = (
        base.transform_filter("isValid(datum.label)")
        .mark_text(align="right", dx=-5, color=_INK, fontSize=11)
        .encode(alt.X("x:Q", scale=scale), y, text="label:N")
    )
    values = [*lines, *({**label, "x": 0.0} for label in labels)]
    header = alt.Header(title=None, labelOrient="top", labelAnchor="start", labelPadding=4)
    chart = alt.layer(
        branches, words, data=alt.InlineData(values=values), width=width, height=max(18 * n, 60)
    )
    facet = alt.Facet("panel:N", sort=list(panels), header=header)
    return chart.facet(facet=facet, columns=columns)
