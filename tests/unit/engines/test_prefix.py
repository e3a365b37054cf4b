from hypothesis import given
from hypothesis import strategies as st

from acculturate.engines.hf.prefix import build_tree, chunks

lists = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=8), min_size=1, max_size=20)


@given(lists)
def test_every_list_can_be_read_back(several: list[list[int]]) -> None:
    tree = build_tree(several)
    token_at: dict[int, int] = {}
    way_to: dict[int, tuple[int, ...]] = {}
    for run in tree.runs:
        for at, token in enumerate(run.tokens):
            slot = run.first + at
            token_at[slot] = token
            way_to[slot] = (*run.path, *range(run.first, slot + 1))
    assert sorted(token_at) == list(range(tree.size))
    for tokens in several:
        way = way_to[tree.slots[tuple(tokens)]]
        assert [token_at[slot] for slot in way] == tokens


@given(lists)
def test_no_beginning_is_computed_twice(several: list[list[int]]) -> None:
    beginnings = {tuple(tokens[:end]) for tokens in several for end in range(1, len(tokens) + 1)}
    assert build_tree(several).size == len(beginnings)


@given(lists, st.integers(1, 10))
def test_chunks_keep_to_their_budget(several: list[list[int]], budget: int) -> None:
    tree = build_tree(several)
    parts = list(chunks(tree.runs, budget))
    assert [run for part in parts for run in part] == list(tree.runs)
    for part in parts:
        assert len(part) == 1 or sum(len(run.tokens) for run in part) <= budget


@given(lists, st.integers(1, 10))
def test_a_chunk_needs_only_the_path_of_its_first_run(
    several: list[list[int]], budget: int
) -> None:
    for part in chunks(build_tree(several).runs, budget):
        carried = set(part[0].path)
        own = set(range(part[0].first, part[-1].end))
        assert all(set(run.path) <= carried | own for run in part)


def test_pairs_seen() -> None:
    # 1, then 1 2 | then 1, 3 4: depths 1 2 and 2 3
    assert build_tree([(1, 2), (1, 3, 4)]).attended == 1 + 2 + 2 + 3
