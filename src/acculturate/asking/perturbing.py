"""Perturbations: a question written as people also write, with the meaning that it had.

    typos     two neighbouring letters of some words change places (in Chinese and Japanese a sign
              stands twice)
    case      no capitals
    spaces    some spaces stand twice, and one before the end
    synonyms  other words for the same, from a file that `acculturate survey reword` writes

All are drawn with a seed. What a question asks does not change: numbers and negations stay, and an
option is never touched but in its case, or by a synonym that no other option could be taken for.

    >>> perturbed("How important is family in your life?", "typos", "42", "en")
    'How important is faimly in your life?'
"""

import functools
import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from acculturate.asking.cues import load_cues
from acculturate.asking.option_texts import bare, known_texts
from acculturate.bounded import toml_tree
from acculturate.errors import SurveyError
from acculturate.records import Item, Wording
from acculturate.records.language import look_up

Perturbation = Literal["typos", "case", "spaces", "synonyms"]

WORD = re.compile(r"[^\W\d_]+")
LONG = 5
"""Letters of a word that is still read with two of them swapped."""
ONE_IN = 8
"""Of so many words one has a typo, and of so many spaces one is doubled; at least one."""
TRIES = 20
"""Draws until one changes neither a number nor a negation."""
SIGNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@functools.lru_cache(maxsize=8192)
def perturbed_wording(
    item: Item, language: str, number: int, name: Perturbation, seed: int, synonyms: Path | None
) -> Wording:
    """Return the `number`-th wording of an item, perturbed.

    Raises `SurveyError` where the perturbation changes nothing, changes what is asked or what an
    option means, or where there are no synonyms for the item.
    """
    wording = item.wording(language, number)
    if name == "synonyms":
        return _with_synonyms(item, language, wording, synonyms)
    stem = perturbed(wording.stem, name, f"{seed}/{item.id}/{number}", language)
    texts = tuple(map(str.lower, wording.texts)) if name == "case" else wording.texts
    return Wording(stem, texts)


def perturbed(text: str, name: str, seed: str, language: str) -> str:
    """Return a text with a perturbation; raises `SurveyError` where it cannot have one."""
    for draw in range(TRIES):
        dice = random.Random(f"{seed}/{name}/{draw}")
        changed = PERTURBED[name](text, dice)
        if changed != text and not lost_meaning(text, changed, language):
            return changed
    raise SurveyError(
        f"The perturbation '{name}' finds nothing to change in '{text}' ({language}): leave it out "
        "of answers.perturb."
    )


def lost_meaning(text: str, changed: str, language: str) -> str:
    """Return how the meaning of another form of a text surely differs, such as "other numbers"; ""
    where nothing is known to.
    """
    numbers = re.findall(r"\d+", text), re.findall(r"\d+", changed)
    if numbers[0] != numbers[1]:
        return "other numbers"
    negation = load_cues(language).negation
    denials = len(negation.findall(bare(text))), len(negation.findall(bare(changed)))
    return "" if denials[0] == denials[1] else "more or fewer negations"


def _typos(text: str, dice: random.Random) -> str:
    signs = [match.start() for match in SIGNS.finditer(text)]
    if signs:
        at = dice.choice(signs)
        return text[:at] + text[at] + text[at:]
    words = [match for match in WORD.finditer(text) if len(match[0]) >= LONG]
    for match in dice.sample(words, min(len(words), max(1, len(text.split()) // ONE_IN))):
        at = match.start() + dice.randrange(1, len(match[0]) - 2)
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


def _case(text: str, dice: random.Random) -> str:
    return text.lower()


def _spaces(text: str, dice: random.Random) -> str:
    body, end = (text[:-1], text[-1]) if text and not text[-1].isalnum() else (text, "")
    gaps = [match.end() for match in re.finditer(r" |[，、；：]", body)]
    chosen = dice.sample(gaps, min(len(gaps), max(1, len(gaps) // ONE_IN)))
    for at in sorted(chosen, reverse=True):
        body = body[:at] + " " + body[at:]
    return f"{body} {end}" if end else body


PERTURBED = {"typos": _typos, "case": _case, "spaces": _spaces}


def _with_synonyms(item: Item, language: str, wording: Wording, file: Path | None) -> Wording:
    if file is None:
        raise SurveyError(
            "The perturbation 'synonyms' needs a file of other words: write one with acculturate "
            "survey reword, and name it in answers.synonyms."
        )
    own = look_up(_table(file, file.stat().st_mtime_ns), language) or {}
    if item.id not in own:
        raise SurveyError(
            f"{file} has no other words for item {item.id} in '{language}': leave the item out, or "
            f"add {item.id} under [{language}]."
        )
    where = f"{file}, item {item.id} ({language})"
    stem, options = _stem_and_options(own[item.id], where)
    if lost := lost_meaning(wording.stem, stem, language):
        raise SurveyError(f"{where}: the question has {lost} than '{wording.stem}': mend it there.")
    if options is None:
        return Wording(stem, wording.texts)
    check_options(item, language, wording.texts, tuple(options), where)
    return Wording(stem, tuple(options))


def check_options(
    item: Item, language: str, texts: tuple[str, ...], others: tuple[str, ...], where: str
) -> None:
    """Raise `SurveyError` where other words for the options change what one of them means: the
    words are another option's, deny what it says, or have other numbers.
    """
    if len(others) != len(texts):
        raise SurveyError(f"{where}: {len(others)} options, expected {len(texts)}, in scale order.")
    for code, text, other in zip(item.codes, texts, others, strict=True):
        known = known_texts(item).get(bare(other), code)
        twice = [bare(other) for other in others if other].count(bare(other)) > 1
        lost = lost_meaning(text, other, language)
        if bool(text) != bool(other) or known != code or twice or lost:
            raise SurveyError(
                f"{where}: '{other}' changes what the option '{text}' means: it "
                + (f"has {lost}" if lost else "is, or may be taken for, another option")
                + ". Mend it there."
            )


def _stem_and_options(words: Any, where: str) -> tuple[str, list[str] | None]:
    """Return other words for a question, and for its options where there are any.

    Raises `SurveyError` where they are neither a text nor a table of a stem and a list of texts.
    """
    table = words if isinstance(words, Mapping) else {"stem": words}
    stem, options = table.get("stem"), table.get("options")
    texts = options if isinstance(options, list) else []
    if (
        not isinstance(stem, str)
        or not stem.strip()
        or not all(isinstance(text, str) for text in texts)
        or (options is not None and not texts)
        or table.keys() - {"stem", "options"}
    ):
        raise SurveyError(
            f"{where}: expected the question in other words, or a table with stem and options (a "
            "list of texts), as acculturate survey reword writes it."
        )
    return stem, options


@functools.lru_cache(maxsize=8)
def _table(file: Path, changed: int) -> Mapping[str, Mapping[str, Any]]:
    """Return a file of synonyms by language and item."""
    try:
        languages = toml_tree(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SurveyError(f"{file} is not a TOML file: {error}.") from None
    for language, items in languages.items():
        if not isinstance(items, dict):
            raise SurveyError(
                f"{file}: '{language}' holds no items: expected a table for each language, such as "
                "[en], as acculturate survey reword writes it."
            )
    return languages
