"""How an arm's questions are put, in the words of a methods section.

>>> from acculturate.asking import AnswerSettings
>>> way_told(AnswerSettings(presentation="battery", labels="letters"))
['the items of a grid on one page, each weighed by itself', 'options labelled with letters']
>>> way_told(AnswerSettings())
[]
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


def way_told(asked: AnswerSettings) -> list[str]:
    """Return what sets a way of asking apart from single items with numbered options; [] where
    nothing does.
    """
    return list(_parts(asked))


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
