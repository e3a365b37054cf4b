"""Training rows: three tasks from the kept dialogues.

- Imitation: each dialogue from both sides, as a chat of several turns. The system prompt names the
  character whose words are the assistant's, so that no one is taught to speak as the other; it
  holds neither goals nor secrets. Words and acts are trained, acts between asterisks; silences and
  wordless leaving are shown and not trained.
- Intents: what each move was meant to bring about. A move without an intent gives no row.
- Relevance (ours; weight 0 as published): whether an exchange carries the culture, as the judge's
  distribution over yes and no, which stand in either order.

    taught = teaching_rows(judged.kept, intents.intents, relevances.relevances, settings)
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from acculturate.clca.clca_settings import ClcaSettings
from acculturate.clca.intents import FOUND, Intent, intent_messages
from acculturate.clca.judges.judging import KEPT, LABELS
from acculturate.clca.others import others
from acculturate.clca.play.dialogue import Dialogue, Utterance, played
from acculturate.clca.relevance import WEIGHED, Relevance, relevance_messages
from acculturate.clca.texts import text
from acculturate.culture import Culture, find_culture
from acculturate.records import Message, Role, TrainingRow
from acculturate.records.yields import Yield, ranked

TAUGHT = "dialogues are taught"
BEYOND = "beyond the share that is taught (teaching.quantity = {:g})"
ROWS = {
    "imitation": "sides of dialogues became a row of imitation",
    "intents": "intents became a row",
    "relevance": "weighed exchanges became a row",
}
BEFORE = {"imitation": "", "intents": FOUND, "relevance": WEIGHED}
UNUSED = {
    "imitation": "without a word of their own",
    "intents": "of dialogues that are not taught",
    "relevance": "of dialogues that are not taught",
}


@dataclass(frozen=True, slots=True)
class Teaching:
    """Rows in the order in which they are trained, how many of each task, and the ids of the
    dialogues that they are made of.
    """

    rows: tuple[TrainingRow, ...]
    yields: tuple[Yield, ...]
    used: tuple[str, ...]


def teaching_rows(
    dialogues: Sequence[Dialogue],
    intents: Sequence[Intent],
    relevances: Sequence[Relevance],
    settings: ClcaSettings,
    cultures: Sequence[Culture] = (),
) -> Teaching:
    """Return the rows of every task with a weight above 0, shuffled by the seed.

    Raises `ConfigError` where dialogues of one culture alone are to be taught under another's name.
    """
    own = settings.teaching
    by_code = _taught_as(settings, cultures or _cultures_of(dialogues))
    used = thin(dialogues, own.quantity, settings.seed)
    by_id = {dialogue.id: dialogue for dialogue in used}
    tasks = {
        "imitation": list(_imitation(used, own.imitation, by_code)),
        "intents": list(_intents(intents, by_id, own.intents, by_code)),
        "relevance": list(_relevance(relevances, by_id, own.relevance, by_code, settings.seed)),
    }
    rows = [row for task_rows in tasks.values() for row in task_rows]
    random.Random(f"{settings.seed}/rows").shuffle(rows)
    came = {"imitation": 2 * len(used), "intents": len(intents), "relevance": len(relevances)}
    left = ranked({BEYOND.format(own.quantity): len(dialogues) - len(used)})
    yields = [Yield(TAUGHT, len(used), len(dialogues), lost=left, after=KEPT)]
    for task, made in tasks.items():
        if not getattr(own, task):
            continue
        lost = ranked({UNUSED[task]: came[task] - len(made)})
        note = f"weight {getattr(own, task):g}"
        yields.append(Yield(ROWS[task], len(made), came[task], note, lost=lost, after=BEFORE[task]))
    counts = ", ".join(f"{len(made)} {task}" for task, made in tasks.items())
    yields.append(Yield("training rows were made", len(rows), len(rows), counts))
    return Teaching(tuple(rows), tuple(yields), tuple(by_id))


def _cultures_of(dialogues: Sequence[Dialogue]) -> list[Culture]:
    return [
        find_culture(code) for code in dict.fromkeys(dialogue.culture for dialogue in dialogues)
    ]


def _taught_as(settings: ClcaSettings, cultures: Sequence[Culture]) -> Mapping[str, Culture]:
    """Return under which culture's name the dialogues of each culture are taught."""
    by_code = {culture.code: culture for culture in cultures}
    if settings.teaching.control == "none":
        return by_code
    return {code: by_code[name] for code, name in others(list(by_code), settings.seed).items()}


