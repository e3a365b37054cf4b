"""Meaning: texts as vectors, for the leak check and for duplicates in other words.

Concepts find most paraphrases; vectors find some more. Two encoders fetch nothing: `wordllama`
(extra `dedup`) has static vectors trained for likeness in its package; `embedded` averages the
token vectors of the model that comes as a package, rare tokens counting more. Any model2vec name
or folder (extra `dedup`) stands in their place, for instance `minishlab/potion-base-8M` where the
hub can be reached.

    encoder = open_encoder("wordllama")
    encoder(["How happy are you?"]).shape
    duplicates(["How happy are you?", "Are you a happy person?"], encoder, 0.8)
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from acculturate.culturespa.meaning import Encoder, Floats
from acculturate.errors import EngineError
from acculturate.similarity import normalise

EXTRA = "type: pip install 'acculturate[dedup]'"


class Double(NamedTuple):
    """A text that says what another one does, by their places in the list; cosine in [0, 1]."""

    text: int
    other: int
    score: float


def open_encoder(name: str) -> Encoder:
    """`wordllama`, `embedded`, or a model2vec model by its name or folder. Raises `EngineError`
    without it.
    """
    if name == "wordllama":
        return _open_wordllama()
    if name == "embedded":
        from acculturate.engines.embedded import embedded_folder

        return TokenMeans(embedded_folder())
    return _open_static(name)


class TokenMeans:
    """The mean of a text's token vectors, weighted by the logarithm of a token's rank.

    A BPE vocabulary is in the order of merging, so that a token's number is about its rank in
    frequency; what the vectors have in common is taken off.
    """

    def __init__(self, folder: Path) -> None:
        try:
            from safetensors import safe_open
            from tokenizers import Tokenizer
        except ImportError:
            raise EngineError(
                "Token vectors need safetensors and tokenizers: type: pip install 'acculturate[hf]'"
            ) from None
        with safe_open(folder / "model.safetensors", "np") as weights:
            name = next(key for key in weights.keys() if key.endswith("embed_tokens.weight"))  # noqa: SIM118
            vector_VD = weights.get_tensor(name).astype(np.float32)
        vector_VD -= vector_VD.mean(0)
        vector_VD /= np.maximum(np.linalg.norm(vector_VD, axis=1), 1e-9)[:, None]
        self._vector_VD = (
            vector_VD * np.log(1 + np.arange(len(vector_VD), dtype=np.float32))[:, None]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def __call__(self, texts: Sequence[str]) -> Floats:
        rows = [self._tokenizer.encode(f" {normalise(text)}").ids for text in texts]
        return np.array([self._vector_VD[ids].mean(0) for ids in rows], np.float64)


def duplicates(texts: Sequence[str], encoder: Encoder, threshold: float) -> tuple[Double, ...]:
    """Texts that mean what another does that stays, by semhash (approximate nearest neighbours).

    `threshold` is a cosine in (0, 1], about the mean of all texts. Raises `EngineError` without the
    extra `dedup`.
    """
    try:
        from semhash import SemHash
    except ImportError:
        raise EngineError(f"Duplicates in meaning need semhash: {EXTRA}") from None
    if len(texts) < 2:
        return ()
    number = {text: place for place, text in reversed(list(enumerate(texts)))}
    index = SemHash.from_records(records=list(texts), model=_About(encoder, texts))
    found = index.self_deduplicate(threshold=threshold)
    doubles = []
    for each in found.filtered:
        if not each.exact:
            other = number[each.duplicate_of]
            doubles.append(Double(number[each.record], other, float(each.score)))
    return tuple(sorted(doubles))


class _About:
    """An encoder as semhash wants it, its vectors taken about the mean of `texts`."""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        self._encoder = encoder
        self._mean_D = encoder(texts[:2000]).mean(0)

    def encode(self, inputs: Sequence[str], **_: Any) -> Floats:
        vector_ND = self._encoder(list(inputs)) - self._mean_D
        return np.asarray(vector_ND / np.maximum(np.linalg.norm(vector_ND, axis=1), 1e-9)[:, None])


def _open_wordllama() -> Encoder:
    try:
        import wordllama
    except ImportError:
        way = EXTRA
        if sys.version_info >= (3, 14):
            way = "it has no build for Python 3.14: use 'embedded', or an older Python"
        raise EngineError(f"The encoder 'wordllama' needs wordllama: {way}") from None
    # 0.4.0 looks for its own tokenizer under another name, and would fetch it
    folder = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)

    def encode(texts: Sequence[str]) -> Floats:
        return np.asarray(model.embed(list(texts), norm=True), np.float64)

    return encode


def _open_static(name: str) -> Encoder:
    try:
        from model2vec import StaticModel
    except ImportError:
        raise EngineError(f"The encoder '{name}' needs model2vec: {EXTRA}") from None
    try:
        model = StaticModel.from_pretrained(name)
    except Exception as problem:  # its loader raises whatever the hub client does
        raise EngineError(
            f"The encoder '{name}' cannot be loaded ({type(problem).__name__}): give a model2vec "
            "folder or a name of the hub, 'wordllama' or 'embedded'."
        ) from problem

    def encode(texts: Sequence[str]) -> Floats:
        return np.asarray(model.encode(list(texts)), np.float64)

    return encode
