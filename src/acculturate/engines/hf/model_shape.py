"""A model's shape: how many weights it has, of what kind, read from its config alone.

What a model costs follows from few numbers: the weights that every token passes through, the head
that is asked only where a probability is wanted, and what a token leaves in the cache. They are
counted on the model's own code, built without memory for any weight, so every architecture of
transformers has them.

>>> from acculturate.engines.embedded import embedded_folder
>>> read_shape(embedded_folder()).parameters  # doctest: +SKIP
134515008
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acculturate.engines.model_files import hollow_model


@dataclass(frozen=True, slots=True)
class ModelShape:
    """Sizes of a model, in weights and numbers.

    `parameters` are all that memory must hold, `body` those that a token passes through (of a
    mixture its chosen experts only), `head` those of the output matrix. `width` is heads x size of
    a head over all layers, `cached` the numbers that a token leaves in the cache. `shares` says
    whether what prompts begin with is computed once for all (packing.py). `room` are the tokens of
    prompt and reply that it was made for; 0 where its config does not say.
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
    room: int = 0

    def flops(self, tokens: float, seen: float, asked: float) -> float:
        """Return the operations to compute `tokens`, each of which sees `seen` others, with the
        logits of `asked` of them: two per weight, four per number of a head and token seen.
        """
        return 2 * self.body * tokens + 2 * self.head * asked + 4 * self.width * tokens * seen


def read_shape(folder: Path, trust_remote_code: bool = False) -> ModelShape:
    """Return the shape of a folder's model; raises `EngineError` where its config is not read."""
    return shape_of(hollow_model(folder, trust_remote_code))


def shape_of(model: Any) -> ModelShape:
    """Return the shape of a model of transformers, whether its weights are there or not."""
    from acculturate.engines.hf.packing import packable

    config = model.config.get_text_config()
    table = model.get_input_embeddings().weight
    head = (model.get_output_embeddings() or model.get_input_embeddings()).weight
    inner = {
        name: weight.numel()
        for name, weight in model.named_parameters()
        if weight is not table and weight is not head
    }
    idle = sum(size for name, size in inner.items() if ".experts." in name) * _idle_experts(config)
    tied = head is table or config.tie_word_embeddings
    heads, layers = config.num_attention_heads, config.num_hidden_layers
    size = getattr(config, "head_dim", None) or config.hidden_size // heads
    key_heads = getattr(config, "num_key_value_heads", None) or heads
    whole = sum(inner.values())
    return ModelShape(
        parameters=whole + table.numel() + (0 if tied else head.numel()),
        body=whole - round(idle),
        head=head.numel(),
        width=heads * size * layers,
        cached=2 * key_heads * size * layers,
        vocabulary=config.vocab_size,
        layers=layers,
        hidden=config.hidden_size,
        shares=packable(model.config),
        room=getattr(config, "max_position_embeddings", None) or 0,
    )


def _idle_experts(config: Any) -> float:
    """Return the share of a mixture's experts that a token does not pass; 0 without a mixture."""
    names = ("num_local_experts", "num_experts", "n_routed_experts")
    count = next((n for name in names if (n := getattr(config, name, None))), None)
    chosen = getattr(config, "num_experts_per_tok", None)
    return max(0.0, 1 - chosen / count) if count and chosen else 0.0
