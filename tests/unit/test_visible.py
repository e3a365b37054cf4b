"""Messages: on one line, short, and doing nothing to a terminal."""

import pickle

import pytest

from acculturate.errors import ConfigError
from acculturate.visible import LONGEST, brief, named, sentence, visible

SEQUENCES = ["\x1b[31mred", "\x1b]8;;http://x\x07link\x1b]8;;\x07", "\x9b31m", "a\rb", "a\nb", "\0"]
MARKS = ["\u202eabc", "a\u200bb", "a\u2066b\u2069", "\ufeffa", "\ud800", "a\u2028b", "\U000e0041"]


@pytest.mark.parametrize("text", SEQUENCES + MARKS)
def test_what_cannot_be_seen_is_shown(text: str) -> None:
    shown = visible(text)
    assert "\\" in shown
    assert shown.isprintable()
    assert visible(shown) == shown
    shown.encode()


@pytest.mark.parametrize("text", ["Österreich", "中文", "عربي", "हिन्दी", "👩‍👩‍👧", "it's 50 %"])
def test_letters_of_all_languages_stay(text: str) -> None:
    assert visible(text) == text


def test_both_ends_of_a_message_are_kept() -> None:
    said = sentence(f"There is no file {'x' * 100_000}. Type --help.")
    assert said.startswith("There is no file xxx")
    assert said.endswith("Type --help.")
    words = sentence("There is none. " + "word " * 1000 + "Type --help.")
    assert len(words) <= LONGEST
    assert words.endswith("Type --help.")


def test_what_is_short_enough_stays() -> None:
    assert brief("abc", 3) == "abc"
    assert len(brief("abcdefghijkl", 9)) == 9
    assert named(["one"]) == "one"


def test_an_error_says_it_so_and_can_be_pickled() -> None:
    error = pickle.loads(pickle.dumps(ConfigError("no\n\x1b[31m" + "y" * 1000)))
    assert str(error).startswith("no\\n\\x1b[31m")
    assert len(str(error)) <= LONGEST
