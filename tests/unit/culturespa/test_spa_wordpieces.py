"""Word pieces as the encoder's own tokenizer cuts them."""

import pytest

from acculturate.culturespa.wordpieces import LONGEST, WordPieces

PIECES = WordPieces()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", [101, 102]),
        ("Do you pray?", [101, 2079, 2017, 11839, 1029, 102]),
        ("Café  don't 日本", [101, 7668, 2123, 1005, 1056, 1864, 1876, 102]),
        ("x" * 200, [101, 100, 102]),
    ],
)
def test_a_text_is_cut_as_bert_cuts_it(text: str, numbers: list[int]) -> None:
    assert PIECES.numbers(text) == numbers


def test_a_long_text_keeps_its_end_mark() -> None:
    numbers = PIECES.numbers("very " * 500)
    assert len(numbers) == LONGEST
    assert numbers[-1] == 102
