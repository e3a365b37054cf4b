"""Questions that a user brings, where no model is to write any.

They come from a table (CSV, TSV, Excel, JSON lines, ...) with the columns `question`, `options` (a
JSON list, or texts with `|` between them) and, where wanted, `topic`, `scale` (ordinal or nominal;
else it is told from the options) and `id`; or they are the survey's own items in another wording.
The rules of the settings hold for those of a table; the survey's own only pass the leak check.

    questions.from = "questions.csv"      beside the study file
    questions.from = "wordings:2"         the items that may be seen, in their second wording
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, cast

from acculturate.bounded import json_tree
from acculturate.culturespa.culturespa_settings import QuestionSettings
from acculturate.culturespa.question_reader import Draft
from acculturate.culturespa.questions import KEPT, Questions, by_topic
from acculturate.culturespa.rulebook import AnyRules, OpenRules, Rulebook
from acculturate.errors import SurveyError, nearest
from acculturate.records import Item
from acculturate.records.item import Scale as Level
from acculturate.records.yields import Drop, Yield, funnel, ranked, reasons, why
from acculturate.sheets.findings import Findings
from acculturate.sheets.row import BadRowError, Row, read_each, read_table

BROUGHT = "questions were brought"
COLUMNS = ("question", "options", "topic", "scale", "id")
NO_TOPIC = "brought"
"""The topic of questions of which the table names none."""


class Candidate(NamedTuple):
    """A question of a table, before any rule: its row, and its parts as they stand there."""

    row: Row
    draft: Draft
    topic: str
    level: Level | None
    id: str


def bring(
    settings: QuestionSettings, seen: Sequence[Item], avoid: Sequence[Item] = ()
) -> Questions:
    """Return the questions that `settings.source` names, held against the rules and, as leaks, the
    items to `avoid`.

    `seen` are the items that an adaptation may see. Raises `SurveyError` for a file or a row that
    cannot be read, a topic or a wording that is not there, and where no question is left.
    """
    book = Rulebook(settings, seen, avoid)
    if settings.wording is not None:
        questions = _reworded(settings, seen, book)
    else:
        questions = _tabled(settings, book)
    if not questions.items:
        raise SurveyError(
            f"None of the {questions.yields[0].of} questions of questions.from = "
            f"'{settings.source}' can be used ({reasons(questions.drops)}): bring others, or keep "
            'them with questions.rules = "none" or questions.leaks = "keep".'
        )
    return questions


def _reworded(settings: QuestionSettings, seen: Sequence[Item], book: Rulebook) -> Questions:
    """Return the survey's items in one of their wordings."""
    number = cast(int, settings.wording)
    chosen = _chosen(settings, seen)
    items = [item for own in by_topic(chosen, settings.topics).values() for item in own]
    worded = [item for item in items if number <= len(item.wordings["en"])]
    if not worded:
        raise SurveyError(
            f"questions.from = '{settings.source}': no item of the survey that an adaptation may "
            f"see has a wording {number} in English."
        )
    rules = book.open_rules()
    taken = [_kept(rules, rules.passed(_in_wording(item, number))) for item in worded]
    lacking = {f"without wording {number}": len(items) - len(worded)}
    begun = Yield(BROUGHT, len(worded), len(items), _said(settings), lost=ranked(lacking))
    return _questions(taken, begun, rules, book)


def _chosen(settings: QuestionSettings, seen: Sequence[Item]) -> Sequence[Item]:
    """Return the items that `settings.items` names, or all that may be seen."""
    known = {item.id: item for item in seen}
    for key in settings.items:
        if key not in known:
            raise SurveyError(
                f"questions.items names {key}, which this study holds out, or which is none of the "
                f"survey's attitudes.{nearest(key, known)} Name items that the split leaves."
            )
    return [known[key] for key in settings.items] if settings.items else seen


def _in_wording(item: Item, number: int) -> Item:
    wordings = {"en": (item.wordings["en"][number - 1],)}
    return replace(item, id=f"{item.id}/{number}", wordings=wordings)


def _tabled(settings: QuestionSettings, book: Rulebook) -> Questions:
    candidates = _read(Path(settings.source), settings)
    rules = book.rules()
    taken = [_kept(rules, _item(candidate, rules)) for candidate in candidates]
    begun = Yield(BROUGHT, len(taken), len(taken), _said(settings))
    return _questions(taken, begun, rules, book)


