"""Which processes tune together, and how a step's rows are dealt out to them."""

import pytest

from acculturate.errors import TrainingError
from acculturate.tuning.ranks import Ranks, check_launched, check_shares, find_ranks
from acculturate.tuning.tuning_settings import TuningSettings

LAUNCHED = {"WORLD_SIZE": "4", "RANK": "3", "LOCAL_RANK": "1"}


def test_ranks_are_what_the_launcher_says() -> None:
    assert find_ranks({}) == Ranks(0, 1)
    assert find_ranks({"WORLD_SIZE": "1", "RANK": "0", "LOCAL_RANK": "0"}) == Ranks(0, 1)
    assert find_ranks(LAUNCHED) == Ranks(3, 4)
    fsdp = {**LAUNCHED, "ACCELERATE_USE_FSDP": "true", "FSDP_VERSION": "2"}
    assert find_ranks(fsdp) == Ranks(3, 4, sharded=True)
    assert [ranks.first for ranks in (Ranks(), Ranks(0, 2), Ranks(1, 2))] == [True, True, False]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"WORLD_SIZE": "2"}, "WORLD_SIZE is 2, RANK not set"),
        ({**LAUNCHED, "RANK": "4"}, "WORLD_SIZE is 4, RANK 4"),
        ({**LAUNCHED, "LOCAL_RANK": "x"}, r"LOCAL_RANK x\. Start with `accelerate launch"),
        ({**LAUNCHED, "ACCELERATE_USE_FSDP": "true"}, "--fsdp_version 2"),
    ],
)
def test_an_environment_that_does_not_fit(environment: dict[str, str], said: str) -> None:
    with pytest.raises(TrainingError, match=said):
        find_ranks(environment)


def test_a_step_is_shared_out_evenly_or_not_at_all() -> None:
    check_shares(Ranks(1, 2), TuningSettings(batch=4, accumulation=2))
    with pytest.raises(TrainingError, match=r"batch = 4, accumulation = 2 sees the same 8 rows"):
        check_shares(Ranks(0, 2), TuningSettings(batch=8))
    with pytest.raises(TrainingError, match=r"accumulation = 4 sees 12 rows a step"):
        check_shares(Ranks(0, 4), TuningSettings(batch=3, accumulation=3))


def test_several_gpus_want_a_launcher() -> None:
    check_launched(Ranks(), 1)
    check_launched(Ranks(0, 8), 8)
    with pytest.raises(TrainingError, match=r"8 GPUs are visible .*launch --num_processes 8"):
        check_launched(Ranks(), 8)


@pytest.mark.parametrize("rows", [8, 9, 11, 17, 3])
def test_ranks_see_every_row_once_in_as_many_batches(rows: int) -> None:
    from acculturate.tuning.trainer import RowOrder

    alone = RowOrder(range(rows), 2, 4, seed=1)
    both = [RowOrder(range(rows), 2, 4, 1, Ranks(number, 2)) for number in (0, 1)]
    dealt = [list(order) for order in both]
    assert [len(batches) for batches in dealt] == [len(both[0])] * 2
    idle = rows
    for step in range(0, len(dealt[0]), 2):
        seen = {row for batches in dealt for batch in batches[step : step + 2] for row in batch} - {
            idle
        }
        wanted = {row for batch in list(alone)[2 * step : 2 * step + 4] for row in batch}
        alone._epoch = 0
        assert seen == wanted
    assert all(len(batch) <= 2 for batches in dealt for batch in batches)


def test_a_share_of_the_ranks_is_a_share_of_the_loss() -> None:
    """A rank without rows takes part with a row that weighs nothing."""
    from acculturate.tuning.trainer import RowOrder

    [batch] = RowOrder(range(1), 2, 2, 0, Ranks(1, 2))
    assert batch == [1]
