"""Population fidelity at a glance: the score, its three parts, and which of them holds it down."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FidelityRow:
    """An arm's population fidelity: means over `n` items, each in [0, 1].

    `binds` is the part that is the lowest of the three on most items, and `accuracy_binds` on how
    many of them accuracy is, as the others. Intervals stand with the scores of the same names.
    """

    arm: str
    population_fidelity: float
    accuracy: float
    adaptability: float
    structure: float
    binds: str
    accuracy_binds: int
    adaptability_binds: int
    structure_binds: int
    n: int

    @property
    def held_by(self) -> str:
        """The part that holds the score down, and on how many items: "structure (9 of 16)"."""
        return f"{self.binds} ({getattr(self, f'{self.binds}_binds')} of {self.n})"
