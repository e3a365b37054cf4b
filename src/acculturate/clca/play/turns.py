"""Turns: where a reply stops being the speaker's own and who is said to speak.

Models go on with the other's turn, begin with it, and put names before words in every form that
names have: in full, one part of it, the family name first, with a title or an honorific, in bold,
numbered. A label is read for its parts, and whose parts they all are is whose turn it begins.

    >>> speakers = Speakers("Ken Sato", "Misaki Suzuki")
    >>> speakers.called("Ms. Suzuki"), speakers.called("Sato, Ken"), speakers.called("Note")
    ('other', 'me', None)
    >>> own_part("Hello. Suzuki-san: Hi.", speakers)
    Own(text='Hello.', trimmed=True, whose='me')
"""

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Literal, NamedTuple

from acculturate.clca.words import addresses, read_in, words_in

Who = Literal["me", "other", "somebody"]
PEOPLE: tuple[Who, Who] = ("me", "other")

PLACE = re.compile(
    r"(?:\A|\n|[.!?。！？…~～][\"'”’»」』)）\]］]*\s+|[。！？…」』）】］]+[\"'”’]*"
    r"|[*＊\])\"”»]\s+|\s[-–—|/]\s+)\s*"
)
"""Where a label may begin: at the front, on a new line, behind a sentence or a mark."""
LABEL = re.compile(
    r"(?P<marks>[\s>*_#\[【〔(（<\"“「‘'`•-]*(?:\d{1,2}[.)]\s*)?[*_\[【]{0,3})"
    r"(?P<name>[^\W\d_][^:：\n()（）\[\]【】<>*_\"“”「」?!？！。]{0,40}?)"
    r"[\s*_\]】〕)）>\"”」’'`]*"
    r"(?:[(（\[][^)）\]\n]{0,80}[)）\]])?[\s*_\]】]*"
    r"[:：][*_\"”]{0,2}\s*"
)
MARKED = re.compile(
    r"\s*(?:\*\*|[\[【<])\s*(?P<name>[^\W\d_][^:：\n()（）\[\]【】<>*_]{0,40}?)\s*(?:\*\*|[\]】>])"
    r"(?=\s*\S)\s*"
)
"""A name in bold or in brackets that has no colon behind it: `[Ana] Come in.`"""
TEMPLATE = re.compile(
    r"<\|(?:im_end|eot_id|end|endoftext)\|>|</s>|<end_of_turn>|<\|im_start\|>|\n\s*#{3}"
)
"""Where a model's own form of a chat shows: what follows is no longer this turn."""
HEADING = re.compile(
    r"[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?|[\u3400-\u9fff]{2,4}|[\u30a0-\u30ff・]{2,8}"
)
SCRIPT = 2
"""More lines than these with a name and a colon are a script, whoever the names are."""
UNSPACED = re.compile(r"[\u3400-\u9fff\uac00-\ud7af々]{2,6}")
"""A name of Chinese, Japanese or Korean signs: any beginning or end of it may stand for it."""
CALLED = re.compile(r"[\u3400-\u9fff\uac00-\ud7af々]{1,4}|[\u30a0-\u30ff]{2,8}")
"""What may be a stranger's name before an honorific."""
JOINED = re.compile(r"[\s・·•‧．.,，、]+")
ARTICLE = re.compile(
    r"(?:the|an?|der|die|das|dem|den|ein|eine|el|la|los|las|una?)\s+(?=\S)", re.IGNORECASE
)
ROLE = 3
"""Letters of the shortest word for what somebody does, where it is written with an article."""
ACT = re.compile(r"[*＊(（\[［【]([^*＊()（）\[\]［］【】]+)[*＊)）\]］】]")
ACTS = re.compile(rf"(?:\s*{ACT.pattern}\s*)+")
PLAIN = str.maketrans("ıđłø", "idlo")
EDGES = " \t'’`.-–—"


SUBJECT = re.compile(
    r"([\u3400-\u9fff\u30a0-\u30ff・]{1,8}?(?:さん|様|君|くん|ちゃん|先生)?)[はが]"
)


class Own(NamedTuple):
    """The speaker's part of a reply, and whether something behind it was cut off; where `whose` is
    not "me", the reply begins as that one's words and `text` is empty.
    """

    text: str
    trimmed: bool
    whose: Who


class _Label(NamedTuple):
    who: Who
    name: str
    start: int
    end: int


