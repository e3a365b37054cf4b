"""Portions of a batch that fit into memory: as large as is planned, and halved where they do not.

Their gradients add up to the batch's, so that only rounding depends on where a batch is cut.
"""

from collections.abc import Sequence

from acculturate.errors import TrainingError
from acculturate.tuning.loss_logits import AT_ONCE, portions
from acculturate.tuning.tokenised_rows import Example


class FittingPortions:
    """Cuts batches; `halved` counts how often a portion did not fit."""

    def __init__(self, *, packed: bool) -> None:
        self._packed, self._budget, self.halved = packed, AT_ONCE, 0

    def of(self, examples: Sequence[Example]) -> list[Sequence[Example]]:
        """Return a batch in portions."""
        return list(portions(examples, packed=self._packed, budget=self._budget))

    def halve(self, portion: Sequence[Example]) -> list[Sequence[Example]]:
        """Return a portion that does not fit in smaller ones, as small as all are from now on;
        raises `TrainingError` where it cannot be cut.
        """
        while self._budget > 1:
            self._budget //= 2
            if len(smaller := self.of(portion)) > 1:
                self.halved += 1
                return smaller
        rows = "One row" if len(portion) == 1 else f"A group of {len(portion)} rows"
        raise TrainingError(
            f"{rows} of {max(example.length for example in portion)} tokens does not fit into "
            "memory while training: set tuning.max_length lower, tuning.gradient_checkpointing to "
            "true, or take a smaller model."
        )
