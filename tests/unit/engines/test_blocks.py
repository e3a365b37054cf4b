from hypothesis import given
from hypothesis import strategies as st

from acculturate.engines.hf.blocks import BLOCK, BlockTree, cut

lengths = st.lists(st.integers(1, 3 * BLOCK), min_size=1, max_size=4)
talks = st.lists(st.tuples(st.integers(0, 2), lengths), min_size=1, max_size=8)


def turns(who: int, added: list[int]) -> list[tuple[int, ...]]:
    """Prompts that grow by so many tokens, and are one person's."""
    ends = [sum(added[: at + 1]) for at in range(len(added))]
    return [tuple((who + at) % 7 for at in range(end)) for end in ends]


def test_a_prompt_is_cut_where_a_turn_ends_and_after_64_tokens() -> None:
    result = cut(turns(0, [70, 64, 3]))
    assert [len(block) for block in result] == [64, 6, 64, 3]
    assert sum(result, ()) == turns(0, [137])[0]
    assert cut(turns(0, [137])) != result  # the same tokens, otherwise computed
    assert cut([()]) == ()


@given(talks, st.sampled_from([64, 100, 256]))
def test_every_prompt_can_be_read_back_from_passes_of_one_size(
    several: list[tuple[int, list[int]]], width: int
) -> None:
    tree = BlockTree(width)
    prompts = [cut(turns(*lengths)) for lengths in several]
    passes = [*tree.grow(prompts[:3]), *tree.grow(prompts)]
    assert tree.grow(prompts) == []
    token_at: dict[int, int] = {}
    for number, runs in enumerate(passes):
        assert (runs[0].first, runs[-1].end) == (number * width, (number + 1) * width)
        for run in runs:
            assert all(slot < run.first for slot in run.path)
            assert len(run.tokens) <= max(BLOCK, width)
            token_at |= dict(zip(range(run.first, run.end), run.tokens, strict=True))
    for blocks in prompts:
        assert blocks in tree
        assert tuple(token_at[slot] for slot in tree.way(blocks)) == sum(blocks, ())


def test_a_beginning_is_computed_once() -> None:
    tree = BlockTree(width=256)
    tree.grow([cut(turns(0, [100, 20]))])
    [runs] = tree.grow([cut(turns(0, [100, 30])), cut(turns(0, [100, 20, 5]))])
    assert [len(run.tokens) for run in runs] == [30, 5, 256 - 35]
