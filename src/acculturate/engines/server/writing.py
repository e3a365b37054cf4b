"""Texts written over a server, with room for a thought where the model thinks first.

A thought is no part of the text that a limit is for, so it has room of its own, `thought_tokens`. A
model whose thoughts the probe has not seen is asked again with that room where its answer never
begins; what is cut off even then is a failure that names the setting.
"""

from acculturate.engines.server.capabilities import Abilities
from acculturate.engines.server.reply import Said, said
from acculturate.engines.server.request_body import written_body
from acculturate.engines.server.server_settings import ServerSettings
from acculturate.engines.server.transport import Ask
from acculturate.records import Failure, GenerateRequest, Generation


class Writer:
    """Writes over one server; safe to share between threads."""

    def __init__(self, ask: Ask, able: Abilities, settings: ServerSettings) -> None:
        self._ask = ask
        self._able = able
        self._settings = settings

    def write(self, request: GenerateRequest) -> Generation | Failure:
        """Return the text, its thought apart. Raises `UnansweredError` and `ServerError`."""
        room = self._settings.thought_tokens
        reply = self._said(request, room if self._able.thinks else 0)
        if reply.written.unfinished and not reply.failure and not self._able.thinks:
            reply = self._said(request, room)
        return reply.as_reply(room_setting(self._settings))

    def _said(self, request: GenerateRequest, thought: int) -> Said:
        reply = self._ask(written_body(self._able.manner, request, thought))
        return said(reply, reply["choices"][0])


def room_setting(settings: ServerSettings) -> str:
    """Return what to type where thoughts are cut off."""
    return (
        f"raise thought_tokens ({settings.thought_tokens}) in [models.X.server] (measure: --set "
        "models.base.server.thought_tokens=8192), then add --retry-failed"
    )
