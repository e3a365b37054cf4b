"""Intents: for every utterance one sentence, what its speaker means to bring about.

The prompt holds the situation and the talk so far, without goals and secrets, and is the very one
that is trained later; the expectation behind an utterance is asked for only where it is certain. A
reply that is empty, too long, in another language, out of character, the utterance or the prompt
over again, a line of dialogue, or about the other is no intent and is asked anew, a bounded number
of times. What has none is not trained.

    stage = IntentStage(judged.kept, settings)
    runner.run(stage)
    intents = stage.collect(runner.lookup).intents
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from acculturate.clca.clca_settings import ClcaSettings
from acculturate.clca.json_replies import find_object
from acculturate.clca.loops import length, loops
from acculturate.clca.movers import ELSEWHERE, not_an_intent
from acculturate.clca.play.character import breaks_character, sets_the_scene
from acculturate.clca.play.dialogue import Dialogue, history
from acculturate.clca.play.documents import BULLET
from acculturate.clca.play.lines import SENTENCE_END
from acculturate.clca.play.moves import REPEATS
from acculturate.clca.play.prefaces import TAG
from acculturate.clca.play.repeats import unnamed
from acculturate.clca.play.rules import length_in
from acculturate.clca.play.turns import LABEL, Speakers, Who
from acculturate.clca.texts import text
from acculturate.clca.tongue import wrong_language
from acculturate.clca.trying import Task, Tries
from acculturate.clca.unread import Unread
from acculturate.clca.words import labelled, read_in, words_in
from acculturate.culture import Culture, find_culture
from acculturate.records import Generation, Message, Sampling
from acculturate.records.json_schema import TEXT, object_of, schema_text
from acculturate.records.yields import Drop, Yield, ranked
from acculturate.runner import Lookup, Round
from acculturate.similarity import normalise, similarity

FOUND = "turns of the dialogues that are taught got an intent"
SAME = 0.8
MOST = 0.6
"""The share of a sentence from which on another text in it is all that it says."""
CHANGED = 0.7
"""The share of its words from which on a sentence is another text, slightly changed."""
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\d_]+")
FEW_WORDS, FEW_SIGNS = 5, 8
"""A sentence of fewer words, or signs, is in many a text."""
SHORT = 12
"""Letters; a shorter text is in many a sentence."""
NUMBERED = re.compile(r"^[\s>*_#-]*(?:(?:\d{1,2}|[A-Z])[.)]\s*)*")
PEOPLE = re.compile(r"[(（].*?[)）]")
"""What the prompt says of a person behind the name."""
LISTED = re.compile(r"^[\s>*_#-]*(?:\d{1,2}|[A-Z])[.)]", re.M)
LISTS = 3
"""More numbered lines than these are a list, and no sentence."""
SENTENCES = re.compile(r"[^.!?。！？]+")
BARE_NOUN = re.compile(
    r"(?:(?:the|an?|el|la|los|las|una?) \S+(?: \S+)?|(?:der|die|das|eine?) (?:\S+ )?"
    r"(?!\S*(?:en|ern|eln)\W*$)\S+)",
    re.I,
)
"""An article with one or two words, which nobody intends; in German a verb may end them."""
PART = re.compile(r"[,，、]")
FIRST_SENTENCE = re.compile(r"(.+?(?:[.!?]+(?=\s|$)|[。！？]))", re.S)


@dataclass(frozen=True, slots=True)
class Intent:
    """Why a character made the move at `place` (from 0) of a dialogue."""

    dialogue: str
    place: int
    text: str


@dataclass(frozen=True, slots=True)
class Intents:
    """Intents in the order of dialogues, and what could not be read."""

    intents: tuple[Intent, ...]
    drops: tuple[Drop, ...]
    yields: tuple[Yield, ...]


class IntentStage:
    """Asks for the intent of every move of `dialogues` that says or does something."""

    def __init__(
        self,
        dialogues: Sequence[Dialogue],
        settings: ClcaSettings,
        cultures: Sequence[Culture] = (),
        role: str = "teacher",
        name: str = "intents",
    ) -> None:
        self.name, self.roles = name, (role,)
        self._own = settings.intents
        by_code = {culture.code: culture for culture in cultures}
        self._cases = {
            f"{dialogue.id} {place + 1}": (dialogue, place)
            for dialogue in dialogues
            for place, utterance in enumerate(dialogue.utterances)
            if utterance.text
        }
        tasks = [
            self._task(key, dialogue, place, by_code.get(dialogue.culture))
            for key, (dialogue, place) in self._cases.items()
        ]
        self._tries: Tries[str] = Tries(
            tasks, self._read, Sampling.of(self._own, settings.seed), self._own.tries, role
        )

    def _task(self, key: str, dialogue: Dialogue, place: int, culture: Culture | None) -> Task:
        form = intent_form(dialogue.language) if self._own.bound else ""
        return Task(key, intent_messages(dialogue, place, culture), schema=form)

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Ask for the intents of all utterances, then again for those without a readable one."""
        return self._tries.rounds(done)

    def collect(self, done: Lookup) -> Intents:
        """Read all replies anew."""
        tried = self._tries.collect(done)
        intents = tuple(
            Intent(dialogue.id, place, tried.values[key])
            for key, (dialogue, place) in self._cases.items()
            if key in tried.values
        )
        step = Yield(FOUND, len(intents), len(self._cases), lost=ranked(tried.lost))
        return Intents(intents, tuple(tried.drops), (step,))

    def _read(self, key: str, reply: Generation) -> str | Unread:
        dialogue, place = self._cases[key]
        move = dialogue.utterances[place]
        pair = dialogue.scenario.pair
        names = pair[move.speaker].name, pair[1 - move.speaker].name
        earlier = [utterance.text for utterance in dialogue.utterances[:place] if utterance.text]
        read = read_intent(
            reply.text,
            move.text,
            dialogue.language,
            self._own.longest,
            names,
            (*SENTENCES.findall(dialogue.scenario.setting), *earlier),
        )
        half = reply.stop == "length" and isinstance(read, str) and is_cut_off(reply.text, read)
        return Unread("cut off") if half else read


