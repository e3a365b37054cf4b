import pytest
import torch

from acculturate.engines.hf.products import PACKS, ROWS, Products

from .tiny import FAMILIES, make_model


def test_packed_products_are_the_same_products() -> None:
    model = make_model(FAMILIES["qwen2"].config)  # its linear layers have biases
    products = Products(model)
    tokens = torch.arange(1, 17)[:, None]
    with torch.inference_mode():
        plain = model(tokens).logits
        with products.of_rows(16):
            packed = model(tokens).logits
            wider = model(tokens.expand(-1, 3)).logits  # another number of rows than it is for
        assert torch.allclose(packed, plain, atol=1e-5)
        assert torch.allclose(wider[:, 0], plain[:, 0], atol=1e-5)
        assert torch.equal(model(tokens).logits, plain)
    assert "forward" not in vars(model.lm_head)


@pytest.mark.parametrize("rows", [ROWS.start - 1, ROWS.stop])
def test_where_packs_do_not_pay_nothing_is_changed(rows: int) -> None:
    model = make_model(FAMILIES["llama"].config)
    with Products(model).of_rows(rows):
        assert "forward" not in vars(model.lm_head)


def test_few_packs_are_kept() -> None:
    products = Products(make_model(FAMILIES["llama"].config))
    with torch.inference_mode():
        for rows in range(16, 16 + PACKS + 2):
            with products.of_rows(rows):
                pass
    assert list(products._packs) == list(range(18, 18 + PACKS))
