"""Characters that say the same are compared in one form."""

import pytest

from acculturate.asking.characters import in_one_form


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("２", "2"),
        ("٢۲२", "222"),
        ("don’t", "don't"),
        ("我選擇「２」", "我选择「2」"),
        ("選択肢", "选択肢"),
        ("plain text", "plain text"),
    ],
)
def test_in_one_form(written: str, form: str) -> None:
    assert in_one_form(written) == form