class Speakers:
    """The one who speaks and the other, and what each may be called; `roles` are what they do."""

    def __init__(self, me: str, other: str, roles: tuple[str, str] = ("", "")) -> None:
        self._people: list[tuple[Who, list[str], frozenset[str]]] = []
        for who, name in zip(PEOPLE, (me, other), strict=True):
            parts = _untitled(name) or _split(name)  # a name may be nothing but titles
            self._people.append((who, parts, _forms(parts)))
        mine, theirs = map(_role_words, roles)
        self._roles = {"me": mine - theirs, "other": theirs - mine}

    def called(self, label: str) -> Who | None:
        """Return who is called so: "somebody" for a titled stranger, or by a name that
        both have.
        """
        for alone in PEOPLE:
            if _level(label) in _set(alone):
                return alone
        named = self._named(_split(label)) or self._named(_untitled(label))
        return named or self._does(label) or _stranger(label)

    def heads(self, label: str) -> Who | None:
        """Return whose turn a label with a colon begins, by name or by role ("Clerk: ...")."""
        return self.called(label) or self._in_role(_level(label))

    def _does(self, label: str) -> Who | None:
        """Return who is called by what he does, with an article: "the clerk", "Die Ärztin"."""
        article = ARTICLE.match(label)
        return self._in_role(_level(label[article.end() :])) if article else None

    def _in_role(self, word: str) -> Who | None:
        return next((who for who in PEOPLE if word and word in self._roles[who]), None)

    def subject(self, text: str, *, by_name: bool = False) -> Who | None:
        """Return whose name a sentence begins with as its subject: `Luis nods`, not `Luis's`,
        `Luis:`; also who does what it begins with ("The clerk nods"), unless it is to be `by_name`.
        """
        if by_name and ARTICLE.match(text):
            return None
        words = text.split()
        for size in range(min(3, len(words) - 1), 0, -1):
            name, following = " ".join(words[:size]), words[size]
            who = None if _alone(name) or not _goes_on(name) else self.called(name)
            if who and following[0].islower() and following.casefold() not in _set("with"):
                return who
        match = SUBJECT.match(text)
        if match and not _alone(match[1]) and (who := self.called(match[1])):
            return who
        for who, parts, _ in self._people:
            name = "".join(parts)
            if UNSPACED.fullmatch(name) and text.startswith(name):
                return who if _says_of(name, text) else None
        roles = ((who, word) for who in PEOPLE for word in self._roles[who] if not by_name)
        unspaced = ((who, word) for who, word in roles if UNSPACED.fullmatch(word))
        return next((who for who, word in unspaced if _says_of(word, text)), None)

    def _named(self, parts: list[str]) -> Who | None:
        whole: list[Who] = [who for who, name, _ in self._people if sorted(name) == sorted(parts)]
        fits = whole or [who for who, _, forms in self._people if _fit(parts, forms)]
        if not fits or not parts:
            return None
        return fits[0] if len(fits) == 1 else "somebody"


def own_part(text: str, speakers: Speakers, language: str = "en") -> Own:
    """Return the reply up to where another turn begins, without the speaker's own name
    before it.
    """
    cut = TEMPLATE.search(text, 1) if text else None
    own = _labelled_part(text[: cut.start()] if cut else text, speakers, language)
    for act in ACT.finditer(own.text):
        if speakers.subject(act[1].strip()) == "other":
            before = own.text[: act.start()].strip()
            return Own(before, True, "me" if re.search(r"\w", before) else "other")
    return own._replace(trimmed=own.trimmed or cut is not None)


def _labelled_part(text: str, speakers: Speakers, language: str) -> Own:
    script = len(_headings(text, language)) > SCRIPT
    label = next(_labels(text, speakers, language, script=script), None)
    if label is None:
        return Own(text.strip(), False, "me")
    before = text[: label.start].strip()
    if label.who == "me" and not re.search(r"\w", before):
        return _rest(text[label.end :], speakers, language)
    named = label.who == "me" and not _alone(label.name)
    if named and (ACTS.fullmatch(before) or _introduces(before, language)):
        own = _rest(text[label.end :], speakers, language)
        acts = before if ACTS.fullmatch(before) else ""
        return own._replace(text=f"{acts} {own.text}".strip())
    return Own(before, True, "me" if re.search(r"\w", before) else label.who)


def _introduces(before: str, language: str) -> bool:
    """Return whether what stands before the speaker's label only leads up to it: "Here is the
    move:", or some sentences in which nobody speaks.
    """
    if before.endswith((":", "：")):
        return True
    told = len(before.split()) > 3 and "?" not in before
    return told and not words_in(language).personless and not addresses(before, language)


def _rest(text: str, speakers: Speakers, language: str) -> Own:
    """Return what follows the speaker's own label, up to the next label of anyone."""
    label = next(_labels(text, speakers, language, script=True), None)
    if label is None:
        return Own(text.strip(), False, "me")
    before = text[: label.start].strip()
    if not before and label.who == "me":
        return _rest(text[label.end :], speakers, language)
    return Own(before, True, "me")


def _labels(text: str, speakers: Speakers, language: str, *, script: bool) -> Iterator[_Label]:
    """Yield where turns begin; in a `script`, a strange name at the head of a line begins
    one too.
    """
    heads = _headings(text, language) if script else ()
    for place in PLACE.finditer(text):
        start = place.end()
        line = start == 0 or "\n" in place[0]
        match = LABEL.match(text, start) or (MARKED.match(text, start) if line else None)
        if match is None or _titled_before(text[:start]):
            continue
        who = speakers.heads(match["name"])
        if who is None and line and match["name"].strip() in heads:
            who = "somebody"
        if who and (line or not _alone(match["name"])):
            yield _Label(who, match["name"], start, match.end())


