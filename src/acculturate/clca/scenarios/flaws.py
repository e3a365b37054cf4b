"""Flaws: why a scenario that a model has written is not used.

A small teacher copies what it is shown, changes a letter, puts new names on two people and leaves
the old ones in their goals, forgets a slot, or falls back into English. Such a scenario would be
played and taught as one that was set in a culture. Each flaw has a reason in a few words; the
situation is then asked for again, and filled by rule in the end.

    flaw_in(written, filled, "de", told=prompt, kinship="siblings")  # "" where there is none
"""

import functools
import itertools
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from importlib import resources
from typing import Any

from acculturate.clca.loops import loops
from acculturate.clca.scenarios.names import Kinship
from acculturate.clca.scenarios.scenario import Character, Scenario, flaw_of
from acculturate.clca.tongue import SCRIPTS, wrong_language
from acculturate.clca.words import words_in
from acculturate.records.language import chain, look_up
from acculturate.similarity import normalise

LATIN = r"[A-Za-z\u00c0-\u024f]"
GLOSS = re.compile(r"[(（\[\"“”„«»「『'‘][^()（）\[\]\"“”„«»「」『』'‘’]{1,12}[)）\]\"“”«»」』'’]")
LATIN_WORDS = re.compile(r"(?<![A-Za-z])[a-z]{2,} [a-z]{2,}(?![A-Za-z])")
"""Words in small letters: names of firms and abbreviations have large ones."""
OF_LATIN = ("LATIN", "MODIFIER", "FEMININE", "MASCULINE", "COMBINING")
"""How letters are named in Unicode that a text in a Latin alphabet may hold."""
LONGEST_NAME = 40
"""Letters of a name; what is longer is a sentence."""
LEAST_SETTING, LEAST_SIGNS = 5, 10
"""Words of a setting, or signs where it is written without spaces."""
FRESH = 0.15
"""The least share of words that an adapted scenario has and the situation had not."""
FRESH_IN_SETTING, FRESH_SIGNS = 2, 4
"""So many words (or pairs of signs) of the setting are new: a place, say."""
SAME = 0.2
"""Two texts with less than this share of words apart say the same."""
RUN, RUN_OF_SIGNS = 5, 8
"""So many words (or signs) in a row are a quotation."""


def flaw_in(
    scenario: Scenario, base: Scenario, language: str, told: str = "", kinship: Kinship = ""
) -> str:
    """Return the first flaw of a scenario that was written from `base`, or ``""``.

    `told` are the words of the prompt around the situation, `kinship` is what the two are in it.
    """
    texts = tuple(_texts(scenario))
    flaw = (
        _of_names(scenario)
        or _of_slots(texts)
        or _of_content(scenario)
        or _of_language(scenario, base, language)
        or _of_old_names(scenario, base)
        or _of_the_settings_people(scenario)
        or _of_echoes(scenario, told)
        or _of_repeats(scenario)
        or _of_copies(scenario, base)
    )
    return flaw or _of_bonds(scenario, base, language, kinship)


# -- persons --------------------------------------------------------------------------------------


def _of_names(scenario: Scenario) -> str:
    first, second = scenario.pair
    if flaw := flaw_of(first.name, second.name):
        return flaw
    for who in scenario.pair:
        bare = who.name.strip()
        no_name = re.fullmatch(_table()["no_name"], bare)
        if no_name or len(bare) > LONGEST_NAME or bare.casefold() == who.occupation.casefold():
            return "a character has no name"
    parts = [set(_parts(who.name)) for who in scenario.pair]
    if parts[0] <= parts[1] or parts[1] <= parts[0]:
        return "both characters have one name"
    return ""


def _of_old_names(scenario: Scenario, base: Scenario) -> str:
    """Return names of the situation that was shown, where the people now have others."""
    now = {part for who in scenario.pair for part in _parts(who.name)}
    text = "\n".join(_texts(scenario))
    for who in base.pair:
        if _is_named(who.name, text, but=now):
            return "old names left"
    return ""


def _of_the_settings_people(scenario: Scenario) -> str:
    if all(_is_named(who.name, scenario.setting) for who in scenario.pair):
        return ""
    return "the setting does not name both"


def _is_named(name: str, text: str, but: Sequence[str] | set[str] = ()) -> bool:
    """Return whether a text names somebody, by any part of the name that is not among `but`."""
    parts = [part for part in _parts(name) if part not in but]
    if not _in_signs(name):
        # signs stand beside a name in Latin letters without a space
        return any(re.search(rf"(?<!{LATIN}){re.escape(part)}(?!{LATIN})", text) for part in parts)
    titles = _table()["titles"]
    if name not in but and name in text:
        return True
    return any(
        part in text
        if len(part) > 1
        else re.search(rf"{part}(?:{titles['behind']})|(?:{titles['before']}){part}", text)
        for part in parts
    )


