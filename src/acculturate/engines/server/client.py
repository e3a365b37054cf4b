"""The client of a server: nothing is sent on to elsewhere, and every reply has an end.

OpenAI's library sends, with three things set otherwise:

- it tries nothing again by itself, since that holds no budget (`transport`);
- it follows no redirect: a key and prompts are for the address that was named;
- a reply has to be there as a whole within the timeout, and is not longer than `LARGEST`. The
  library's own timeout is one for each piece, so that a server which sends a byte now and then
  would hold a request for ever.
"""

import time
from collections.abc import Iterator
from typing import cast

import httpx2
from openai import DefaultHttpxClient, OpenAI

from acculturate.engines.server.address import NO_KEY, Address

LARGEST = 16 * 2**20
"""Bytes of a reply as they are sent; one of 64 draws of a long thought has half of one MiB."""
UNTIL = "until"
"""What stands in a request's extensions: the time by which its reply has come whole."""


class _WholeBody(httpx2.SyncByteStream):
    """A reply's body that ends in time; raises `httpx2.ReadTimeout` and `RemoteProtocolError`."""

    def __init__(self, body: httpx2.SyncByteStream, until: float) -> None:
        self._body, self._until = body, until

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._body:
            size += len(piece)
            if time.monotonic() > self._until:
                raise httpx2.ReadTimeout("The reply comes too slowly.")
            if size > LARGEST:
                raise httpx2.RemoteProtocolError("The reply is too large.")
            yield piece

    def close(self) -> None:
        self._body.close()


def open_client(address: Address, timeout: float) -> OpenAI:
    """Return a client; what a wrong proxy or certificate makes the library raise comes through."""
    return OpenAI(
        base_url=address.base,
        api_key=address.key or NO_KEY,
        default_query=address.query,
        timeout=timeout,
        max_retries=0,
        http_client=DefaultHttpxClient(
            timeout=timeout,
            follow_redirects=False,
            event_hooks={"request": [_begin], "response": [_bound]},
        ),
    )


def _begin(request: httpx2.Request) -> None:
    request.extensions[UNTIL] = time.monotonic() + request.extensions["timeout"]["read"]


def _bound(response: httpx2.Response) -> None:
    body = cast("httpx2.SyncByteStream", response.stream)
    response.stream = _WholeBody(body, response.request.extensions[UNTIL])
