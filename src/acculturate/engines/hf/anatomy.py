"""A model's anatomy: how many weights, of what kind, known from its files without loading any.

What a model costs follows from few numbers: the weights that every token passes through, the head
that is only asked where a probability is wanted, and what each token leaves in the cache. They are
read off the model's own code, built from its config without memory for its weights, so every
architecture of transformers has them. Nothing is fetched: a model that is not on this machine has
no anatomy, and a sentence says so.

    >>> from acculturate.engines import parse_model
    >>> find_anatomy(parse_model("embedded")).parameters  # doctest: +SKIP
    134515008
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acculturate.engines import chat
from acculturate.engines.embedded import EMBEDDED, gguf_file, kept_folder
from acculturate.engines.protocol import ModelSpec
from acculturate.engines.quiet import quiet
from acculturate.errors import EngineError, first_line


@dataclass(frozen=True, slots=True)
class Anatomy:
    """Sizes of a model, in weights and numbers.

    `parameters` are all that memory must hold, `body` those of the matrices that a token passes
    through (of a mixture its chosen experts only), `head` those of the output matrix. `width` is
    heads x size of a head over all layers, `cached` the numbers that a token leaves in the cache,
    `vocabulary` those of a row of logits. `shares` says whether what prompts begin with is computed
    once for all (packing.py).
    """

    parameters: int
    body: int
    head: int
    width: int
    cached: int
    vocabulary: int
    layers: int
    hidden: int
    shares: bool = True

    def flops(self, tokens: float, seen: float, asked: float) -> float:
        """Operations to compute `tokens`, each of which sees `seen` others, with the logits of
        `asked` of them: two per weight, four per number of a head and token seen.
        """
        return 2 * self.body * tokens + 2 * self.head * asked + 4 * self.width * tokens * seen


def find_anatomy(spec: ModelSpec) -> Anatomy:
    """The anatomy of a model of transformers that is on this machine.

    Raises `EngineError` in a sentence where it is not here, or its config cannot be read.
    """
    where, file = _place(spec)
    try:
        import torch
        from transformers import AutoConfig, AutoModelForCausalLM
    except ImportError as problem:
        raise _lacking(problem) from problem
    unreadable = (OSError, ValueError, KeyError, ImportError, AttributeError, RuntimeError)
    try:
        with quiet(), torch.device("meta"):
            config = AutoConfig.from_pretrained(where, local_files_only=True, **file)
            return anatomy_of(AutoModelForCausalLM.from_config(config))
    except unreadable as problem:
        raise EngineError(
            f"The size of '{spec.name}' cannot be read: {first_line(problem)}."
        ) from problem


def find_tokenizer(spec: ModelSpec) -> Any:
    """The tokenizer of a model that is on this machine; raises `EngineError` where it is not."""
    where, file = _place(spec)
    try:
        from transformers import AutoTokenizer
    except ImportError as problem:
        raise _lacking(problem) from problem
    try:
        with quiet():
            return AutoTokenizer.from_pretrained(where, local_files_only=True, **file)
    except (OSError, ValueError, KeyError, ImportError) as problem:
        raise EngineError(
            f"The tokenizer of '{spec.name}' cannot be read: {first_line(problem)}."
        ) from problem


def prompt_tokens(tokenizer: Any, messages: Any) -> list[int]:
    """The tokens of a prompt, as an engine on this machine computes them."""
    return chat.encode(tokenizer, chat.render(tokenizer, messages))


def anatomy_of(model: Any) -> Anatomy:
    """The anatomy of a model of transformers, whether its weights are there or not."""
    from acculturate.engines.hf.packing import packable

    config = model.config.get_text_config()
    head = model.get_output_embeddings()
    table = model.get_input_embeddings()
    sizes = {name: weight.numel() for name, weight in model.named_parameters()}
    tied = head is None or head.weight is table.weight or config.tie_word_embeddings
    whole = sum(sizes.values()) - (head.weight.numel() if _counted_twice(model, config) else 0)
    experts = sum(size for name, size in sizes.items() if _is_expert(name))
    outside = table.weight.numel() + (0 if tied else head.weight.numel())
    heads = config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // heads
    key_heads = getattr(config, "num_key_value_heads", None) or heads
    return Anatomy(
        parameters=whole,
        body=whole - outside - round(experts * (1 - _chosen(config))),
        head=(head or table).weight.numel(),
        width=heads * size * config.num_hidden_layers,
        cached=2 * key_heads * size * config.num_hidden_layers,
        vocabulary=config.vocab_size,
        layers=config.num_hidden_layers,
        hidden=config.hidden_size,
        shares=packable(model.config),
    )


def _counted_twice(model: Any, config: Any) -> bool:
    """Whether the model lists its output matrix beside the input one that it shares."""
    listed = dict(model.named_parameters())
    head = model.get_output_embeddings()
    own = head is not None and any(each is head.weight for each in listed.values())
    return (
        bool(config.tie_word_embeddings)
        and own
        and head.weight is not (model.get_input_embeddings().weight)
    )


def _is_expert(name: str) -> bool:
    return ".experts." in name


def _chosen(config: Any) -> float:
    """Which share of a mixture's experts a token passes through; 1 without a mixture."""
    names = ("num_local_experts", "num_experts", "n_routed_experts")
    there = next((n for name in names if (n := getattr(config, name, None))), None)
    return min(1.0, (getattr(config, "num_experts_per_tok", None) or there) / there) if there else 1


def _place(spec: ModelSpec) -> tuple[Path, dict[str, str]]:
    """Where a model's config and tokenizer are, without fetching or converting anything."""
    if spec.name == EMBEDDED:
        source = gguf_file()
        kept = kept_folder(source)
        return (kept, {}) if kept else (source.parent, {"gguf_file": source.name})
    path = Path(spec.name).expanduser()
    if path.is_dir():
        return path, {}
    return _cached(spec), {}


def _cached(spec: ModelSpec) -> Path:
    """The folder of a copy that was fetched before."""
    from huggingface_hub import errors, try_to_load_from_cache

    try:
        found = try_to_load_from_cache(spec.name, "config.json", revision=spec.revision or None)
    except errors.HFValidationError:
        raise _not_here(spec) from None
    if not isinstance(found, str):
        raise _not_here(spec)
    return Path(found).parent


def _lacking(problem: ImportError) -> EngineError:
    return EngineError(
        f"The size of a model is read with {problem.name}, which is not installed: type pip "
        "install 'acculturate[hf]'."
    )


def _not_here(spec: ModelSpec) -> EngineError:
    return EngineError(
        f"The model '{spec.name}' is not on this machine, so its size is not known: type `hf "
        f"download {spec.name} --include '*.json'` (no weights) to have it counted."
    )
