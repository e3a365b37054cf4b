"""Serving: a socket on this machine alone, an address with a token, and the server.

with serving([Path("runs/demo")]) as viewer:
    print(viewer.address)
    viewer.run()                 until Ctrl-C
"""

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from acculturate.errors import ConfigError
from acculturate.extras import lacking

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A viewer that is ready: its address with the token, its runs by name, what serves it, and
    whether a model is still writing.
    """

    address: str
    runs: tuple[str, ...]
    left_out: tuple[str, ...]
    run: Callable[[], None]
    busy: Callable[[], bool]


@contextmanager
def serving(folders: Sequence[Path], port: int = 0) -> Iterator[Viewer]:
    """Give a viewer of runs on a port of this machine, any free one for 0.

    Raises `ConfigError` where the packages are missing or the port is taken, and `StoreError` for
    folders that hold no run, or one of another version.
    """
    if missing := lacking("`acculturate view` needs", "view", "starlette", "uvicorn"):
        raise ConfigError(f"{missing}.")
    import uvicorn

    from acculturate.viewer.guard import Tokens
    from acculturate.viewer.quiet_server import QuietServer
    from acculturate.viewer.run_shelf import find_runs
    from acculturate.viewer.side_chat import Chats
    from acculturate.viewer.site import site

    shelf, tokens, chats = find_runs(folders), Tokens(), Chats()
    with closing(_bound(port)) as listening, chats.opened():
        own = listening.getsockname()[1]
        config = uvicorn.Config(
            site(shelf, tokens, own, chats),
            lifespan="off", ws="none", http="h11", loop="asyncio", interface="asgi3",
            log_level="warning", access_log=False,  # the first address holds the token
            proxy_headers=False, server_header=False, timeout_graceful_shutdown=2,
        )  # fmt: skip
        server = QuietServer(config)
        yield Viewer(
            f"http://{HOST}:{own}/?token={tokens.address}",
            tuple(run.name for run in shelf.runs),
            shelf.left_out,
            lambda: server.run(sockets=[listening]),
            lambda: chats.busy,
        )


def _bound(port: int) -> socket.socket:
    """Return a socket on this machine's own address; raises `ConfigError` for a port that is
    taken.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # a port that was just left is free; elsewhere the option shares it
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()  # from here on nobody else can have it
    except OSError as error:
        listening.close()
        raise ConfigError(
            f"Port {port} cannot be used ({error.strerror or error}): name another with --port, or "
            "leave it out for any free one."
        ) from error
    return listening
