"""A model behind an OpenAI-compatible address, as an engine like any other.

    export OPENAI_BASE_URL=http://localhost:8000/v1
    acculturate doctor --model server:NAME
    acculturate measure server:NAME

Replies come as the server gives them, many under way at once. A reply depends on its own request
alone, so each is committed as it comes; `batch_size` is only how many are handed over together.

What ends everything (the spending limit, a key that is withdrawn) is raised at once where nothing
has come yet; in the middle of a batch, the rest of it become transient failures, so that what was
paid for is kept, and the next batch is refused.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import TypeVar

from acculturate.engines.kind import EngineKind
from acculturate.engines.protocol import Identity, ModelSpec, closed
from acculturate.engines.server.address import find_address
from acculturate.engines.server.capabilities import Abilities
from acculturate.engines.server.probe import forget, known_abilities
from acculturate.engines.server.server_settings import ServerSettings
from acculturate.engines.server.spending import Ledger, ledger_of
from acculturate.engines.server.transport import Transport
from acculturate.engines.server.trouble import UnansweredError
from acculturate.engines.server.weighing import Weigher
from acculturate.engines.server.writing import Writer
from acculturate.errors import ConfigError, EngineError, ServerError
from acculturate.records import Choice, ChooseRequest, Failure, GenerateRequest, Generation

log = logging.getLogger(__name__)

R = TypeVar("R", ChooseRequest, GenerateRequest)
S = TypeVar("S", Choice, Generation)

BATCH = 256


class ServerEngine:
    """One model of one server.

    `can_choose` holds for every server that draws its texts, since options can at least be counted;
    `notes` say how they are weighed. `identity` names model and host: the weights behind them
    cannot be known, and a server may change them.
    """

    commits_each = True
    counts_texts = True
    batch_size = choose_batch_size = BATCH

    def __init__(self, spec: ModelSpec) -> None:
        self._transport = open_transport(spec)
        settings = spec.told(ServerSettings)
        try:
            able = known_abilities(self._transport.ask, self._transport.address, spec.name)
        except ServerError as problem:
            better = self._transport.lost(problem)
            self._transport.close()
            raise better from None
        except BaseException:
            self._transport.close()
            raise
        self._settings = settings
        self._take(able)
        self._pool = ThreadPoolExecutor(settings.at_once, thread_name_prefix="server")
        self._stopped: ServerError | None = None
        self._closed = False

    def _take(self, able: Abilities) -> None:
        self._able = able
        self._weigher = Weigher(self._transport.ask, able, self._settings)
        self._writer = Writer(self._transport.ask, able, self._settings)
        self._transport.answering = able.answers_as or self._transport.model
        self.can_choose, self.can_seed_rows = able.weighs, able.seeded
        self.can_bind = able.binds
        moved = "; system messages in the user's" if able.hearing == "moved" else ""
        self.identity = Identity(
            model=f"server:{self._transport.model}",
            weights=f"unknown, at {self._transport.address.host}",
            dtype="unknown",
            template=f"the server's; options by {able.way}{moved}",
            revision=able.answers_as or "unknown",
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found out about the server, and what was spent on it."""
        return (*self._able.sentences, str(self.spent))

    @property
    def cautions(self) -> tuple[str, ...]:
        """What no number shows of this server."""
        return tuple(f"{self.identity.model} {caution}." for caution in self._able.cautions)

    @property
    def thinks(self) -> bool:
        """Whether the model thinks before it answers."""
        return self._able.thinks

    @property
    def spent(self) -> Ledger:
        """Tokens and money of this process and model."""
        return self._transport.ledger

    def generate(
        self, requests: Sequence[GenerateRequest]
    ) -> Iterator[tuple[str, Generation | Failure]]:
        """Yield texts as they come."""
        return self._each(requests, self._writer.write)

    def choose(self, requests: Sequence[ChooseRequest]) -> Iterator[tuple[str, Choice | Failure]]:
        """Yield each request's labels, weighed as `notes` say, as they come."""
        if not self.can_choose:
            raise EngineError(
                f"Options cannot be weighed: {self.identity.model} "
                f'{" and ".join(self._able.hindrances)}: set answers.kind to "sampled".'
            )
        return self._each(requests, self._weigher.weigh)

    def close(self) -> None:
        """Let go of connections and threads; requests under way are given up."""
        if self._closed:
            return
        self._closed = True
        self._transport.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        log.info("%s: %s", self.identity.model, self.spent)

    def _each(
        self, requests: Sequence[R], work: Callable[[R], S | Failure]
    ) -> Iterator[tuple[str, S | Failure]]:
        """Do `work` on all requests at once, and yield what is done."""
        if self._closed:
            raise closed(self.identity)
        if self._stopped is not None:
            raise self._stopped
        doing: dict[Future[S | Failure], str] = {
            self._pool.submit(self._record, work, request): request.id for request in requests
        }
        held: list[tuple[str, S | Failure]] = []
        come = False
        try:
            for done in as_completed(doing):
                held.append((doing[done], done.result()))
                come = come or not isinstance(held[-1][1], Failure)
                if come or self._stopped is None:
                    yield from held
                    held.clear()
            if held and self._stopped is not None:
                raise self._stopped
        finally:
            for request in doing:
                request.cancel()

    def _record(self, work: Callable[[R], S | Failure], request: R) -> S | Failure:
        """Return the reply, or the failure that is written down in its place."""
        if self._stopped is not None:
            return Failure("transient", str(self._stopped))
        try:
            return work(request)
        except UnansweredError as problem:
            return problem.failure
        except ServerError as problem:
            self._stopped = problem
            return Failure("transient", str(problem))


def open_transport(spec: ModelSpec) -> Transport:
    """Return the way to a model's server; raises `ConfigError` for what a server does not have."""
    if spec.revision:
        raise ConfigError(
            f"A server's model has no revision that could be chosen: write 'server:{spec.name}'."
        )
    if spec.adapter is not None:
        raise ConfigError(
            f"An adapter cannot be sent to a server: serve it there (acculturate doctor --model "
            f"{spec.adapter} writes the command line) and write 'server:NAME'."
        )
    settings = spec.told(ServerSettings)
    address = find_address(settings)
    ledger = ledger_of(address.place, spec.name, settings)
    return Transport(address, spec.name, settings, ledger)


def forget_server(spec: ModelSpec) -> None:
    """Forget what the probe found, so that it asks anew."""
    forget(find_address(spec.told(ServerSettings)), spec.name)


def find_server(spec: ModelSpec) -> None:
    """See that a server answers and has the model, where it says what it has."""
    transport = open_transport(spec)
    try:
        transport.check()
    except ServerError as problem:
        raise transport.lost(problem) from None
    finally:
        transport.close()


SERVER = EngineKind(
    ServerEngine,
    find_server,
    remote=True,
    settings=ServerSettings,
    forget=forget_server,
    options="what its probe found",
    adapters="those that the server serves under a name",
)
