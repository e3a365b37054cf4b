"""A server that ends without a word about what it cuts off."""

import logging
from types import FrameType

import uvicorn


class QuietServer(uvicorn.Server):
    """Serves until a signal to end; a model that is still writing then is no error."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note that the server is to end."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        super().handle_exit(sig, frame)
