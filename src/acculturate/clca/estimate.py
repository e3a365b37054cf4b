"""What CLCA will ask and train, counted before anything is asked."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from acculturate.clca.adapting import AdaptStage
from acculturate.clca.method import SECOND_JUDGE
from acculturate.clca.roleplay import RoleplayStage
from acculturate.clca.scenario import Scenario
from acculturate.clca.settings import ClcaSettings
from acculturate.culture import Culture
from acculturate.methods import Context
from acculturate.methods.workload import (
    BATCH,
    Amount,
    Counts,
    Sizes,
    Work,
    nobody,
    spread,
    work_of,
)
from acculturate.records import GenerateRequest, Sampling

if TYPE_CHECKING:
    from acculturate.clca.adaptation import ClcaAdaptation

SCENARIO, MOVE, INTENT, VERDICT = 350, 40, 34, 60
"""Tokens of what is written, where the settings allow them; of moves and intents as in the demo."""

AROUND = 10
"""Tokens that a template, or a transcript, puts around a move."""

QUESTION = 60
"""Tokens by which two questions about a dialogue differ."""


def estimate(section: "ClcaAdaptation", context: Context, counts: Counts) -> list[Work]:
    """Return every dialogue to its limit, each move read at once; the most is every try used up."""
    names = _names(section)
    works = _works(section, context.cultures, counts)
    return [_named(work, names.get(work.name)) for work in works]


def _names(section: "ClcaAdaptation") -> Mapping[str, str]:
    """By stage, all that decides what it asks; all dialogues are counted, whichever are kept."""
    own, refs = section.settings, section.refs
    set_ = f"{refs['teacher']} {own.seed} {own.language} {own.descriptors} {own.scenarios!r}"
    played = f"{set_} {refs['partner']} {own.roleplay!r}"
    judging = own.judging.model_dump_json(exclude={"keep", "least"})
    verdicts = f"verdicts {played} {judging}"
    return {
        "scenarios": f"scenarios {set_}",
        "role-play": f"role-play {played}",
        "verdicts": verdicts,
        "second verdicts": verdicts,
        "intents": f"intents {played} {own.intents!r}",
        "relevance": f"relevance {played}",
    }


def _named(work: Work, name: str | None) -> Work:
    return replace(work, asks={name: work.prompts.likely}) if name else work


def _works(
    section: "ClcaAdaptation", cultures: Sequence[Culture], counts: Counts
) -> Iterator[Work]:
    """The stages of `learn`, of which only the first move's prompts can be made beforehand."""
    own, refs = section.settings, section.refs
    by_rule = own.scenarios.model_copy(update={"adapt": "rule"})
    scenes = AdaptStage(cultures, own.model_copy(update={"scenarios": by_rule}))
    scenarios = scenes.collect(nobody).scenarios
    playing = RoleplayStage(scenarios, own, cultures)
    first = [each for todo in playing.rounds(nobody) for each in todo.requests]
    name = f"first moves of {_names(section)[playing.name]}"
    told = counts.sizes(refs["teacher"], name, lambda: spread(first, len(first)))
    count, moves = len(first), own.roleplay.moves(own.language)
    line = min(MOVE, own.roleplay.max_tokens) + AROUND
    if own.scenarios.adapt == "teacher":
        asked = Amount(scenes.total, scenes.total * own.scenarios.tries)
        yield _texts("scenarios", refs["teacher"], asked, told, SCENARIO, own.scenarios.max_tokens)
    # a side reads its view once, then two moves more each time; the paper's form reads all anew
    anew = told.computed * 2 / moves + 2 * line if own.roleplay.form == "chat" else told.read
    turn = told.longer(line * (moves - 1) / 2, 0)._replace(computed=anew)
    room = own.roleplay.max_tokens
    for model, sides in Counter([refs["teacher"], refs["partner"]]).items():
        turns = count * moves * sides // 2
        played = Amount(turns, turns * own.roleplay.tries)
        yield _texts(playing.name, model, played, turn, MOVE, room, rows=count)
    yield from _judged(section, told, line, count)
    scene = told._replace(read=told.read / 2)
    so_far = scene.longer(line * moves / 2, 0)._replace(computed=told.computed / 2 / moves + line)
    tasks = own.teaching
    used = _used(scenarios, own)
    if tasks.intents:
        asked = Amount(used * moves, used * moves * own.intents.tries)
        room = own.intents.max_tokens
        yield _texts("intents", refs["teacher"], asked, so_far, INTENT, room)
    pairs = scene.longer(2 * line, 0)._replace(computed=2 * line + QUESTION)
    exchanges = moves // 2
    if tasks.relevance:
        yield work_of("relevance", refs["judge"], Amount.of(2 * used * exchanges), pairs)
    rows = 2 * bool(tasks.imitation) + moves * bool(tasks.intents)
    rows += exchanges * bool(tasks.relevance)
    trained = used * rows * section.tuning.epochs
    yield replace(
        work_of(
            "tuning",
            section.base,
            Amount.of(trained),
            so_far._replace(computed=so_far.read),
            rows=section.tuning.batch,
        ),
        kind="tune",
        written=Amount.of(trained * MOVE),
        open=True,
    )


def _used(scenarios: Sequence[Scenario], settings: ClcaSettings) -> int:
    """How many dialogues are taught, if all are kept: a share of each culture's."""
    by_culture = Counter(each.culture for each in scenarios).values()
    share = settings.teaching.quantity * settings.roleplay.dialogues
    return sum(math.ceil(share * count) for count in by_culture)


def _judged(section: "ClcaAdaptation", told: Sizes, line: float, count: int) -> Iterator[Work]:
    """Verdicts of each judge: the case once, and what differs between the questions about it."""
    own, refs = section.settings, section.refs
    case = told.longer(line * own.roleplay.moves(own.language), 0)
    questions = 4 if own.judging.stereotypes else 3
    for role, name in (("judge", "verdicts"), (SECOND_JUDGE, "second verdicts")):
        if role not in refs:
            continue
        if own.judging.way == "choose":
            asked = count * questions * 2  # in both orders of its options
            found = case._replace(computed=case.read / questions / 2 + QUESTION)
            yield work_of(name, refs[role], Amount.of(asked), found)
        else:
            tries = Amount(count * questions, count * questions * own.judging.tries)
            found = case._replace(computed=case.read / questions + QUESTION)
            yield _texts(name, refs[role], tries, found, VERDICT, own.judging.max_tokens)


def _texts(
    name: str, ref: str, prompts: Amount, found: Sizes, length: int, room: int, rows: int = BATCH
) -> Work:
    sample = GenerateRequest((), Sampling(0, 1, room, 0))
    return work_of(name, ref, prompts, found, sample, Amount(length, room), min(rows, BATCH))
