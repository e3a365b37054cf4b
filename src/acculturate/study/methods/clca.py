"""CLCA in a study: scenarios, role-play, verdicts, intents, relevance, rows."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from acculturate.clca.adapting import AdaptStage
from acculturate.clca.method import SECOND_JUDGE, Learned, audit_rows, dialogue_rows, learn
from acculturate.clca.roleplay import RoleplayStage
from acculturate.clca.scenario import Scenario
from acculturate.clca.seeds import scenario_files
from acculturate.clca.settings import ClcaSettings
from acculturate.clca.views import READS_OUT
from acculturate.culture import Culture
from acculturate.errors import ConfigError
from acculturate.records import GenerateRequest, Sampling
from acculturate.study.costs.workload import (
    BATCH,
    Amount,
    Counts,
    Sizes,
    Work,
    nobody,
    spread,
    work_of,
)
from acculturate.study.methods.taught import Taught, drop_rows
from acculturate.study.schema import AdaptSection, Study
from acculturate.study.workplace import Workplace
from acculturate.survey import Survey

SCENARIO, MOVE, INTENT, VERDICT = 350, 40, 34, 60
"""Tokens of what is written, where the settings allow them; of moves and intents as in the demo."""

AROUND = 10
"""Tokens that a template, or a transcript, puts around a move."""

QUESTION = 60
"""Tokens by which two questions about a dialogue differ."""


class Clca:
    """Liu, Korhonen and Gurevych, ACL 2025, arXiv 2504.02953."""

    more = (
        "take a teacher that follows instructions, play more dialogues (scenarios.count, "
        "roleplay.dialogues) or keep more of them (judging.keep)"
    )

    def check(self, study: Study, survey: Survey, section: AdaptSection) -> None:
        """Situations, descriptors and the language must be there, and two judges be two."""
        if section.second_judge and section.second_judge == _refs(section)["judge"]:
            raise ConfigError(
                f"[[adapt]] {section.id}: second_judge '{section.second_judge}' is the judge "
                "itself: name another model, or leave it out."
            )
        AdaptStage([survey.culture(code) for code in study.cultures.adapt], _settings(section))

    def prompts(self, study: Study, section: AdaptSection) -> Iterator[str]:
        """Of scenario files of the user's own; its prompts are the package's."""
        for folder in section.clca.scenarios.folders:
            for file in scenario_files(folder):
                yield hashlib.sha256(file.read_bytes()).hexdigest()[:16]

    def estimate(
        self, study: Study, survey: Survey, section: AdaptSection, counts: Counts
    ) -> list[Work]:
        """Every dialogue to its limit, each move read at once; the most is every try used up."""
        cultures = [survey.culture(code) for code in study.cultures.adapt]
        names = _names(section)
        works = _works(section, cultures, counts)
        return [_named(work, names.get(work.name)) for work in works]

    def build(self, place: Workplace, section: AdaptSection) -> Taught:
        """Play, judge, and make rows of what was kept."""
        refs = _refs(section)
        cultures = [place.survey.culture(code) for code in place.study.cultures.adapt]
        can_choose = {
            role: place.models.engine(refs[role]).can_choose
            for role in (SECOND_JUDGE, "judge")
            if role in refs
        }

        def carry(stage: Any) -> Any:
            return place.carry(stage, {role: refs[role] for role in stage.roles})

        learned = learn(
            cultures,
            _settings(section),
            carry,
            can_choose=can_choose["judge"],
            second_can_choose=can_choose.get(SECOND_JUDGE),
        )
        return Taught(
            rows=learned.teaching.rows,
            yields=[asdict(each) for each in learned.yields],
            drops=drop_rows(learned.drops),
            dialogues=dialogue_rows(learned),
            audit=audit_rows(learned),
            cautions=tuple(_cautions(section, learned)),
        )


def _cautions(section: AdaptSection, learned: Learned) -> Iterator[str]:
    """How often characters read out what they were told instead of playing it."""
    moves = sum(each.reason == READS_OUT for each in learned.dialogues.drops)
    dialogues = sum(each.reason == READS_OUT for each in learned.judged.drops)
    if moves or dialogues:
        yield (
            f"{section.id}: characters read out their prompt (goal, secret, background, the "
            f"culture in words) instead of playing it: {moves} moves were refused and "
            f"{dialogues} dialogues dropped. Its milder forms pass this rule."
        )


def _settings(section: AdaptSection) -> ClcaSettings:
    return section.clca.model_copy(update={"partner": bool(section.partner)})


def _refs(section: AdaptSection) -> Mapping[str, str]:
    """Who stands behind each role: the base itself, unless another model is named."""
    teacher = section.teacher or section.base
    refs = {
        "teacher": teacher,
        "partner": section.partner or teacher,
        "judge": section.judge or teacher,
    }
    return refs | ({SECOND_JUDGE: section.second_judge} if section.second_judge else {})


def _names(section: AdaptSection) -> Mapping[str, str]:
    """By stage, all that decides what it asks; all dialogues are counted, whichever are kept."""
    own, refs = _settings(section), _refs(section)
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


def _works(section: AdaptSection, cultures: Sequence[Culture], counts: Counts) -> Iterator[Work]:
    """The stages of `learn`, of which only the first move's prompts can be made beforehand."""
    own, refs = _settings(section), _refs(section)
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


def _judged(section: AdaptSection, told: Sizes, line: float, count: int) -> Iterator[Work]:
    """Verdicts of each judge: the case once, and what differs between the questions about it."""
    own, refs = _settings(section), _refs(section)
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
