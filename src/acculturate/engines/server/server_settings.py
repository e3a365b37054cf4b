"""What a study may say about a server: `[models.X.server]`. Keys are never among it.

[models.judge]
name = "server:some-model"

[models.judge.server]
url = "https://host/v1"
key_variable = "HOST_API_KEY"
price = [0.15, 0.60]
spending_limit = 5
"""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from acculturate.config import Count, Settings

KEY_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*_API_KEY")


class ServerSettings(Settings):
    """How a server is reached, how patiently, and for how much."""

    url: Annotated[
        str, Field(description="base URL, mostly ending in /v1; else OPENAI_BASE_URL")
    ] = ""
    key_variable: Annotated[
        str, Field(description="the environment variable that holds the key for this server")
    ] = ""
    timeout: Annotated[float, Field(gt=0, description="seconds that one request may take")] = 120
    patience: Annotated[
        float, Field(gt=0, description="seconds for one reply, with all its further tries")
    ] = 600
    tries: Annotated[Count, Field(description="at most so many tries for one reply")] = 8
    at_once: Annotated[Count, Field(le=256, description="requests under way, at most")] = 32
    samples: Annotated[
        Count, Field(description="samples per question, where the server lists no probabilities")
    ] = 20
    thought_tokens: Annotated[
        Count, Field(description="room for a thought before the answer, in tokens")
    ] = 2048
    price: Annotated[
        tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]] | None,
        Field(description="money per million tokens read and written"),
    ] = None
    spending_limit: Annotated[
        float | None, Field(gt=0, description="stop at this much money; needs price")
    ] = None
    token_limit: Annotated[
        int | None, Field(gt=0, description="stop at so many tokens, read and written")
    ] = None

    @field_validator("url")
    @classmethod
    def _plain_url(cls, url: str) -> str:
        """Refuse a URL that holds a secret: a study file is kept with the run."""
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("a server's url begins with http:// or https:// and names a host")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError(
                "a server's url holds a password or a query, and a study file is kept with the "
                "run: put the whole address into OPENAI_BASE_URL"
            )
        return url

    @field_validator("key_variable")
    @classmethod
    def _named_key(cls, name: str) -> str:
        """Refuse what is no name of a variable, without repeating it: it may be a key, put there by
        mistake.
        """
        if name and not KEY_VARIABLE.fullmatch(name):
            raise ValueError(
                "key_variable takes the name of an environment variable, such as HOST_API_KEY, "
                "never the key"
            )
        return name

    @model_validator(mode="after")
    def _limit_has_price(self) -> Self:
        if self.spending_limit is not None and self.price is None:
            raise ValueError("spending_limit needs price = [read, written] per million tokens")
        return self
