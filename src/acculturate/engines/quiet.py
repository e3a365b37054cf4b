"""Quiet: the libraries' progress bars, advice and warnings kept off the terminal.

Each library has its own switch, and some have none but Python's warnings.

    with quiet():
        model = AutoModelForCausalLM.from_pretrained(folder)
"""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries' progress bars, advice and warnings off the terminal while they load."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    from transformers.utils import logging as noise

    level, bars = noise.get_verbosity(), noise.is_progress_bar_enabled()
    noise.set_verbosity_error()
    noise.disable_progress_bar()
    peft_log = logging.getLogger("peft")
    before = peft_log.level
    peft_log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        peft_log.setLevel(before)
        noise.set_verbosity(level)
        if bars:
            noise.enable_progress_bar()
