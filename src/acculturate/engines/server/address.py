"""Where a server is, and the key for it: read from the environment, and never repeated.

The key is in no record, log, error or repr: an address shows its host alone, everything a server
says is `hidden` before it is repeated (some repeat the key they were given), and the client's log
loses the query of every URL.

A key is for one server. OPENAI_API_KEY goes to OPENAI_BASE_URL (or OpenAI's own), and to an address
out of a study file only where the study names it (`key_variable`): otherwise any study file could
carry it off.

    >>> Address("https://host.example:8000/v1?key=abcd").host
    'host.example:8000'
"""

import logging
import os
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from acculturate.engines.server.server_settings import ServerSettings
from acculturate.errors import ConfigError

OPENAI = "https://api.openai.com/v1"
NO_KEY = "none"
"""What is sent where there is no key: most servers of one's own take anything."""
BEYOND = re.compile(r"/(chat(/completions)?|completions|models|responses)$")
VERSION = re.compile(r"/v\d+\w*(/|$)")
"""What a path holds that belongs to no base URL, and what belongs to most."""
SHORTEST = 4
"""Letters of the shortest secret that is hidden: shorter ones would blacken half of a sentence."""


@dataclass(frozen=True, slots=True)
class Address:
    """A base URL with its key; only `host` (with its port) and `place` may be shown."""

    url: str = field(repr=False)
    key: str = field(default="", repr=False)
    key_variable: str = "OPENAI_API_KEY"

    @property
    def host(self) -> str:
        return host_of(self.url)

    @property
    def place(self) -> str:
        """Host and path: what tells one server from another."""
        return self.host + urlsplit(self.url).path.rstrip("/")

    @property
    def base(self) -> str:
        """The URL without its query."""
        return urlunsplit(urlsplit(self.url)._replace(query="", fragment=""))

    @property
    def meant(self) -> str:
        """The base URL that is meant: without what the client adds itself, and with a version.

        >>> Address("http://host:8000").meant, Address("http://host/v1/chat/completions").meant
        ('http://host:8000/v1', 'http://host/v1')
        """
        parts = urlsplit(self.base)
        path = BEYOND.sub("", parts.path.rstrip("/"))
        path += "" if VERSION.search(path) else "/v1"
        return urlunsplit(parts._replace(path=path))

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.url).query))

    def hidden(self, text: str) -> str:
        """Return `text` without the key and the values of the URL's query."""
        for secret in (self.key, *self.query.values()):
            if len(secret) >= SHORTEST:
                text = text.replace(secret, "***")
        return re.sub(r"\bsk-[\w*.-]+", "***", text)


def host_of(url: str) -> str:
    """Return host and port of a URL; "" where it names none.

    >>> host_of("https://[::1]:8000/v1?key=abcd"), host_of("/v1"), host_of("http://[")
    ('[::1]:8000', '', '')
    """
    try:
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    name = f"[{name}]" if ":" in name else name
    return f"{name}:{port}" if port else name


def find_address(settings: ServerSettings) -> Address:
    """Return the address that the settings and the environment give; raises `ConfigError`."""
    ambient = os.environ.get("OPENAI_BASE_URL", "").strip() or OPENAI
    url = settings.url or ambient
    _check(url)
    own = settings.key_variable or "OPENAI_API_KEY"
    trusted = settings.key_variable or _origin(url) in (_origin(ambient), _origin(OPENAI))
    key = os.environ.get(own, "").strip() if trusted else ""
    if not (key.isascii() and key.isprintable()):
        raise ConfigError(f"{own} holds characters that no key has: copy the key again.")
    return Address(url, key, own)


def _check(url: str) -> None:
    """Raise `ConfigError` for a wrong URL; the message does not repeat it, since it may hold a
    password.
    """
    scheme, host, _ = _origin(url)
    if scheme not in ("http", "https") or not host:
        raise ConfigError(
            "The server's address is no URL: set OPENAI_BASE_URL to something like "
            "http://localhost:8000/v1."
        )
    if "@" in urlsplit(url).netloc:
        raise ConfigError(
            "OPENAI_BASE_URL holds a user name or password, and servers are asked with a key: "
            "take it out, and set OPENAI_API_KEY."
        )


def _origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port: another port may be another's server, and plain http is read by
    all.
    """
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or 0
    except ValueError:  # a port that is no number
        return "", "", 0


class _BareUrls(logging.Filter):
    """Takes the query off every URL that the client's library writes into its log."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                str(argument).partition("?")[0] if type(argument).__name__ == "URL" else argument
                for argument in record.args
            )
        return True


_BARE_URLS = _BareUrls()


def hide_queries() -> None:
    """Keep what stands in a URL's query out of the logs; doing it twice does no harm."""
    for name in ("httpx", "httpx2"):
        logging.getLogger(name).addFilter(_BARE_URLS)
