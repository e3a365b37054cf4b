"""Serving: the command line by which vLLM serves a model and its adapters.

    acculturate doctor --model org/model
    acculturate doctor --model runs/demo/adapters/culturespa     one adapter, with its base
    acculturate doctor --model runs/demo                         all of a run's

An adapter is served under its name and the beginning of its digest: a server's weights are known by
name alone, so one that is trained again must not answer under the old name.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from acculturate.engines import ModelSpec, parse_model, weights
from acculturate.engines.embedded import EMBEDDED
from acculturate.engines.model_files import find_folder
from acculturate.engines.server.probe import MOST_LISTED
from acculturate.engines.vllm import VllmSettings, lora_rank
from acculturate.errors import ConfigError
from acculturate.study.models import model_spec
from acculturate.study.schema import load_study

ADDRESS = "http://localhost:8000/v1"
DIGITS = 8
"""Of an adapter's digest, in the name that it is served under."""


@dataclass(frozen=True, slots=True)
class Served:
    """A base and the folders of its adapters by name."""

    base: ModelSpec
    adapters: Mapping[str, Path] = field(default_factory=dict)

    @property
    def spec(self) -> ModelSpec:
        """The base, with its adapter where it is the only one."""
        only = list(self.adapters.values())
        return replace(self.base, adapter=only[0]) if len(only) == 1 else self.base

    @property
    def names(self) -> dict[str, Path]:
        """What each adapter is served as: its name, and the beginning of its digest."""
        return {
            f"{name}-{weights.adapter_digest(folder)[:DIGITS]}": folder.resolve()
            for name, folder in self.adapters.items()
        }

    @property
    def command(self) -> str:
        """The command line; raises `EngineError` for a folder that is not there, and for what vLLM
        does not compute.
        """
        return shlex.join(["vllm", "serve", *_model(self.base), *self._lora()])

    @property
    def models(self) -> list[str]:
        """How the served models are named to this program."""
        return [f"server:{name}" for name in (_name(self.base), *self.names)]

    def _lora(self) -> list[str]:
        if not self.adapters:
            return []
        rank = max(lora_rank(folder) for folder in self.adapters.values())
        modules = [_module(name, folder) for name, folder in self.names.items()]
        room = ["--max-loras", str(len(modules))] if len(modules) > 1 else []
        return ["--enable-lora", "--max-lora-rank", str(rank), *room, "--lora-modules", *modules]


def find_served(text: str) -> list[Served]:
    """Return what a text names: a model, an adapter's folder, or a run's folder with its bases.

    Raises `ConfigError` for an adapter that names no base, or is on top of another one.
    """
    folder = Path(text).expanduser()
    if (folder / weights.ADAPTER_FILES[0]).is_file():
        return [Served(_base_of(folder), {folder.name: folder})]
    if (folder / "study.toml").is_file():
        return _of_run(folder)
    return [Served(parse_model(text))]


def _of_run(run: Path) -> list[Served]:
    """Return a run's bases, the study's base at least, each with the adapters tuned on it.

    An adapter on top of another one is left out: vLLM computes one adapter for a prompt.
    """
    study = load_study(run / "study.toml")
    paths: dict[str, dict[str, Path]] = {"base": {}}
    for section in [section for section in study.adapt if section.base in study.models]:
        mine = paths.setdefault(section.base, {})
        root = run / "adapters"
        for file in sorted((root / section.id).rglob(weights.ADAPTER_FILES[0])):
            mine[file.parent.relative_to(root).as_posix()] = file.parent
    return [Served(model_spec(study.models[ref]), adapters) for ref, adapters in paths.items()]


def _base_of(adapter: Path) -> ModelSpec:
    """Return the base that an adapter names, in its passport or in peft's config."""
    config = weights.adapter_config(adapter)
    passport = weights.read_passport(adapter)
    if "+" in passport.base_weights:
        raise ConfigError(
            f"The adapter {adapter} is on top of another one, which is named in its README.md: "
            "measure it there as `acculturate measure MODEL --adapter LOWER --adapter UPPER` does; "
            "vLLM computes one adapter for a prompt, so it cannot be served as it is."
        )
    name = passport.base_model or config.get("base_model_name_or_path")
    if not name:
        raise ConfigError(
            f"The adapter {adapter} does not name its base: put 'base_model_name_or_path' into its "
            f"{weights.ADAPTER_FILES[0]}."
        )
    return replace(parse_model(name), revision=config.get("revision") or "")


def _model(spec: ModelSpec) -> list[str]:
    """Return the model, and how it computes what this program's own engines compute."""
    words = [spec.name, "--generation-config", "vllm", "--max-logprobs", str(MOST_LISTED[0])]
    if not _on_hub(spec):
        words[0] = str(find_folder(spec)[0].resolve())
        words += ["--served-model-name", _name(spec)]
    if spec.revision:
        words += ["--revision", spec.revision]
    if spec.dtype != "auto":
        words += ["--dtype", spec.dtype]
    if spec.trust_remote_code:
        words.append("--trust-remote-code")
    for key, value in spec.told(VllmSettings).model_dump(exclude_unset=True).items():
        words += [f"--{key.replace('_', '-')}", str(value)]
    return words


def _on_hub(spec: ModelSpec) -> bool:
    """Return whether the name is a Hub id, which vLLM fetches where it serves it."""
    path = Path(spec.name).expanduser()
    here = spec.name == EMBEDDED or path.is_absolute() or spec.name.startswith(".")
    return not (here or path.is_dir())


def _name(spec: ModelSpec) -> str:
    path = Path(spec.name).expanduser()
    return path.resolve().name if path.is_dir() else spec.name


def _module(name: str, folder: Path) -> str:
    """Return NAME=FOLDER, or JSON for a folder that would be read wrongly so."""
    if set("=,") & set(str(folder)):
        return json.dumps({"name": name, "path": str(folder)})
    return f"{name}={folder}"