def _parts(name: str) -> list[str]:
    """Return the words of a name that can stand for it; of one in signs its beginnings and ends."""
    if _in_signs(name):
        bare = re.sub(r"[\s·・]", "", name)
        if len(bare) < 3:
            return [bare, bare[:1]] if len(bare) == 2 else [bare]
        return [bare, bare[:2], bare[1:]] + ([bare[2:], bare[:1]] if len(bare) > 3 else [bare[:1]])
    words = [word for word in re.split(r"[\s.]+", name) if len(word) > 1]
    return [word for word in words if word.casefold() not in _table()["particles"]] or words


def _in_signs(text: str) -> bool:
    return bool(SCRIPTS["han"].search(text) or SCRIPTS["kana"].search(text))


# -- fields ---------------------------------------------------------------------------------------


def _of_slots(texts: Sequence[str]) -> str:
    patterns = _table()["slots"]
    left = any(re.search(pattern, text) for text in texts for pattern in patterns)
    return "a slot left in" if left else ""


def _of_content(scenario: Scenario) -> str:
    least = LEAST_SIGNS if _in_signs(scenario.setting) else LEAST_SETTING
    if _length(scenario.setting) < least:
        return "no setting"
    lines = [line for who in scenario.pair for line in _lines(who)]
    if any(_same(scenario.setting, line) for line in (*lines, scenario.tension)):
        return "no setting"
    if any(_length(line) < (3 if _in_signs(line) else 2) for line in lines):
        return "fields without content"
    if any(loops(text) or _one_word(text) for text in (scenario.setting, *lines)):
        return "fields without content"
    if any(sum(map(str.isalpha, who.occupation)) < 2 for who in scenario.pair):
        return "fields without content"
    return ""


def _one_word(text: str) -> bool:
    """Return whether a text says the same few words over and over."""
    units = _units(text)
    return len(units) > 3 and 2 * len(set(units)) <= len(units)


def _of_repeats(scenario: Scenario) -> str:
    lines = [line for who in scenario.pair for line in _lines(who)]
    pairs = ((a, b) for at, a in enumerate(lines) for b in lines[:at])
    return "fields repeat each other" if any(_same(*pair) for pair in pairs) else ""


def _of_language(scenario: Scenario, base: Scenario, language: str) -> str:
    texts = [_without_names(text, scenario) for text in _texts(scenario, names=False)]
    if wrong_language(" ".join(texts), language):
        return "wrong language"
    if any(is_foreign(text, language) for text in texts):
        return "wrong language"
    if chain(base.language)[-1] != chain(language)[-1]:
        shown = [_without_names(text, base) for text in _texts(base, names=False)]
        if any(_same(*pair) for pair in zip(texts, shown, strict=True)):
            return "wrong language"
    return ""


def is_foreign(line: str, language: str) -> bool:
    """Return whether one line, however short, is in another language, or a part of it is."""
    if _mixes_scripts(line, language):
        return True
    signs = len(SCRIPTS["han"].findall(line)) + len(SCRIPTS["kana"].findall(line))
    words = re.findall(r"[^\W\d_\u3040-\u30ff\u4e00-\u9fff]{2,}", line)
    if words_in(language).script != "latin":
        kana = len(SCRIPTS["kana"].findall(line))
        if words_in(language).script == "han" and kana > 0.1 * max(1, signs):
            return True
        if words_in(language).script == "kana" and not kana and re.search(_table()["zh"], line):
            return True
        return bool(words) and (signs < 2 * len(words) if len(words) > 1 else signs == 0)
    letters = sum(map(str.isalpha, line))
    if letters and len(SCRIPTS["latin"].findall(line)) < 0.5 * letters:
        return True
    return _shows_another(words, language)


def _mixes_scripts(line: str, language: str) -> bool:
    """Return whether a part of a line is in letters of another script ("To save 面子"), or in two
    Latin words between signs; what a bracket or quotation marks hold is a gloss.
    """
    bare = GLOSS.sub(" ", line)
    if words_in(language).script != "latin":
        return bool(LATIN_WORDS.search(bare))
    return any(
        char.isalpha() and not unicodedata.name(char, "").startswith(OF_LATIN) for char in bare
    )


def _shows_another(words: Sequence[str], language: str) -> bool:
    known = {tag: frozenset(common.split()) for tag, common in _table()["small"].items()}
    mine = look_up(known, language) or known["en"]
    level = [word.casefold() for word in words]
    own = sum(word in mine for word in level)
    other = max(sum(word in common - mine for word in level) for common in known.values())
    if own == 0 and len(level) > 1 and level[0] in known["en"] - mine:
        return True  # "To stay." has one small word, and it stands first
    return other > 1 and other > 2 * own


# -- what is new ----------------------------------------------------------------------------------