def _headings(text: str, language: str) -> tuple[str, ...]:
    """Return what stands with a colon at the head of lines and may be a name, other than
    `Move:`.
    """
    own = {_level(label) for words in read_in(language) for label in (*words.move, *words.text)}
    labels = (LABEL.match(line) for line in text.splitlines())
    names = (label["name"].strip() for label in labels if label)
    return tuple(name for name in names if HEADING.fullmatch(name) and _level(name) not in own)


def _alone(label: str) -> bool:
    """Return whether it is a word that begins a turn on a line of its own only: `Me: ...`."""
    return any(_level(label) in _set(who) for who in PEOPLE)


def _titled_before(text: str) -> bool:
    """Return whether a title stands before, so that what looked like the end of a
    sentence is none.
    """
    last = text.rstrip(" .").rpartition(" ")[2]
    return text.rstrip().endswith(".") and bool(last) and _level(last) in _titles()


# -- names ----------------------------------------------------------------------------------------


def _goes_on(word: str) -> bool:
    """Return whether a word is no possessive and ends no clause: not `Luis's`, not `Luis,`."""
    return word[-1].isalpha() and not word.endswith(("'s", "’s"))


def _says_of(name: str, text: str) -> bool:
    """Return whether a text without spaces begins with a name as its subject: not "王芳的"."""
    return text.startswith(name) and text[len(name) :][:1] not in ("", *_table()["after"])


def _split(name: str) -> list[str]:
    return [part for part in map(_level, JOINED.split(name)) if part]


def _forms(parts: list[str]) -> frozenset[str]:
    """Return what one part of a label may be, of a person with these parts of a name."""
    forms = {"".join(parts), "".join(parts[::-1])}
    for part in parts:
        forms |= {part, part.replace("-", ""), *part.split("-")}
        if part[0].isascii() and len(parts) > 1:
            forms.add(part[0])  # an initial: M. Suzuki
        if UNSPACED.fullmatch(part):
            forms |= {part[:at] for at in range(1, len(part))}
            forms |= {part[at:] for at in range(1, len(part))}
    return frozenset({form for form in forms if form} | {_german(form) for form in forms})


def _fit(parts: list[str], forms: frozenset[str]) -> bool:
    """Return whether all of them are forms of one person's name: `min jun` of Min-jun."""
    if len(parts) == 1 and len(parts[0]) == 1 and parts[0].isascii():
        return False
    joined = "".join(parts).replace("-", "")
    return joined in forms or all({part, _german(part)} & forms for part in parts)


def _untitled(label: str) -> list[str]:
    """Return the parts of a label that are no title."""
    names = (part for part in _split(label) if part not in _titles())
    return [part for part in map(_unsuffixed, names) if part]


def _unsuffixed(part: str) -> str:
    """Return a name without an honorific that is written onto it: 鈴木さん, suzuki-san, 小王."""
    for honorific in _honorifics():
        if part.endswith(honorific) and len(part) > len(honorific):
            return part.removesuffix(honorific)
    return part[1:] if len(part) == 2 and part[0] in _table()["before"] else part


def _stranger(label: str) -> Who | None:
    """Return "somebody" where a formal title stands before or behind a name of few words; else
    None.
    """
    words = JOINED.split(label.strip())
    first, last = _level(words[0]), _level(words[-1])
    if len(words) in (2, 3) and {first, last} & _set("formal"):
        names = words[1:] if first in _set("formal") else words[:-1]
        return "somebody" if all(name[:1].isupper() for name in names) else None
    if len(words) > 1 or words[0].startswith(tuple(_table()["never"])):
        return None
    called = (last.removesuffix(title) for title in _set("formal") if last.endswith(title))
    return "somebody" if any(CALLED.fullmatch(name) for name in called) else None


def _role_words(role: str) -> set[str]:
    """Return what one may be called for what he does: all of it, its first and its last word."""
    words = [_level(word) for word in role.split()]
    may_be = (_level(role), *words[:1], *words[-1:])
    return {word for word in may_be if len(word) >= ROLE or UNSPACED.fullmatch(word)}


def _level(text: str) -> str:
    """Return a name without case and accents, as names are compared."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(PLAIN)
    kept, base = [], ""
    for sign in unicodedata.normalize("NFD", folded):
        if not unicodedata.combining(sign):
            base = sign
        elif base.isascii():
            continue
        kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept)).strip(EDGES)


def _german(form: str) -> str:
    """Return a name in which Müller and Mueller are the same, once accents are gone."""
    return form.replace("ae", "a").replace("oe", "o").replace("ue", "u")


@functools.cache
def _table() -> Mapping[str, list[str]]:
    source = resources.files(__package__) / "turns.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@functools.cache
def _set(name: str) -> frozenset[str]:
    return frozenset(map(_level, _table()[name]))


@functools.cache
def _titles() -> frozenset[str]:
    return _set("formal") | _set("titles") | _set("behind")


@functools.cache
def _honorifics() -> tuple[str, ...]:
    folded = {unicodedata.normalize("NFKC", ending).casefold() for ending in _table()["behind"]}
    return tuple(sorted(folded, key=len, reverse=True))
