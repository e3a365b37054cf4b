"""Whether a text is in the language that it should be in, told without a model.

>>> wrong_language("Ich komme gern, wenn du noch etwas Zeit für mich hast.", "zh")
True
>>> wrong_language("Okay.", "de")
False
"""

import re

from acculturate.clca.words import words_in

SCRIPTS = {
    "han": re.compile(r"[\u4e00-\u9fff]"),
    "kana": re.compile(r"[\u3040-\u30ff]"),
    "latin": re.compile(r"[A-Za-zÀ-ÿ]"),
}
LATIN = ("en", "de", "es")
TOLD = 12
"""Words of a Latin text from which its language can be told by its function words."""


def wrong_language(text: str, language: str) -> bool:
    """Return whether a text is clearly not in a language; a text too short to tell is not."""
    words = words_in(language)
    counts = {name: len(script.findall(text)) for name, script in SCRIPTS.items()}
    letters = sum(counts.values())
    if letters < 4:
        return False
    if words.script == "kana":
        return counts["kana"] < 0.1 * letters
    if words.script == "han":
        return counts["han"] < 0.5 * letters or counts["kana"] > 0.1 * letters
    return counts["latin"] < 0.5 * letters or _other_latin(text, language)


def _other_latin(text: str, language: str) -> bool:
    """Return whether another language's function words are far more common than its own."""
    matches = re.findall(r"[^\W\d_]+", text.casefold())
    own = language.partition("-")[0]
    if len(matches) < TOLD or own not in LATIN:
        return False
    share = {tag: sum(word in words_in(tag).function for word in matches) for tag in LATIN}
    return max(share[tag] for tag in LATIN if tag != own) > 2 * share[own] + 2
