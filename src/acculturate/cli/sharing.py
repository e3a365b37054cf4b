"""`acculturate merge` and `push`: adapters as others can use them."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from acculturate.cli.saying import say, say_waiting


def merge(
    adapters: Annotated[
        list[Path],
        typer.Argument(
            metavar="ADAPTER [ADAPTER ...]", help="An adapter's folder; several, the lowest first."
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder for the merged model: a new one.")],
    base: Annotated[str, typer.Option(help="The base, where the adapter does not name it.")] = "",
    dtype: Annotated[
        Literal["auto", "float32", "bfloat16", "float16"],
        typer.Option(
            help="float32 (nothing is lost), bfloat16, float16, or auto: as the base's files."
        ),
    ] = "float32",
) -> None:
    """Merge an adapter into its base. Writes a model folder that transformers opens by itself."""
    say_waiting("Loading the base ...")
    from acculturate.handover import merge as merge_adapters

    result = merge_adapters(adapters, out, base=base, dtype=dtype)
    say(f"Merged into {result.base}, in {result.dtype}: {result.folder}")
    if result.noise:
        say(
            f"Rounding to {result.dtype} added noise of {result.noise:.0%} of the size of the "
            "change: --dtype float32 keeps all of it."
        )


def push(
    folder: Annotated[Path, typer.Argument(help="An adapter's folder, or a merged model's.")],
    to: Annotated[str, typer.Option(help="Where on the Hub: name/model.")],
    public: Annotated[bool, typer.Option("--public", help="Anybody may read it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send without asking.")] = False,
) -> None:
    """Send an adapter or a model to the Hub. Says what would be sent, and asks first."""
    from acculturate.handover import prepare, send

    upload = prepare(folder, to, private=not public)
    say(upload.text)
    if not yes and not typer.confirm("Send it?"):
        say("Nothing was sent.")
        return
    say(f"Sent: {send(upload)}")
