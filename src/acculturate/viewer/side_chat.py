"""Two models of a run side by side: the same words to both, under a chosen culture.

A model is opened when it is first asked, by the engine that the study names. One request is carried
out at a time, and one model is open at a time: its base stays in memory from one to the next, so
two adapters on one base take the memory of one.
"""

import functools
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from acculturate.engines import kind_of
from acculturate.engines.bases import keeping_base
from acculturate.engines.protocol import Watched
from acculturate.errors import AcculturateError, ConfigError, EngineError
from acculturate.executors import Inline
from acculturate.framing import Framing, find_framing
from acculturate.records import Failure, GenerateRequest, Message, Sampling
from acculturate.study.models import Models, plain_spec
from acculturate.viewer.run_shelf import ViewedRun

LONGEST = 4000
"""Characters of what is said in one turn."""
MOST_TURNS, MOST_TALKS = 30, 50
NEW_TOKENS = 120
TEMPERATURES = ("0", "0.7", "1")


Tell = Callable[[str, str], None]
"""Takes the reference of a model, and its reply as far as it is written."""


def _nobody(ref: str, text: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said to both models, and what each replied, by its reference."""

    said: str
    replies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """Which two models are asked, under which culture ("" for none), and how texts are drawn."""

    left: str
    right: str
    culture: str = ""
    temperature: str = "0.7"

    @property
    def refs(self) -> tuple[str, ...]:
        """The references of the two models, once where they are one."""
        return tuple(dict.fromkeys((self.left, self.right)))


@dataclass
class Talk:
    """A talk that goes on: `system` is what stands before it."""

    run: int
    setting: Setting
    system: str
    turns: list[Turn] = field(default_factory=list)


def references(run: ViewedRun) -> list[str]:
    """Return the models that arms are asked of, those without an adapter first."""
    refs = [part.ref for parts in run.finished.plan.parts.values() for part in parts]
    return sorted(dict.fromkeys(refs), key=lambda ref: ref.startswith("@"))


def why_not(run: ViewedRun, ref: str) -> str:
    """Return why a model cannot be talked to here, as a sentence; "" where it can."""
    study = run.finished.study
    spec = plain_spec(study, ref)
    try:
        kind = kind_of(spec)
        if kind.find and not (kind.remote or kind.files):
            kind.find(spec)
    except AcculturateError as error:
        return str(error)
    if kind.remote:
        return (
            f"'{spec.name}' is computed behind the engine '{spec.engine}', not on this machine: "
            "talk to it where it is served."
        )
    folder = run.folder / "adapters" / ref.removeprefix("@")
    if ref.startswith("@") and not any(folder.glob("*.json")):
        return f"The adapter {folder} is not made yet, or was taken away."
    return ""


def framing_of(run: ViewedRun, culture: str) -> Framing:
    """Return the framing of the first arm that can be talked under, "aware" where there is none; of
    a talk without a culture "unaware".
    """
    study = run.finished.study
    folders = study.answers.prompts
    names = [arm.framing for arm in study.arm] if culture else []
    for name in (*names, "aware" if culture else "unaware"):
        framing = find_framing(name, folders=folders)
        if framing.needs <= {"survey", "culture", "first"} and framing.needs_culture == bool(
            culture
        ):
            return framing
    return find_framing("aware")


def system_of(run: ViewedRun, culture: str) -> str:
    """Return what stands before a talk; raises `SurveyError` for a culture that there is not."""
    named = run.finished.survey.culture(culture) if culture else None
    return framing_of(run, culture).system(named)


class Chats:
    """The talks of a viewer. Only the last ones are kept, in memory alone."""

    def __init__(self) -> None:
        self._talks: dict[int, Talk] = {}
        self._numbers = itertools.count(1)
        self._busy = threading.Lock()
        self._open: dict[int, Models] = {}

    @property
    def busy(self) -> bool:
        """Whether a model is writing."""
        return self._busy.locked()

    def begin(self, run: ViewedRun, setting: Setting) -> int:
        """Begin a talk and return its number; raises `AcculturateError` for what cannot be."""
        for ref in setting.refs:
            if ref not in references(run):
                raise ConfigError("This run has no such model.")
            if reason := why_not(run, ref):
                raise EngineError(reason)
        number = next(self._numbers)
        self._talks[number] = Talk(run.number, setting, system_of(run, setting.culture))
        for old in list(self._talks)[:-MOST_TALKS]:
            del self._talks[old]
        return number

    def talk(self, number: int) -> Talk | None:
        """Return a talk that is still kept."""
        return self._talks.get(number)

    def say(self, run: ViewedRun, talk: Talk, text: str, tell: Tell = _nobody) -> None:
        """Say a text to both models and keep what they reply. `tell` is given each one's reference
        and its reply as far as it is written, where the engine can be watched.

        Raises `EngineError` where another request is being carried out, and for a text that is
        empty or too long.
        """
        text = text.strip()
        if not text or len(text) > LONGEST or len(talk.turns) >= MOST_TURNS:
            raise EngineError(
                f"Say something of at most {LONGEST:,} characters, at most {MOST_TURNS} times."
            )
        with self._alone():
            replies = {ref: self._reply(run, talk, ref, text, tell) for ref in talk.setting.refs}
            talk.turns.append(Turn(text, replies))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._busy.acquire(blocking=False):
            raise EngineError("A model is still writing: wait for it, then send this again.")
        try:
            yield
        finally:
            self._busy.release()

    def _reply(self, run: ViewedRun, talk: Talk, ref: str, text: str, tell: Tell) -> str:
        engine = self._models(run).engine(ref)
        if not getattr(engine, "can_write", True):
            raise EngineError(f"'{ref}' weighs options and writes no texts.")
        sampling = Sampling(float(talk.setting.temperature), 1.0, NEW_TOKENS, len(talk.turns))
        request = GenerateRequest(tuple(_messages(talk, ref, text)), sampling)
        told = functools.partial(tell, ref)
        with engine.watched(told) if isinstance(engine, Watched) else nullcontext():
            _, reply = next(iter(engine.generate([request])))
        if isinstance(reply, Failure):
            raise EngineError(reply.message)
        return reply.text if reply.stop == "end" else f"{reply.text} …"

    def _models(self, run: ViewedRun) -> Models:
        """Return the models of a run; those of another one are closed."""
        if run.number not in self._open:
            self._close()
            study = run.finished.study
            self._open[run.number] = Models(study, run.folder, Inline(), {})
        return self._open[run.number]

    def _close(self) -> None:
        for models in self._open.values():
            models.close()
        self._open.clear()

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Keep the base of what was opened last; give back all memory in the end."""
        with keeping_base():
            try:
                yield
            finally:
                self._close()


def _messages(talk: Talk, ref: str, text: str) -> Iterator[Message]:
    if talk.system:
        yield Message("system", talk.system)
    for turn in talk.turns:
        yield Message("user", turn.said)
        yield Message("assistant", turn.replies[ref])
    yield Message("user", text)
