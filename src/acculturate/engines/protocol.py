"""The interface of an engine: what every way to reach a model offers.

An engine takes a batch of requests and yields `(request id, reply)` as replies come, in any order.
It is synchronous; inside, it may do several things at once. Code that uses engines does not ask
which engine it has, only whether it `can_choose` (give option probabilities), `can_seed_rows` (draw
each row of a batch from its own seed) and `can_bind` (hold a text to a JSON schema).

    >>> from acculturate.engines import open_engine
    >>> engine = open_engine("mock:uniform")
    >>> engine.can_choose
    True
"""

import functools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

from acculturate.calling import wrong_kind
from acculturate.errors import ConfigError, EngineError
from acculturate.files import text_digest
from acculturate.plugins import ENGINES
from acculturate.records import (
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Message,
    TextNats,
)

DType = Literal["auto", "float32", "bfloat16", "float16"]
Quantised = Literal["4bit", "8bit"]
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a model really is: part of every reply's key, so that no two models share an answer.

    `weights` is a digest of the weights used; the digests of adapters merged into them stand behind
    it, each after a `+`. `adapter` is that of the adapter ("" without one), `template` of the chat
    template.
    """

    model: str
    weights: str
    dtype: str
    template: str = ""
    adapter: str = ""
    revision: str = ""

    @property
    def digest(self) -> str:
        return _digest(self)


HALVES = ("bfloat16", "float16")
HALF_ARITHMETIC = "output matrix in float32, adapter beside the weights"
"""How models in half precision are computed: replies that were computed otherwise are others."""


@functools.lru_cache(maxsize=64)  # asked for with every reply that is looked up
def _digest(identity: Identity) -> str:
    fields = asdict(identity)
    if identity.dtype.startswith(HALVES):
        fields["arithmetic"] = HALF_ARITHMETIC
    return text_digest(json.dumps(fields, sort_keys=True))


class Engine(Protocol):
    """A model that can be asked.

    `batch_size` and `choose_batch_size` are how many requests make one unit of commit, of texts
    and of choices. Where an engine `commits_each`, every reply stands alone: it is kept as it
    comes, and only what is missing is asked again. An engine may also have `notes` (what a user may
    want to know of it), `cautions` (what stands beside every result, since no number shows it),
    `thinks`, `counts_texts` (it draws whole options' texts and counts them, since nothing tells it
    their tokens), `can_write` (False for one that weighs options and writes no texts), `text_nats`
    (`ReadsTexts`), `room` (`HasRoom`) and `watched` (`Watched`).
    """

    identity: Identity
    can_choose: bool
    can_seed_rows: bool
    can_bind: bool
    batch_size: int
    choose_batch_size: int
    commits_each: bool

    def generate(
        self, requests: Sequence[GenerateRequest]
    ) -> Iterator[tuple[str, Generation | Failure]]:
        """Write one text per request.

        A conversation is a request whose messages go on from an earlier one's (each speaker has one
        of its own, in which its lines are the assistant's). Ask the same conversations together
        turn after turn: an engine may then go on from where it was.
        """
        ...

    def choose(self, requests: Sequence[ChooseRequest]) -> Iterator[tuple[str, Choice | Failure]]:
        """Weigh each request's labels; raises `EngineError` where `can_choose` is False."""
        ...

    def close(self) -> None:
        """Give back memory and connections. Closing twice does no harm."""
        ...


@runtime_checkable
class ReadsTexts(Protocol):
    """An engine that can say how likely whole texts are."""

    def text_nats(self, texts: Sequence[str]) -> list[TextNats]:
        """Return how likely each text is as it stands, with no chat around it."""
        ...


@runtime_checkable
class HasRoom(Protocol):
    """An engine that knows how long a prompt is, and how many tokens prompt and reply may have."""

    @property
    def room(self) -> int: ...

    def length(self, messages: Sequence[Message]) -> int:
        """Return the tokens of a prompt."""
        ...


@runtime_checkable
class Watched(Protocol):
    """An engine whose texts can be read while it writes them."""

    def watched(self, tell: Callable[[str], None]) -> AbstractContextManager[None]:
        """While entered, give `tell` the first text of a batch as far as it is written, after each
        token. The text that `generate` yields in the end may have lost a thought at its start.
        """
        ...


def closed(identity: Identity) -> EngineError:
    """Return what a closed engine raises when it is asked."""
    return EngineError(f"The engine of {identity.model} is closed: open it again.")


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model as a user names it: `[engine:]name[@revision]`, with dtype and adapter.

    `settings` are what a study says to engines about it, such as `[models.X.server]`. `device`
    (where transformers puts the weights; "" is the first GPU, else the processor) and `quantised`
    are for `hf`. `merged` are adapters that become part of the weights first, the lowest first.
    """

    name: str
    engine: str = "hf"
    revision: str = ""
    dtype: DType = "auto"
    adapter: Path | None = None
    trust_remote_code: bool = False
    device: str = ""
    quantised: Quantised | None = None
    settings: tuple[Any, ...] = ()
    merged: tuple[Path, ...] = ()

    @property
    def adapters(self) -> tuple[Path, ...]:
        """Return all its adapters, the lowest first."""
        return (*self.merged, *((self.adapter,) if self.adapter else ()))

    def on_top(self, adapter: Path | None) -> "ModelSpec":
        """Return the model with all its adapters merged into it, and with another one if given."""
        return replace(self, merged=self.adapters, adapter=adapter)

    def told(self, settings: type[S]) -> S:
        """Return what a study says in settings of a class: their defaults where it says nothing."""
        return next(
            (setting for setting in self.settings if isinstance(setting, settings)), settings()
        )


def parse_model(
    text: str,
    *,
    dtype: DType = "auto",
    adapter: Path | None = None,
    trust_remote_code: bool = False,
) -> ModelSpec:
    """Read `[engine:]name[@revision]`; without an engine it is `hf`.

    Raises `ConfigError` for an empty name. A colon that does not follow an engine's name belongs
    to the name.

    >>> parse_model("org/model@v2").revision
    'v2'
    """
    if not isinstance(text, str):
        raise wrong_kind("A model is named by a text, such as 'embedded'", text)
    if not text.isprintable():
        raise ConfigError(f"'{text}' names no model: it holds a character that cannot be seen.")
    head, colon, tail = text.partition(":")
    engine, name = (head, tail) if colon and head in ENGINES.names else ("hf", text)
    if text in ENGINES.names and (unnamed := ENGINES.find(text).unnamed):
        engine, name = text, unnamed
    name, _, revision = name.partition("@") if not Path(name).exists() else (name, "", "")
    if not name:
        raise ConfigError(
            f"'{text}' names no model: write [engine:]name[@revision], for example 'embedded', "
            "'mock:uniform' or a folder."
        )
    try:
        Path(name).expanduser()
    except RuntimeError:
        raise ConfigError(f"'{name}': there is no such user here; write the whole path.") from None
    return ModelSpec(name, engine, revision, dtype, adapter, trust_remote_code)