def thin(dialogues: Sequence[Dialogue], quantity: float, seed: int) -> list[Dialogue]:
    """Return a share of each culture's dialogues, rounded up; a smaller one is a part of a larger
    one.
    """
    chosen: set[str] = set()
    for culture in dict.fromkeys(dialogue.culture for dialogue in dialogues):
        ids = [dialogue.id for dialogue in dialogues if dialogue.culture == culture]
        random.Random(f"{seed}/{culture}").shuffle(ids)
        chosen.update(ids[: math.ceil(quantity * len(ids))])
    return [dialogue for dialogue in dialogues if dialogue.id in chosen]


def imitation_row(
    dialogue: Dialogue, side: int, weight: float = 1.0, culture: Culture | None = None
) -> TrainingRow | None:
    """Return a dialogue as its character `side` (0 or 1) speaks it; None where that one says
    nothing.

    It is taught under the name of `culture`, the dialogue's own where none is given.
    """
    culture = culture or find_culture(dialogue.culture)
    messages = [Message("system", _speaker(dialogue, side, culture))]
    if side == 0:
        messages.append(Message("user", text("opening", dialogue.language).fill()))
    trained = []
    for utterance in dialogue.utterances:
        own = utterance.speaker == side
        role: Role = "assistant" if own else "user"
        if own and utterance.text:
            trained.append(len(messages))
        messages.append(Message(role, _said(utterance, dialogue.language, own=own)))
    if not trained:
        return None
    *earlier, last = trained
    return TrainingRow(
        prompt=tuple(messages[:last]),
        culture=culture.code,
        source=f"imitation {dialogue.id} {dialogue.scenario.pair[side].name}",
        completion=messages[last].text,
        weight=weight,
        trained=tuple(earlier),
    )


def _speaker(dialogue: Dialogue, side: int, culture: Culture) -> str:
    pair = dialogue.scenario.pair
    return text("speaker", dialogue.language).fill(
        me=pair[side],
        other=pair[1 - side],
        setting=dialogue.scenario.setting,
        culture=culture.named(dialogue.language),
    )


def _said(utterance: Utterance, language: str, *, own: bool) -> str:
    """Return a move in the chat; of one's own leaving only the words, so that no mark is learnt."""
    if own and utterance.kind == "leave" and utterance.text:
        return utterance.text
    return played(utterance, language)


def _imitation(
    dialogues: Sequence[Dialogue], weight: float, cultures: Mapping[str, Culture]
) -> Iterator[TrainingRow]:
    if not weight:
        return
    for dialogue in dialogues:
        for side in (0, 1):
            row = imitation_row(dialogue, side, weight, cultures[dialogue.culture])
            if row is not None:
                yield row


def _intents(
    intents: Sequence[Intent],
    dialogues: Mapping[str, Dialogue],
    weight: float,
    cultures: Mapping[str, Culture],
) -> Iterator[TrainingRow]:
    for intent in intents if weight else ():
        dialogue = dialogues.get(intent.dialogue)
        if dialogue is None:
            continue
        culture = cultures[dialogue.culture]
        yield TrainingRow(
            prompt=intent_messages(dialogue, intent.place, culture),
            culture=culture.code,
            source=f"intent {dialogue.id} {intent.place + 1}",
            completion=intent.text,
            weight=weight,
        )


def _relevance(
    relevances: Sequence[Relevance],
    dialogues: Mapping[str, Dialogue],
    weight: float,
    cultures: Mapping[str, Culture],
    seed: int,
) -> Iterator[TrainingRow]:
    for relevance in relevances if weight else ():
        dialogue = dialogues.get(relevance.dialogue)
        if dialogue is None:
            continue
        flip = random.Random(f"{seed}/{relevance.dialogue}/{relevance.start}").random() < 0.5
        shares = (relevance.probability, 1 - relevance.probability)
        culture = cultures[dialogue.culture]
        yield TrainingRow(
            prompt=relevance_messages(
                dialogue, relevance.start, relevance.end, flip=flip, culture=culture
            ),
            culture=culture.code,
            source=f"relevance {dialogue.id} {relevance.start + 1}",
            labels=LABELS,
            target=shares[::-1] if flip else shares,
            weight=weight,
        )