def intent_messages(
    dialogue: Dialogue, place: int, culture: Culture | None = None
) -> tuple[Message, ...]:
    """Return the prompt for one move's intent, as it is asked and as it is trained."""
    language, scenario = dialogue.language, dialogue.scenario
    culture = culture or find_culture(dialogue.culture)
    move = dialogue.utterances[place]
    system = text("observer", language).fill(culture=culture.named(language))
    user = text("intent", language).fill(
        setting=scenario.setting,
        people=scenario.pair,
        history=history(scenario, dialogue.utterances[:place], language),
        move=history(scenario, [move], language),
        name=dialogue.name(move),
    )
    return Message("system", system), Message("user", user)


def intent_form(language: str) -> str:
    """Return the schema of an intent: an object with the one sentence."""
    return schema_text(object_of({words_in(language).intent[0]: TEXT}))


def read_intent(
    text: str,
    utterance: str,
    language: str,
    longest: int,
    names: tuple[str, str] | None = None,
    shown: Sequence[str] = (),
) -> str | Unread:
    """Return the one sentence in a reply, or what is wrong with it; `names` are the mover's and the
    other's, `shown` are the texts of the prompt besides the utterance.
    """
    value = _said(TAG.sub("", text), language)
    if value is None or len(LISTED.findall(value)) > LISTS or _lists_words(value):
        return Unread("out of form")
    sentence, named = _sentence(value, language, names)
    if not sentence or sentence.casefold().rstrip(".。") in _verdicts(language):
        return Unread("empty")
    if length_in(sentence, words_in(language)) > longest:
        return Unread("too long")
    if fault := _nobodys(sentence, language):
        return Unread(fault)
    if _again(sentence, utterance, names or ()):
        return Unread("the utterance again")
    shown_again = any(
        _again(sentence, earlier, names or ()) or _slightly_changed(sentence, earlier, names or ())
        for earlier in shown
    )
    if (
        shown_again
        or _of_the_question(sentence, language, names or ())
        or not re.search(r"\w", re.sub(r"[(（].*?[)）]", "", unnamed(sentence, names or ())))
    ):
        return Unread("the prompt again")
    fault = not_an_intent(sentence, language, names, named=named)
    if not fault and BARE_NOUN.fullmatch(sentence):
        fault = ELSEWHERE
    return Unread(fault) if fault else sentence


def is_cut_off(text: str, sentence: str) -> bool:
    """Return whether a reply that ran into its limit ends within the sentence read from it."""
    return text.rstrip().endswith(sentence) and not SENTENCE_END.search(sentence[-2:])


