"""What CLCA will ask and train, counted before anything is asked."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from acculturate.clca.clca_settings import ClcaSettings
from acculturate.clca.method import SECOND_JUDGE
from acculturate.clca.play.roleplay import RoleplayStage
from acculturate.clca.scenarios.adapting import AdaptStage
from acculturate.clca.scenarios.scenario import Scenario
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


@dataclass(frozen=True, slots=True)
class _Played:
    """Role-play as it is counted: `told` are the sizes of first moves, `count` dialogues of `moves`
    moves, each of `line` tokens with what stands around it, of which `used` are taught.
    """

    told: Sizes
    count: int
    moves: int
    line: float
    used: int

    @property
    def scene(self) -> Sizes:
        """What a question about a dialogue says of its situation."""
        return self.told._replace(read=self.told.read / 2)

    @property
    def half(self) -> Sizes:
        """The same with half of the dialogue, as a question about one move has on average."""
        computed = self.told.computed / 2 / self.moves + self.line
        return self.scene.longer(self.line * self.moves / 2, 0)._replace(computed=computed)


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
    moves = own.roleplay.moves(own.language)
    line = min(MOVE, own.roleplay.max_tokens) + AROUND
    played = _Played(told, len(first), moves, line, _used(scenarios, own))
    if own.scenarios.adapt == "teacher":
        asked = Amount(scenes.total, scenes.total * own.scenarios.tries)
        yield _texts("scenarios", refs["teacher"], asked, told, SCENARIO, own.scenarios.max_tokens)
    yield from _turns(section, playing.name, played)
    yield from _judged(section, told, line, played.count)
    yield from _taught(section, played)


def _turns(section: "ClcaAdaptation", name: str, played: _Played) -> Iterator[Work]:
    """Moves of each model: a side reads its view once, then two moves more each time; the paper's
    form reads all anew.
    """
    own, refs, told = section.settings.roleplay, section.refs, played.told
    chat = told.computed * 2 / played.moves + 2 * played.line
    turn = told.longer(played.line * (played.moves - 1) / 2, 0)
    turn = turn._replace(computed=chat if own.form == "chat" else told.read)
    for model, sides in Counter([refs["teacher"], refs["partner"]]).items():
        turns = played.count * played.moves * sides // 2
        asked = Amount(turns, turns * own.tries)
        yield _texts(name, model, asked, turn, MOVE, own.max_tokens, rows=played.count)


def _taught(section: "ClcaAdaptation", played: _Played) -> Iterator[Work]:
    """Intents and relevance of what is taught, and the tuning on all rows."""
    own, refs, tasks = section.settings, section.refs, section.settings.teaching
    exchanges = played.moves // 2
    if tasks.intents:
        turns = played.used * played.moves
        asked = Amount(turns, turns * own.intents.tries)
        room = own.intents.max_tokens
        yield _texts("intents", refs["teacher"], asked, played.half, INTENT, room)
    if tasks.relevance:
        pairs = played.scene.longer(2 * played.line, 0)
        pairs = pairs._replace(computed=2 * played.line + QUESTION)
        asked = Amount.of(2 * played.used * exchanges)
        yield work_of("relevance", refs["judge"], asked, pairs)
    rows = 2 * bool(tasks.imitation) + played.moves * bool(tasks.intents)
    rows += exchanges * bool(tasks.relevance)
    trained = played.used * rows * section.tuning.epochs
    found = played.half._replace(computed=played.half.read)
    batch = section.tuning.batch
    tuning = work_of("tuning", section.base, Amount.of(trained), found, rows=batch)
    yield replace(tuning, kind="tune", written=Amount.of(trained * MOVE), open=True)


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
