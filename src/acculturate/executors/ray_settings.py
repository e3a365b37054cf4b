"""What a study may say about Ray: `[study.ray]`, read where `executor = "ray"`.

[study]
executor = "ray"

[study.ray]
address = "auto"
workers = 16
gpus = 1
"""

from typing import Annotated

from pydantic import Field, field_validator

from acculturate.config import Count, Settings


class RaySettings(Settings):
    """Which cluster, how many workers, and what each one has."""

    address: Annotated[
        str, Field(description="'auto', 'local' or host:port; else RAY_ADDRESS, else local")
    ] = ""
    workers: Annotated[
        Count | None, Field(description="how many; by default as many as there is room for")
    ] = None
    cores: Annotated[Count, Field(description="of each worker, and its threads")] = 1
    gpus: Annotated[
        int | None,
        Field(ge=0, description="of each worker; by default one, where the cluster has any"),
    ] = None

    @field_validator("address")
    @classmethod
    def _reachable(cls, address: str) -> str:
        if "://" in address or (address not in ("", "auto", "local") and ":" not in address):
            raise ValueError(
                f"study.ray.address '{address}' is none: write 'auto' on a machine of the cluster, "
                "'local', or host:port as `ray start --head` prints it"
            )
        return address
