import torch
from transformers import LlamaConfig
from transformers.cache_utils import DynamicLayer

from acculturate.engines.hf.cache import ROOM, RoomyLayer, roomy_cache

from .tiny import FAMILIES, SIZES


def test_it_holds_what_the_librarys_own_layer_holds() -> None:
    ours, theirs = RoomyLayer(), DynamicLayer()
    dice = torch.Generator().manual_seed(1)
    for step in range(2 * ROOM + 5):
        tokens = 7 if step == 0 else 1
        rows = 4 if step < 20 else 2
        key, value = (torch.randn(rows, 2, tokens, 8, generator=dice) for _ in range(2))
        if step == 20:
            for layer in (ours, theirs):
                layer.batch_select_indices(torch.tensor([0, 3]))
        for mine, its in zip(ours.update(key, value), theirs.update(key, value), strict=True):
            assert torch.equal(mine, its)
    assert ours.get_seq_length() == theirs.get_seq_length() == 2 * ROOM + 11


def test_buffers_that_are_taken_over_are_written_on_in_place() -> None:
    layer = RoomyLayer(ahead=3)
    key, value = (torch.randn(4, 2, 7 + 3, 8) for _ in range(2))
    was = key.clone()
    layer.adopt(key, value)
    assert layer.get_seq_length() == 7
    fresh = torch.ones(4, 2, 1, 8)
    keys, values = layer.update(fresh, 2 * fresh)
    assert torch.equal(keys, torch.cat([was[:, :, :7], fresh], dim=2))
    assert keys.data_ptr() == key.data_ptr()
    for _ in range(3):  # one more than there is room for
        keys, values = layer.update(fresh, 2 * fresh)
    assert torch.equal(keys[:, :, :7], was[:, :, :7])
    assert torch.equal(values[:, :, 7:], 2 * fresh.expand(-1, -1, 4, -1))


def test_windows_keep_the_librarys_own_layers() -> None:
    plain = roomy_cache(LlamaConfig(**SIZES))
    assert {type(layer) for layer in plain.layers} == {RoomyLayer}
    mixed = roomy_cache(FAMILIES["gemma2"].config)
    assert len({type(layer) for layer in mixed.layers}) == 2