def _item(candidate: Candidate, rules: AnyRules) -> Item | Drop:
    """Return the item of a row under the id that the row gives it, or why it is not used."""
    item = rules.item(candidate.draft, candidate.topic, candidate.level)
    if isinstance(item, Drop):
        return replace(item, line=candidate.row.number)
    return replace(item, id=candidate.id) if candidate.id else item


def _kept(rules: AnyRules, taken: Item | Drop) -> Item | Drop:
    if isinstance(taken, Item):
        rules.keep(taken)
    return taken


def _questions(
    taken: Sequence[Item | Drop], begun: Yield, rules: AnyRules | OpenRules, book: Rulebook
) -> Questions:
    """Return what was kept and dropped, with the yields of the steps and by topic."""
    items = tuple(question for question in taken if isinstance(question, Item))
    drops = tuple(question for question in taken if isinstance(question, Drop))
    steps = [(f"questions are {name}", lost) for name, lost in rules.steps]
    left = funnel(len(taken), steps, why(drops), "questions pass all other rules")
    yields = (
        begun,
        replace(left[0], after=BROUGHT),
        *left[1:],
        Yield(KEPT, len(items), left[-1].count, after=left[-1].step),
        *book.leaked(items),
        *rules.found(),
    )
    brought = Counter(question.topic for question in taken)
    kept = Counter(item.topic for item in items)
    topics = tuple(
        Yield(topic, kept[topic], count, lost=why(drop for drop in drops if drop.topic == topic))
        for topic, count in brought.items()
    )
    return Questions(items, drops, yields, topics)


def _said(settings: QuestionSettings) -> str:
    return f"questions.from = {settings.source}"


# -- a table --------------------------------------------------------------------------------------


def _read(path: Path, settings: QuestionSettings) -> list[Candidate]:
    """Return every question of a table on the topics wanted."""
    if not path.is_file():
        raise SurveyError(
            f"questions.from names {path}, which is no file beside the study file and none from "
            "here: give the path of a table with the columns question and options, or "
            "'wordings:2'."
        )
    table = read_table(path, Findings(path.name), heads=COLUMNS)
    for name in ("question", "options"):
        if name not in table.names:
            raise SurveyError(
                f"{path} has no column '{name}'.{nearest(name, table.names)} Questions need the "
                "columns question and options; topic, scale and id are optional."
            )
    candidates = read_each(table.rows, _candidate)
    if not candidates:
        raise SurveyError(f"{path} holds no question: give a row for each below its head.")
    read_each(_twice(candidates), _refuse_twice)
    topics = dict.fromkeys(candidate.topic for candidate in candidates)
    for topic in settings.topics:
        if topic not in topics:
            raise SurveyError(
                f"{path} has no question on the topic '{topic}' of questions.topics."
                f"{nearest(topic, topics)} It has {', '.join(topics)}."
            )
    return [candidate for candidate in candidates if candidate.topic in (settings.topics or topics)]


def _candidate(row: Row) -> Candidate:
    if not row.text("question"):
        row.fail("question", "there is no text; expected a question.")
    level = row.text("scale").casefold()
    if level not in ("", "ordinal", "nominal"):
        row.fail("scale", f"'{row.text('scale')}' is none of ordinal and nominal, nor empty.")
    draft = Draft(row.text("question"), tuple(_options(row)))
    topic = row.text("topic") or NO_TOPIC
    return Candidate(row, draft, topic, cast(Level, level) if level else None, row.text("id"))


def _options(row: Row) -> list[str]:
    """Return the options of a row: a JSON list, as JSON lines give it, or texts with `|` between
    them.
    """
    text = row.text("options")
    options: object = text.split("|")
    if text.startswith("["):
        try:
            options = json_tree(text)
        except ValueError:
            row.fail("options", "this is no JSON list; expected texts, or texts with | between.")
    assert isinstance(options, list)
    if not all(isinstance(option, str | int | float) for option in options):
        row.fail("options", "an option is no text; expected a list of texts.")
    texts = [str(option).strip() for option in options]
    if len(texts) < 2 or not all(texts):
        row.fail("options", "expected two options at least, none empty, with | between them.")
    return texts


def _twice(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield those whose id another has before them."""
    known: set[str] = set()
    for candidate in candidates:
        if candidate.id in known:
            yield candidate
        known.update(filter(None, [candidate.id]))


def _refuse_twice(candidate: Candidate) -> None:
    row = candidate.row
    raise BadRowError(
        row.path, f"row {row.number}, column 'id'", f"'{candidate.id}' is the id of another row."
    )
