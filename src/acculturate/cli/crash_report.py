"""A report of an error that nobody foresaw: what happened and where, without keys.

It holds the traceback with every cause, the command, and the versions, and no text of the model and
no value of the environment. It lies where the command was typed, or in the folder of temporary
files where nothing can be written there.
"""

import os
import platform
import re
import shlex
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import uuid4

from acculturate.plugins import brought_by
from acculturate.visible import visible

OURS = __name__.partition(".")[0]
EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h: an error of the program."""
PACKAGES = ("acculturate", "numpy", "pyarrow", "pydantic", "torch", "transformers", "peft")
SECRET = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL|AUTH", re.IGNORECASE)
"""In the names of variables whose values are hidden."""
SHORTEST = 6
"""Letters of a value that can be a secret."""
KEY = re.compile(
    r"\b(?:sk|hf|pk|rk|ghp|xox[a-z])[-_][\w.-]{6,}|(?i:bearer)\s+\S+|://[^/\s@]+:[^/\s@]+@"
)
"""What looks like a key, or like a password in an address."""


def keep_report(error: BaseException, words: Sequence[str]) -> Path | None:
    """Write down what happened; returns the file, or None where none can be written."""
    text = hidden(report_text(error, words))
    for folder in (Path.cwd(), Path(tempfile.gettempdir())):
        path = folder / f"acculturate-error-{uuid4().hex[:8]}.txt"
        try:
            path.write_text(text, encoding="utf-8")
        except OSError:
            continue
        return path
    return None


def report_text(error: BaseException, words: Sequence[str]) -> str:
    """Return versions, the command and the traceback, with its causes."""
    trace = "".join(traceback.format_exception(error))
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return visible(
        f"command: {shlex.join(words)}\npython: {platform.python_version()} on "
        f"{platform.platform()}\npackages: {versions}\n\n{trace}",
        lines=True,
    )


def hidden(text: str) -> str:
    """Return a text without what the environment holds as a secret, and what looks like a key."""
    for name, secret in os.environ.items():
        if SECRET.search(name) and len(secret) >= SHORTEST:
            text = text.replace(secret, "***")
    return KEY.sub("***", text)


def crash_sentence(error: BaseException, report: Path | None) -> str:
    """Return what is said of the error: its kind, its words, where the report lies, and who is to
    have it.
    """
    words = f"{type(error).__name__}: {error}".removesuffix(": ")[:160]
    where = f"A report without keys is in {report}." if report else "No report could be written."
    if package := package_at_fault(error):
        return hidden(
            f"an error in the code of the package '{package}', which brings a method or an engine "
            f"({words}). {where} Look through it, and send it to the authors of that package."
        )
    return hidden(
        f"an error of this program that nobody foresaw ({words}). {where} Look through it, "
        "and send it with a bug report."
    )


def package_at_fault(error: BaseException) -> str:
    """Return the other package that brings a method or an engine and whose code the traceback ends
    in, whatever libraries that code calls; "" where it ends in ours.
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    for frame in reversed(frames):
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] == OURS:
            return ""
        if package := brought_by(module):
            return package
    return ""


def _version(name: str) -> str:
    # what is not loaded is not imported for this
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def end_with_report(error: BaseException) -> str:
    """Keep a report of an error of this command; returns the sentence that is said of it."""
    return crash_sentence(error, keep_report(error, ["acculturate", *sys.argv[1:]]))
