"""Role-play: two characters talk, each with a goal and a secret that only it is shown.

All dialogues advance together: one round asks for the next move of every live dialogue, so that the
engine is always full. A move that cannot be read, that repeats one before, or that breaks
character is asked again, a bounded number of times; then the dialogue ends there, as `repetition`
or `failed`, which its record says. It also ends when somebody leaves, and at the limit.

In the chat form the other's moves are the user's turns and a character's own ones the assistant's,
so that each prompt of a character begins with the whole of its last one and caches can be kept. In
the paper's form the system prompt is the same and the history stands in one message.

    stage = RoleplayStage(scenarios, settings)
    runner.run(stage)
    dialogues = stage.collect(runner.lookup).dialogues
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from acculturate.clca.clca_settings import ClcaSettings
from acculturate.clca.descriptors import Descriptors, describe
from acculturate.clca.others import whose_words
from acculturate.clca.play.character import breaks_character
from acculturate.clca.play.dialogue import Dialogue, End, Utterance, history, played
from acculturate.clca.play.moves import REPEATS, Move, read_move
from acculturate.clca.play.repeats import repeats_another
from acculturate.clca.play.views import READS_OUT, View
from acculturate.clca.scenarios.scenario import Scenario
from acculturate.clca.texts import text
from acculturate.clca.tongue import wrong_language
from acculturate.clca.unread import Unread
from acculturate.clca.words import spoken
from acculturate.culture import Culture, find_culture
from acculturate.records import GenerateRequest, Generation, Message, Reply, Request, Role, Sampling
from acculturate.records.yields import Drop, Yield, ranked, why
from acculturate.runner import Lookup, Round

PLAYED = "dialogues were played"
BROKE_OFF = "broke off because the model gave no usable turn in {} tries"
UNFINISHED = "not played to an end"
ENDS: Mapping[End, str] = {
    "left": "ended when somebody left",
    "limit": "reached the last exchange",
    "repetition": "ended because the model only repeated itself",
}
SILENCES = 2
"""So many silences in a row may be followed by words; a third one is a repetition."""


@dataclass(frozen=True, slots=True)
class Dialogues:
    """Every dialogue that was begun, in the order of scenarios, and every move that failed."""

    dialogues: tuple[Dialogue, ...]
    drops: tuple[Drop, ...]
    yields: tuple[Yield, ...]


@dataclass(slots=True)
class _Play:
    """A dialogue on its way. `views` are what each is told, `tried` the failed tries at the
    next move.
    """

    id: str
    number: int
    scenario: Scenario
    culture: Culture
    language: str
    descriptors: Descriptors
    limit: int
    views: tuple[View, View]
    utterances: list[Utterance] = field(default_factory=list)
    tried: int = 0
    end: End | None = None

    @property
    def mover(self) -> int:
        """Whose turn it is."""
        return len(self.utterances) % 2

    @property
    def names(self) -> tuple[str, str]:
        """The one whose turn it is, and the other."""
        pair = self.scenario.pair
        return pair[self.mover].name, pair[1 - self.mover].name

    @property
    def roles(self) -> tuple[str, str]:
        """What these two do."""
        pair = self.scenario.pair
        return pair[self.mover].occupation, pair[1 - self.mover].occupation


class RoleplayStage:
    """Plays every scenario `settings.roleplay.dialogues` times.

    `cultures` are looked up by the scenarios' codes where they are not given.
    """

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        settings: ClcaSettings,
        cultures: Sequence[Culture] = (),
        name: str = "role-play",
    ) -> None:
        self.name, self.roles = name, tuple(dict.fromkeys(settings.roles))
        self._settings = settings
        self._own = settings.roleplay
        self._roles = settings.roles
        self._scenarios = tuple(scenarios)
        self._cultures = {culture.code: culture for culture in cultures}
        codes = self._cultures or dict.fromkeys(scenario.culture for scenario in scenarios)
        self._words = whose_words(settings, list(codes))

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Ask for the next move of all live dialogues, until none is live."""
        return self._go(self._begin(), [], done)

    def collect(self, done: Lookup) -> Dialogues:
        """Read every move anew from the replies."""
        plays, drops = self._begin(), list[Drop]()
        for _ in self._go(plays, drops, done):
            pass
        ended = [(play, play.end) for play in plays if play.end is not None]
        dialogues = tuple(_dialogue(play, end) for play, end in ended)
        return Dialogues(dialogues, tuple(drops), self._yields(dialogues, drops, len(plays)))

    def _yields(
        self, dialogues: Sequence[Dialogue], drops: Sequence[Drop], begun: int
    ) -> tuple[Yield, ...]:
        moves = sum(len(dialogue.utterances) for dialogue in dialogues)
        ends = Counter(dialogue.end for dialogue in dialogues)
        note = ", ".join(f"{ends[end]} {meaning}" for end, meaning in ENDS.items() if ends[end])
        broken = {BROKE_OFF.format(self._own.tries): ends["failed"]}
        lost = ranked({**broken, UNFINISHED: begun - len(dialogues)})
        whole = len(dialogues) - ends["failed"]
        return (
            Yield("replies were taken as a turn", moves, moves + len(drops), lost=why(drops)),
            Yield(PLAYED, whole, begun, note, lost=lost),
        )

    def _begin(self) -> list[_Play]:
        return [
            self._play(scenario, number)
            for scenario in self._scenarios
            for number in range(self._own.dialogues)
        ]

    def _play(self, scenario: Scenario, number: int) -> _Play:
        culture = self._cultures.get(scenario.culture) or find_culture(scenario.culture)
        language = spoken(culture, self._settings.language)
        described = describe(culture, language, self._words[scenario.culture])
        named = culture.named(language)
        views = [View.of(scenario, side, named, language, described) for side in (0, 1)]
        return _Play(
            id=f"{scenario.id}#{number + 1}",
            number=number,
            scenario=scenario,
            culture=culture,
            language=language,
            descriptors=described,
            limit=self._own.moves(language),
            views=(views[0], views[1]),
        )

    def stand_in(self, line: str) -> Iterator[tuple[Dialogue, list[tuple[str, Request]]]]:
        """Yield each dialogue as it would be if every move were `line`, with the request for each
        move and the role that it goes to; nobody is asked.
        """
        for play in self._begin():
            asked: list[tuple[str, Request]] = []
            while len(play.utterances) < play.limit:
                asked.append((self._roles[play.mover], self._request(play)))
                text = f"{play.number + 1}{line}"  # what two dialogues share is their situation
                play.utterances.append(Utterance(play.mover, "speak", text))
            yield _dialogue(play, "limit"), asked

    # -- a round ----------------------------------------------------------------------------------

    def _go(self, plays: list[_Play], drops: list[Drop], done: Lookup) -> Iterator[Round]:
        """Give each round, then make its moves; ends where one has no reply yet."""
        while live := [play for play in plays if play.end is None]:
            asked = [(play, self._request(play), self._roles[play.mover]) for play in live]
            asked.sort(key=lambda request: request[2])  # stable: one round for each role
            for role, group in groupby(asked, key=lambda request: request[2]):
                requests = [request for _, request, _ in group]
                yield Round(role, requests, len(requests))
            replies = [done(role, request) for _, request, role in asked]
            if any(reply is None for reply in replies):
                return
            for (play, _, _), reply in zip(asked, replies, strict=True):
                self._take(play, reply, drops)

    def _request(self, play: _Play) -> GenerateRequest:
        messages = self._chat(play) if self._own.form == "chat" else self._paper(play)
        sample = play.number * self._own.tries + play.tried
        return GenerateRequest(messages, Sampling.of(self._own, self._settings.seed), sample)

    def _chat(self, play: _Play) -> tuple[Message, ...]:
        return chat_turns(play.views[play.mover].text, play.utterances, play.mover, play.language)

    def _paper(self, play: _Play) -> tuple[Message, ...]:
        user = text("turn", play.language).fill(
            history=history(play.scenario, play.utterances, play.language),
            number=len(play.utterances) + 1,
            me=play.scenario.pair[play.mover],
        )
        return Message("system", play.views[play.mover].text), Message("user", user)

    # -- a reply ----------------------------------------------------------------------------------

    def _take(self, play: _Play, reply: Reply | None, drops: list[Drop]) -> None:
        """Make the move of a reply, or count it as a failed try."""
        move = self._read(play, reply)
        if isinstance(move, Unread):
            text = reply.text if isinstance(reply, Generation) else getattr(reply, "message", "")
            drops.append(Drop(move.reason, text, play.id))
            play.tried += 1
            if play.tried == self._own.tries:
                play.end = "repetition" if move.reason == REPEATS else "failed"
            return
        play.utterances.append(Utterance(play.mover, move.kind, move.text, move.trimmed))
        play.tried = 0
        if move.kind == "leave":
            play.end = "left"
        elif len(play.utterances) == play.limit:
            play.end = "limit"

    def _read(self, play: _Play, reply: Reply | None) -> Move | Unread:
        if not isinstance(reply, Generation):
            return Unread("no reply")
        cut = reply.stop == "length"
        move = read_move(reply.text, play.names, play.language, cut=cut, roles=play.roles)
        if isinstance(move, Unread):
            return move
        reason = self._fault(play, move)
        return Unread(reason) if reason else move

    def _fault(self, play: _Play, move: Move) -> str:
        last = [utterance.kind for utterance in play.utterances[-SILENCES:]]
        if move.kind == "silence":
            return REPEATS if last == ["silence"] * SILENCES else ""
        if breaks_character(move.text, play.language):
            return "breaks character"
        if wrong_language(move.text, play.language):
            return "wrong language"
        heard = [utterance.text for utterance in play.utterances if utterance.speaker != play.mover]
        if play.views[play.mover].read_out(move.text, heard):
            return READS_OUT
        earlier = [utterance.text for utterance in play.utterances if utterance.kind == move.kind]
        again = repeats_another(move.text, earlier, play.names, self._own.similar)
        return REPEATS if again else ""


def chat_turns(
    system: str, utterances: Sequence[Utterance], me: int, language: str
) -> tuple[Message, ...]:
    """Return a dialogue as one side lives it: its own moves are the assistant's, the other's the
    user's.

    The first mover's chat is opened by a cue, so that turns always alternate from the user on.
    """
    turns = [Message("system", system)]
    if me == 0:
        turns.append(Message("user", text("opening", language).fill()))
    for utterance in utterances:
        role: Role = "assistant" if utterance.speaker == me else "user"
        turns.append(Message(role, played(utterance, language)))
    return tuple(turns)


def _dialogue(play: _Play, end: End) -> Dialogue:
    return Dialogue(
        play.id, play.scenario, play.language, play.descriptors, tuple(play.utterances), end
    )
