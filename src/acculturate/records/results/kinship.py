"""How cultures stand to each other, among peoples and among an arm's answers for them."""

from dataclasses import dataclass

Merge = tuple[int, int, float]


@dataclass(frozen=True)
class Kinship:
    """How cultures stand to each other in one set of answers.

    `similarity` is cultures by cultures; `neighbours` each culture's most similar ones, the nearest
    first; `tree` its merges (two nodes, the distance), nodes from C on being merges in their order.
    """

    similarity: tuple[tuple[float, ...], ...]
    neighbours: tuple[tuple[str, ...], ...]
    tree: tuple[Merge, ...] = ()


@dataclass(frozen=True)
class ArmKinship:
    """An arm's kinship, and how it agrees with the peoples'.

    `r` over pairs of cultures in [-1, 1], `low` and `high` its interval over items, `p` Mantel's;
    `shared` the share of neighbours that are the peoples' too. None where all answers are alike.
    `n` counts the items.
    """

    arm: str
    kinship: Kinship
    r: float | None
    low: float | None
    high: float | None
    p: float | None
    shared: float | None
    n: int


@dataclass(frozen=True)
class Relations:
    """`chance` is the share of neighbours that any choice of them shares with the peoples'."""

    cultures: tuple[str, ...]
    people: Kinship
    arms: tuple[ArmKinship, ...]
    chance: float
