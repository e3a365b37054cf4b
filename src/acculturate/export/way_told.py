"""How an arm's questions are put, in the words of a methods section.

>>> from acculturate.asking import AnswerSettings
>>> way_told(AnswerSettings(presentation="battery", labels="letters"))
['the items of a grid on one page, each weighed by itself', 'options labelled with letters']
>>> way_told(AnswerSettings())
[]
>>> way_told(AnswerSettings(orders="forward"), AnswerSettings())
['options in the order of the questionnaire alone']
"""

from collections.abc import Iterator

from acculturate.asking import AnswerSettings

PRESENTATIONS = {
    ("battery", "expected"): "the items of a grid on one page, each weighed by itself",
    ("battery", "sampled"): "the items of a grid on one page, answered in one text",
    ("interview", "expected"): "one item after another in one conversation, with the answers "
    "before in sight, drawn from their probabilities",
    ("interview", "sampled"): "one item after another in one conversation, with the answers "
    "before in sight",
    ("interview", "stated"): "one item after another in one conversation, with the answers "
    "before in sight",
}
LABELS = {
    "letters": "options labelled with letters",
    "texts": "options without labels, the whole text of each weighed",
}


ORDERS = {
    "forward": "in the order of the questionnaire",
    "balanced": "forward and reversed (scales) or in every rotation (nominal items)",
    "random": "in {n} orders drawn with seed {seed}",
}
KINDS = {
    "expected": "answers as option probabilities",
    "sampled": "answers as texts",
    "stated": "answers as shares that the model writes",
}
OWN = {"culture": "the culture's own language"}
COUNTED = {"wordings": "wordings of each item", "framing_wordings": "wordings of the framing"}


def way_told(asked: AnswerSettings, usual: AnswerSettings | None = None) -> list[str]:
    """Return what sets a way of asking apart from single items with numbered options, and from
    what is usual in its study; [] where nothing does.
    """
    return [*_parts(asked), *(_changes(asked, usual) if usual else ())]


def orders_told(asked: AnswerSettings) -> str:
    """Return in which orders options are shown."""
    return ORDERS[asked.orders].format(n=asked.random_orders, seed=asked.seed)


def _changes(asked: AnswerSettings, usual: AnswerSettings) -> Iterator[str]:
    if asked.kind != usual.kind:
        yield KINDS[asked.kind]
    if asked.languages != usual.languages:
        yield f"in {' and '.join(OWN.get(name, name) for name in asked.languages)}"
    for key, name in COUNTED.items():
        if (count := getattr(asked, key)) != getattr(usual, key):
            yield f"{name}: {count}"
    if orders_told(asked) != orders_told(usual):
        yield f"options {orders_told(asked)}{' alone' if asked.orders == 'forward' else ''}"
    if asked.kind != "expected" and asked.texts != usual.texts:
        yield f"texts drawn for each prompt: {asked.texts}"


def _parts(asked: AnswerSettings) -> Iterator[str]:
    if asked.presentation != "single":
        yield PRESENTATIONS[asked.presentation, asked.kind]
    if asked.presentation == "interview":
        yield f"grids in an order drawn with seed {asked.seed} (interviews of each: {asked.texts})"
    if asked.labels != "numbers":
        by_length = " by its mean log-probability for each character" if asked.by_length else ""
        yield f"{LABELS[asked.labels]}{by_length}"
    if asked.reason:
        yield f"after a thought of at most {asked.reason_tokens} tokens that the model writes first"
    if asked.perturb:
        forms = ", ".join(asked.perturb)
        yield f"each item once more with each of {forms} (drawn with seed {asked.seed})"
    if asked.no_answer == "offered":
        yield (
            'with "don\'t know" and "no answer" among the options, which are left out of the scores'
        )
