import pytest

from acculturate.records.yields import Yield, funnel, told


def test_a_reason_that_no_step_names_makes_a_step_of_its_own() -> None:
    steps = [("are long", ("short",)), ("are new", ("old", "near"))]
    long, new, other = funnel(10, steps, {"near": 2, "odd": 1, "old": 3}, "pass all else")
    assert (long.of, long.count, long.lost, long.after) == (10, 10, {}, "")
    assert (new.of, new.count, new.after) == (10, 5, "are long")
    assert list(new.lost.items()) == [("old", 3), ("near", 2)]
    assert (other.step, other.of, other.count) == ("pass all else", 5, 4)
    assert all(tally.adds_up for tally in (long, new, other))
    assert len(funnel(10, steps, {}, "pass all else")) == 2


def test_what_does_not_add_up_is_known() -> None:
    assert not Yield("came", 3, 5, lost={"late": 1}).adds_up
    assert Yield("came", 3, 5, lost={"late": 1, "ill": 1}).adds_up
    assert Yield("were seen", 3, 5, found=True).adds_up


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Yield("came", 3, 5, lost={"late": 2}), "3 of 5 came; 2 late"),
        (Yield("came", 0, 5, "by bus"), "none of 5 came (by bus)"),
        (Yield("came", 0, 0), "0 of 0 came"),
    ],
)
def test_a_yield_is_told_in_a_sentence(step: Yield, said: str) -> None:
    assert told(step) == said