def _nobodys(sentence: str, language: str) -> str:
    """Return why a sentence is of no character at all; "" where it may be of one."""
    if breaks_character(sentence, language):
        return "breaks character"
    if loops(sentence) or _stammers(sentence):
        return REPEATS
    if sets_the_scene(sentence, language):
        return "of the scene, not of the mover"
    return "wrong language" if wrong_language(sentence, language) else ""


def _stammers(sentence: str) -> bool:
    """Return whether a sentence begins with the same words twice: "It is, it is, it is not"."""
    parts = [part.strip().casefold() for part in PART.split(sentence)]
    return len(parts) > 2 and parts[0] == parts[1] != ""


def _sentence(text: str, language: str, names: tuple[str, str] | None) -> tuple[str, Who | None]:
    """Return the first sentence without labels, and whose name with a colon stood before it."""
    bare = (NUMBERED.sub("", line).strip(' \t*_#>-"“”„「」') for line in text.splitlines())
    lines = [line for line in bare if re.search(r"[^\W\d]", line)]
    labels = [label for words in read_in(language) for label in words.intent]
    while len(lines) > 1 and lines[0].endswith((":", "：")):
        lines = lines[1:]  # "Here it is:", "Intent:"
    if not lines:
        return "", None
    line = labelled(lines[0], labels) or lines[0]
    head = LABEL.match(line) if names else None
    who = Speakers(*names).called(head["name"]) if head and names else None
    if head and who:
        line = line[head.end() :]
    match = FIRST_SENTENCE.match(line)
    return (match[1] if match else line).strip(' \t"“”„「」'), who


def _lists_words(text: str) -> bool:
    """Return whether a text is a list of single words ("- Social", "- Cultural")."""
    lines = [line for line in text.splitlines() if line.strip(" -*•·")]
    words = [line for line in lines if BULLET.match(line) and length(line.strip(" -*•·")) < 3]
    return len(lines) > 2 and len(words) == len(lines)


def _verdicts(language: str) -> set[str]:
    """Return words of certainty and assent, which the prompt's last sentence brings about: "very
    sure".
    """
    own = read_in(language)
    return {
        word for words in own for level in (*words.levels, [words.yes, words.no]) for word in level
    }


def _again(sentence: str, other: str, names: Sequence[str]) -> bool:
    """Return whether a sentence is another text, nearly, a part of it, or little more than it."""
    if similarity(sentence, other) >= SAME:
        return True
    own, whole = normalise(unnamed(sentence, names)), normalise(unnamed(other, names))
    return own in whole or (len(whole) > SHORT and whole in own and len(whole) > MOST * len(own))


def _of_the_question(sentence: str, language: str, names: Sequence[str]) -> bool:
    """Return whether a sentence has no word that the prompt's own question lacks, such as "social"
    or "social/cultural".
    """
    own = WORD.findall(unnamed(sentence, names).casefold())
    asked = _question_words(language)
    if sum(map(str.isascii, own)) > len(own) / 2:
        return set(own) <= set(asked)
    return "".join(own) in "".join(asked)


@functools.cache
def _question_words(language: str) -> list[str]:
    """Return the words (or signs) with which a prompt asks for an intent."""
    return WORD.findall(text("intent", language).source.rstrip().splitlines()[-1].casefold())


def _slightly_changed(sentence: str, other: str, names: Sequence[str]) -> bool:
    """Return whether nearly all words of a sentence stand in another text in the same order, in
    runs.
    """
    own, whole = (WORD.findall(unnamed(text, names).casefold()) for text in (sentence, other))
    latin = sum(map(str.isascii, own)) > len(own) / 2
    least = FEW_WORDS if latin else FEW_SIGNS
    if len(own) < least:
        return False
    blocks = SequenceMatcher(None, own, whole, autojunk=False).get_matching_blocks()
    shared = sum(block.size for block in blocks if latin or block.size > 1)
    return shared > CHANGED * len(own)


def _said(text: str, language: str) -> str | None:
    """Return what an object in a reply gives as the intent; a reply without one as it is."""
    if "{" not in text:
        return text
    tree = find_object(text) or find_object(f'{text}"') or {}
    labels = [label for words in read_in(language) for label in words.intent]
    reply = next((value for key, value in tree.items() if str(key).casefold() in labels), None)
    return reply if isinstance(reply, str) else None
