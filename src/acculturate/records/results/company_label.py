"""The label of a reference row beside arms that were asked the same, in words for a reader.

reference:uniform:a+b    uniform, on the cells that the arms a and b are scored on
"""


def told_label(label: str) -> str:
    """Return what a label says, to stand behind the name of a reference: "" for no label.

    >>> told_label("a+b"), told_label("a+b+c+d"), told_label("a:trained+b:trained")
    ('beside a and b', 'beside a and 3 others', 'on trained questions')
    """
    if not label:
        return ""
    arms = label.split("+")
    if all(":" in arm for arm in arms):  # one side of a study that measured both (ARM:trained)
        return f"on {arms[0].rpartition(':')[2]} questions"
    others = arms[1:] if len(arms) <= 2 else [f"{len(arms) - 1} others"]
    return f"beside {' and '.join([arms[0], *others])}"
