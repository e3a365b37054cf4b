"""The same question put the way people put it today: each peer is opened on a model in memory."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import torch

from acculturate.engines import chat
from acculturate.engines.hf.loading import LoadedModel
from acculturate.engines.quiet import quiet
from acculturate.records import ChooseRequest

Asker = Callable[[Sequence[ChooseRequest]], list[list[float]]]
"""Finds the log-probability of each label of each request."""


def harness(loaded: LoadedModel) -> Asker:
    """lm-evaluation-harness, batches of 16: every label's log-likelihood after the prompt."""
    with quiet():
        from lm_eval.models.huggingface import HFLM

        logging.getLogger("lm_eval").setLevel(logging.ERROR)
        lm: Any = HFLM(
            pretrained=loaded.model,
            tokenizer=loaded.tokenizer,
            batch_size=16,
            device=str(loaded.model.device),
        )

    words = loaded.tokenizer

    def ask(requests: Sequence[ChooseRequest]) -> list[list[float]]:
        # as tokens: of a text, it would count a prompt's last line break with the label
        pairs = [
            (("", label), chat.encode(words, prompt), label_tokens(words, label))
            for request in requests
            for prompt in [chat.render(words, request.messages)]
            for label in request.labels
        ]
        result = iter(lm._loglikelihood_tokens(pairs, disable_tqdm=True))
        return [[next(result)[0] for _ in request.labels] for request in requests]

    return ask


def loop(loaded: LoadedModel) -> Asker:
    """One `generate` call per prompt, of one token, with its scores."""
    words = loaded.tokenizer

    def weigh(request: ChooseRequest) -> list[float]:
        ids = chat.encode(words, chat.render(words, request.messages))
        tokens = torch.tensor([ids], device=loaded.model.device)
        out = loaded.model.generate(
            tokens,
            attention_mask=torch.ones_like(tokens),
            max_new_tokens=1,
            do_sample=False,
            pad_token_id=loaded.pad_id,
            output_scores=True,
            return_dict_in_generate=True,
        )
        scores = out.scores[0][0].float().log_softmax(-1)
        first = [label_tokens(words, label)[0] for label in request.labels]
        return [float(scores[token]) for token in first]

    return lambda requests: [weigh(request) for request in requests]


def label_tokens(words: Any, label: str) -> list[int]:
    """A label's tokens, without those that a tokenizer adds itself."""
    tokens: list[int] = words(label, add_special_tokens=False)["input_ids"]
    return tokens