def _of_echoes(scenario: Scenario, told: str) -> str:
    """Return words of the task that stand in place of the situation's own."""
    heard = _runs(told)
    for text in _texts(scenario, names=False):
        runs = _runs(text)
        if runs and 2 * len(runs & heard) >= len(runs):
            return "echo of the prompt"
    return ""


def _of_copies(scenario: Scenario, base: Scenario) -> str:
    """Return the situation as it was shown, where only a few letters changed."""
    pairs = [
        (_without_names(new, scenario), _without_names(old, base))
        for new, old in zip(_texts(scenario, names=False), _texts(base, names=False), strict=True)
    ]
    fresh = [sum(1 for _ in _fresh(*pair)) for pair in pairs]
    least = FRESH_SIGNS if _in_signs(scenario.setting) else FRESH_IN_SETTING
    if sum(fresh) < FRESH * sum(len(_units(new)) for new, _ in pairs):
        return "unchanged"
    return "setting unchanged" if fresh[0] < least else ""


def _fresh(new: str, old: str) -> Iterator[str]:
    """Yield words (pairs of signs) of a text that another has not, nor with a letter more
    or less.
    """
    known = frozenset(_units(old))
    for unit in _units(new):
        if unit not in known and (
            _in_signs(unit) or not any(_near(unit, known_word) for known_word in known)
        ):
            yield unit


def _near(left: str, right: str) -> bool:
    """Return whether two words are one but for a letter."""
    longest = max(len(left), len(right))
    if longest < 3 or abs(len(left) - len(right)) > 1:
        return False
    begin = _in_common(left, right)
    return begin + _in_common(left[begin:][::-1], right[begin:][::-1]) >= longest - 1


def _in_common(left: str, right: str) -> int:
    """Return how many letters two words begin with alike."""
    pairs = zip(left, right, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _same(left: str, right: str) -> bool:
    """Return whether two texts have nearly all their words in common."""
    if len(_units(left)) < 2 or len(_units(right)) < 2:
        return normalise(left) == normalise(right)
    return all(
        sum(1 for _ in _fresh(*pair)) < SAME * len(_units(pair[0]))
        for pair in ((left, right), (right, left))
    )


# -- what the two are to each other ---------------------------------------------------------------


def _of_bonds(scenario: Scenario, base: Scenario, language: str, kinship: Kinship) -> str:
    bonds, stated = _table()["bonds"], _table()["stated"]
    had = [name for name in stated if _shows(stated[name], base.setting, base.language)]
    # of a family's people it matters what they are to each other, not what else they may be
    wanted = [kinship] if kinship else had
    text = "\n".join(_texts(scenario))
    kept = all(_shows(bonds[name], text, language) for name in wanted)
    return "" if kept else "relationship lost"


def _shows(bond: Mapping[str, str], text: str, language: str) -> bool:
    pattern = look_up(bond, language)
    return pattern is None or bool(re.search(pattern, text))


# -- texts ----------------------------------------------------------------------------------------


def _texts(scenario: Scenario, names: bool = True) -> Iterator[str]:
    """Yield all that a model wrote, the setting first."""
    yield scenario.setting
    for who in scenario.pair:
        parts = fields(Character)
        yield from (getattr(who, part.name) for part in parts if names or part.name != "name")


def _lines(who: Character) -> tuple[str, str, str]:
    return who.background, who.goal, who.secret


def _without_names(text: str, scenario: Scenario) -> str:
    """Return a text without the names of its people: they may be in other letters, and are no
    change.
    """
    parts = {part for who in scenario.pair for part in (who.name, *_parts(who.name))}
    for part in sorted((word for word in parts if len(word) > 1), key=len, reverse=True):
        text = text.replace(part, " ")
    return text


@functools.lru_cache(maxsize=512)
def _units(text: str) -> tuple[str, ...]:
    """Return words of a text, in pairs of signs where it is written without spaces."""
    level = normalise(text)
    if not _in_signs(level):
        return tuple(level.split())
    signs = level.replace(" ", "")
    return tuple(signs[k : k + 2] for k in range(len(signs) - 1))


def _runs(text: str) -> frozenset[str]:
    level = normalise(text)
    if _in_signs(level):
        signs = level.replace(" ", "")
        return frozenset(signs[k : k + RUN_OF_SIGNS] for k in range(len(signs) - RUN_OF_SIGNS + 1))
    words = level.split()
    return frozenset(" ".join(words[k : k + RUN]) for k in range(len(words) - RUN + 1))


def _length(text: str) -> int:
    """Return words, or letters where the text is written in signs."""
    return sum(map(str.isalpha, text)) if _in_signs(text) else len(normalise(text).split())


@functools.cache
def _table() -> Mapping[str, Any]:
    source = resources.files(__package__) / "flaws.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
