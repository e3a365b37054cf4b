import math
from typing import Any

import jinja2
import pytest

from acculturate.report import typesetting
from acculturate.report.page import _environment


@pytest.mark.parametrize(
    ("value", "plain", "with_sign"),
    [
        (0.71234, "0.712", "+0.712"),
        (-0.0312, "−0.031", "−0.031"),
        (0.0002, "0.000", "+0.000"),
        (-0.0002, "0.000", "−0.000"),
        (0.0, "0.000", "0.000"),
        (1, "1.000", "+1.000"),
        (None, "–", "–"),
        (math.nan, "–", "–"),
    ],
)
def test_decimals(value: Any, plain: str, with_sign: str) -> None:
    assert typesetting.decimal(value) == plain
    assert typesetting.signed(value) == with_sign


def test_counts_shares_and_durations() -> None:
    assert typesetting.count(12345) == "12,345"
    assert typesetting.count(None) == "–"
    assert typesetting.percent(57, 140) == "40.7%"
    assert typesetting.percent(3, 0) == typesetting.percent(3, None) == "–"
    assert typesetting.share_of(3, 2) == 1.0
    assert typesetting.duration(0.5) == "30 seconds"
    assert typesetting.duration(7.94) == "7.9 minutes"
    assert typesetting.duration(180) == "3.0 hours"


def test_long_text_says_how_much_is_missing() -> None:
    assert typesetting.clip("short") == "short"
    assert typesetting.clip(None) == ""
    assert typesetting.clip("a" * 1500, 1000).endswith("a … (and 500 more characters)")


def test_what_cannot_be_seen_or_written_is_named() -> None:
    tree = {
        "turned\u202e": ["half \ud800", "nul\x00", "bell\x07", "\x85", {"deep": "\u2066"}],
        "kept": "a\tb\nc\r\nd é 中 \u200f",
        "number": 0.5,
    }
    shown = typesetting.printable(tree)
    assert shown == {
        "turned[U+202E]": ["half [U+D800]", "nul␀", "bell␇", "[U+0085]", {"deep": "[U+2066]"}],
        "kept": "a\tb\nc\nd é 中 \u200f",
        "number": 0.5,
    }
    str(shown).encode("utf-8")


def test_a_name_that_a_record_lacks_is_an_error_in_filters_too() -> None:
    page = _environment().from_string("{{ meta.no_such_key|count }}")
    with pytest.raises(jinja2.UndefinedError, match="no_such_key"):
        page.render(meta=object())
