"""Commands as a user types them, in this process: a new one would load all packages again.

What a process of its own decides (signals, start-up, what is imported) is tried in one, in
test_endings.py and in test_commands.py.
"""

import contextlib
import io
import subprocess
import sys
from pathlib import Path
from unittest import mock

from acculturate.cli.main import main

Done = subprocess.CompletedProcess[str]


def acculturate(*words: str, cwd: Path | None = None) -> Done:
    """Carry out `acculturate WORDS` in a folder; returns its exit code and what it printed."""
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with (
        contextlib.chdir(cwd or Path()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", ["acculturate", *words]),
    ):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    assert code is None or isinstance(code, int), code
    return Done(words, code or 0, out.getvalue(), err.getvalue())
