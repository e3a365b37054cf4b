"""The lookup of language tags (RFC 4647, 3.4)."""

import pytest

from acculturate.culture import find_culture
from acculturate.errors import SurveyError
from acculturate.records import Item, Wording
from acculturate.records.language import chain, look_up


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("en", ("en",)),
        ("zh-hans-cn", ("zh-Hans-CN", "zh-Hans", "zh")),
        ("ES-419", ("es-419", "es")),
        # the example of the RFC
        (
            "zh-Hant-CN-x-private1-private2",
            (
                "zh-Hant-CN-x-private1-private2",
                "zh-Hant-CN-x-private1",
                "zh-Hant-CN",
                "zh-Hant",
                "zh",
            ),
        ),
    ],
)
def test_a_tag_is_cut_from_its_end(tag: str, found: tuple[str, ...]) -> None:
    assert chain(tag) == found


def test_the_nearest_text_is_taken() -> None:
    texts = {"zh": "wide", "zh-Hans": "narrow", "en": "other"}
    assert look_up(texts, "zh-Hans-CN") == "narrow"
    assert look_up(texts, "zh-Hant") == "wide"
    assert look_up(texts, "de") is None
    assert look_up({"zh-Hans": "narrow"}, "zh") is None


def test_items_and_names_of_cultures_follow() -> None:
    item = Item("A", "t", (1, 2), "ordinal", {"zh": (Wording("好吗？", ("好", "不好")),)})
    assert item.wording("zh-Hans").stem == "好吗？"
    with pytest.raises(SurveyError, match="no wording 2 in 'zh-Hans'"):
        item.wording("zh-Hans", 1)
    assert find_culture("DEU").named("zh-Hans-CN") == "德国"
    assert find_culture("DEU").named("fr-CA") == "Germany"
