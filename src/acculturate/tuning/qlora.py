"""QLoRA: an adapter trained on a model whose own weights are held in 4 bits.

It is part of the preset `published-clca` and needs what many machines lack, so it is looked at
before anything is asked. An adapter made so is put on the weights as they were: to ask the model in
4 bits too, say `quantised = "4bit"` of the model.
"""

import importlib.util

from acculturate.errors import TrainingError
from acculturate.tuning.tuning_settings import TuningSettings


def check_quantised(settings: TuningSettings) -> None:
    """Raise `TrainingError` where these settings want QLoRA and this machine cannot."""
    if settings.quantised == "none":
        return
    lacking = []
    if not _has_gpu():
        lacking.append("a GPU")
    if not _has_package():
        lacking.append("bitsandbytes (pip install 'acculturate[qlora]')")
    if lacking:
        raise TrainingError(
            f"Tuning with quantised = '{settings.quantised}' (preset '{settings.preset}') needs "
            f"{' and '.join(lacking)}, which this machine lacks: set tuning.quantised to 'none', "
            "which trains the same adapter on the weights as they are."
        )


def _has_package() -> bool:
    return importlib.util.find_spec("bitsandbytes") is not None


def _has_gpu() -> bool:
    if importlib.util.find_spec("torch") is None:
        return False
    import torch

    return bool(torch.cuda.is_available())
