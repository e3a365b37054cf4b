"""`acculturate view`: a local page on runs."""

from pathlib import Path
from typing import Annotated

import typer

from acculturate.cli.interrupts import INTERRUPTED, end_at_once
from acculturate.cli.saying import say


def view(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="RUN ...", help="Folders of runs, or a folder that holds some."),
    ],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of this machine; 0 is any free one.")
    ] = 0,
) -> None:
    """Look into runs in a browser. Serves pages to this machine alone, until Ctrl-C.

    Shows items, prompts, replies, dialogues and questions, keeps verdicts, and lets two models
    answer side by side.
    """
    from acculturate.viewer.local_server import serving

    with serving(folders, port) as viewer:
        for sentence in viewer.left_out:
            say(f"Left out: {sentence}", err=True)
        say(f"Viewing {', '.join(viewer.runs)}. Open this address; Ctrl-C ends it.")
        say(viewer.address, whole=True)
        try:
            viewer.run()
        except KeyboardInterrupt:
            if viewer.busy():  # a talk is nothing that could be lost
                end_at_once(INTERRUPTED)
            raise
